//! `drift`, `output` and `state`, and the description of all documents.

use super::*;
use crate::{
    Raw,
    cli::arguments::OutputArguments,
    plan::{Drift, Foreign},
    state::{Phase, Record, Row},
};

#[tokio::test]
async fn drift_ends_with_0_without_drift_and_2_with_drift() {
    let none = ran!(&scripted(creates()), None, |work, stack| work.drift(&stack, TEXT));
    assert_eq!((none.code, none.out.as_str()), (Ok(0), "No drift. The cloud is as it is recorded.\n"));
    let drift = Drift {
        address: Address::unchecked("network/vpc"),
        kind: "kind".into(),
        id: json!("vpc-1"),
        field: "dns".into(),
        path: String::new(),
        recorded: json!(true),
        found: json!(false),
        by: None,
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

fn foreign() -> Foreign {
    Foreign {
        within: Address::unchecked("network/table"),
        kind: "route".into(),
        id: json!("r-1"),
        found: json!({"id": "gw-1"}),
    }
}

#[tokio::test]
async fn what_others_put_into_our_objects_is_told_and_is_no_drift() {
    let engine = scripted(PlanData { foreign: vec![foreign()], ..creates() });
    let ran = ran!(&engine, None, |work, stack| work.drift(&stack, TEXT));
    assert_eq!(ran.code, Ok(0));
    assert!(ran.out.contains("  in network/table  route  \"r-1\"\n      + id:  \"gw-1\"\n"), "{}", ran.out);
    assert!(ran.out.ends_with("No drift. The cloud is as it is recorded.\n"), "{}", ran.out);
    let json = ran!(&engine, None, |work, stack| work.drift(&stack, JSON));
    let value: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, &value["foreign"][0]["within"]), (Ok(0), &json!("network/table")));
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
        tags: std::sync::Arc::new([("env".to_owned(), "prod".to_owned())].into()),
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
                if !matches!(
                    name.as_str(),
                    "target" | "spec" | "outputs" | "config" | "exports" | "answer" | "tags"
                ) {
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
    let description = include_str!("../../../docs/json.md");
    let step = json!({
        "address": "a", "after": [0], "pass": 1, "conditional": true, "other-half": 0, "notes": ["n"], "stakes": "data",
        "object": "o", "changes": [{"field": "f", "before": 1, "after": 2, "replaces": true}], "target": {}, "answer": {},
        "action": {"rename": {"from": "b"}},
    });
    let drift = json!({"address": "a", "kind": "k", "id": 1, "field": "f", "recorded": 1, "found": 2});
    let full = PlanData {
        destroy: true,
        exports: true,
        notes: vec!["n".into()],
        blockers: blocked().blockers,
        drift: vec![serde_json::from_value(drift).unwrap()],
        foreign: vec![foreign()],
        targets: vec![Address::unchecked("a")],
        ..plan(vec![step])
    };
    let mut documents = vec![
        serde_json::to_value(&full).unwrap(),
        serde_json::to_value(super::taking_over::recovers()).unwrap(),
    ];
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
    for document in &documents {
        members(document, &mut names);
    }
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
