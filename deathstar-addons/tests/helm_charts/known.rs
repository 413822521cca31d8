//! Values that a chart does not know.

use crate::{
    bench::{chart, engine, programs, stack},
    counterpart::beside,
};
use serde_json::json;

const SCHEMA: &str = r#"{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": false,
    "properties": {"replicas": {"type": "integer"}, "image": {"type": "object", "additionalProperties": false, "properties": {"tag": {"type": "string"}}}}}"#;
const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\n";

#[tokio::test]
async fn a_schema_refuses_with_the_path() {
    let chart = chart(&[("values.schema.json", SCHEMA), ("templates/a.yaml", CONFIG)]);
    let values = json!({"replicas": "two", "image": {"tga": "x"}, "image tag": 1});
    for findings in chart.findings(|chart| chart.values(&values)).await {
        for part in [
            "3 findings",
            "chart.schema",
            "web/replicas: ",
            "web/image: ",
            "'tga' not allowed",
            "'image tag' not allowed",
        ] {
            assert!(findings.contains(part), "{part}: {findings}");
        }
    }
}

#[tokio::test]
async fn without_a_schema_a_slip_is_a_remark() {
    for program in programs() {
        let chart = chart(&[("values.yaml", "replicas: 1\nannotations: {}\n"), ("templates/a.yaml", CONFIG)]);
        let values = json!({"replica": 2, "annotations": {"x": "y"}});
        let plan = |values| {
            let (stack, _) = stack(chart.with(&program).values(values));
            async move { engine().plan(&stack).await.unwrap().to_string() }
        };
        let text = plan(values).await;
        assert!(
            text.contains("web: the chart has no value `/replica` by default (did you mean `replicas`?)"),
            "{text}"
        );
        let text = plan(json!({"replicas": 2, "annotations": {"x": "y"}})).await;
        assert!(!text.contains("no value"), "{text}");
    }
}

#[derive(serde::Serialize)]
struct Login {
    password: deathstar_core::Sensitive<String>,
}

#[tokio::test]
async fn what_is_none_stays_as_it_is() {
    let template = format!(
        "{CONFIG}data: {{color: {{{{ .Values.color | quote }}}}, size: {{{{ .Values.size | quote }}}}}}\n"
    );
    for program in programs() {
        let chart = chart(&[("values.yaml", "color: red\nsize: big\n"), ("templates/a.yaml", &template)]);
        let values = json!({"color": null, "size": null});
        let (stack, _) = stack(chart.with(&program).values(values).set("size", serde_json::Value::Null));
        let json = engine().plan(&stack).await.unwrap().to_json();
        assert!(json.contains(r#""color":"red""#) && !json.contains("big"), "{json}");
    }
}

#[tokio::test]
async fn values_that_are_no_values_are_told() {
    let chart = chart(&[("templates/a.yaml", CONFIG)]);
    let login = || Login { password: "hunter2".to_owned().into() };
    let findings =
        chart.findings(|chart| chart.values(1).values(login()).set("a..b", 1).set("/a", 1).set("/a/b", 2));
    for findings in findings.await {
        for part in [
            "4 findings",
            "are a map",
            "`Chart::set_sensitive`",
            "`a..b` has an empty part",
            "`/a` is neither",
        ] {
            assert!(findings.contains(part), "{part}: {findings}");
        }
    }
}

/// The default values of charts that many use, beside the clone: each chart knows its own, and those with a schema refuse what it
/// does not know. Templates are not there. A few of them, or with `DEATHSTAR_CHARTS=all` all.
#[tokio::test]
async fn charts_of_others_know_their_own_values() {
    let Some(charts) = beside("charts") else { return };
    let entries = std::fs::read_dir(&charts).unwrap();
    let Some(program) = programs().into_iter().next() else { return };
    let all = std::env::var_os("DEATHSTAR_CHARTS").is_some_and(|which| which == "all");
    let (mut known, mut refused) = (0, 0);
    for entry in entries {
        let directory = entry.unwrap().path();
        if !all && !["argo-cd", "cert-manager", "external-dns"].iter().any(|name| directory.ends_with(name)) {
            continue;
        }
        let Ok(values) = std::fs::read_to_string(directory.join("values.yaml")) else { continue };
        let chart = chart(&[("values.yaml", &values), ("templates/a.yaml", CONFIG)]);
        let schema = std::fs::read_to_string(directory.join("values.schema.json")).ok();
        if let Some(schema) = &schema {
            chart.write("values.schema.json", schema);
        }
        let own = deathstar_core::kube::read_yaml(&values, "values.yaml").unwrap().into_iter().next();
        let plan = |values: serde_json::Value| {
            let (stack, _) = stack(chart.with(&program).values(values));
            async move {
                engine().plan(&stack).await.map(|plan| plan.to_string()).map_err(|error| error.to_string())
            }
        };
        match plan(own.unwrap_or_else(|| json!({}))).await {
            Ok(text) => assert!(!text.contains("no value"), "{}: {text}", directory.display()),
            // There are schemas that refuse what the chart itself says.
            Err(findings) => {
                assert!(schema.is_some() && findings.contains("chart.schema"), "{findings}");
                continue;
            }
        }
        known += 1;
        match plan(json!({"notAValueOfAnyChart": 1})).await {
            Ok(text) => assert!(text.contains("no value `/notAValueOfAnyChart`"), "{text}"),
            Err(findings) => {
                assert!(
                    schema.is_some()
                        && findings.contains("chart.schema")
                        && findings.contains("notAValueOfAnyChart"),
                    "{findings}"
                );
                refused += 1;
            }
        }
    }
    println!("{known} charts, {refused} with a schema that refuses");
    assert!(known > 0 && refused > 0);
}
