//! A prefix of public IP addresses.

use super::{API_VERSION, IpVersion, PublicIpSku, public_ip_address::check_zones};
use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, Document},
    id::{PublicIpPrefixId, ResourceGroupId, ResourceId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, Result, fields,
    model::{IpCidr, Set, ZoneName, name::azure::PUBLIC_IP_PREFIX},
    outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// A prefix: public addresses in one range, which partners can name in their own rules.
///
/// It cannot be deleted while one of its addresses exists or a NAT gateway uses it.
///
/// # Permissions
/// `Microsoft.Network/publicIPPrefixes/read`, `/write`, `/delete`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// Paid by the hour for each address in it, used or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PublicIpPrefix {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in the resource group. Another one replaces it.
    pub name: String,
    /// Its location: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
    /// Its sort, which is that of what uses it. Another one replaces it.
    pub sku: PublicIpSku,
    /// The zones in which it is. Without any Azure chooses. Others replace it.
    pub zones: Option<Set<ZoneName>>,
    /// Its address family. Another one replaces it.
    pub public_ip_address_version: IpVersion,
    /// How many bits are the same in all its addresses: `/28` has 16 IPv4 addresses, `/124` has 16 IPv6 addresses. Another length
    /// replaces it.
    pub prefix_length: u8,
}

impl PublicIpPrefix {
    /// IPv4 addresses of the sort `Standard`; 28 bits, 16 addresses, are the most that a NAT gateway uses.
    pub fn ipv4(
        resource_group: impl Into<Input<ResourceGroupId>>,
        name: impl Into<String>,
        prefix_length: u8,
    ) -> Self {
        Self {
            resource_group: resource_group.into(),
            name: name.into(),
            location: None,
            sku: PublicIpSku::Standard,
            zones: None,
            public_ip_address_version: IpVersion::Ipv4,
            prefix_length,
        }
    }

    /// IPv6 addresses of the sort `Standard`.
    pub fn ipv6(
        resource_group: impl Into<Input<ResourceGroupId>>,
        name: impl Into<String>,
        prefix_length: u8,
    ) -> Self {
        Self { public_ip_address_version: IpVersion::Ipv6, ..Self::ipv4(resource_group, name, prefix_length) }
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
}

/// What is known of a prefix once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PublicIpPrefixDetails {
    /// The range.
    pub ip_prefix: Option<IpCidr>,
}

outputs! {
    /// What a declared prefix tells once it is made.
    pub trait PublicIpPrefixOutputs for PublicIpPrefix {
        /// The range.
        ip_prefix: IpCidr,
    }
}

impl Resource for PublicIpPrefix {
    type Provider = Azure;
    type Id = PublicIpPrefixId;
    type Outputs = PublicIpPrefixDetails;

    const FAMILY: &'static str = "azure.network.public-ip-prefix";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure Virtual Network documentation, "Public IP address prefix": its size cannot be changed after it was made.
    const FIELDS: Fields<Self> = fields!(PublicIpPrefix {
        resource_group: Replace,
        name: Replace,
        location: Replace,
        sku: Replace,
        zones: Replace,
        public_ip_address_version: Replace,
        prefix_length: Replace,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&PUBLIC_IP_PREFIX, &self.name).into_iter().collect();
        findings.extend(names::check_location(self.location.as_ref()));
        findings.extend(self.sku.check("/sku"));
        findings.extend(self.public_ip_address_version.check("/public_ip_address_version"));
        findings.extend(check_zones(&self.sku, self.zones.as_ref()));
        // Source: Azure Virtual Network documentation, "Public IP address prefix", prefix sizes. More than 16 addresses are given to
        // those who have asked Azure for them, so that a shorter prefix is no mistake.
        let (family, most) = match self.public_ip_address_version {
            IpVersion::Ipv6 => ("IPv6", 127),
            _ => ("IPv4", 31),
        };
        if self.prefix_length > most || self.prefix_length == 0 {
            let why = format!("an {family} prefix has up to {most} bits, and not {}", self.prefix_length);
            let fix = format!("choose {} for 16 addresses, up to {most} for 2", most - 3);
            findings.push(Diagnostic::new("public-ip.prefix-length", why).at("/prefix_length").fix(fix));
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (PublicIpPrefixId, PublicIpPrefixDetails) {
        let first = match self.public_ip_address_version {
            IpVersion::Ipv6 => "2001:db8::",
            _ => "203.0.113.0",
        };
        let ip_prefix = super::rule_peer::range(&format!("{first}/{}", self.prefix_length));
        (arm::simulated(self), PublicIpPrefixDetails { ip_prefix })
    }
}

impl ArmResource for PublicIpPrefix {
    const TYPE: ArmType = PublicIpPrefixId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PLACES: &'static [(&'static str, &'static str)] =
        &[("sku", "/sku/name"), ("public_ip_address_version", "/properties/publicIPAddressVersion")];
    const READ_ONLY: &'static [&'static str] = &[
        "/properties/ipPrefix",
        "/properties/loadBalancerFrontendIpConfiguration",
        "/properties/publicIPAddresses",
    ];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn outputs(_: &ResourceId, document: &Document) -> Result<PublicIpPrefixDetails> {
        let range = arm::look(document, "/properties/ipPrefix").and_then(Value::as_str);
        Ok(PublicIpPrefixDetails { ip_prefix: range.and_then(super::rule_peer::range) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{document, read};
    use deathstar_core::Class;
    use serde_json::json;

    const ID: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPPrefixes/out";

    fn prefix(length: u8) -> PublicIpPrefix {
        PublicIpPrefix::ipv4(ResourceGroupId::new("/subscriptions/s/resourceGroups/g"), "out", length)
    }

    fn codes(prefix: &PublicIpPrefix) -> Vec<String> {
        prefix.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn the_struct_is_the_document_and_reads_back() {
        let prefix = prefix(28).location("westeurope").sku(PublicIpSku::StandardV2);
        let written = document(&prefix);
        let properties = json!({"publicIPAddressVersion": "IPv4", "prefixLength": 28});
        let sku = json!({"name": "StandardV2"});
        assert_eq!(written, json!({"location": "westeurope", "sku": sku, "properties": properties}));
        assert_eq!(read::<PublicIpPrefix>(ID, &written), prefix);
        let shown = json!({"properties": {"ipPrefix": "192.0.2.16/28"}});
        let details = PublicIpPrefix::outputs(&ResourceId::new(ID), shown.as_object().unwrap()).unwrap();
        assert_eq!(details.ip_prefix, Some("192.0.2.16/28".parse().unwrap()));
    }

    #[test]
    fn everything_replaces_it() {
        assert!(PublicIpPrefix::FIELDS.iter().all(|field| matches!(field.class, Class::Replace)));
    }

    #[test]
    fn what_azure_refuses_is_found_before() {
        for (length, right) in [(0, false), (24, true), (28, true), (31, true), (32, false)] {
            assert_eq!(codes(&prefix(length)).is_empty(), right, "{length}");
        }
        let six = |length| PublicIpPrefix { public_ip_address_version: IpVersion::Ipv6, ..prefix(length) };
        assert!(codes(&six(127)).is_empty());
        assert_eq!(codes(&six(128)), ["public-ip.prefix-length"]);
        let zones = prefix(28).zones(["1".parse().unwrap()]).sku(PublicIpSku::StandardV2);
        assert_eq!(codes(&zones), ["public-ip.zones"]);
    }

    #[test]
    fn simulated_ranges_are_of_its_length() {
        assert_eq!(prefix(30).simulate(1).1.ip_prefix, Some("203.0.113.0/30".parse().unwrap()));
        let group = ResourceGroupId::new("/subscriptions/s/resourceGroups/g");
        let six = PublicIpPrefix::ipv6(group, "six", 124);
        assert_eq!(six.simulate(1).1.ip_prefix, Some("2001:db8::/124".parse().unwrap()));
    }
}
