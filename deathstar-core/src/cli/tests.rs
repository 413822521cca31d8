//! Commands over a scripted engine: what they print where, what they ask, and how they end.

use super::{
    Format, Problem,
    arguments::{ApplyArguments, ConsentArguments, DestroyArguments, Json, OutputArguments, PlanArguments},
    command::Work,
    console::Console,
    operations::Operations,
};
use crate::{
    Error, Meaning, Raw, Stack, Stakes,
    apply::{Event, Observer, Outcome, Report, StepReport, Stop},
    graph::Address,
    plan::{Blocker, Consent, Drift, Plan, PlanData, Step},
    state::{Loaded, Phase, Record, Recorded, Row},
};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

/// An engine that plans what it is told to, and does what it is asked to.
#[derive(Default)]
struct Scripted {
    plan: RefCell<Option<PlanData>>,
    fails: bool,
    stopped: bool,
    asked: RefCell<Vec<(bool, bool)>>,
    applied: RefCell<Vec<Vec<Consent>>>,
    outputs: BTreeMap<String, Value>,
    recorded: Recorded,
}

#[async_trait(?Send)]
impl Operations for Scripted {
    async fn plan<'s>(&self, stack: &'s Stack, refresh: bool, destroy: bool) -> Result<Plan<'s>, Problem> {
        self.asked.borrow_mut().push((refresh, destroy));
        let plan = self.plan.borrow().clone();
        plan.map(|plan| plan.with(stack)).ok_or_else(|| Problem::new("the cloud is down"))
    }

    async fn apply(
        &self,
        plan: Plan<'_>,
        mut observer: Box<dyn Observer>,
        _: &Stop,
    ) -> Result<Report, Problem> {
        self.applied.borrow_mut().push(plan.consents.clone());
        observer.event(&Event::Started { total: plan.steps.len() });
        let outcome = || {
            if self.fails {
                Outcome::Failed(Error::new(Meaning::Quota, "no room").hint("ask for more"))
            } else {
                Outcome::Done
            }
        };
        let steps = plan.steps.iter().map(|step| StepReport {
            step: step.clone(),
            outcome: outcome(),
            took: Duration::ZERO,
        });
        Ok(Report {
            stack: plan.data().stack.clone(),
            steps: steps.collect(),
            proof: None,
            stopped: self.stopped,
            notes: vec![],
            took: Duration::ZERO,
            recorded: Recorded::default(),
            catalogue: crate::Catalogue::new(),
        })
    }

    async fn recorded(&self) -> Result<Loaded, Problem> {
        Ok(Loaded { recorded: self.recorded.clone(), notes: vec!["a torn record was dropped".into()] })
    }

    async fn outputs(&self) -> Result<BTreeMap<String, Value>, Problem> {
        Ok(self.outputs.clone())
    }
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a command printed and how it ended.
struct Ran {
    code: Result<u8, String>,
    out: String,
    talk: String,
}

/// Runs a command over an engine; `answer` is what the user types, none where there is no terminal.
macro_rules! ran {
    ($engine:expr, $answer:expr, |$work:ident, $stack:ident| $run:expr) => {{
        let (out, talk) = (Shared::default(), Shared::default());
        let answer: Option<&'static str> = $answer;
        let mut console = Console::of(answer.unwrap_or(""), out.clone(), talk.clone(), answer.is_some());
        let $stack = Stack::new("webshop");
        let mut $work = Work { engine: $engine, console: &mut console, progress: Format::None };
        let code: Result<u8, Problem> = $run.await;
        Ran { code: code.map_err(|problem| problem.to_string()), out: out.text(), talk: talk.text() }
    }};
}

fn plan(steps: Vec<Value>) -> PlanData {
    let steps: Vec<Step> = steps
        .into_iter()
        .enumerate()
        .map(|(id, mut step)| {
            step["id"] = json!(id);
            step["generation"] = json!(1);
            step["kind"] = json!("kind");
            serde_json::from_value(step).unwrap()
        })
        .collect();
    PlanData::read(
        &json!({
            "version": crate::plan::PLAN_VERSION, "stack": "webshop", "graph": "g", "unchanged": 2,
            "base": {"lineage": "", "serial": 0, "digest": ""}, "steps": steps,
        })
        .to_string(),
    )
    .unwrap()
}

fn creates() -> PlanData {
    plan(vec![json!({"address": "network/vpc", "action": "create", "target": {"cidr": "10.0.0.0/16"}})])
}

fn loses() -> PlanData {
    plan(vec![
        json!({"address": "network/vpc", "action": "delete", "stakes": "network"}),
        json!({"address": "volume", "action": "delete", "stakes": "data"}),
        json!({"address": "subnet", "action": "delete"}),
    ])
}

fn scripted(plan: PlanData) -> Scripted {
    Scripted { plan: RefCell::new(Some(plan)), ..Scripted::default() }
}

fn given(yes: bool, consents: &[Consent]) -> ConsentArguments {
    ConsentArguments { yes, consents: consents.to_vec() }
}

fn applying(consent: ConsentArguments) -> ApplyArguments {
    ApplyArguments { plan: None, consent, full: false, json: Json { json: false } }
}

fn planning() -> PlanArguments {
    PlanArguments { out: None, destroy: false, no_refresh: false, full: false, json: Json { json: false } }
}

const JSON: Json = Json { json: true };
const TEXT: Json = Json { json: false };

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

fn blocked() -> PlanData {
    let blocker = |address: &str| Blocker {
        address: Address::unchecked(address),
        why: "it is protected".into(),
        fix: "free it".into(),
    };
    PlanData { blockers: vec![blocker("a"), blocker("b")], ..creates() }
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
    assert_eq!(*engine.asked.borrow(), [(false, true), (true, false)]);
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
    let arguments = DestroyArguments { consent: given(false, &[]), json: TEXT };
    let ran = ran!(&engine, Some("yes\n"), |work, stack| work.destroy(&stack, &arguments));
    assert_eq!((ran.code, engine.asked.borrow().as_slice()), (Ok(0), &[(true, true)][..]));
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

#[tokio::test]
async fn drift_ends_with_0_without_drift_and_2_with_drift() {
    let none = ran!(&scripted(creates()), None, |work, stack| work.drift(&stack, TEXT));
    assert_eq!((none.code, none.out.as_str()), (Ok(0), "No drift. The cloud is as it is recorded.\n"));
    let drift = Drift {
        address: Address::unchecked("network/vpc"),
        kind: "kind".into(),
        id: json!("vpc-1"),
        field: "dns".into(),
        recorded: json!(true),
        found: json!(false),
    };
    let engine = scripted(PlanData { drift: vec![drift], ..creates() });
    let some = ran!(&engine, None, |work, stack| work.drift(&stack, TEXT));
    assert_eq!(some.code, Ok(2));
    assert_eq!(
        some.out,
        "  network/vpc  kind  \"vpc-1\"\n      ~ dns:  true -> false\n\nDrift: 1 difference.\n"
    );
    let json = ran!(&engine, None, |work, stack| work.drift(&stack, JSON));
    let value: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (json.code, &value["format"], &value["drift"][0]["found"]),
        (Ok(2), &json!("deathstar.drift/1"), &json!(false))
    );
    assert!(ran!(&Scripted::default(), None, |work, stack| work.drift(&stack, TEXT)).code.is_err());
}

#[tokio::test]
async fn outputs_are_shown_for_people_for_shells_and_for_programs() {
    let outputs =
        [("endpoint".to_owned(), json!("https://x")), ("zones".to_owned(), json!(["a", "b"]))].into();
    let engine = Scripted { outputs, ..Scripted::default() };
    let show = async |name: Option<&str>, json: Json| {
        let arguments = OutputArguments { name: name.map(str::to_owned), json };
        ran!(&engine, None, |work, _stack| work.output(&arguments))
    };
    assert_eq!(show(None, TEXT).await.out, "endpoint = \"https://x\"\nzones    = [\"a\", \"b\"]\n");
    assert_eq!(show(Some("endpoint"), TEXT).await.out, "https://x\n");
    assert_eq!(show(Some("endpoint"), JSON).await.out, "\"https://x\"\n");
    assert_eq!(show(Some("zones"), TEXT).await.out, "[\"a\",\"b\"]\n");
    let all: Value = serde_json::from_str(&show(None, JSON).await.out).unwrap();
    assert_eq!(
        all,
        json!({"format": "deathstar.outputs/1", "outputs": {"endpoint": "https://x", "zones": ["a", "b"]}})
    );
    let error = show(Some("zone"), TEXT).await.code.unwrap_err();
    assert!(error.contains("no export `zone`") && error.contains("endpoint, zones"), "{error}");
}

fn row(address: &str, generation: u32, phase: Phase) -> Row {
    Row {
        address: Address::unchecked(address),
        generation,
        family: "aws.subnet".into(),
        kind: None,
        version: 1,
        connection: 0,
        token: "t0ken".into(),
        tags: [("env".to_owned(), "prod".to_owned())].into(),
        needs: vec![Address::unchecked("network/vpc")],
        protect: true,
        retain: false,
        phase,
    }
}

fn raw(value: &Value) -> Raw {
    Raw::encode(value).unwrap()
}

fn state() -> Scripted {
    let spec = raw(&json!({"cidr": "10.0.0.0/24", "password": {"$deathstar": {"secret": "5ec4e7"}}}));
    let mut recorded = Recorded::default();
    let live = Phase::Live {
        id: raw(&json!("subnet-1")),
        spec: spec.clone(),
        outputs: raw(&json!({"arn": "arn:1"})),
    };
    for row in
        [row("z", 1, live.clone()), row("network/a", 2, Phase::Creating { spec }), row("network/a", 1, live)]
    {
        recorded.apply(Record::Row(Box::new(row)), b"");
    }
    Scripted { recorded, ..Scripted::default() }
}

#[tokio::test]
async fn the_state_is_listed_in_order_of_address() {
    let ran = ran!(&state(), None, |work, _stack| work.list(TEXT));
    assert_eq!(ran.talk, "note: a torn record was dropped\n");
    insta::assert_snapshot!(ran.out, @r"
    network/a     aws.subnet  live      subnet-1
    network/a #2  aws.subnet  creating
    z             aws.subnet  live      subnet-1
    ");
    let json = ran!(&state(), None, |work, _stack| work.list(JSON));
    let value: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&value["format"], &value["serial"]), (&json!("deathstar.state/1"), &json!(3)));
    assert_eq!(value["rows"][1]["phase"], "creating");
    assert_eq!(value["rows"][0].get("spec"), None);
}

#[tokio::test]
async fn one_address_is_shown_whole_and_without_secrets() {
    let ran = ran!(&state(), None, |work, _stack| work.show("z", TEXT));
    insta::assert_snapshot!(ran.out, @r#"
    z  aws.subnet
      phase:        "live"
      id:           "subnet-1"
      generation:   1
      protect:      true
      tags:         {env: "prod"}
      needs:        ["network/vpc"]
      spec:         {cidr: "10.0.0.0/24", password: ***}
      outputs:      {arn: "arn:1"}
    "#);
    let both = ran!(&state(), None, |work, _stack| work.show("network/a", JSON));
    let value: Value = serde_json::from_str(&both.out).unwrap();
    assert_eq!(value["rows"].as_array().map(Vec::len), Some(2));
    assert_eq!(value["rows"][0]["outputs"], json!({"arn": "arn:1"}));
    let error = ran!(&state(), None, |work, _stack| work.show("network", TEXT)).code.unwrap_err();
    assert!(
        error.contains("nothing is recorded at `network`") && error.contains("2 objects stand below it"),
        "{error}"
    );
}

/// The names of all members of a value, without those of free text and of the user's own data.
fn members(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(all) => {
            for (name, value) in all {
                names.push(name.clone());
                if !matches!(name.as_str(), "target" | "spec" | "outputs" | "exports" | "answer" | "tags") {
                    members(value, names);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, names)),
        _ => {}
    }
}

#[tokio::test]
async fn every_member_of_every_document_is_described() {
    let description = include_str!("../../docs/json.md");
    let step = json!({
        "address": "a", "after": [0], "pass": 1, "conditional": true, "other-half": 0, "notes": ["n"], "stakes": "data",
        "changes": [{"field": "f", "before": 1, "after": 2, "replaces": true}], "target": {}, "answer": {},
        "action": {"rename": {"from": "b"}},
    });
    let drift = json!({"address": "a", "kind": "k", "id": 1, "field": "f", "recorded": 1, "found": 2});
    let full = PlanData {
        destroy: true,
        exports: true,
        notes: vec!["n".into()],
        blockers: blocked().blockers,
        drift: vec![serde_json::from_value(drift).unwrap()],
        ..plan(vec![step])
    };
    let mut documents = vec![serde_json::to_value(&full).unwrap()];
    documents.push(
        serde_json::from_str(&ran!(&scripted(full), None, |work, stack| work.drift(&stack, JSON)).out)
            .unwrap(),
    );
    let arguments = ApplyArguments { json: JSON, ..applying(given(true, &[])) };
    for fails in [true, false] {
        let engine = Scripted { fails, ..scripted(creates()) };
        let ran = ran!(&engine, None, |work, stack| work.apply(&stack, &arguments));
        documents.push(serde_json::from_str(&ran.out).unwrap());
    }
    documents
        .push(serde_json::from_str(&ran!(&state(), None, |work, _stack| work.show("z", JSON)).out).unwrap());
    documents.push(serde_json::from_str(&ran!(&state(), None, |work, _stack| work.list(JSON)).out).unwrap());
    let mut names = vec![];
    documents.iter().for_each(|document| members(document, &mut names));
    assert!(names.len() > 60, "{names:?}");
    for name in names {
        assert!(
            description.contains(&format!("`{name}`")) || description.contains(&format!("\"{name}\"")),
            "`{name}`"
        );
    }
    for document in documents.iter().filter_map(|document| document.get("format")?.as_str()) {
        assert!(description.contains(document), "{document}");
    }
}
