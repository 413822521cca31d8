//! What the API knows, and how its time passes.

use super::api::{Failed, Filter, Item, NewDisk, Page};
use crate::conformance::Mutation;
use std::collections::{BTreeMap, HashMap};

/// How many items are in one page.
pub(super) const PAGE: usize = 3;
/// For how many looks a new disk is hidden.
const HIDDEN: u32 = 2;
/// For how many looks an operation goes on.
const BUSY: u32 = 3;

#[derive(Debug)]
pub(super) struct Stored {
    pub(super) item: Item,
    pub(super) made: NewDisk,
    hidden: u32,
    left: u32,
}

#[derive(Debug, Default)]
pub(super) struct State {
    serial: u64,
    pub(super) disks: BTreeMap<String, Stored>,
    tokens: HashMap<String, String>,
    pub(super) calls: Vec<Mutation>,
}

impl State {
    pub(super) fn create(&mut self, new: NewDisk) -> Result<(String, String), Failed> {
        let known = new.token.as_ref().and_then(|token| self.tokens.get(token)).cloned();
        if let Some(disk) = known.and_then(|id| self.disks.get_mut(&id)) {
            return if disk.made == new {
                Ok((disk.item.id.clone(), disk.operation()))
            } else {
                Err(Failed::TOKEN)
            };
        }
        self.serial += 1;
        let id = format!("disk-{:04x}", self.serial);
        if let Some(token) = &new.token {
            self.tokens.insert(token.clone(), id.clone());
        }
        let item = Item {
            id: id.clone(),
            name: new.name.clone(),
            size: new.size,
            note: new.note.clone(),
            tags: new.tags.clone(),
            busy: None,
        };
        let disk =
            self.disks.entry(id.clone()).or_insert(Stored { item, made: new, hidden: HIDDEN, left: 0 });
        let operation = disk.work("creating");
        Ok((id, operation))
    }

    pub(super) fn disk(&mut self, id: &str) -> Result<&mut Stored, Failed> {
        self.disks.get_mut(id).ok_or(Failed::NO_DISK)
    }

    pub(super) fn idle(&mut self, id: &str) -> Result<&mut Stored, Failed> {
        let disk = self.disk(id)?;
        if disk.item.busy.is_some() { Err(Failed::BUSY) } else { Ok(disk) }
    }

    /// Lets a disk's time pass by one look.
    pub(super) fn pass(&mut self, id: &str) {
        let Some(disk) = self.disks.get_mut(id) else { return };
        if disk.left > 0 {
            disk.left -= 1;
        } else if disk.item.busy == Some("deleting") {
            self.disks.remove(id);
        } else {
            disk.item.busy = None;
        }
    }

    /// Shows a disk; its time passes.
    pub(super) fn look(&mut self, id: &str) -> Option<Item> {
        self.pass(id);
        let disk = self.disks.get_mut(id)?;
        if disk.hidden > 0 {
            disk.hidden -= 1;
            return None;
        }
        Some(disk.item.clone())
    }

    pub(super) fn list(&mut self, filter: &Filter, after: &str) -> Page {
        let of = |item: &Item| match filter {
            Filter::Everything => true,
            Filter::Tag(key, value) => item.tags.get(key) == Some(value),
            Filter::Ids(ids) => ids.contains(&item.id),
        };
        let later = self.disks.values().map(|disk| &disk.item).filter(|item| &*item.id > after && of(item));
        let ids: Vec<String> = later.map(|item| item.id.clone()).collect();
        let next = (ids.len() > PAGE).then(|| ids[PAGE - 1].clone());
        Page { items: ids.iter().take(PAGE).filter_map(|id| self.look(id)).collect(), next }
    }
}

impl Stored {
    pub(super) fn work(&mut self, what: &'static str) -> String {
        self.item.busy = Some(what);
        self.left = BUSY;
        self.operation()
    }

    fn operation(&self) -> String {
        format!("{}/{}", self.item.id, self.item.busy.unwrap_or_default())
    }
}
