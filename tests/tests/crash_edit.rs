//! Killed while creating, edited, run again: what is recorded is finished first, and never taken for what is declared now.
#![allow(clippy::unwrap_used, reason = "a test")]

use deathstar_tests::crash::{Answer, Blueprint, Call, End, Fate, Ground, Haze, Part, Target, Window};
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

/// A moment of the second object's create, in a stack of a network and one more.
const CREATING: [(Window, Fate); 4] = [
    (Window::IntentToCall, Fate::Lost),
    (Window::CallInFlight, Fate::Lost),
    (Window::EffectBeforeAnswer, Fate::Lost),
    (Window::AnswerToRecord, Fate::Lost),
];

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_crash"))
}

/// Kills a process that applies `before` at the `nth` moment of a window, then applies `after`.
async fn edited(before: &Blueprint, after: &Blueprint, window: Window, nth: usize, fate: Fate) -> Ground {
    let mut ground = Ground::new(program()).await.unwrap();
    // What is new stays hidden for longer than a restart takes.
    ground.recorder.records().world.haze = Haze { hidden: Duration::from_millis(300), ..Haze::default() };
    let end = ground.run_until(&ground.job(before), Target::In(window, nth), fate).await.unwrap();
    assert!(matches!(end, End::Killed(at) if at == window), "{end:?}");
    let end = ground.run(&ground.job(after)).await.unwrap();
    assert!(matches!(end, End::Ended(0, _)), "{end:?}");
    ground
}

/// What was done to a family, in order: what each call asked for, with its token.
fn done(ground: &Ground, family: &str) -> Vec<(&'static str, String, Value)> {
    let records = ground.recorder.records();
    let done = records.calls.iter().filter(|call| call.request.family == family && call.effect.is_some());
    let done = done.filter(|call| !matches!(call.answer, Some(Answer::Refused(_))));
    done.filter_map(|call| {
        let asked = match &call.request.call {
            Call::Create { spec, .. } => json!(spec),
            Call::Change { fields, .. } => json!(fields),
            Call::Delete { id } => id.clone(),
            _ => return None,
        };
        Some((call.request.call.name(), call.request.token.clone(), asked))
    })
    .collect()
}

fn net(range: &str, label: &str) -> Blueprint {
    Blueprint::default().with("net", Part::Net { range: range.into(), label: label.into() })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_by_its_tag_is_finished_then_updated() {
    for (window, fate) in CREATING {
        let (before, after) = (net("10.0.0.0/16", "old"), net("10.0.0.0/16", "new"));
        let ground = edited(&before, &after, window, 0, fate).await;
        let done = done(&ground, "imagined.net");
        let asked: Vec<_> = done.iter().map(|(call, _, asked)| (*call, asked.clone())).collect();
        let expected = [
            ("create", json!({ "range": "10.0.0.0/16", "label": "old" })),
            ("change", json!({ "label": "old" })),
            ("change", json!({ "label": "new" })),
        ];
        assert_eq!(asked, expected, "{window}");
        assert_eq!(ground.recorder.records().world.things().len(), 1, "{window}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_updated_is_finished_then_replaced() {
    let (before, after) = (net("10.0.0.0/16", "a"), net("10.1.0.0/16", "a"));
    let ground = edited(&before, &after, Window::EffectBeforeAnswer, 0, Fate::Lost).await;
    let done = done(&ground, "imagined.net");
    let calls: Vec<_> = done.iter().map(|(call, ..)| *call).collect();
    assert_eq!(calls, ["create", "change", "create", "change", "delete"]);
    assert_eq!(done[0].2["range"], "10.0.0.0/16");
    assert_eq!(done[2].2["range"], "10.1.0.0/16");
    assert_ne!(done[0].1, done[2].1, "another object has another token");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_a_token_is_repeated_with_it_and_the_old_spec_then_updated() {
    for (window, fate) in CREATING {
        let stack = |size| {
            let segment = Part::Segment {
                net: "net".into(),
                range: "10.0.1.0/24".into(),
                zone: "a".into(),
                public: false,
            };
            let machine = Part::Machine { segment: "segment".into(), size, image: "a".into(), peer: None };
            net("10.0.0.0/16", "a").with("segment", segment).with("machine", machine)
        };
        // A network and a segment come first; the machine's is the third such moment.
        let ground = edited(&stack(1), &stack(2), window, 2, fate).await;
        let done = done(&ground, "imagined.machine");
        let repeated = matches!(window, Window::EffectBeforeAnswer | Window::AnswerToRecord);
        let (creates, changes) = done.split_at(if repeated { 2 } else { 1 });
        for (call, token, asked) in creates {
            assert_eq!((*call, &asked["size"]), ("create", &json!(1)), "{window}: the recorded spec");
            assert_eq!(*token, creates[0].1, "{window}: the same token");
        }
        let changes: Vec<_> = changes.iter().map(|(call, _, asked)| (*call, asked.clone())).collect();
        assert_eq!(changes, [("change", json!({ "size": 2 }))], "{window}");
        let records = ground.recorder.records();
        assert!(records.world.made.values().all(|made| *made == 1), "{window}");
        assert_eq!(records.world.things().len(), 3, "{window}");
    }
}
