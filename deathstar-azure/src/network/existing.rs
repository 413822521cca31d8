//! A virtual network that others own.

use super::VnetRefs;
use crate::{
    Azure,
    id::{ResourceId, SubnetId, VirtualNetworkId},
    permission,
};
use deathstar_core::{
    Diagnostic, Fact, Input, Output, Scope,
    component::{Component, Gate, SubnetRefs},
    graph::Expr,
    model::{IpCidr, Tier, name::azure::SUBNET},
    permission::{Permission, Verb, Which},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(feature = "client")]
mod ask;

/// A virtual network that others own, for a cluster to be built in: nothing of it is made, changed or deleted.
///
/// Its subnets are told apart by name, since subnets of Azure carry no tags. Each spans all zones.
///
/// ```
/// use deathstar_azure::{Subscription, Vnet, id::VirtualNetworkId};
/// use deathstar_core::{Stack, model::Tier};
///
/// const HUB: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub";
/// let mut stack = Stack::new("webshop");
/// let azure = stack.on(Subscription::new("11111111-2222-3333-4444-555555555555", "westeurope"));
/// let vnet = Vnet::existing(VirtualNetworkId::new(HUB)).tier(Tier::Private, "snet-nodes").tier(Tier::Intra, "snet-data");
/// let network = stack.add(&azure, "network", vnet);
/// assert_eq!(network.subnet_ids(Tier::Private).len(), 1);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a component declares nothing until it is added to a stack"]
pub struct ExistingVnet {
    lookup: VnetLookup,
    zones: u8,
}

impl ExistingVnet {
    pub(super) fn new(id: impl Into<Input<VirtualNetworkId>>) -> Self {
        Self { lookup: VnetLookup { vnet: id.into(), tiers: BTreeMap::new() }, zones: 3 }
    }

    /// Over how many zones what stands in it is spread: 3 unless said otherwise.
    pub fn zones(mut self, zones: u8) -> Self {
        self.zones = zones;
        self
    }

    /// The name of a tier's subnet.
    pub fn tier(mut self, tier: Tier, subnet: impl Into<String>) -> Self {
        self.lookup.tiers.insert(tier, subnet.into());
        self
    }
}

impl Component for ExistingVnet {
    type Provider = Azure;
    type Refs = VnetRefs;

    fn declare(self, scope: &mut Scope<'_, Azure>) -> VnetRefs {
        let tiers: Vec<Tier> = self.lookup.tiers.keys().copied().collect();
        let found = scope.add("lookup", Gate(self.lookup));
        let at = |path: &str| -> Expr { found.expr().clone().below(path) };
        let range = Input::Pending(at("/range"));
        let mut refs =
            VnetRefs::of(Output::from_expr(at("/vnet")), vec![range], super::declare::zones(self.zones));
        let subnet = |tier| SubnetRefs {
            tier,
            zone: None,
            range: None,
            id: Output::from_expr(at(&format!("/subnets/{tier}"))),
        };
        refs.parts.subnets = tiers.into_iter().map(subnet).collect();
        refs
    }
}

/// The question behind [`ExistingVnet`]: the range of a virtual network, and its subnets by name.
///
/// Frozen: a range that others add later moves nothing.
///
/// # Permissions
/// `Microsoft.Network/virtualNetworks/read`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VnetLookup {
    /// The virtual network.
    pub vnet: Input<VirtualNetworkId>,
    /// The name of each tier's subnet.
    pub tiers: BTreeMap<Tier, String>,
}

/// What is known of a virtual network that others own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VnetTiers {
    /// The virtual network.
    pub vnet: VirtualNetworkId,
    /// Its first IPv4 range.
    pub range: IpCidr,
    /// The subnet of each tier.
    pub subnets: BTreeMap<Tier, SubnetId>,
}

impl VnetLookup {
    /// The ids of the subnets, which follow from their names.
    pub(crate) fn subnets(&self, vnet: &VirtualNetworkId) -> BTreeMap<Tier, SubnetId> {
        let id = |name: &String| SubnetId::new(ResourceId::from(vnet.clone()).child(SubnetId::TYPE, name));
        self.tiers.iter().map(|(tier, name)| (*tier, id(name))).collect()
    }
}

impl Fact for VnetLookup {
    type Provider = Azure;
    type Answer = VnetTiers;

    const FAMILY: &'static str = "azure.network.existing-vnet";
    const FROZEN: bool = true;

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        if let Some(id) = self.vnet.value().filter(|id| !id.is_well_formed()) {
            let why = format!("`{id}` is not the id of a virtual network");
            let fix = "write it like `/subscriptions/../resourceGroups/../providers/Microsoft.Network/virtualNetworks/..`";
            findings.push(Diagnostic::new("id.form", why).at("/vnet").fix(fix));
        }
        if self.tiers.is_empty() {
            let why = "no subnet is named";
            let fix = "name the subnet of at least one tier: `tier(Tier::Private, \"..\")`";
            findings.push(Diagnostic::new("network.tiers", why).at("/tiers").fix(fix));
        }
        for error in self.tiers.values().filter_map(|name| SUBNET.check(name).err()) {
            findings.push(Diagnostic::new("azure.name", error.to_string()).at("/tiers").fix(error.hint()));
        }
        findings
    }

    fn permissions(&self, verb: Verb) -> Vec<Permission> {
        match verb {
            Verb::Ask => vec![permission::on(VirtualNetworkId::TYPE, "read", Which::Any)],
            _ => vec![],
        }
    }

    fn simulate(&self) -> VnetTiers {
        let everything = ipnet::IpNet::new_assert(std::net::Ipv4Addr::new(10, 0, 0, 0).into(), 16);
        let unknown = || VirtualNetworkId::new("unknown");
        let vnet = self.vnet.value().cloned().unwrap_or_else(unknown);
        VnetTiers { range: IpCidr::truncated(everything), subnets: self.subnets(&vnet), vnet }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HUB: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub";

    fn codes(fact: &VnetLookup) -> Vec<String> {
        fact.validate().into_iter().map(|finding| finding.code).collect()
    }

    fn lookup(id: &str) -> ExistingVnet {
        ExistingVnet::new(VirtualNetworkId::new(id))
    }

    #[test]
    fn what_is_wrong_is_told() {
        assert!(codes(&lookup(HUB).tier(Tier::Private, "snet-nodes").lookup).is_empty());
        assert_eq!(codes(&lookup("hub").lookup), ["id.form", "network.tiers"]);
        assert_eq!(codes(&lookup(HUB).tier(Tier::Private, "-").lookup), ["azure.name"]);
    }

    #[test]
    fn the_in_memory_answer_has_what_references_point_to() {
        let fact = lookup(HUB).tier(Tier::Private, "snet-nodes").lookup;
        let answer = serde_json::to_value(fact.simulate()).unwrap();
        assert_eq!(answer["vnet"], HUB);
        assert_eq!(answer["subnets"]["private"], format!("{HUB}/subnets/snet-nodes"));
        assert_eq!(answer["range"], "10.0.0.0/16");
        assert_eq!(fact.permissions(Verb::Ask)[0].action, "Microsoft.Network/virtualNetworks/read");
    }
}
