//! The definitions of custom resources that projects ship, as one stack.

use deathstar_core::Stack;
use deathstar_core::apply::Quiet;
use deathstar_core::kube::Manifests;
use deathstar_core::testing::ControlPlane;

use crate::bench::{assets, crds, kubectl};
use crate::world::engine;

#[tokio::test]
async fn all_definitions_go_in_one_plan_and_end_with_proof() {
    let (Some(assets), Some(crds)) = (assets(), crds()) else { return };
    // Its own: definitions belong to the whole cluster.
    let control_plane = ControlPlane::options().assets(assets).start().await.unwrap();
    let mut manifests = Manifests::read(&crds).unwrap();
    let all = manifests.objects().len();
    let defined: Vec<_> = manifests.objects().iter().map(|object| object.id()).collect();
    let defined = defined.iter().filter(|id| id.kind == "CustomResourceDefinition").count();
    assert!(defined >= 5, "{defined} definitions");
    let mut stack = Stack::new("definitions");
    let cluster = stack.on(control_plane.cluster());
    stack.add(&cluster, "all", manifests);
    let engine = engine();

    let plan = engine.plan(&stack).await.unwrap();
    assert_eq!((plan.creates(), plan.steps.len()), (all, all), "{plan}");
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    let established =
        ["wait", "--for=condition=Established", "--timeout=60s", "crds", "--all", "--output=name"];
    assert_eq!(kubectl(&control_plane, &established).lines().count(), defined);

    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    assert_eq!(plan.deletes(), all, "{plan}");
    let report = engine.apply(plan, Quiet).await.unwrap();
    // Which holds only with the proof that nothing carries the stack's tags.
    assert!(report.is_success(), "{report}");
    assert_eq!(kubectl(&control_plane, &["get", "crds", "--output=name"]), "");
}
