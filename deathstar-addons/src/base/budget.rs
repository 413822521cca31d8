//! How many pods of a workload may be away at once.

use super::metadata::{Texts, check, check_labels, selector, within};
use deathstar_core::{Diagnostic, kube::Object, model::name::kubernetes};
use k8s_openapi::{
    api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec},
    apimachinery::pkg::util::intstr::IntOrString,
};
use std::num::NonZeroU16;

/// How many pods may be away at once when nodes are drained.
///
/// None at all cannot be said: nodes could never be drained again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disruption {
    /// At most so many are away.
    Unavailable(NonZeroU16),
    /// At most so many of a hundred are away, rounded up.
    UnavailablePercent(NonZeroU16),
}

impl Disruption {
    /// One after the other.
    pub const ONE: Self = Self::Unavailable(NonZeroU16::MIN);

    pub(super) fn value(self) -> IntOrString {
        match self {
            Self::Unavailable(pods) => IntOrString::Int(pods.get().into()),
            Self::UnavailablePercent(percent) => IntOrString::String(format!("{percent}%")),
        }
    }
}

/// A disruption budget: how many pods of a workload may be away at once.
///
/// Pods that are not ready count for nothing: a broken workload does not keep a node from being drained (`AlwaysAllow`).
///
/// Source: Kubernetes documentation, "Specifying a Disruption Budget for your Application", unhealthy pod eviction policy.
#[derive(Clone, Debug)]
#[must_use = "it is declared with its namespace"]
pub struct Budget {
    name: String,
    labels: Texts,
    disruption: Disruption,
}

impl Budget {
    /// A budget of this name for pods that have this label.
    pub fn new(
        name: impl Into<String>,
        key: impl Into<String>,
        value: impl Into<String>,
        disruption: Disruption,
    ) -> Self {
        Self { name: name.into(), labels: [(key.into(), value.into())].into(), disruption }
    }

    /// Only for pods that have this label too.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    /// For all pods that have these labels.
    pub(super) fn of(name: &str, labels: Texts, disruption: Disruption) -> Self {
        Self { name: name.into(), labels, disruption }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// As an object.
    pub(super) fn object(&self, namespace: &str) -> Object {
        Object::of(PodDisruptionBudget {
            metadata: within(namespace, &self.name),
            spec: Some(PodDisruptionBudgetSpec {
                max_unavailable: Some(self.disruption.value()),
                selector: Some(selector(&self.labels)),
                unhealthy_pod_eviction_policy: Some("AlwaysAllow".into()),
                ..PodDisruptionBudgetSpec::default()
            }),
            ..PodDisruptionBudget::default()
        })
    }

    pub(super) fn findings(&self) -> Vec<Diagnostic> {
        let mut findings = check_labels("base.budget", "a budget", &self.labels);
        findings.extend(check(&kubernetes::DNS_SUBDOMAIN, "base.budget", "a budget", &self.name));
        if let Disruption::UnavailablePercent(percent) = self.disruption
            && percent.get() >= 100
        {
            let why = format!("the budget `{}` lets all pods be away at once", self.name);
            findings.push(Diagnostic::new("base.budget", why).fix("let fewer be away"));
        }
        findings
    }
}
