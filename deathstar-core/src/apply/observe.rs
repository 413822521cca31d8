//! Looking before planning: what is recorded, by lists; and the answers of facts.

use super::{
    Clients, Connected,
    clients::shown_key,
    retry::{Patience, Repeats},
};
use crate::{
    Error, Raw, Result, Verb,
    driver::{AnySeen, AnyWant, Cx},
    erase::{AnyKind, Role},
    kind::Answered,
    plan::{Desired, FactSight, Observed, Sight, Values, resolve},
    state::{Phase, Recorded, Row},
};
use foldhash::HashMap;
use futures_util::{StreamExt, TryStreamExt, future::BoxFuture, stream};
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

/// Looks at all recorded objects.
///
/// # Errors
/// When the cloud cannot be read.
pub(crate) async fn objects(
    clients: &Clients,
    desired: &Desired<'_>,
    recorded: &Recorded,
    patience: Patience,
    observed: &mut Observed,
) -> Result<()> {
    let mut groups: BTreeMap<(u32, &'static str), Vec<Looked<'_>>> = BTreeMap::new();
    for row in recorded.rows() {
        let kind = clients.kind(row)?;
        if kind.about().role != Role::Resource || matches!(row.phase, Phase::Deleting { .. }) {
            continue;
        }
        let Some(id) = row.phase.id().cloned() else { continue };
        let spec = crate::plan::current_spec(kind, row)?;
        let key = shown_key(kind, &id, &spec)?;
        groups.entry((row.connection, kind.about().shown_by)).or_default().push(Looked {
            row,
            kind,
            id,
            key,
        });
    }
    let cx = Cx::of_stack(&desired.stack.name);
    let mut looks: Vec<BoxFuture<'_, Result<Sights<'_>>>> = Vec::with_capacity(groups.len());
    for ((connection, _), looked) in groups {
        let cx = &cx;
        looks.push(Box::pin(async move {
            let connected = connect(clients, recorded, connection).await?;
            group(clients, &connected, cx, looked, patience).await
        }));
    }
    let found: Vec<Sights<'_>> = stream::iter(looks).buffered(WIDTH).try_collect().await?;
    for (row, sight) in found.into_iter().flatten() {
        observed.objects.insert((row.address.clone(), row.generation), sight);
    }
    Ok(())
}

pub(super) async fn connect(clients: &Clients, recorded: &Recorded, number: u32) -> Result<Arc<Connected>> {
    let connection = recorded
        .connection(number)
        .ok_or_else(|| Error::internal(format!("connection {number} is not recorded")))?;
    clients.connect(&connection.provider, &connection.config).await
}

/// All objects that one family's `find` shows. What is missing is looked for again until its absence is certain.
pub(super) async fn group<'r>(
    clients: &Clients,
    connected: &Connected,
    cx: &Cx,
    mut looked: Vec<Looked<'r>>,
    patience: Patience,
) -> Result<Sights<'r>> {
    let mut sights = Vec::with_capacity(looked.len());
    let mut until = None;
    let Some(first) = looked.first() else { return Ok(sights) };
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
        if missing.is_empty() {
            return Ok(sights);
        }
        let until = *until.get_or_insert_with(|| {
            // What was just made may be hidden for as long as its kind says.
            let fresh = missing.iter().filter(|one| !matches!(one.row.phase, Phase::Live { .. }));
            let hidden = fresh.map(|one| patience.visible_within(one.kind.about().identity)).max();
            clock.now() + hidden.unwrap_or_default().max(patience.missing)
        });
        if clock.now() >= until {
            sights.extend(missing.into_iter().map(|one| (one.row, Sight::Gone)));
            return Ok(sights);
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

fn complete(text: &str, marks: &[crate::graph::Mark], values: &impl Values) -> Result<Option<Raw>> {
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
