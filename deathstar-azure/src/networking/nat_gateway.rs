//! A NAT gateway.

use super::API_VERSION;
use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, ById, Document},
    choice::unknown,
    id::{NatGatewayId, PublicIpAddressId, PublicIpPrefixId, ResourceGroupId, ResourceId},
    names,
    permission::{self, joins},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, fields,
    model::{Set, ZoneName, name::azure::NAT_GATEWAY},
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A NAT gateway: the way out for what has no public address, in the subnets that name it.
///
/// It leads nowhere without an address or a prefix of its own. One gateway serves subnets of one virtual network.
///
/// Azure knows two sorts, which cost the same: a [zonal](NatGateway::zonal) one, which ends with its zone, and a
/// [zone-redundant](NatGateway::zone_redundant) one, which speaks IPv6 too. Neither becomes the other, and a gateway stays in its
/// zone. Azure does not delete a gateway that a subnet names, and an address has one gateway: a successor of another name and with other
/// addresses takes the subnets over, by an update of each; one that takes name or address over comes after the end of the first, and a
/// plan replaces the subnets with it. So change all three together, or let the subnets go to no gateway in a run before.
///
/// # Permissions
/// `Microsoft.Network/natGateways/read`, `/write`, `/delete`; `Microsoft.Network/publicIPAddresses/join/action`,
/// `Microsoft.Network/publicIPPrefixes/join/action`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// Paid by the hour and by the amount of data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NatGateway {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in the resource group. Another one replaces it.
    pub name: String,
    /// Its location: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
    /// Its sort, and the zone of a zonal one. Another sort or zone replaces it.
    pub sku: NatGatewaySku,
    /// The IPv4 addresses that the internet sees; each belongs to one gateway.
    pub public_ip_addresses: Option<Set<ById<PublicIpAddressId>>>,
    /// The IPv4 prefixes whose addresses the internet sees.
    pub public_ip_prefixes: Option<Set<ById<PublicIpPrefixId>>>,
    /// The IPv6 addresses that the internet sees.
    pub public_ip_addresses_v6: Option<Set<ById<PublicIpAddressId>>>,
    /// The IPv6 prefixes whose addresses the internet sees.
    pub public_ip_prefixes_v6: Option<Set<ById<PublicIpPrefixId>>>,
    /// After how many minutes without a packet a TCP flow is forgotten, from 4 to 120. Azure's own choice is 4.
    pub idle_timeout_in_minutes: Option<u8>,
}

/// The sort of a NAT gateway.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NatGatewaySku {
    /// `Standard`: in one zone, or in one that Azure chooses and does not tell.
    Zonal(Option<ZoneName>),
    /// `StandardV2`: in all zones of its location. Its addresses are `StandardV2` too.
    ZoneRedundant,
    /// Something else. It is seen and cannot be declared.
    Other(String),
}

impl NatGatewaySku {
    const ZONAL: &'static str = "Standard";
    const ZONE_REDUNDANT: &'static str = "StandardV2";

    fn word(&self) -> &str {
        match self {
            Self::Zonal(_) => Self::ZONAL,
            Self::ZoneRedundant => Self::ZONE_REDUNDANT,
            Self::Other(word) => word,
        }
    }
}

impl NatGateway {
    fn new(
        resource_group: impl Into<Input<ResourceGroupId>>,
        name: impl Into<String>,
        sku: NatGatewaySku,
    ) -> Self {
        Self {
            resource_group: resource_group.into(),
            name: name.into(),
            location: None,
            sku,
            public_ip_addresses: None,
            public_ip_prefixes: None,
            public_ip_addresses_v6: None,
            public_ip_prefixes_v6: None,
            idle_timeout_in_minutes: None,
        }
    }

    /// A gateway in one zone; without a zone, in one that Azure chooses.
    pub fn zonal(
        resource_group: impl Into<Input<ResourceGroupId>>,
        name: impl Into<String>,
        zone: Option<ZoneName>,
    ) -> Self {
        Self::new(resource_group, name, NatGatewaySku::Zonal(zone))
    }

    /// A gateway in all zones of its location.
    pub fn zone_redundant(
        resource_group: impl Into<Input<ResourceGroupId>>,
        name: impl Into<String>,
    ) -> Self {
        Self::new(resource_group, name, NatGatewaySku::ZoneRedundant)
    }

    /// Its location.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// The IPv4 addresses that the internet sees.
    #[must_use]
    pub fn public_ip_addresses<I: Into<Input<PublicIpAddressId>>>(
        mut self,
        addresses: impl IntoIterator<Item = I>,
    ) -> Self {
        self.public_ip_addresses = Some(addresses.into_iter().map(ById::new).collect());
        self
    }

    /// The IPv4 prefixes whose addresses the internet sees.
    #[must_use]
    pub fn public_ip_prefixes<I: Into<Input<PublicIpPrefixId>>>(
        mut self,
        prefixes: impl IntoIterator<Item = I>,
    ) -> Self {
        self.public_ip_prefixes = Some(prefixes.into_iter().map(ById::new).collect());
        self
    }

    /// The IPv6 addresses that the internet sees.
    #[must_use]
    pub fn public_ip_addresses_v6<I: Into<Input<PublicIpAddressId>>>(
        mut self,
        addresses: impl IntoIterator<Item = I>,
    ) -> Self {
        self.public_ip_addresses_v6 = Some(addresses.into_iter().map(ById::new).collect());
        self
    }

    /// The IPv6 prefixes whose addresses the internet sees.
    #[must_use]
    pub fn public_ip_prefixes_v6<I: Into<Input<PublicIpPrefixId>>>(
        mut self,
        prefixes: impl IntoIterator<Item = I>,
    ) -> Self {
        self.public_ip_prefixes_v6 = Some(prefixes.into_iter().map(ById::new).collect());
        self
    }

    /// After how many minutes without a packet a TCP flow is forgotten.
    #[must_use]
    pub fn idle_timeout_in_minutes(mut self, minutes: u8) -> Self {
        self.idle_timeout_in_minutes = Some(minutes);
        self
    }

    fn addresses(&self) -> impl Iterator<Item = &ById<PublicIpAddressId>> {
        self.public_ip_addresses.iter().chain(&self.public_ip_addresses_v6).flatten()
    }

    fn prefixes(&self) -> impl Iterator<Item = &ById<PublicIpPrefixId>> {
        self.public_ip_prefixes.iter().chain(&self.public_ip_prefixes_v6).flatten()
    }
}

impl Resource for NatGateway {
    type Provider = Azure;
    type Id = NatGatewayId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.network.nat-gateway";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Sources: Azure NAT Gateway documentation, "NAT gateway and availability zones" (a gateway cannot change its zone after it was
    /// made) and "Azure NAT Gateway SKUs" (there is no upgrade from one to the other).
    const FIELDS: Fields<Self> = fields!(NatGateway {
        resource_group: Replace,
        name: Replace,
        location: Replace,
        sku: Replace,
        public_ip_addresses: Update,
        public_ip_prefixes: Update,
        public_ip_addresses_v6: Update,
        public_ip_prefixes_v6: Update,
        idle_timeout_in_minutes: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn holds(&self) -> Vec<Hold> {
        let addresses = self.addresses().map(|address| Hold::life("use-of-public-ip-address", &address.id));
        let prefixes = self.prefixes().map(|prefix| Hold::life("use-of-public-ip-prefix", &prefix.id));
        addresses.chain(prefixes).collect()
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&NAT_GATEWAY, &self.name).into_iter().collect();
        findings.extend(names::check_location(self.location.as_ref()));
        let mut tell = |at: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new("nat-gateway.form", why).at(at).fix(fix));
        };
        // Sources: Azure NAT Gateway documentation, "Azure NAT Gateway SKUs" and "NAT gateway resource", timers.
        if matches!(self.sku, NatGatewaySku::Zonal(_)) {
            for (at, count) in [
                ("/public_ip_addresses_v6", self.public_ip_addresses_v6.as_ref().map_or(0, Set::len)),
                ("/public_ip_prefixes_v6", self.public_ip_prefixes_v6.as_ref().map_or(0, Set::len)),
            ] {
                if count > 0 {
                    let why = "a zonal NAT gateway speaks IPv4 alone".into();
                    tell(at, why, "make it zone-redundant, or leave IPv6 out");
                }
            }
        }
        for (at, addresses) in [
            ("/public_ip_addresses", &self.public_ip_addresses),
            ("/public_ip_addresses_v6", &self.public_ip_addresses_v6),
        ] {
            if let Some(count) = addresses.as_ref().map(Set::len).filter(|count| *count > 16) {
                let why = format!("it has {count} addresses, and 16 of a family are the most");
                tell(at, why, "use 16 at most");
            }
        }
        if let Some(minutes) = self.idle_timeout_in_minutes.filter(|minutes| !(4..=120).contains(minutes)) {
            let why = format!("an idle flow is remembered for 4 to 120 minutes, and not for {minutes}");
            tell("/idle_timeout_in_minutes", why, "choose 4 to 120");
        }
        if let NatGatewaySku::Other(word) = &self.sku {
            let known = [NatGatewaySku::ZONAL, NatGatewaySku::ZONE_REDUNDANT];
            findings.push(unknown(word, known.into_iter(), "/sku"));
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (NatGatewayId, ()) {
        (arm::simulated(self), ())
    }
}

const SKU: &str = "/sku/name";
const ZONES: &str = "/zones";

impl ArmResource for NatGateway {
    const TYPE: ArmType = NatGatewayId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PLACES: &'static [(&'static str, &'static str)] = &[("sku", SKU)];
    const READ_ONLY: &'static [&'static str] = &["/properties/subnets"];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn write(&self, document: &mut Document) -> Result<()> {
        arm::write(self, document)?;
        arm::put(document, SKU, self.sku.word().into())?;
        match &self.sku {
            NatGatewaySku::Zonal(Some(zone)) => arm::put(document, ZONES, json!([zone]))?,
            NatGatewaySku::Zonal(None) => arm::take(document, ZONES),
            // Azure tells the zones that it has chosen.
            NatGatewaySku::ZoneRedundant | NatGatewaySku::Other(_) => {}
        }
        Ok(())
    }

    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        let word = arm::look(document, SKU).and_then(Value::as_str).unwrap_or(NatGatewaySku::ZONAL);
        let zone = arm::look(document, ZONES).and_then(|zones| zones.get(0)?.as_str());
        let sku = if word.eq_ignore_ascii_case(NatGatewaySku::ZONAL) {
            NatGatewaySku::Zonal(zone.and_then(|zone| ZoneName::new(zone).ok()))
        } else if word.eq_ignore_ascii_case(NatGatewaySku::ZONE_REDUNDANT) {
            NatGatewaySku::ZoneRedundant
        } else {
            NatGatewaySku::Other(word.into())
        };
        let mut plain = document.clone();
        arm::put(&mut plain, SKU, json!(sku))?;
        arm::read(id, &plain)
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }

    fn links(&self) -> Vec<Permission> {
        let addresses = self.addresses().map(|address| joins(PublicIpAddressId::TYPE, &address.id));
        addresses.chain(self.prefixes().map(|prefix| joins(PublicIpPrefixId::TYPE, &prefix.id))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{change, document, read};
    use deathstar_core::Class;

    const GROUP: &str = "/subscriptions/s/resourceGroups/g";
    const ID: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/natGateways/out";

    fn zonal(zone: Option<&str>) -> NatGateway {
        let zone = zone.map(|zone| zone.parse().unwrap());
        NatGateway::zonal(ResourceGroupId::new(GROUP), "out", zone)
    }

    fn redundant() -> NatGateway {
        NatGateway::zone_redundant(ResourceGroupId::new(GROUP), "out")
    }

    fn address(name: &str) -> PublicIpAddressId {
        PublicIpAddressId::new(format!("{GROUP}/providers/Microsoft.Network/publicIPAddresses/{name}"))
    }

    fn prefix(name: &str) -> PublicIpPrefixId {
        PublicIpPrefixId::new(format!("{GROUP}/providers/Microsoft.Network/publicIPPrefixes/{name}"))
    }

    fn paths(gateway: &NatGateway) -> Vec<String> {
        gateway.validate().into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn a_zonal_one_is_in_its_zone_and_a_redundant_one_in_none() {
        let gateway = zonal(Some("2")).location("westeurope").public_ip_addresses([address("a")]);
        let gateway = gateway.idle_timeout_in_minutes(10);
        let written = document(&gateway);
        let expected = json!({"location": "westeurope", "sku": {"name": "Standard"}, "zones": ["2"], "properties": {
            "publicIpAddresses": [{"id": address("a")}], "idleTimeoutInMinutes": 10}});
        assert_eq!(written, expected);
        assert_eq!(read::<NatGateway>(ID, &written), gateway);
        let gateway =
            redundant().public_ip_prefixes_v6([prefix("six")]).public_ip_addresses_v6([address("b")]);
        let gateway = gateway.public_ip_prefixes([prefix("four")]);
        let written = document(&gateway);
        assert_eq!((&written["sku"]["name"], written.get("zones")), (&json!("StandardV2"), None));
        assert_eq!(read::<NatGateway>(ID, &written), gateway);
    }

    #[test]
    fn the_zones_that_azure_chose_for_a_redundant_one_are_no_difference() {
        let mut seen = document(&redundant());
        seen["zones"] = json!(["1", "2", "3"]);
        assert_eq!(read::<NatGateway>(ID, &seen).sku, NatGatewaySku::ZoneRedundant);
        assert_eq!(change(&redundant(), &seen)["zones"], json!(["1", "2", "3"]));
        seen["sku"]["name"] = json!("standard");
        assert_eq!(read::<NatGateway>(ID, &seen).sku, NatGatewaySku::Zonal(Some("1".parse().unwrap())));
    }

    #[test]
    fn it_moves_neither_between_zones_nor_sorts() {
        let class = |name: &str| &NatGateway::FIELDS.iter().find(|field| field.name == name).unwrap().class;
        assert!(matches!(class("sku"), Class::Replace));
        assert!(matches!(class("public_ip_addresses"), Class::Update));
    }

    #[test]
    fn an_address_has_one_gateway() {
        let one = zonal(None).public_ip_addresses([address("a")]);
        let other = redundant().public_ip_addresses_v6([address("a")]);
        assert_eq!(one.holds(), other.holds());
        assert_ne!(one.holds(), zonal(None).public_ip_addresses([address("b")]).holds());
        assert_eq!(zonal(None).public_ip_prefixes([prefix("a")]).holds().len(), 1);
    }

    #[test]
    fn it_joins_what_it_names() {
        let gateway = redundant().public_ip_addresses([address("a")]).public_ip_prefixes_v6([prefix("p")]);
        let actions: Vec<_> = gateway.links().into_iter().map(|link| link.action).collect();
        assert_eq!(
            actions,
            [
                "Microsoft.Network/publicIPAddresses/join/action",
                "Microsoft.Network/publicIPPrefixes/join/action"
            ]
        );
    }

    #[test]
    fn what_azure_refuses_is_found_before() {
        assert!(paths(&redundant().public_ip_addresses_v6([address("a")])).is_empty());
        let six = zonal(None).public_ip_addresses_v6([address("a")]).public_ip_prefixes_v6([prefix("p")]);
        assert_eq!(paths(&six), ["/public_ip_addresses_v6", "/public_ip_prefixes_v6"]);
        let many = |count: u8| zonal(None).public_ip_addresses((0..count).map(|n| address(&format!("a{n}"))));
        assert!(paths(&many(16)).is_empty());
        assert_eq!(paths(&many(17)), ["/public_ip_addresses"]);
        for (minutes, right) in [(3, false), (4, true), (120, true), (121, false)] {
            assert_eq!(paths(&redundant().idle_timeout_in_minutes(minutes)).is_empty(), right, "{minutes}");
        }
        let other = NatGateway { sku: NatGatewaySku::Other("Basic".into()), ..redundant() };
        assert_eq!(paths(&other), ["/sku"]);
    }
}
