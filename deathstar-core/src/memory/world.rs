//! The objects, and what they refuse.

use super::{
    family::{self, Family, Serial},
    object::{MemoryObject, ObjectKey, Shown, encoded},
    spec::{laid_over, looks_like_id, mentions, texts},
};
use crate::{Error, Hold, Identity, Meaning, Raw, Result, Span, driver::Tags, erase::AnyKind};
use foldhash::{HashMap, HashSet};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// One line of the cloud's file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Change {
    Put(Box<MemoryObject>),
    Remove(ObjectKey),
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) stages: u32,
    seed: u64,
    serial: Serial,
    pub(super) objects: HashMap<Serial, MemoryObject>,
    pub(super) families: HashMap<Box<str>, Family>,
    /// Ids that only the cloud chose, by their text: who is meant when a spec names one.
    named: HashMap<Box<str>, Serial>,
    /// Ids of objects that are gone.
    ended: HashSet<Box<str>>,
    /// Which objects name an id.
    users: HashMap<Box<str>, HashSet<Serial>>,
    claims: HashMap<Box<str>, Serial>,
    /// What has to be written to the file, when there is one.
    changes: Option<Vec<Change>>,
}

impl World {
    pub(super) fn new(seed: u64, stages: u32) -> Self {
        Self {
            stages,
            seed,
            serial: 0,
            objects: HashMap::default(),
            families: HashMap::default(),
            named: HashMap::default(),
            ended: HashSet::default(),
            users: HashMap::default(),
            claims: HashMap::default(),
            changes: None,
        }
    }

    /// Keeps what changes, for a file.
    pub(super) fn keep_changes(&mut self) {
        self.changes.get_or_insert_default();
    }

    /// Remembers a kind, so that its objects can be shown inside others.
    pub(super) fn learn(&mut self, family: &'static str) {
        match self.families.get_mut(family) {
            Some(known) => known.name = Some(family),
            None => self.family(family).name = Some(family),
        }
    }

    fn family(&mut self, name: &str) -> &mut Family {
        self.families.entry(name.into()).or_default()
    }

    fn serial_of(&self, family: &str, id: &str) -> Option<Serial> {
        self.families.get(family)?.objects.get(id).copied()
    }

    /// An object, by its id as JSON text.
    ///
    /// # Errors
    /// When there is none.
    fn object(&self, family: &str, id: &Raw) -> Result<&MemoryObject> {
        let object = self.serial_of(family, id.text()).and_then(|serial| self.objects.get(&serial));
        object.ok_or_else(|| missing(family, id.text()))
    }

    pub(super) fn len(&self) -> usize {
        self.objects.len()
    }

    pub(super) fn all(&self) -> Vec<MemoryObject> {
        let mut all: Vec<MemoryObject> = self.objects.values().cloned().collect();
        all.sort_unstable_by_key(|object| object.serial);
        all
    }

    pub(super) fn take_changes(&mut self) -> Vec<Change> {
        self.changes.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Applies a line of the file.
    pub(super) fn replay(&mut self, change: Change) {
        match change {
            Change::Put(object) => self.put(*object),
            Change::Remove((family, id)) => self.remove(&family, &id),
        }
        self.take_changes();
    }

    pub(super) fn put(&mut self, object: MemoryObject) {
        let serial = object.serial;
        let id = object.id_text();
        // Whoever had the number, or the id, is replaced.
        let known = self.serial_of(&object.family, &id).filter(|known| *known != serial);
        for old in [Some(serial), known].into_iter().flatten() {
            self.unlink(old);
        }
        if let Some(known) = known {
            self.objects.remove(&known);
        }
        self.serial = self.serial.max(serial);
        let family = self.family(&object.family);
        family.objects.insert(id, serial);
        family.tokens.insert(object.token.as_str().into(), serial);
        for claim in &object.claims {
            self.claims.insert(claim.as_str().into(), serial);
        }
        if let Some((family, id)) = &object.inside {
            family::join(&mut self.family(family).inside, id, serial);
        }
        if let Value::String(id) = &object.id
            && !mentions(&object.spec, id)
        {
            self.ended.remove(id.as_str());
            self.named.insert(id.as_str().into(), serial);
        }
        let users = &mut self.users;
        texts(&object.spec, &mut |text| {
            if looks_like_id(text) {
                family::join(users, text, serial);
            }
        });
        if let Some(changes) = &mut self.changes {
            changes.push(Change::Put(Box::new(object.clone())));
        }
        self.objects.insert(serial, object);
    }

    pub(super) fn remove(&mut self, family: &str, id: &str) {
        let Some(serial) = self.serial_of(family, id) else { return };
        self.unlink(serial);
        let Some(object) = self.objects.remove(&serial) else { return };
        if let Some(of) = self.families.get_mut(family) {
            of.objects.remove(id);
            of.tokens.remove(object.token.as_str());
        }
        if let Value::String(id) = &object.id
            && let Some((id, _)) = self.named.remove_entry(id.as_str())
        {
            self.ended.insert(id);
        }
        if let Some(changes) = &mut self.changes {
            changes.push(Change::Remove((family.to_owned(), id.to_owned())));
        }
    }

    /// Takes an object out of the indices that follow from its spec.
    fn unlink(&mut self, serial: Serial) {
        let Some(object) = self.objects.get(&serial) else { return };
        for claim in &object.claims {
            if self.claims.get(claim.as_str()) == Some(&serial) {
                self.claims.remove(claim.as_str());
            }
        }
        if let Some((family, id)) = &object.inside
            && let Some(outer) = self.families.get_mut(family.as_str())
        {
            family::leave(&mut outer.inside, id, serial);
        }
        let users = &mut self.users;
        texts(&object.spec, &mut |text| family::leave(users, text, serial));
    }

    /// An object's id as JSON text, from that text or from what it quotes.
    pub(super) fn find_id(&self, family: &str, id: &str) -> Option<String> {
        let quoted = Value::from(id).to_string();
        [id.to_owned(), quoted].into_iter().find(|id| self.serial_of(family, id).is_some())
    }

    pub(super) fn tampered(
        &self,
        family: &str,
        id: &str,
        change: impl FnOnce(&mut MemoryObject),
    ) -> Option<MemoryObject> {
        let serial = self.serial_of(family, &self.find_id(family, id)?)?;
        let mut object = self.objects.get(&serial)?.clone();
        change(&mut object);
        object.shown = None;
        Some(object)
    }

    /// Creates an object, or answers the one that the same call made before.
    pub(super) fn create(
        &mut self,
        kind: &dyn AnyKind,
        token: &str,
        tags: &Arc<Tags>,
        spec: &Raw,
        hidden: u32,
        (pending, failed): (Option<u32>, Option<String>),
    ) -> Result<Raw> {
        let family = kind.about().family;
        let value = spec.value();
        if kind.about().identity == Identity::Token
            && let Some(known) = self.families.get(family).and_then(|of| of.tokens.get(token))
            && let Some(object) = self.objects.get(known)
        {
            if object.spec != value {
                let text = format!("the token of this call made a {family} with other parameters");
                return Err(Error::new(Meaning::Invalid, text).code("IdempotentParameterMismatch"));
            }
            return encoded(&object.id);
        }
        self.parents(&value)?;
        let claims = claims(kind, spec)?;
        let (id, outputs) = kind.simulate(spec.text(), self.serial + 1)?;
        if self.serial_of(family, id.text()).is_some() {
            let text = format!("{family} {} exists", id.text());
            return Err(Error::new(Meaning::AlreadyExists, text).code("AlreadyExists"));
        }
        self.claimed(&claims, None)?;
        self.serial += 1;
        let inside = Self::outer(kind, spec)?;
        let pending = pending.unwrap_or_else(|| self.stage());
        self.put(MemoryObject {
            family: family.to_owned(),
            id: id.value(),
            serial: self.serial,
            token: token.to_owned(),
            tags: (**tags).clone(),
            spec: value,
            outputs: outputs.value(),
            failed,
            claims,
            inside,
            shown: Some(Shown { id: id.clone(), tags: Arc::clone(tags), spec: spec.clone(), outputs }),
            hidden,
            pending,
        });
        Ok(id)
    }

    fn outer(kind: &dyn AnyKind, spec: &Raw) -> Result<Option<ObjectKey>> {
        let outer = kind.shown_in(spec.text())?;
        Ok(outer.map(|key| (kind.about().shown_by.to_owned(), key.text().to_owned())))
    }

    /// In how many looks an object that is made now settles.
    fn stage(&self) -> u32 {
        let hash = blake3::hash(&[self.seed.to_le_bytes(), self.serial.to_le_bytes()].concat());
        u32::from(hash.as_bytes()[0]) % (self.stages + 1)
    }

    /// Changes an object to what a spec manages.
    pub(super) fn change(
        &mut self,
        kind: &dyn AnyKind,
        id: &Raw,
        to: &Raw,
        pending: Option<u32>,
    ) -> Result<()> {
        let object = self.object(kind.about().family, id)?;
        let mut next = object.clone();
        let wanted = to.value();
        next.spec = laid_over(&object.spec, wanted.clone());
        self.parents(&next.spec)?;
        // Written whole, the text of the caller is kept as it is.
        let spec = if next.spec == wanted { to.clone() } else { encoded(&next.spec)? };
        next.claims = claims(kind, &spec)?;
        self.claimed(&next.claims, Some(next.serial))?;
        next.inside = Self::outer(kind, &spec)?;
        let outputs = kind.simulate(spec.text(), next.serial)?.1;
        next.outputs = outputs.value();
        next.shown = Some(Shown { id: id.clone(), tags: Arc::new(next.tags.clone()), spec, outputs });
        next.pending = pending.unwrap_or_else(|| self.stage());
        next.failed = None;
        self.put(next);
        Ok(())
    }

    pub(super) fn retag(&mut self, family: &str, id: &Raw, set: &Tags, unset: &[String]) -> Result<()> {
        let mut next = self.object(family, id)?.clone();
        next.tags.extend(set.iter().map(|(key, value)| (key.clone(), value.clone())));
        next.tags.retain(|key, _| !unset.contains(key));
        next.shown = None;
        self.put(next);
        Ok(())
    }

    pub(super) fn delete(&mut self, family: &str, id: &Raw) -> Result<()> {
        let object = self.object(family, id)?;
        if let Value::String(id) = &object.id
            && self.named.get(id.as_str()) == Some(&object.serial)
            && let Some(users) = self.users.get(id.as_str())
            && let Some(user) = users.iter().filter(|user| **user != object.serial).min()
            && let Some(user) = self.objects.get(user)
        {
            let text = format!("{family} {id} is in use by {} {}", user.family, user.id);
            return Err(Error::new(Meaning::Conflict, text).code("DependencyViolation"));
        }
        self.remove(family, id.text());
        Ok(())
    }

    /// Refuses a spec that names what is gone.
    fn parents(&self, spec: &Value) -> Result<()> {
        let mut gone = None;
        texts(spec, &mut |text| {
            if self.ended.contains(text) {
                gone = Some(text.to_owned());
            }
        });
        match gone {
            Some(id) => Err(Error::new(Meaning::NotFound, format!("{id} does not exist")).code("NotFound")),
            None => Ok(()),
        }
    }

    /// Refuses what somebody else holds.
    fn claimed(&self, claims: &[String], own: Option<Serial>) -> Result<()> {
        for claim in claims {
            let holder = self.claims.get(claim.as_str()).filter(|holder| Some(**holder) != own);
            if let Some(holder) = holder.and_then(|holder| self.objects.get(holder)) {
                let text = format!("{} {} already holds {claim}", holder.family, holder.id);
                return Err(Error::new(Meaning::AlreadyExists, text).code("AlreadyExists"));
            }
        }
        Ok(())
    }
}

fn missing(family: &str, id: &str) -> Error {
    Error::new(Meaning::NotFound, format!("{family} {id} does not exist")).code("NotFound")
}

fn claims(kind: &dyn AnyKind, spec: &Raw) -> Result<Vec<String>> {
    let life = |hold: Hold| (hold.span == Span::Life).then(|| format!("{} {}", hold.slot, hold.key));
    Ok(kind.holds(spec.text())?.into_iter().filter_map(life).collect())
}
