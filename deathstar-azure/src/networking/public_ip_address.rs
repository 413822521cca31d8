//! A public IP address.

use super::API_VERSION;
use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, Document},
    choice::choices,
    id::{PublicIpAddressId, PublicIpPrefixId, ResourceGroupId, ResourceId},
    names,
    permission::{self, joins},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, fields,
    model::{Set, ZoneName, name::azure::PUBLIC_IP},
    outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// A public IP address, which stays the same for its life.
///
/// It cannot be deleted while something uses it.
///
/// # Permissions
/// `Microsoft.Network/publicIPAddresses/read`, `/write`, `/delete`; for one of a prefix
/// `Microsoft.Network/publicIPPrefixes/join/action`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// Paid by the hour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PublicIpAddress {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in the resource group. Another one replaces it.
    pub name: String,
    /// Its location: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
    /// Its sort, which is that of what uses it. Another one replaces it.
    pub sku: PublicIpSku,
    /// The zones in which it is. Without any Azure chooses, in most locations all. Others replace it.
    pub zones: Option<Set<ZoneName>>,
    /// Its address family. Another one replaces it.
    pub public_ip_address_version: IpVersion,
    /// How it is given. Another way replaces it.
    pub public_ip_allocation_method: AllocationMethod,
    /// The prefix that it is of. Another one replaces it.
    pub public_ip_prefix: Option<Input<PublicIpPrefixId>>,
    /// After how many minutes without a packet a TCP flow to it is forgotten, from 4 to 30. Azure's own choice is 4.
    pub idle_timeout_in_minutes: Option<u8>,
    /// The first label of its name below `LOCATION.cloudapp.azure.com`.
    pub domain_name_label: Option<String>,
}

choices! {
    /// The sort of a public address or prefix. `Basic` ones can no longer be made.
    pub enum PublicIpSku {
        /// For all but zone-redundant NAT gateways.
        Standard = "Standard",
        /// For zone-redundant NAT gateways; in all zones of its location.
        StandardV2 = "StandardV2",
    }

    /// An address family.
    pub enum IpVersion {
        /// IPv4.
        Ipv4 = "IPv4",
        /// IPv6.
        Ipv6 = "IPv6",
    }

    /// How an address is given.
    pub enum AllocationMethod {
        /// When it is made, and for its life. Only `Basic` addresses, which can no longer be made, had another way.
        Static = "Static",
    }
}

impl PublicIpAddress {
    /// A static IPv4 address of the sort `Standard`.
    pub fn new(resource_group: impl Into<Input<ResourceGroupId>>, name: impl Into<String>) -> Self {
        Self {
            resource_group: resource_group.into(),
            name: name.into(),
            location: None,
            sku: PublicIpSku::Standard,
            zones: None,
            public_ip_address_version: IpVersion::Ipv4,
            public_ip_allocation_method: AllocationMethod::Static,
            public_ip_prefix: None,
            idle_timeout_in_minutes: None,
            domain_name_label: None,
        }
    }

    /// Its location.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Its sort.
    #[must_use]
    pub fn sku(mut self, sku: PublicIpSku) -> Self {
        self.sku = sku;
        self
    }

    /// The zones in which it is.
    #[must_use]
    pub fn zones(mut self, zones: impl IntoIterator<Item = ZoneName>) -> Self {
        self.zones = Some(Set::of(zones));
        self
    }

    /// An IPv6 address.
    #[must_use]
    pub fn ipv6(mut self) -> Self {
        self.public_ip_address_version = IpVersion::Ipv6;
        self
    }

    /// The prefix that it is of.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<Input<PublicIpPrefixId>>) -> Self {
        self.public_ip_prefix = Some(prefix.into());
        self
    }

    /// After how many minutes without a packet a TCP flow to it is forgotten.
    #[must_use]
    pub fn idle_timeout_in_minutes(mut self, minutes: u8) -> Self {
        self.idle_timeout_in_minutes = Some(minutes);
        self
    }

    /// The first label of its name below `LOCATION.cloudapp.azure.com`.
    #[must_use]
    pub fn domain_name_label(mut self, label: impl Into<String>) -> Self {
        self.domain_name_label = Some(label.into());
        self
    }
}

/// What is known of a public IP address once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PublicIpAddressDetails {
    /// The address.
    pub ip_address: Option<IpAddr>,
    /// Its name, where it has a label.
    pub fqdn: Option<String>,
}

outputs! {
    /// What a declared public IP address tells once it is made.
    pub trait PublicIpAddressOutputs for PublicIpAddress {
        /// The address.
        ip_address: IpAddr,
        /// Its name, where it has a label.
        fqdn: String,
    }
}

impl Resource for PublicIpAddress {
    type Provider = Azure;
    type Id = PublicIpAddressId;
    type Outputs = PublicIpAddressDetails;

    const FAMILY: &'static str = "azure.network.public-ip-address";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Sources: Azure Virtual Network documentation, "Public IP addresses" (the sort, the zones and the way it is given are chosen when
    /// it is made) and "Create, change, or delete an Azure public IP address".
    const FIELDS: Fields<Self> = fields!(PublicIpAddress {
        resource_group: Replace,
        name: Replace,
        location: Replace,
        sku: Replace,
        zones: Replace,
        public_ip_address_version: Replace,
        public_ip_allocation_method: Replace,
        public_ip_prefix: Replace,
        idle_timeout_in_minutes: Update,
        domain_name_label: Moves(&["fqdn"]),
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    /// A label is taken once in a location.
    fn holds(&self) -> Vec<Hold> {
        let label = self.domain_name_label.as_ref();
        label
            .map(|label| Hold::life("domain-name-label-in-location", (&self.location, label)))
            .into_iter()
            .collect()
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&PUBLIC_IP, &self.name).into_iter().collect();
        findings.extend(names::check_location(self.location.as_ref()));
        findings.extend(self.sku.check("/sku"));
        findings.extend(self.public_ip_address_version.check("/public_ip_address_version"));
        findings.extend(self.public_ip_allocation_method.check("/public_ip_allocation_method"));
        findings.extend(check_zones(&self.sku, self.zones.as_ref()));
        if let Some(minutes) = self.idle_timeout_in_minutes.filter(|minutes| !(4..=30).contains(minutes)) {
            let why = format!("an idle flow is remembered for 4 to 30 minutes, and not for {minutes}");
            let at = "/idle_timeout_in_minutes";
            findings.push(Diagnostic::new("public-ip.idle-timeout", why).at(at).fix("choose 4 to 30"));
        }
        // Source: Azure REST API, "Check Dns Name Availability": `^[a-z][a-z0-9-]{1,61}[a-z0-9]$`.
        if let Some(label) = self.domain_name_label.as_ref().filter(|label| !is_label(label)) {
            let why = format!("`{label}` is no label of a name");
            let fix = "use 3 to 63 small letters, digits and hyphens, with a letter first and no hyphen last";
            findings.push(Diagnostic::new("public-ip.label", why).at("/domain_name_label").fix(fix));
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, serial: u64) -> (PublicIpAddressId, PublicIpAddressDetails) {
        let low = u8::try_from(serial % 254).unwrap_or(0) + 1;
        let ip_address = match self.public_ip_address_version {
            IpVersion::Ipv6 => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, low.into()).into(),
            _ => Ipv4Addr::new(198, 51, 100, low).into(),
        };
        let location = self.location.as_ref().map_or("memory", Location::as_str);
        let fqdn =
            self.domain_name_label.as_ref().map(|label| format!("{label}.{location}.cloudapp.azure.com"));
        (arm::simulated(self), PublicIpAddressDetails { ip_address: Some(ip_address), fqdn })
    }
}

/// What is zone-redundant by its sort has no zones of its own.
pub(super) fn check_zones(sku: &PublicIpSku, zones: Option<&Set<ZoneName>>) -> Option<Diagnostic> {
    let chosen = zones.is_some_and(|zones| !zones.is_empty());
    (chosen && *sku == PublicIpSku::StandardV2).then(|| {
        Diagnostic::new("public-ip.zones", "`StandardV2` is in all zones of its location")
            .at("/zones")
            .fix("leave the zones out")
    })
}

fn is_label(label: &str) -> bool {
    (3..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && label.starts_with(|first: char| first.is_ascii_lowercase())
        && !label.ends_with('-')
}

impl ArmResource for PublicIpAddress {
    const TYPE: ArmType = PublicIpAddressId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PLACES: &'static [(&'static str, &'static str)] = &[
        ("sku", "/sku/name"),
        ("public_ip_address_version", "/properties/publicIPAddressVersion"),
        ("public_ip_allocation_method", "/properties/publicIPAllocationMethod"),
        ("public_ip_prefix", "/properties/publicIPPrefix/id"),
        ("domain_name_label", "/properties/dnsSettings/domainNameLabel"),
    ];
    const READ_ONLY: &'static [&'static str] = &["/properties/ipConfiguration"];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn outputs(_: &ResourceId, document: &Document) -> Result<PublicIpAddressDetails> {
        let text = |at: &str| arm::look(document, at).and_then(Value::as_str);
        Ok(PublicIpAddressDetails {
            ip_address: text("/properties/ipAddress").and_then(|text| text.parse().ok()),
            fqdn: text("/properties/dnsSettings/fqdn").map(str::to_owned),
        })
    }

    fn links(&self) -> Vec<Permission> {
        self.public_ip_prefix.iter().map(|prefix| joins(PublicIpPrefixId::TYPE, prefix)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{document, read};
    use deathstar_core::Class;
    use serde_json::{Map, json};

    const ID: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/out";

    fn address() -> PublicIpAddress {
        PublicIpAddress::new(ResourceGroupId::new("/subscriptions/s/resourceGroups/g"), "out")
    }

    fn codes(address: &PublicIpAddress) -> Vec<String> {
        address.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn the_struct_is_the_document_and_reads_back() {
        let prefix = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPPrefixes/p";
        let zones = ["1", "2"].map(|zone| zone.parse().unwrap());
        let address = address().location("westeurope").zones(zones).prefix(PublicIpPrefixId::new(prefix));
        let address = address.idle_timeout_in_minutes(10).domain_name_label("shop").ipv6();
        let written = document(&address);
        assert_eq!(
            written,
            json!({"location": "westeurope", "sku": {"name": "Standard"}, "zones": ["1", "2"], "properties": {
                "publicIPAddressVersion": "IPv6", "publicIPAllocationMethod": "Static",
                "publicIPPrefix": {"id": prefix}, "idleTimeoutInMinutes": 10,
                "dnsSettings": {"domainNameLabel": "shop"},
            }})
        );
        assert_eq!(read::<PublicIpAddress>(ID, &written), address);
    }

    #[test]
    fn it_tells_its_address_and_name() {
        let shown =
            json!({"properties": {"ipAddress": "192.0.2.7", "dnsSettings": {"fqdn": "shop.example"}}});
        let id = ResourceId::new(ID);
        let details = PublicIpAddress::outputs(&id, shown.as_object().unwrap()).unwrap();
        assert_eq!(details.ip_address, Some("192.0.2.7".parse().unwrap()));
        assert_eq!(details.fqdn.as_deref(), Some("shop.example"));
        assert_eq!(PublicIpAddress::outputs(&id, &Map::new()).unwrap().ip_address, None);
        let (_, simulated) = address().domain_name_label("shop").location("westeurope").simulate(3);
        assert_eq!(simulated.fqdn.as_deref(), Some("shop.westeurope.cloudapp.azure.com"));
        assert!(address().ipv6().simulate(3).1.ip_address.unwrap().is_ipv6());
    }

    #[test]
    fn only_time_out_and_label_change_in_place() {
        let fields = PublicIpAddress::FIELDS.iter();
        let in_place: Vec<_> =
            fields.filter(|field| !matches!(field.class, Class::Replace)).map(|field| field.name).collect();
        assert_eq!(in_place, ["idle_timeout_in_minutes", "domain_name_label"]);
    }

    #[test]
    fn what_azure_refuses_is_found_before() {
        let zone = || ["1".parse().unwrap()];
        assert!(codes(&address().zones(zone())).is_empty());
        assert_eq!(codes(&address().zones(zone()).sku(PublicIpSku::StandardV2)), ["public-ip.zones"]);
        assert_eq!(codes(&address().sku(PublicIpSku::Other("Basic".into()))), ["choice.unknown"]);
        let dynamic = AllocationMethod::Other("Dynamic".into());
        let dynamic = PublicIpAddress { public_ip_allocation_method: dynamic, ..address() };
        assert_eq!(codes(&dynamic), ["choice.unknown"]);
        for (minutes, right) in [(3, false), (4, true), (30, true), (31, false)] {
            assert_eq!(codes(&address().idle_timeout_in_minutes(minutes)).is_empty(), right, "{minutes}");
        }
        for (label, right) in
            [("shop", true), ("s-1", true), ("1s1", false), ("ab", false), ("a--", false), ("Shop", false)]
        {
            assert_eq!(codes(&address().domain_name_label(label)).is_empty(), right, "{label}");
        }
    }

    #[test]
    fn a_label_is_taken_once_in_a_location() {
        let named =
            |label: &str, location: &str| address().domain_name_label(label).location(location).holds();
        assert_eq!(named("shop", "westeurope"), named("shop", "westeurope"));
        assert_ne!(named("shop", "westeurope"), named("shop", "northeurope"));
        assert!(address().holds().is_empty());
    }
}
