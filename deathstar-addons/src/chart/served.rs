//! What a cluster serves: which kinds a chart may ask for, and where their objects stand.

use deathstar_core::{
    Diagnostic,
    kube::{
        ObjectId,
        kinds::{BUILT_IN, is_built_in, of_kind},
    },
    model::KubernetesVersion,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Where objects of a kind stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// In a namespace.
    Namespaced,
    /// In the cluster itself.
    InCluster,
}

/// Kinds of answers and subresources, which discovery names beside those of objects.
const BESIDE: [(&str, &str); 9] = [
    ("v1", "NodeProxyOptions"),
    ("v1", "PodAttachOptions"),
    ("v1", "PodExecOptions"),
    ("v1", "PodPortForwardOptions"),
    ("v1", "PodProxyOptions"),
    ("v1", "ServiceProxyOptions"),
    ("authentication.k8s.io/v1", "TokenRequest"),
    ("autoscaling/v1", "Scale"),
    ("policy/v1", "Eviction"),
];
/// What became stable after Kubernetes 1.32, by the minor: older servers have it off. Source: the API changes in Kubernetes' release
/// notes.
const SINCE: [(&str, &str, u16); 2] =
    [("networking.k8s.io/v1", "IPAddress", 33), ("networking.k8s.io/v1", "ServiceCIDR", 33)];
/// What ended before 1.33, by the last minor that serves it. Source: Kubernetes' "Deprecated API Migration Guide".
const UNTIL: [(&str, &str, u16); 2] = [
    ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", 31),
    ("flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration", 31),
];

/// What the clusters of one stack serve beside what their version has.
#[derive(Clone, Debug, Default)]
pub(super) struct Served {
    /// By group and kind: where its objects stand.
    stands: BTreeMap<(String, String), Stands>,
    /// `group/version` and `group/version/Kind`.
    names: BTreeSet<String>,
}

/// What a server of this minor serves by itself, unless it is told otherwise, as charts are told of it
/// (`.Capabilities.APIVersions`): `apps/v1` and `apps/v1/Deployment`. Known are Kubernetes 1.30 to 1.37.
pub fn served_by(version: KubernetesVersion) -> BTreeSet<String> {
    let minor = version.minor();
    let later =
        |api: &str, kind: &str| SINCE.iter().any(|(a, k, since)| (*a, *k) == (api, kind) && minor < *since);
    let built_in = BUILT_IN.iter().filter(|one| one.served_by(version) && one.on_by_default());
    let built_in = built_in.map(|one| (one.api_version(), one.kind)).filter(|(api, kind)| !later(api, kind));
    let ended = UNTIL.iter().filter(|(.., until)| minor <= *until).map(|(api, kind, _)| (*api, *kind));
    let beside = BESIDE.iter().copied().chain(ended).map(|(api, kind)| (api.to_owned(), kind));
    built_in.chain(beside).flat_map(|(api, kind)| [format!("{api}/{kind}"), api]).collect()
}

impl Served {
    /// Adds one kind.
    pub(super) fn add(&mut self, api_version: &str, kind: &str, stands: Stands) {
        let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
        self.stands.insert((group.into(), kind.into()), stands);
        self.names.extend([api_version.to_owned(), format!("{api_version}/{kind}")]);
    }

    /// Adds what a `CustomResourceDefinition` defines.
    pub(super) fn define(&mut self, group: &Value, kind: &Value, scope: &Value, versions: &Value) {
        let (Some(group), Some(kind)) = (group.as_str(), kind.as_str()) else { return };
        let stands = if scope == "Cluster" { Stands::InCluster } else { Stands::Namespaced };
        self.stands.insert((group.into(), kind.into()), stands);
        for version in versions.as_array().into_iter().flatten() {
            let served = version.get("served").is_none_or(|served| *served == Value::Bool(true));
            if let Some(name) = version.get("name").and_then(Value::as_str).filter(|_| served) {
                self.add(&format!("{group}/{name}"), kind, stands);
            }
        }
    }

    /// Adds what a manifest defines, if it is a `CustomResourceDefinition`.
    pub(super) fn define_by(&mut self, manifest: &Value) {
        let at = |pointer: &str| manifest.pointer(pointer).unwrap_or(&Value::Null);
        if at("/kind") == "CustomResourceDefinition" {
            self.define(at("/spec/group"), at("/spec/names/kind"), at("/spec/scope"), at("/spec/versions"));
        }
    }

    /// What is served beside what the version has.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.names.iter()
    }

    /// Where objects of a kind stand; none when nobody says it.
    pub(super) fn stands(&self, id: &ObjectId) -> Option<Stands> {
        let built_in = of_kind(&id.group, &id.kind).next().map(|one| one.namespaced);
        let built_in =
            built_in.map(|namespaced| if namespaced { Stands::Namespaced } else { Stands::InCluster });
        built_in.or_else(|| self.stands.get(&(id.group.clone(), id.kind.clone())).copied())
    }
}

/// What is wrong with the API of an object on a server of this version.
pub(super) fn refused(version: KubernetesVersion, api_version: &str, id: &ObjectId) -> Option<Diagnostic> {
    // Groups without a dot are Kubernetes' own, also those that are gone.
    let own = is_built_in(&id.group, &id.kind) || !id.group.contains('.');
    let serves = |api: &str| served_by(version).contains(&format!("{api}/{}", id.kind));
    let mut versions: Vec<_> = of_kind(&id.group, &id.kind)
        .filter(|one| one.served_by(version))
        .map(deathstar_core::kube::kinds::BuiltIn::api_version)
        .collect();
    // A version that is off by default may be on.
    if !own || serves(api_version) || versions.iter().any(|one| one == api_version) {
        return None;
    }
    versions.retain(|api| serves(api));
    let why = format!("Kubernetes {version} does not serve `{api_version}` with a `{}`", id.kind);
    let fix = if versions.is_empty() {
        "take a version of the chart that knows this version of Kubernetes".into()
    } else {
        format!("take a version of the chart that renders `{}`", versions.join("` or `"))
    };
    Some(Diagnostic::new("chart.api", why).fix(fix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn minors_differ_in_what_they_serve() {
        let serves = |minor: u16, name: &str| served_by(KubernetesVersion::new(minor)).contains(name);
        for minor in 30..=36 {
            for name in
                ["v1", "v1/Pod", "apps/v1/Deployment", "apiextensions.k8s.io/v1/CustomResourceDefinition"]
            {
                assert!(serves(minor, name), "{name} on {minor}");
            }
            assert!(!serves(minor, "resource.k8s.io/v1alpha3"), "{minor}");
        }
        for (name, from, to) in [
            ("flowcontrol.apiserver.k8s.io/v1beta3", 30, 31),
            ("networking.k8s.io/v1/ServiceCIDR", 33, 36),
            ("resource.k8s.io/v1/ResourceClaim", 34, 36),
            ("storage.k8s.io/v1/VolumeAttributesClass", 34, 36),
            ("admissionregistration.k8s.io/v1/MutatingAdmissionPolicy", 36, 36),
        ] {
            let found: Vec<_> = (30..=36).filter(|minor| serves(*minor, name)).collect();
            assert_eq!(found, (from..=to).collect::<Vec<_>>(), "{name}");
        }
    }

    #[test]
    fn what_is_not_served_is_told_with_what_is() {
        let refused = |api: &str, kind: &str| {
            let (group, _) = api.rsplit_once('/').unwrap_or_default();
            let id = ObjectId { group: group.into(), kind: kind.into(), namespace: None, name: "a".into() };
            refused(KubernetesVersion::new(35), api, &id).map(|finding| finding.to_string())
        };
        assert!(refused("policy/v1beta1", "PodDisruptionBudget").unwrap().contains("`policy/v1`"));
        assert!(refused("extensions/v1beta1", "Ingress").unwrap().contains("1.35"));
        assert!(refused("policy/v1beta1", "PodSecurityPolicy").is_some());
        assert_eq!(refused("policy/v1", "PodDisruptionBudget"), None);
        assert_eq!(refused("resource.k8s.io/v1beta1", "ResourceClaim"), None);
        assert_eq!(refused("cert-manager.io/v1", "Certificate"), None);
    }

    #[test]
    fn definitions_say_where_their_objects_stand() {
        let mut served = Served::default();
        served.define_by(&json!({"kind": "CustomResourceDefinition", "spec": {"group": "x.io", "scope": "Cluster",
            "names": {"kind": "A"}, "versions": [{"name": "v1", "served": true}, {"name": "v0", "served": false}]}}));
        let id = |group: &str, kind: &str| format!("{kind}.{group}/a").parse::<ObjectId>().unwrap();
        assert_eq!(served.stands(&id("x.io", "A")), Some(Stands::InCluster));
        assert_eq!(served.stands(&id("y.io", "A")), None);
        assert_eq!(served.stands(&id("apps", "Deployment")), Some(Stands::Namespaced));
        assert_eq!(served.names().collect::<Vec<_>>(), ["x.io/v1", "x.io/v1/A"]);
    }
}
