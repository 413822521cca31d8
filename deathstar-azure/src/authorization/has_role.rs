//! That somebody has a role, as Azure knows it.

use super::Role;
use crate::{
    Azure,
    id::{PrincipalId, ResourceId, RoleAssignmentId, guid::no_guid},
    permission::on,
};
use deathstar_core::{
    Diagnostic, Fact, Input,
    permission::{Permission, Verb, Which},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A gate: somebody has a role at a scope, in Azure's own list of what is assigned to them.
///
/// It waits until Azure looks the principal up in its directory and finds the assignment by it, groups included: what an assignment
/// that was just made cannot say of itself. Declare what needs the role after it.
///
/// It cannot say that each service has heard of it: services keep their answers, Azure says for up to ten minutes. A refusal meanwhile
/// is a reason to try again.
///
/// # Permissions
/// `Microsoft.Authorization/roleAssignments/read`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HasRole {
    /// Who.
    pub principal: Input<PrincipalId>,
    /// Which role.
    pub role: Role,
    /// Where.
    pub scope: Input<ResourceId>,
}

impl HasRole {
    /// Somebody has a role at a scope.
    pub fn new(
        principal: impl Into<Input<PrincipalId>>,
        role: Role,
        scope: impl Into<Input<ResourceId>>,
    ) -> Self {
        Self { principal: principal.into(), role, scope: scope.into() }
    }
}

impl Fact for HasRole {
    type Provider = Azure;
    type Answer = ();

    const FAMILY: &'static str = "azure.authorization.has-role";

    fn validate(&self) -> Vec<Diagnostic> {
        let principal = self.principal.value();
        let principal = principal.and_then(|id| no_guid(id.as_str(), "a principal", "/principal"));
        self.role.check("/role").into_iter().chain(principal).collect()
    }

    fn permissions(&self, verb: Verb) -> Vec<Permission> {
        match verb {
            Verb::Ask => vec![on(RoleAssignmentId::TYPE, "read", Which::Any)],
            _ => vec![],
        }
    }

    fn simulate(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_principal_and_no_role_is_told() {
        let scope = || ResourceId::new("/subscriptions/s");
        let right = HasRole::new(PrincipalId::simulated(1), Role::READER, scope());
        assert!(right.validate().is_empty());
        let wrong = HasRole::new(PrincipalId::new("me"), Role::new("Reader"), scope());
        let paths: Vec<_> = wrong.validate().into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["/role", "/principal"]);
        assert_eq!(right.permissions(Verb::Ask)[0].action, "Microsoft.Authorization/roleAssignments/read");
        assert!(right.permissions(Verb::Over).is_empty());
    }
}
