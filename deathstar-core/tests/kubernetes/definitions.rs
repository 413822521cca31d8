//! The definitions of custom resources that projects ship, as one stack.

use deathstar_core::apply::Quiet;
use deathstar_core::kube::{Access, Manifests};
use deathstar_core::state::MemoryStore;
use deathstar_core::testing::ControlPlane;
use deathstar_core::{Engine, Stack};

use crate::bench::{assets, crds, kubectl};

#[tokio::test]
async fn all_definitions_go_in_one_plan_and_end_with_proof() {
    let (Some(assets), Some(crds)) = (assets(), crds()) else { return };
    // Its own: definitions belong to the whole cluster.
    let control_plane = ControlPlane::options().assets(assets).start().await.unwrap();
    let mut manifests = Manifests::read(&crds).unwrap();
    // Beside them stands a policy that refuses some of them.
    manifests.objects().retain(|object| object.id().kind == "CustomResourceDefinition");
    let all = manifests.objects().len();
    assert!(all >= 5, "{all} definitions");
    let mut stack = Stack::new("definitions");
    let cluster = stack.on(control_plane.cluster());
    stack.add(&cluster, "all", manifests);
    // Looked at seldom: all definitions are 18 MB, and the server takes its time to end one.
    let engine = Engine::new(MemoryStore::new(), Access::of_kubeconfigs());

    let plan = engine.plan(&stack).await.unwrap();
    assert_eq!((plan.creates(), plan.steps.len()), (all, all), "{plan}");
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    let established =
        ["wait", "--for=condition=Established", "--timeout=60s", "crds", "--all", "--output=name"];
    assert_eq!(kubectl(&control_plane, &established).lines().count(), all);

    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    assert_eq!(plan.deletes(), all, "{plan}");
    let report = engine.apply(plan, Quiet).await.unwrap();
    // Which holds only with the proof that nothing carries the stack's tags.
    assert!(report.is_success(), "{report}");
    assert_eq!(kubectl(&control_plane, &["get", "crds", "--output=name"]), "");
}
