//! The kind of a resource, erased.

use super::{
    AnyDriver, Change, Weight,
    kind::{About, AnyKind, Role},
    permission::{permissions, policies},
    text::{decode, encode},
};
use crate::{
    Class, Diagnostic, Error, Hold, Identity, Key, Memory, Need, Raw, Resource, Result, Verdict,
    driver::{Foresight, Standing},
    graph::Provider,
    permission::{AnyCall, AnyNeeded, Permission, Policy},
};
use serde_json::Value;
use std::{any::Any, borrow::Cow, collections::BTreeSet, marker::PhantomData, sync::Arc};

struct KindOf<R>(PhantomData<fn() -> R>);

pub(crate) fn kind<R: Resource>() -> &'static dyn AnyKind {
    &KindOf::<R>(PhantomData)
}

impl<R: Resource> KindOf<R> {
    const ABOUT: About = About {
        family: R::FAMILY,
        provider: <R::Provider as crate::Provider>::NAME,
        version: R::VERSION,
        stakes: R::STAKES,
        repair: R::REPAIR,
        identity: R::IDENTITY,
        shown_by: R::SHOWN_BY,
        rehearsed: R::REHEARSED,
        consistent: R::CONSISTENT,
        exclusive: R::EXCLUSIVE,
        held: R::HELD,
        arranged: R::ARRANGED,
        role: Role::Resource,
    };
}

impl<R: Resource> AnyKind for KindOf<R> {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn name(&self, spec: &str) -> Cow<'static, str> {
        serde_json::from_str::<R>(spec).map_or(Cow::Borrowed(R::FAMILY), |spec| spec.kind())
    }

    fn declared_name(&self, value: &dyn Any) -> Cow<'static, str> {
        value.downcast_ref::<R>().map_or(Cow::Borrowed(R::FAMILY), R::kind)
    }

    fn validate(&self, value: &dyn Any) -> Vec<Diagnostic> {
        value.downcast_ref::<R>().map_or_else(Vec::new, R::validate)
    }

    fn declared_holds(&self, value: &dyn Any) -> Vec<Hold> {
        let Some(value) = value.downcast_ref::<R>() else { return vec![] };
        holds(value)
    }

    fn holds(&self, spec: &str) -> Result<Vec<Hold>> {
        Ok(holds(&decode::<R>(spec, R::FAMILY)?))
    }

    fn arrange(&self, all: &[&dyn Any], given: &[(usize, usize)]) -> Result<Vec<Need>, Diagnostic> {
        let typed: Vec<&R> = all.iter().filter_map(|one| one.downcast_ref::<R>()).collect();
        // Places would not be those of the list.
        if typed.len() < all.len() { Ok(vec![]) } else { R::arrange(&typed, given) }
    }

    fn key(&self, spec: &str) -> Result<Option<Key>> {
        match R::IDENTITY {
            Identity::Key { .. } => Ok(decode::<R>(spec, R::FAMILY)?.key()),
            Identity::Token | Identity::Tag { .. } => Ok(None),
        }
    }

    fn adopts(&self, spec: &str) -> Result<bool> {
        match R::IDENTITY {
            Identity::Key { tagged: true } => Ok(decode::<R>(spec, R::FAMILY)?.adopts()),
            _ => Ok(false),
        }
    }

    fn shown_in(&self, spec: &str) -> Result<Option<Key>> {
        if R::SHOWN_BY == R::FAMILY {
            return Ok(None);
        }
        Ok(decode::<R>(spec, R::FAMILY)?.shown_in())
    }

    fn compare(&self, prior: &str, want: &str) -> Result<Vec<Change>> {
        if prior == want {
            return Ok(vec![]);
        }
        let (prior, want): (R, R) = (decode(prior, R::FAMILY)?, decode(want, R::FAMILY)?);
        let prior = want.managed(prior);
        let mut changes = vec![];
        for field in R::FIELDS {
            let after = (field.get)(&want);
            if after.is_null() {
                continue;
            }
            let before = (field.get)(&prior);
            if before == after && !unknown_secret(&after) {
                continue;
            }
            let (weight, moves, write_only): (_, &'static [&'static str], _) = match field.class {
                Class::Replace => (Weight::Replace, &[], false),
                Class::Update => (Weight::Update, &[], false),
                Class::Moves(outputs) => (Weight::Update, outputs, false),
                Class::WriteOnly => (Weight::Update, &[], true),
                Class::By(verdict) => (weight(verdict(&prior, &want)), &[], false),
                Class::WriteOnlyBy(verdict) => (weight(verdict(&prior, &want)), &[], true),
            };
            let mut parts = want.parts(&prior, field.name);
            if weight == Weight::Replace && !parts.iter().any(|part| part.replaces) {
                for part in &mut parts {
                    part.replaces = true;
                }
            }
            changes.push(Change { field: field.name, weight, moves, write_only, before, after, parts });
        }
        Ok(changes)
    }

    fn managed(&self, want: &str, seen: &Raw) -> Result<Raw> {
        let (want, seen): (R, R) = (decode(want, R::FAMILY)?, decode(seen.text(), R::FAMILY)?);
        encode(&want.managed(seen), R::FAMILY)
    }

    fn toward(&self, want: &str, prior: &str) -> Result<Option<Raw>> {
        let (typed, prior): (R, R) = (decode(want, R::FAMILY)?, decode(prior, R::FAMILY)?);
        let next = typed.toward(&prior);
        if next == typed { Ok(None) } else { encode(&next, R::FAMILY).map(Some) }
    }

    fn migrate(&self, version: u16, spec: &Raw) -> Result<Raw> {
        if version == R::VERSION {
            return Ok(spec.clone());
        }
        if version > R::VERSION {
            let text = format!(
                "a {} was recorded in version {version}, this program knows {}",
                R::FAMILY,
                R::VERSION
            );
            return Err(Error::internal(text).hint("run a program that is built with the newer backend"));
        }
        let lifted = R::migrate(version, spec.value())?;
        // Through the type, so that the text is the one that a declaration of today has.
        let typed: R = serde_json::from_value(lifted).map_err(|error| {
            Error::internal(format!("the migrated spec of a {} cannot be read", R::FAMILY)).because(error)
        })?;
        encode(&typed, R::FAMILY)
    }

    fn canonical(&self, spec: &Value) -> Result<Raw> {
        let typed: R = serde_json::from_value(spec.clone()).map_err(|error| {
            Error::internal(format!("the spec of a {} cannot be read", R::FAMILY)).because(error)
        })?;
        encode(&typed, R::FAMILY)
    }

    fn read_id(&self, text: &str) -> Result<Raw> {
        let id: R::Id = serde_json::from_value(Value::from(text))
            .or_else(|_| serde_json::from_str(text))
            .map_err(|error| {
                Error::new(crate::Meaning::Invalid, format!("`{text}` is no id of a {}", R::FAMILY))
                    .because(error)
            })?;
        encode(&id, R::FAMILY)
    }

    fn simulate(&self, spec: &str, serial: u64) -> Result<(Raw, Raw)> {
        let (id, outputs) = decode::<R>(spec, R::FAMILY)?.simulate(serial);
        Ok((encode(&id, R::FAMILY)?, encode(&outputs, R::FAMILY)?))
    }

    fn provider(&self) -> &'static str {
        R::Provider::NAME
    }

    fn updatable(&self, spec: &str) -> Result<BTreeSet<String>> {
        let spec = decode::<R>(spec, R::FAMILY)?;
        let managed = |field: &&crate::Field<R>| {
            !matches!(field.class, Class::Replace) && !(field.get)(&spec).is_null()
        };
        Ok(R::FIELDS.iter().filter(managed).map(|field| field.name.to_owned()).collect())
    }

    fn permissions(&self, call: &AnyCall<'_>) -> Result<Vec<Permission>> {
        permissions::<R>(call)
    }

    fn foresee(&self, steps: &[&str], beside: &[(&str, Standing)]) -> Result<Vec<Foresight>> {
        let steps: Vec<R> = steps.iter().map(|spec| decode(spec, R::FAMILY)).collect::<Result<_>>()?;
        let read = |(spec, standing): &(&str, Standing)| Ok((decode(spec, R::FAMILY)?, *standing));
        let beside: Vec<(R, Standing)> = beside.iter().map(read).collect::<Result<_>>()?;
        let steps: Vec<&R> = steps.iter().collect();
        let beside: Vec<(&R, Standing)> = beside.iter().map(|(spec, standing)| (spec, *standing)).collect();
        Ok(R::foresee(&steps, &beside))
    }

    fn policies(&self, stack: &str, needed: &[AnyNeeded<'_>]) -> Result<Vec<Policy>> {
        policies::<R::Provider>(stack, needed)
    }

    fn on_memory(&self, memory: &Memory) -> Arc<dyn AnyDriver> {
        super::driver::on_memory::<R>(memory)
    }
}

fn weight(verdict: Verdict) -> Weight {
    match verdict {
        Verdict::Update => Weight::Update,
        Verdict::Replace => Weight::Replace,
        Verdict::Refuse(why) => Weight::Refuse(why),
    }
}

/// A secret whose digest nobody can make is never equal to anything.
fn unknown_secret(value: &Value) -> bool {
    match value {
        Value::Object(map) => {
            map.get("$deathstar")
                .and_then(|mark| mark.get("secret"))
                .is_some_and(|s| s == crate::secret::UNKNOWN)
                || map.values().any(unknown_secret)
        }
        Value::Array(items) => items.iter().any(unknown_secret),
        _ => false,
    }
}

/// The holds of a kind; a key is a claim for the object's life.
fn holds<R: Resource>(value: &R) -> Vec<Hold> {
    let mut all = value.holds();
    if let Some(key) = value.key() {
        all.push(Hold { slot: R::FAMILY, key: Key::of((R::FAMILY, key)), span: crate::Span::Life });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fields, graph::Connection};
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;

    struct Shelf;

    #[derive(Clone, PartialEq, Serialize, Deserialize)]
    struct Room;

    impl Provider for Shelf {
        const NAME: &'static str = "shelf";
        type Config = Room;
    }

    impl Connection for Room {
        type Provider = Shelf;
    }

    /// A box in which others put things too.
    #[derive(Clone, PartialEq, Serialize, Deserialize)]
    struct Shared {
        things: BTreeMap<String, u8>,
    }

    impl Resource for Shared {
        type Provider = Shelf;
        type Id = u8;
        type Outputs = ();
        const FAMILY: &'static str = "shelf.shared";
        const IDENTITY: Identity = Identity::Key { tagged: true };
        const FIELDS: Fields<Self> = crate::fields!(Shared { things: Update });

        fn managed(&self, mut seen: Self) -> Self {
            seen.things.retain(|thing, _| self.things.contains_key(thing));
            seen
        }

        fn simulate(&self, _: u64) -> (u8, ()) {
            (0, ())
        }
    }

    #[test]
    fn only_what_a_spec_manages_is_compared() {
        let changes = |seen: &str, want: &str| {
            let changes = kind::<Shared>().compare(seen, want).unwrap();
            changes.into_iter().map(|change| (change.before, change.after)).collect::<Vec<_>>()
        };
        let want = r#"{"things":{"cup":1}}"#;
        assert_eq!(changes(r#"{"things":{"cup":1,"hat":9}}"#, want), []);
        let differ = changes(r#"{"things":{"cup":2,"hat":9}}"#, want);
        assert_eq!(differ, [(serde_json::json!({"cup": 2}), serde_json::json!({"cup": 1}))]);
    }
}
