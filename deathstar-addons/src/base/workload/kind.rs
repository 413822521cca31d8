//! The kinds of workloads.

use crate::base::metadata::Texts;
use deathstar_core::kube::Object;
use k8s_openapi::{
    api::{
        apps::v1::{DaemonSet, Deployment, StatefulSet},
        core::v1::PodSpec,
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};

/// A workload that runs for as long as it is declared.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkloadKind {
    /// Pods that are all alike.
    Deployment(Box<Deployment>),
    /// Pods with names and storage of their own.
    StatefulSet(Box<StatefulSet>),
    /// A pod on each node.
    DaemonSet(Box<DaemonSet>),
}

impl From<Deployment> for WorkloadKind {
    fn from(deployment: Deployment) -> Self {
        Self::Deployment(Box::new(deployment))
    }
}

impl From<StatefulSet> for WorkloadKind {
    fn from(stateful_set: StatefulSet) -> Self {
        Self::StatefulSet(Box::new(stateful_set))
    }
}

impl From<DaemonSet> for WorkloadKind {
    fn from(daemon_set: DaemonSet) -> Self {
        Self::DaemonSet(Box::new(daemon_set))
    }
}

impl WorkloadKind {
    pub(super) const fn metadata(&self) -> &ObjectMeta {
        match self {
            Self::Deployment(one) => &one.metadata,
            Self::StatefulSet(one) => &one.metadata,
            Self::DaemonSet(one) => &one.metadata,
        }
    }

    /// What it says of its pods.
    pub(super) fn pods(&self) -> Option<&PodSpec> {
        let template = match self {
            Self::Deployment(one) => one.spec.as_ref().map(|spec| &spec.template),
            Self::StatefulSet(one) => one.spec.as_ref().map(|spec| &spec.template),
            Self::DaemonSet(one) => one.spec.as_ref().map(|spec| &spec.template),
        };
        template.and_then(|template| template.spec.as_ref())
    }

    /// The labels by which it knows its pods.
    pub(super) fn labels(&self) -> Texts {
        let selector = match self {
            Self::Deployment(one) => one.spec.as_ref().map(|spec| &spec.selector),
            Self::StatefulSet(one) => one.spec.as_ref().map(|spec| &spec.selector),
            Self::DaemonSet(one) => one.spec.as_ref().map(|spec| &spec.selector),
        };
        selector.and_then(|selector| selector.match_labels.clone()).unwrap_or_default()
    }

    /// How many pods it has; one on each node where it does not say.
    pub(super) fn replicas(&self) -> Option<i32> {
        match self {
            Self::Deployment(one) => Some(one.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1)),
            Self::StatefulSet(one) => Some(one.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1)),
            Self::DaemonSet(_) => None,
        }
    }

    pub(super) fn object(self) -> Object {
        match self {
            Self::Deployment(one) => Object::of(*one),
            Self::StatefulSet(one) => Object::of(*one),
            Self::DaemonSet(one) => Object::of(*one),
        }
    }
}
