//! The suite against drivers whose defects are known, and against the in-memory cloud. It cannot show that a real API is judged
//! rightly: that is for the tests of each backend.
#![allow(clippy::unwrap_used, reason = "a test")]

use super::{
    Rule, Suite, Trial, Verdicts, Witness,
    broken::{Broken, Defect},
    fake::{Answers, Disk, Fake, Honest},
};
use crate::{Driver, Verb, clock::Clock};
use std::collections::BTreeSet;

mod memory;

/// A trial that is given everything.
fn trial<C: Driver<Disk>>(api: &Fake, client: impl Fn(Fake) -> C) -> Trial<C, Disk> {
    let answering = |answers| client(api.answering(answers));
    Suite::new(answering(Answers::True))
        .sample(Disk::new("sample"))
        .variant(Disk::new("sample").changed())
        .many((0..8).map(|number| Disk::new(&format!("other-{number}"))))
        .page(Fake::PAGE)
        .refused("a 404 of something else", answering(Answers::UnknownRoute))
        .refused("not implemented", answering(Answers::NotImplemented))
        .lossy(answering(Answers::Lost))
        .operations(&[Verb::Create, Verb::Change, Verb::Delete])
        .witness(api.clone())
        .clock(&Clock::virtual_time())
}

async fn verdicts(defect: Defect) -> Verdicts {
    let api = Fake::new();
    trial(&api, |api| Broken::new(api, defect)).run().await
}

fn broken(verdicts: &Verdicts) -> BTreeSet<Rule> {
    verdicts.findings.iter().map(|violation| violation.rule).collect()
}

#[tokio::test]
async fn the_honest_driver_keeps_every_rule_and_leaves_nothing() {
    let api = Fake::new();
    let verdicts = trial(&api, Honest::new).run().await.assert().unwrap();
    assert_eq!(verdicts.checked, Rule::ALL, "{verdicts}");
    assert!(verdicts.skipped.is_empty(), "{verdicts}");
    assert_eq!(api.objects("conformance.disk").await.unwrap(), Some(vec![]));
}

#[tokio::test]
async fn every_broken_driver_is_caught_by_its_rule_alone() {
    let mut wrong = vec![];
    for defect in Defect::ALL {
        let verdicts = verdicts(*defect).await;
        if broken(&verdicts) != BTreeSet::from([defect.breaks()]) || verdicts.interrupted.is_some() {
            wrong.push(format!("{defect:?} should break {} alone: {verdicts}", defect.breaks()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn missing_tags_are_seen_without_a_witness() {
    let driver = Broken::new(Fake::new(), Defect::ForgetsTags);
    let verdicts = Suite::new(driver).sample(Disk::new("sample")).clock(&Clock::virtual_time()).run().await;
    assert_eq!(broken(&verdicts), BTreeSet::from([Rule::CreateTags]), "{verdicts}");
}

#[tokio::test]
async fn verdicts_tell_what_why_and_what_to_do() {
    let text = verdicts(Defect::CreatesInTwoCalls).await.assert().unwrap_err().to_string();
    for part in [
        "1 breach of the driver's contract; 24 rules checked, 0 not",
        "one `create` made 2 mutating calls: disk:Create, disk:Annotate [one-call]",
        "hint: leave what the create call cannot say to `change`",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_run_can_be_spawned() {
    fn spawned(_: impl Future + Send + 'static) {}
    spawned(trial(&Fake::new(), Honest::new).run());
}

#[test]
fn every_rule_has_a_driver_that_breaks_it() {
    let tried: BTreeSet<Rule> = Defect::ALL.iter().map(|defect| defect.breaks()).collect();
    assert_eq!(tried, Rule::ALL.iter().copied().collect());
}
