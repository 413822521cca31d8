//! What a caller has to be allowed: how kinds say it, and the policies that IAM takes.
//!
//! | part | what it does |
//! |---|---|
//! | [`creates`], [`on_own`], [`retags`] and the like | how a kind states the permissions of its calls |
//! | `arn` | which ARN the objects of a type have |
//! | `statement` | statements, merged without allowing more |
//! | `policies` | documents under IAM's limits |
//!
//! Sources: Service Authorization Reference, the pages of each service; Amazon EC2 User Guide, "Grant permission to tag Amazon EC2
//! resources during creation".

mod arn;
mod policies;
mod statement;

pub(crate) use policies::policies;

use deathstar_core::permission::{Permission, Which};

/// The call that makes an object of EC2 with our tags in it: `CreateVpc` of a `vpc`.
///
/// The tags are authorised as a call of their own, which says by `ec2:CreateAction` what it is part of.
pub(crate) fn creates(action: &'static str, of: &'static str) -> Vec<Permission> {
    let operation = action.split_once(':').map_or(action, |(_, operation)| operation);
    vec![
        Permission::new(action).on(of, Which::Any).claims(),
        Permission::new("ec2:CreateTags")
            .on(of, Which::Any)
            .claims()
            .when("StringEquals", "ec2:CreateAction", [operation])
            .because("the tags that the create call writes"),
    ]
}

/// A call that changes or deletes an object of the stack, which carries our tag.
pub(crate) fn on_own<I: ToString>(action: &'static str, of: &'static str, id: Option<&I>) -> Permission {
    Permission::new(action).on(of, id).ours()
}

/// A call that reads an object of the stack. By its id it is read although it may have lost our tag.
pub(crate) fn reads_own<I: ToString>(action: &'static str, of: &'static str, id: Option<&I>) -> Permission {
    let read = Permission::new(action).on(of, id);
    if id.is_some() { read } else { read.ours() }
}

/// Writing and removing tags of an object of EC2.
pub(crate) fn retags<I: ToString>(
    of: &'static str,
    id: Option<&I>,
    set: bool,
    unset: bool,
) -> Vec<Permission> {
    let mut all = vec![];
    if set {
        all.push(on_own("ec2:CreateTags", of, id));
    }
    if unset {
        all.push(on_own("ec2:DeleteTags", of, id));
    }
    all
}

/// Calls that the service does not authorise on single objects.
pub(crate) fn lists(actions: impl IntoIterator<Item = &'static str>) -> Vec<Permission> {
    actions.into_iter().map(Permission::new).collect()
}

#[cfg(test)]
mod tests;
