//! The in-memory cloud, with a kind of each identity.

use crate::{
    Connection, Cx, Driver, Fields, Found, Identity, Key, Made, Memory, Op, Provider, Ready, Resource,
    Result, Seen, Tags, Verb, Want,
    conformance::{Rule, Suite, Violation},
    fields,
    memory::{Call, Fault},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::time::Duration;

struct Sky;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Spot;

impl Provider for Sky {
    const NAME: &'static str = "sky";
    type Config = Spot;
}

impl Connection for Spot {
    type Provider = Sky;
}

macro_rules! kind {
    ($kind:ident, $family:literal, $identity:expr, $($key:tt)*) => {
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        struct $kind {
            name: String,
            size: u32,
        }
        impl Resource for $kind {
            type Provider = Sky;
            type Id = String;
            type Outputs = u64;
            const FAMILY: &'static str = $family;
            const IDENTITY: Identity = $identity;
            const FIELDS: Fields<Self> = fields!($kind { name: Replace, size: Update });
            fn simulate(&self, serial: u64) -> (String, u64) {
                match self.key() {
                    Some(_) => (self.name.clone(), serial),
                    None => (format!(concat!($family, "-{}"), serial), serial),
                }
            }
            $($key)*
        }
        impl From<(&str, u32)> for $kind {
            fn from((name, size): (&str, u32)) -> Self {
                Self { name: name.into(), size }
            }
        }
    };
}

const SOON: Duration = Duration::from_secs(30);
kind! { Cloud, "sky.cloud", Identity::Token, }
kind! { Star, "sky.star", Identity::Tag { visible_within: SOON }, }
kind! { Planet, "sky.planet", Identity::Key { tagged: true },
    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.name))
    }
}
kind! { Moon, "sky.moon", Identity::Key { tagged: false },
    const SHOWN_BY: &'static str = Planet::FAMILY;
    fn shown_in(&self) -> Option<Key> {
        Some(Key::of("earth"))
    }
    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.name))
    }
}

/// A number that is written as another one.
#[derive(Clone, Debug, PartialEq)]
struct Odd(u64);

impl Serialize for Odd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0 + 1)
    }
}

impl<'de> Deserialize<'de> for Odd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self)
    }
}

macro_rules! odd {
    ($kind:ident, $id:ty, $outputs:ty, $make:expr) => {
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        struct $kind {}
        impl Resource for $kind {
            type Provider = Sky;
            type Id = $id;
            type Outputs = $outputs;
            const FAMILY: &'static str = "sky.odd";
            const IDENTITY: Identity = Identity::Token;
            const FIELDS: Fields<Self> = fields!($kind {});
            fn simulate(&self, serial: u64) -> ($id, $outputs) {
                $make(serial)
            }
        }
    };
}

odd! { OddId, Odd, (), |serial| (Odd(serial), ()) }
odd! { OddOutputs, u64, Odd, |serial| (serial, Odd(serial)) }

#[tokio::test]
async fn what_does_not_read_back_is_told() {
    async fn breaks<R: Resource>(spec: R, what: &str) {
        let memory = Memory::instant();
        let verdicts = Suite::new(memory.clone()).sample(spec).clock(memory.clock()).run().await;
        let told = |violation: &Violation| violation.rule == Rule::Encodes && violation.why.contains(what);
        assert!(verdicts.findings.iter().any(told), "{verdicts}");
        assert_eq!(verdicts.left_behind.len(), 1, "{verdicts}");
    }
    breaks(OddId {}, "the id that `create` answers").await;
    breaks(OddOutputs {}, "reads back as another value").await;
}

#[tokio::test]
async fn a_look_into_another_object_tells_that_it_was_refused() {
    let memory = Memory::instant();
    let trial = trial::<Moon>(&memory).shown_by::<Planet>().refused("it is not", memory.clone());
    let verdicts = trial.run().await;
    let told = |violation: &Violation| violation.why.starts_with("`find` by id reports success");
    assert!(verdicts.findings.iter().any(told), "{verdicts}");
}

fn trial<R: Resource + for<'a> From<(&'a str, u32)>>(memory: &Memory) -> super::Trial<Memory, R> {
    Suite::new(memory.clone())
        .sample(R::from(("sample", 1)))
        .variant(R::from(("sample", 2)))
        .many((0..6).map(|number| R::from((format!("other-{number}").as_str(), 1))))
        .page(2)
        .witness(memory.clone())
        .clock(memory.clock())
}

fn skipped(verdicts: &super::Verdicts) -> Vec<Rule> {
    verdicts.skipped.iter().map(|skipped| skipped.rule).collect()
}

#[tokio::test]
async fn objects_with_a_token_pass() {
    let memory = Memory::seeded(7);
    memory.on("sky.cloud", Call::Create, Fault::Hidden(3));
    let verdicts = trial::<Cloud>(&memory).run().await.assert().unwrap();
    let not_given =
        [Rule::OperationHandle, Rule::PollEnds, Rule::ErrorsAreTold, Rule::LostAnswer, Rule::NoRetry];
    assert_eq!(skipped(&verdicts), not_given, "{verdicts}");
    assert!(memory.is_empty());
}

#[tokio::test]
async fn objects_with_only_a_tag_pass() {
    let memory = Memory::seeded(8);
    memory.on("sky.star", Call::Create, Fault::Hidden(3));
    memory.on_each("sky.star", Call::Find, Fault::Throttled, 3);
    let verdicts = trial::<Star>(&memory).run().await.assert().unwrap();
    assert!(!verdicts.has_checked(Rule::CreateRepeats) && verdicts.has_checked(Rule::CreateTags));
    assert!(memory.is_empty());
}

#[tokio::test]
async fn objects_with_a_key_pass() {
    let memory = Memory::seeded(9);
    let verdicts = trial::<Planet>(&memory).run().await.assert().unwrap();
    assert!(verdicts.has_checked(Rule::CreateRepeats) && verdicts.has_checked(Rule::OnlyOurs));
    assert!(memory.is_empty());
}

#[tokio::test]
async fn objects_that_others_show_pass() {
    let memory = Memory::seeded(9);
    let verdicts = trial::<Moon>(&memory).shown_by::<Planet>().run().await.assert().unwrap();
    for rule in [Rule::CreateTags, Rule::OnlyOurs, Rule::RetagExact] {
        assert!(!verdicts.has_checked(rule), "{rule}");
    }
    for rule in [Rule::BatchSurvives, Rule::EveryPage, Rule::DeleteOnlyGiven, Rule::OneCall, Rule::OneObject]
    {
        assert!(verdicts.has_checked(rule), "{rule}");
    }
    assert!(memory.is_empty());
}

#[tokio::test]
async fn an_operation_that_a_cloud_does_not_have_is_missed() {
    let memory = Memory::instant();
    let verdicts = trial::<Star>(&memory).operations(&[Verb::Create]).run().await;
    assert!(verdicts.breaks(Rule::OperationHandle) && verdicts.clone().assert().is_err(), "{verdicts}");
}

#[tokio::test]
async fn a_call_that_no_rule_is_about_interrupts_and_is_told() {
    let memory = Memory::instant();
    memory.on("sky.star", Call::Create, Fault::Fails(crate::Meaning::Quota));
    let verdicts = trial::<Star>(&memory).run().await.assert().unwrap_err();
    assert!(verdicts.interrupted.is_some() && verdicts.findings.is_empty(), "{verdicts}");
    assert_eq!(verdicts.skipped.len(), Rule::ALL.len());
}

#[tokio::test]
async fn what_cannot_be_removed_is_listed() {
    let memory = Memory::instant();
    memory.on_each("sky.star", Call::Delete, Fault::Fails(crate::Meaning::Quota), 100);
    let verdicts = trial::<Star>(&memory).run().await.assert().unwrap_err();
    assert!(verdicts.breaks(Rule::DeleteEnds));
    assert_eq!(verdicts.left_behind.len(), memory.len());
    assert!(!memory.is_empty());
}

/// A client of the in-memory cloud that loses the answers of its create calls.
#[derive(Clone)]
struct Line {
    cloud: Memory,
    lossy: bool,
}

impl<R: Resource> Driver<R> for Line {
    async fn find(&self, cx: &Cx, want: &Want<R::Id>, found: &mut Found) -> crate::Result<()> {
        Driver::<R>::find(&self.cloud, cx, want, found).await
    }

    async fn create(&self, cx: &Cx, spec: &Ready<R>) -> crate::Result<Made<R::Id>> {
        if self.lossy {
            self.cloud.on(R::FAMILY, Call::Create, Fault::LostAnswer);
        }
        self.cloud.create(cx, spec).await
    }

    async fn change(&self, cx: &Cx, seen: &Seen<R>, to: &Ready<R>) -> crate::Result<Option<Op>> {
        self.cloud.change(cx, seen, to).await
    }

    async fn delete(&self, cx: &Cx, seen: &Seen<R>) -> crate::Result<Option<Op>> {
        self.cloud.delete(cx, seen).await
    }

    async fn retag(&self, cx: &Cx, seen: &Seen<R>, set: &Tags, unset: &[String]) -> crate::Result<()> {
        self.cloud.retag(cx, seen, set, unset).await
    }
}

#[tokio::test]
async fn a_lost_object_is_found_and_removed_whatever_its_identity() {
    async fn lose<R: Resource + for<'a> From<(&'a str, u32)>>() {
        let cloud = Memory::seeded(11);
        let line = |lossy| Line { cloud: cloud.clone(), lossy };
        let suite = Suite::new(line(false)).sample(R::from(("sample", 1))).lossy(line(true));
        let verdicts = suite.witness(cloud.clone()).clock(cloud.clock()).run().await.assert().unwrap();
        assert!(verdicts.has_checked(Rule::LostAnswer) && verdicts.has_checked(Rule::NoRetry), "{verdicts}");
        assert!(cloud.is_empty());
    }
    lose::<Cloud>().await;
    lose::<Star>().await;
    lose::<Planet>().await;
}

#[tokio::test]
async fn only_what_is_given_is_checked() {
    let memory = Memory::instant();
    let verdicts = Suite::new(memory.clone())
        .sample(Star::from(("sample", 1)))
        .clock(memory.clock())
        .run()
        .await
        .assert()
        .unwrap();
    let checked = [
        Rule::Encodes,
        Rule::CreateTags,
        Rule::OneObject,
        Rule::RoundTrip,
        Rule::FindAgrees,
        Rule::RetagExact,
        Rule::DeleteEnds,
        Rule::DeleteRepeats,
    ];
    assert_eq!(verdicts.checked, checked, "{verdicts}");
    assert_eq!(verdicts.checked.len() + verdicts.skipped.len(), Rule::ALL.len());
}
