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

#[cfg(feature = "client")]
mod ask {
    use super::HasRole;
    use crate::{
        Client,
        arm::{Document, look},
        authorization::{API_VERSION, Role},
        id::{ResourceId, RoleAssignmentId},
    };
    use deathstar_core::{Answered, Ask, Result};
    use serde_json::Value;

    impl Ask<HasRole> for Client {
        async fn holds(&self, fact: &HasRole) -> Result<Answered<()>> {
            let (scope, principal) = (fact.scope.known()?, fact.principal.known()?);
            let filter = Some(format!("assignedTo('{principal}')"));
            let listed = self.list_fitting(scope, RoleAssignmentId::TYPE, API_VERSION, filter).await?;
            let all = listed.unwrap_or_default();
            Ok(if all.iter().any(|(_, document)| gives(document, &fact.role, scope)) {
                Answered::Yes(())
            } else {
                Answered::Waiting(format!(
                    "{principal} does not have the role {} at `{scope}` yet",
                    fact.role
                ))
            })
        }
    }

    /// Whether an assignment gives a role at a scope: it is of that scope, or of one around it.
    fn gives(document: &Document, role: &Role, scope: &ResourceId) -> bool {
        let text = |at: &str| look(document, at).and_then(Value::as_str).unwrap_or_default();
        let of = text("/properties/scope").trim_end_matches('/');
        let head = scope.as_str().get(..of.len()).is_some_and(|head| head.eq_ignore_ascii_case(of));
        let whole =
            scope.as_str().get(of.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        head && whole && Role::new(text("/properties/roleDefinitionId")) == *role
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::{
            client::scripted::{Server, answer},
            id::PrincipalId,
        };
        use serde_json::json;

        #[tokio::test]
        async fn an_assignment_at_the_scope_or_around_it_counts() {
            let assignment = |scope: &str, role: &Role| {
                let definition = format!("/subscriptions/s/providers/x/roleDefinitions/{role}");
                let id = format!("{scope}/providers/Microsoft.Authorization/roleAssignments/a");
                json!({"id": id, "properties": {"scope": scope, "roleDefinitionId": definition}})
            };
            let cases = [
                (assignment("/subscriptions/s/resourceGroups/web", &Role::READER), true),
                (assignment("/SUBSCRIPTIONS/S", &Role::READER), true),
                (assignment("/", &Role::READER), true),
                (assignment("/subscriptions/s/resourceGroups/we", &Role::READER), false),
                (assignment("/subscriptions/s/resourceGroups/web/providers/N/t/x", &Role::READER), false),
                (assignment("/subscriptions/s/resourceGroups/web", &Role::OWNER), false),
            ];
            let answers =
                cases.iter().map(|(one, _)| answer(200, &json!({"value": [one]}))).collect::<Vec<_>>();
            let server = Server::with(answers);
            let client = server.client();
            let scope = ResourceId::new("/subscriptions/s/resourceGroups/web");
            let fact = HasRole::new(PrincipalId::simulated(7), Role::READER, scope);
            for (one, expected) in &cases {
                let yes = client.holds(&fact).await.unwrap() == Answered::Yes(());
                assert_eq!(yes, *expected, "{one}");
            }
            let path =
                "/subscriptions/s/resourceGroups/web/providers/Microsoft.Authorization/roleAssignments";
            let principal = PrincipalId::simulated(7);
            assert_eq!(server.lines()[0], format!("GET {path} $filter=assignedTo('{principal}')"));
        }
    }
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
