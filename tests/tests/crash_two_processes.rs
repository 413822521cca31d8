//! Two processes with one journal: one works, the other says who holds the lock; and one that is asked to stop.
#![allow(clippy::unwrap_used, reason = "a test")]

use deathstar_tests::crash::{Blueprint, End, Fate, Ground, Haze, Part, Target, Window};
use std::{path::Path, time::Duration};

fn stack() -> Blueprint {
    Blueprint::default()
        .with("net", Part::Net { range: "10.0.0.0/16".into(), label: "a".into() })
        .with("table", Part::Table { net: "net".into() })
}

async fn ground() -> Ground {
    Ground::new(Path::new(env!("CARGO_BIN_EXE_crash"))).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_works_and_the_other_says_who_holds_the_lock() {
    let mut ground = ground().await;
    let reached = ground.recorder.trap(Target::In(Window::CallInFlight, 0), Fate::Held);
    let mut first = ground.start(&ground.job(&stack())).unwrap();
    reached.await.unwrap();
    let pid = first.id().unwrap().to_string();
    let End::Ended(code, errors) = ground.run(&ground.job(&stack())).await.unwrap() else { unreachable!() };
    assert_eq!(code, 1, "{errors}");
    assert!(errors.contains("is locked by"), "{errors}");
    assert!(errors.contains("crash"), "the program: {errors}");
    assert!(errors.contains(&pid), "its process: {errors}");
    assert!(errors.contains("since"), "since when: {errors}");
    ground.recorder.let_go();
    assert_eq!(first.wait().await.unwrap().code(), Some(0));
    let records = ground.recorder.records();
    assert_eq!(records.world.things().len(), 2);
    assert!(records.world.made.values().all(|made| *made == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_asked_to_stop_waits_for_its_call_and_not_for_what_settles() {
    let mut ground = ground().await;
    let hour = Duration::from_hours(1);
    ground.recorder.records().world.haze = Haze { pending: hour, ..Haze::default() };
    let reached = ground.recorder.trap(Target::In(Window::CallInFlight, 0), Fate::Held);
    let mut process = ground.start(&ground.job(&stack())).unwrap();
    reached.await.unwrap();
    let pid = process.id().unwrap().to_string();
    let sent = std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(sent.success());
    ground.recorder.let_go();
    // The network is pending for an hour: only whoever does not wait for it ends.
    assert_eq!(process.wait().await.unwrap().code(), Some(130));
    let recorded = ground.recorded().await.unwrap();
    let row = recorded.newest("net").unwrap();
    assert_eq!(row.phase.name(), "settling", "its call was waited for, and its id is recorded");
    assert_eq!(ground.recorder.records().world.things().len(), 1);
}
