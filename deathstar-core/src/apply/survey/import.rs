//! Objects that a person names, to become ours.

use super::{Looked, Survey, kind_name};
use crate::{
    Raw, Result, SeenState,
    apply::{
        clients::shown_key,
        take_over::{Owner, owner},
    },
    driver::AnySeen,
    graph::{Address, Node},
    plan::{Blocker, Sight},
    state::{Phase, Record, Row},
};
use std::{collections::HashSet, sync::Arc};

/// One object to import: the address that it shall stand at, and its id.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) address: Address,
    pub(crate) id: Raw,
}

impl Survey<'_> {
    /// Looks at the objects and makes rows of those that can be ours; answers these rows, and why the others cannot.
    ///
    /// # Errors
    /// When the cloud cannot be read.
    pub(crate) async fn import(
        &mut self,
        wanted: Vec<Wanted>,
        refresh: bool,
    ) -> Result<(HashSet<(Address, u32)>, Vec<Blocker>)> {
        let (mut imported, mut blockers) = (HashSet::new(), vec![]);
        let mut open = wanted;
        // Where an object is shown may follow from one that is imported with it.
        while !open.is_empty() {
            self.ask(refresh).await?;
            let mut candidates = vec![];
            let mut later = vec![];
            for one in open {
                match self.candidate(&one)? {
                    Some(Ok(row)) => candidates.push(row),
                    Some(Err(why)) => blockers.push(blocker(&one.address, why)),
                    None => later.push(one),
                }
            }
            if candidates.is_empty() {
                blockers.extend(later.iter().map(|one| {
                    blocker(
                        &one.address,
                        ("what it stands on is not known yet".into(), "import that first, or with it"),
                    )
                }));
                break;
            }
            open = later;
            let mut looked = Vec::with_capacity(candidates.len());
            for row in &candidates {
                let kind = self.clients.kind(row)?;
                let id = row.phase.id().cloned().unwrap_or_else(Raw::null);
                let key = shown_key(kind, &id, row.phase.spec())?;
                looked.push(Looked { row, kind, id, key });
            }
            let sights = self.look(looked).await?;
            for (row, sight) in sights {
                match self.judge(row, &sight) {
                    Ok(row) => {
                        let key = (row.address.clone(), row.generation);
                        self.observed.objects.insert(key.clone(), sight);
                        imported.insert(key);
                        self.put(Record::Row(Box::new(row)));
                    }
                    Err(why) => blockers.push(blocker(&row.address, why)),
                }
            }
        }
        Ok((imported, blockers))
    }

    /// A row with which the object can be looked for; none while it is not known where.
    fn candidate(&mut self, one: &Wanted) -> Result<Option<Result<Row, Refusal>>> {
        let Some((index, node)) = self.node(one.address.as_str()) else { return Ok(None) };
        let Some(connection) = self.connection(node.provider)? else { return Ok(None) };
        let about = node.kind.about();
        let target = self.target(node)?;
        if matches!(about.identity, crate::Identity::Key { .. })
            && let Some(target) = &target
            && let Some(key) = node.kind.key(target.text())?
            && key.text() != one.id.text()
        {
            let why = format!("its declaration says that its id is {key}, and {} was given", one.id);
            return Ok(Some(Err((
                why,
                "declare it as it is, or give the id that follows from the declaration",
            ))));
        }
        let told = about.shown_by == about.family && !matches!(about.identity, crate::Identity::Key { .. });
        let Some(spec) = target.or_else(|| told.then(Raw::null)) else {
            return Ok(None);
        };
        Ok(Some(Ok(Row {
            address: one.address.clone(),
            generation: self.recorded.next_generation(one.address.as_str()),
            family: about.family.into(),
            kind: None,
            version: about.version,
            connection,
            token: "".into(),
            tags: Arc::default(),
            needs: self.needs(index),
            protect: node.options().protect,
            retain: node.options().retain,
            phase: Phase::Live { id: one.id.clone(), spec, outputs: Raw::null() },
        })))
    }

    /// Whether what was seen can become ours, and its row.
    fn judge(&self, row: &Row, sight: &Sight) -> Result<Row, Refusal> {
        let Sight::Seen(seen) = sight else {
            let id = row.phase.id().map(Raw::text).unwrap_or_default();
            let connection =
                self.recorded.connection(row.connection).map_or("", |connection| &*connection.name);
            return Err((
                format!("there is no {} {id} on connection `{connection}`", row.family),
                "check the id, and the account and region of the connection",
            ));
        };
        let token = match owner(self.desired.stack.name(), &row.address, seen) {
            Owner::Nobody => "".into(),
            Owner::This(token) => token,
            Owner::Other(other) => {
                return Err((
                    format!("{} belongs to {other}", seen.id),
                    "it is not taken from its owner; forget it there first, and take its tags off",
                ));
            }
        };
        if let SeenState::Failed(cause) = &seen.state {
            return Err((format!("{} has failed: {cause}", seen.id), "repair or delete it first"));
        }
        let kind = self
            .node(row.address.as_str())
            .and_then(|(_, node): (u32, &Node)| kind_name(node.kind, &seen.spec));
        let AnySeen { id, spec, outputs, .. } = (**seen).clone();
        Ok(Row { kind, token, phase: Phase::Live { id, spec, outputs }, ..row.clone() })
    }
}

/// Why something cannot be imported, and what to do.
type Refusal = (String, &'static str);

fn blocker(address: &Address, (why, fix): Refusal) -> Blocker {
    Blocker { address: address.clone(), why: format!("it cannot be imported: {why}"), fix: fix.into() }
}
