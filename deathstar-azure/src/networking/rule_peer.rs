//! The ends of the traffic that a rule is about.

use crate::{
    arm::{self, ById, Document},
    id::ApplicationSecurityGroupId,
    permission::on,
};
use deathstar_core::{
    Diagnostic, Input, Result,
    model::{IpCidr, Set},
    permission::Permission,
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::net::IpAddr;

/// One end of the traffic that a security rule is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RulePeer {
    /// Anywhere.
    Any,
    /// Addresses, all of one family.
    Ranges(Set<IpCidr>),
    /// Addresses that Azure keeps under a name, such as [`VIRTUAL_NETWORK`](RulePeer::VIRTUAL_NETWORK) or `Storage.WestEurope`.
    ServiceTag(String),
    /// The network interfaces in application security groups: of one virtual network, in the location of the rule's group.
    ApplicationSecurityGroups(Set<ById<ApplicationSecurityGroupId>>),
    /// Something else that was put there by others. It is seen and cannot be declared.
    Other(Vec<String>),
}

impl RulePeer {
    /// The tag of the virtual network: its ranges, those of its peers, and those that are reached through its gateways.
    pub const VIRTUAL_NETWORK: &'static str = "VirtualNetwork";
    /// The tag of what is neither in the virtual network nor Azure's load balancer.
    pub const INTERNET: &'static str = "Internet";
    /// The tag of the addresses from which Azure's load balancers ask.
    pub const AZURE_LOAD_BALANCER: &'static str = "AzureLoadBalancer";

    const TAGS: [&'static str; 3] = [Self::VIRTUAL_NETWORK, Self::INTERNET, Self::AZURE_LOAD_BALANCER];

    /// These addresses.
    pub fn ranges(ranges: impl IntoIterator<Item = IpCidr>) -> Self {
        Self::Ranges(Set::of(ranges))
    }

    /// Addresses that Azure keeps under a name.
    pub fn tag(tag: impl Into<String>) -> Self {
        let tag = tag.into();
        let known = Self::TAGS.into_iter().find(|known| known.eq_ignore_ascii_case(&tag));
        Self::ServiceTag(known.map_or(tag, str::to_owned))
    }

    /// The network interfaces in these application security groups.
    pub fn groups<I: Into<Input<ApplicationSecurityGroupId>>>(groups: impl IntoIterator<Item = I>) -> Self {
        Self::ApplicationSecurityGroups(groups.into_iter().map(ById::new).collect())
    }

    /// Whether its addresses are IPv4, and whether they are IPv6, where it says so.
    pub(super) fn families(&self) -> Option<bool> {
        match self {
            Self::Ranges(ranges) => ranges.iter().next().map(|range| range.net().addr().is_ipv4()),
            _ => None,
        }
    }

    pub(super) fn check(&self, at: &str) -> Option<Diagnostic> {
        let (code, why, fix) = match self {
            Self::Ranges(ranges) if ranges.is_empty() => {
                ("security-rule.peer", "a rule without addresses is about nothing".into(), "name a range")
            }
            Self::Ranges(ranges)
                if ranges.iter().any(|range| range.net().addr().is_ipv4())
                    && ranges.iter().any(|range| range.net().addr().is_ipv6()) =>
            {
                let why = "the ranges at one end of a rule are of one address family".into();
                ("security-rule.family", why, "write a rule for each family")
            }
            Self::ServiceTag(tag)
                if tag.is_empty()
                    || !tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_') =>
            {
                (
                    "security-rule.peer",
                    format!("`{tag}` is no service tag"),
                    "write it like `Storage.WestEurope`",
                )
            }
            // Source: Azure subscription limits, application security groups in a rule.
            Self::ApplicationSecurityGroups(groups) if groups.is_empty() || groups.len() > 10 => {
                let why = format!(
                    "a rule has 1 to 10 application security groups at an end, and not {}",
                    groups.len()
                );
                ("security-rule.peer", why, "name 1 to 10")
            }
            Self::Other(what) => {
                let why = format!("`{}` is seen, and cannot be declared", what.join(", "));
                ("security-rule.peer", why, "use ranges, one service tag or application security groups")
            }
            _ => return None,
        };
        Some(Diagnostic::new(code, why).at(at).fix(fix))
    }

    pub(super) fn links(&self) -> impl Iterator<Item = Permission> {
        let groups = match self {
            Self::ApplicationSecurityGroups(groups) => Some(groups),
            _ => None,
        };
        groups
            .into_iter()
            .flatten()
            .map(|group| on(ApplicationSecurityGroupId::TYPE, "joinNetworkSecurityRule/action", &group.id))
    }

    /// Writes it to one end of a rule: into one of three members, without the other two.
    pub(super) fn write(&self, document: &mut Document, end: &str) -> Result<()> {
        let (one, several, groups) = members(end);
        let (at, value) = match self {
            Self::Any => (&one, json!("*")),
            Self::ServiceTag(tag) => (&one, json!(tag)),
            Self::Ranges(ranges) => match ranges.iter().collect::<Vec<_>>()[..] {
                [range] => (&one, json!(range)),
                _ => (&several, json!(ranges)),
            },
            Self::ApplicationSecurityGroups(named) => (&groups, json!(named)),
            Self::Other(all) => (&several, json!(all)),
        };
        for other in [&one, &several, &groups].into_iter().filter(|other| *other != at) {
            arm::take(document, other);
        }
        arm::put(document, at, value)
    }

    /// Reads one end of a rule.
    pub(super) fn read(document: &Document, end: &str) -> Self {
        let (one, several, groups) = members(end);
        let text = |at: &str| arm::look(document, at).and_then(Value::as_str).filter(|text| !text.is_empty());
        let list =
            |at: &str| arm::look(document, at).and_then(Value::as_array).filter(|list| !list.is_empty());
        if let Some(list) = list(&groups) {
            let ids = list.iter().filter_map(|group| group.get("id")?.as_str());
            return Self::groups(ids.map(ApplicationSecurityGroupId::new));
        }
        let all: Vec<&str> = match (list(&several), text(&one)) {
            (Some(list), _) => list.iter().filter_map(Value::as_str).collect(),
            (None, Some(text)) => vec![text],
            (None, None) => return Self::Any,
        };
        if let Some(ranges) = all.iter().map(|text| range(text)).collect::<Option<Set<_>>>() {
            return Self::Ranges(ranges);
        }
        match all[..] {
            ["*" | "Any" | "any"] => Self::Any,
            [tag] => Self::tag(tag),
            _ => Self::Other(all.into_iter().map(str::to_owned).collect()),
        }
    }
}

impl From<IpCidr> for RulePeer {
    fn from(range: IpCidr) -> Self {
        Self::ranges([range])
    }
}

/// The three members in which an end stands: one address or tag, several addresses, groups.
fn members(end: &str) -> (String, String, String) {
    (
        format!("{end}AddressPrefix"),
        format!("{end}AddressPrefixes"),
        format!("{end}ApplicationSecurityGroups"),
    )
}

/// A range, or an address as the range that has it alone.
pub(crate) fn range(text: &str) -> Option<IpCidr> {
    let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    Some(IpCidr::truncated(net))
}
