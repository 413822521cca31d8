//! Groups of pods.

use super::KubernetesTraffic;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A group of pods of a cluster: chosen by namespace and labels, and in the network members of the group whose interfaces they
/// share.
///
/// A declaration names it like any other group. The network's rules, which do not tell pods apart, are those of its
/// [`carrier`](Self::carrier); the cluster's own rules ([`Traffic::pod_rules`](super::Traffic::pod_rules)) are exact.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Pods {
    /// Its name, different from that of every group.
    pub name: String,
    /// The namespace that they are in.
    pub namespace: String,
    /// The labels that they all have; without any, all pods of the namespace.
    pub labels: BTreeMap<String, String>,
    /// The group of workloads whose network interfaces they share.
    pub carrier: String,
}

impl Pods {
    /// All pods of a namespace, on the network interfaces of nodes.
    pub fn of(name: impl Into<String>, namespace: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            namespace: namespace.into(),
            labels: BTreeMap::new(),
            carrier: KubernetesTraffic::NODES.into(),
        }
    }

    /// Only those that have this label too.
    #[must_use]
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    /// On whose network interfaces they are: [`KubernetesTraffic::PODS`] where pods have a tier of their own.
    #[must_use]
    pub fn on(mut self, carrier: impl Into<String>) -> Self {
        self.carrier = carrier.into();
        self
    }
}
