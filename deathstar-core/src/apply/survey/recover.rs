//! Everything that can be told of a stack whose journal is lost.
//!
//! Owner tags say which objects are ours, and at which addresses. An object without tags is ours where it has the key and the
//! values that are declared, and stands on one that is ours. What cannot be told is listed.

use super::{Looked, Survey, WIDTH, kind_name};
use crate::{
    Raw, Result, SeenState,
    apply::{clients::shown_key, observe::repeat},
    driver::{AnySeen, AnyWant, Cx, Tags, tags, token},
    erase::{AnyKind, Role},
    graph::{Address, Node},
    plan::{Blocker, FactSight, Recovery, Sight, Unseen, known},
    state::{Phase, Record, Row},
};
use futures_util::{StreamExt, TryStreamExt, future::BoxFuture, stream};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// How many generations at one address are tried for a token.
const GENERATIONS: u32 = 1000;

/// An object that carries the stack's tag.
struct Claim {
    connection: u32,
    kind: &'static dyn AnyKind,
    seen: AnySeen,
}

impl Survey<'_> {
    /// Finds all that can be told. `lineage` is the lineage of the lost journal, where somebody knows it; `all_kinds` lists every
    /// family of the catalogue, declared or not.
    ///
    /// # Errors
    /// When the cloud cannot be read: a list that is missing would lose objects.
    pub(crate) async fn recover(&mut self, lineage: Option<&str>, all_kinds: bool) -> Result<Recovery> {
        let mut found = Recovery::default();
        let mut listed = BTreeSet::new();
        // A connection may need what was found on another one.
        loop {
            self.ask(true).await?;
            self.record_facts(&mut found)?;
            let mut open = vec![];
            for index in (0_u32..).zip(&self.desired.stack.providers).map(|(index, _)| index) {
                if let Some(number) = self.connection(index)?
                    && listed.insert(number)
                {
                    open.push(number);
                }
            }
            if open.is_empty() {
                break;
            }
            let claims = self.list(&open, all_kinds).await?;
            self.place(claims, lineage, &mut found);
        }
        for (index, connection) in self.desired.stack.providers.iter().enumerate() {
            if self.numbers[index].is_none() {
                found.unseen.push(Unseen {
                    address: String::new(),
                    kind: connection.provider.to_owned(),
                    id: Value::Null,
                    field: String::new(),
                    why: format!(
                        "connection `{}` is not known, so nothing on it was looked for",
                        connection.name
                    ),
                });
            }
        }
        self.without_tags(&mut found).await?;
        self.complete_specs(&mut found)?;
        self.ask(true).await?;
        self.record_facts(&mut found)?;
        self.name_needs(&mut found);
        self.in_order(&mut found);
        found.connections.clone_from(&self.recorded.connections);
        Ok(found)
    }

    /// Lists every tagged family on these connections.
    async fn list(&self, connections: &[u32], all_kinds: bool) -> Result<Vec<Claim>> {
        let mut families: BTreeMap<&'static str, &'static dyn AnyKind> = BTreeMap::new();
        let declared = self.desired.stack.nodes.iter().map(|node| node.kind);
        let more = self.clients.catalogue().families().filter(|_| all_kinds);
        for kind in declared.chain(more) {
            families.insert(kind.about().family, kind);
        }
        let mut lists = vec![];
        for number in connections {
            let Some(connection) = self.recorded.connection(*number) else { continue };
            for kind in families.values().copied() {
                let about = kind.about();
                let listed = about.role == Role::Resource && about.identity.tagged();
                if listed && *about.provider == *connection.provider {
                    lists.push((*number, connection, kind));
                }
            }
        }
        let cx = Cx::of_stack(&self.desired.stack.name);
        let stack = &self.desired.stack.name;
        let mut looks: Vec<BoxFuture<'_, Result<Vec<Claim>>>> = Vec::with_capacity(lists.len());
        for (number, connection, kind) in lists {
            let cx = &cx;
            looks.push(Box::pin(async move {
                let connected = self.clients.connect(&connection.provider, &connection.config).await?;
                let driver = self.clients.driver(&connected, kind)?;
                let call = || connected.call(driver.find(cx, AnyWant::All));
                let seen = repeat(self.clients, self.patience, call).await?;
                let ours = seen.into_iter().filter(|one| {
                    one.family == kind.about().family
                        && one.tags.get(tags::STACK).is_some_and(|owner| **owner == **stack)
                });
                Ok(ours.map(|seen| Claim { connection: number, kind, seen }).collect())
            }));
        }
        let found: Vec<Vec<Claim>> = stream::iter(looks).buffered(WIDTH).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Gives each object its row: the address is what its tag says, the generation what its token says.
    fn place(&mut self, claims: Vec<Claim>, lineage: Option<&str>, found: &mut Recovery) {
        let mut at: BTreeMap<Address, Vec<Claim>> = BTreeMap::new();
        for claim in claims {
            let address = claim.seen.tags.get(tags::ADDRESS).and_then(|text| Address::parse(text).ok());
            match (address, claim.seen.tags.get(tags::TOKEN)) {
                (Some(address), Some(_)) => at.entry(self.renamed(address)).or_default().push(claim),
                _ => found.unseen.push(Unseen {
                    address: String::new(),
                    kind: claim.kind.about().family.to_owned(),
                    id: claim.seen.id.value(),
                    field: String::new(),
                    why: "it carries the tag of the stack, and no address and token beside it; it is left alone"
                        .into(),
                }),
            }
        }
        let own = self.recorded.stack.as_ref().map(|stack| stack.lineage.to_string());
        let lineages: Vec<&str> = own.as_deref().into_iter().chain(lineage).collect();
        for (address, claims) in at {
            let mut generations: BTreeMap<u32, &Claim> = BTreeMap::new();
            let alone = claims.len() == 1;
            let mut blocked = vec![];
            let before = self.recorded.newest(address.as_str()).map(|row| name(&row.family, row.phase.id()));
            for claim in &claims {
                let known = generation(&lineages, claim);
                // Which one it was does not matter where there is no other: its token stays, and new ones have another lineage.
                let generation = known.unwrap_or_else(|| self.recorded.next_generation(address.as_str()));
                let this = || name(claim.kind.about().family, Some(&claim.seen.id));
                if let Some(other) = before.as_ref().filter(|_| known.is_none()) {
                    blocked.push((other.clone(), this()));
                } else if let Some(other) = generations.insert(generation, claim) {
                    blocked.push((name(other.kind.about().family, Some(&other.seen.id)), this()));
                }
            }
            found.blockers.extend(blocked.iter().map(|(one, other)| contested(&address, one, other)));
            for (generation, claim) in generations {
                let row = self.row(&address, generation, claim, alone);
                self.observed
                    .objects
                    .insert((address.clone(), generation), Sight::Seen(Box::new(claim.seen.clone())));
                self.keep(row, found);
            }
        }
    }

    /// The address at which an object stands now, where the declaration says that it moved.
    fn renamed(&self, address: Address) -> Address {
        let stack = self.desired.stack;
        if stack.index.contains_key(&address) {
            return address;
        }
        let named = stack.nodes.iter().find(|node| node.options().renamed_from.as_ref() == Some(&address));
        if let Some(node) = named {
            return node.address.clone();
        }
        let moved = stack.renames.iter().find_map(|rename| {
            let rest = address.starts_with(&rename.from).then(|| &address.as_str()[rename.from.len()..])?;
            let new = Address::unchecked(&format!("{}{rest}", rename.to));
            stack.index.contains_key(&new).then_some(new)
        });
        moved.unwrap_or(address)
    }

    fn row(&self, address: &Address, generation: u32, claim: &Claim, alone: bool) -> Row {
        let about = claim.kind.about();
        let declared =
            self.node(address.as_str()).filter(|(_, node)| node.kind.about().family == about.family);
        let written = |node: &Node| -> Tags {
            let keys = node.tags.keys();
            keys.filter_map(|key| Some((key.clone(), claim.seen.tags.get(key)?.clone()))).collect()
        };
        let options = declared.filter(|_| alone).map(|(_, node)| node.options());
        Row {
            address: address.clone(),
            generation,
            family: about.family.into(),
            kind: kind_name(claim.kind, &claim.seen.spec),
            version: about.version,
            connection: claim.connection,
            token: claim.seen.tags.get(tags::TOKEN).map_or("", String::as_str).into(),
            tags: Arc::new(declared.map(|(_, node)| written(node)).unwrap_or_default()),
            needs: declared.map(|(index, _)| self.needs(index)).unwrap_or_default(),
            protect: options.is_some_and(|options| options.protect),
            retain: options.is_some_and(|options| options.retain),
            phase: phase(&claim.seen, claim.seen.spec.clone()),
        }
    }

    fn keep(&mut self, row: Row, found: &mut Recovery) {
        self.put(Record::Row(Box::new(row.clone())));
        found.rows.push(row);
    }

    /// Rows of the facts that have answers.
    fn record_facts(&mut self, found: &mut Recovery) -> Result<()> {
        for index in &self.desired.order {
            let node = &self.desired.stack.nodes[*index as usize];
            let Some(FactSight::Yes(answer)) = self.observed.facts.get(&node.address).cloned() else {
                continue;
            };
            if self.recorded.newest(node.address.as_str()).is_some() {
                continue;
            }
            let (Some(spec), Some(connection)) = (self.target(node)?, self.connection(node.provider)?) else {
                continue;
            };
            let about = node.kind.about();
            let row = Row {
                address: node.address.clone(),
                generation: self.recorded.next_generation(node.address.as_str()),
                family: about.family.into(),
                kind: None,
                version: about.version,
                connection,
                token: "".into(),
                tags: Arc::default(),
                needs: self.needs(*index),
                protect: false,
                retain: false,
                phase: Phase::Live { id: Raw::null(), spec, outputs: answer },
            };
            self.keep(row, found);
        }
        Ok(())
    }

    /// Declared objects that carry no tags: looked for by key, until no more can be.
    async fn without_tags(&mut self, found: &mut Recovery) -> Result<()> {
        let mut done = HashSet::new();
        loop {
            let mut candidates = vec![];
            for index in &self.desired.order {
                let node = &self.desired.stack.nodes[*index as usize];
                let about = node.kind.about();
                if about.role != Role::Resource || about.identity.tagged() || done.contains(index) {
                    continue;
                }
                let Some(target) = self.target(node)? else { continue };
                let Some(key) = node.kind.key(target.text())? else { continue };
                let Some(connection) = self.connection(node.provider)? else { continue };
                done.insert(*index);
                let id = Raw::parse(key.text().to_owned()).map_err(|error| {
                    crate::Error::internal("the key of an object is no JSON").because(error)
                })?;
                candidates.push(Row {
                    address: node.address.clone(),
                    generation: self.recorded.next_generation(node.address.as_str()),
                    family: about.family.into(),
                    kind: kind_name(node.kind, &target),
                    version: about.version,
                    connection,
                    token: "".into(),
                    tags: Arc::default(),
                    needs: self.needs(*index),
                    protect: node.options().protect,
                    retain: node.options().retain,
                    phase: Phase::Live { id, spec: target, outputs: Raw::null() },
                });
            }
            if candidates.is_empty() {
                return Ok(());
            }
            let mut looked = Vec::with_capacity(candidates.len());
            for row in &candidates {
                let kind = self.clients.kind(row)?;
                let id = row.phase.id().cloned().unwrap_or_else(Raw::null);
                let key = shown_key(kind, &id, row.phase.spec())?;
                looked.push(Looked { row, kind, id, key });
            }
            for (row, sight) in self.look(looked).await? {
                let Sight::Seen(seen) = &sight else { continue };
                if let Some(why) = self.unproved(row, seen)? {
                    found.unseen.push(unseen(row, "", why));
                    continue;
                }
                let next = Row { phase: phase(seen, seen.spec.clone()), ..row.clone() };
                self.observed.objects.insert((next.address.clone(), next.generation), sight);
                self.keep(next, found);
            }
        }
    }

    /// Why it cannot be proved that an object without tags is ours.
    fn unproved(&self, row: &Row, seen: &AnySeen) -> Result<Option<String>> {
        let Some((_, node)) = self.node(row.address.as_str()) else { return Ok(None) };
        let mut changes = node.options().ignore.compare(node.kind, &seen.spec, row.phase.spec())?;
        changes.retain(|change| !change.write_only);
        if !changes.is_empty() {
            let fields: Vec<_> = changes
                .iter()
                .map(|change| format!("{} is {}, declared is {}", change.field, change.before, change.after))
                .collect();
            return Ok(Some(format!(
                "it carries no tags and has other values ({}), so it cannot be proved to be ours; import it, if it is",
                fields.join("; ")
            )));
        }
        let stands = row.needs.iter().filter_map(|need| self.recorded.newest(need.as_str()));
        let mut kinds = stands.filter_map(|row| self.clients.kind(row).ok());
        if kinds.any(|kind| kind.about().role == Role::Resource) {
            return Ok(None);
        }
        Ok(Some("it carries no tags and stands on nothing that is ours, so it cannot be proved to be ours; import it, if it is".into()))
    }

    /// Fields that no API tells are taken from the declaration, and listed.
    fn complete_specs(&mut self, found: &mut Recovery) -> Result<()> {
        for row in &mut found.rows {
            let Some((_, node)) = self.node(row.address.as_str()) else { continue };
            let kind = node.kind;
            if kind.about().role != Role::Resource || kind.about().family != &*row.family {
                continue;
            }
            let Some(target) = self.target(node)? else { continue };
            let seen = row.phase.spec().clone();
            let hidden =
                kind.compare(seen.text(), target.text())?.into_iter().filter(|change| change.write_only);
            let fields: Vec<_> = hidden.map(|change| change.field).collect();
            if fields.is_empty() {
                continue;
            }
            let spec = known(kind, &seen, &target)?;
            match &mut row.phase {
                Phase::Live { spec: slot, .. }
                | Phase::Settling { spec: slot, .. }
                | Phase::Broken { spec: slot, .. } => {
                    *slot = spec;
                }
                Phase::Creating { .. } | Phase::Deleting { .. } => {}
            }
            found.unseen.extend(fields.into_iter().map(|field| {
                unseen(row, field, "the API never tells it; it is taken for what is declared".into())
            }));
        }
        for row in &found.rows {
            self.recorded.apply(Record::Row(Box::new(row.clone())), b"");
        }
        Ok(())
    }

    /// Who is no longer declared needs whom its spec names.
    fn name_needs(&mut self, found: &mut Recovery) {
        let ids: HashMap<String, Address> = found
            .rows
            .iter()
            .filter_map(|row| match row.phase.id()?.value() {
                Value::String(id) => Some((id, row.address.clone())),
                _ => None,
            })
            .collect();
        for row in &mut found.rows {
            if self.desired.stack.index.contains_key(&row.address) {
                continue;
            }
            let mut needs = BTreeSet::new();
            texts(&row.phase.spec().value(), &mut |text| {
                needs.extend(ids.get(text).filter(|address| **address != row.address).cloned());
            });
            row.needs = needs.into_iter().collect();
            self.recorded.apply(Record::Row(Box::new(row.clone())), b"");
        }
    }

    /// Rows come in the order in which they could have been made: what is needed first.
    fn in_order(&self, found: &mut Recovery) {
        let mut place = vec![0_u32; self.desired.stack.nodes.len()];
        for (at, node) in (0_u32..).zip(&self.desired.order) {
            place[*node as usize] = at;
        }
        let index = &self.desired.stack.index;
        found.rows.sort_by_cached_key(|row| {
            let declared = index.get(&row.address).map(|node| place[*node as usize]);
            (declared.is_none(), declared, row.address.clone(), row.generation)
        });
    }
}

/// Which generation a token is of.
fn generation(lineages: &[&str], claim: &Claim) -> Option<u32> {
    let (address, written) = (claim.seen.tags.get(tags::ADDRESS)?, claim.seen.tags.get(tags::TOKEN)?);
    lineages.iter().find_map(|lineage| {
        (1..=GENERATIONS).find(|generation| token(lineage, address, *generation) == *written)
    })
}

fn name(family: &str, id: Option<&Raw>) -> String {
    format!("{family} {}", id.map_or("?", Raw::text))
}

fn contested(address: &Address, one: &str, other: &str) -> Blocker {
    Blocker {
        address: address.clone(),
        why: format!("{one} and {other} both carry its owner tags, and nothing says which is the newer one"),
        fix: "give the lineage of the lost journal, which stands in its plans; or delete one of them, or take its tags off"
            .into(),
    }
}

/// The phase of what was seen.
fn phase(seen: &AnySeen, spec: Raw) -> Phase {
    let id = seen.id.clone();
    match &seen.state {
        SeenState::Ready => Phase::Live { id, spec, outputs: seen.outputs.clone() },
        SeenState::Pending(_) => Phase::Settling { id, was: None, spec, op: None },
        SeenState::Failed(cause) => Phase::Broken { id, spec, cause: cause.clone() },
    }
}

fn unseen(row: &Row, field: &str, why: String) -> Unseen {
    Unseen {
        address: row.address.to_string(),
        kind: row.kind.as_deref().unwrap_or(&row.family).to_owned(),
        id: row.phase.id().map_or(Value::Null, Raw::value),
        field: field.to_owned(),
        why,
    }
}

fn texts(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, see)),
        Value::Object(map) => map.values().for_each(|value| texts(value, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
