//! What others put into our objects.

use super::*;
use deathstar_core::{PlanOptions, memory::Fault};

/// A stack of somebody else with a route in a table of the shop.
fn guest(cloud: &Memory) -> Stack {
    let (table, gateway) = (object(cloud, "imagined.table"), object(cloud, "imagined.gateway"));
    let mut stack = Stack::new("guest");
    let on = stack.on(Region::new("north"));
    let known = |object: &MemoryObject| serde_json::from_value(object.id.clone()).unwrap();
    let (table, via) =
        (Input::Known(known(&table)), Input::Known(serde_json::from_value(gateway.id).unwrap()));
    stack.add(&on, "route", Route { table, destination: "10.99.0.0/16".into(), via });
    stack
}

#[tokio::test]
async fn what_others_put_into_our_objects_is_told_and_left_alone() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&engine, &stack).await;
    assert!(engine.plan(&stack).await.unwrap().foreign.is_empty());
    apply(&Engine::new(MemoryStore::new(), cloud.clone()), &guest(&cloud)).await;

    let plan = engine.plan(&stack).await.unwrap();
    let [foreign] = &plan.foreign[..] else { panic!("{plan}") };
    assert_eq!((foreign.within.as_str(), &*foreign.kind), ("network/table", "imagined.route"));
    assert_eq!(foreign.found["destination"], "10.99.0.0/16");
    assert!(plan.is_empty() && plan.drift.is_empty());
    insta::assert_snapshot!(plan.to_string());
    let other = PlanOptions::default().target("cluster");
    assert!(engine.plan_with(&stack, other).await.unwrap().foreign.is_empty(), "a part is about itself");
    let only = PlanOptions::default().refresh_only(true);
    assert_eq!(engine.plan_with(&stack, only).await.unwrap().foreign.len(), 1);
    apply(&engine, &stack).await;
    assert_eq!(cloud.objects().iter().filter(|object| object.family == "imagined.route").count(), 2);
}

#[tokio::test]
async fn what_is_half_made_is_not_foreign() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    cloud.on("imagined.route", Call::Create, Fault::Hangs);
    let plan = engine.plan(&stack).await.unwrap();
    let mut work = Box::pin(engine.apply(plan, Quiet));
    let cut_off = std::future::poll_fn(|context| {
        use std::{future::Future as _, task::Poll};
        let ready = work.as_mut().poll(context).is_ready();
        if ready || cloud.hung() { Poll::Ready(ready) } else { Poll::Pending }
    });
    assert!(!cut_off.await, "it hangs");
    drop(work);
    assert!(cloud.objects().iter().any(|object| object.family == "imagined.route"));
    cloud.heal();
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.foreign.is_empty(), "{plan}");
}
