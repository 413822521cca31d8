//! What a plan says because the server was asked before: refusals, what cannot be changed, what is added, and what cannot be asked.
//!
//! What dry runs cannot show: a quota is compared with each object alone, and what the same plan makes is not there yet.

use std::collections::BTreeMap;

use deathstar_core::apply::Quiet;
use deathstar_core::driver::Check;
use deathstar_core::kube::{Access, Cluster, Object, Outputs as _};
use deathstar_core::plan::{Action, PlanData, RenderOptions, Step};
use deathstar_core::state::MemoryStore;
use deathstar_core::testing::ControlPlane;
use deathstar_core::{ApplyError, Engine, Stack};
use serde_json::{Value, json};

use crate::bench::{assets, eventually, file, kubectl};
use crate::world::{World, engine, map};

fn only<'p>(plan: &'p PlanData, address: &str) -> &'p Step {
    let steps: Vec<_> = plan.steps.iter().filter(|step| step.address.as_str() == address).collect();
    let [step] = steps[..] else { panic!("{plan}") };
    step
}

fn why<'p>(plan: &'p PlanData, address: &str) -> &'p str {
    match &only(plan, address).check {
        Some(Check::NotCheckable { why }) => why,
        other => panic!("{other:?}: {plan}"),
    }
}

/// The one thing that forbids to apply a plan: where and why.
fn blocker(plan: &PlanData) -> (&str, &str) {
    let [one] = &plan.blockers[..] else { panic!("{plan}") };
    (one.address.as_str(), &one.why)
}

fn web(replicas: u32) -> Object {
    let labels = json!({ "app": "web" });
    Object::from_value(json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web" },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels },
                "spec": { "containers": [{ "name": "web", "image": "example.com/web:1" }] },
            },
        },
    }))
}

#[tokio::test]
async fn what_the_server_adds_stands_in_the_plan_and_is_no_difference() {
    let Some(world) = World::of("added").await else { return };
    let stack = world.stack([("web", web(0))]);
    let plan = world.plan(&stack).await;
    let step = only(&plan, "web");
    assert_eq!(step.check, Some(Check::Checked), "{plan}");
    let added: BTreeMap<_, _> = step.adds.iter().map(|one| (one.path.as_str(), &one.value)).collect();
    assert_eq!(added["spec.progressDeadlineSeconds"], &json!(600), "{plan}");
    assert_eq!(added["spec.template.spec.containers[0].terminationMessagePath"], "/dev/termination-log");
    assert!(
        !added.keys().any(|path| path.starts_with("metadata") || path.starts_with("status")),
        "{added:?}"
    );
    let text = plan.to_string();
    assert!(text.contains("Checked before apply:\n  1 by the provider (it adds"), "{text}");
    let full = plan.render(&RenderOptions { full: true, ..RenderOptions::default() });
    assert!(full.contains("spec.progressDeadlineSeconds:"), "{full}");
    world.settle(&stack).await;
}

#[tokio::test]
async fn a_field_that_the_server_does_not_know_is_refused_in_the_plan() {
    let Some(world) = World::of("unknown").await else { return };
    let stack = world.stack([("web", web(0).set("/spec/replica", 3))]);
    let plan = world.plan(&stack).await;
    let (at, why) = blocker(&plan);
    assert!(at == "web" && why.contains("spec.replica"), "{plan}");
    let refused = world.engine.apply(plan, Quiet).await;
    assert!(matches!(refused, Err(ApplyError::Blocked(_))));
}

#[tokio::test]
async fn a_value_that_cannot_be_is_refused_with_its_place() {
    let Some(world) = World::of("invalid").await else { return };
    let stack = world.stack([("web", web(0).set("/spec/template/spec/restartPolicy", "Never"))]);
    let plan = world.plan(&stack).await;
    let (at, why) = blocker(&plan);
    assert!(at == "web" && why.starts_with("spec.template.spec.restartPolicy: "), "{plan}");
}

#[tokio::test]
async fn what_exists_and_what_others_manage_is_told_by_the_plan() {
    let Some(world) = World::of("others").await else { return };
    world.foreign("theirs", &[("key", "theirs")], &[]);
    let stack = world.stack([("a", map("theirs", &[("key", "ours")]))]);
    let plan = world.plan(&stack).await;
    assert!(blocker(&plan).1.contains("exists already"), "{plan}");

    let ours = |value: &str| world.stack([("b", map("ours", &[("key", value)]))]);
    world.settle(&ours("1")).await;
    world.foreign("ours", &[("key", "theirs")], &["--force-conflicts"]);
    let stack = ours("2");
    let plan = world.plan(&stack).await;
    let (_, why) = blocker(&plan);
    assert!(why.starts_with("data.key: ") && why.contains("\"kubectl\""), "{plan}");
    assert!(plan.blockers[0].fix.contains("take_over"), "{plan}");
}

#[tokio::test]
async fn a_policy_that_refuses_is_quoted() {
    let Some(world) = World::of("policy").await else { return };
    let name = world.namespace.clone();
    let policy = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
        "metadata": { "name": name },
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": { "resourceRules": [{
                "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["configmaps"],
            }] },
            "validations": [{ "expression": "has(object.data.owner)", "message": "every map has an owner" }],
        },
    });
    let binding = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": { "name": name },
        "spec": {
            "policyName": name, "validationActions": ["Deny"],
            "matchResources": { "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": name } } },
        },
    });
    let both = file(&[policy, binding]);
    world.kubectl(&["create", "--filename", &both.path().display().to_string()]);
    let stack = world.stack([("a", map("a", &[("key", "1")]))]);
    eventually("the policy is in force", async || !world.plan(&stack).await.blockers.is_empty()).await;
    let plan = world.plan(&stack).await;
    let (at, why) = blocker(&plan);
    assert!(at == "a" && why.contains("every map has an owner") && why.contains(&name), "{plan}");
    let stack = world.stack([("a", map("a", &[("key", "1"), ("owner", "us")]))]);
    assert!(world.plan(&stack).await.blockers.is_empty());
}

#[tokio::test]
async fn a_webhook_that_nobody_serves_leaves_an_object_unchecked() {
    let Some(world) = World::of("webhook").await else { return };
    let name = world.namespace.clone();
    let webhook = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": { "name": name },
        "webhooks": [{
            "name": "nobody.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "clientConfig": { "url": "https://127.0.0.1:1/" }, "failurePolicy": "Fail", "timeoutSeconds": 1,
            "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": name } },
            "rules": [{ "apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["configmaps"] }],
        }],
    });
    let webhook = file(&[webhook]);
    world.kubectl(&["create", "--filename", &webhook.path().display().to_string()]);
    let stack = world.stack([("a", map("a", &[("key", "1")]))]);
    let unchecked = |plan: &PlanData| matches!(only(plan, "a").check, Some(Check::NotCheckable { .. }));
    eventually("the webhook is in force", async || unchecked(world.plan(&stack).await.data())).await;
    let plan = world.plan(&stack).await;
    assert!(why(&plan, "a").contains("nobody.example.com") && plan.blockers.is_empty(), "{plan}");
}

#[tokio::test]
async fn a_refusal_counts_only_where_nothing_is_made_before() {
    let Some(world) = World::of("before").await else { return };
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" },
        "spec": { "serviceAccountName": "ours", "containers": [{ "name": "a", "image": "example.com/a:1" }] },
    });
    let account = json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "ours" } });
    let pod = || ("pod", Object::from_value(pod.clone()));
    let stack = world.stack([pod()]);
    let plan = world.plan(&stack).await;
    assert!(blocker(&plan).1.contains("serviceaccount \"ours\" not found"), "{plan}");
    let stack = world.stack([("account", Object::from_value(account)), pod()]);
    let plan = world.plan(&stack).await;
    assert!(plan.blockers.is_empty(), "{plan}");
    assert!(why(&plan, "pod").starts_with("it is refused while account is not as planned: "), "{plan}");
}

#[tokio::test]
async fn pod_security_refuses_a_pod_and_warns_of_what_makes_pods() {
    let Some(world) = World::of("security").await else { return };
    let label = "pod-security.kubernetes.io/enforce=restricted";
    let warn = "pod-security.kubernetes.io/warn=restricted";
    world.kubectl(&["label", "namespace", &world.namespace, label, warn]);
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" },
        "spec": { "hostNetwork": true, "containers": [{ "name": "a", "image": "example.com/a:1" }] },
    });
    let stack = world.stack([("pod", Object::from_value(pod)), ("web", web(0))]);
    let plan = world.plan(&stack).await;
    let (at, why) = blocker(&plan);
    assert!(at == "pod" && why.contains("violates PodSecurity") && why.contains("host namespaces"), "{plan}");
    let notes = only(&plan, "web").notes.join("\n");
    assert!(notes.contains("its provider warns: would violate PodSecurity"), "{plan}");
}

#[tokio::test]
async fn a_quota_is_compared_with_each_object_alone() {
    let Some(world) = World::of("quota").await else { return };
    // One for the map that every namespace has.
    world.kubectl(&["create", "quota", "few", "--hard=count/configmaps=2"]);
    eventually("the quota is counted", async || {
        world.kubectl(&["get", "quota", "few", "--output=jsonpath={.status.used}"]).contains("configmaps")
    })
    .await;
    let maps = ["a", "b"].map(|name| (name, map(name, &[("key", "1")])));
    let stack = world.stack(maps);
    let plan = world.plan(&stack).await;
    assert!(plan.blockers.is_empty() && plan.creates() == 2, "each of the two would fit: {plan}");
    world.kubectl(&["create", "configmap", "theirs"]);
    let plan = world.plan(&stack).await;
    assert_eq!(plan.blockers.len(), 2, "neither fits now: {plan}");
    assert!(plan.blockers[0].why.contains("exceeded quota"), "{plan}");
}

#[tokio::test]
async fn a_replacement_is_confirmed_and_one_that_no_table_knows_is_found() {
    let Some(world) = World::of("fixed").await else { return };
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": "hulls.fixed.example.com" },
        "spec": {
            "group": "fixed.example.com", "scope": "Namespaced", "names": { "kind": "Hull", "plural": "hulls" },
            "versions": [{ "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": {
                "type": "object",
                "properties": { "spec": { "type": "object", "properties": {
                    "keel": { "type": "string", "x-kubernetes-validations": [
                        { "rule": "self == oldSelf", "message": "a keel is immutable" }] },
                    "paint": { "type": "string" },
                } } },
            } } }],
        },
    });
    let manifest = file(&[definition]);
    kubectl(&world.control_plane, &["create", "--filename", &manifest.path().display().to_string()]);
    kubectl(&world.control_plane, &["wait", "--for=condition=Established", "crd/hulls.fixed.example.com"]);
    let hull = |keel: &str, paint: &str| {
        let hull = json!({
            "apiVersion": "fixed.example.com/v1", "kind": "Hull", "metadata": { "name": "first" },
            "spec": { "keel": keel, "paint": paint },
        });
        Object::from_value(hull)
    };
    let map = |value: &str| map("fixed", &[("key", value)]).set("/immutable", true);
    world.settle(&world.stack([("hull", hull("oak", "red")), ("map", map("1"))])).await;
    let stack = world.stack([("hull", hull("iron", "blue")), ("map", map("2"))]);
    let plan = world.plan(&stack).await;
    assert_eq!((plan.summary().replace, plan.blockers.len()), (2, 0), "{plan}");
    let create = |at: &'static str| plan.at(at).find(|step| step.action == Action::Create).unwrap();
    let marked = |at: &'static str| {
        let replacing = create(at).changes.iter().filter(|change| change.replaces);
        replacing.map(|change| change.path.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((marked("hull"), marked("map")), (vec!["spec.keel"], vec!["data.key"]), "{plan}");
    for at in ["hull", "map"] {
        assert!(create(at).notes.iter().any(|note| note.contains("confirms")), "{plan}");
        assert_eq!(create(at).check, Some(Check::Checked));
    }
    let report = world.engine.apply(plan.consent_to_all(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    assert!(world.plan(&stack).await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_asked_says_why() {
    let Some(world) = World::of("unasked").await else { return };
    let mut stack = Stack::new(&world.namespace);
    let cluster = stack.on(world.control_plane.cluster());
    let ours = format!("{}-new", world.namespace);
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": ours } });
    let namespace = stack.add(&cluster, "namespace", Object::from_value(namespace));
    stack.add(&cluster, "inside", map("inside", &[("key", "1")]).within(&*ours));
    let waits = map("waits", &[]).set("/data/uid", namespace.uid()).within(&*world.namespace);
    stack.add(&cluster, "waits", waits);
    let plan = world.plan(&stack).await;
    assert_eq!(only(&plan, "namespace").check, Some(Check::Checked), "{plan}");
    assert_eq!(why(&plan, "inside"), format!("its namespace `{ours}` does not exist yet"));
    assert_eq!(why(&plan, "waits"), "it waits for namespace.uid");
    let text = plan.to_string();
    assert!(text.contains("1 not, it waits for namespace.uid:\n      waits\n"), "{text}");

    let nowhere =
        Cluster::at("nowhere", "https://127.0.0.1:1").authority(world.control_plane.authority().unwrap());
    let mut stack = Stack::new("nowhere");
    let cluster = stack.on(nowhere);
    for name in ["a", "b"] {
        stack.add(&cluster, name, map(name, &[]).within("shop"));
    }
    let engine = Engine::new(MemoryStore::new(), Access::with_tokens(crate::access::token("x")));
    let plan = engine.plan(&stack).await.unwrap();
    assert!(why(&plan, "a").contains("`nowhere` at https://127.0.0.1:1"), "{plan}");
    assert_eq!(why(&plan, "a"), why(&plan, "b"), "who waits in vain tells the others");
}

#[tokio::test]
async fn a_caller_who_may_only_read_gets_a_plan() {
    let Some(world) = World::of("reader").await else { return };
    let account = format!("--serviceaccount={}:default", world.namespace);
    world.kubectl(&["create", "rolebinding", "viewer", "--clusterrole=view", &account]);
    let token = world.kubectl(&["create", "token", "default"]).trim().to_owned();
    let cluster = Cluster::at("shop", world.control_plane.endpoint())
        .authority(world.control_plane.authority().unwrap());
    let mut stack = Stack::new(&world.namespace);
    let cluster = stack.on(cluster);
    stack.add(&cluster, "a", map("a", &[("key", "1")]).within(&*world.namespace));
    let engine = Engine::new(MemoryStore::new(), Access::with_tokens(crate::access::token(&token)));
    let plan = engine.plan(&stack).await.unwrap();
    assert_eq!(why(&plan, "a"), "the caller may not `patch configmaps`", "{plan}");
    assert!(plan.blockers.is_empty());
}

/// What a server has counted of requests with these labels.
fn counted(control_plane: &ControlPlane, labels: &[&str]) -> u64 {
    let metrics = kubectl(control_plane, &["get", "--raw", "/metrics"]);
    let lines = metrics.lines().filter(|line| line.starts_with("apiserver_request_total{"));
    let lines = lines.filter(|line| labels.iter().all(|label| line.contains(label)));
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test]
async fn an_unchanged_object_costs_a_list_per_kind_and_a_changed_one_one_dry_run() {
    const OBJECTS: usize = 500;
    const KINDS: [(&str, &str); 4] = [
        ("ConfigMap", "configmaps"),
        ("ServiceAccount", "serviceaccounts"),
        ("Secret", "secrets"),
        ("LimitRange", "limitranges"),
    ];
    let Some(assets) = assets() else { return };
    let control_plane = ControlPlane::options().assets(assets).start().await.unwrap();
    let engine = engine();
    let stack = |changed: usize| {
        let mut stack = Stack::new("many");
        let cluster = stack.on(control_plane.cluster());
        for at in 0..OBJECTS {
            let (kind, _) = KINDS[at % KINDS.len()];
            let label = if at < changed { "2" } else { "1" };
            let object = json!({
                "apiVersion": "v1", "kind": kind,
                "metadata": { "name": format!("o-{at}"), "labels": { "version": label } },
            });
            let object = Object::from_value(object);
            let object = if kind == "LimitRange" { object.set("/spec/limits", json!([])) } else { object };
            stack.add(&cluster, format!("o-{at}"), object.within("default"));
        }
        stack
    };
    let first = stack(0);
    let report = engine.apply(engine.plan(&first).await.unwrap(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");

    let count = || {
        let of = |labels: &[&str]| counted(&control_plane, labels);
        let lists = KINDS.map(|(_, plural)| of(&["verb=\"LIST\"", &format!("resource=\"{plural}\"")]));
        let gets: u64 =
            KINDS.iter().map(|(_, plural)| of(&["verb=\"GET\"", &format!("resource=\"{plural}\"")])).sum();
        (lists, gets, of(&["dry_run=\"All\""]), of(&["verb=\"APPLY\""]))
    };
    let before = count();
    assert!(engine.plan(&first).await.unwrap().is_empty());
    let unchanged = count();
    assert_eq!(unchanged.0, before.0.map(|lists| lists + 1), "one list per kind");
    assert_eq!((unchanged.1, unchanged.2, unchanged.3), (before.1, before.2, before.3), "and nothing else");

    let second = stack(10);
    let plan = engine.plan(&second).await.unwrap();
    assert_eq!(plan.updates(), 10, "{plan}");
    assert!(plan.steps.iter().all(|step| step.check == Some(Check::Checked)), "{plan}");
    let planned = count();
    assert_eq!(planned.0, unchanged.0.map(|lists| lists + 1));
    assert_eq!((planned.1, planned.2, planned.3), (unchanged.1, unchanged.2 + 10, unchanged.3 + 10));
}

fn fleet(versions: &Value) -> Object {
    Object::from_value(json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": "fleets.asked.example.com" },
        "spec": {
            "group": "asked.example.com", "scope": "Namespaced", "names": { "kind": "Fleet", "plural": "fleets" },
            "versions": [{ "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": {
                "type": "object", "properties": { "spec": { "type": "object", "properties": versions } },
            } } }],
        },
    }))
}

#[tokio::test]
async fn custom_resources_are_checked_by_the_definition_that_will_be_there() {
    let Some(world) = World::of("offline").await else { return };
    let ships =
        json!({ "ships": { "type": "integer", "x-kubernetes-validations": [{ "rule": "self > 0" }] } });
    let wider = json!({ "ships": { "type": "integer" }, "port": { "type": "string" } });
    let declare = |definition: &Value, spec: Value| {
        let mut stack = Stack::new(&world.namespace);
        let cluster = stack.on(world.control_plane.cluster());
        stack.add(&cluster, "definition", fleet(definition));
        let first = json!({
            "apiVersion": "asked.example.com/v1", "kind": "Fleet", "metadata": { "name": "first" }, "spec": spec,
        });
        stack.add(&cluster, "fleet", Object::from_value(first).within(&*world.namespace));
        stack
    };
    // Nothing of it is there: only the declaration knows what is right.
    let wrong = declare(&ships, json!({ "ships": "many" }));
    let plan = world.plan(&wrong).await;
    let (at, why) = blocker(&plan);
    assert!(at == "fleet" && why.starts_with("/spec/ships: must be"), "{plan}");
    let right = declare(&ships, json!({ "ships": 3 }));
    let plan = world.plan(&right).await;
    let Some(Check::CheckedOffline { unchecked }) = &only(&plan, "fleet").check else { panic!("{plan}") };
    assert!(matches!(&unchecked[..], [rule] if rule.contains("self > 0")), "{unchecked:?}");
    assert!(plan.to_string().contains("1 offline (1 rule not evaluated)"), "{plan}");
    world.settle(&right).await;

    // It is there, and stays as it is: the server knows better, and evaluates the rule.
    let none = declare(&ships, json!({ "ships": -1 }));
    let plan = world.plan(&none).await;
    assert!(blocker(&plan).1.contains("failed rule: self > 0"), "{plan}");

    // It changes in the same plan: the server would refuse what is right.
    let wider = declare(&wider, json!({ "ships": 3, "port": "x" }));
    let plan = world.plan(&wider).await;
    assert!(plan.blockers.is_empty(), "{plan}");
    assert_eq!(only(&plan, "fleet").check, Some(Check::CheckedOffline { unchecked: vec![] }), "{plan}");
    world.settle(&wider).await;
}
