//! Kinds and facts, erased: pure questions about encoded specs.

use super::AnyDriver;
use crate::{
    Class, Diagnostic, Error, Fact, Hold, Identity, Key, Memory, Need, Raw, Repair, Resource, Result, Stakes,
    Verdict,
    driver::{Foresight, Standing},
    graph::Provider,
    kind::Part,
    permission::{AnyCall, AnyKnown, AnyNeeded, Call, Known, Look, Needed, Permission, Policy, Verb},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{any::Any, borrow::Cow, collections::BTreeSet, marker::PhantomData, sync::Arc};

/// What never changes about a kind.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own about the kind")]
pub(crate) struct About {
    pub(crate) family: &'static str,
    pub(crate) provider: &'static str,
    pub(crate) version: u16,
    pub(crate) stakes: Stakes,
    pub(crate) repair: Repair,
    pub(crate) identity: Identity,
    pub(crate) shown_by: &'static str,
    /// Whether its steps are tried before they are made.
    pub(crate) rehearsed: bool,
    /// Whether what a look does not show is not there.
    pub(crate) consistent: bool,
    /// Whether a create is refused where something has the key already.
    pub(crate) exclusive: bool,
    /// Whether its provider keeps it while others name it.
    pub(crate) held: bool,
    /// Whether declared objects can need each other by what they mean.
    pub(crate) arranged: bool,
    pub(crate) role: Role,
}

/// Whether it is an object or a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Resource,
    Fact { frozen: bool },
}

/// What a difference costs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    Update,
    Replace,
    Refuse(Cow<'static, str>),
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) field: &'static str,
    pub(crate) weight: Weight,
    pub(crate) moves: &'static [&'static str],
    pub(crate) write_only: bool,
    pub(crate) before: Value,
    pub(crate) after: Value,
    /// The places inside it that differ; none where it is told as a whole.
    pub(crate) parts: Vec<Part>,
}

pub(crate) trait AnyKind: Send + Sync {
    fn about(&self) -> &'static About;
    fn name(&self, spec: &str) -> Cow<'static, str>;
    /// From the declared value, without reading its encoding.
    fn declared_name(&self, value: &dyn Any) -> Cow<'static, str>;
    fn validate(&self, value: &dyn Any) -> Vec<Diagnostic>;
    /// From the declared value, whose inputs may be pending.
    fn declared_holds(&self, value: &dyn Any) -> Vec<Hold>;
    fn holds(&self, spec: &str) -> Result<Vec<Hold>>;
    /// Which of these declared values need which others first.
    fn arrange(&self, all: &[&dyn Any], given: &[(usize, usize)]) -> Result<Vec<Need>, Diagnostic>;
    fn key(&self, spec: &str) -> Result<Option<Key>>;
    /// Whether what exists under its key, and is nobody's, becomes this object.
    fn adopts(&self, spec: &str) -> Result<bool>;
    fn shown_in(&self, spec: &str) -> Result<Option<Key>>;
    /// The fields in which `want` differs from `prior`; a `None` in `want` is not managed.
    fn compare(&self, prior: &str, want: &str) -> Result<Vec<Change>>;
    /// What of an object as seen a spec manages.
    fn managed(&self, want: &str, seen: &Raw) -> Result<Raw>;
    /// The next spec on the way to `want`, when one update cannot reach it.
    fn toward(&self, want: &str, prior: &str) -> Result<Option<Raw>>;
    fn migrate(&self, version: u16, spec: &Raw) -> Result<Raw>;
    /// A spec with the text that a declaration of it has.
    fn canonical(&self, spec: &Value) -> Result<Raw>;
    /// An id as a person writes it: the text of one that is a text, or JSON.
    fn read_id(&self, text: &str) -> Result<Raw>;
    fn simulate(&self, spec: &str, serial: u64) -> Result<(Raw, Raw)>;
    /// The name of its provider.
    fn provider(&self) -> &'static str;
    /// The fields that can be changed in place and that a spec manages.
    fn updatable(&self, spec: &str) -> Result<BTreeSet<String>>;
    fn permissions(&self, call: &AnyCall<'_>) -> Result<Vec<Permission>>;
    /// What can be said of steps without the provider.
    fn foresee(&self, steps: &[&str], beside: &[(&str, Standing)]) -> Result<Vec<Foresight>>;
    /// Its provider's documents.
    fn policies(&self, stack: &str, needed: &[AnyNeeded<'_>]) -> Result<Vec<Policy>>;
    /// Its driver in the in-memory cloud.
    fn on_memory(&self, memory: &Memory) -> Arc<dyn AnyDriver>;
}

fn weight(verdict: Verdict) -> Weight {
    match verdict {
        Verdict::Update => Weight::Update,
        Verdict::Replace => Weight::Replace,
        Verdict::Refuse(why) => Weight::Refuse(why),
    }
}

struct KindOf<R>(PhantomData<fn() -> R>);
struct FactOf<F>(PhantomData<fn() -> F>);

pub(crate) fn kind<R: Resource>() -> &'static dyn AnyKind {
    &KindOf::<R>(PhantomData)
}

pub(crate) fn fact<F: Fact>() -> &'static dyn AnyKind {
    &FactOf::<F>(PhantomData)
}

fn decode<T: DeserializeOwned>(text: &str, family: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Error::internal(format!("the spec of a {family} cannot be read")).because(error))
}

fn encode(value: &impl Serialize, family: &str) -> Result<Raw> {
    Raw::encode(value)
        .map_err(|error| Error::internal(format!("a value of a {family} cannot be encoded")).because(error))
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
        Ok(match *call {
            AnyCall::All => R::permissions(&Call::Find(Look::All)),
            AnyCall::Owned => R::permissions(&Call::Find(Look::Owned)),
            AnyCall::One(id) => {
                let id = part::<R::Id>(id, R::FAMILY)?;
                R::permissions(&Call::Find(Look::One(id.as_ref())))
            }
            AnyCall::Create(spec) => R::permissions(&Call::Create(&decode(spec, R::FAMILY)?)),
            AnyCall::Change { object, to, fields } => {
                let (object, to) = (Decoded::<R>::of(object)?, decode(to, R::FAMILY)?);
                R::permissions(&Call::Change { object: object.known(), to: &to, fields })
            }
            AnyCall::Retag { object, set, unset } => {
                let object = Decoded::<R>::of(object)?;
                R::permissions(&Call::Retag { object: object.known(), set, unset })
            }
            AnyCall::Delete(object) => R::permissions(&Call::Delete(Decoded::<R>::of(object)?.known())),
            AnyCall::Ask(_) | AnyCall::Over(_) => {
                return Err(Error::internal(format!("{} is no fact", R::FAMILY)));
            }
        })
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

/// An object as far as it is known, as types.
struct Decoded<R: Resource> {
    id: Option<R::Id>,
    spec: R,
    outputs: Option<R::Outputs>,
}

impl<R: Resource> Decoded<R> {
    fn of(object: AnyKnown<'_>) -> Result<Self> {
        Ok(Self {
            id: part(object.id, R::FAMILY)?,
            spec: decode(object.spec, R::FAMILY)?,
            outputs: part(object.outputs, R::FAMILY)?,
        })
    }

    fn known(&self) -> Known<'_, R> {
        Known { id: self.id.as_ref(), spec: &self.spec, outputs: self.outputs.as_ref() }
    }
}

fn part<T: DeserializeOwned>(raw: Option<&Raw>, family: &str) -> Result<Option<T>> {
    let read = |raw: &Raw| {
        raw.decode().map_err(|error| {
            Error::internal(format!("the id or the outputs of a {family} cannot be read")).because(error)
        })
    };
    raw.map(read).transpose()
}

fn policies<P: Provider>(stack: &str, needed: &[AnyNeeded<'_>]) -> Result<Vec<Policy>> {
    let decoded = needed.iter().map(|one| {
        let config = one.config.decode().map_err(|error| {
            Error::internal(format!("the config of a `{}` connection cannot be read", P::NAME)).because(error)
        })?;
        Ok(Needed::<P>::new(one.connection, config, one.needs))
    });
    Ok(P::policies(stack, &decoded.collect::<Result<Vec<_>>>()?))
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

impl<F: Fact> FactOf<F> {
    const ABOUT: About = About {
        family: F::FAMILY,
        provider: <F::Provider as crate::Provider>::NAME,
        version: 1,
        stakes: Stakes::None,
        repair: Repair::Replace,
        identity: Identity::Key { tagged: false },
        shown_by: F::FAMILY,
        rehearsed: false,
        consistent: false,
        exclusive: false,
        held: true,
        arranged: false,
        role: Role::Fact { frozen: F::FROZEN },
    };
}

impl<F: Fact> AnyKind for FactOf<F> {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn name(&self, _: &str) -> Cow<'static, str> {
        Cow::Borrowed(F::FAMILY)
    }

    fn declared_name(&self, _: &dyn Any) -> Cow<'static, str> {
        Cow::Borrowed(F::FAMILY)
    }

    fn validate(&self, value: &dyn Any) -> Vec<Diagnostic> {
        value.downcast_ref::<F>().map_or_else(Vec::new, F::validate)
    }

    fn declared_holds(&self, _: &dyn Any) -> Vec<Hold> {
        vec![]
    }

    fn holds(&self, _: &str) -> Result<Vec<Hold>> {
        Ok(vec![])
    }

    fn arrange(&self, _: &[&dyn Any], _: &[(usize, usize)]) -> Result<Vec<Need>, Diagnostic> {
        Ok(vec![])
    }

    fn key(&self, _: &str) -> Result<Option<Key>> {
        Ok(None)
    }

    fn adopts(&self, _: &str) -> Result<bool> {
        Ok(false)
    }

    fn shown_in(&self, _: &str) -> Result<Option<Key>> {
        Ok(None)
    }

    fn compare(&self, prior: &str, want: &str) -> Result<Vec<Change>> {
        if prior == want {
            return Ok(vec![]);
        }
        let change = Change {
            field: "question",
            weight: Weight::Update,
            moves: &["*"],
            write_only: false,
            before: serde_json::from_str(prior).unwrap_or_default(),
            after: serde_json::from_str(want).unwrap_or_default(),
            parts: vec![],
        };
        Ok(vec![change])
    }

    fn managed(&self, _: &str, seen: &Raw) -> Result<Raw> {
        Ok(seen.clone())
    }

    fn toward(&self, _: &str, _: &str) -> Result<Option<Raw>> {
        Ok(None)
    }

    fn migrate(&self, _: u16, spec: &Raw) -> Result<Raw> {
        Ok(spec.clone())
    }

    fn canonical(&self, spec: &Value) -> Result<Raw> {
        encode(spec, F::FAMILY)
    }

    fn read_id(&self, _: &str) -> Result<Raw> {
        Err(Error::internal(format!("{} is a question and has no id", F::FAMILY)))
    }

    fn simulate(&self, spec: &str, _: u64) -> Result<(Raw, Raw)> {
        let answer = decode::<F>(spec, F::FAMILY)?.simulate();
        Ok((Raw::null(), encode(&answer, F::FAMILY)?))
    }

    fn provider(&self) -> &'static str {
        F::Provider::NAME
    }

    fn updatable(&self, _: &str) -> Result<BTreeSet<String>> {
        Ok(BTreeSet::new())
    }

    fn permissions(&self, call: &AnyCall<'_>) -> Result<Vec<Permission>> {
        match call {
            AnyCall::Ask(question) => Ok(decode::<F>(question, F::FAMILY)?.permissions(Verb::Ask)),
            AnyCall::Over(question) => Ok(decode::<F>(question, F::FAMILY)?.permissions(Verb::Over)),
            _ => Err(Error::internal(format!("{} is a fact, which is only asked", F::FAMILY))),
        }
    }

    fn foresee(&self, steps: &[&str], _: &[(&str, Standing)]) -> Result<Vec<Foresight>> {
        Ok(steps.iter().map(|_| Foresight::Ask(None)).collect())
    }

    fn policies(&self, stack: &str, needed: &[AnyNeeded<'_>]) -> Result<Vec<Policy>> {
        policies::<F::Provider>(stack, needed)
    }

    fn on_memory(&self, memory: &Memory) -> Arc<dyn AnyDriver> {
        super::driver::ask_memory::<F>(memory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fields, graph::Connection};
    use serde::Deserialize;
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
