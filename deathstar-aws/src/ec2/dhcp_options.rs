//! A set of DHCP options.

use super::BY_TAG;
use crate::{
    Aws,
    id::DhcpOptionsId,
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Resource, fields,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(feature = "client")]
mod driver;
#[cfg(feature = "client")]
pub(super) use driver::{of_region, show};

/// A set of DHCP options: what machines in a VPC are told about names and time. A
/// [`DhcpOptionsAssociation`](super::DhcpOptionsAssociation) gives it to a VPC.
///
/// # Permissions
/// `ec2:DescribeDhcpOptions`; `ec2:CreateDhcpOptions` with `ec2:CreateTags`; `ec2:CreateTags`, `ec2:DeleteTags`;
/// `ec2:DeleteDhcpOptions`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DhcpOptions {
    /// Every option with its values, in the order in which machines try them. Other options replace the set.
    pub options: BTreeMap<DhcpOption, Vec<String>>,
}

/// One option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DhcpOption {
    /// The domain that is added to names without one.
    DomainName,
    /// The resolvers.
    DomainNameServers,
    /// The time servers.
    NtpServers,
    /// The NetBIOS name servers.
    NetbiosNameServers,
    /// The NetBIOS node type.
    NetbiosNodeType,
    /// For how many seconds an IPv6 address is preferred.
    Ipv6AddressPreferredLeaseTime,
}

/// What stands for the resolver of a VPC among resolvers.
const AMAZON: &str = "AmazonProvidedDNS";

impl DhcpOption {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::DomainName,
        Self::DomainNameServers,
        Self::NtpServers,
        Self::NetbiosNameServers,
        Self::NetbiosNodeType,
        Self::Ipv6AddressPreferredLeaseTime,
    ];

    /// Its name, as AWS writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DomainName => "domain-name",
            Self::DomainNameServers => "domain-name-servers",
            Self::NtpServers => "ntp-servers",
            Self::NetbiosNameServers => "netbios-name-servers",
            Self::NetbiosNodeType => "netbios-node-type",
            Self::Ipv6AddressPreferredLeaseTime => "ipv6-address-preferred-lease-time",
        }
    }

    /// How many values it takes.
    ///
    /// Source: Amazon EC2 API Reference, `CreateDhcpOptions`: up to four servers of a sort; four of each family for time.
    const fn most(self) -> usize {
        match self {
            Self::NtpServers => 8,
            Self::DomainNameServers | Self::NetbiosNameServers => 4,
            Self::DomainName | Self::NetbiosNodeType | Self::Ipv6AddressPreferredLeaseTime => 1,
        }
    }
}

impl DhcpOptions {
    /// A set without any option.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an option with its values.
    #[must_use]
    pub fn option(mut self, option: DhcpOption, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options.insert(option, values.into_iter().map(Into::into).collect());
        self
    }

    /// The domain that is added to names without one.
    #[must_use]
    pub fn domain_name(self, name: impl Into<String>) -> Self {
        self.option(DhcpOption::DomainName, [name.into()])
    }

    /// The resolvers, in the order in which they are asked.
    #[must_use]
    pub fn name_servers(self, servers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.option(DhcpOption::DomainNameServers, servers)
    }

    /// The resolver of the VPC.
    #[must_use]
    pub fn amazon_name_server(self) -> Self {
        self.name_servers([AMAZON])
    }

    /// The time servers.
    #[must_use]
    pub fn ntp_servers(self, servers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.option(DhcpOption::NtpServers, servers)
    }
}

impl Resource for DhcpOptions {
    type Provider = Aws;
    type Id = DhcpOptionsId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.ec2.dhcp-options";
    const IDENTITY: Identity = BY_TAG;
    /// Source: Amazon VPC User Guide, "DHCP option sets in Amazon VPC": a set cannot be modified.
    const FIELDS: Fields<Self> = fields!(DhcpOptions { options: Replace });

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        if self.options.is_empty() {
            let why = "a set of DHCP options needs at least one option";
            let fix = "name the resolvers, or leave the set out";
            findings.push(Diagnostic::new("dhcp-options.empty", why).at("/options").fix(fix));
        }
        for (option, values) in &self.options {
            let (name, most) = (option.as_str(), option.most());
            if values.is_empty() || values.len() > most {
                let why = format!("`{name}` has {} values", values.len());
                let fix = format!("give it 1 to {most}");
                let at = format!("/options/{name}");
                findings.push(Diagnostic::new("dhcp-options.count", why).at(at).fix(fix));
            }
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "dhcp-options";
        match call {
            Call::Find(_) => lists(["ec2:DescribeDhcpOptions"]),
            Call::Create(_) => creates("ec2:CreateDhcpOptions", TYPE),
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![on_own("ec2:DeleteDhcpOptions", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (DhcpOptionsId, ()) {
        (DhcpOptionsId::simulated(serial), ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_has_the_name_that_aws_writes() {
        for option in DhcpOption::ALL {
            assert_eq!(serde_json::to_value(option).unwrap(), option.as_str());
        }
    }

    #[test]
    fn counts_that_ec2_refuses_are_found() {
        let codes =
            |set: DhcpOptions| set.validate().into_iter().map(|finding| finding.code).collect::<Vec<_>>();
        assert_eq!(codes(DhcpOptions::new()), ["dhcp-options.empty"]);
        assert!(codes(DhcpOptions::new().amazon_name_server().domain_name("shop.internal")).is_empty());
        assert!(codes(DhcpOptions::new().name_servers(["10.0.0.2"; 4])).is_empty());
        assert_eq!(codes(DhcpOptions::new().name_servers(["10.0.0.2"; 5])), ["dhcp-options.count"]);
        assert_eq!(codes(DhcpOptions::new().ntp_servers([""; 0])), ["dhcp-options.count"]);
    }

    #[test]
    fn an_option_that_is_left_out_is_another_set() {
        let two = DhcpOptions::new().amazon_name_server().domain_name("shop.internal");
        let one = DhcpOptions::new().amazon_name_server();
        let value = |set: &DhcpOptions| (DhcpOptions::FIELDS[0].get)(set);
        assert_ne!(value(&two), value(&one));
        assert!(matches!(DhcpOptions::FIELDS[0].class, deathstar_core::Class::Replace));
    }
}
