//! Values that a chart does not know.

use crate::bench::{chart, engine, programs, stack};
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
