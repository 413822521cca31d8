//! The proof after a destroy: everything that can carry our tag is listed once more.

use super::{Clients, Leftover, Patience, Proof, observe::repeat};
use crate::{
    Result, Verb,
    driver::{AnyWant, tags},
    erase::Role,
    graph::Address,
    state::{ConnectionRow, Recorded, Row},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Lists, on every connection that was used, every tagged family that the stack had.
///
/// # Errors
/// When a list cannot be read: then nothing is proved.
pub(crate) async fn prove(
    clients: &Clients,
    stack: &Arc<str>,
    had: &Had,
    retained: Vec<String>,
    patience: Patience,
) -> Result<Proof> {
    let Had { families, connections, hosts } = had;
    let mut proof = Proof { retained, ..Proof::default() };
    let mut ended = BTreeSet::new();
    for (number, hosts) in hosts {
        if all_gone(clients, connections, hosts, patience).await? {
            ended.insert(*number);
        }
    }
    let cx = clients.of_stack.clone();
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
        if ended.contains(number) {
            proof.ended.push(connection.name.to_string());
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
    proof.ended.dedup();
    Ok(proof)
}

/// What a state had before everything in it ended.
#[derive(Debug, Default)]
pub(crate) struct Had {
    /// Which families, by connection.
    families: BTreeSet<(u32, String)>,
    connections: Vec<ConnectionRow>,
    /// What ran the places of connections, by their numbers.
    hosts: BTreeMap<u32, Vec<Row>>,
}

impl Had {
    pub(crate) fn of(recorded: &Recorded) -> Self {
        let mut hosts = BTreeMap::new();
        for connection in &recorded.connections {
            let row =
                |(address, generation): &(Address, u32)| recorded.row(address.as_str(), *generation).cloned();
            let rows: Vec<Row> = connection.hosts.iter().filter_map(row).collect();
            if !rows.is_empty() && rows.len() == connection.hosts.len() {
                hosts.insert(connection.number, rows);
            }
        }
        Self {
            families: recorded.rows().map(|row| (row.connection, row.family.to_string())).collect(),
            connections: recorded.connections.clone(),
            hosts,
        }
    }
}

/// Whether none of these is there any more: what was behind them ended with them.
async fn all_gone(
    clients: &Clients,
    connections: &[ConnectionRow],
    hosts: &[Row],
    patience: Patience,
) -> Result<bool> {
    let cx = clients.of_stack.clone();
    for host in hosts {
        let kind = clients.kind(host)?;
        let connection = connections.iter().find(|connection| connection.number == host.connection);
        let (Some(connection), Some(id)) = (connection, host.phase.id()) else { return Ok(false) };
        let connected = clients.connect(&connection.provider, &connection.config).await?;
        let shower = clients.shower(&connected, kind)?;
        let look = || connected.see(&shower, kind, &cx, id, host.phase.spec());
        if repeat(clients, patience, look).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}
