//! `plan`, `apply` and `destroy`.

use super::*;
use crate::{Stakes, cli::arguments::DestroyArguments};

#[tokio::test]
async fn plan_ends_with_0_without_changes_2_with_changes_and_1_on_errors() {
    let none = ran!(&scripted(plan(vec![])), None, |work, stack| work.plan(&stack, &planning()));
    assert_eq!(
        (none.code, none.out.as_str()),
        (Ok(0), "No changes. All 2 declared objects are as they should be.\n")
    );
    let some = ran!(&scripted(creates()), None, |work, stack| work.plan(&stack, &planning()));
    assert_eq!(some.code, Ok(2));
    assert!(some.out.contains("cidr:  \"10.0.0.0/16\"") && some.talk.is_empty(), "{}", some.out);
    let error = ran!(&Scripted::default(), None, |work, stack| work.plan(&stack, &planning()));
    assert_eq!((error.code, error.out.as_str()), (Err("error: the cloud is down".into()), ""));
    let mut exports = plan(vec![]);
    exports.exports = true;
    assert_eq!(ran!(&scripted(exports), None, |work, stack| work.plan(&stack, &planning())).code, Ok(2));
}

const BLOCKED: &str = "error: a: it is protected [plan.blocked]\n  hint: free it\nerror: b: it is protected [plan.blocked]\n  hint: free it";

#[tokio::test]
async fn a_blocked_plan_is_shown_and_is_an_error() {
    let file = tempfile::tempdir().unwrap();
    let arguments = PlanArguments { out: Some(file.path().join("plan")), ..planning() };
    let ran = ran!(&scripted(blocked()), None, |work, stack| work.plan(&stack, &arguments));
    assert_eq!(ran.code, Err(BLOCKED.into()));
    assert!(ran.out.contains("Cannot be applied:"), "{}", ran.out);
    assert!(!file.path().join("plan").exists());
    let engine = scripted(blocked());
    let ran = ran!(&engine, Some("yes\n"), |work, stack| work.apply(&stack, &applying(given(true, &[]))));
    assert_eq!(ran.code, Err(BLOCKED.into()));
    assert!(engine.applied.borrow().is_empty());
}

#[tokio::test]
async fn plan_options_reach_the_engine() {
    let engine = scripted(creates());
    let arguments = PlanArguments { destroy: true, no_refresh: true, ..planning() };
    ran!(&engine, None, |work, stack| work.plan(&stack, &arguments)).code.unwrap();
    ran!(&engine, None, |work, stack| work.plan(&stack, &planning())).code.unwrap();
    let wishes = WishArguments {
        targets: vec!["a".into(), "b/c".into()],
        replace: vec!["d".into()],
        refresh_only: true,
    };
    let arguments = PlanArguments { wishes: wishes.clone(), ..planning() };
    ran!(&engine, None, |work, stack| work.plan(&stack, &arguments)).code.unwrap();
    let arguments = ApplyArguments { wishes, ..applying(given(true, &[])) };
    ran!(&engine, None, |work, stack| work.apply(&stack, &arguments)).code.unwrap();
    let expected = || PlanOptions::default().target("a").target("b/c").replace("d").refresh_only(true);
    assert_eq!(
        *engine.asked.borrow(),
        [PlanOptions::default().refresh(false).destroy(true), PlanOptions::default(), expected(), expected()]
    );
}

#[tokio::test]
async fn a_plan_as_json_can_be_read_back_and_so_can_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("plan");
    let engine = scripted(loses());
    let arguments = PlanArguments { out: Some(path.clone()), json: JSON, ..planning() };
    let first = ran!(&engine, None, |work, stack| work.plan(&stack, &arguments));
    assert_eq!(first.code, Ok(2));
    assert_eq!(PlanData::read(&first.out).unwrap(), loses());
    assert!(first.talk.contains("apply"), "{}", first.talk);
    let arguments = ApplyArguments {
        plan: Some(path.clone()),
        ..applying(given(true, &[Consent::All(Stakes::Network), Consent::object("volume")]))
    };
    let second = ran!(&engine, None, |work, stack| work.apply(&stack, &arguments));
    assert_eq!(second.code, Ok(0));
    assert_eq!(engine.asked.borrow().len(), 1, "a plan file is not planned again");
    std::fs::write(&path, "nonsense").unwrap();
    let third = ran!(&engine, None, |work, stack| work.apply(&stack, &arguments)).code.unwrap_err();
    assert!(third.contains("error: this is no plan\n  cause: ") && third.contains("plan --out"), "{third}");
    std::fs::remove_file(&path).unwrap();
    let fourth = ran!(&engine, None, |work, stack| work.apply(&stack, &arguments)).code.unwrap_err();
    assert!(fourth.contains("cannot be read") && fourth.contains("hint: "), "{fourth}");
}

#[tokio::test]
async fn apply_asks_and_does_what_it_is_told() {
    for (answer, applied, code) in
        [("yes\n", 1, 0), (" yes \n", 1, 0), ("no\n", 0, 1), ("y\n", 0, 1), ("YES\n", 0, 1), ("", 0, 1)]
    {
        let engine = scripted(creates());
        let ran = ran!(&engine, Some(answer), |work, stack| work.apply(&stack, &applying(given(false, &[]))));
        assert_eq!((ran.code, engine.applied.borrow().len()), (Ok(code), applied), "{answer:?}");
        assert!(
            ran.talk.contains("Plan: 1 to create.") && ran.talk.contains("To apply this, type yes: "),
            "{}",
            ran.talk
        );
        assert_eq!(ran.talk.contains("Nothing was changed."), applied == 0);
        assert_eq!(ran.out.starts_with("Done: 1 created"), applied == 1, "{}", ran.out);
    }
}

#[tokio::test]
async fn without_a_terminal_apply_refuses_unless_it_is_told_to_go_on() {
    let engine = scripted(creates());
    let refused = ran!(&engine, None, |work, stack| work.apply(&stack, &applying(given(false, &[]))));
    let error = refused.code.unwrap_err();
    assert!(error.contains("no terminal to ask on") && error.contains("`apply --yes`"), "{error}");
    assert!(engine.applied.borrow().is_empty());
    let done = ran!(&engine, None, |work, stack| work.apply(&stack, &applying(given(true, &[]))));
    assert_eq!(done.code, Ok(0));
    let refused = ran!(&scripted(loses()), None, |work, stack| work
        .apply(&stack, &applying(given(false, &[Consent::object("volume")]))));
    let error = refused.code.unwrap_err();
    assert!(error.ends_with("run `apply --yes --consent network/vpc`"), "{error}");
}

#[tokio::test]
async fn yes_consents_to_no_loss_and_each_consent_to_its_own() {
    let network = Consent::All(Stakes::Network);
    let cases: [(&[Consent], &[&str]); 5] = [
        (&[], &["network/vpc", "volume"]),
        (std::slice::from_ref(&network), &["volume"]),
        (&[Consent::object("volume")], &["network/vpc"]),
        (&[Consent::All(Stakes::Cluster), Consent::object("subnet")], &["network/vpc", "volume"]),
        (&[network.clone(), Consent::All(Stakes::Data)], &[]),
    ];
    for (consents, missing) in cases {
        let engine = scripted(loses());
        let ran =
            ran!(&engine, Some("yes\n"), |work, stack| work.apply(&stack, &applying(given(true, consents))));
        assert_eq!(engine.applied.borrow().len(), usize::from(missing.is_empty()));
        match ran.code {
            Ok(code) => assert_eq!((code, missing.len()), (0, 0)),
            Err(error) => {
                assert_eq!(error.matches("error: ").count(), missing.len(), "{error}");
                for address in missing {
                    assert!(error.contains(&format!("--consent {address}`")), "{error}");
                }
            }
        }
        assert!(!ran.talk.contains("type yes"), "{}", ran.talk);
    }
}

#[tokio::test]
async fn typing_yes_below_the_losses_consents_to_these() {
    let engine = scripted(loses());
    let consent = given(false, &[Consent::object("volume")]);
    let ran = ran!(&engine, Some("yes\n"), |work, stack| work.apply(&stack, &applying(consent)));
    assert_eq!(ran.code, Ok(0));
    let (_, question) = ran.talk.split_once("By typing yes you consent to these losses:").unwrap();
    assert!(question.contains("! network/vpc") && question.contains("holds a network"), "{question}");
    assert!(!question.contains("volume"), "{question}");
    assert_eq!(*engine.applied.borrow(), [[Consent::object("volume"), Consent::object("network/vpc")]]);
}

#[tokio::test]
async fn an_empty_plan_is_applied_without_a_question() {
    let engine = scripted(plan(vec![]));
    let ran = ran!(&engine, None, |work, stack| work.apply(&stack, &applying(given(false, &[]))));
    assert_eq!((ran.code, engine.applied.borrow().len()), (Ok(0), 1));
}

#[tokio::test]
async fn destroy_plans_a_destroy_and_says_its_verb() {
    let engine = scripted(PlanData { destroy: true, ..loses() });
    let arguments =
        DestroyArguments { targets: vec!["a".into()], consent: given(false, &[]), length: SHORT, json: TEXT };
    let ran = ran!(&engine, Some("yes\n"), |work, stack| work.destroy(&stack, &arguments));
    assert_eq!(ran.code, Ok(0));
    assert_eq!(*engine.asked.borrow(), [PlanOptions::default().destroy(true).target("a")]);
    assert!(ran.talk.contains("To destroy this, type yes: "), "{}", ran.talk);
}

#[tokio::test]
async fn apply_ends_with_1_when_it_failed_and_130_when_it_was_stopped() {
    for (stopped, code) in [(false, 1), (true, 130)] {
        let engine = Scripted { fails: true, stopped, ..scripted(creates()) };
        let ran = ran!(&engine, None, |work, stack| work.apply(&stack, &applying(given(true, &[]))));
        assert_eq!(ran.code, Ok(code));
        assert!(ran.out.contains("error: network/vpc: no room\n  hint: ask for more"), "{}", ran.out);
    }
}

#[tokio::test]
async fn apply_as_json_prints_the_report_alone() {
    let arguments = ApplyArguments { json: JSON, ..applying(given(true, &[])) };
    let ran = ran!(&scripted(creates()), None, |work, stack| work.apply(&stack, &arguments));
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&report["success"], &report["steps"][0]["outcome"]), (&json!(true), &json!("done")));
    assert_eq!(ran.talk, "");
}
