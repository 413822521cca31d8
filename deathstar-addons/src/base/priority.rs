//! Which pods go first.

use super::metadata::{named, within};
use super::quantity::quantity;
use k8s_openapi::api::{
    core::v1::{ResourceQuota, ResourceQuotaSpec, ScopeSelector, ScopedResourceSelectorRequirement},
    scheduling::v1::PriorityClass,
};
use std::fmt;

/// Which pods go first when there is too little room: a priority class.
///
/// Source: Kubernetes documentation, "Pod Priority and Preemption"; classes of one's own end at 1,000,000,000, above are those of
/// Kubernetes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// What may wait: jobs, reports. It displaces nobody.
    Background,
    /// What says nothing.
    Standard,
    /// What earns the money.
    Critical,
    /// What others in the cluster stand on: ingress, certificates, policies.
    Platform,
}

/// Whether pods of a class may displace others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preemption {
    /// They wait for room.
    Never,
    /// Pods of lower priority have to go where there is no room.
    LowerPriority,
}

/// The classes of Kubernetes itself.
const OF_KUBERNETES: [&str; 2] = ["system-cluster-critical", "system-node-critical"];

impl Priority {
    /// All of them, the lowest first.
    pub const ALL: [Self; 4] = [Self::Background, Self::Standard, Self::Critical, Self::Platform];

    /// The name of the class.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Background => "background",
            Self::Standard => "standard",
            Self::Critical => "critical",
            Self::Platform => "platform",
        }
    }

    /// How the scheduler compares it.
    pub const fn value(self) -> i32 {
        match self {
            Self::Background => 1_000,
            Self::Standard => 10_000,
            Self::Critical => 100_000,
            Self::Platform => 1_000_000,
        }
    }

    /// Whether its pods may displace others.
    pub const fn preemption(self) -> Preemption {
        match self {
            Self::Background => Preemption::Never,
            Self::Standard | Self::Critical | Self::Platform => Preemption::LowerPriority,
        }
    }

    const fn about(self) -> &'static str {
        match self {
            Self::Background => "what may wait; it displaces nobody",
            Self::Standard => "what says nothing",
            Self::Critical => "what earns the money",
            Self::Platform => "what others in the cluster stand on",
        }
    }

    /// As an object.
    pub(super) fn object(self) -> PriorityClass {
        let preemption = match self.preemption() {
            Preemption::Never => "Never",
            Preemption::LowerPriority => "PreemptLowerPriority",
        };
        PriorityClass {
            metadata: named(self.class()),
            value: self.value(),
            global_default: Some(self == Self::Standard),
            preemption_policy: Some(preemption.into()),
            description: Some(self.about().into()),
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class())
    }
}

/// The quota of a namespace whose pods may have no higher priority: no pods at all above it.
///
/// Source: Kubernetes documentation, "Resource Quotas", by priority class.
pub(super) fn quota(namespace: &str, highest: Priority) -> ResourceQuota {
    let higher = Priority::ALL.into_iter().filter(|other| *other > highest).map(Priority::class);
    let classes = higher.chain(OF_KUBERNETES).map(str::to_owned).collect();
    let of_class = ScopedResourceSelectorRequirement {
        scope_name: "PriorityClass".into(),
        operator: "In".into(),
        values: Some(classes),
    };
    ResourceQuota {
        metadata: within(namespace, "priorities"),
        spec: Some(ResourceQuotaSpec {
            hard: Some([("pods".to_owned(), quantity(0))].into()),
            scope_selector: Some(ScopeSelector { match_expressions: Some(vec![of_class]) }),
            ..ResourceQuotaSpec::default()
        }),
        ..ResourceQuota::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_below_those_of_kubernetes_and_in_order() {
        let values = Priority::ALL.map(Priority::value);
        assert!(values.is_sorted() && values.iter().all(|value| (1..=1_000_000_000).contains(value)));
        let default = Priority::ALL.map(|one| one.object().global_default == Some(true));
        assert_eq!(default, [false, true, false, false], "one is the default");
    }

    #[test]
    fn no_pod_is_above_the_highest() {
        let classes = |highest| {
            let scope = quota("shop", highest).spec.unwrap().scope_selector.unwrap();
            scope.match_expressions.unwrap().remove(0).values.unwrap()
        };
        assert_eq!(classes(Priority::Critical), ["platform", OF_KUBERNETES[0], OF_KUBERNETES[1]]);
        assert_eq!(classes(Priority::Platform), OF_KUBERNETES);
    }
}
