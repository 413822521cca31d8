//! Secret values: where they are nowhere, and that they are compared all the same.

use std::fs;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use deathstar_core::apply::Quiet;
use deathstar_core::kube::{Access, Object};
use deathstar_core::plan::{Plan, RenderOptions};
use deathstar_core::state::FileStore;
use deathstar_core::{Engine, PlanOptions, Stack};
use serde_json::json;

use crate::bench::file;
use crate::world::World;

/// What no text may hold, as it is and as the API encodes it.
const VALUES: [&str; 3] = ["hunter2-first", "hunter2-second", "hunter2-theirs"];

fn assert_hidden(what: &str, text: &str) {
    let base64 = &base64::engine::general_purpose::STANDARD;
    for value in VALUES {
        assert!(!text.contains(value), "{what} tells {value}");
        let encoded = base64.encode(value);
        assert!(!text.contains(encoded.trim_end_matches('=')), "{what} tells {value} in base64");
    }
}

fn assert_plan_hides(plan: &Plan<'_>) {
    assert_hidden("a plan", &plan.render(&RenderOptions { full: true, ..RenderOptions::default() }));
    assert_hidden("a plan's JSON", &plan.to_json());
    assert_hidden("a plan's debug output", &format!("{plan:?}"));
}

/// Reads all files, and answers how many bytes they have.
fn assert_files_hide(directory: &Path) -> usize {
    let mut read = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read += assert_files_hide(&path);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        assert_hidden(&path.display().to_string(), &String::from_utf8_lossy(&bytes));
        read += bytes.len();
    }
    read
}

struct Hidden {
    world: World,
    state: tempfile::TempDir,
    engine: Engine,
}

impl Hidden {
    async fn of(test: &str) -> Option<Self> {
        let world = World::of(test).await?;
        let state = tempfile::tempdir().unwrap();
        let access = Access::of_kubeconfigs().poll(Duration::from_millis(50));
        let engine = Engine::new(FileStore::open(state.path().join("state")).unwrap(), access);
        Some(Self { world, state, engine })
    }

    fn stack(&self, value: &str) -> Stack {
        self.world.stack([("db", secret(value))])
    }

    async fn settle(&self, stack: &Stack) {
        let plan = self.engine.plan(stack).await.unwrap();
        assert_plan_hides(&plan);
        let report = self.engine.apply(plan, Quiet).await.unwrap();
        assert!(report.is_success(), "{report}");
        assert_hidden("a report", &format!("{report} {report:?}"));
        assert!(assert_files_hide(self.state.path()) > 0);
        let plan = self.engine.plan(stack).await.unwrap();
        assert!(plan.is_empty(), "{plan}");
    }
}

fn secret(value: &str) -> Object {
    let secret = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "db" }, "data": { "user": "am8=" } });
    Object::from_value(secret).set_sensitive("/stringData/password", value.to_owned())
}

#[tokio::test]
async fn a_value_is_in_no_plan_no_journal_no_report_and_no_annotation() {
    let Some(hidden) = Hidden::of("hidden").await else { return };
    hidden.settle(&hidden.stack(VALUES[0])).await;
    let second = hidden.stack(VALUES[1]);
    let plan = hidden.engine.plan(&second).await.unwrap();
    let text = plan.to_string();
    assert!(text.contains("data.password:  *** -> ***  (another value)"), "{text}");
    assert!(!text.contains("data.user"), "only what changes: {text}");
    hidden.settle(&second).await;
    let is = hidden.world.kubectl(&["get", "secret", "db", "--output=json"]);
    let is: serde_json::Value = serde_json::from_str(&is).unwrap();
    assert_eq!(is["data"]["user"], "am8=");
    assert_hidden("its metadata", &is["metadata"].to_string());
}

#[tokio::test]
async fn what_stands_on_the_object_does_not_depend_on_the_value() {
    let Some(hidden) = Hidden::of("digest").await else { return };
    let annotations =
        || hidden.world.kubectl(&["get", "secret", "db", "--output=jsonpath={.metadata.annotations}"]);
    hidden.settle(&hidden.stack(VALUES[0])).await;
    let first = annotations();
    assert!(first.contains("deathstar.dev/applied"), "{first}");
    hidden.settle(&hidden.stack(VALUES[1])).await;
    assert_eq!(annotations(), first, "nobody can try values out against it");
}

#[tokio::test]
async fn a_value_that_others_wrote_is_drift_also_in_our_name() {
    let Some(hidden) = Hidden::of("written").await else { return };
    let stack = hidden.stack(VALUES[0]);
    hidden.settle(&stack).await;
    let theirs = base64::engine::general_purpose::STANDARD.encode(VALUES[2]);
    let body = json!({ "data": { "password": theirs } }).to_string();
    hidden.world.kubectl(&["patch", "secret", "db", "--patch", &body]);
    let plan = hidden.engine.plan(&stack).await.unwrap();
    assert_plan_hides(&plan);
    let [one] = &plan.drift[..] else { panic!("{plan}") };
    assert_eq!(
        (one.path.as_str(), one.by.as_ref().unwrap().manager.as_str()),
        ("data.password", "kubectl-patch")
    );
    // It is not ours any more: the plan says so before it is tried.
    assert!(plan.blockers.iter().any(|one| one.why.contains("kubectl-patch")), "{plan}");
    let taking = hidden.world.stack([("db", secret(VALUES[0]).take_over())]);
    hidden.settle(&taking).await;

    // Who applies in our name leaves no trace but the value.
    let manifest = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "db" }, "data": { "password": theirs, "user": "am8=" },
    });
    let file = file(&[manifest]);
    let path = file.path().display().to_string();
    let apply =
        ["apply", "--server-side", "--force-conflicts", "--field-manager=deathstar", "--filename", &path];
    hidden.world.kubectl(&apply);
    let body = json!({ "data": { "password": theirs } }).to_string();
    hidden.world.kubectl(&["patch", "secret", "db", "--field-manager=deathstar", "--patch", &body]);
    let plan = hidden.engine.plan(&taking).await.unwrap();
    assert_plan_hides(&plan);
    assert!(plan.drift.iter().any(|one| one.path == "data.password"), "{plan}");
    hidden.settle(&taking).await;
}

#[tokio::test]
async fn a_refusal_does_not_quote_the_value() {
    let Some(hidden) = Hidden::of("quoted").await else { return };
    // What the server makes of it is no certificate, and it would say of what.
    let wrong = Object::from_value(json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "db" }, "type": "kubernetes.io/dockerconfigjson",
    }))
    .set_sensitive("/stringData/.dockerconfigjson", format!("{{{}", VALUES[0]));
    let stack = hidden.world.stack([("db", wrong)]);
    let plan = hidden.engine.plan(&stack).await.unwrap();
    assert!(plan.blockers.iter().any(|one| one.why.contains("dockerconfigjson")), "{plan}");
    assert_plan_hides(&plan);

    // A place of another kind, whose value the server quotes when it refuses it.
    let wrong = Object::from_value(json!({
        "apiVersion": "v1", "kind": "Service", "metadata": { "name": "db" }, "spec": { "ports": [{ "port": 80 }] },
    }))
    .set_sensitive("/spec/sessionAffinity", VALUES[1].to_owned());
    let stack = hidden.world.stack([("service", wrong)]);
    let plan = hidden.engine.plan(&stack).await.unwrap();
    let [blocker] = &plan.blockers[..] else { panic!("{plan}") };
    assert!(blocker.why.contains("spec.sessionAffinity") && blocker.why.contains("***"), "{plan}");
    assert_plan_hides(&plan);
}

#[tokio::test]
async fn a_value_in_another_kind_is_as_secret() {
    let Some(hidden) = Hidden::of("field").await else { return };
    let object = |value: &str| {
        let map = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "db" }, "data": { "user": "jo" } });
        Object::from_value(map).set_sensitive("/data/password", value.to_owned())
    };
    let stack = hidden.world.stack([("db", object(VALUES[0]))]);
    hidden.settle(&stack).await;
    assert_eq!(hidden.world.data("db")["password"], VALUES[0]);
    hidden.world.foreign("db", &[("password", VALUES[2])], &["--force-conflicts"]);
    let plan = hidden.engine.plan(&stack).await.unwrap();
    assert_plan_hides(&plan);
    assert!(plan.drift.iter().any(|one| one.path == "data.password" && one.by.is_some()), "{plan}");
    // What was seen is taken into the record, and the value is not.
    let plan = hidden.engine.plan_with(&stack, PlanOptions::default().refresh_only(true)).await.unwrap();
    hidden.engine.apply(plan, Quiet).await.unwrap();
    assert!(assert_files_hide(hidden.state.path()) > 0);
    hidden.settle(&hidden.world.stack([("db", object(VALUES[1]).take_over())])).await;
    assert_eq!(hidden.world.data("db")["password"], VALUES[1]);
}

#[tokio::test]
async fn what_kubectl_made_is_adopted_without_its_values() {
    let Some(hidden) = Hidden::of("adopted").await else { return };
    let theirs = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "db" },
        "stringData": { "password": VALUES[0], "user": "jo" },
    });
    let file = file(&[theirs]);
    hidden.world.kubectl(&["apply", "--filename", &file.path().display().to_string()]);
    let stack = hidden.stack(VALUES[0]);
    let id = format!("Secret/{}/db", hidden.world.namespace);
    let plan = hidden.engine.import(&stack, [("db", id.as_str())]).await.unwrap();
    assert_plan_hides(&plan);
    assert!(plan.steps[0].changes.is_empty(), "the value is the same: {plan}");
    let report = hidden.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    assert!(assert_files_hide(hidden.state.path()) > 0);
    assert!(hidden.engine.plan(&stack).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_place_that_is_secret_from_now_on_is_not_recorded_when_it_is_adopted() {
    let Some(hidden) = Hidden::of("place").await else { return };
    let literal = format!("--from-literal=password={}", VALUES[0]);
    hidden.world.kubectl(&["create", "configmap", "db", &literal]);
    let map = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "db" } });
    let map = Object::from_value(map).set_sensitive("/data/password", VALUES[1].to_owned());
    let stack = hidden.world.stack([("db", map)]);
    let id = format!("ConfigMap/{}/db", hidden.world.namespace);
    let plan = hidden.engine.import(&stack, [("db", id.as_str())]).await.unwrap();
    assert_plan_hides(&plan);
    let report = hidden.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    assert!(assert_files_hide(hidden.state.path()) > 0);
    assert_eq!(hidden.world.data("db")["password"], VALUES[1]);
    assert!(hidden.engine.plan(&stack).await.unwrap().is_empty());
}

#[tokio::test]
async fn tags_change_and_values_stay() {
    let Some(hidden) = Hidden::of("tags").await else { return };
    hidden.settle(&hidden.stack(VALUES[0])).await;
    let mut stack = Stack::new(&hidden.world.namespace);
    stack.tag("team", "shop");
    let cluster = stack.on(hidden.world.control_plane.cluster());
    stack.add(&cluster, "db", secret(VALUES[0]).within(&*hidden.world.namespace));
    hidden.settle(&stack).await;
    let value = "--output=go-template={{.data.password | base64decode}}";
    assert_eq!(hidden.world.kubectl(&["get", "secret", "db", value]), VALUES[0]);
}
