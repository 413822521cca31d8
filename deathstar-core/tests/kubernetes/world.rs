//! One stack's world: an engine with a state of its own, and a namespace that no other test has.

use std::collections::BTreeMap;
use std::process::Output;
use std::time::Duration;

use deathstar_core::apply::{Quiet, Report};
use deathstar_core::kube::{Access, Object};
use deathstar_core::plan::Plan;
use deathstar_core::state::MemoryStore;
use deathstar_core::testing::Shared;
use deathstar_core::{Engine, Error, Stack};
use serde_json::{Value, json};

use crate::bench::{self, ask_kubectl};

/// How often a pending object is looked at.
const POLL: Duration = Duration::from_millis(50);

pub struct World {
    pub control_plane: Shared,
    pub namespace: String,
    pub engine: Engine,
}

impl World {
    pub async fn of(word: &str) -> Option<Self> {
        let control_plane = bench::shared().await?;
        let namespace = control_plane.namespace(word).await.unwrap();
        Some(Self { control_plane, namespace, engine: engine() })
    }

    /// A stack of these objects, all in the namespace, whose name it has.
    pub fn stack<'a>(&self, objects: impl IntoIterator<Item = (&'a str, Object)>) -> Stack {
        let mut stack = Stack::new(&self.namespace);
        let cluster = stack.on(self.control_plane.cluster());
        for (address, object) in objects {
            stack.add(&cluster, address, object.within(&*self.namespace));
        }
        stack
    }

    pub async fn plan<'s>(&self, stack: &'s Stack) -> Plan<'s> {
        self.engine.plan(stack).await.unwrap()
    }

    pub async fn apply(&self, stack: &Stack) -> Report {
        self.engine.apply(self.plan(stack).await, Quiet).await.unwrap()
    }

    /// Applies, and shows that there is nothing left to do.
    pub async fn settle(&self, stack: &Stack) {
        let report = self.apply(stack).await;
        assert!(report.is_success(), "{report}");
        let plan = self.plan(stack).await;
        assert!(plan.is_empty(), "{plan}");
    }

    /// Asks kubectl about the namespace.
    pub fn ask_kubectl(&self, arguments: &[&str]) -> Output {
        ask_kubectl(&self.control_plane, &[&["--namespace", &self.namespace], arguments].concat())
    }

    /// The same, of what must succeed.
    pub fn kubectl(&self, arguments: &[&str]) -> String {
        bench::kubectl(&self.control_plane, &[&["--namespace", &self.namespace], arguments].concat())
    }

    /// What somebody else applies, by kubectl.
    pub fn foreign(&self, name: &str, data: &[(&str, &str)], options: &[&str]) {
        let file = bench::file(&[map_manifest(name, data)]);
        let path = file.path().display().to_string();
        self.kubectl(&[&["apply", "--server-side", "--filename", &path], options].concat());
    }

    /// What a configuration map holds.
    pub fn data(&self, name: &str) -> BTreeMap<String, String> {
        let told = self.kubectl(&["get", "configmap", name, "--output=jsonpath={.data}"]);
        serde_json::from_str(&told).unwrap()
    }
}

/// An engine with a state of its own.
pub fn engine() -> Engine {
    Engine::new(MemoryStore::new(), Access::of_kubeconfigs().poll(POLL))
}

/// Why the one step failed that failed.
pub fn failure(report: &Report) -> Error {
    let failures: Vec<_> = report.failures().map(|(_, error)| error.clone()).collect();
    let [error] = &failures[..] else { panic!("{report}") };
    error.clone()
}

fn map_manifest(name: &str, data: &[(&str, &str)]) -> Value {
    let data: BTreeMap<_, _> = data.iter().copied().collect();
    json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name }, "data": data })
}

pub fn map(name: &str, data: &[(&str, &str)]) -> Object {
    Object::from_value(map_manifest(name, data))
}
