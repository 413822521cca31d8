//! What a chart renders becomes objects.

use crate::bench::{apply, chart, empty, engine, programs, stack, steps};
use deathstar_addons::chart::Stands;
use deathstar_core::{
    apply::Quiet,
    kube::{Object, Outputs as _},
    plan::Action,
};
use serde_json::json;

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-config, labels: {app.kubernetes.io/managed-by: {{ .Release.Service }}}}\n\
    data:\n{{- range $key, $value := .Values.data }}\n  {{ $key }}: {{ $value | quote }}\n{{- end }}\n";

#[tokio::test]
async fn an_upgrade_is_a_difference_of_fields() {
    for program in programs() {
        let chart = chart(&[("values.yaml", "data: {a: one}\n"), ("templates/config.yaml", CONFIG)]);
        let engine = engine();
        let (first, refs) = stack(chart.with(&program).values(json!({"data": {"b": "two"}})));
        assert_eq!(
            refs.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>(),
            ["ConfigMap/shop/shop-config"]
        );
        apply(&engine, &first).await;
        assert!(engine.plan(&first).await.unwrap().is_empty());
        let (second, _) = stack(chart.with(&program).values(json!({"data": {"b": "three"}})));
        let plan = engine.plan(&second).await.unwrap();
        assert_eq!(steps(&plan), [(Action::Update, "web/configmap/shop/shop-config".to_owned())]);
        let text = plan.to_string();
        assert!(text.contains("two") && text.contains("three") && !text.contains("one"), "{text}");
        let object = second.addresses().count();
        assert_eq!(object, 1);
    }
}

#[tokio::test]
async fn labels_stay_as_they_are_rendered() {
    for program in programs() {
        let chart = chart(&[("templates/config.yaml", CONFIG)]);
        let (stack, _) = stack(chart.with(&program));
        let text = engine().plan(&stack).await.unwrap().to_json();
        assert!(text.contains(r#""app.kubernetes.io/managed-by":"Helm""#), "{text}");
    }
}

#[tokio::test]
async fn objects_stand_where_their_kind_says() {
    for program in programs() {
        let chart = chart(&[
            (
                "templates/a.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: here}\n---\napiVersion: v1\nkind: ConfigMap\n\
                metadata: {name: there, namespace: kube-system}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n\
                metadata: {name: \"a:b\", namespace: ignored}\n---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n\
                - {apiVersion: v1, kind: Secret, metadata: {name: s}, data: {k: dg==}}\n",
            ),
            ("templates/NOTES.txt", "Thank you.\n"),
            ("templates/_names.tpl", "{{- define \"x\" }}y{{ end }}"),
        ]);
        let (stack, refs) = stack(chart.with(&program).create_namespace());
        let names: Vec<_> = refs.iter().map(|(id, _)| id.to_string()).collect();
        let expected = [
            "ConfigMap/kube-system/there",
            "ConfigMap/shop/here",
            "Namespace/shop",
            "Secret/shop/s",
            "ClusterRole.rbac.authorization.k8s.io/a:b",
        ];
        let mut sorted = names.clone();
        sorted.sort();
        let mut wanted = expected.map(str::to_owned).to_vec();
        wanted.sort();
        assert_eq!(sorted, wanted);
        let plan = engine().plan(&stack).await.unwrap();
        assert_eq!(plan.steps[0].address.as_str(), "web/namespace/shop");
        assert!(!plan.to_json().contains("dg=="));
    }
}

#[tokio::test]
async fn definitions_come_along_and_say_where_their_objects_stand() {
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ships.example.com}\n\
        spec: {group: example.com, scope: Cluster, names: {kind: Ship, plural: ships}, versions: [{name: v1, served: true, storage: true}]}\n";
    let template = "{{- if .Capabilities.APIVersions.Has \"example.com/v1/Ship\" }}\napiVersion: example.com/v1\nkind: Ship\n\
        metadata: {name: one}\n{{- end }}\n";
    for program in programs() {
        let brings = chart(&[("crds/ships.yaml", definition), ("templates/ship.yaml", template)]);
        let (_, refs) = stack(brings.with(&program));
        assert!(refs.get("Ship.example.com/one").is_some());
        assert!(refs.get("CustomResourceDefinition.apiextensions.k8s.io/ships.example.com").is_some());
        let (_, refs) = stack(brings.with(&program).without_definitions());
        assert!(refs.is_empty());

        // Declared before, by somebody else.
        let (mut stack, cluster) = empty();
        stack.add(&cluster, "crds", deathstar_core::kube::Manifests::parse(definition).unwrap());
        let refs = stack.add(&cluster, "web", chart(&[("templates/ship.yaml", template)]).with(&program));
        assert_eq!(refs.len(), 1);
        assert!(refs.get("Ship.example.com/one").is_some());
    }
}

#[tokio::test]
async fn a_kind_that_nobody_defines_is_asked_for() {
    let chart =
        chart(&[("templates/ship.yaml", "apiVersion: example.com/v1\nkind: Ship\nmetadata: {name: one}\n")]);
    for finding in chart.findings(|chart| chart).await {
        assert!(
            finding.contains("chart.kind") && finding.contains(r#"serves("example.com/v1", "Ship", ..)"#),
            "{finding}"
        );
    }
    for program in programs() {
        let (_, refs) = stack(chart.with(&program).serves("example.com/v1", "Ship", Stands::Namespaced));
        assert!(refs.get("Ship.example.com/shop/one").is_some());
    }
}

#[tokio::test]
async fn what_the_cluster_does_not_serve_is_a_finding() {
    let chart = chart(&[(
        "templates/a.yaml",
        "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\n\
         metadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n",
    )]);
    for findings in chart.findings(|chart| chart).await {
        assert!(findings.contains("`policy/v1`") && findings.contains("web/templates/a.yaml"), "{findings}");
        assert!(findings.contains("`ConfigMap/shop/a` is rendered twice"), "{findings}");
    }
}

#[tokio::test]
async fn a_part_is_renamed_and_switched_off() {
    for program in programs() {
        let chart = chart(&[
            (
                "Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.0.0, alias: store, condition: store.enabled}\n",
            ),
            ("values.yaml", "store: {enabled: true}\n"),
            ("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"),
            ("charts/db/values.yaml", "size: 1\n"),
            (
                "charts/db/templates/a.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: db}\ndata: {size: {{ .Values.size | quote }}}\n",
            ),
        ]);
        let (with, refs) = stack(chart.with(&program).set("store.size", 2));
        assert_eq!(refs.len(), 1);
        let plan = engine().plan(&with).await.unwrap();
        assert!(plan.notes.is_empty(), "{:?}", plan.notes);
        assert!(plan.to_json().contains(r#""size":"2""#));
        let (_, refs) = stack(chart.with(&program).set("store.enabled", false));
        assert!(refs.is_empty());
    }
}

#[tokio::test]
async fn helms_own_words_are_one_finding() {
    for (template, parts) in [
        ("{{ fail \"no way\" }}", ["web/templates/a.yaml", "no way"]),
        ("{{ .Values.a.b.c }}", ["web/templates/a.yaml", "nil pointer"]),
        ("a: [", ["web/templates/a.yaml", "YAML"]),
        ("{{ .Values.a", ["web/templates/a.yaml", "unclosed action"]),
        ("a: 1", ["web/templates/a.yaml", "kind"]),
    ] {
        for findings in chart(&[("templates/a.yaml", template)]).findings(|chart| chart).await {
            for part in parts.into_iter().chain(["1 finding", "web: ", "hint: "]) {
                assert!(findings.contains(part), "{part}: {findings}");
            }
            assert!(!findings.contains("--debug"), "{findings}");
        }
    }
}

#[tokio::test]
async fn what_an_object_tells_is_an_output_and_what_a_chart_waits_for_comes_first() {
    for program in programs() {
        let chart = chart(&[("templates/config.yaml", CONFIG)]);
        let (mut stack, cluster) = empty();
        let manifest = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}});
        let other = stack.add(&cluster, "other", Object::from_value(manifest));
        let declared = chart.with(&program).tell("ConfigMap/shop-config", "/data/a").after(&other);
        let refs = stack.add(&cluster, "web", declared);
        let config = refs.get("ConfigMap/shop/shop-config").unwrap();
        stack.export("a", &config.told::<String>("/data/a"));
        let engine = engine();
        let plan = engine.plan(&stack).await.unwrap();
        let of = |at: &str| plan.steps.iter().find(|step| step.address.as_str() == at).unwrap();
        assert!(of("web/configmap/shop/shop-config").after.contains(&of("other").id), "{plan}");
        let report = engine.apply(plan, Quiet).await.unwrap();
        let told = report.value(&config.told::<String>("/data/a")).unwrap();
        assert!(told.starts_with("shop-config"), "{told}");
    }
}
