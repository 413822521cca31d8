//! The ranks of kinds.

use crate::kube::{
    kinds::is_built_in,
    order::{Rank, rank::RANKS},
};

#[test]
fn kinds_have_their_rank() {
    let ranks = [
        ("", "Namespace"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("", "ResourceQuota"),
        ("", "ServiceAccount"),
        ("rbac.authorization.k8s.io", "Role"),
        ("rbac.authorization.k8s.io", "RoleBinding"),
        ("", "Secret"),
        ("", "PersistentVolumeClaim"),
        ("", "Service"),
        ("apps", "Deployment"),
        ("policy", "PodDisruptionBudget"),
        ("apiregistration.k8s.io", "APIService"),
        ("example.com", "Widget"),
    ];
    let ranks = ranks.map(|(group, kind)| Rank::of(group, kind));
    assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
    for (group, kind, _) in RANKS {
        assert!(is_built_in(group, kind), "{kind} is misspelled");
    }
}
