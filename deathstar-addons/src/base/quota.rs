//! How much a namespace may use.

use super::{Bytes, Cpu, metadata::within, quantity::quantity};
use deathstar_core::Diagnostic;
use k8s_openapi::{
    api::core::v1::{LimitRange, LimitRangeItem, LimitRangeSpec, ResourceQuota, ResourceQuotaSpec},
    apimachinery::pkg::api::resource::Quantity,
};
use std::collections::BTreeMap;

/// How much a namespace may use, in one word.
///
/// | | requests | memory limits | pods | storage, claims | largest container |
/// |---|---|---|---|---|---|
/// | small | 4 cores, 8 GiB | 12 GiB | 30 | 50 GiB, 10 | 2 cores, 4 GiB |
/// | medium | 16 cores, 64 GiB | 96 GiB | 100 | 500 GiB, 30 | 8 cores, 16 GiB |
/// | large | 64 cores, 256 GiB | 384 GiB | 400 | 5 TiB, 100 | 16 cores, 64 GiB |
///
/// The numbers are a start; [`Quota::new`] says others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SizeClass {
    /// A service or two.
    Small,
    /// What one team runs.
    Medium,
    /// A product.
    Large,
}

/// How much all of a namespace may use together.
///
/// Processor time is limited by requests alone: a limit throttles what could use idle time. Memory is limited both ways, since what
/// is used cannot be taken back. There are no node ports, and no load balancers of its own, unless said otherwise.
///
/// Source: Kubernetes documentation, "Resource Quotas".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    cpu: Cpu,
    memory: Bytes,
    memory_limits: Bytes,
    pods: u32,
    storage: Bytes,
    claims: u32,
    load_balancers: u32,
}

impl Quota {
    /// What the containers of a namespace may request together; the limits of their memory may be half as much again.
    pub const fn new(cpu: Cpu, memory: Bytes) -> Self {
        let memory_limits = memory.half_as_much_again();
        let (pods, storage, claims) = (100, Bytes::gibi(500), 30);
        Self { cpu, memory, memory_limits, pods, storage, claims, load_balancers: 0 }
    }

    /// Up to how much memory its containers may grow together.
    #[must_use]
    pub const fn memory_limits(mut self, memory: Bytes) -> Self {
        self.memory_limits = memory;
        self
    }

    /// How many pods there may be that have not ended.
    #[must_use]
    pub const fn pods(mut self, pods: u32) -> Self {
        self.pods = pods;
        self
    }

    /// How much storage may be claimed, and by how many claims.
    #[must_use]
    pub const fn storage(mut self, storage: Bytes, claims: u32) -> Self {
        self.storage = storage;
        self.claims = claims;
        self
    }

    /// How many services may have a load balancer of the cloud, each of which costs. The server counts a node port for each port
    /// of such a service, so that node ports are not limited any more.
    #[must_use]
    pub const fn load_balancers(mut self, services: u32) -> Self {
        self.load_balancers = services;
        self
    }

    pub(super) fn findings(self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        if self.memory_limits < self.memory {
            let why = format!(
                "a quota of {} of memory can never be used: its limits may be {} together",
                self.memory, self.memory_limits
            );
            let fix = "let limits be as large as requests, or larger";
            findings.push(Diagnostic::new("base.quota", why).fix(fix));
        }
        if self.pods == 0 {
            let why = "a quota of no pods is a namespace in which nothing runs";
            findings.push(Diagnostic::new("base.quota", why).fix("allow some"));
        }
        findings
    }

    /// As an object.
    pub(super) fn object(self, namespace: &str) -> ResourceQuota {
        let mut hard: BTreeMap<String, Quantity> = [
            ("requests.cpu", quantity(self.cpu)),
            ("requests.memory", quantity(self.memory)),
            ("limits.memory", quantity(self.memory_limits)),
            ("pods", quantity(self.pods)),
            ("requests.storage", quantity(self.storage)),
            ("persistentvolumeclaims", quantity(self.claims)),
            ("services.loadbalancers", quantity(self.load_balancers)),
        ]
        .map(|(name, amount)| (name.to_owned(), amount))
        .into();
        if self.load_balancers == 0 {
            hard.insert("services.nodeports".into(), quantity(0));
        }
        ResourceQuota {
            metadata: within(namespace, "quota"),
            spec: Some(ResourceQuotaSpec { hard: Some(hard), ..ResourceQuotaSpec::default() }),
            ..ResourceQuota::default()
        }
    }
}

/// What a container of a namespace gets that asks for nothing, and the most that one may ask for.
///
/// Source: Kubernetes documentation, "Limit Ranges".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    request: (Cpu, Bytes),
    memory_limit: Bytes,
    most: (Cpu, Bytes),
    largest_claim: Bytes,
}

impl Limits {
    /// The most that one container may use. What asks for nothing gets a tenth of a core, and 128 MiB of memory that may grow to
    /// 256 MiB.
    pub const fn new(cpu: Cpu, memory: Bytes) -> Self {
        Self {
            request: (Cpu::millicores(100), Bytes::mebi(128)),
            memory_limit: Bytes::mebi(256),
            most: (cpu, memory),
            largest_claim: Bytes::gibi(100),
        }
    }

    /// What a container gets that asks for nothing: requests, and the limit of its memory.
    #[must_use]
    pub const fn unless_said(mut self, cpu: Cpu, memory: Bytes, memory_limit: Bytes) -> Self {
        self.request = (cpu, memory);
        self.memory_limit = memory_limit;
        self
    }

    /// The most that one claim of storage may ask for.
    #[must_use]
    pub const fn largest_claim(mut self, storage: Bytes) -> Self {
        self.largest_claim = storage;
        self
    }

    pub(super) fn findings(self) -> Vec<Diagnostic> {
        let Self { request: (cpu, memory), memory_limit, most: (most_cpu, most_memory), .. } = self;
        let mut findings = vec![];
        let mut push = |what: &str, less: String, more: String| {
            let why =
                format!("{what} is {more}, and more than {less}: no pod that says nothing would be admitted");
            findings.push(Diagnostic::new("base.limits", why).fix("lower the one, or raise the other"));
        };
        if cpu > most_cpu {
            push("the request of who says nothing", most_cpu.to_string(), cpu.to_string());
        }
        if memory > memory_limit {
            push("the request of who says nothing", memory_limit.to_string(), memory.to_string());
        }
        if memory_limit > most_memory {
            push("the limit of who says nothing", most_memory.to_string(), memory_limit.to_string());
        }
        findings
    }

    /// As an object.
    pub(super) fn object(self, namespace: &str) -> LimitRange {
        let amounts = |all: &[(&str, Quantity)]| {
            Some(all.iter().map(|(name, amount)| ((*name).to_owned(), amount.clone())).collect())
        };
        let container = LimitRangeItem {
            type_: "Container".into(),
            default_request: amounts(&[
                ("cpu", quantity(self.request.0)),
                ("memory", quantity(self.request.1)),
            ]),
            // The server takes the most for the limit of who says none: a limit of processor time that is as high throttles nobody
            // whose container is admitted.
            default: amounts(&[("cpu", quantity(self.most.0)), ("memory", quantity(self.memory_limit))]),
            max: amounts(&[("cpu", quantity(self.most.0)), ("memory", quantity(self.most.1))]),
            ..LimitRangeItem::default()
        };
        let claim = LimitRangeItem {
            type_: "PersistentVolumeClaim".into(),
            max: amounts(&[("storage", quantity(self.largest_claim))]),
            ..LimitRangeItem::default()
        };
        LimitRange {
            metadata: within(namespace, "limits"),
            spec: Some(LimitRangeSpec { limits: vec![container, claim] }),
        }
    }
}

impl SizeClass {
    /// All of a namespace of this size together.
    pub const fn quota(self) -> Quota {
        match self {
            Self::Small => Quota::new(Cpu::cores(4), Bytes::gibi(8)).pods(30).storage(Bytes::gibi(50), 10),
            Self::Medium => {
                Quota::new(Cpu::cores(16), Bytes::gibi(64)).pods(100).storage(Bytes::gibi(500), 30)
            }
            Self::Large => {
                Quota::new(Cpu::cores(64), Bytes::gibi(256)).pods(400).storage(Bytes::tebi(5), 100)
            }
        }
    }

    /// One container, or one claim, of a namespace of this size.
    pub const fn limits(self) -> Limits {
        match self {
            Self::Small => Limits::new(Cpu::cores(2), Bytes::gibi(4)).largest_claim(Bytes::gibi(20)),
            Self::Medium => Limits::new(Cpu::cores(8), Bytes::gibi(16)).largest_claim(Bytes::gibi(100)),
            Self::Large => Limits::new(Cpu::cores(16), Bytes::gibi(64)).largest_claim(Bytes::tebi(1)),
        }
    }
}
