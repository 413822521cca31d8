//! Objects that are being deleted, as servers show them.

use super::{Alongside, Propagation, blockers, loss, propagation};
use crate::kind::Stakes;
use serde_json::{Value, json};

fn going(kind: &str, finalizers: &[&str]) -> Value {
    json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "o", "namespace": "n", "deletionTimestamp": "2001", "finalizers": finalizers}})
}

#[test]
fn workloads_take_their_pods_along() {
    for (group, kind) in super::WITH_PODS {
        assert_eq!(propagation(group, kind), Propagation::Foreground, "{kind}");
    }
    assert_eq!(super::WITH_PODS.len(), 7);
    for (group, kind) in [
        ("", "ConfigMap"),
        ("", "Namespace"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("g.example", "Widget"),
    ] {
        assert_eq!(propagation(group, kind), Propagation::Background, "{kind}");
    }
}

#[test]
fn known_finalizers_name_their_controller() {
    for (finalizer, who) in [
        ("foregroundDeletion", "the garbage collector"),
        ("orphan", "the garbage collector"),
        ("kubernetes.io/pvc-protection", "kube-controller-manager"),
        ("kubernetes.io/pv-protection", "kube-controller-manager"),
        ("batch.kubernetes.io/job-tracking", "kube-controller-manager"),
        ("resource.kubernetes.io/delete-protection", "kube-controller-manager"),
        ("customresourcecleanup.apiextensions.k8s.io", "the API server"),
        ("service.kubernetes.io/load-balancer-cleanup", "the cloud controller manager"),
        ("service.k8s.aws/resources", "the AWS load balancer controller"),
        ("ingress.k8s.aws/resources", "the AWS load balancer controller"),
        ("group.ingress.k8s.aws/shop", "the AWS load balancer controller"),
        ("elbv2.k8s.aws/resources", "the AWS load balancer controller"),
        ("external-attacher/ebs-csi-aws-com", "the CSI attacher"),
        ("external-provisioner.volume.kubernetes.io/finalizer", "the CSI provisioner"),
        ("snapshot.storage.kubernetes.io/volumesnapshot-bound-protection", "the snapshot controller"),
        ("karpenter.sh/termination", "Karpenter"),
        ("karpenter.k8s.aws/termination", "Karpenter"),
        ("resources-finalizer.argocd.argoproj.io", "Argo CD"),
        ("finalizers.fluxcd.io", "the Flux controller"),
    ] {
        let told = blockers(&going("ConfigMap", &[finalizer]));
        assert!(told.len() == 1 && told[0].who.starts_with(who), "{finalizer}: {told:?}");
        assert!(
            told[0].to_string().contains(&format!("ConfigMap `n/o` has the finalizer `{finalizer}`")),
            "{}",
            told[0]
        );
    }
}

#[test]
fn of_unknown_finalizers_the_domain_and_the_writer_are_told() {
    let mut object = going("ConfigMap", &["g.example/clean", "plain"]);
    assert_eq!(blockers(&object)[0].who, "the controller of `g.example`");
    assert_eq!(blockers(&object)[1].who, "the controller that put it there");
    object["metadata"]["managedFields"] = json!([
        {"manager": "other", "fieldsV1": {"f:metadata": {"f:labels": {}}}},
        {"manager": "widgets", "fieldsV1": {"f:metadata": {"f:finalizers": {".": {}, "v:\"g.example/clean\"": {}, "v:\"plain\"": {}}}}},
    ]);
    assert_eq!(blockers(&object)[0].who, "the controller of `g.example`, which writes as `widgets`,");
    assert_eq!(blockers(&object)[1].who, "the controller that writes as `widgets`");
}

#[test]
fn what_is_not_being_deleted_is_not_blocked() {
    let mut object = going("ConfigMap", &["orphan"]);
    object["metadata"].as_object_mut().unwrap().remove("deletionTimestamp");
    assert_eq!(blockers(&object), []);
    assert_eq!(blockers(&going("ConfigMap", &[])), []);
}

#[test]
fn a_namespace_tells_what_is_left_in_it() {
    let mut namespace = going("Namespace", &[]);
    namespace["spec"] = json!({"finalizers": ["kubernetes", "g.example/own"]});
    let own = blockers(&namespace);
    assert!(
        own[0].who.starts_with("the namespace controller")
            && own[1].who == "the controller of `g.example/own`",
        "{own:?}"
    );
    let types = [
        "NamespaceContentRemaining",
        "NamespaceDeletionDiscoveryFailure",
        "NamespaceFinalizersRemaining",
        "NamespaceDeletionContentFailure",
        "NamespaceDeletionGroupVersionParsingFailure",
    ];
    for r#type in types {
        namespace["status"] = json!({"conditions": [{"type": r#type, "status": "True", "message": "x in 2 resource instances"}]});
        let told = blockers(&namespace);
        assert!(told.len() == 1 && told[0].what.starts_with("x in 2 resource instances; "), "{told:?}");
        namespace["status"]["conditions"][0]["status"] = json!("False");
        assert_eq!(blockers(&namespace), own);
    }
}

#[test]
fn a_pod_without_finalizers_waits_for_its_node() {
    let mut pod = going("Pod", &[]);
    pod["spec"] = json!({"nodeName": "a"});
    assert_eq!(blockers(&pod)[0].who, "the kubelet of node `a`");
    pod["metadata"]["finalizers"] = json!(["orphan"]);
    assert_eq!(blockers(&pod).len(), 1);
}

#[test]
fn what_is_lost() {
    let stakes = |object: &Value, alongside: &Alongside<'_>| {
        loss(object, alongside).map(|loss| (loss.stakes, loss.along))
    };
    let data = Some((Stakes::Data, Vec::new()));
    let alone = Alongside::default();
    let claim = |spec: &Value| json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": spec});
    let volume = |policy: &str, phase: &str| json!({"apiVersion": "v1", "kind": "PersistentVolume", "spec": {"persistentVolumeReclaimPolicy": policy}, "status": {"phase": phase}});
    let bound = claim(&json!({"volumeName": "v"}));
    assert_eq!(stakes(&claim(&json!({})), &alone), None);
    assert_eq!(stakes(&bound, &alone), data);
    for (policy, lost) in [("Delete", true), ("Retain", false)] {
        let volume = volume(policy, "Bound");
        assert_eq!(stakes(&bound, &Alongside { volume: Some(&volume), ..alone }).is_some(), lost);
        assert_eq!(stakes(&volume, &alone).is_some(), lost);
    }
    assert_eq!(stakes(&volume("Delete", "Available"), &alone), None);
    let others = [json!({"kind": "Widget", "metadata": {"name": "w", "namespace": "n"}})];
    for (version, kind) in [("v1", "Namespace"), ("apiextensions.k8s.io/v1", "CustomResourceDefinition")] {
        let object = json!({"apiVersion": version, "kind": kind});
        assert_eq!(stakes(&object, &alone), None);
        assert_eq!(
            stakes(&object, &Alongside { objects: &others, ..alone }),
            Some((Stakes::Data, vec!["Widget `n/w`".into()]))
        );
    }
    let set = |when: &str, templates: &Value| json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": when}, "volumeClaimTemplates": templates}});
    assert_eq!(stakes(&set("Delete", &json!([{}])), &alone), data);
    assert_eq!(stakes(&set("Retain", &json!([{}])), &alone), None);
    assert_eq!(stakes(&set("Delete", &json!([])), &alone), None);
}
