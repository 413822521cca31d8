//! What every Kubernetes cluster needs.

use super::{ClientPorts, Group, Party, Ports, Service, Traffic};
use crate::model::Tier;
use std::collections::BTreeSet;

/// What every Kubernetes cluster needs of its network, and what it needs of this one.
///
/// Groups: [`CONTROL_PLANE`](Self::CONTROL_PLANE) in the intra tier unless said otherwise, [`NODES`](Self::NODES) in the private tier,
/// [`PODS`](Self::PODS) in the pods tier if there is one (without it pods are members of the nodes' group), and
/// [`LOAD_BALANCERS`](Self::LOAD_BALANCERS) in the public tier if there is one.
///
/// It has no list of ports that software may use: webhooks, load-balanced ports, overlays (VXLAN, `WireGuard`) and metrics on
/// privileged ports are declared by whoever needs them, by [`webhook`](Self::webhook), [`backend`](Self::backend) and
/// [`Traffic::allow`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it becomes traffic by `Traffic::from`"]
pub struct KubernetesTraffic {
    control_plane: Tier,
    parts: BTreeSet<Part>,
    internet: Option<Party>,
    notices: bool,
    more: Vec<Need>,
}

/// A part that a network may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Pods,
    Ingress,
    Endpoints,
    ObjectStorage,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Need {
    from: &'static str,
    ports: Ports,
    why: String,
}

impl KubernetesTraffic {
    /// The group of the control plane's network interfaces.
    pub const CONTROL_PLANE: &'static str = "control-plane";
    /// The group of nodes, and of pods that share their network interfaces.
    pub const NODES: &'static str = "nodes";
    /// The group of pods with network interfaces in a tier of their own.
    pub const PODS: &'static str = "pods";
    /// The group of load balancers that face the internet.
    pub const LOAD_BALANCERS: &'static str = "load-balancers";

    /// A cluster that nothing outside of its network talks to.
    pub const fn new() -> Self {
        Self {
            control_plane: Tier::Intra,
            parts: BTreeSet::new(),
            internet: None,
            notices: true,
            more: vec![],
        }
    }

    /// In which tier the control plane's network interfaces stand.
    pub fn control_plane(mut self, tier: Tier) -> Self {
        self.control_plane = tier;
        self
    }

    /// Whether pods have a tier of their own.
    pub fn pods(self, there: bool) -> Self {
        self.part(Part::Pods, there)
    }

    /// Whether load balancers stand in the public tier.
    pub fn ingress(self, there: bool) -> Self {
        self.part(Part::Ingress, there)
    }

    /// What nodes and pods fetch from the internet, or from some part of it.
    pub fn internet(mut self, way: impl Into<Option<Party>>) -> Self {
        self.internet = way.into();
        self
    }

    /// Whether messages about the path of what they send come back from the internet, and can be told from others: so unless said
    /// otherwise.
    pub fn notices(mut self, there: bool) -> Self {
        self.notices = there;
        self
    }

    /// Whether they call the cloud's APIs by private endpoints.
    pub fn endpoints(self, there: bool) -> Self {
        self.part(Part::Endpoints, there)
    }

    /// Whether they reach the cloud's object storage by a private route.
    pub fn object_storage(self, there: bool) -> Self {
        self.part(Part::ObjectStorage, there)
    }

    fn part(mut self, part: Part, there: bool) -> Self {
        if there {
            self.parts.insert(part);
        } else {
            self.parts.remove(&part);
        }
        self
    }

    fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// A port on which pods answer the API server: an admission webhook, an extension API server.
    pub fn webhook(mut self, port: u16, why: impl Into<String>) -> Self {
        self.more.push(Need { from: Self::CONTROL_PLANE, ports: port.into(), why: why.into() });
        self
    }

    /// Ports on which nodes or pods answer load balancers: of pods where these are the targets, 30000 to 32767 where nodes are.
    pub fn backend(mut self, ports: impl Into<Ports>, why: impl Into<String>) -> Self {
        self.more.push(Need { from: Self::LOAD_BALANCERS, ports: ports.into(), why: why.into() });
        self
    }
}

impl Default for KubernetesTraffic {
    fn default() -> Self {
        Self::new()
    }
}

impl From<KubernetesTraffic> for Traffic {
    fn from(needs: KubernetesTraffic) -> Self {
        const UNPRIVILEGED: Ports = Ports::new(1024, 65535);
        let (control_plane, nodes, pods) =
            (KubernetesTraffic::CONTROL_PLANE, KubernetesTraffic::NODES, KubernetesTraffic::PODS);
        let https = Service::tcp(443);
        let workloads = if needs.has(Part::Pods) { vec![nodes, pods] } else { vec![nodes] };
        let mut all = Self::new()
            .group(
                Group::new(control_plane, needs.control_plane)
                    .client_ports(ClientPorts::Any)
                    .about("the control plane's network interfaces"),
            )
            .group(
                Group::new(nodes, Tier::Private).client_ports(ClientPorts::Any).about("nodes of the cluster"),
            );
        if needs.has(Part::Pods) {
            let group = Group::new(pods, Tier::Pods).client_ports(ClientPorts::Any);
            all = all.group(group.about("pods with network interfaces of their own"));
        }
        // What is wide comes first: filters leave out what it opens already.
        for from in &workloads {
            if let Some(internet) = &needs.internet {
                all = all.allow(*from, internet.clone(), https, "nodes and pods fetch images and call APIs");
                if needs.notices {
                    all = all.allow(
                        internet.clone(),
                        *from,
                        Service::path_mtu(),
                        "what they send fits its path",
                    );
                }
            }
        }
        for from in &workloads {
            all = all.allow(*from, control_plane, https, "nodes and pods call the API server");
        }
        all = all.allow(
            control_plane,
            nodes,
            Service::tcp(10250),
            "the API server reads logs and runs commands by the kubelet",
        );
        for from in &workloads {
            for to in &workloads {
                all = all.allow(*from, *to, Service::dns(), "pods ask the cluster's DNS").allow(
                    *from,
                    *to,
                    Service::tcp(UNPRIVILEGED),
                    "pods talk to pods, and to kubelets",
                );
            }
        }
        if needs.has(Part::Ingress) {
            let balancers = KubernetesTraffic::LOAD_BALANCERS;
            all = all
                .group(
                    Group::new(balancers, Tier::Public)
                        .client_ports(ClientPorts::Any)
                        .about("load balancers that face the internet"),
                )
                .allow(Party::Internet, balancers, https, "clients reach load balancers")
                .allow(
                    Party::Internet,
                    balancers,
                    Service::tcp(80),
                    "load balancers send clients on to HTTPS",
                );
            if needs.notices {
                all = all.allow(
                    Party::Internet,
                    balancers,
                    Service::path_mtu(),
                    "answers to clients fit their path",
                );
            }
        }
        for from in &workloads {
            if needs.has(Part::Endpoints) {
                all = all.allow(*from, Party::Endpoints, https, "nodes and pods call the cloud's APIs");
            }
            if needs.has(Part::ObjectStorage) {
                all = all.allow(*from, Party::ObjectStorage, https, "nodes fetch the layers of images");
            }
        }
        for Need { from, ports, why } in needs.more {
            for to in &workloads {
                all = all.allow(from, *to, Service::tcp(ports), why.clone());
            }
        }
        all
    }
}
