//! Charts that render something else each time.

use crate::bench::{apply, chart, engine, programs, stack};
use deathstar_core::plan::Action;

const RANDOM: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {token: {{ randAlphaNum 20 }}, known: a}\n";
const SECRET: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {password: {{ randAlphaNum 20 | b64enc }}}\n";

#[tokio::test]
async fn the_field_and_the_ways_out_are_told() {
    for findings in chart(&[("templates/a.yaml", RANDOM)]).findings(|chart| chart).await {
        for part in [
            "1 finding",
            "chart.unstable",
            "`/data/token` of `ConfigMap/config`",
            "web/templates/a.yaml",
            "Chart::pin(\"ConfigMap/config\", \"/data/token\", ..)",
            "Chart::ignore(\"ConfigMap/config\", \"/data/token\")",
        ] {
            assert!(findings.contains(part), "{part}: {findings}");
        }
    }
    let certificate = "{{ $ca := genCA \"web\" 1 }}apiVersion: v1\nkind: Secret\nmetadata: {name: tls}\ndata: {ca.crt: {{ $ca.Cert | b64enc }}}\n";
    for findings in chart(&[("templates/a.yaml", certificate)]).findings(|chart| chart).await {
        assert!(findings.contains("`/data/ca.crt` of `Secret/tls`"), "{findings}");
    }
    let lookup = "{{ $old := lookup \"v1\" \"Secret\" \"shop\" \"db\" }}apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n\
        stringData: {password: {{ if $old }}{{ $old.data.password }}{{ else }}{{ uuidv4 }}{{ end }}}\n";
    for findings in chart(&[("templates/a.yaml", lookup)]).findings(|chart| chart).await {
        assert!(findings.contains("`/stringData/password` of `Secret/db`"), "{findings}");
    }
}

#[tokio::test]
async fn a_name_that_comes_out_anew_is_told() {
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: x{{ randNumeric 5 }}}\n";
    for findings in chart(&[("templates/a.yaml", job)]).findings(|chart| chart).await {
        assert!(findings.contains("has another name each time"), "{findings}");
    }
}

#[tokio::test]
async fn an_ignored_field_stays_as_it_was_first_made() {
    for program in programs() {
        let chart = chart(&[("templates/a.yaml", RANDOM)]);
        let engine = engine();
        let declare = || stack(chart.with(&program).ignore("ConfigMap/shop/config", "/data/token")).0;
        apply(&engine, &declare()).await;
        let again = declare();
        let plan = engine.plan(&again).await.unwrap();
        assert!(plan.is_empty(), "{plan}");
        chart.write("templates/a.yaml", &RANDOM.replace("known: a", "known: b"));
        std::fs::remove_file(chart.lock()).unwrap();
        let changed = declare();
        let plan = engine.plan(&changed).await.unwrap();
        assert_eq!(plan.steps.len(), 1, "{plan}");
        assert_eq!(plan.steps[0].action, Action::Update);
        assert!(!plan.to_string().contains("token"), "{plan}");
    }
}

#[tokio::test]
async fn a_pinned_field_has_the_value_that_is_given() {
    for program in programs() {
        let chart = chart(&[("templates/a.yaml", RANDOM), ("templates/b.yaml", SECRET)]);
        let declare = |token: &str, password: &str| {
            let chart = chart.with(&program).pin("ConfigMap/config", "/data/token", token);
            stack(chart.pin_sensitive("Secret/shop/db", "/data/password", password.to_owned())).0
        };
        let engine = engine();
        let first = declare("one", "hunter2");
        let plan = engine.plan(&first).await.unwrap();
        assert!(plan.to_json().contains(r#""token":"one""#) && !plan.to_json().contains("hunter2"));
        apply(&engine, &first).await;
        assert!(engine.plan(&first).await.unwrap().is_empty());
        assert_eq!(engine.plan(&declare("two", "hunter2")).await.unwrap().steps.len(), 1);
        assert_eq!(engine.plan(&declare("one", "hunter3")).await.unwrap().steps.len(), 1);
    }
}

#[tokio::test]
async fn what_is_left_out_may_come_out_anew() {
    for program in programs() {
        let chart = chart(&[("templates/a.yaml", RANDOM), ("templates/b.yaml", SECRET)]);
        let declared = chart.with(&program).leave_out("Secret/shop/db").leave_out("ConfigMap/config");
        let (stack, refs) = stack(declared);
        assert!(refs.is_empty());
        engine().plan(&stack).await.unwrap();
    }
}

#[tokio::test]
async fn values_of_a_secret_cannot_be_left_as_they_were_made() {
    let chart = chart(&[("templates/b.yaml", SECRET)]);
    for findings in chart.findings(|chart| chart.ignore("Secret/shop/db", "/data/password")).await {
        assert!(findings.contains("chart.option") && findings.contains("pin_sensitive"), "{findings}");
    }
}

#[tokio::test]
async fn an_option_for_what_is_not_there_is_told() {
    let chart = chart(&[("templates/a.yaml", RANDOM)]);
    let findings = chart.findings(|chart| {
        chart.ignore("ConfigMap/config", "/data/token").tell("ConfigMap/shop/confg", "/data/known")
    });
    for findings in findings.await {
        assert!(findings.contains("did you mean `ConfigMap/shop/config`?"), "{findings}");
    }
    for findings in chart.findings(|chart| chart.ignore("config", "/data/token")).await {
        assert!(findings.contains("`config` names no object"), "{findings}");
    }
}
