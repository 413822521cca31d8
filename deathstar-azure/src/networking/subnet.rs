//! A subnet.

use super::{API_VERSION, VirtualNetwork, lane};
use crate::{
    Azure,
    arm::{self, ArmResource, ArmType, Document, Placement},
    id::{NatGatewayId, NetworkSecurityGroupId, ResourceId, RouteTableId, SubnetId, VirtualNetworkId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, Stakes, Verdict, fields,
    model::{IpCidr, Set, Setting, name::azure::SUBNET},
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A subnet: a part of a virtual network's ranges, in all zones of its location.
///
/// It carries no tags: it is ours by network and name, while its network is.
///
/// # Permissions
/// `Microsoft.Network/virtualNetworks/read`; `Microsoft.Network/virtualNetworks/subnets/read`, `/write`, `/delete`; and to join what it
/// names, `Microsoft.Network/networkSecurityGroups/join/action`, `routeTables/join/action`, `natGateways/join/action`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subnet {
    /// Its virtual network. Another one replaces it.
    pub virtual_network: Input<VirtualNetworkId>,
    /// Its name, unique in the network. Another one replaces it.
    pub name: String,
    /// Its ranges, inside the network's. A range that is added is added in place; one that goes replaces the subnet.
    pub address_prefixes: Set<IpCidr>,
    /// The network security group whose rules count in it.
    #[serde(default)]
    pub network_security_group: Setting<Input<NetworkSecurityGroupId>>,
    /// The route table that counts in it.
    #[serde(default)]
    pub route_table: Setting<Input<RouteTableId>>,
    /// The NAT gateway through which it reaches the internet.
    #[serde(default)]
    pub nat_gateway: Setting<Input<NatGatewayId>>,
    /// Services that are reached from it by Azure's own network, such as `Microsoft.Storage`.
    pub service_endpoints: Option<Set<String>>,
    /// The services that may put their own resources into it, such as `Microsoft.ContainerService/managedClusters`.
    pub delegations: Option<Set<String>>,
    /// Which rules count for private endpoints in it. In new subnets none do.
    pub private_endpoint_network_policies: Option<PrivateEndpointPolicies>,
    /// Whether machines in it that have no other way reach the internet through an address of Azure's.
    pub default_outbound_access: Option<bool>,
}

/// Which rules of a subnet count for the private endpoints in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PrivateEndpointPolicies {
    /// None.
    Disabled,
    /// Those of the network security group and of the route table.
    Enabled,
    /// Those of the network security group.
    NetworkSecurityGroupEnabled,
    /// Those of the route table.
    RouteTableEnabled,
}

impl Subnet {
    /// A subnet with these ranges, and all else as Azure makes it.
    pub fn new(
        virtual_network: impl Into<Input<VirtualNetworkId>>,
        name: impl Into<String>,
        address_prefixes: impl IntoIterator<Item = IpCidr>,
    ) -> Self {
        Self {
            virtual_network: virtual_network.into(),
            name: name.into(),
            address_prefixes: Set::of(address_prefixes),
            network_security_group: Setting::Unmanaged,
            route_table: Setting::Unmanaged,
            nat_gateway: Setting::Unmanaged,
            service_endpoints: None,
            delegations: None,
            private_endpoint_network_policies: None,
            default_outbound_access: None,
        }
    }

    /// The network security group whose rules count in it; none, where there is to be none.
    #[must_use]
    pub fn network_security_group(mut self, group: Option<impl Into<Input<NetworkSecurityGroupId>>>) -> Self {
        self.network_security_group = Setting::of(group.map(Into::into));
        self
    }

    /// The route table that counts in it; none, where there is to be none.
    #[must_use]
    pub fn route_table(mut self, table: Option<impl Into<Input<RouteTableId>>>) -> Self {
        self.route_table = Setting::of(table.map(Into::into));
        self
    }

    /// The NAT gateway through which it reaches the internet; none, where there is to be none.
    #[must_use]
    pub fn nat_gateway(mut self, gateway: Option<impl Into<Input<NatGatewayId>>>) -> Self {
        self.nat_gateway = Setting::of(gateway.map(Into::into));
        self
    }

    /// Services that are reached from it by Azure's own network, such as `Microsoft.Storage`.
    #[must_use]
    pub fn service_endpoints(mut self, services: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.service_endpoints = Some(services.into_iter().map(Into::into).collect());
        self
    }

    /// The services that may put their own resources into it.
    #[must_use]
    pub fn delegations(mut self, services: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.delegations = Some(services.into_iter().map(Into::into).collect());
        self
    }

    /// Which rules count for private endpoints in it.
    #[must_use]
    pub fn private_endpoint_network_policies(mut self, policies: PrivateEndpointPolicies) -> Self {
        self.private_endpoint_network_policies = Some(policies);
        self
    }

    /// Whether machines in it that have no other way reach the internet through an address of Azure's.
    #[must_use]
    pub fn default_outbound_access(mut self, enabled: bool) -> Self {
        self.default_outbound_access = Some(enabled);
        self
    }
}

/// What is known of a subnet once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubnetDetails {}

/// A range in which there are addresses cannot go; whatever uses the subnet lets go of it when it is replaced.
fn keeps_its_ranges(prior: &Subnet, want: &Subnet) -> Verdict {
    if prior.address_prefixes.without(&want.address_prefixes).next().is_some() {
        Verdict::Replace
    } else {
        Verdict::Update
    }
}

impl Resource for Subnet {
    type Provider = Azure;
    type Id = SubnetId;
    type Outputs = SubnetDetails;

    const FAMILY: &'static str = "azure.network.subnet";
    const STAKES: Stakes = Stakes::Network;
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Azure Virtual Network documentation, "Add, change, or delete a virtual network subnet".
    const FIELDS: Fields<Self> = fields!(Subnet {
        virtual_network: Replace,
        name: Replace,
        address_prefixes: By(keeps_its_ranges),
        network_security_group: Update,
        route_table: Update,
        nat_gateway: Update,
        service_endpoints: Update,
        delegations: Update,
        private_endpoint_network_policies: Update,
        default_outbound_access: Update,
    });
    const SHOWN_BY: &'static str = VirtualNetwork::FAMILY;

    fn shown_in(&self) -> Option<Key> {
        Some(Key::of(&self.virtual_network))
    }

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn holds(&self) -> Vec<Hold> {
        let range = |range: &IpCidr| Hold::life("range-in-virtual-network", (&self.virtual_network, range));
        std::iter::once(lane(&self.virtual_network)).chain(self.address_prefixes.iter().map(range)).collect()
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&SUBNET, &self.name).into_iter().collect();
        let mut tell = |why: String, fix: &str| {
            findings.push(Diagnostic::new("subnet.ranges", why).at("/address_prefixes").fix(fix));
        };
        if self.address_prefixes.is_empty() {
            tell("a subnet has at least one range".into(), "add one");
        }
        for range in &self.address_prefixes {
            let (length, four) = (range.net().prefix_len(), range.net().addr().is_ipv4());
            // Sources: Azure Virtual Network documentation, "frequently asked questions": the smallest subnet is a /29; "IPv6 for Azure
            // Virtual Network": subnets have exactly /64.
            if four && length > 29 {
                tell(
                    format!("the smallest IPv4 range of a subnet is a /29, and `{range}` is not"),
                    "choose /29 or a wider one",
                );
            } else if !four && length != 64 {
                tell(format!("the IPv6 range of a subnet is a /64, and `{range}` is not"), "choose a /64");
            }
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (SubnetId, SubnetDetails) {
        (arm::simulated(self), SubnetDetails {})
    }
}

/// Where one range stands, and where several do.
const ONE: &str = "/properties/addressPrefix";
const SEVERAL: &str = "/properties/addressPrefixes";
const ENDPOINTS: &str = "/properties/serviceEndpoints";
const DELEGATIONS: &str = "/properties/delegations";

impl ArmResource for Subnet {
    const TYPE: ArmType = SubnetId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PARENT: &'static str = "virtual_network";
    const PLACEMENT: Placement = Placement::Parent;
    const PLACES: &'static [(&'static str, &'static str)] = &[
        ("network_security_group", "/properties/networkSecurityGroup/id"),
        ("route_table", "/properties/routeTable/id"),
        ("nat_gateway", "/properties/natGateway/id"),
    ];
    const READ_ONLY: &'static [&'static str] = &[
        "/properties/applicationGatewayIPConfigurations/*/type",
        "/properties/ipamPoolPrefixAllocations/*/allocatedAddressPrefixes",
        "/properties/ipConfigurationProfiles",
        "/properties/ipConfigurations",
        "/properties/privateEndpoints",
        "/properties/purpose",
        "/properties/resourceNavigationLinks",
        "/properties/serviceAssociationLinks",
        "/properties/delegations/*/properties/actions",
    ];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.virtual_network)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    /// One range stands in a place of its own, which older readers know alone.
    fn write(&self, document: &mut Document) -> Result<()> {
        let seen = [ENDPOINTS, DELEGATIONS].map(|at| arm::look(document, at).cloned());
        arm::write(self, document)?;
        let ranges: Vec<String> = self.address_prefixes.iter().map(ToString::to_string).collect();
        let (at, not, value) =
            if let [range] = &*ranges { (ONE, SEVERAL, json!(range)) } else { (SEVERAL, ONE, json!(ranges)) };
        arm::take(document, not);
        arm::put(document, at, value)?;
        if let Some(services) = &self.service_endpoints {
            let known = |service: &String| element(seen[0].as_ref(), "/service", service);
            let all =
                services.iter().map(|service| known(service).unwrap_or_else(|| json!({"service": service})));
            arm::put(document, ENDPOINTS, all.collect())?;
        }
        if let Some(services) = &self.delegations {
            let known = |service: &String| element(seen[1].as_ref(), "/properties/serviceName", service);
            let new = |service: &String| json!({"name": service.replace('/', "."), "properties": {"serviceName": service}});
            let all = services.iter().map(|service| known(service).unwrap_or_else(|| new(service)));
            arm::put(document, DELEGATIONS, all.collect())?;
        }
        Ok(())
    }

    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        let mut plain = document.clone();
        if let Some(range) = arm::look(document, ONE).filter(|range| !range.is_null()) {
            arm::put(&mut plain, SEVERAL, json!([range]))?;
        }
        for (at, member) in [(ENDPOINTS, "/service"), (DELEGATIONS, "/properties/serviceName")] {
            if let Some(list) = arm::look(document, at).and_then(Value::as_array) {
                arm::put(
                    &mut plain,
                    at,
                    list.iter().filter_map(|item| item.pointer(member)).cloned().collect(),
                )?;
            }
        }
        arm::read(id, &plain)
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<SubnetDetails> {
        Ok(SubnetDetails {})
    }

    fn links(&self) -> Vec<Permission> {
        let group =
            self.network_security_group.value().map(|id| permission::joins(NetworkSecurityGroupId::TYPE, id));
        let table = self.route_table.value().map(|id| permission::joins(RouteTableId::TYPE, id));
        let gateway = self.nat_gateway.value().map(|id| permission::joins(NatGatewayId::TYPE, id));
        group.into_iter().chain(table).chain(gateway).collect()
    }
}

/// The element of a list that has a text at a pointer, as it was read.
fn element(list: Option<&Value>, pointer: &str, text: &str) -> Option<Value> {
    let same = |item: &&Value| {
        item.pointer(pointer).and_then(Value::as_str).is_some_and(|seen| seen.eq_ignore_ascii_case(text))
    };
    list?.as_array()?.iter().find(same).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{change, document, read};
    use deathstar_core::Class;

    const NETWORK: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v";
    const ID: &str =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a";
    const GATEWAY: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/natGateways/n";

    fn subnet(ranges: &[&str]) -> Subnet {
        Subnet::new(VirtualNetworkId::new(NETWORK), "a", ranges.iter().map(|range| range.parse().unwrap()))
    }

    fn gateway() -> NatGatewayId {
        NatGatewayId::new(GATEWAY)
    }

    #[test]
    fn the_struct_is_the_document_and_reads_back() {
        let all = subnet(&["10.0.0.0/24", "fd00::/64"])
            .nat_gateway(Some(gateway()))
            .service_endpoints(["Microsoft.Storage"])
            .delegations(["Microsoft.ContainerService/managedClusters"])
            .private_endpoint_network_policies(PrivateEndpointPolicies::NetworkSecurityGroupEnabled)
            .default_outbound_access(false);
        let written = document(&all);
        assert_eq!(
            written,
            json!({"properties": {
                "addressPrefixes": ["10.0.0.0/24", "fd00::/64"],
                "natGateway": {"id": GATEWAY},
                "serviceEndpoints": [{"service": "Microsoft.Storage"}],
                "delegations": [{
                    "name": "Microsoft.ContainerService.managedClusters",
                    "properties": {"serviceName": "Microsoft.ContainerService/managedClusters"},
                }],
                "privateEndpointNetworkPolicies": "NetworkSecurityGroupEnabled",
                "defaultOutboundAccess": false,
            }})
        );
        assert_eq!(read::<Subnet>(ID, &written), all);
        assert_eq!(
            document(&subnet(&["10.0.0.0/24"])),
            json!({"properties": {"addressPrefix": "10.0.0.0/24"}})
        );
    }

    #[test]
    fn one_range_becomes_two_and_the_gateway_is_let_go() {
        let seen = json!({"name": "a", "properties": {
            "addressPrefix": "10.0.0.0/24", "natGateway": {"id": GATEWAY, "more": 1}, "sharingScope": "Tenant",
            "serviceEndpoints": [{"service": "Microsoft.Storage", "locations": ["westeurope"]}, {"service": "Microsoft.Sql"}],
        }});
        let absent = None::<NatGatewayId>;
        let want = subnet(&["10.0.0.0/24", "10.0.1.0/24"])
            .nat_gateway(absent)
            .service_endpoints(["Microsoft.Storage"]);
        let expected = json!({"properties": {
            "addressPrefixes": ["10.0.0.0/24", "10.0.1.0/24"], "sharingScope": "Tenant",
            "serviceEndpoints": [{"service": "Microsoft.Storage", "locations": ["westeurope"]}],
        }});
        assert_eq!(change(&want, &seen), expected);
    }

    #[test]
    fn what_is_not_there_is_as_it_is_wanted() {
        let seen: Subnet = read(ID, &json!({"properties": {"addressPrefix": "10.0.0.0/24"}}));
        assert_eq!(seen.nat_gateway, Setting::Unmanaged);
        let want = subnet(&["10.0.0.0/24"]).nat_gateway(None::<NatGatewayId>);
        assert_eq!(want.managed(seen), want);
    }

    #[test]
    fn the_case_of_an_id_is_no_difference() {
        let answered = GATEWAY.replace("resourceGroups/g", "resourceGroups/G");
        let document =
            json!({"properties": {"addressPrefix": "10.0.0.0/24", "natGateway": {"id": answered}}});
        let want = subnet(&["10.0.0.0/24"]).nat_gateway(Some(gateway()));
        let seen: Subnet = read(ID, &document);
        assert_ne!(seen, want);
        assert_eq!(want.managed(seen), want);
    }

    #[test]
    fn only_a_range_that_goes_replaces_it() {
        let Class::By(verdict) = Subnet::FIELDS[2].class else { panic!("it depends on the values") };
        let (one, two) = (subnet(&["10.0.0.0/24"]), subnet(&["10.0.0.0/24", "10.0.1.0/24"]));
        assert_eq!(verdict(&one, &two), Verdict::Update);
        assert_eq!(verdict(&two, &one), Verdict::Replace);
    }

    #[test]
    fn what_azure_refuses_is_found_before() {
        assert!(subnet(&["10.0.0.0/29", "fd00::/64"]).validate().is_empty());
        for wrong in [&["10.0.0.0/30"][..], &["fd00::/48"], &[]] {
            let findings = subnet(wrong).validate();
            assert_eq!(findings.len(), 1, "{wrong:?}");
            assert_eq!(findings[0].code, "subnet.ranges");
        }
    }
}
