//! What a control plane of ours does as a cluster does.

use deathstar_core::testing::{ControlPlane, Program, WAITING_FOR};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ListParams, PostParams};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::bench::{assets, crds, eventually, kubectl, shared};

fn typed<K: DeserializeOwned>(value: Value) -> K {
    serde_json::from_value(value).expect("the object is of this type")
}

fn config_map(name: &str) -> ConfigMap {
    typed(json!({ "metadata": { "name": name }, "data": { "key": "value" } }))
}

/// The minor version of the typed objects.
const MINOR: &str = "35";

#[tokio::test]
async fn the_server_has_the_version_of_our_types() {
    let Some(control_plane) = shared().await else { return };
    let version = control_plane.client().await.unwrap().apiserver_version().await.unwrap();
    assert_eq!((version.major.as_str(), version.minor.as_str()), ("1", MINOR));
}

#[tokio::test]
async fn kubectl_works_with_the_kubeconfig() {
    let Some(control_plane) = shared().await else { return };
    let (one, other) =
        (control_plane.namespace("same").await.unwrap(), control_plane.namespace("same").await.unwrap());
    assert_ne!(one, other, "a namespace is of one test");
    let maps: Api<ConfigMap> = Api::namespaced(control_plane.client().await.unwrap(), &one);
    maps.create(&PostParams::default(), &config_map("ours")).await.unwrap();
    let names = |namespace| {
        let jsonpath = "--output=jsonpath={.items[*].metadata.name}";
        kubectl(&control_plane, &["get", "configmaps", "--namespace", namespace, jsonpath])
    };
    assert_eq!(names(&one), "kube-root-ca.crt ours");
    assert!(!names(&other).contains("ours"));
}

#[tokio::test]
async fn a_deployment_of_three_becomes_available() {
    let Some(control_plane) = shared().await else { return };
    let namespace = control_plane.namespace("web").await.unwrap();
    let deployments: Api<Deployment> = Api::namespaced(control_plane.client().await.unwrap(), &namespace);
    let labels = json!({ "app": "web" });
    let containers = json!([{ "name": "web", "image": "example.com/web:1" }]);
    let deployment = json!({
        "metadata": { "name": "web" },
        "spec": {
            "replicas": 3,
            "selector": { "matchLabels": labels },
            "template": { "metadata": { "labels": labels }, "spec": { "containers": containers } },
        },
    });
    deployments.create(&PostParams::default(), &typed(deployment)).await.unwrap();
    eventually("the deployment is available", async || {
        let status = deployments.get_status("web").await.unwrap().status.unwrap_or_default();
        let mut conditions = status.conditions.into_iter().flatten();
        status.available_replicas == Some(3)
            && conditions.any(|condition| condition.type_ == "Available" && condition.status == "True")
    })
    .await;
}

#[tokio::test]
async fn a_pod_waits_for_the_reason_that_it_is_told() {
    let Some(control_plane) = shared().await else { return };
    let namespace = control_plane.namespace("waiting").await.unwrap();
    let pods: Api<Pod> = Api::namespaced(control_plane.client().await.unwrap(), &namespace);
    let pod = json!({
        "metadata": { "name": "web", "annotations": { WAITING_FOR: "ImagePullBackOff" } },
        "spec": { "containers": [{ "name": "web", "image": "example.com/no-such-image" }] },
    });
    pods.create(&PostParams::default(), &typed(pod)).await.unwrap();
    eventually("the pod waits", async || {
        let status = serde_json::to_value(pods.get_status("web").await.unwrap().status).unwrap();
        status["containerStatuses"][0]["state"]["waiting"]["reason"] == "ImagePullBackOff"
            && status["phase"] == "Pending"
    })
    .await;
}

#[tokio::test]
async fn an_api_server_comes_back_where_it_was_with_what_it_had() {
    let Some(assets) = assets() else { return };
    let control_plane = ControlPlane::options().assets(assets).start().await.unwrap();
    let client = control_plane.client().await.unwrap();
    let maps: Api<ConfigMap> = Api::namespaced(client, "default");
    maps.create(&PostParams::default(), &config_map("ours")).await.unwrap();
    let before = control_plane.process_ids();

    control_plane.stop(Program::ApiServer);
    assert!(maps.get("ours").await.is_err(), "nobody answers");
    assert_eq!(control_plane.process_ids().into_keys().collect::<Vec<_>>(), [Program::Etcd]);

    control_plane.start_again(Program::ApiServer).await.unwrap();
    assert!(maps.get("ours").await.is_ok());
    let after = control_plane.process_ids();
    assert_eq!(before[&Program::Etcd], after[&Program::Etcd]);
    assert_ne!(before[&Program::ApiServer], after[&Program::ApiServer]);
}

#[tokio::test]
async fn flags_of_the_user_reach_the_api_server() {
    let Some(assets) = assets() else { return };
    let options = ControlPlane::options().assets(assets).api_server_flag("--no-such-flag");
    let error = options.start().await.expect_err("the API server does not know the flag");
    assert!(error.message().contains("`kube-apiserver` ended with"), "{error}");
    assert!(error.message().contains("unknown flag: --no-such-flag"), "{error}");
}

#[tokio::test]
async fn custom_resource_definitions_become_established() {
    let (Some(assets), Some(crds)) = (assets(), crds()) else { return };
    let control_plane = ControlPlane::options().assets(assets).start().await.unwrap();
    let create = ["create", "--validate=false", "--recursive", "--output=name", "--filename"];
    let created = kubectl(&control_plane, &[&create[..], &[&crds.display().to_string()]].concat());
    // Beside them stand a few objects of other kinds.
    let number = created.lines().filter(|line| line.starts_with("customresourcedefinition.")).count();
    assert!(number >= 5, "{number} definitions");

    kubectl(&control_plane, &["wait", "--for=condition=Established", "--timeout=60s", "crds", "--all"]);
    let definitions: Api<CustomResourceDefinition> = Api::all(control_plane.client().await.unwrap());
    let definitions = definitions.list_metadata(&ListParams::default()).await.unwrap();
    assert_eq!(definitions.items.len(), number);
}
