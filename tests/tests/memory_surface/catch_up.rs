//! Dependents that lag behind what they need.

use super::*;
use deathstar_core::{Meaning, memory::Fault, plan::PlanData};

/// A shop whose cluster is at 31 while its pool is at 30 still.
async fn lagging(cloud: &Memory) -> Engine {
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &Shop::default().stack()).await;
    cloud.on("imagined.pool", Call::Change, Fault::Fails(Meaning::Quota));
    let report =
        carry_out(&engine, engine.plan(&Shop { version: 32, ..Shop::default() }.stack()).await.unwrap())
            .await;
    assert_eq!(report.count("failed"), 1, "{report}");
    assert_eq!(object(cloud, "imagined.cluster").spec["version"], 31);
    assert_eq!(object(cloud, "imagined.pool").spec["version"], 30);
    engine
}

/// Which versions a plan takes an address to, and in which pass.
fn versions(plan: &PlanData, address: &str) -> Vec<(u16, serde_json::Value)> {
    let target = |step: &deathstar_core::plan::Step| step.target.as_ref().unwrap().value()["version"].clone();
    plan.at(address).map(|step| (step.pass, target(step))).collect()
}

#[tokio::test]
async fn what_lags_catches_up_before_its_need_goes_on() {
    let cloud = cloud();
    let engine = lagging(&cloud).await;
    for (version, cluster, pool) in [
        (32, vec![(1, 32)], vec![(0, 31), (1, 32)]),
        (33, vec![(1, 32), (2, 33)], vec![(0, 31), (1, 32), (2, 33)]),
        (31, vec![], vec![(0, 31)]),
    ] {
        let stack = Shop { version, ..Shop::default() }.stack();
        let plan = engine.plan(&stack).await.unwrap();
        let values = |all: Vec<(u16, u32)>| -> Vec<_> {
            all.into_iter().map(|(pass, version)| (pass, serde_json::Value::from(version))).collect()
        };
        assert_eq!(versions(&plan, "cluster"), values(cluster), "{plan}");
        assert_eq!(versions(&plan, "pool"), values(pool), "{plan}");
        let ordered = plan.steps.iter().filter(|step| step.address.as_str() == "cluster" && step.pass == 1);
        let first = plan.at("pool").next().unwrap().id;
        assert!(ordered.into_iter().all(|step| plan.waits(step.id, first)), "{plan}");
    }
    apply(&engine, &Shop { version: 33, ..Shop::default() }.stack()).await;
}

#[tokio::test]
async fn what_is_one_step_behind_takes_the_next_with_its_need() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &Shop::default().stack()).await;
    // Other drift of the dependent is repaired on the way, and takes no pass of its own.
    let pool = object(&cloud, "imagined.pool");
    cloud.tamper("imagined.pool", id(&pool), |pool| pool.spec["nodes"] = 7.into()).unwrap();
    let stack = Shop { version: 31, ..Shop::default() }.stack();
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.steps.iter().all(|step| step.pass == 0), "{plan}");
    assert_eq!(actions(&plan), [("cluster", &Action::Update), ("pool", &Action::Update)]);
}
