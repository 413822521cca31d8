//! Everything that can be told of a stack whose journal is lost.
//!
//! Owner tags say which objects are ours, and at which addresses. An object without tags is ours where it has the key and the
//! values that are declared, and stands on one that is ours. What cannot be told is listed.

use super::{Survey, WIDTH, claim::Claim};
use crate::{
    Raw, Result, Verb,
    apply::observe::repeat,
    driver::{AnyWant, tags},
    erase::{AnyKind, Role},
    graph::Address,
    plan::{FactSight, Recovery, Unseen, known},
    state::{Phase, Record, Row},
};
use futures_util::{StreamExt, TryStreamExt, future::BoxFuture, stream};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

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
        let cx = self.clients.of_stack.clone();
        let stack = &self.desired.stack.name;
        let mut looks: Vec<BoxFuture<'_, Result<Vec<Claim>>>> = Vec::with_capacity(lists.len());
        for (number, connection, kind) in lists {
            let cx = &cx;
            looks.push(Box::pin(async move {
                let connected = self.clients.connect(&connection.provider, &connection.config).await?;
                let driver = self.clients.driver(&connected, kind)?;
                let deed = (kind.about().family, Verb::Find);
                let call = || connected.call(deed, driver.find(cx, AnyWant::All));
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

    pub(super) fn keep(&mut self, row: Row, found: &mut Recovery) {
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

pub(super) fn unseen(row: &Row, field: &str, why: String) -> Unseen {
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
