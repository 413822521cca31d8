//! `import`, `forget` and `recover`.

use super::*;
use crate::plan::{Purpose, Unseen};

fn how(plan: bool, yes: bool) -> CarryOutArguments {
    CarryOutArguments { plan, out: None, length: SHORT, consent: given(yes, &[]), json: TEXT }
}

fn importing(objects: &[&str], how: CarryOutArguments) -> ImportArguments {
    ImportArguments { objects: objects.iter().map(ToString::to_string).collect(), how }
}

fn imports() -> PlanData {
    let step = json!({
        "address": "network/vpc", "action": "import", "object": "vpc-1",
        "changes": [{"field": "dns", "before": false, "after": true}],
        "notes": ["it gets the owner tags of this stack"], "target": {"cidr": "10.0.0.0/16", "dns": true},
    });
    PlanData { targets: vec![Address::unchecked("network/vpc")], ..plan(vec![step]) }
}

pub(super) fn recovers() -> PlanData {
    let row = json!({
        "address": "network/vpc", "generation": 1, "family": "aws.vpc", "connection": 0, "token": "t0ken",
        "phase": {"live": {"id": "vpc-1", "spec": {}, "outputs": {}}},
    });
    let unseen = Unseen {
        address: "machine".into(),
        kind: "aws.machine".into(),
        id: json!("i-1"),
        field: "password".into(),
        why: "the API never tells it".into(),
    };
    let connection = json!({"number": 0, "name": "aws", "provider": "aws", "config": {"region": "north"}});
    PlanData {
        purpose: Purpose::Recover,
        unseen: vec![unseen],
        connections: vec![serde_json::from_value(connection).unwrap()],
        ..plan(vec![json!({"address": "network/vpc", "action": "recover", "object": "vpc-1", "row": row})])
    }
}

fn forgets() -> PlanData {
    PlanData {
        purpose: Purpose::Forget,
        ..plan(vec![
            json!({"address": "a", "action": "forget"}),
            json!({"address": "b", "action": "release", "object": "it-1"}),
        ])
    }
}

#[tokio::test]
async fn import_takes_pairs_and_plans_for_these_alone() {
    let engine = scripted(imports());
    let arguments = importing(&["network/vpc", "vpc-1", "a", "7"], how(false, true));
    let ran = ran!(&engine, None, |work, stack| work.import(&stack, &arguments));
    assert_eq!((ran.code, ran.out.as_str()), (Ok(0), "Done: 0 created, 0 changed, 0 deleted, 1 imported.\n"));
    let options = PlanOptions::default().import("network/vpc", "vpc-1").target("network/vpc");
    assert_eq!(*engine.asked.borrow(), [options.import("a", "7").target("a")]);
    let error = ran!(&engine, None, |work, stack| work
        .import(&stack, &importing(&["a", "1", "b"], how(true, false))));
    let error = error.code.unwrap_err();
    assert!(error.contains("`b` is an address without an id") && error.contains("hint: "), "{error}");
}

#[tokio::test]
async fn each_of_them_shows_a_plan_and_asks() {
    let mut texts = String::new();
    for (plan, verb) in [(imports(), "import"), (forgets(), "forget"), (recovers(), "recover")] {
        for (answer, applied) in [(Some("no\n"), 0), (Some("yes\n"), 1), (None, 0)] {
            let engine = scripted(plan.clone());
            let ran = ran!(&engine, answer, |work, stack| async {
                match verb {
                    "import" => {
                        work.import(&stack, &importing(&["network/vpc", "vpc-1"], how(false, false))).await
                    }
                    "forget" => work.forget(&stack, &forgetting(false, how(false, false))).await,
                    _ => work.recover(&stack, &recovering(how(false, false))).await,
                }
            });
            assert_eq!(engine.applied.borrow().len(), applied, "{verb} {answer:?}");
            match ran.code {
                Ok(code) => {
                    assert_eq!(usize::from(code), 1 - applied, "{verb}");
                    assert!(ran.talk.contains(&format!("To {verb} this, type yes: ")), "{}", ran.talk);
                }
                Err(error) => {
                    assert!(answer.is_none() && error.contains(&format!("`{verb} --yes`")), "{error}");
                }
            }
        }
        let engine = scripted(plan);
        let shown = ran!(&engine, None, |work, stack| work.recover(&stack, &recovering(how(true, false))));
        assert_eq!((shown.code, engine.applied.borrow().len()), (Ok(2), 0));
        texts.push_str(&shown.out);
        texts.push_str("---\n");
    }
    insta::assert_snapshot!(texts);
}

fn forgetting(release: bool, how: CarryOutArguments) -> ForgetArguments {
    ForgetArguments { addresses: vec!["a".into(), "b".into()], release, how }
}

fn recovering(how: CarryOutArguments) -> RecoverArguments {
    RecoverArguments { lineage: Some("l1".into()), all_kinds: true, how }
}

#[tokio::test]
async fn what_is_asked_for_reaches_the_engine() {
    let engine = scripted(forgets());
    for release in [false, true] {
        ran!(&engine, None, |work, stack| work.forget(&stack, &forgetting(release, how(true, false))))
            .code
            .unwrap();
    }
    ran!(&engine, None, |work, stack| work.recover(&stack, &recovering(how(true, false)))).code.unwrap();
    let both = || Forget::at("a").and("b");
    assert_eq!(*engine.forgets.borrow(), [both(), both().release()]);
    assert_eq!(*engine.recovers.borrow(), [Recover::default().lineage("l1").all_kinds(true)]);
}

#[tokio::test]
async fn a_plan_file_keeps_what_it_is_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("plan");
    let engine = scripted(recovers());
    let out = CarryOutArguments { out: Some(path.clone()), ..how(false, false) };
    let written = ran!(&engine, None, |work, stack| work.recover(&stack, &recovering(out)));
    assert_eq!((written.code, engine.applied.borrow().len()), (Ok(2), 0));
    assert!(written.talk.contains("The plan to recover is in"), "{}", written.talk);
    assert_eq!(PlanData::read(&std::fs::read_to_string(&path).unwrap()).unwrap(), recovers());
    let arguments = ApplyArguments { plan: Some(path), ..applying(given(false, &[])) };
    let asked = ran!(&engine, Some("yes\n"), |work, stack| work.apply(&stack, &arguments));
    assert_eq!(asked.code, Ok(0));
    assert!(asked.talk.contains("To recover this, type yes: "), "{}", asked.talk);
}

#[tokio::test]
async fn blocked_ones_are_errors() {
    let engine = scripted(PlanData { blockers: blocked().blockers, ..imports() });
    for plan in [true, false] {
        let arguments = importing(&["network/vpc", "vpc-1"], how(plan, true));
        let error = ran!(&engine, None, |work, stack| work.import(&stack, &arguments)).code.unwrap_err();
        assert!(error.starts_with("error: a: it is protected"), "{error}");
    }
    assert!(engine.applied.borrow().is_empty());
}
