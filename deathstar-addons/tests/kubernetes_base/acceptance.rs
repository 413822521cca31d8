//! What is there once the base is applied. That a plan is empty afterwards is shown when it is applied ([`crate::world`]).

use k8s_openapi::api::{
    core::v1::{Namespace, ServiceAccount},
    networking::v1::NetworkPolicy,
    scheduling::v1::PriorityClass,
    storage::v1::StorageClass,
};
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, ListParams};

use crate::world::{INGRESS, NAMESPACES, SHOP, applied, snapshot_definitions};

#[tokio::test]
async fn each_namespace_is_closed_in_both_directions() {
    let Some(control_plane) = applied().await else { return };
    let client = control_plane.client().await.unwrap();
    for namespace in NAMESPACES {
        let policies: Api<NetworkPolicy> = Api::namespaced(client.clone(), namespace);
        let closed = policies.get("default-deny").await.unwrap().spec.unwrap();
        assert_eq!(closed.policy_types.unwrap(), ["Ingress", "Egress"]);
        assert!(closed.ingress.is_none() && closed.egress.is_none());
        let selector = closed.pod_selector.unwrap();
        assert!(selector.match_labels.is_none() && selector.match_expressions.is_none());
        assert!(policies.get_opt("dns").await.unwrap().is_some());
    }
    let policies: Api<NetworkPolicy> = Api::namespaced(client, SHOP);
    let names: Vec<_> = policies.list(&ListParams::default()).await.unwrap().items;
    let mut names: Vec<_> = names.into_iter().filter_map(|one| one.metadata.name).collect();
    names.sort();
    assert_eq!(names, ["default-deny", "dns", "web-in", "web-out"]);
    let web = policies.get("web-in").await.unwrap();
    let why = &web.metadata.annotations.unwrap()["deathstar.dev/why"];
    assert_eq!(why, "gateway to web, tcp 8080-8090: the gateway forwards to the shop");
}

#[tokio::test]
async fn namespaces_say_which_pods_they_take() {
    let Some(control_plane) = applied().await else { return };
    let namespaces: Api<Namespace> = Api::all(control_plane.client().await.unwrap());
    let level = async |name| namespaces.get(name).await.unwrap().metadata.labels.unwrap();
    let shop = level(SHOP).await;
    assert_eq!(shop["pod-security.kubernetes.io/enforce"], "restricted");
    let ingress = level(INGRESS).await;
    assert_eq!(ingress["pod-security.kubernetes.io/enforce"], "baseline");
    assert_eq!(ingress["pod-security.kubernetes.io/enforce-version"], "v1.35");
    assert_eq!(ingress["pod-security.kubernetes.io/warn"], "restricted");
}

#[tokio::test]
async fn no_account_gives_tokens_by_itself() {
    let Some(control_plane) = applied().await else { return };
    let client = control_plane.client().await.unwrap();
    for namespace in NAMESPACES {
        let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), namespace);
        let all = accounts.list(&ListParams::default()).await.unwrap().items;
        assert!(all.iter().any(|account| account.metadata.name.as_deref() == Some("default")));
        for account in all {
            assert_eq!(account.automount_service_account_token, Some(false), "{:?}", account.metadata.name);
        }
    }
}

#[tokio::test]
async fn claims_and_pods_that_say_nothing_find_one_default() {
    let Some(control_plane) = applied().await else { return };
    let client = control_plane.client().await.unwrap();
    let classes: Api<StorageClass> = Api::all(client.clone());
    let classes = classes.list(&ListParams::default()).await.unwrap().items;
    let is_default = |class: &&StorageClass| {
        let annotations = class.metadata.annotations.as_ref();
        annotations.is_some_and(|all| all["storageclass.kubernetes.io/is-default-class"] == "true")
    };
    let defaults: Vec<_> = classes.iter().filter(is_default).collect();
    assert_eq!((classes.len(), defaults.len()), (3, 1));
    assert_eq!(defaults[0].provisioner, "ebs.csi.aws.com");
    assert_eq!(defaults[0].parameters.as_ref().unwrap()["encrypted"], "true");
    for class in &classes {
        assert_eq!(class.reclaim_policy.as_deref(), Some("Retain"), "in production");
        assert_eq!(class.allow_volume_expansion, Some(true));
        assert_eq!(class.volume_binding_mode.as_deref(), Some("WaitForFirstConsumer"));
    }
    let priorities: Api<PriorityClass> = Api::all(client);
    let priorities = priorities.list(&ListParams::default()).await.unwrap().items;
    let defaults: Vec<_> = priorities.iter().filter(|class| class.global_default == Some(true)).collect();
    assert_eq!(defaults.len(), 1);
    assert_eq!(defaults[0].metadata.name.as_deref(), Some("standard"));
}

#[tokio::test]
async fn a_class_of_snapshots_stands_on_definitions_of_the_same_plan() {
    let Some(control_plane) = applied().await else { return };
    if snapshot_definitions().is_none() {
        return;
    }
    let kind = GroupVersionKind::gvk("snapshot.storage.k8s.io", "v1", "VolumeSnapshotClass");
    let client = control_plane.client().await.unwrap();
    let classes: Api<DynamicObject> = Api::all_with(client, &ApiResource::from_gvk(&kind));
    let class = classes.get("snapshots").await.unwrap();
    assert_eq!(class.data["driver"], "ebs.csi.aws.com");
    assert_eq!(class.data["deletionPolicy"], "Retain");
}
