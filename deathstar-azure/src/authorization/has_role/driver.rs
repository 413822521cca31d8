//! The gate of a role.

use super::HasRole;
use crate::{
    arm::{Document, look},
    authorization::{API_VERSION, Role},
    client::Client,
    error,
    id::{ResourceId, RoleAssignmentId},
};
use deathstar_core::{Answered, Ask, Meaning, Result};
use serde_json::Value;

impl Ask<HasRole> for Client {
    async fn holds(&self, fact: &HasRole) -> Result<Answered<()>> {
        let (scope, principal) = (fact.scope.known()?, fact.principal.known()?);
        let waiting = || Answered::Waiting(format!("`{principal}` does not have role `{}` yet", fact.role));
        let by = format!("assignedTo('{principal}')");
        let listed = self.list_by(scope, RoleAssignmentId::TYPE, API_VERSION, Some(&by)).await;
        let all = match listed {
            Ok(all) => all.unwrap_or_default(),
            // The directory does not know the principal yet.
            Err(error) if *error.meaning() == Meaning::NotReady || error::is_gone(&error) => {
                return Ok(waiting());
            }
            Err(error) => return Err(error),
        };
        let has = all.iter().any(|(_, document)| gives(document, &fact.role, scope));
        Ok(if has { Answered::Yes(()) } else { waiting() })
    }

    async fn over(&self, _: &HasRole) -> Result<Answered<()>> {
        Ok(Answered::Yes(()))
    }
}

/// Whether an assignment gives a role at a scope: it is of that scope, or of one around it.
fn gives(document: &Document, role: &Role, scope: &ResourceId) -> bool {
    let text = |at: &str| look(document, at).and_then(Value::as_str).unwrap_or_default();
    let of = text("/properties/scope").trim_end_matches('/');
    let head = scope.as_str().get(..of.len()).is_some_and(|head| head.eq_ignore_ascii_case(of));
    let whole = scope.as_str().get(of.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
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
        let answers = cases.iter().map(|(one, _)| answer(200, &json!({"value": [one]}))).collect::<Vec<_>>();
        let server = Server::with(answers);
        let client = server.client();
        let scope = ResourceId::new("/subscriptions/s/resourceGroups/web");
        let fact = HasRole::new(PrincipalId::simulated(7), Role::READER, scope);
        for (one, expected) in &cases {
            let yes = client.holds(&fact).await.unwrap() == Answered::Yes(());
            assert_eq!(yes, *expected, "{one}");
        }
        let path = "/subscriptions/s/resourceGroups/web/providers/Microsoft.Authorization/roleAssignments";
        let principal = PrincipalId::simulated(7);
        assert_eq!(server.lines()[0], format!("GET {path} $filter=assignedTo('{principal}')"));
    }
}
