//! What others have changed since, place by place, and who they are.

use deathstar_core::ChangedBy;
use deathstar_core::kube::Object;
use deathstar_core::plan::{Drift, PlanData};
use serde_json::{Value, json};

use crate::bench::file;
use crate::world::{World, map};

fn web() -> Object {
    let labels = json!({ "app": "web" });
    let env = json!([{ "name": "A", "value": "1" }, { "name": "B", "value": "1" }]);
    Object::from_value(json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web" },
        "spec": {
            "replicas": 0,
            "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels },
                "spec": { "containers": [
                    { "name": "web", "image": "example.com/web:1", "env": env, "args": ["a", "b"] },
                    { "name": "side", "image": "example.com/side:1" },
                ] },
            },
        },
    }))
}

/// Drift of one object: where, what is recorded, what was found.
fn told(plan: &PlanData) -> Vec<(&str, &Value, &Value)> {
    plan.drift.iter().map(|one| (one.path.as_str(), &one.recorded, &one.found)).collect()
}

fn by(one: &Drift) -> &ChangedBy {
    one.by.as_ref().expect("somebody wrote it")
}

#[tokio::test]
async fn drift_names_the_place_the_value_and_who_wrote_it() {
    let Some(world) = World::of("drift").await else { return };
    let stack = world.stack([("web", web())]);
    world.settle(&stack).await;
    world.kubectl(&["scale", "deployment/web", "--replicas=1"]);
    world.kubectl(&["set", "image", "deployment/web", "side=example.com/side:2"]);
    // Fields of others are none of ours.
    world.kubectl(&["label", "deployment/web", "theirs=yes"]);
    let plan = world.plan(&stack).await;
    let image = "spec.template.spec.containers[name=side].image";
    let expected = [
        ("spec.replicas", &json!(0), &json!(1)),
        (image, &json!("example.com/side:1"), &json!("example.com/side:2")),
    ];
    assert_eq!(told(&plan), expected, "{plan}");
    let [scaled, set] = &plan.drift[..] else { panic!("{plan}") };
    assert_eq!((by(scaled).operation.as_str(), by(scaled).through.as_deref()), ("Update", Some("scale")));
    assert_eq!((by(set).manager.as_str(), by(set).through.as_deref()), ("kubectl-set", None));
    // Of what is written through `scale` this server tells no time.
    let time = by(set).time.as_deref().unwrap_or_default();
    assert!(time.starts_with("20") && time.ends_with('Z'), "{:?}", by(set));
    let text = plan.to_string();
    assert!(text.contains("0 -> 1  (kubectl, Update of scale)"), "{text}");
    assert!(text.contains(&format!("(kubectl-set, Update, {time})")), "{text}");
    let json: Value = serde_json::from_str(&plan.to_json()).unwrap();
    assert_eq!(json["drift"][1]["by"]["manager"], "kubectl-set");

    // The same difference, in the other direction, is what the plan changes; never a whole body.
    let changes: Vec<_> =
        plan.steps[0].changes.iter().map(|one| (one.field.as_str(), one.path.as_str(), &one.after)).collect();
    let expected = [("body", "spec.replicas", &json!(0)), ("body", image, &json!("example.com/side:1"))];
    assert_eq!(changes, expected, "{plan}");
}

#[tokio::test]
async fn what_is_removed_added_and_moved_is_told_as_that() {
    let Some(world) = World::of("moved").await else { return };
    world.settle(&world.stack([("web", web())])).await;
    let anew = web()
        .set("/spec/template/spec/containers/0/args", json!(["b", "a", "c"]))
        .set(
            "/spec/template/spec/containers/0/env",
            json!([{ "name": "B", "value": "2" }, { "name": "C", "value": "1" }]),
        )
        .set("/spec/template/spec/containers/-", json!({ "name": "late", "image": "example.com/late:1" }))
        .set("/metadata/annotations/example.com~1team", "web");
    let stack = world.stack([("web", anew)]);
    let plan = world.plan(&stack).await;
    let changes: Vec<_> =
        plan.steps[0].changes.iter().map(|one| (one.path.as_str(), &one.before, &one.after)).collect();
    let at = |rest: &str| format!("spec.template.spec.containers[name={rest}");
    let (null, c) = (Value::Null, json!({ "name": "C", "value": "1" }));
    let late = json!({ "name": "late", "image": "example.com/late:1" });
    let a = json!({ "name": "A", "value": "1" });
    let expected = [
        ("metadata.annotations[example.com/team]".to_owned(), &null, &json!("web")),
        (at("web].args[0]"), &null, &json!("b")),
        (at("web].args[2]"), &json!("b"), &json!("c")),
        (at("web].env[name=B].value"), &json!("1"), &json!("2")),
        (at("web].env[name=C]"), &null, &c),
        (at("web].env[name=A]"), &a, &null),
        (at("late]"), &null, &late),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(at, before, after)| (at.as_str(), *before, *after)).collect();
    assert_eq!(changes, expected, "{plan}");
    world.settle(&stack).await;
}

#[tokio::test]
async fn a_field_that_others_took_away_is_missing_and_one_that_they_have_beside_is_theirs() {
    let Some(world) = World::of("taken").await else { return };
    let stack = world.stack([("a", map("a", &[("ours", "1"), ("more", "2")]))]);
    world.settle(&stack).await;
    world.kubectl(&[
        "patch",
        "configmap",
        "a",
        "--type=json",
        "--patch",
        r#"[{"op": "remove", "path": "/data/more"}]"#,
    ]);
    world.foreign("a", &[("theirs", "3")], &[]);
    let plan = world.plan(&stack).await;
    assert_eq!(told(&plan), [("data.more", &json!("2"), &Value::Null)], "{plan}");
    assert!(plan.drift[0].by.is_none(), "nobody has what is not there");
    world.settle(&stack).await;
    assert_eq!(world.data("a").into_keys().collect::<Vec<_>>(), ["more", "ours", "theirs"]);
}

#[tokio::test]
async fn whoever_applied_it_is_named_by_the_name_that_it_gave() {
    let Some(world) = World::of("named").await else { return };
    let stack = world.stack([("a", map("a", &[("key", "ours")]))]);
    world.settle(&stack).await;
    let theirs = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "data": { "key": "x" } });
    let file = file(&[theirs]);
    let path = file.path().display().to_string();
    let apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=flux", "--filename", &path];
    world.kubectl(&apply);
    let plan = world.plan(&stack).await;
    let [one] = &plan.drift[..] else { panic!("{plan}") };
    assert_eq!(
        (one.path.as_str(), by(one).manager.as_str(), by(one).operation.as_str()),
        ("data.key", "flux", "Apply")
    );
}
