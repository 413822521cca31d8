//! What a caller has to be allowed: how kinds say it, and the custom roles that Azure takes.
//!
//! Sources: Azure role-based access control documentation, "Azure permissions" and the list of each resource provider.

mod policies;

pub(crate) use policies::policies;

use crate::arm::{ArmResource, ArmType};
use deathstar_core::{
    Input,
    permission::{Call, Look, Permission, Which},
};

/// Resource groups are authorised as parts of subscriptions.
const GROUPS: &str = "Microsoft.Resources/subscriptions/resourceGroups";

fn words(of: ArmType) -> String {
    if of == ArmType::RESOURCE_GROUP { GROUPS.into() } else { of.to_string() }
}

/// What has to be allowed for a deed on a type: `Microsoft.Network/virtualNetworks/write`.
#[cfg(feature = "client")]
pub(crate) fn action(of: ArmType, deed: &str) -> String {
    format!("{}/{deed}", words(of))
}

/// A deed on resources of a type.
pub(crate) fn on<W: Into<Which>>(of: ArmType, deed: &str, which: W) -> Permission {
    let words = words(of);
    Permission::new(format!("{words}/{deed}")).on(words, which).without_tags()
}

/// What the calls of the one driver need for a kind.
pub(crate) fn of<R: ArmResource>(call: &Call<'_, R>) -> Vec<Permission> {
    let made = |id: Option<&R::Id>| id.map_or(Which::Any, |id| Which::One(id.to_string()));
    match call {
        Call::Find(look) => {
            let shown_by_parent = R::SHOWN_BY != R::FAMILY;
            match (R::TYPE.parent(), look) {
                (Some(parent), _) if shown_by_parent => vec![on(parent, "read", Which::Any)],
                (_, Look::One(id)) => vec![on(R::TYPE, "read", made(*id))],
                _ => vec![on(R::TYPE, "read", Which::Any)],
            }
        }
        Call::Create(spec) => {
            let of = spec.type_of();
            let mut all = vec![on(of, "read", Which::Any), on(of, "write", Which::Any)];
            if R::TYPE != ArmType::RESOURCE_GROUP {
                let register = format!("{}/register/action", R::TYPE.namespace());
                all.push(
                    Permission::new(register).because("when the subscription does not know the provider yet"),
                );
            }
            all.extend(spec.links());
            all
        }
        Call::Change { object, to, .. } => {
            let (of, which) = (to.type_of(), || made(object.id));
            let mut all = vec![on(of, "read", which()), on(of, "write", which())];
            all.extend(to.links());
            all
        }
        Call::Retag { object, .. } => {
            vec![
                Permission::new("Microsoft.Resources/tags/write")
                    .on(words(R::TYPE), made(object.id))
                    .without_tags(),
            ]
        }
        Call::Delete(object) => vec![on(object.spec.type_of(), "delete", made(object.id))],
        _ => vec![],
    }
}

/// Naming a resource in another one.
pub(crate) fn joins<I: ToString>(of: ArmType, which: &Input<I>) -> Permission {
    on(of, "join/action", which)
}

/// Naming any resource of a type in another one.
pub(crate) fn joins_any(namespace: &'static str, path: &'static str) -> Permission {
    on(ArmType::new(namespace, path), "join/action", Which::Any)
}
