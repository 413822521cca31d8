//! What a user says about a virtual network for a cluster.

use super::{ExistingVnet, FlowLogs, PrivateTarget};
use crate::{
    id::{ResourceGroupId, VirtualNetworkId},
    networking::NextHop,
};
use deathstar_core::{
    Input,
    component::{Egress as Nat, IpFamilies, NetworkChoices, NetworkSpec, PrivateEndpoints},
    model::{IpCidr, Tier, cidr::Spread, traffic::RuleLimits},
    network_choices,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// A virtual network for a cluster: tiers of subnets, with their ways out, and rules that open what is declared.
///
/// ```
/// use deathstar_azure::{Nat, Subscription, Vnet};
/// use deathstar_core::{Stack, model::traffic::{Service, Traffic}};
///
/// let mut stack = Stack::new("webshop");
/// let azure = stack.on(Subscription::new("11111111-2222-3333-4444-555555555555", "westeurope"));
/// let webhooks = Traffic::new().allow("control-plane", "nodes", Service::tcp(9443), "the load balancer controller's webhook");
/// let network = Vnet::new("10.20.0.0/16").nat(Nat::PerZone).traffic(webhooks);
/// let network = stack.add(&azure, "network", network);
/// ```
///
/// Unless it is said otherwise there are three tiers, each with one subnet that spans all zones:
///
/// - *public*: what has public addresses of its own, such as application gateways;
/// - *private*, with a NAT gateway, if there is one: nodes and pods;
/// - *intra*, without any way out: the control plane's network interfaces, data stores.
///
/// On Azure a zone is a property of what stands in a subnet, and not of the subnet. No machine reaches the internet by an address that
/// Azure lends it. All traffic is recorded. No subnet moves when a zone is added, a tier is left out or taken in, or when the way out
/// changes.
///
/// # The way out
/// | `nat` | what is made | when a zone fails | IPv6 |
/// |---|---|---|---|
/// | [`Nat::PerZone`], the default | one gateway of the sort `StandardV2`, which spans all zones | nothing is cut off | yes |
/// | [`Nat::Single`] | one gateway of the sort `Standard` in zone 1 | zone 1 cuts off all | no |
/// | [`Nat::PerZone`] with [`Vnet::subnets_per_zone`] | one gateway of the sort `Standard` in each zone, for subnets of that zone | the zone alone is cut off | no |
/// | [`Nat::None`] | nothing | | no |
///
/// Both sorts cost the same. The last two are for the few regions that have no `StandardV2`.
///
/// Source: Azure NAT Gateway, "SKUs".
///
/// # Traffic
/// Each tier has a network security group, and each group of workloads an application security group that its network interfaces
/// join. The rules open what is declared, in both directions, and nothing else: what every Kubernetes cluster needs
/// ([`KubernetesTraffic`](deathstar_core::model::traffic::KubernetesTraffic)), and what [`Vnet::traffic`] adds. Azure's own rules, which
/// let everything in the network talk and everything out, come after one of ours that closes. The full plan shows for each rule who
/// asked for it.
///
/// The platform's services at 168.63.129.16 and 169.254.169.254 (names, metadata, the machine's agent) are not filtered. The same
/// address asks for load balancers how their targets are, and that is: declare
/// [`Party::Probes`](deathstar_core::model::traffic::Party::Probes). What clients send to a load balancer comes to the private tier with
/// the client's address: declare [`Party::Internet`](deathstar_core::model::traffic::Party::Internet) to its group.
///
/// Rules know no types of ICMP, and so nothing about paths is declared for a cluster by itself.
///
/// Source: Azure Virtual Network, "Network security groups overview".
///
/// # Cost
/// NAT gateways and their addresses are paid by the hour, private endpoints too; records of traffic by the amount; a private DNS zone
/// by the month; the rest costs nothing.
#[derive(Clone, Debug)]
#[must_use = "a component declares nothing until it is added to a stack"]
pub struct Vnet {
    pub(super) choices: NetworkChoices,
    pub(super) resource_group: Option<Input<ResourceGroupId>>,
    pub(super) ipv6_range: Option<String>,
    pub(super) endpoints: PrivateEndpoints,
    pub(super) service_endpoints: BTreeSet<String>,
    pub(super) targets: BTreeMap<String, PrivateTarget>,
    pub(super) flow_logs: FlowLogs,
    pub(super) dns_servers: Vec<IpAddr>,
    pub(super) routes: Vec<(IpCidr, NextHop)>,
    pub(super) delegations: BTreeMap<Tier, String>,
}

network_choices!(Vnet);

/// The service that is reached without the internet from every subnet.
pub(super) const STORAGE: &str = "Microsoft.Storage";

impl Vnet {
    /// A virtual network with this IPv4 range, and a NAT gateway that spans all zones.
    pub fn new(range: impl Into<String>) -> Self {
        Self::of(NetworkChoices::new(range, RuleLimits::AZURE))
    }

    pub(super) fn of_spec(spec: &NetworkSpec) -> Self {
        Self::of(NetworkChoices::of(spec, RuleLimits::AZURE))
    }

    fn of(mut choices: NetworkChoices) -> Self {
        for tier in Tier::ALL {
            choices.spanning(tier);
        }
        Self {
            choices,
            resource_group: None,
            ipv6_range: None,
            endpoints: PrivateEndpoints::default(),
            service_endpoints: BTreeSet::from([STORAGE.to_owned()]),
            targets: BTreeMap::new(),
            flow_logs: FlowLogs::default(),
            dns_servers: vec![],
            routes: vec![],
            delegations: BTreeMap::new(),
        }
    }

    /// A virtual network that others own: nothing in it is made, changed or deleted.
    pub fn existing(id: impl Into<Input<VirtualNetworkId>>) -> ExistingVnet {
        ExistingVnet::new(id)
    }

    /// Stands in a resource group that is there, instead of one of its own.
    pub fn resource_group(mut self, group: impl Into<Input<ResourceGroupId>>) -> Self {
        self.resource_group = Some(group.into());
        self
    }

    /// Over how many zones what stands in it is spread: 3 unless said otherwise, which is how many every region with zones has.
    ///
    /// Subnets span all zones, so that nothing changes with it but what others are told, and gateways per zone.
    pub fn zones(mut self, zones: u8) -> Self {
        self.choices.zones = zones;
        self
    }

    /// Gives the private tier, and that of pods, a subnet for each zone, so that each zone has a way out of its own. Another layout:
    /// choose it once.
    ///
    /// What stands in such a subnet has to be put into its zone: Azure does not see to it.
    pub fn subnets_per_zone(mut self) -> Self {
        for tier in [Tier::Private, Tier::Pods] {
            self.choices.per_zone(tier);
        }
        self
    }

    /// The address families: IPv4 unless said otherwise. IPv6 that is taken in later is added in place.
    ///
    /// Azure has no networks without IPv4.
    pub fn families(mut self, families: IpFamilies) -> Self {
        self.choices.families = families;
        self
    }

    /// The IPv6 range of a network of both families, from which each subnet has a `/64`: a unique local one that follows from the
    /// subscription and the network's name, unless said otherwise.
    pub fn ipv6_range(mut self, range: impl Into<String>) -> Self {
        self.ipv6_range = Some(range.into());
        self
    }

    /// The way out of the private tier: a gateway that spans all zones unless said otherwise.
    pub fn nat(mut self, nat: Nat) -> Self {
        self.choices.egress = nat;
        self
    }

    /// Which services of Azure are reached without the internet: storage unless said otherwise, which always is, by a service endpoint.
    ///
    /// A private endpoint leads to one resource, so that "all that a cluster calls" is what [`Vnet::private_endpoint`] names: for
    /// [`PrivateEndpoints::Cluster`] at least the container registry that the cluster's images come from, and a finding tells when it
    /// is missing. Key vaults and registries are then reached by service endpoints too.
    ///
    /// Source: Azure Kubernetes Service, "Network isolated clusters".
    pub fn private_endpoints(mut self, endpoints: PrivateEndpoints) -> Self {
        self.endpoints = endpoints;
        if endpoints == PrivateEndpoints::Cluster {
            self.service_endpoints
                .extend(["Microsoft.ContainerRegistry", "Microsoft.KeyVault"].map(str::to_owned));
        }
        self
    }

    /// One more service that is reached by a service endpoint in every subnet, such as `Microsoft.Sql`.
    pub fn service_endpoint(mut self, service: impl Into<String>) -> Self {
        self.service_endpoints.insert(service.into());
        self
    }

    /// A resource that is reached by a private endpoint, under a name of this program's own.
    pub fn private_endpoint(mut self, name: impl Into<String>, target: PrivateTarget) -> Self {
        self.targets.insert(name.into(), target);
        self
    }

    /// Where traffic is recorded: in a storage account and a workspace of its own, for 90 days, unless said otherwise.
    pub fn flow_logs(mut self, logs: FlowLogs) -> Self {
        self.flow_logs = logs;
        self
    }

    /// The servers that resolve names in it, instead of Azure's.
    pub fn dns_servers(mut self, servers: impl IntoIterator<Item = IpAddr>) -> Self {
        self.dns_servers = servers.into_iter().collect();
        self
    }

    /// Leads what is sent to a range from every tier another way: to a firewall, to a gateway of the network.
    pub fn route(mut self, range: IpCidr, via: NextHop) -> Self {
        self.routes.push((range, via));
        self
    }

    /// Gives the subnets of a tier to a service of Azure, such as `Microsoft.ContainerService/managedClusters` for the API server of a
    /// cluster. Nothing else can stand there then.
    ///
    /// What a service puts there joins no application security group, so that rules name the one group of that tier by its ranges.
    pub fn delegate(mut self, tier: Tier, service: impl Into<String>) -> Self {
        self.delegations.insert(tier, service.into());
        self
    }

    /// How many rules Azure takes in a network security group, where it has granted more than others have.
    pub fn rule_limits(mut self, limits: RuleLimits) -> Self {
        self.choices.limits = limits;
        self
    }

    /// Whether the way out is one gateway that spans all zones.
    pub(super) fn is_zone_redundant(&self) -> bool {
        self.choices.egress == Nat::PerZone && self.choices.spread(Tier::Private) == Spread::Regional
    }

    /// In how many zones there are gateways that stand in one.
    pub(super) fn nat_zones(&self, zones: u8) -> u8 {
        match self.choices.egress {
            _ if !self.choices.needs_gateways() || self.is_zone_redundant() => 0,
            Nat::None => 0,
            Nat::Single => 1,
            Nat::PerZone => zones,
        }
    }

    /// Where private endpoints stand.
    pub(super) fn endpoint_tier(&self) -> Option<Tier> {
        let own = |tier: &Tier| self.choices.has(*tier) && !self.delegations.contains_key(tier);
        [Tier::Private, Tier::Intra].into_iter().find(own)
    }
}
