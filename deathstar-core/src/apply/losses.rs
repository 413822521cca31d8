//! Asking what is lost with what a plan deletes, before it is shown.

use super::{
    Clients,
    observe::{connect, repeat},
    retry::Patience,
};
use crate::{
    Result, Stakes, Verb,
    driver::{AnySeen, Cx, Loss},
    erase::AnyKind,
    graph::Address,
    plan::{Action, Request, Sight, Step},
};
use foldhash::HashMap;
use std::collections::BTreeMap;

/// What is lost, by the address and generation of what goes.
type Losses = HashMap<(Address, u32), Loss>;

/// What goes from one connection.
struct Going<'r> {
    kind: &'static dyn AnyKind,
    keys: Vec<(Address, u32)>,
    seen: Vec<&'r AnySeen>,
}

/// Asks about every object that goes, of kinds that can be asked: all of one kind and connection at once.
///
/// # Errors
/// When a kind is not known. A provider that does not answer is an answer: anything may be lost.
pub(crate) async fn losses(
    clients: &Clients,
    request: &Request<'_>,
    patience: Patience,
    steps: &[Step],
) -> Result<Losses> {
    let mut groups: BTreeMap<(u32, &'static str), Going<'_>> = BTreeMap::new();
    for step in steps.iter().filter(|step| step.action == Action::Delete) {
        let key = (step.address.clone(), step.generation);
        let Some(Sight::Seen(seen)) = request.observed.objects.get(&key) else { continue };
        let Some(row) = request.recorded.row(step.address.as_str(), step.generation) else { continue };
        let kind = clients.kind(row)?;
        if kind.about().rehearsed {
            let group = groups.entry((row.connection, kind.about().family));
            let going = group.or_insert_with(|| Going { kind, keys: vec![], seen: vec![] });
            going.keys.push(key);
            going.seen.push(seen);
        }
    }
    let mut all = Losses::default();
    let cx = Cx::of_stack(&request.desired.stack.name);
    for ((connection, family), Going { kind, keys, seen }) in groups {
        let asked = async {
            let connected = connect(clients, request.recorded, connection).await?;
            let driver = clients.driver(&connected, kind)?;
            let call = || connected.call((family, Verb::Find), driver.losses(&cx, &seen));
            repeat(clients, patience, call).await
        };
        match asked.await {
            Ok(found) => {
                all.extend(keys.into_iter().zip(found).filter_map(|(key, loss)| Some((key, loss?))));
            }
            Err(error) => {
                let why = format!("what goes with it could not be asked: {error}");
                let unknown = |key| (key, Loss { stakes: Stakes::Data, why: why.clone(), along: vec![] });
                all.extend(keys.into_iter().map(unknown));
            }
        }
    }
    Ok(all)
}
