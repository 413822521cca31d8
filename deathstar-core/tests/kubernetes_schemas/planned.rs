//! Definitions and their resources in one plan, before there is a cluster.

use crate::{corpus, samples};
use deathstar_core::{
    Engine, Memory, Stack,
    kube::{Cluster, Object, kinds},
    state::MemoryStore,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// All definitions, and of each project a right resource and a wrong one: the wrong ones are what forbids the plan, each with its
/// place and reason.
#[tokio::test]
async fn what_is_wrong_fails_in_the_plan_before_its_definition_exists() {
    let Some(definitions) = corpus::all() else { return };
    let mut stack = Stack::new("projects");
    let cluster = stack.on(Cluster::at("shop", "https://shop.example.com"));
    let declare = |stack: &mut Stack, at: &str, value: &Value| {
        stack.add(&cluster, at, Object::from_value(value.clone()));
    };
    let mut expected = BTreeMap::new();
    for (number, sample) in samples::all().into_iter().enumerate() {
        let mut wrong = sample.wrong();
        wrong["metadata"]["name"] = "wrong".into();
        declare(&mut stack, &format!("right-{number}"), &sample.right);
        declare(&mut stack, &format!("wrong-{number}"), &wrong);
        expected.insert(format!("wrong-{number}"), sample.said);
    }
    for (number, definition) in definitions.iter().enumerate() {
        declare(&mut stack, &format!("definition-{number}"), &definition.value);
    }
    assert!(expected.len() >= 10, "{} projects", expected.len());
    let engine = Engine::new(MemoryStore::new(), Memory::seeded(7).with(kinds()));
    let plan = engine.plan(&stack).await.unwrap();
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for blocker in &plan.blockers {
        found.entry(blocker.address.to_string()).or_default().push(&blocker.why);
    }
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{plan}");
    for (at, whys) in found {
        let said = expected[&at];
        let told = |why: &&str| said.iter().any(|said| said.starts_with(*why) || why.starts_with(*said));
        assert!(whys.len() == said.len() && whys.iter().all(told), "{at}: {whys:?}, not {said:?}");
    }
}
