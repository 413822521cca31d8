//! Names, labels and metadata of objects.

use deathstar_core::{
    Diagnostic,
    model::{NameRule, name::kubernetes},
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use std::collections::BTreeMap;

/// Labels or annotations.
pub(super) type Texts = BTreeMap<String, String>;

/// The metadata of an object that belongs to the cluster.
pub(super) fn named(name: &str) -> ObjectMeta {
    ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() }
}

/// The metadata of an object in a namespace.
pub(super) fn within(namespace: &str, name: &str) -> ObjectMeta {
    ObjectMeta { namespace: Some(namespace.to_owned()), ..named(name) }
}

/// What has all of these labels; without any, everything.
pub(super) fn selector(labels: &Texts) -> LabelSelector {
    let labels = Some(labels.clone()).filter(|labels| !labels.is_empty());
    LabelSelector { match_labels: labels, ..LabelSelector::default() }
}

/// A finding about a name that Kubernetes would refuse.
pub(super) fn check(rule: &NameRule, code: &str, what: &str, name: &str) -> Option<Diagnostic> {
    let error = rule.check(name).err()?;
    Some(Diagnostic::new(code, format!("{what}: {error}")).fix(error.hint()))
}

/// Findings about labels that Kubernetes would refuse.
pub(super) fn check_labels(code: &str, what: &str, labels: &Texts) -> Vec<Diagnostic> {
    let pairs =
        labels.iter().map(|(key, value)| (&kubernetes::LABEL_KEY, key, &kubernetes::LABEL_VALUE, value));
    pairs
        .flat_map(|(key_rule, key, value_rule, value)| {
            [check(key_rule, code, what, key), check(value_rule, code, what, value)]
        })
        .flatten()
        .collect()
}
