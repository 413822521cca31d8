//! The objects of the recording cloud. It shares no code with the in-memory cloud: the same mistake is not made twice.

use super::{
    family::{Family, Naming, family},
    wire::{Answer, Call, Refusal, Request, Shown},
};
use deathstar_core::{Tags, driver::tags};
use serde::Serialize;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, time::Duration};

/// How slow the cloud is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Haze {
    /// How long a call is under way before its effect, and its answer after that.
    pub latency: Duration,
    /// How long a new object is left out of look-ups.
    pub hidden: Duration,
    /// How long an operation on an object goes on.
    pub pending: Duration,
}

/// An object of the recording cloud.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Thing {
    /// Its kind.
    pub family: &'static str,
    /// Its id.
    pub id: Value,
    /// The token of the call that made it.
    pub token: String,
    /// Its tags.
    pub tags: Tags,
    /// Its spec.
    pub spec: Map<String, Value>,
    /// The spec of the call that made it.
    pub asked: Map<String, Value>,
    serial: u64,
    hidden_until: Duration,
    pending_until: Duration,
}

impl Thing {
    /// What it tells beyond its spec.
    pub fn outputs(&self) -> Value {
        family(self.family).map_or(Value::Null, |family| (family.outputs)(self.serial, &self.spec))
    }
}

/// The objects, and what was ever done to them.
#[derive(Debug, Default)]
pub struct World {
    things: Vec<Thing>,
    serial: u64,
    /// How slow it is.
    pub haze: Haze,
    /// How many objects each token ever made; refused creates of what exists count too.
    pub made: BTreeMap<String, u32>,
    /// Calls that wanted to delete what another object names: what, and which other.
    pub misordered: Vec<(Value, Value)>,
    /// Effects of calls whose caller is dead already.
    late: Vec<(Duration, Request)>,
}

impl World {
    /// All objects, hidden ones too.
    pub fn things(&self) -> &[Thing] {
        &self.things
    }

    /// The token of an object.
    pub fn token_of(&self, family: &str, id: &Value) -> Option<&str> {
        self.things.iter().find(|thing| thing.family == family && thing.id == *id).map(|thing| &*thing.token)
    }

    /// Lets a call have its effect later, when nobody waits for its answer any more.
    pub fn postpone(&mut self, at: Duration, request: Request) {
        self.late.push((at, request));
    }

    /// Lets all effects happen that are due.
    pub fn settle(&mut self, now: Duration) {
        let (due, late): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.late).into_iter().partition(|(at, _)| *at <= now);
        self.late = late;
        for (at, request) in due {
            self.effect(at, &request);
        }
    }

    /// What a call does and answers.
    pub fn effect(&mut self, now: Duration, request: &Request) -> Answer {
        let Some(family) = family(&request.family) else { return Answer::Refused(Refusal::NotFound) };
        match &request.call {
            Call::List { tag, value } => self.show(now, |thing| {
                thing.family == family.name && thing.tags.get(tag).is_some_and(|found| found == value)
            }),
            Call::Read { ids } => self.show(now, |thing| shown_by(thing, family, ids)),
            Call::Create { tags, spec } => self.create(now, family, &request.token, tags, spec),
            Call::Change { id, fields } => self.write(now, family, id, |thing| {
                thing.spec.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone())));
            }),
            Call::Retag { id, set, unset } => self.write(now, family, id, |thing| {
                thing.tags.extend(set.iter().map(|(name, value)| (name.clone(), value.clone())));
                thing.tags.retain(|name, _| !unset.contains(name));
            }),
            Call::Delete { id } => self.delete(family, id),
        }
    }

    fn show(&self, now: Duration, wanted: impl Fn(&Thing) -> bool) -> Answer {
        let visible = self.things.iter().filter(|thing| thing.hidden_until <= now && wanted(thing));
        Answer::Shown(
            visible
                .map(|thing| Shown {
                    family: thing.family.to_owned(),
                    id: thing.id.clone(),
                    tags: thing.tags.clone(),
                    spec: Value::Object(thing.spec.clone()),
                    outputs: thing.outputs(),
                    pending: thing.pending_until > now,
                })
                .collect(),
        )
    }

    fn create(
        &mut self,
        now: Duration,
        family: &'static Family,
        token: &str,
        tags: &Tags,
        spec: &Map<String, Value>,
    ) -> Answer {
        let id = match family.naming {
            Naming::Token(prefix) | Naming::Always(prefix) => {
                format!("{prefix}-{:04}", self.serial + 1).into()
            }
            Naming::Fields([one]) => spec.get(*one).cloned().unwrap_or_default(),
            Naming::Fields(fields) => fields.iter().map(|field| spec.get(*field).cloned()).collect(),
        };
        let takes_token = matches!(family.naming, Naming::Token(_));
        let known = self.things.iter().find(|thing| {
            thing.family == family.name && (thing.id == id || takes_token && thing.token == token)
        });
        match known {
            Some(known) if takes_token && known.asked == *spec => return Answer::Made(known.id.clone()),
            Some(_) if takes_token => return Answer::Refused(Refusal::OtherParameters),
            Some(_) => {
                *self.made.entry(token.to_owned()).or_default() += 1;
                return Answer::Refused(Refusal::Exists);
            }
            None => {}
        }
        *self.made.entry(token.to_owned()).or_default() += 1;
        self.serial += 1;
        self.things.push(Thing {
            family: family.name,
            id: id.clone(),
            token: token.to_owned(),
            tags: tags.clone(),
            spec: family.initial(spec.clone()),
            asked: spec.clone(),
            serial: self.serial,
            hidden_until: now + self.haze.hidden,
            pending_until: now + self.haze.pending,
        });
        Answer::Made(id)
    }

    fn write(
        &mut self,
        now: Duration,
        family: &Family,
        id: &Value,
        write: impl FnOnce(&mut Thing),
    ) -> Answer {
        let found = self.things.iter_mut().find(|thing| thing.family == family.name && thing.id == *id);
        let Some(thing) = found else { return Answer::Refused(Refusal::NotFound) };
        write(thing);
        thing.pending_until = now + self.haze.pending;
        Answer::Done
    }

    fn delete(&mut self, family: &Family, id: &Value) -> Answer {
        let found = self.things.iter().position(|thing| thing.family == family.name && thing.id == *id);
        let Some(at) = found else { return Answer::Refused(Refusal::NotFound) };
        let names = |thing: &Thing| thing.id != *id && thing.spec.values().any(|value| value == id);
        let user = self.things.iter().find(|thing| names(thing)).map(|thing| thing.id.clone());
        if let Some(user) = user.filter(|_| !matches!(family.naming, Naming::Fields(_))) {
            self.misordered.push((id.clone(), user));
            return Answer::Refused(Refusal::InUse);
        }
        self.things.remove(at);
        Answer::Done
    }
}

fn shown_by(thing: &Thing, by: &Family, ids: &[Value]) -> bool {
    if thing.family == by.name {
        return ids.contains(&thing.id);
    }
    let inside = family(thing.family).and_then(|family| family.inside);
    inside.is_some_and(|(outer, field)| {
        outer == by.name && thing.spec.get(field).is_some_and(|id| ids.contains(id))
    })
}

/// The address that an object's tags name.
pub(super) fn address(tags: &Tags) -> Option<&str> {
    tags.get(tags::ADDRESS).map(String::as_str)
}
