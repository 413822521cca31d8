//! A cluster that does not answer, one that is away for a while, and one that has too much to do.

use std::time::Duration;

use deathstar_core::apply::{Patience, Quiet};
use deathstar_core::kube::{Access, Cluster, Object};
use deathstar_core::state::MemoryStore;
use deathstar_core::testing::{ControlPlane, Program};
use deathstar_core::{Engine, Stack};
use serde_json::json;

use crate::bench::assets;
use crate::world::{World, engine, map};

/// Two clusters, each with a map; the first is made of what is given.
fn two(world: &World, other: &ControlPlane, message: &str) -> Stack {
    let mut stack = Stack::new(&world.namespace);
    let here = stack.connect("here", world.control_plane.cluster());
    let there = stack.connect("there", other.cluster());
    stack.add(&here, "here", map("here", &[("message", message)]).within(&*world.namespace));
    stack.add(&there, "there", map("there", &[("message", message)]).within("default"));
    stack
}

fn hasty() -> Engine {
    engine().patience(Patience::default().transient(1))
}

#[tokio::test]
async fn a_cluster_that_does_not_answer_is_named_and_hides_nothing_else() {
    let (Some(mut world), Some(assets)) = (World::of("silent").await, assets()) else { return };
    world.engine = hasty();
    let other = ControlPlane::options().assets(assets).start().await.unwrap();
    world.settle(&two(&world, &other, "hello")).await;

    other.stop(Program::ApiServer);
    let changed = two(&world, &other, "good bye");
    let plan = world.plan(&changed).await;
    let [blocker] = &plan.blockers[..] else { panic!("{plan}") };
    let endpoint = other.cluster();
    let endpoint = endpoint.name().unwrap();
    assert!(blocker.why.contains("does not answer") && blocker.why.contains(endpoint), "{blocker:?}");
    let text = plan.to_string();
    assert!(text.contains("good bye") && text.contains("here"), "{text}");
    assert!(world.engine.apply(plan, Quiet).await.is_err());
    assert_eq!(world.data("here")["message"], "hello", "a plan that is blocked does nothing");

    other.start_again(Program::ApiServer).await.unwrap();
    world.settle(&changed).await;
}

#[tokio::test]
async fn an_api_server_that_is_away_for_a_while_costs_an_apply_nothing() {
    let Some(assets) = assets() else { return };
    let control_plane = ControlPlane::options().assets(assets).start().await.unwrap();
    let engine = engine();
    let mut stack = Stack::new("away");
    let cluster = stack.on(control_plane.cluster());
    for number in 0..200 {
        let object = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": format!("map-{number}"), "namespace": "default" } });
        stack.add(&cluster, format!("map-{number}"), Object::from_value(object));
    }
    let plan = engine.plan(&stack).await.unwrap();
    let apply = engine.apply(plan, Quiet);
    let away = async {
        let client = control_plane.client().await.unwrap();
        let maps: kube::Api<k8s_openapi::api::core::v1::ConfigMap> = kube::Api::namespaced(client, "default");
        crate::bench::eventually("some maps are there", async || {
            maps.list(&kube::api::ListParams::default()).await.is_ok_and(|all| all.items.len() > 20)
        })
        .await;
        control_plane.stop(Program::ApiServer);
        control_plane.start_again(Program::ApiServer).await.unwrap();
    };
    let (report, ()) = tokio::join!(apply, away);
    let report = report.unwrap();
    assert!(report.is_success(), "{report}");
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
}

/// The server takes two writes at once, and refuses the rest for a second.
#[tokio::test]
async fn a_server_that_says_that_it_has_too_much_to_do_is_given_time() {
    let Some(assets) = assets() else { return };
    let limits = ["--enable-priority-and-fairness=false", "--max-mutating-requests-inflight=2"];
    let options = limits.iter().fold(ControlPlane::options(), |options, flag| options.api_server_flag(*flag));
    let control_plane = options.assets(assets).controllers().start().await.unwrap();
    // Limits do not hold for administrators.
    let kubectl = |arguments: &[&str]| crate::bench::kubectl(&control_plane, arguments);
    let account = "--serviceaccount=default:default";
    kubectl(&["create", "rolebinding", "editor", "--clusterrole=edit", account, "--namespace=default"]);
    // Controllers make the account, and the rules of the role.
    let asks = ["auth", "can-i", "patch", "configmaps", "--as=system:serviceaccount:default:default"];
    for asked in [&["get", "serviceaccount", "default"][..], &asks] {
        crate::bench::eventually("the account may write", async || {
            crate::bench::ask_kubectl(&control_plane, asked).status.success()
        })
        .await;
    }
    let token = crate::access::token(kubectl(&["create", "token", "default"]).trim());
    let engine = Engine::new(MemoryStore::new(), Access::with_tokens(token).poll(Duration::from_millis(50)));
    let mut stack = Stack::new("busy");
    let cluster = Cluster::at("busy", control_plane.endpoint()).authority(control_plane.authority().unwrap());
    let cluster = stack.on(cluster);
    for number in 0..24 {
        let name = format!("map-{number}");
        stack.add(&cluster, &name, map(&name, &[]).within("default"));
    }
    let report = engine.apply(engine.plan(&stack).await.unwrap(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let metrics = kubectl(&["get", "--raw=/metrics"]);
    assert!(
        metrics.lines().any(|line| line.contains("code=\"429\"")),
        "nothing was refused: the test shows nothing"
    );
}
