//! The objects, and what they refuse.

use crate::{
    Error, Hold, Identity, Meaning, Raw, Result, SeenState, Span,
    driver::{AnySeen, Tags},
    erase::AnyKind,
};
use foldhash::{HashMap, HashSet};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// A family and an id as JSON text.
pub(super) type ObjectKey = (String, String);

/// One object of the cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct MemoryObject {
    /// Its kind.
    pub family: String,
    /// Its id.
    pub id: Value,
    /// Its number in the order of creation.
    pub serial: u64,
    /// The token of the call that made it.
    pub token: String,
    /// Its tags.
    pub tags: Tags,
    /// Its spec.
    pub spec: Value,
    /// Its outputs.
    pub outputs: Value,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    claims: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inside: Option<ObjectKey>,
    /// Its texts as they were last written, so that a look need not write them again.
    #[serde(skip)]
    shown: Option<Shown>,
    #[serde(skip)]
    hidden: u32,
    #[serde(skip)]
    pending: u32,
}

/// An object's values as texts.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    id: Raw,
    tags: Arc<Tags>,
    spec: Raw,
    outputs: Raw,
}

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
    serial: u64,
    objects: HashMap<ObjectKey, MemoryObject>,
    by_serial: BTreeMap<u64, ObjectKey>,
    /// Objects by the id of the object in which they are shown.
    inside: HashMap<ObjectKey, HashSet<ObjectKey>>,
    /// Ids that only the cloud chose, by their text: who is meant when a spec names one.
    named: HashMap<String, ObjectKey>,
    /// Ids of objects that are gone.
    ended: HashSet<String>,
    /// Which objects name an id.
    users: HashMap<String, HashSet<ObjectKey>>,
    claims: HashMap<String, ObjectKey>,
    tokens: HashMap<(String, String), ObjectKey>,
    /// What has to be written to the file, when there is one.
    changes: Option<Vec<Change>>,
    families: HashSet<&'static str>,
}

impl World {
    pub(super) fn new(seed: u64, stages: u32) -> Self {
        Self {
            stages,
            seed,
            serial: 0,
            objects: HashMap::default(),
            by_serial: BTreeMap::new(),
            inside: HashMap::default(),
            named: HashMap::default(),
            ended: HashSet::default(),
            users: HashMap::default(),
            claims: HashMap::default(),
            tokens: HashMap::default(),
            changes: None,
            families: HashSet::default(),
        }
    }

    /// Keeps what changes, for a file.
    pub(super) fn keep_changes(&mut self) {
        self.changes.get_or_insert_default();
    }

    /// Remembers a kind, so that its objects can be shown inside others.
    pub(super) fn learn(&mut self, family: &'static str) {
        self.families.insert(family);
    }

    pub(super) fn len(&self) -> usize {
        self.objects.len()
    }

    pub(super) fn all(&self) -> Vec<MemoryObject> {
        self.by_serial.values().filter_map(|key| self.objects.get(key)).cloned().collect()
    }

    pub(super) fn take_changes(&mut self) -> Vec<Change> {
        self.changes.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Applies a line of the file.
    pub(super) fn replay(&mut self, change: Change) {
        match change {
            Change::Put(object) => self.put(*object),
            Change::Remove(key) => self.remove(&key),
        }
        self.take_changes();
    }

    pub(super) fn put(&mut self, object: MemoryObject) {
        let key = (object.family.clone(), object.id.to_string());
        self.unlink(&key);
        self.serial = self.serial.max(object.serial);
        self.by_serial.insert(object.serial, key.clone());
        self.tokens.insert((object.family.clone(), object.token.clone()), key.clone());
        for claim in &object.claims {
            self.claims.insert(claim.clone(), key.clone());
        }
        if let Some(outer) = &object.inside {
            self.inside.entry(outer.clone()).or_default().insert(key.clone());
        }
        if let Value::String(id) = &object.id
            && !mentions(&object.spec, id)
        {
            self.ended.remove(id);
            self.named.insert(id.clone(), key.clone());
        }
        texts(&object.spec, &mut |text| {
            if looks_like_id(text) {
                self.users.entry(text.to_owned()).or_default().insert(key.clone());
            }
        });
        if let Some(changes) = &mut self.changes {
            changes.push(Change::Put(Box::new(object.clone())));
        }
        self.objects.insert(key, object);
    }

    pub(super) fn remove(&mut self, key: &ObjectKey) {
        self.unlink(key);
        if let Some(object) = self.objects.remove(key) {
            self.by_serial.remove(&object.serial);
            self.tokens.remove(&(object.family.clone(), object.token.clone()));
            if let Value::String(id) = &object.id
                && self.named.remove(id).is_some()
            {
                self.ended.insert(id.clone());
            }
            if let Some(changes) = &mut self.changes {
                changes.push(Change::Remove(key.clone()));
            }
        }
    }

    /// Takes an object out of the indices that follow from its spec.
    fn unlink(&mut self, key: &ObjectKey) {
        let Some(object) = self.objects.get(key) else { return };
        for claim in &object.claims {
            if self.claims.get(claim) == Some(key) {
                self.claims.remove(claim);
            }
        }
        if let Some(outer) = &object.inside
            && let Some(inner) = self.inside.get_mut(outer)
        {
            inner.remove(key);
        }
        let users = &mut self.users;
        texts(&object.spec, &mut |text| {
            if let Some(of) = users.get_mut(text) {
                of.remove(key);
            }
        });
    }

    pub(super) fn find_key(&self, family: &str, id: &str) -> Option<ObjectKey> {
        let quoted = Value::from(id).to_string();
        [id.to_owned(), quoted]
            .into_iter()
            .map(|id| (family.to_owned(), id))
            .find(|key| self.objects.contains_key(key))
    }

    pub(super) fn tampered(
        &self,
        family: &str,
        id: &str,
        change: impl FnOnce(&mut MemoryObject),
    ) -> Option<MemoryObject> {
        let mut object = self.objects.get(&self.find_key(family, id)?)?.clone();
        change(&mut object);
        object.shown = None;
        Some(object)
    }

    /// Creates an object, or answers the one that the same call made before.
    pub(super) fn create(
        &mut self,
        kind: &dyn AnyKind,
        token: &str,
        tags: &Tags,
        spec: &Raw,
        hidden: u32,
        (pending, failed): (Option<u32>, Option<String>),
    ) -> Result<Raw> {
        let family = kind.about().family;
        let value = spec.value();
        if kind.about().identity == Identity::Token
            && let Some(known) = self.tokens.get(&(family.to_owned(), token.to_owned()))
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
        let key = (family.to_owned(), id.text().to_owned());
        if self.objects.contains_key(&key) {
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
            tags: tags.clone(),
            spec: value,
            outputs: outputs.value(),
            failed,
            claims,
            inside,
            shown: Some(Shown { id: id.clone(), tags: Arc::new(tags.clone()), spec: spec.clone(), outputs }),
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
        let key = (kind.about().family.to_owned(), id.text().to_owned());
        let object = self.objects.get(&key).ok_or_else(|| missing(&key))?;
        let mut next = object.clone();
        let wanted = to.value();
        next.spec = laid_over(&object.spec, wanted.clone());
        self.parents(&next.spec)?;
        // Written whole, the text of the caller is kept as it is.
        let spec = if next.spec == wanted { to.clone() } else { encoded(&next.spec)? };
        next.claims = claims(kind, &spec)?;
        self.claimed(&next.claims, Some(&key))?;
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
        let key = (family.to_owned(), id.text().to_owned());
        let mut next = self.objects.get(&key).ok_or_else(|| missing(&key))?.clone();
        next.tags.extend(set.iter().map(|(key, value)| (key.clone(), value.clone())));
        next.tags.retain(|key, _| !unset.contains(key));
        next.shown = None;
        self.put(next);
        Ok(())
    }

    pub(super) fn delete(&mut self, family: &str, id: &Raw) -> Result<()> {
        let key = (family.to_owned(), id.text().to_owned());
        let object = self.objects.get(&key).ok_or_else(|| missing(&key))?;
        if let Value::String(id) = &object.id
            && self.named.get(id) == Some(&key)
            && let Some(user) = self.users.get(id).into_iter().flatten().filter(|user| **user != key).min()
        {
            let text = format!("{family} {id} is in use by {} {}", user.0, user.1);
            return Err(Error::new(Meaning::Conflict, text).code("DependencyViolation"));
        }
        self.remove(&key);
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
    fn claimed(&self, claims: &[String], own: Option<&ObjectKey>) -> Result<()> {
        for claim in claims {
            if let Some(holder) = self.claims.get(claim).filter(|holder| Some(*holder) != own) {
                let text = format!("{} {} already holds {claim}", holder.0, holder.1);
                return Err(Error::new(Meaning::AlreadyExists, text).code("AlreadyExists"));
            }
        }
        Ok(())
    }

    /// What a look-up by ids shows: the objects, and what is shown in them.
    pub(super) fn see(&mut self, family: &'static str, ids: &[Raw]) -> Result<Vec<AnySeen>> {
        let mut seen = vec![];
        for id in ids {
            let key = (family.to_owned(), id.text().to_owned());
            let mut keys: Vec<ObjectKey> = self.inside.get(&key).into_iter().flatten().cloned().collect();
            keys.sort_unstable();
            keys.push(key);
            for key in keys {
                let Some(name) = self.families.get(key.0.as_str()).copied() else { continue };
                seen.extend(self.look(name, &key)?);
            }
        }
        Ok(seen)
    }

    /// What a look-up by tag shows.
    pub(super) fn tagged(&mut self, family: &'static str, tag: &str, value: &str) -> Result<Vec<AnySeen>> {
        let of = |object: &&MemoryObject| {
            object.family == family && object.tags.get(tag).is_some_and(|v| v == value)
        };
        let mut keys: Vec<(u64, ObjectKey)> = self
            .objects
            .values()
            .filter(of)
            .map(|object| (object.serial, (object.family.clone(), object.id.to_string())))
            .collect();
        keys.sort_unstable();
        let mut seen = vec![];
        for (_, key) in keys {
            seen.extend(self.look(family, &key)?);
        }
        Ok(seen)
    }

    fn look(&mut self, family: &'static str, key: &ObjectKey) -> Result<Option<AnySeen>> {
        let Some(object) = self.objects.get_mut(key) else { return Ok(None) };
        if object.hidden > 0 {
            object.hidden -= 1;
            return Ok(None);
        }
        let state = if object.pending > 0 {
            object.pending -= 1;
            SeenState::Pending("pending".into())
        } else {
            object.failed.clone().map_or(SeenState::Ready, SeenState::Failed)
        };
        let Shown { id, tags, spec, outputs } = match &object.shown {
            Some(shown) => shown.clone(),
            None => object
                .shown
                .insert(Shown {
                    id: encoded(&object.id)?,
                    tags: Arc::new(object.tags.clone()),
                    spec: encoded(&object.spec)?,
                    outputs: encoded(&object.outputs)?,
                })
                .clone(),
        };
        Ok(Some(AnySeen { family, id, tags, spec, outputs, state }))
    }
}

fn encoded(value: &impl Serialize) -> Result<Raw> {
    Raw::encode(value).map_err(|error| Error::internal("a value cannot be encoded").because(error))
}

fn missing(key: &ObjectKey) -> Error {
    Error::new(Meaning::NotFound, format!("{} {} does not exist", key.0, key.1)).code("NotFound")
}

fn claims(kind: &dyn AnyKind, spec: &Raw) -> Result<Vec<String>> {
    let life = |hold: Hold| (hold.span == Span::Life).then(|| format!("{} {}", hold.slot, hold.key));
    Ok(kind.holds(spec.text())?.into_iter().filter_map(life).collect())
}

/// `to` with what it does not manage taken from `from`.
fn laid_over(from: &Value, to: Value) -> Value {
    match (from, to) {
        (Value::Object(from), Value::Object(to)) => {
            let mut all = from.clone();
            for (key, value) in to {
                if !value.is_null() {
                    all.insert(key, value);
                }
            }
            Value::Object(all)
        }
        (_, to) => to,
    }
}

/// Whether a text may be an id: no need to remember the others.
fn looks_like_id(text: &str) -> bool {
    text.len() >= 3
}

fn mentions(value: &Value, id: &str) -> bool {
    let mut found = false;
    texts(value, &mut |text| found |= text == id);
    found
}

fn texts(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, see)),
        Value::Object(map) => map.values().for_each(|value| texts(value, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
