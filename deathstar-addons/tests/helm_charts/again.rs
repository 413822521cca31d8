//! The rendering at apply, with all values known, by the `helm` of the engine: it has to be what was planned.

use crate::bench::{TestChart, chart, empty, programs};
use deathstar_addons::chart::{self, Chart, Helm};
use deathstar_core::{
    Catalogue, Cloud as _, Connect, Engine, Memory, Result, Stack,
    apply::Quiet,
    kube::{self, Cluster, Kubernetes, Object, Outputs as _},
    state::MemoryStore,
};
use serde_json::json;
use std::{path::PathBuf, sync::Arc};

/// Clusters that are the in-memory cloud, beside a Helm that is real.
struct InMemory(Memory);

impl Connect<Kubernetes> for InMemory {
    type Client = Memory;

    async fn connect(&self, _: &Cluster) -> Result<Memory> {
        Ok(self.0.clone())
    }
}

fn engine(program: &PathBuf, chart: &TestChart, memory: &Memory) -> Engine {
    let helm = Helm::at(program, chart.lock());
    let objects = Catalogue::new().driver::<Memory, Object>();
    let catalogue = objects.connect::<_, Kubernetes>(&Arc::new(InMemory(memory.clone())));
    Engine::new(MemoryStore::new(), catalogue.merge(chart::kinds(&helm)).backend())
}

fn declare(chart: Chart) -> Stack {
    let (mut stack, cluster) = empty();
    let manifest = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}});
    let namespace = stack.add(&cluster, "namespace", Object::from_value(manifest));
    stack.add(&cluster, "web", chart.set("role", namespace.uid()));
    stack
}

fn web(template: &str) -> TestChart {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata:\n  first: \"1\"\n";
    let other = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n";
    chart(&[("values.yaml", "role: \"\"\n"), ("templates/a.yaml", &format!("{config}{template}\n{other}"))])
}

#[tokio::test]
async fn what_was_planned_is_applied_and_the_next_plan_is_empty() {
    for program in programs() {
        let chart = web("  role: {{ .Values.role | quote }}\n  sum: {{ .Values.role | sha256sum }}");
        let memory = Memory::instant().with(kube::kinds());
        let engine = engine(&program, &chart, &memory);
        let stack = declare(chart.with(&program));
        let plan = engine.plan(&stack).await.unwrap();
        assert_eq!(plan.steps.len(), 4, "{plan}");
        let report = engine.apply(plan, Quiet).await.unwrap();
        assert!(report.is_success(), "{report}");
        assert_eq!(memory.len(), 3);
        let plan = engine.plan(&stack).await.unwrap();
        assert!(plan.is_empty(), "{plan}");
        let report = engine.apply(engine.destroy(&stack).await.unwrap(), Quiet).await.unwrap();
        assert!(report.is_success() && memory.is_empty(), "{report}");
    }
}

#[tokio::test]
async fn what_only_the_real_value_decides_is_refused() {
    // The id has 36 characters, and nothing that stands in for it has.
    for (template, part) in [
        ("{{ if eq (len .Values.role) 36 }}  second: \"2\"\n{{ end }}", "`ConfigMap/config` differs"),
        (
            "  role: {{ if eq (len .Values.role) 36 }}x{{ else }}{{ .Values.role | quote }}{{ end }}",
            "is \"x\", and",
        ),
        (
            "{{ if eq (len .Values.role) 36 }}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: third}{{ end }}",
            "`ConfigMap/third` was not planned",
        ),
        ("{{ if eq (len .Values.role) 36 }}{{ fail \"too long\" }}{{ end }}", "too long"),
    ] {
        for program in programs() {
            let chart = web(template);
            let memory = Memory::instant().with(kube::kinds());
            let engine = engine(&program, &chart, &memory);
            let stack = declare(chart.with(&program));
            let plan = engine.plan(&stack).await.unwrap();
            let report = engine.apply(plan, Quiet).await.unwrap();
            let text = report.to_string();
            assert!(!report.is_success() && text.contains(part), "{part}: {text}");
            assert_eq!(memory.len(), 1, "only the namespace: {text}");
            // The id is known by now, so that the plan tells it.
            let plan = engine.plan(&stack).await.unwrap();
            assert!(plan.to_string().contains(part), "{plan}");
        }
    }
}

#[tokio::test]
async fn a_chart_that_has_changed_since_it_was_planned_is_refused() {
    for program in programs() {
        let chart = web("  role: {{ .Values.role | quote }}");
        let memory = Memory::instant().with(kube::kinds());
        let engine = engine(&program, &chart, &memory);
        let stack = declare(chart.with(&program));
        let plan = engine.plan(&stack).await.unwrap();
        chart.write("values.yaml", "role: x\n");
        let report = engine.apply(plan, Quiet).await.unwrap();
        assert!(report.to_string().contains("has changed since it was planned"), "{report}");
        assert_eq!(memory.len(), 1);
    }
}

#[tokio::test]
async fn what_is_pinned_or_hidden_is_not_compared() {
    for program in programs() {
        let template = "  role: {{ .Values.role | quote }}\n  token: {{ randAlphaNum 9 }}\n  login: {{ .Values.login | quote }}";
        let chart = web(template);
        let memory = Memory::instant().with(kube::kinds());
        let engine = engine(&program, &chart, &memory);
        let other =
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: anew}\ndata: {token: {{ randAlphaNum 9 }}}\n";
        chart.write("templates/b.yaml", other);
        let declared = chart.with(&program).pin("ConfigMap/config", "/data/token", "x");
        let declared = declared.leave_out("ConfigMap/anew");
        let stack = declare(declared.set_sensitive("login", "hunter2".to_owned()));
        let report = engine.apply(engine.plan(&stack).await.unwrap(), Quiet).await.unwrap();
        assert!(report.is_success(), "{report}");
        assert_eq!(memory.len(), 3);
    }
}
