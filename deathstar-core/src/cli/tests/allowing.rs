//! `permissions`, over an engine on the in-memory cloud.

use super::*;
use crate::{
    Connection, Engine, Fields, Identity, Memory, Permission, Provider, Resource,
    cli::arguments::PermissionsArguments,
    fields,
    permission::{Call, Needed, Policy},
    state::MemoryStore,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug)]
struct Desk;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Drawer(u8);

impl Provider for Desk {
    const NAME: &'static str = "desk";
    type Config = Drawer;
    fn policies(stack: &str, needed: &[Needed<'_, Self>]) -> Vec<Policy> {
        let of = |(number, one): (usize, &Needed<'_, Self>)| {
            let actions: Vec<_> = one.needs.iter().map(|need| &need.permission.action).collect();
            Policy::new(
                Self::NAME,
                format!("{stack}-{number}"),
                format!("drawer {}", one.config.0),
                json!(actions),
            )
            .note("mind the keys")
        };
        needed.iter().enumerate().map(of).collect()
    }
}

impl Connection for Drawer {
    type Provider = Desk;
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pen {
    colour: String,
}

impl Resource for Pen {
    type Provider = Desk;
    type Id = String;
    type Outputs = ();
    const FAMILY: &'static str = "pen";
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> = fields!(Pen { colour: Update });
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        vec![Permission::new(format!("pen:{}", call.verb().name())).because("to write")]
    }
    fn simulate(&self, serial: u64) -> (String, ()) {
        (format!("pen-{serial}"), ())
    }
}

fn stack(drawers: &[u8]) -> Stack {
    let mut stack = Stack::new("webshop");
    for drawer in drawers {
        let on = stack.connect(&format!("drawer-{drawer}"), Drawer(*drawer));
        stack.add(&on, format!("pen-{drawer}"), Pen { colour: "red".into() });
    }
    stack
}

fn asked(json: Json) -> PermissionsArguments {
    PermissionsArguments { destroy: false, whole_life: false, no_refresh: false, out: None, json }
}

async fn run(drawers: &[u8], arguments: &PermissionsArguments) -> Ran {
    let engine = Engine::new(MemoryStore::new(), Memory::instant());
    let declared = stack(drawers);
    ran!(&engine, None, |work, _stack| work.permissions(&declared, arguments))
}

#[tokio::test]
async fn the_document_goes_out_and_what_is_said_of_it_to_the_side() {
    let ran = run(&[1], &asked(TEXT)).await;
    assert_eq!(ran.code, Ok(0));
    assert_eq!(ran.out, "[\n  \"pen:create\",\n  \"pen:find\"\n]\n");
    assert_eq!(ran.talk, "webshop-0: mind the keys\n");
    let several = run(&[1, 2], &asked(TEXT)).await;
    assert!(
        several.talk.contains("webshop-0: for drawer 1\n")
            && several.talk.contains("webshop-1: for drawer 2\n")
    );
    let none = run(&[], &asked(TEXT)).await;
    assert_eq!(
        (none.out.as_str(), none.talk.as_str()),
        ("", "Nothing is called, so nothing has to be allowed.\n")
    );
}

#[tokio::test]
async fn a_whole_life_and_a_destroy_are_asked_for() {
    let life = run(&[1], &PermissionsArguments { whole_life: true, ..asked(TEXT) }).await;
    for verb in ["find", "create", "change", "retag", "delete"] {
        assert!(life.out.contains(&format!("pen:{verb}")), "{verb} in {}", life.out);
    }
    let destroy = run(&[1], &PermissionsArguments { destroy: true, ..asked(TEXT) }).await;
    assert_eq!(destroy.out, "", "nothing is there to be deleted");
}

#[tokio::test]
async fn programs_read_what_each_action_is_for() {
    let ran = run(&[1], &asked(JSON)).await;
    let value: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(value["format"], "deathstar.permissions/1");
    assert_eq!(value["stack"], "webshop");
    assert_eq!(value["policies"][0]["name"], "webshop-0");
    let create =
        value["needs"].as_array().unwrap().iter().find(|need| need["action"] == "pen:create").unwrap();
    let expected = json!({
        "connection": "drawer-1", "action": "pen:create", "target": "anything",
        "for": [{"address": "pen-1", "verb": "create", "why": "to write"}],
    });
    assert_eq!(*create, expected);
}

#[tokio::test]
async fn each_document_is_written_to_a_file_of_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let out = Some(directory.path().join("policies"));
    let ran = run(&[1, 2], &PermissionsArguments { out, ..asked(TEXT) }).await;
    assert_eq!((ran.code, ran.out.as_str()), (Ok(0), ""));
    for name in ["webshop-0.json", "webshop-1.json"] {
        let text = std::fs::read_to_string(directory.path().join("policies").join(name)).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json!(["pen:create", "pen:find"]));
    }
}
