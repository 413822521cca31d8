//! Values that are known only when something else is made.

use crate::bench::{TestChart, apply, chart, empty, memory, programs, steps};
use deathstar_addons::chart::Chart;
use deathstar_core::{
    Engine, Memory, Output, Stack,
    apply::Quiet,
    kube::{Object, Outputs as _},
    plan::Action,
    state::MemoryStore,
};
use serde_json::{Value, json};

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata:\n";

fn config(lines: &str) -> TestChart {
    chart(&[("values.yaml", "role: \"\"\nport: 80\n"), ("templates/a.yaml", &format!("{CONFIG}{lines}"))])
}

/// A stack with an object whose id is known only later, and a chart that is given that.
fn with_output(chart: impl FnOnce(&Output<String>) -> Chart) -> Stack {
    let (mut stack, cluster) = empty();
    let manifest = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}});
    let namespace = stack.add(&cluster, "namespace", Object::from_value(manifest));
    stack.add(&cluster, "web", chart(&namespace.uid()));
    stack
}

/// The chart's one config map, as it was made.
fn data(memory: &Memory) -> Value {
    let objects = memory.objects();
    let map = objects.iter().find(|object| object.spec["kind"] == "ConfigMap").expect("it was made");
    map.spec["body"]["data"].clone()
}

fn uid(memory: &Memory) -> String {
    let objects = memory.objects();
    let namespace = objects.iter().find(|object| object.spec["kind"] == "Namespace").expect("it was made");
    namespace.outputs["uid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_place_comes_out_as_helm_renders_it() {
    let lines = "  plain: {{ .Values.role }}\n  quoted: {{ .Values.role | quote }}\n  part: \"arn:{{ .Values.role }}:x\"\n  \
        encoded: {{ .Values.role | b64enc }}\n  sum: {{ .Values.role | sha256sum }}\n  short: {{ .Values.role | trunc 8 | quote }}\n  \
        upper: {{ .Values.role | upper }}\n  known: \"1\"\n";
    for program in programs() {
        let (chart, memory) = (config(lines), memory());
        let engine = Engine::new(MemoryStore::new(), memory.clone());
        let stack = with_output(|uid| chart.with(&program).set("/role", uid));
        let plan = engine.plan(&stack).await.unwrap();
        let text = plan.to_string();
        assert!(!text.contains("deathstar0") && !plan.to_json().contains("web/templates"), "{text}");
        assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
        let uid = uid(&memory);
        let made = data(&memory);
        assert_eq!(made["plain"], json!(uid));
        assert_eq!(made["quoted"], json!(uid));
        assert_eq!(made["part"], json!(format!("arn:{uid}:x")));
        assert_eq!(made["short"], json!(uid[..8]));
        assert_eq!(made["upper"], json!(uid.to_uppercase()));
        assert_eq!(made["encoded"].as_str().map(str::len), Some(48));
        assert_eq!(made["sum"].as_str().map(str::len), Some(64));
        assert!(engine.plan(&stack).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn numbers_are_quoted_where_the_template_quotes_them() {
    let lines = "  quoted: {{ .Values.port | quote }}\n  url: http://web:{{ .Values.port }}\n";
    for program in programs() {
        let chart = config(lines);
        chart.write(
            "templates/b.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: {{ .Values.port }}}]}\n",
        );
        let memory = memory();
        let engine = Engine::new(MemoryStore::new(), memory.clone());
        let stack = with_output(|_| {
            let port = Output::<u16>::from_expr(deathstar_core::Expr::Call("concat".into(), vec![]));
            chart.with(&program).set("port", port)
        });
        // What the call gives is a text, so that it differs from what a number would be.
        let plan = engine.plan(&stack).await.unwrap();
        let json = plan.to_json();
        assert!(!json.contains("http://web:2") && !json.contains("http://web:3"), "{json}");
    }
}

#[tokio::test]
async fn what_decides_more_than_a_value_is_named() {
    let service = |name: &str| format!("apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n");
    for (template, what) in [
        (service("web-{{ .Values.role }}"), "which objects there are: `Service/web-</role>`"),
        (
            format!("{CONFIG}  key-{{{{ .Values.role }}}}: x\n"),
            "the structure of `ConfigMap/config` at `/data/key-</role>`",
        ),
        (
            format!("{CONFIG}  a: b\n{{{{ if hasPrefix \"d\" .Values.role }}}}  c: d\n{{{{ end }}}}"),
            "the structure of `ConfigMap/config` at `/data/c`",
        ),
        (
            format!(
                "{CONFIG}  a: b\n{{{{ if hasPrefix \"d\" .Values.role }}}}---\n{}{{{{ end }}}}",
                service("x")
            ),
            "which objects there are: `Service/x`",
        ),
        (service("web\n  , namespace: {{ .Values.role }}"), "which objects there are"),
        (
            format!(
                "{}, annotations: {{helm.sh/hook-weight: \"{{{{ .Values.role | len }}}}\"}}}}\n",
                service("x").trim_end().trim_end_matches('}')
            ),
            "helm.sh~1hook-weight",
        ),
    ] {
        let chart = config("  a: b\n");
        chart.write("templates/a.yaml", &template);
        for program in programs() {
            let stack = with_output(|uid| {
                chart.with(&program).set("role", uid).set("other", uid.call::<String>("concat", ["x".into()]))
            });
            let findings =
                Engine::new(MemoryStore::new(), memory()).plan(&stack).await.unwrap_err().to_string();
            let parts = [
                "1 finding",
                "chart.structure",
                "the value at `/role`, which comes from `namespace/outputs/uid`",
                what,
            ];
            for part in parts {
                assert!(findings.contains(part), "{part}: {findings}");
            }
        }
    }
}

#[tokio::test]
async fn a_value_that_is_true_or_false_has_to_be_known() {
    for program in programs() {
        let chart = config("  on: {{ .Values.on | quote }}\n");
        let stack = |chart: Chart| with_output(|uid| chart.set("on", uid.call::<bool>("concat", [])));
        let plan =
            |stack| async move { Engine::new(MemoryStore::new(), memory()).plan(&stack).await.map(|_| ()) };
        let findings = plan(stack(chart.with(&program))).await.unwrap_err().to_string();
        assert!(findings.contains("`/on`") && findings.contains("stand_in"), "{findings}");
        plan(stack(chart.with(&program).stand_in("on", true, false))).await.unwrap();
    }
}

#[tokio::test]
async fn a_chart_that_takes_a_certain_form_is_given_an_example() {
    let lines = "  role: {{ if regexMatch \"^arn:\" .Values.role }}{{ .Values.role | quote }}{{ else }}{{ fail (printf \"no role: %s\" .Values.role) }}{{ end }}\n";
    for program in programs() {
        let chart = config(lines);
        let plan = |chart: Chart| async {
            let stack = with_output(|uid| chart.set("role", uid));
            let engine = Engine::new(MemoryStore::new(), memory());
            engine.plan(&stack).await.map(|plan| plan.to_json()).map_err(|error| error.to_string())
        };
        let findings = plan(chart.with(&program)).await.unwrap_err();
        assert!(findings.contains("no role: </role>") && findings.contains("Chart::stand_in"), "{findings}");
        let json = plan(chart.with(&program).stand_in("role", "arn:one", "arn:two")).await.unwrap();
        assert!(!json.contains("arn:one"), "{json}");
    }
}

#[tokio::test]
async fn a_list_that_is_known_only_later_is_told_by_the_rendering() {
    for program in programs() {
        let chart = config("  list: {{ .Values.subnets | toJson | quote }}\n");
        let stack = with_output(|uid| chart.with(&program).set("subnets", json!([uid_of(uid), "known"])));
        let engine = Engine::new(MemoryStore::new(), memory());
        let plan = engine.plan(&stack).await.unwrap();
        assert_eq!(
            plan.steps.iter().filter(|step| step.action == Action::Ask).count(),
            1,
            "{:?}",
            steps(&plan)
        );
    }
}

fn uid_of(uid: &Output<String>) -> Value {
    serde_json::to_value(deathstar_core::Input::<String>::from(uid)).unwrap()
}

#[tokio::test]
async fn a_typed_value_may_hold_what_is_known_later() {
    #[derive(serde::Serialize)]
    struct Values {
        role: deathstar_core::Input<String>,
        replicas: u8,
    }
    for program in programs() {
        let chart =
            config("  role: {{ .Values.role | quote }}\n  replicas: {{ .Values.replicas | quote }}\n");
        let memory = memory();
        let engine = Engine::new(MemoryStore::new(), memory.clone());
        let stack = with_output(|uid| chart.with(&program).values(Values { role: uid.into(), replicas: 2 }));
        apply(&engine, &stack).await;
        assert_eq!(data(&memory), json!({"role": uid(&memory), "replicas": "2"}));
    }
}

#[tokio::test]
async fn a_secret_value_is_shown_nowhere() {
    let lines = "  url: \"postgres://web:{{ .Values.password }}@db\"\n  sum: {{ .Values.password | sha256sum }}\n  role: {{ .Values.role | quote }}\n";
    for program in programs() {
        let chart = config(lines);
        chart.write(
            "templates/b.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {password: {{ .Values.password | b64enc }}}\n",
        );
        let memory = memory();
        let engine = Engine::new(MemoryStore::new(), memory.clone());
        let stack = |password: &str| {
            with_output(|uid| {
                chart.with(&program).set("role", uid).set_sensitive("password", password.to_owned())
            })
        };
        let one = stack("hunter2hunter2");
        let plan = engine.plan(&one).await.unwrap();
        for text in [plan.to_json(), plan.to_string(), format!("{one:?}")] {
            assert!(!text.contains("hunter2") && !text.contains("aHVudGVyMm"), "{text}");
        }
        assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
        assert!(engine.plan(&one).await.unwrap().is_empty());
        let other = stack("hunter3hunter3");
        let plan = engine.plan(&other).await.unwrap();
        let changed: Vec<_> =
            steps(&plan).into_iter().filter(|(action, _)| *action == Action::Update).collect();
        assert_eq!(changed.len(), 2, "{plan}");
        assert!(!plan.to_string().contains("hunter"), "{plan}");
        drop(memory);
    }
}

#[tokio::test]
async fn a_secret_value_that_decides_what_is_rendered_is_refused() {
    let chart = config("  {{ .Values.password }}: x\n");
    for findings in chart.findings(|chart| chart.set_sensitive("password", "hunter2".to_owned())).await {
        assert!(findings.contains("chart.secret") && !findings.contains("hunter2"), "{findings}");
    }
}

#[tokio::test]
async fn the_in_memory_cloud_refuses_what_was_not_planned() {
    let lines =
        "  role: {{ .Values.role | quote }}\n{{ if eq (len .Values.role) 36 }}  second: \"2\"\n{{ end }}";
    for program in programs() {
        let (chart, memory) = (config(lines), memory());
        let stack = with_output(|uid| chart.with(&program).set("/role", uid));
        let engine = Engine::new(MemoryStore::new(), memory.clone());
        let report = engine.apply(engine.plan(&stack).await.unwrap(), Quiet).await.unwrap();
        assert!(report.to_string().contains("`ConfigMap/config` differs"), "{report}");
        assert_eq!(memory.len(), 1, "only the namespace");
    }
}

#[tokio::test]
async fn one_value_in_two_places_is_equal_to_itself() {
    let lines = "{{ if eq .Values.role .Values.other }}  equal: \"yes\"\n{{ end }}  role: {{ .Values.role | quote }}\n";
    for program in programs() {
        let (chart, memory) = (config(lines), memory());
        let engine = Engine::new(MemoryStore::new(), memory.clone());
        let stack = with_output(|uid| chart.with(&program).set("role", uid).set("other", uid));
        apply(&engine, &stack).await;
        assert_eq!(data(&memory)["equal"], "yes");
    }
}
