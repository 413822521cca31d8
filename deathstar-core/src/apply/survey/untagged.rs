//! Declared objects that carry no tags: ours where they have the declared key and values, and stand on what is ours.

use super::{Looked, Survey, claim::phase, kind_name, recover::unseen};
use crate::{
    Raw, Result,
    apply::clients::shown_key,
    driver::AnySeen,
    erase::Role,
    plan::{Recovery, Sight},
    state::{Phase, Row},
};
use std::{collections::HashSet, sync::Arc};

impl Survey<'_> {
    /// Declared objects that carry no tags: looked for by key, until no more can be.
    pub(super) async fn without_tags(&mut self, found: &mut Recovery) -> Result<()> {
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
}
