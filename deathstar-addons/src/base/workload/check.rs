//! What is asked of a workload.

use std::fmt;

/// One thing that is asked of a workload before others rely on it.
///
/// Sources: Kubernetes documentation, "Configuration Good Practices", "Configure Liveness, Readiness and Startup Probes", "Resource
/// Management for Pods and Containers", "Pod Security Standards" (restricted), "Disruptions", "Pod Topology Spread Constraints",
/// "Container Lifecycle Hooks", "Application Security Checklist".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Each container says when it can take requests.
    ReadinessProbe,
    /// Each container says when it has to be started again.
    LivenessProbe,
    /// Each container says how much processor time and memory it needs.
    Requests,
    /// Each container says how far its memory may grow. Processor time needs no limit.
    Limits,
    /// There are two at least, or an autoscaler sees to it.
    Replicas,
    /// Nodes are drained without taking all pods away.
    Budget,
    /// Each image is of one release: a tag that is not `latest`, or a digest.
    Image,
    /// No container runs as root.
    NonRoot,
    /// No container writes into its image.
    ReadOnlyRoot,
    /// No container keeps a capability, but to listen on a privileged port.
    Capabilities,
    /// No container is privileged, or can become so.
    Privileges,
    /// System calls are filtered.
    Seccomp,
    /// It says how important it is.
    Priority,
    /// Its pods stand on several nodes or zones.
    Spread,
    /// It has a service account of its own.
    Account,
    /// No token of the API server lies in its pods.
    Token,
    /// It says how long it takes to end.
    Termination,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::ReadinessProbe,
        Self::LivenessProbe,
        Self::Requests,
        Self::Limits,
        Self::Replicas,
        Self::Budget,
        Self::Image,
        Self::NonRoot,
        Self::ReadOnlyRoot,
        Self::Capabilities,
        Self::Privileges,
        Self::Seccomp,
        Self::Priority,
        Self::Spread,
        Self::Account,
        Self::Token,
        Self::Termination,
    ];

    /// The code of its findings.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReadinessProbe => "workload.readiness-probe",
            Self::LivenessProbe => "workload.liveness-probe",
            Self::Requests => "workload.requests",
            Self::Limits => "workload.limits",
            Self::Replicas => "workload.replicas",
            Self::Budget => "workload.budget",
            Self::Image => "workload.image",
            Self::NonRoot => "workload.non-root",
            Self::ReadOnlyRoot => "workload.read-only-root",
            Self::Capabilities => "workload.capabilities",
            Self::Privileges => "workload.privileges",
            Self::Seccomp => "workload.seccomp",
            Self::Priority => "workload.priority",
            Self::Spread => "workload.spread",
            Self::Account => "workload.account",
            Self::Token => "workload.token",
            Self::Termination => "workload.termination",
        }
    }

    /// What to do.
    pub(super) const fn fix(self) -> &'static str {
        match self {
            Self::ReadinessProbe => "give the container a `readinessProbe`",
            Self::LivenessProbe => {
                "give the container a `livenessProbe` that asks for nothing but its own health"
            }
            Self::Requests => "set `resources.requests` of `cpu` and `memory`",
            Self::Limits => "set `resources.limits.memory`",
            Self::Replicas => "set `replicas` to 2 or more, or name an autoscaler with `Workload::scaled`",
            Self::Budget => "give it one with `Workload::budget`",
            Self::Image => "name a tag of one release, or a digest",
            Self::NonRoot => "set `runAsNonRoot` to true, and no `runAsUser` of 0",
            Self::ReadOnlyRoot => {
                "set `readOnlyRootFilesystem` to true, and mount an `emptyDir` where it writes"
            }
            Self::Capabilities => "drop `ALL`, and add none but `NET_BIND_SERVICE`",
            Self::Privileges => "set `allowPrivilegeEscalation` to false, and not `privileged`",
            Self::Seccomp => "set `seccompProfile.type` to `RuntimeDefault`",
            Self::Priority => "set `priorityClassName`, such as that of `Priority::Standard`",
            Self::Spread => "set `topologySpreadConstraints` over zones or nodes",
            Self::Account => "set `serviceAccountName` to an account that is declared with the namespace",
            Self::Token => "set `automountServiceAccountToken` to false",
            Self::Termination => "set `terminationGracePeriodSeconds` to what it takes to end its work",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What a check has found: where, and why it is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) check: Check,
    pub(super) path: String,
    pub(super) why: String,
}

impl Finding {
    pub(super) fn new(check: Check, path: impl Into<String>, why: impl Into<String>) -> Self {
        Self { check, path: path.into(), why: why.into() }
    }
}
