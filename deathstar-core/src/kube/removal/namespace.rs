//! What a namespace that does not end tells.
//!
//! Source: Kubernetes 1.35, `pkg/controller/namespace/deletion`.

use super::{Blocker, named};
use crate::kube::view::View;

/// Conditions of a namespace that is being deleted: whose turn it is, and what to do. The first ones are causes of the later.
const CONDITIONS: &[(&str, &str, &str)] = &[
    (
        "NamespaceDeletionDiscoveryFailure",
        "the API service that does not answer",
        "bring it back, or delete its `APIService`: until then nobody knows what is in the namespace",
    ),
    (
        "NamespaceDeletionGroupVersionParsingFailure",
        "the API service with a group or version that cannot be read",
        "mend or delete its `APIService`",
    ),
    (
        "NamespaceDeletionContentFailure",
        "whoever refuses the deletion",
        "an admission webhook or an API service refuses to delete what is in the namespace",
    ),
    (
        "NamespaceFinalizersRemaining",
        "whoever put these finalizers there",
        "it was deleted before its objects, or waits for something",
    ),
    (
        "NamespaceContentRemaining",
        "whoever looks after what is left",
        "the deletion of these objects has to end first",
    ),
];

/// What keeps the namespace, by its conditions; before they are told, its own finalizers.
pub(super) fn blockers(namespace: View<'_>) -> Vec<Blocker> {
    let told = CONDITIONS.iter().filter_map(|(r#type, who, advice)| {
        let condition = namespace.condition(r#type).filter(|condition| condition.is_true())?;
        let what = format!("{}; {advice}", condition.message());
        Some(Blocker { object: named(namespace), finalizer: None, who: (*who).into(), what })
    });
    let told: Vec<Blocker> = told.collect();
    if !told.is_empty() {
        return told;
    }
    let own = namespace.words("/spec/finalizers").map(|finalizer| {
        let who = match finalizer {
            "kubernetes" => "the namespace controller (kube-controller-manager)".into(),
            other => format!("the controller of `{other}`"),
        };
        let what = "empties the namespace".to_owned();
        Blocker { object: named(namespace), finalizer: Some(finalizer.into()), who, what }
    });
    own.collect()
}
