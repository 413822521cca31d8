//! What the server refuses for the base.

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod, Service};
use kube::api::{Api, PostParams};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::fmt::Debug;

use crate::world::{INGRESS, SHOP, applied};

/// A pod that the restricted level takes.
fn pod(name: &str) -> Value {
    json!({
        "metadata": {"name": name},
        "spec": {
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{
                "name": "web",
                "image": "example.com/web:1",
                "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
            }],
        },
    })
}

/// Creates an object, as if: the server says what it says, and keeps nothing.
async fn try_to_create<K>(api: &Api<K>, object: Value) -> Result<K, String>
where
    K: Clone + Debug + Serialize + DeserializeOwned,
{
    let object = serde_json::from_value(object).unwrap();
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    api.create(&dry, &object).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_pod_against_the_restricted_level_is_refused() {
    let Some(control_plane) = applied().await else { return };
    let client = control_plane.client().await.unwrap();
    let (shop, ingress): (Api<Pod>, Api<Pod>) =
        (Api::namespaced(client.clone(), SHOP), Api::namespaced(client, INGRESS));
    let mut careless = pod("careless");
    careless["spec"]["securityContext"] = json!({});
    let error = try_to_create(&shop, careless.clone()).await.unwrap_err();
    assert!(
        error.contains("violates PodSecurity \"restricted:latest\"") && error.contains("runAsNonRoot"),
        "{error}"
    );
    assert!(try_to_create(&ingress, careless).await.is_ok(), "the baseline level takes it");
    let mut host = pod("host");
    host["spec"]["hostNetwork"] = true.into();
    let error = try_to_create(&ingress, host).await.unwrap_err();
    assert!(error.contains("baseline:v1.35"), "{error}");
}

#[tokio::test]
async fn a_pod_that_asks_for_nothing_gets_little_and_no_token() {
    let Some(control_plane) = applied().await else { return };
    let pods: Api<Pod> = Api::namespaced(control_plane.client().await.unwrap(), SHOP);
    let made = try_to_create(&pods, pod("modest")).await.unwrap().spec.unwrap();
    let resources = made.containers[0].resources.clone().unwrap();
    assert_eq!(resources.requests.unwrap()["memory"].0, "128Mi");
    assert_eq!(resources.limits.unwrap()["memory"].0, "256Mi");
    assert_eq!(made.priority_class_name.as_deref(), Some("standard"));
    let volumes = made.volumes.unwrap_or_default();
    assert!(volumes.iter().all(|volume| volume.projected.is_none()), "{volumes:?}");
}

#[tokio::test]
async fn what_exceeds_a_quota_or_a_limit_is_refused() {
    let Some(control_plane) = applied().await else { return };
    let client = control_plane.client().await.unwrap();
    let services: Api<Service> = Api::namespaced(client.clone(), SHOP);
    let service = json!({
        "metadata": {"name": "open"},
        "spec": {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": false, "ports": [{"port": 80}]},
    });
    let error = try_to_create(&services, service).await.unwrap_err();
    assert!(error.contains("exceeded quota: quota") && error.contains("services.loadbalancers"), "{error}");

    let claims: Api<PersistentVolumeClaim> = Api::namespaced(client.clone(), SHOP);
    let claim = json!({
        "metadata": {"name": "large"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "30Gi"}}},
    });
    let error = try_to_create(&claims, claim).await.unwrap_err();
    assert!(error.contains("maximum storage usage per PersistentVolumeClaim is 20Gi"), "{error}");

    let pods: Api<Pod> = Api::namespaced(client.clone(), SHOP);
    let mut large = pod("large");
    large["spec"]["containers"][0]["resources"]["limits"]["memory"] = "5Gi".into();
    let error = try_to_create(&pods, large).await.unwrap_err();
    assert!(error.contains("maximum memory usage per Container is 4Gi"), "{error}");
}

#[tokio::test]
async fn no_pod_goes_before_those_of_the_platform() {
    let Some(control_plane) = applied().await else { return };
    let client = control_plane.client().await.unwrap();
    let (shop, ingress): (Api<Pod>, Api<Pod>) =
        (Api::namespaced(client.clone(), SHOP), Api::namespaced(client, INGRESS));
    let of_class = |class: &str| {
        let mut pod = pod("first");
        pod["spec"]["priorityClassName"] = class.into();
        pod
    };
    for class in ["platform", "system-cluster-critical"] {
        let error = try_to_create(&shop, of_class(class)).await.unwrap_err();
        assert!(error.contains("exceeded quota: priorities"), "{class}: {error}");
    }
    assert!(try_to_create(&shop, of_class("critical")).await.is_ok());
    assert!(try_to_create(&ingress, of_class("platform")).await.is_ok());
    assert!(try_to_create(&ingress, of_class("system-node-critical")).await.is_err());
}
