//! Looking before planning: what is recorded, by lists; and the answers of facts.

use super::{
    Clients, Connected,
    clients::shown_key,
    retry::{Patience, Repeats},
};
use crate::{
    Address, Error, Meaning, Raw, Result, Verb,
    driver::{AnySeen, AnyWant, Cx},
    erase::{AnyKind, Role},
    kind::Answered,
    plan::{Desired, FactSight, Foreign, Observed, Sight, Values, resolve},
    state::{Phase, Recorded, Row},
};
use foldhash::{HashMap, HashSet};
use futures_util::{StreamExt, future::BoxFuture, stream};
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

/// How many lists are read at once.
const WIDTH: usize = 16;

/// One object that is looked for.
pub(super) struct Looked<'r> {
    pub(super) row: &'r Row,
    pub(super) kind: &'static dyn AnyKind,
    pub(super) id: Raw,
    /// The id that the call names.
    pub(super) key: Raw,
}

/// What was seen of some rows.
pub(super) type Sights<'r> = Vec<(&'r Row, Sight)>;
/// What one look showed: of rows, and beside them.
type Group<'r> = (Sights<'r>, Vec<AnySeen>);

/// Looks at all recorded objects. What runs a connection's place comes before what is behind it: when that is gone, so is everything
/// there, and nobody is asked. Of several connections, one that does not answer leaves the others alone.
///
/// # Errors
/// When the cloud cannot be read.
pub(crate) async fn objects(
    clients: &Clients,
    recorded: &Recorded,
    patience: Patience,
    observed: &mut Observed,
) -> Result<()> {
    let mut groups = groups(clients, recorded)?;
    let cx = clients.of_stack.clone();
    let one_place = recorded.connections.len() < 2;
    let mut others = vec![];
    while !groups.is_empty() {
        let mut now = ready(recorded, &mut groups);
        let mut looks: Vec<BoxFuture<'_, (u32, Result<Group<'_>>)>> = Vec::with_capacity(now.len());
        for ((connection, _), looked) in now.drain(..) {
            let row = recorded.connection(connection);
            if row.is_some_and(|row| observed.is_dead(row)) {
                let gone = |one: Looked<'_>| ((one.row.address.clone(), one.row.generation), Sight::Gone);
                observed.objects.extend(looked.into_iter().map(gone));
                continue;
            }
            let cx = &cx;
            let look = async move {
                let connected = connect(clients, recorded, connection).await?;
                group(clients, &connected, cx, looked, patience).await
            };
            looks.push(Box::pin(async move { (connection, look.await) }));
        }
        let found: Vec<_> = stream::iter(looks).buffered(WIDTH).collect().await;
        for (connection, looked) in found {
            match looked {
                Ok((sights, more)) => {
                    for (row, sight) in sights {
                        observed.objects.insert((row.address.clone(), row.generation), sight);
                    }
                    others.extend(more.into_iter().map(|seen| (connection, seen)));
                }
                Err(error) if !one_place && *error.meaning() == Meaning::Transient => {
                    observed.unreachable.entry(connection).or_insert_with(|| error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
    }
    observed.foreign = foreign(clients, recorded, &others)?;
    Ok(())
}

/// What is looked for, by connection and by the family whose look shows it.
type Groups<'r> = BTreeMap<(u32, &'static str), Vec<Looked<'r>>>;

fn groups<'r>(clients: &Clients, recorded: &'r Recorded) -> Result<Groups<'r>> {
    let mut groups = Groups::new();
    for row in recorded.rows() {
        let kind = clients.kind(row)?;
        if kind.about().role != Role::Resource || matches!(row.phase, Phase::Deleting { .. }) {
            continue;
        }
        let Some(id) = row.phase.id().cloned() else { continue };
        let spec = crate::plan::current_spec(kind, row)?;
        let key = shown_key(kind, &id, &spec)?;
        let looked = Looked { row, kind, id, key };
        groups.entry((row.connection, kind.about().shown_by)).or_default().push(looked);
    }
    Ok(groups)
}

/// Takes out what can be looked at now: what runs its place is not among the rest. In a circle, which nobody can make, all of it.
fn ready<'r>(recorded: &Recorded, groups: &mut Groups<'r>) -> Vec<((u32, &'static str), Vec<Looked<'r>>)> {
    let hosts = recorded.connections.iter().flat_map(|connection| &connection.hosts);
    let hosts: HashSet<&(Address, u32)> = hosts.collect();
    if hosts.is_empty() {
        return std::mem::take(groups).into_iter().collect();
    }
    let open = groups.values().flatten().map(|one| (one.row.address.clone(), one.row.generation));
    let open: HashSet<(Address, u32)> = open.filter(|one| hosts.contains(one)).collect();
    let waits = |number: u32| {
        let hosts = recorded.connection(number).map_or(&[][..], |connection| &connection.hosts);
        hosts.iter().any(|host| open.contains(host))
    };
    let (later, now): (Groups<'_>, Groups<'_>) =
        std::mem::take(groups).into_iter().partition(|((connection, _), _)| waits(*connection));
    let (later, now) = if now.is_empty() { (now, later) } else { (later, now) };
    *groups = later;
    now.into_iter().collect()
}

/// What stands in recorded objects and is recorded nowhere. What carries tags says itself whose it is, and is not among it.
fn foreign(clients: &Clients, recorded: &Recorded, others: &[(u32, AnySeen)]) -> Result<Vec<Foreign>> {
    if others.is_empty() {
        return Ok(vec![]);
    }
    let mut at: HashMap<(u32, &str, String), &Row> = HashMap::default();
    for row in recorded.rows() {
        let kind = clients.kind(row)?;
        let id = match row.phase.id() {
            Some(id) => Some(id.text().to_owned()),
            // It may exist before its id is known.
            None => kind.key(row.phase.spec().text())?.map(|key| key.text().to_owned()),
        };
        at.extend(id.map(|id| ((row.connection, kind.about().family, id), row)));
    }
    let mut all = vec![];
    for (connection, seen) in others {
        let Some(kind) = clients.kind_of(seen.family) else { continue };
        let about = kind.about();
        if about.identity.tagged() || at.contains_key(&(*connection, seen.family, seen.id.text().to_owned()))
        {
            continue;
        }
        let key = shown_key(kind, &seen.id, &seen.spec)?;
        let Some(holder) = at.get(&(*connection, about.shown_by, key.text().to_owned())) else { continue };
        all.push(Foreign {
            within: holder.address.clone(),
            kind: seen.family.to_owned(),
            id: seen.id.value(),
            found: seen.spec.value(),
        });
    }
    all.sort_by_cached_key(|one| (one.within.clone(), one.kind.clone(), one.id.to_string()));
    Ok(all)
}

pub(super) async fn connect(clients: &Clients, recorded: &Recorded, number: u32) -> Result<Arc<Connected>> {
    let connection = recorded
        .connection(number)
        .ok_or_else(|| Error::internal(format!("connection {number} is not recorded")))?;
    clients.connect(&connection.provider, &connection.config).await
}

/// All objects that one family's `find` shows, and what else the first look showed. What is missing is looked for again until its
/// absence is certain.
pub(super) async fn group<'r>(
    clients: &Clients,
    connected: &Connected,
    cx: &Cx,
    mut looked: Vec<Looked<'r>>,
    patience: Patience,
) -> Result<Group<'r>> {
    let mut others = None;
    let mut sights = Vec::with_capacity(looked.len());
    let mut until = None;
    let Some(first) = looked.first() else { return Ok((sights, vec![])) };
    let shower = clients.shower(connected, first.kind)?;
    let deed = (first.kind.about().shown_by, Verb::Find);
    let clock = clients.clock();
    loop {
        let mut keys: Vec<Raw> = looked.iter().map(|one| one.key.clone()).collect();
        keys.sort_unstable_by(|a, b| a.text().cmp(b.text()));
        keys.dedup();
        let mut seen: HashMap<(&'static str, Raw), AnySeen> = HashMap::default();
        for chunk in keys.chunks(connected.pace.ids.max(1)) {
            let look = || connected.call(deed, shower.find(cx, AnyWant::Ids(chunk.to_vec())));
            let found = repeat(clients, patience, look).await?;
            seen.extend(found.into_iter().map(|one| ((one.family, one.id.clone()), one)));
        }
        let mut missing = vec![];
        for one in looked {
            match seen.remove(&(one.kind.about().family, one.id.clone())) {
                Some(seen) => sights.push((one.row, Sight::Seen(Box::new(seen)))),
                None => missing.push(one),
            }
        }
        others = others.or_else(|| Some(seen.into_values().collect::<Vec<_>>()));
        if missing.is_empty() {
            return Ok((sights, others.unwrap_or_default()));
        }
        let until = *until.get_or_insert_with(|| {
            // What was just made may be hidden for as long as its kind says.
            let fresh = missing.iter().filter(|one| !matches!(one.row.phase, Phase::Live { .. }));
            let hidden = fresh.map(|one| patience.hides(one.kind.about())).max().unwrap_or_default();
            let sure = missing.iter().all(|one| one.kind.about().consistent);
            clock.now() + if sure { hidden } else { hidden.max(patience.missing) }
        });
        if clock.now() >= until {
            sights.extend(missing.into_iter().map(|one| (one.row, Sight::Gone)));
            return Ok((sights, others.unwrap_or_default()));
        }
        looked = missing;
        clock.tick(connected.pace.poll).await;
    }
}

pub(crate) async fn repeat<T, F: Future<Output = Result<T>>>(
    clients: &Clients,
    patience: Patience,
    mut call: impl FnMut() -> F,
) -> Result<T> {
    let mut repeats = Repeats::new(patience, "observe");
    loop {
        match call().await {
            Ok(answer) => return Ok(answer),
            Err(error) => match repeats.next(&error) {
                Some(after) => clients.clock().sleep(after).await,
                None => return Err(error),
            },
        }
    }
}

/// Answers of facts whose questions are known already, and that were not asked before.
///
/// # Errors
/// When the cloud cannot be asked.
pub(crate) async fn facts(
    clients: &Clients,
    desired: &Desired<'_>,
    recorded: &Recorded,
    patience: Patience,
    observed: &mut Observed,
    refresh: bool,
) -> Result<()> {
    for index in &desired.order {
        let node = &desired.stack.nodes[*index as usize];
        let Role::Fact { frozen } = node.kind.about().role else { continue };
        let known = super::Known { recorded, catalogue: clients.catalogue() };
        let values = Answers { known, observed };
        let Some(question) = complete(node.spec.text(), &node.marks, &values)? else { continue };
        let row = recorded.newest(node.address.as_str());
        let answered = row.is_some_and(|row| row.phase.spec() == &question && row.phase.outputs().is_some());
        let asked = observed.facts.contains_key(&node.address);
        if asked || answered && (frozen || !refresh) {
            continue;
        }
        let connection = &desired.stack.providers[node.provider as usize];
        let marks = crate::graph::marks(connection.config.text());
        let Some(config) = complete(connection.config.text(), &marks, &values)? else { continue };
        let connected = clients.connect(connection.provider, &config).await?;
        let driver = clients.driver(&connected, node.kind)?;
        let deed = (node.kind.about().family, Verb::Ask);
        let answer = repeat(clients, patience, || connected.call(deed, driver.holds(&question))).await?;
        let sight = match answer {
            Answered::Yes(answer) => FactSight::Yes(answer),
            Answered::Waiting(why) => FactSight::Waiting(why),
            Answered::No(why) => FactSight::No(why),
        };
        observed.facts.insert(node.address.clone(), sight);
    }
    Ok(())
}

pub(super) fn complete(
    text: &str,
    marks: &[crate::graph::Mark],
    values: &impl Values,
) -> Result<Option<Raw>> {
    let resolved = resolve(text, marks, values, str::to_owned)?;
    if !resolved.complete {
        return Ok(None);
    }
    Raw::parse(resolved.text.into_owned())
        .map(Some)
        .map_err(|error| Error::internal("a question is no JSON").because(error))
}

/// Recorded values, and the answers of facts that were asked before.
pub(super) struct Answers<'a> {
    pub(super) known: super::Known<'a>,
    pub(super) observed: &'a Observed,
}

impl Values for Answers<'_> {
    fn value(&self, reference: &crate::graph::Reference) -> Option<Cow<'_, str>> {
        if let Some(FactSight::Yes(answer)) = self.observed.facts.get(&reference.at) {
            let path = reference.path.strip_prefix("/outputs")?;
            return crate::plan::fragment(answer.text(), path).map(Cow::Borrowed);
        }
        self.known.value(reference)
    }

    fn catalogue(&self) -> &crate::Catalogue {
        self.known.catalogue
    }
}
