//! Which calls a plan is allowed, on what and under which conditions.

use super::*;
use crate::{
    Connection, Fields, Identity, Input, Key, Output, Provider, Resource, fields, memory::Memory, prelude::*,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
struct Shelf;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Room(String);

impl Provider for Shelf {
    const NAME: &'static str = "shelf";
    type Config = Room;

    fn policies(stack: &str, needed: &[Needed<'_, Self>]) -> Vec<Policy> {
        let rooms: Vec<_> = needed.iter().map(|one| format!("{}:{}", one.connection, one.config.0)).collect();
        vec![Policy::new(
            Self::NAME,
            stack,
            rooms.join(","),
            json!(needed.iter().map(|one| one.needs.len()).sum::<usize>()),
        )]
    }
}

impl Connection for Room {
    type Provider = Shelf;
}

/// Known by its tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Book {
    title: String,
    fixed: u8,
}

/// Known by its name, which its spec says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Mark {
    name: String,
}

/// Names others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    book: Input<String>,
    page: Input<String>,
    mark: Input<String>,
}

/// What is needed for a call, as one text.
fn one<R: Resource<Id = String>>(call: &Call<'_, R>) -> Permission {
    let id = match call {
        Call::Find(Look::One(id)) => *id,
        Call::Change { object, .. } | Call::Retag { object, .. } | Call::Delete(object) => object.id,
        _ => None,
    };
    let name = format!("{}:{}", R::FAMILY, call.verb().name());
    let one = Permission::new(name).on("thing", id);
    if call.verb() == Verb::Find { one } else { one.ours() }
}

impl Resource for Book {
    type Provider = Shelf;
    type Id = String;
    type Outputs = String;
    const FAMILY: &'static str = "book";
    const IDENTITY: Identity = Identity::Tag { visible_within: Duration::from_secs(1) };
    const FIELDS: Fields<Self> = fields!(Book { title: Update, fixed: Replace });
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        vec![one(call)]
    }
    fn simulate(&self, serial: u64) -> (String, String) {
        (format!("book-{serial}"), "page".into())
    }
}

impl Resource for Mark {
    type Provider = Shelf;
    type Id = String;
    type Outputs = ();
    const FAMILY: &'static str = "mark";
    const IDENTITY: Identity = Identity::Key { tagged: true };
    const FIELDS: Fields<Self> = fields!(Mark { name: Replace });
    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.name))
    }
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        vec![one(call)]
    }
    fn simulate(&self, _: u64) -> (String, ()) {
        (self.name.clone(), ())
    }
}

impl Resource for Note {
    type Provider = Shelf;
    type Id = String;
    type Outputs = ();
    const FAMILY: &'static str = "note";
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> = fields!(Note { book: Replace, page: Replace, mark: Replace });
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        match call {
            Call::Create(spec) => vec![
                Permission::new("read").on("book", &spec.book),
                Permission::new("read").on("page", &spec.page),
                Permission::new("read").on("mark", &spec.mark).because("the mark is looked at"),
            ],
            _ => vec![one(call)],
        }
    }
    fn simulate(&self, serial: u64) -> (String, ()) {
        (format!("note-{serial}"), ())
    }
}

fn stack(title: &str, tag: &str) -> Stack {
    let mut stack = Stack::new("library");
    stack.tag("team", tag);
    let room = stack.on(Room("hall".into()));
    let book = stack.add(&room, "book", Book { title: title.into(), fixed: 1 });
    let mark = stack.add(&room, "mark", Mark { name: "red".into() });
    let page: Output<String> = book.output("/outputs");
    stack.add(&room, "note", Note { book: book.id().into(), page: page.into(), mark: mark.id().into() });
    stack
}

fn world() -> (Engine, Memory) {
    let memory = Memory::instant();
    (Engine::new(MemoryStore::new(), memory.clone()), memory)
}

async fn applied(engine: &Engine, stack: &Stack) {
    let plan = engine.plan(stack).await.unwrap();
    let report = engine.apply(plan.consent_to_all(), crate::apply::Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
}

/// `action type which conditions`, sorted.
fn told(permissions: &Permissions) -> Vec<String> {
    let tell = |permission: &Permission| {
        let target = match &permission.target {
            Target::Anything => "anything".to_owned(),
            Target::Objects { of, which: Which::Any } => format!("{of} *"),
            Target::Objects { of, which: Which::One(id) } => format!("{of} {id}"),
            Target::Objects { which: Which::Later(expr), .. } => panic!("{expr:?} was left"),
        };
        let ours = if permission.conditions.contains(&Condition::Ours) { " ours" } else { "" };
        format!("{} {target}{ours}", permission.action)
    };
    let mut all: Vec<_> = permissions.needs().map(|(_, need)| tell(&need.permission)).collect();
    all.sort();
    all
}

#[tokio::test]
async fn what_a_create_names_is_known_by_key_or_told_by_tag() {
    let (engine, _) = world();
    let stack = stack("a", "x");
    let permissions = engine.plan(&stack).await.unwrap().permissions().unwrap();
    let reads: Vec<_> = told(&permissions).into_iter().filter(|one| one.starts_with("read")).collect();
    // The book carries our tag, its page is something else, and the mark's name is known.
    assert_eq!(reads, ["read book * ours", "read mark red", "read page *"]);
    let why = permissions.needs().flat_map(|(_, need)| &need.uses).find(|one| !one.why.is_empty()).unwrap();
    assert_eq!((why.address.as_str(), why.verb, &*why.why), ("note", Verb::Create, "the mark is looked at"));
}

#[tokio::test]
async fn a_plan_without_changes_looks_and_does_nothing_else() {
    let (engine, _) = world();
    let stack = stack("a", "x");
    applied(&engine, &stack).await;
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.is_empty());
    let permissions = told(&plan.permissions().unwrap());
    assert_eq!(permissions, ["book:find thing book-1", "mark:find thing red", "note:find thing note-3"]);
}

#[tokio::test]
async fn a_plan_of_tags_writes_tags_and_does_nothing_else() {
    let (engine, _) = world();
    applied(&engine, &stack("a", "x")).await;
    let plan = stack("a", "y");
    let permissions = told(&engine.plan(&plan).await.unwrap().permissions().unwrap());
    let writes: Vec<_> = permissions.into_iter().filter(|one| !one.contains(":find")).collect();
    assert_eq!(
        writes,
        ["book:retag thing book-1 ours", "mark:retag thing red ours", "note:retag thing note-3 ours"]
    );
}

#[tokio::test]
async fn a_plan_of_a_field_changes_that_object_alone() {
    let (engine, _) = world();
    applied(&engine, &stack("a", "x")).await;
    let plan = stack("b", "x");
    let permissions = told(&engine.plan(&plan).await.unwrap().permissions().unwrap());
    let writes: Vec<_> = permissions.into_iter().filter(|one| !one.contains(":find")).collect();
    assert_eq!(writes, ["book:change thing book-1 ours"]);
}

#[tokio::test]
async fn an_object_that_lost_our_tag_is_known_by_its_id_alone() {
    let (engine, memory) = world();
    let stack = stack("a", "x");
    applied(&engine, &stack).await;
    let changed = memory.tamper("book", "book-1", |book| {
        book.tags.remove(crate::driver::tags::STACK);
    });
    assert!(changed.unwrap());
    let permissions = told(&engine.plan(&stack).await.unwrap().permissions().unwrap());
    assert!(permissions.contains(&"book:retag thing book-1".to_owned()), "{permissions:?}");
}

#[tokio::test]
async fn a_destroy_deletes_by_id_and_lists_for_its_proof() {
    let (engine, _) = world();
    let stack = stack("a", "x");
    applied(&engine, &stack).await;
    let permissions = told(&engine.destroy(&stack).await.unwrap().permissions().unwrap());
    for one in [
        "book:delete thing book-1 ours",
        "mark:delete thing red ours",
        "book:find thing *",
        "note:find thing *",
    ] {
        assert!(permissions.contains(&one.to_owned()), "{one} in {permissions:?}");
    }
    assert!(
        !permissions.iter().any(|one| one.contains("create") || one.contains("change")),
        "{permissions:?}"
    );
}

#[tokio::test]
async fn a_whole_life_names_no_object_that_may_be_replaced() {
    let (engine, memory) = world();
    let stack = stack("a", "x");
    let before = told(&engine.permissions(&stack).await.unwrap());
    assert_eq!(memory.calls(), [], "nobody is called");
    applied(&engine, &stack).await;
    let after = told(&engine.permissions(&stack).await.unwrap());
    assert_eq!(before, after, "what is made changes nothing");
    for one in [
        "book:create thing * ours",
        "book:change thing * ours",
        "book:delete thing * ours",
        "mark:find thing red",
    ] {
        assert!(after.contains(&one.to_owned()), "{one} in {after:?}");
    }
    // A mark has nothing to be changed in place but its tags.
    assert!(!after.iter().any(|one| one.starts_with("mark:change")), "{after:?}");
}

#[tokio::test]
async fn what_is_no_longer_declared_belongs_to_the_life() {
    let memory = Memory::instant().with(crate::Catalogue::new().kind::<Book>().kind::<Mark>().kind::<Note>());
    let engine = Engine::new(MemoryStore::new(), memory);
    applied(&engine, &stack("a", "x")).await;
    let empty = Stack::new("library");
    let permissions = told(&engine.permissions(&empty).await.unwrap());
    assert!(permissions.contains(&"book:delete thing book-1 ours".to_owned()), "{permissions:?}");
    assert!(!permissions.iter().any(|one| one.contains("create")), "{permissions:?}");
}

#[tokio::test]
async fn a_plan_from_a_file_does_not_know_what_is_recorded() {
    let (engine, _) = world();
    let stack = stack("a", "x");
    let data = engine.plan(&stack).await.unwrap().data().clone();
    let error = data.with(&stack).permissions().unwrap_err();
    assert_eq!(error.advice(), Some("plan again"));
}

#[tokio::test]
async fn the_provider_makes_the_documents_of_all_its_connections() {
    let (engine, _) = world();
    let mut stack = Stack::new("library");
    for (name, room) in [("one", "hall"), ("two", "cellar"), ("three", "hall")] {
        let on = stack.connect(name, Room(room.into()));
        stack.add(&on, format!("{name}-book"), Book { title: "a".into(), fixed: 1 });
    }
    let permissions = engine.permissions(&stack).await.unwrap();
    let policies = permissions.policies().unwrap();
    assert_eq!(policies.len(), 1);
    // The same config is the same connection.
    assert_eq!((policies[0].provider, policies[0].grantee.as_str()), ("shelf", "one:hall,two:cellar"));
    assert_eq!(policies[0].document, json!(permissions.needs().count()));
    let again = engine.permissions(&stack).await.unwrap();
    assert_eq!(
        serde_json::to_string(&again.policies().unwrap()).unwrap(),
        serde_json::to_string(&policies).unwrap()
    );
}
