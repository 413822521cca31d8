//! A virtual network.

use super::{API_VERSION, Subnet, lane};
use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, Document},
    id::{ResourceGroupId, ResourceId, VirtualNetworkId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Found, Hold, Identity, Input, Key, Repair, Resource, Result, Stakes, fields,
    model::{IpCidr, Set, name::azure::VIRTUAL_NETWORK},
    outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, net::IpAddr};

/// A virtual network: ranges of addresses, and the servers that resolve names in it.
///
/// Its [subnets](Subnet) are kinds of their own. A change of the network repeats the subnets that it has, whoever made them.
///
/// # Permissions
/// `Microsoft.Network/virtualNetworks/read`, `/write`, `/delete`; `Microsoft.Resources/tags/write`. To change one, the permission to join
/// what its subnets name: `Microsoft.Network/networkSecurityGroups/join/action`, `routeTables/join/action`, `natGateways/join/action`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VirtualNetwork {
    /// What it stands in. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in the resource group. Another one replaces it.
    pub name: String,
    /// Where it is: the connection's location, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
    /// Its ranges, IPv4 with or without IPv6. Changed in place; Azure keeps a range in which there is a subnet.
    pub address_prefixes: Set<IpCidr>,
    /// The servers that resolve names in it; Azure's own, where the set is empty.
    pub dns_servers: Option<Set<IpAddr>>,
    /// How long an idle flow is remembered, in minutes, 4 to 30. New networks remember it for 4.
    pub flow_timeout_in_minutes: Option<u8>,
}

impl VirtualNetwork {
    /// A network with these ranges, and all else as Azure makes it.
    pub fn new(
        resource_group: impl Into<Input<ResourceGroupId>>,
        name: impl Into<String>,
        address_prefixes: impl IntoIterator<Item = IpCidr>,
    ) -> Self {
        Self {
            resource_group: resource_group.into(),
            name: name.into(),
            location: None,
            address_prefixes: Set::of(address_prefixes),
            dns_servers: None,
            flow_timeout_in_minutes: None,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// The servers that resolve names in it; Azure's own, where there are none.
    #[must_use]
    pub fn dns_servers(mut self, servers: impl IntoIterator<Item = IpAddr>) -> Self {
        self.dns_servers = Some(Set::of(servers));
        self
    }

    /// How long an idle flow is remembered, in minutes.
    #[must_use]
    pub fn flow_timeout_in_minutes(mut self, minutes: u8) -> Self {
        self.flow_timeout_in_minutes = Some(minutes);
        self
    }
}

/// What is known of a virtual network once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VirtualNetworkDetails {
    /// What Azure calls it beside its id: the same even when it is moved to another resource group.
    pub resource_guid: Option<String>,
}

outputs! {
    /// What a declared virtual network tells once it is made.
    pub trait VirtualNetworkOutputs for VirtualNetwork {
        /// What Azure calls it beside its id: the same even when it is moved to another resource group.
        resource_guid: String,
    }
}

impl Resource for VirtualNetwork {
    type Provider = Azure;
    type Id = VirtualNetworkId;
    type Outputs = VirtualNetworkDetails;

    const FAMILY: &'static str = "azure.network.virtual-network";
    const STAKES: Stakes = Stakes::Network;
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure Virtual Network documentation, "Virtual networks: create, change, or delete".
    const FIELDS: Fields<Self> = fields!(VirtualNetwork {
        resource_group: Replace,
        name: Replace,
        location: Replace,
        address_prefixes: Update,
        dns_servers: Update,
        flow_timeout_in_minutes: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn holds(&self) -> Vec<Hold> {
        arm::id(self).map(|id| lane(&Input::Known(id))).into_iter().collect()
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&VIRTUAL_NETWORK, &self.name).into_iter().collect();
        findings.extend(names::check_location(self.location.as_ref()));
        // Source: Azure Virtual Network documentation, "IPv6 for Azure Virtual Network": a network without IPv4 cannot be.
        if !self.address_prefixes.iter().any(|range| range.net().addr().is_ipv4()) {
            let why = "a virtual network has at least one IPv4 range";
            findings
                .push(Diagnostic::new("virtual-network.ranges", why).at("/address_prefixes").fix("add one"));
        }
        // Source: type description of `Microsoft.Network/virtualNetworks`, `flowTimeoutInMinutes`.
        if let Some(minutes) = self.flow_timeout_in_minutes.filter(|minutes| !(4..=30).contains(minutes)) {
            let why = format!("an idle flow is remembered for 4 to 30 minutes, and not for {minutes}");
            let at = "/flow_timeout_in_minutes";
            findings.push(Diagnostic::new("virtual-network.flow-timeout", why).at(at).fix("choose 4 to 30"));
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        let mut all = permission::of(call);
        if let Call::Change { .. } = call {
            let joins = ["networkSecurityGroups", "routeTables", "natGateways"];
            all.extend(joins.map(|of| {
                permission::joins_any("Microsoft.Network", of).because("its subnets are repeated")
            }));
        }
        all
    }

    fn simulate(&self, serial: u64) -> (VirtualNetworkId, VirtualNetworkDetails) {
        let details =
            VirtualNetworkDetails { resource_guid: Some(format!("00000000-0000-0000-0000-{serial:012x}")) };
        (arm::simulated(self), details)
    }
}

impl ArmResource for VirtualNetwork {
    const TYPE: ArmType = VirtualNetworkId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PLACES: &'static [(&'static str, &'static str)] = &[
        ("address_prefixes", "/properties/addressSpace/addressPrefixes"),
        ("dns_servers", "/properties/dhcpOptions/dnsServers"),
    ];
    const READ_ONLY: &'static [&'static str] = &[
        "/properties/defaultPublicNatGateway",
        "/properties/flowLogs",
        "/properties/addressSpace/ipamPoolPrefixAllocations/*/allocatedAddressPrefixes",
        "/properties/bgpCommunities/regionalCommunity",
        "/properties/subnets/*/type",
        "/properties/summarizedGatewayPrefixes/ipamPoolPrefixAllocations/*/allocatedAddressPrefixes",
        "/properties/virtualNetworkPeerings/*/type",
        "/properties/virtualNetworkPeerings/*/properties/remoteBgpCommunities/regionalCommunity",
        "/properties/virtualNetworkPeerings/*/properties/remoteVirtualNetworkEncryption",
        "/properties/subnets/*/properties/applicationGatewayIPConfigurations/*/type",
        "/properties/subnets/*/properties/ipamPoolPrefixAllocations/*/allocatedAddressPrefixes",
        "/properties/subnets/*/properties/ipConfigurationProfiles",
        "/properties/subnets/*/properties/ipConfigurations",
        "/properties/subnets/*/properties/privateEndpoints",
        "/properties/subnets/*/properties/purpose",
        "/properties/subnets/*/properties/resourceNavigationLinks",
        "/properties/subnets/*/properties/serviceAssociationLinks",
        "/properties/subnets/*/properties/delegations/*/properties/actions",
    ];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn outputs(_: &ResourceId, document: &Document) -> Result<VirtualNetworkDetails> {
        let guid = arm::look(document, "/properties/resourceGuid").and_then(|guid| guid.as_str());
        Ok(VirtualNetworkDetails { resource_guid: guid.map(str::to_owned) })
    }

    fn show_parts(id: &ResourceId, document: &Document, found: &mut Found) -> Result<()> {
        arm::show_list::<Subnet>(id, arm::look(document, "/properties/subnets"), found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{change, document, read};
    use serde_json::{Value, json};

    const ID: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v";

    fn network(ranges: &[&str]) -> VirtualNetwork {
        let group = ResourceGroupId::new("/subscriptions/s/resourceGroups/g");
        VirtualNetwork::new(group, "net", ranges.iter().map(|range| range.parse().unwrap()))
    }

    fn codes(network: &VirtualNetwork) -> Vec<String> {
        network.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn the_struct_is_the_document_and_reads_back() {
        let mut network = network(&["10.0.0.0/16", "fd00::/48"])
            .location("westeurope")
            .dns_servers(["10.0.0.4".parse().unwrap()])
            .flow_timeout_in_minutes(10);
        network.name = "v".into();
        let written = document(&network);
        assert_eq!(
            written,
            json!({"location": "westeurope", "properties": {
                "addressSpace": {"addressPrefixes": ["10.0.0.0/16", "fd00::/48"]},
                "dhcpOptions": {"dnsServers": ["10.0.0.4"]},
                "flowTimeoutInMinutes": 10,
            }})
        );
        assert_eq!(read::<VirtualNetwork>(ID, &written), network);
    }

    /// The subnets of others are deleted by a document without them.
    #[test]
    fn a_change_repeats_the_subnets() {
        let subnet = json!({
            "id": format!("{ID}/subnets/a"), "name": "a", "etag": "W/1", "type": "Microsoft.Network/virtualNetworks/subnets",
            "properties": {"addressPrefix": "10.0.0.0/24", "provisioningState": "Succeeded", "ipConfigurations": [{"id": "x"}], "purpose": "x",
                "delegations": [{"name": "d", "properties": {"serviceName": "s", "actions": ["a"]}}], "newer": true},
        });
        let seen = json!({
            "id": ID, "name": "v", "type": "Microsoft.Network/virtualNetworks", "etag": "W/2", "location": "westeurope", "tags": {"etag": "mine"},
            "properties": {"provisioningState": "Succeeded", "resourceGuid": "g", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"], "newer": 1},
                "subnets": [subnet], "enableDdosProtection": false},
        });
        let changed = change(&network(&["10.0.0.0/16", "10.1.0.0/16"]), &seen);
        let expected: Value = json!({
            "location": "westeurope", "tags": {"etag": "mine"},
            "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16", "10.1.0.0/16"], "newer": 1},
                "subnets": [{"id": format!("{ID}/subnets/a"), "name": "a", "properties": {"addressPrefix": "10.0.0.0/24",
                    "delegations": [{"name": "d", "properties": {"serviceName": "s"}}], "newer": true}}],
                "enableDdosProtection": false},
        });
        assert_eq!(changed, expected);
    }

    #[test]
    fn it_and_its_subnets_hold_one_lane() {
        let network = network(&["10.0.0.0/16"]);
        let (id, _) = network.simulate(1);
        assert_eq!(network.key(), Some(Key::of(&id)));
        let subnet = Subnet::new(id, "a", ["10.0.0.0/24".parse().unwrap()]);
        assert!(network.holds().iter().any(|hold| subnet.holds().contains(hold)));
    }

    #[test]
    fn what_azure_refuses_is_found_before() {
        assert!(codes(&network(&["10.0.0.0/16"])).is_empty());
        assert_eq!(codes(&network(&["fd00::/48"])), ["virtual-network.ranges"]);
        assert_eq!(
            codes(&network(&["10.0.0.0/16"]).flow_timeout_in_minutes(3)),
            ["virtual-network.flow-timeout"]
        );
        assert_eq!(codes(&network(&["10.0.0.0/16"]).location("?")), ["azure.location"]);
    }
}
