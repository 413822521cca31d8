//! The table against the constants of `k8s-openapi`, for the minor that tests are built with (1.35).

use super::{BUILT_IN, BuiltIn, built_in, is_built_in, of_kind};
use crate::model::KubernetesVersion;
use k8s_openapi::{NamespaceResourceScope, Resource};
use std::any::TypeId;

type Constants = (&'static str, &'static str, &'static str, &'static str, bool);

fn constants<T: Resource<Scope: 'static>>() -> Constants {
    let namespaced = TypeId::of::<T::Scope>() == TypeId::of::<NamespaceResourceScope>();
    (T::GROUP, T::KIND, T::VERSION, T::URL_PATH_SEGMENT, namespaced)
}

fn row(known: &BuiltIn) -> Constants {
    (known.group, known.kind, known.version, known.plural, known.namespaced)
}

macro_rules! all_constants {
    ($($module:ident $(:: $inner:ident)*: $($kind:ident),+;)*) => {
        [$({
            use k8s_openapi::$module$(::$inner)*::{$($kind),+};
            vec![$(constants::<$kind>()),+]
        }),*].concat()
    };
}

fn generated() -> Vec<Constants> {
    all_constants! {
        api::admissionregistration::v1: MutatingWebhookConfiguration, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingWebhookConfiguration;
        api::admissionregistration::v1alpha1: MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding;
        api::admissionregistration::v1beta1: MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding;
        api::apiserverinternal::v1alpha1: StorageVersion;
        api::apps::v1: ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet;
        api::authentication::v1: SelfSubjectReview, TokenReview;
        api::authorization::v1: LocalSubjectAccessReview, SelfSubjectAccessReview, SelfSubjectRulesReview, SubjectAccessReview;
        api::autoscaling::v1: HorizontalPodAutoscaler;
        api::autoscaling::v2: HorizontalPodAutoscaler;
        api::batch::v1: CronJob, Job;
        api::certificates::v1: CertificateSigningRequest;
        api::certificates::v1alpha1: ClusterTrustBundle;
        api::certificates::v1beta1: ClusterTrustBundle, PodCertificateRequest;
        api::coordination::v1: Lease;
        api::coordination::v1alpha2: LeaseCandidate;
        api::coordination::v1beta1: LeaseCandidate;
        api::core::v1: Binding, ComponentStatus, ConfigMap, Endpoints, Event, LimitRange, Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod, PodTemplate, ReplicationController, ResourceQuota, Secret, Service, ServiceAccount;
        api::discovery::v1: EndpointSlice;
        api::events::v1: Event;
        api::flowcontrol::v1: FlowSchema, PriorityLevelConfiguration;
        api::networking::v1: IPAddress, Ingress, IngressClass, NetworkPolicy, ServiceCIDR;
        api::networking::v1beta1: IPAddress, ServiceCIDR;
        api::node::v1: RuntimeClass;
        api::policy::v1: PodDisruptionBudget;
        api::rbac::v1: ClusterRole, ClusterRoleBinding, Role, RoleBinding;
        api::resource::v1: DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice;
        api::resource::v1alpha3: DeviceTaintRule;
        api::resource::v1beta1: DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice;
        api::resource::v1beta2: DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice;
        api::scheduling::v1: PriorityClass;
        api::scheduling::v1alpha1: Workload;
        api::storage::v1: CSIDriver, CSINode, CSIStorageCapacity, StorageClass, VolumeAttachment, VolumeAttributesClass;
        api::storage::v1beta1: VolumeAttributesClass;
        api::storagemigration::v1beta1: StorageVersionMigration;
        apiextensions_apiserver::pkg::apis::apiextensions::v1: CustomResourceDefinition;
        kube_aggregator::pkg::apis::apiregistration::v1: APIService;
    }
}

#[test]
fn the_table_is_what_the_server_says() {
    let mut generated = generated();
    generated.sort_unstable();
    let server = KubernetesVersion::new(35);
    let table: Vec<Constants> = BUILT_IN.iter().filter(|known| known.served_by(server)).map(row).collect();
    assert_eq!(table, generated);
}

#[test]
fn the_table_is_sorted_without_doubles() {
    assert!(BUILT_IN.is_sorted_by(|a, b| (a.group, a.kind, a.version) < (b.group, b.kind, b.version)));
    for known in BUILT_IN {
        assert_eq!(built_in(known.group, known.version, known.kind), Some(known));
        assert!(known.since <= known.until);
    }
}

#[test]
fn versions_come_and_go() {
    let served = |version: &str, kind: &str, minor: u16| {
        let group = "resource.k8s.io";
        built_in(group, version, kind).is_some_and(|known| known.served_by(KubernetesVersion::new(minor)))
    };
    assert!(!served("v1", "ResourceClaim", 33) && served("v1", "ResourceClaim", 34));
    assert!(served("v1alpha3", "ResourceClaim", 33) && !served("v1alpha3", "ResourceClaim", 34));
    assert!(
        served("v1", "ResourceClaim", 99),
        "what goes on is served by servers that are newer than the table"
    );
    assert!(served("v1alpha3", "ResourceClaim", 20), "older servers are answered as the oldest");
    assert!(!served("v1", "ResourceClaim", 20));
}

#[test]
fn versions_that_are_not_stable_are_off() {
    let on: Vec<bool> = of_kind("resource.k8s.io", "ResourceClaim").map(BuiltIn::on_by_default).collect();
    let versions: Vec<&str> =
        of_kind("resource.k8s.io", "ResourceClaim").map(|known| known.version).collect();
    assert_eq!(versions, ["v1", "v1alpha3", "v1beta1", "v1beta2"]);
    assert_eq!(on, [true, false, false, false]);
}

#[test]
fn questions_are_not_kept() {
    for (group, version, kind, kept) in [
        ("authorization.k8s.io", "v1", "SubjectAccessReview", false),
        ("authentication.k8s.io", "v1", "TokenReview", false),
        ("", "v1", "Binding", false),
        ("", "v1", "ConfigMap", true),
    ] {
        assert_eq!(built_in(group, version, kind).unwrap().kept(), kept, "{kind}");
    }
}

#[test]
fn the_core_group_has_no_name() {
    assert_eq!(built_in("", "v1", "Pod").unwrap().api_version(), "v1");
    assert_eq!(built_in("apps", "v1", "Deployment").unwrap().api_version(), "apps/v1");
    assert!(is_built_in("", "Pod") && !is_built_in("apps", "Pod") && !is_built_in("", "Widget"));
}
