//! One stack across the border: objects in a cluster that the same stack makes.

use super::*;
use crate::{Handle, component::ResourceExt as _, memory::Call};

const FAMILY: &str = "kubernetes.object";

/// A management cluster makes a cluster, as an object that tells its endpoint; in that stand a namespace and a map.
fn fleet(retained: bool) -> Stack {
    let mut stack = Stack::new("fleet");
    let management = stack.connect("management", Cluster::at("management", "https://management.example.com"));
    let made = Object::from_value(json!({"apiVersion": "fleet.example.com/v1", "kind": "Cluster", "metadata": {"name": "shop", "namespace": "fleet"}}))
        .tell("/status/endpoint");
    let made: Handle<Object> = if retained {
        stack.add(&management, "cluster", made.retain())
    } else {
        stack.add(&management, "cluster", made)
    };
    let cluster = stack.connect("shop", Cluster::at("shop", made.told::<String>("/status/endpoint")));
    stack.add(&cluster, "settings", Object::of(ConfigMap::default()).named("settings").within("shop"));
    stack.add(&cluster, "namespace", Object::of(Namespace::default()).named("shop"));
    stack
}

async fn settled(memory: &Memory) -> (Engine, Stack) {
    let engine = Engine::new(MemoryStore::new(), memory.clone());
    let stack = fleet(false);
    let plan = engine.plan(&stack).await.unwrap();
    assert_eq!((plan.creates(), plan.steps.len()), (3, 3), "{plan}");
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    (engine, stack)
}

fn memory() -> Memory {
    Memory::seeded(7).with(kinds())
}

/// The cluster goes, and nobody tells what was in it.
fn lose_the_cluster(memory: &Memory) {
    let id =
        memory.objects().into_iter().find(|one| one.id.to_string().contains("Cluster.fleet")).unwrap().id;
    assert!(memory.remove(FAMILY, &id.to_string()).unwrap());
    memory.forget_calls();
}

#[tokio::test]
async fn what_was_on_a_cluster_that_is_gone_went_with_it_and_is_made_anew() {
    let memory = memory();
    let (engine, stack) = settled(&memory).await;
    lose_the_cluster(&memory);
    let plan = engine.plan(&stack).await.unwrap();
    assert_eq!(plan.creates(), 3, "{plan}");
    assert!(memory.calls().iter().all(|call| call.call == Call::Find), "{:?}", memory.calls());
    // One look for the cluster, none for what was on it.
    assert_eq!(memory.count(FAMILY, Call::Find), 1);
}

#[tokio::test]
async fn a_destroy_proves_the_end_of_a_cluster_and_asks_it_nothing() {
    let memory = memory();
    let (engine, stack) = settled(&memory).await;
    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    assert_eq!(report.proof.unwrap().ended, ["shop"]);
}

/// A row that is given up proves nothing: the cluster is there, and what is on it is looked for.
#[tokio::test]
async fn a_cluster_that_stays_is_asked_what_is_left_on_it() {
    let memory = memory();
    let engine = Engine::new(MemoryStore::new(), memory.clone());
    let stack = fleet(true);
    let report = engine.apply(engine.plan(&stack).await.unwrap(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = engine.apply(plan, Quiet).await.unwrap();
    let proof = report.proof.as_ref().unwrap();
    assert!(report.is_success() && proof.ended.is_empty(), "{proof:?}");
    assert_eq!(memory.len(), 1);
}

#[tokio::test]
async fn what_stands_in_a_namespace_is_replaced_with_it() {
    let memory = memory();
    let (engine, stack) = settled(&memory).await;
    let plan = engine.plan_with(&stack, crate::PlanOptions::default().replace("namespace")).await.unwrap();
    assert_eq!((plan.creates(), plan.deletes()), (2, 2), "{plan}");
    let text = plan.to_string();
    assert!(text.contains("it stands in namespace, which is replaced, and goes with it"), "{text}");
    let report = engine.apply(plan.consent_to_all(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
}
