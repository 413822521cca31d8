//! Laws over generated objects, each case from a seed that its failure tells. `DEATHSTAR_CASES` says how many there are.

use std::collections::BTreeMap;
use std::time::Duration;

use deathstar_core::apply::{Patience, Quiet};
use deathstar_core::kube::kinds::{BUILT_IN, BuiltIn};
use deathstar_core::kube::ready::{Rule, Rules};
use deathstar_core::kube::{Access, Cluster, Object, kinds};
use deathstar_core::model::KubernetesVersion;
use deathstar_core::state::MemoryStore;
use deathstar_core::{Engine, Memory, Stack};
use fastrand::Rng;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt as _;
use kube::api::{Api, ListParams, PostParams};
use serde_json::json;

use crate::catalogue;
use crate::world::{World, map};

/// How long one object may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The seeds of this run: few, unless more are asked for.
fn seeds(few: u64) -> std::ops::Range<u64> {
    #[expect(clippy::disallowed_methods, reason = "the long form is chosen by this variable")]
    let cases = std::env::var("DEATHSTAR_CASES").ok().and_then(|cases| cases.parse().ok());
    0..cases.unwrap_or(few)
}

#[tokio::test]
async fn what_was_applied_shows_no_drift_whatever_the_kind() {
    let Some(mut world) = World::of("kinds").await else { return };
    // Nothing in the control plane gives an ingress its address.
    let rules = Rules::default().kind("networking.k8s.io", "Ingress", Rule::Exists);
    let access = Access::of_kubeconfigs().poll(Duration::from_millis(100)).ready(rules);
    // What never becomes ready fails, and does not hang.
    let patience = Patience::default().step(PATIENCE);
    for seed in seeds(1) {
        world.engine = Engine::new(MemoryStore::new(), access.clone()).patience(patience);
        let mut random = Rng::with_seed(seed);
        let mut stack = Stack::new(format!("{}-{seed}", world.namespace));
        let cluster = stack.on(world.control_plane.cluster());
        for sample in catalogue::all() {
            let name = format!("{}-{seed}", world.namespace);
            let manifest = sample.generate(&mut random, &name);
            let object = Object::from_value(manifest);
            let object = if sample.is_of_the_cluster() { object } else { object.within(&*world.namespace) };
            stack.add(&cluster, sample.address(), object);
        }
        let report = world.apply(&stack).await;
        assert!(report.is_success(), "seed {seed}: {report}");
        let plan = world.plan(&stack).await;
        assert!(plan.is_empty(), "seed {seed}: {plan}");
        let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
        let report = world.engine.apply(plan, Quiet).await.unwrap();
        assert!(report.is_success(), "seed {seed}: {report}");
    }
}

#[test]
fn all_kinds_that_people_write_are_tried() {
    let server = KubernetesVersion::new(35);
    let tried: Vec<_> = catalogue::all().iter().map(catalogue::Sample::kind).collect();
    let stable = |kind: &&BuiltIn| !kind.version.contains("alpha") && !kind.version.contains("beta");
    let mut wrong = vec![];
    for kind in BUILT_IN.iter().filter(stable).filter(|kind| kind.kept() && kind.served_by(server)) {
        let known = BUILT_IN.iter().filter(|other| (other.group, other.kind) == (kind.group, kind.kind));
        let is_tried = known.into_iter().any(|one| tried.contains(&(one.api_version().as_str(), one.kind)));
        if is_tried == catalogue::LEFT_OUT.iter().any(|(name, _)| *name == kind.kind) {
            wrong.push(format!("{} of {}", kind.kind, kind.api_version()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A map of somebody else, more or less like one of ours.
fn foreign(random: &mut Rng, number: usize, stack: &str) -> ConfigMap {
    let mut map = ConfigMap::default();
    map.metadata.name = Some(format!("foreign-{number}"));
    let mut owner = |label: &str, annotations: &[(&str, &str)]| {
        map.labels_mut().insert("deathstar.dev/stack".into(), label.into());
        let annotations =
            annotations.iter().map(|(key, value)| (format!("deathstar.dev/{key}"), (*value).into()));
        map.annotations_mut().extend(annotations);
    };
    match random.u8(0..4) {
        0 => {}
        // Copied by a template from one of ours.
        1 => owner(stack, &[]),
        2 => owner(stack, &[("stack", stack), ("address", "map-1")]),
        _ => owner(
            "other",
            &[("stack", "other"), ("address", "map-1"), ("token", "aaaaaaaaaaaaaaaaaaaaaaaaaa")],
        ),
    }
    map
}

#[tokio::test]
async fn nothing_without_our_owner_is_touched() {
    let Some(mut world) = World::of("prune").await else { return };
    for seed in seeds(3) {
        let mut random = Rng::with_seed(seed);
        world.namespace = world.control_plane.namespace("prune").await.unwrap();
        world.engine = crate::world::engine();
        let maps: Api<ConfigMap> =
            Api::namespaced(world.control_plane.client().await.unwrap(), &world.namespace);
        for number in 0..random.usize(1..8) {
            let foreign = foreign(&mut random, number, &world.namespace);
            maps.create(&PostParams::default(), &foreign).await.unwrap();
        }
        // As others see them: an id that no other object has, and a version that every write moves.
        let seen = async || -> BTreeMap<String, (Option<String>, Option<String>)> {
            let all = maps.list(&ListParams::default()).await.unwrap();
            let foreign = all.into_iter().filter(|map| map.name_any().starts_with("foreign"));
            foreign.map(|map| (map.name_any(), (map.uid(), map.resource_version()))).collect()
        };
        let before = seen().await;
        let names: Vec<String> = (0..6).map(|number| format!("map-{number}")).collect();
        for _ in 0..3 {
            let some = names.iter().filter(|_| random.bool()).collect::<Vec<_>>();
            let value = random.u8(..).to_string();
            let objects = some.iter().map(|name| (name.as_str(), map(name, &[("key", &value)])));
            world.settle(&world.stack(objects)).await;
        }
        let none: [(&str, Object); 0] = [];
        let stack = world.stack(none);
        let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
        let report = world.engine.apply(plan, Quiet).await.unwrap();
        assert!(report.is_success(), "seed {seed}: {report}");
        assert_eq!(seen().await, before, "seed {seed}");
    }
}

#[tokio::test]
async fn no_object_is_applied_before_what_defines_or_contains_it() {
    // Nothing is called: the order is in the plan.
    let engine = Engine::new(MemoryStore::new(), Memory::seeded(7).with(kinds()));
    for seed in seeds(32) {
        let mut random = Rng::with_seed(seed);
        let group = |number: usize| format!("g{number}.example.com");
        let (definitions, namespaces) = (random.usize(1..5), random.usize(1..4));
        let mut objects = vec![];
        for number in 0..definitions {
            let name = format!("things.{}", group(number));
            let manifest = json!({
                "apiVersion": "apiextensions.k8s.io/v1",
                "kind": "CustomResourceDefinition",
                "metadata": { "name": name },
                "spec": {
                    "group": group(number),
                    "scope": "Namespaced",
                    "names": { "kind": "Thing", "plural": "things" },
                    "versions": [{
                        "name": "v1",
                        "served": true,
                        "storage": true,
                        "schema": { "openAPIV3Schema": { "type": "object" } },
                    }],
                },
            });
            objects.push((format!("definition-{number}"), manifest, vec![]));
        }
        for number in 0..namespaces {
            let name = format!("n-{number}");
            let manifest = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
            objects.push((format!("namespace-{number}"), manifest, vec![]));
        }
        for number in 0..random.usize(1..12) {
            let (of, within) = (random.usize(..definitions), random.usize(..namespaces));
            let metadata = json!({ "name": format!("thing-{number}"), "namespace": format!("n-{within}") });
            let api_version = format!("{}/v1", group(of));
            let manifest = json!({ "apiVersion": api_version, "kind": "Thing", "metadata": metadata });
            let needs = vec![format!("definition-{of}"), format!("namespace-{within}")];
            objects.push((format!("thing-{number}"), manifest, needs));
        }
        random.shuffle(&mut objects);
        let mut stack = Stack::new("webshop");
        let cluster = stack.on(Cluster::at("shop", "https://shop.example.com"));
        for (address, manifest, _) in &objects {
            stack.add(&cluster, address, Object::from_value(manifest.clone()));
        }
        let plan = engine.plan(&stack).await.unwrap();
        for (address, _, needs) in &objects {
            for need in needs {
                assert!(plan.order(need, address), "seed {seed}: `{address}` before `{need}`: {plan}");
            }
        }
    }
}
