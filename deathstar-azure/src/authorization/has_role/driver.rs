//! The gate of a role.

use super::HasRole;
use crate::{authorization::API_VERSION, client::Client, error, id::RoleAssignmentId};
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
        let has = all.iter().any(|(_, document)| {
            let role = document.get("properties").and_then(|properties| properties.get("roleDefinitionId"));
            let role = role.and_then(Value::as_str).and_then(|id| id.rsplit('/').next());
            role.is_some_and(|role| role.eq_ignore_ascii_case(fact.role.as_str()))
        });
        Ok(if has { Answered::Yes(()) } else { waiting() })
    }

    async fn over(&self, _: &HasRole) -> Result<Answered<()>> {
        Ok(Answered::Yes(()))
    }
}
