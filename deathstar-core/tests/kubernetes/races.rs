//! What is ours to write and to delete when others are at work at the same moment: each rule with the driver that has it, and
//! with one that lacks it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::Method;
use deathstar_core::apply::{Patience, Quiet, Report};
use deathstar_core::kube::Object;
use deathstar_core::state::MemoryStore;
use deathstar_core::testing::Shared;
use deathstar_core::{Engine, PlanOptions, Stack};
use futures_util::future::BoxFuture;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use crate::bench;
use crate::front::{Asked, Front, Honest, Passage};
use crate::world::map;

/// How long a step may take: who is wrong may try for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// An engine that calls through a front, and what stands behind it.
struct Scene {
    control_plane: Shared,
    namespace: String,
    front: Front,
    engine: Engine,
    maps: Api<ConfigMap>,
}

impl Scene {
    async fn new(word: &str, passage: impl FnOnce(&Api<ConfigMap>) -> Box<dyn Passage>) -> Option<Self> {
        let control_plane = bench::shared().await?;
        let namespace = control_plane.namespace(word).await.unwrap();
        let maps = Api::namespaced(control_plane.client().await.unwrap(), &namespace);
        let front = Front::with(&control_plane, passage(&maps)).await;
        let patience = Patience::default().step(PATIENCE);
        let engine = Engine::new(MemoryStore::new(), Front::access()).patience(patience);
        Some(Self { control_plane, namespace, front, engine, maps })
    }

    fn stack(&self, objects: impl IntoIterator<Item = (&'static str, Object)>) -> Stack {
        let mut stack = Stack::new(&self.namespace);
        let cluster = stack.on(self.front.cluster());
        for (address, object) in objects {
            stack.add(&cluster, address, object.within(&*self.namespace));
        }
        stack
    }

    async fn apply(&self, stack: &Stack) -> Report {
        // What the server would say is known to nobody: it is about who comes between.
        let unasked = PlanOptions::default().rehearse(false);
        let plan = self.engine.plan_with(stack, unasked).await.unwrap();
        self.engine.apply(plan, Quiet).await.unwrap()
    }

    async fn destroy(&self, stack: &Stack) -> Report {
        let plan = self.engine.destroy(stack).await.unwrap().consent_to_all();
        self.engine.apply(plan, Quiet).await.unwrap()
    }

    /// What somebody else applies to the map `a`.
    async fn foreign(&self, data: &Value) {
        let metadata = json!({ "name": "a" });
        let body = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data });
        self.maps.patch("a", &PatchParams::apply("kubectl").force(), &Patch::Apply(body)).await.unwrap();
    }

    async fn data(&self, name: &str) -> Option<BTreeMap<String, String>> {
        self.maps.get_opt(name).await.unwrap().map(|map| map.data.unwrap_or_default())
    }
}

/// The sin, or nothing of it.
fn either(sins: bool, sin: impl Passage) -> Box<dyn Passage> {
    if sins { Box::new(sin) } else { Box::new(Honest) }
}

fn theirs() -> ConfigMap {
    let map = json!({ "metadata": { "name": "a" }, "data": { "key": "theirs" } });
    serde_json::from_value(map).unwrap()
}

/// Lets somebody act between our look and our write, once, and then changes the write.
struct Meanwhile {
    on: Method,
    maps: Api<ConfigMap>,
    happened: AtomicBool,
    replaces: bool,
    sin: Option<fn(&mut Asked)>,
}

impl Passage for Meanwhile {
    fn ask(&self, asked: &mut Asked) {
        if let Some(sin) = self.sin.filter(|_| asked.method == self.on) {
            sin(asked);
        }
    }

    fn before(&self, asked: &Asked) -> Option<BoxFuture<'static, ()>> {
        if asked.method != self.on || self.happened.swap(true, Ordering::SeqCst) {
            return None;
        }
        let (maps, replaces) = (self.maps.clone(), self.replaces);
        Some(Box::pin(async move {
            if replaces {
                maps.delete("a", &DeleteParams::default()).await.unwrap();
            }
            maps.create(&PostParams::default(), &theirs()).await.unwrap();
        }))
    }
}

#[tokio::test]
async fn what_others_make_between_our_look_and_our_create_is_not_taken_over() {
    let forgets: fn(&mut Asked) = |asked| {
        let metadata = asked.body.as_mut().and_then(|body| body["metadata"].as_object_mut());
        metadata.map(|metadata| metadata.remove("resourceVersion"));
    };
    for (sin, keeps) in [(None, true), (Some(forgets), false)] {
        let meanwhile = |maps: &Api<ConfigMap>| -> Box<dyn Passage> {
            let (on, maps, happened) = (Method::PATCH, maps.clone(), AtomicBool::new(false));
            Box::new(Meanwhile { on, maps, happened, replaces: false, sin })
        };
        let Some(scene) = Scene::new("create", meanwhile).await else { return };
        let report = scene.apply(&scene.stack([("a", map("a", &[("other", "ours")]))])).await;
        let data = scene.data("a").await.unwrap_or_default();
        assert_eq!(data.into_keys().collect::<Vec<_>>() == ["key"], keeps, "{report}");
        assert!(!report.is_success() || !keeps, "{report}");
    }
}

#[tokio::test]
async fn what_others_make_in_place_of_ours_is_not_deleted() {
    let forgets: fn(&mut Asked) = |asked| {
        let options = asked.body.as_mut().and_then(Value::as_object_mut);
        options.map(|options| options.remove("preconditions"));
    };
    for (sin, keeps) in [(None, true), (Some(forgets), false)] {
        let meanwhile = |maps: &Api<ConfigMap>| -> Box<dyn Passage> {
            let (on, maps, happened) = (Method::DELETE, maps.clone(), AtomicBool::new(false));
            Box::new(Meanwhile { on, maps, happened, replaces: true, sin })
        };
        let Some(scene) = Scene::new("delete", meanwhile).await else { return };
        let stack = scene.stack([("a", map("a", &[("key", "ours")]))]);
        let report = scene.apply(&stack).await;
        assert!(report.is_success(), "{report}");
        let report = scene.destroy(&stack).await;
        assert_eq!(scene.data("a").await.is_some_and(|data| data["key"] == "theirs"), keeps, "{report}");
    }
}

#[tokio::test]
async fn a_conflict_is_not_forced() {
    let forces = |asked: &mut Asked| asked.replace("force", "true");
    for sin in [false, true] {
        let Some(scene) = Scene::new("forced", |_| either(sin, forces)).await else { return };
        let stack = scene.stack([("a", map("a", &[("key", "ours")]))]);
        assert!(scene.apply(&stack).await.is_success());
        scene.foreign(&json!({ "key": "theirs" })).await;
        scene.apply(&stack).await;
        assert_eq!(scene.data("a").await.unwrap()["key"] == "theirs", !sin);
    }
}

/// Answers from which nobody learns who wrote what.
struct Unmanaged;

impl Passage for Unmanaged {
    fn answer(&self, _: &Asked, answer: &mut Value) {
        let items = match answer.get_mut("items") {
            Some(items) => items.as_array_mut().into_iter().flatten().collect(),
            None => vec![answer],
        };
        for metadata in items.into_iter().filter_map(|item| item["metadata"].as_object_mut()) {
            metadata.remove("managedFields");
        }
    }
}

#[tokio::test]
async fn what_others_add_is_known_by_who_wrote_it() {
    for sin in [false, true] {
        let Some(scene) = Scene::new("unmanaged", |_| either(sin, Unmanaged)).await else { return };
        assert!(scene.apply(&scene.stack([("a", map("a", &[("key", "1")]))])).await.is_success());
        scene.foreign(&json!({ "more": "theirs" })).await;
        let stack = scene.stack([("a", map("a", &[("key", "2")]))]);
        let plan = scene.engine.plan(&stack).await.unwrap();
        assert_eq!(plan.to_string().contains("theirs"), sin, "{plan}");
    }
}

#[tokio::test]
async fn what_a_workload_has_made_ends_with_it() {
    let orphans = |asked: &mut Asked| {
        if let Some(body) = asked.body.as_mut().filter(|_| asked.method == Method::DELETE) {
            body["propagationPolicy"] = "Orphan".into();
        }
    };
    for sin in [false, true] {
        let Some(scene) = Scene::new("orphans", |_| either(sin, orphans)).await else { return };
        let web = crate::samples::mixed_objects().into_iter().filter(|(at, _)| *at == "web");
        let stack = scene.stack(web.map(|(at, object)| (at, object.set("/spec/replicas", 1))));
        assert!(scene.apply(&stack).await.is_success());
        let pods = || {
            let asked = ["get", "pods,replicasets", "--namespace", &scene.namespace, "--output=name"];
            bench::kubectl(&scene.control_plane, &asked)
        };
        bench::eventually("it has pods", async || pods().contains("pod/")).await;
        assert!(scene.destroy(&stack).await.is_success());
        assert_eq!(pods().is_empty(), !sin, "{}", pods());
    }
}

#[tokio::test]
async fn a_field_that_the_kind_does_not_have_is_refused() {
    let Some(scene) = Scene::new("strict", |_| Box::new(Honest)).await else { return };
    let typo = map("a", &[("key", "ours")]).set("/date", json!({ "key": "ours" }));
    let report = scene.apply(&scene.stack([("a", typo)])).await;
    assert!(report.failures().any(|(_, error)| error.message().contains("date")), "{report}");
    assert!(scene.data("a").await.is_none());
}
