//! What an apply does in a real API server: what is ours, what is of others, and what is left alone.

use deathstar_core::apply::Quiet;
use deathstar_core::{Meaning, PlanOptions, Stack};

use crate::bench::eventually;
use crate::samples::{mixed, mixed_objects};
use crate::world::{World, engine, failure, map};

#[tokio::test]
async fn apply_then_the_plan_is_empty() {
    let Some(world) = World::of("life").await else { return };
    world.settle(&world.stack(mixed_objects())).await;
    // Nothing but what the stack has is found to be its own.
    let fewer = world.stack(mixed_objects().into_iter().skip(1));
    let plan = world.plan(&fewer).await;
    assert_eq!((plan.deletes(), plan.updates(), plan.creates()), (1, 0, 0), "{plan}");
    let kept = mixed_objects().into_iter().filter(|(at, _)| ["web", "job"].contains(at));
    let kept = kept.chain([("settings", map("settings", &[("a", "1")]))]);
    world.settle(&world.stack(kept)).await;
    assert_eq!(world.data("settings").into_iter().collect::<Vec<_>>(), [("a".to_owned(), "1".to_owned())]);
}

#[tokio::test]
async fn a_destroy_leaves_nothing_of_ours_and_everything_of_others() {
    let Some(world) = World::of("end").await else { return };
    world.foreign("theirs", &[("key", "theirs")], &[]);
    let stack = world.stack(mixed_objects());
    world.settle(&stack).await;
    let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
    assert_eq!(plan.deletes(), mixed().len(), "{plan}");
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let kinds = "configmaps,secrets,serviceaccounts,deployments,replicasets,services,horizontalpodautoscalers,\
        networkpolicies,roles,poddisruptionbudgets,cronjobs";
    let mut left: Vec<_> =
        world.kubectl(&["get", kinds, "--output=name"]).lines().map(str::to_owned).collect();
    left.sort();
    assert_eq!(left, ["configmap/kube-root-ca.crt", "configmap/theirs", "serviceaccount/default"]);
}

#[tokio::test]
async fn a_field_that_is_no_longer_declared_is_removed_and_fields_of_others_stay() {
    let Some(world) = World::of("fields").await else { return };
    world.settle(&world.stack([("a", map("a", &[("ours", "1"), ("more", "2")]))])).await;
    world.foreign("a", &[("theirs", "3")], &[]);
    let stack = world.stack([("a", map("a", &[("ours", "1")]))]);
    let plan = world.plan(&stack).await;
    assert!(plan.updates() == 1 && !plan.to_string().contains("theirs"), "{plan}");
    world.settle(&stack).await;
    assert_eq!(world.data("a").into_keys().collect::<Vec<_>>(), ["ours", "theirs"]);
}

#[tokio::test]
async fn a_field_of_another_manager_is_taken_over_with_consent_only() {
    let Some(world) = World::of("conflict").await else { return };
    let ours = || map("a", &[("key", "ours")]);
    world.settle(&world.stack([("a", ours())])).await;
    let other = world.stack([("a", map("a", &[("key", "other")]))]);
    let unaware = world.plan(&other).await;
    world.foreign("a", &[("key", "theirs")], &["--force-conflicts"]);
    // Neither by a plan that was made before, nor by one that knows.
    let error = failure(&world.engine.apply(unaware, Quiet).await.unwrap());
    let stack = world.stack([("a", ours())]);
    let plan = world.plan(&stack).await;
    assert!(plan.blockers.iter().any(|one| one.why.contains("\"kubectl\"")), "{plan}");
    assert!(error.message().contains("\"kubectl\"") && error.message().contains(".data.key"), "{error}");
    assert!(error.advice().is_some_and(|advice| advice.contains("take_over")), "{error}");
    assert_eq!(world.data("a")["key"], "theirs");
    world.settle(&world.stack([("a", ours().take_over())])).await;
    assert_eq!(world.data("a")["key"], "ours");
}

#[tokio::test]
async fn kubectl_meets_us_as_the_manager_of_what_we_applied() {
    let Some(world) = World::of("managed").await else { return };
    world.settle(&world.stack([("a", map("a", &[("key", "ours")]))])).await;
    let file = crate::bench::file(&[serde_json::json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "data": { "key": "theirs" },
    })]);
    let path = file.path().display().to_string();
    let refused = world.ask_kubectl(&["apply", "--server-side", "--filename", &path]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("\"deathstar\": .data.key"), "{said}");
}

#[tokio::test]
async fn what_exists_is_not_taken_over() {
    let Some(world) = World::of("exists").await else { return };
    let stack = world.stack([("a", map("a", &[("other", "ours")]))]);
    let unaware = world.plan(&stack).await;
    world.foreign("a", &[("key", "theirs")], &[]);
    // Neither by a plan that looked before it was there, nor by one that sees it.
    let report = world.engine.apply(unaware, Quiet).await.unwrap();
    assert_eq!(*failure(&report).meaning(), Meaning::AlreadyExists, "{report}");
    let plan = world.plan(&stack).await;
    assert!(plan.blockers.iter().any(|one| one.why.contains("exists already")), "{plan}");
    assert_eq!(world.data("a").into_keys().collect::<Vec<_>>(), ["key"]);
}

#[tokio::test]
async fn what_is_nobodys_is_adopted_with_consent_and_what_is_a_stacks_is_not() {
    let Some(world) = World::of("consent").await else { return };
    world.foreign("a", &[("key", "theirs")], &[]);
    world.settle(&world.stack([("a", map("a", &[("other", "ours")]).adopt())])).await;
    assert_eq!(world.data("a").into_keys().collect::<Vec<_>>(), ["key", "other"]);
    let mut stack = Stack::new("somebody-else");
    let cluster = stack.on(world.control_plane.cluster());
    stack.add(&cluster, "a", map("a", &[("other", "ours")]).within(&*world.namespace).adopt());
    let other = engine();
    let plan = other.plan(&stack).await.unwrap();
    assert!(plan.blockers.iter().any(|one| one.why.contains("belongs to stack")), "{plan}");
    let plan = other.plan_with(&stack, PlanOptions::default().rehearse(false)).await.unwrap();
    let report = other.apply(plan, Quiet).await.unwrap();
    assert_eq!(*failure(&report).meaning(), Meaning::AlreadyExists, "{report}");
    let owner = world.kubectl(&[
        "get",
        "configmap",
        "a",
        "--output=jsonpath={.metadata.labels.deathstar\\.dev/stack}",
    ]);
    assert_eq!(owner, world.namespace);
}

#[tokio::test]
async fn what_a_controller_makes_again_ends_as_ours_all_the_same() {
    let Some(world) = World::of("again").await else { return };
    let account = serde_json::json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "default"},
        "automountServiceAccountToken": false,
    });
    let stack = world.stack([("account", deathstar_core::kube::Object::from_value(account).adopt())]);
    world.settle(&stack).await;
    let owner = "--output=jsonpath={.metadata.labels.deathstar\\.dev/stack}";
    assert_eq!(world.kubectl(&["get", "serviceaccount", "default", owner]), world.namespace);
    let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    eventually("the controller makes it again", async || {
        let told = world.ask_kubectl(&["get", "serviceaccount", "default", owner]);
        told.status.success() && told.stdout.is_empty()
    })
    .await;
}
