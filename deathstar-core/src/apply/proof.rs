//! The proof after a destroy: everything that can carry our tag is listed once more.

use super::{Clients, Leftover, Patience, Proof, observe::repeat};
use crate::{
    Result, Verb,
    driver::{AnyWant, Cx, tags},
    erase::Role,
    state::ConnectionRow,
};
use std::{collections::BTreeSet, sync::Arc};

/// Lists, on every connection that was used, every tagged family that the stack had.
///
/// # Errors
/// When a list cannot be read: then nothing is proved.
pub(crate) async fn prove(
    clients: &Clients,
    stack: &Arc<str>,
    families: &BTreeSet<(u32, String)>,
    connections: &[ConnectionRow],
    retained: Vec<String>,
    patience: Patience,
) -> Result<Proof> {
    let mut proof = Proof { retained, ..Proof::default() };
    let cx = Cx::of_stack(stack);
    let mut listed = BTreeSet::new();
    for (number, family) in families {
        let Some(kind) = clients.kind_of(family) else { continue };
        let about = kind.about();
        let Some(connection) = connections.iter().find(|connection| connection.number == *number) else {
            continue;
        };
        if about.role != Role::Resource || !about.identity.tagged() {
            continue;
        }
        let connected = clients.connect(&connection.provider, &connection.config).await?;
        let driver = clients.driver(&connected, kind)?;
        let deed = (about.family, Verb::Find);
        let seen = repeat(clients, patience, || connected.call(deed, driver.find(&cx, AnyWant::All))).await?;
        listed.insert(family.clone());
        for one in seen.into_iter().filter(|one| one.family == about.family) {
            if one.tags.get(tags::STACK).is_some_and(|owner| **owner == **stack) {
                let address = one.tags.get(tags::ADDRESS).cloned().unwrap_or_default();
                if proof.retained.contains(&address) {
                    continue;
                }
                proof.leftovers.push(Leftover {
                    family: family.clone(),
                    id: one.id.text().trim_matches('"').into(),
                    address,
                });
            }
        }
    }
    proof.listed = listed.into_iter().collect();
    Ok(proof)
}
