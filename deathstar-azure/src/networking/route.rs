//! A route.

use super::{API_VERSION, RouteTable, lane, rule_peer::range};
use crate::{
    Azure,
    arm::{self, ArmResource, ArmType, Document, Placement},
    choice::unknown,
    id::{ResourceId, RouteId, RouteTableId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, fields,
    model::{IpCidr, name::azure::ROUTE},
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{borrow::Cow, fmt, net::IpAddr};

/// One route of a route table: where what is sent to a range goes.
///
/// It carries no tags: it is ours by table and name, while its table is. NAT gateways and private endpoints need no routes.
///
/// # Permissions
/// `Microsoft.Network/routeTables/read`; `Microsoft.Network/routeTables/routes/read`, `/write`, `/delete`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Route {
    /// Its table. Another one replaces it.
    pub route_table: Input<RouteTableId>,
    /// Its name, unique in the table. Another one replaces it.
    pub name: String,
    /// What it is about; only one route of a table is about it.
    pub address_prefix: Destination,
    /// Where it leads.
    pub next_hop: NextHop,
}

/// What a route is about: a range, or addresses that Azure keeps under a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum Destination {
    /// A range, IPv4 or IPv6.
    Range(IpCidr),
    /// A service tag, such as `Storage.WestEurope`.
    ServiceTag(String),
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NextHop {
    /// The gateway of the virtual network.
    VirtualNetworkGateway,
    /// The virtual network itself.
    VirtualNetwork,
    /// The internet; what is sent to Azure's own services stays in Azure's network.
    Internet,
    /// A machine or a load balancer that passes it on, by its private address.
    VirtualAppliance(IpAddr),
    /// Nowhere: it is dropped.
    Nowhere,
    /// Something else that was put there by others. It is seen and cannot be declared.
    Other(String),
}

impl Route {
    /// What is sent to a destination goes there.
    pub fn new(
        route_table: impl Into<Input<RouteTableId>>,
        name: impl Into<String>,
        address_prefix: impl Into<Destination>,
        next_hop: NextHop,
    ) -> Self {
        Self {
            route_table: route_table.into(),
            name: name.into(),
            address_prefix: address_prefix.into(),
            next_hop,
        }
    }
}

impl From<IpCidr> for Destination {
    fn from(range: IpCidr) -> Self {
        Self::Range(range)
    }
}

impl From<String> for Destination {
    fn from(text: String) -> Self {
        range(&text).map_or(Self::ServiceTag(text), Self::Range)
    }
}

impl From<&str> for Destination {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Destination> for String {
    fn from(destination: Destination) -> Self {
        destination.to_string()
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range(range) => range.fmt(f),
            Self::ServiceTag(tag) => f.pad(tag),
        }
    }
}

impl NextHop {
    const WORDS: [(&'static str, Self); 4] = [
        ("VirtualNetworkGateway", Self::VirtualNetworkGateway),
        ("VnetLocal", Self::VirtualNetwork),
        ("Internet", Self::Internet),
        ("None", Self::Nowhere),
    ];

    /// Its word in documents.
    fn word(&self) -> &str {
        match self {
            Self::VirtualAppliance(_) => "VirtualAppliance",
            Self::Other(word) => word,
            plain => Self::WORDS.iter().find(|(_, hop)| hop == plain).map_or("None", |(word, _)| word),
        }
    }
}

impl Resource for Route {
    type Provider = Azure;
    type Id = RouteId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.network.route";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Azure REST API, "Routes - Create Or Update": a route is written whole, under its name.
    const FIELDS: Fields<Self> =
        fields!(Route { route_table: Replace, name: Replace, address_prefix: Update, next_hop: Update });
    const SHOWN_BY: &'static str = RouteTable::FAMILY;

    fn shown_in(&self) -> Option<Key> {
        Some(Key::of(&self.route_table))
    }

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    /// Azure refuses a second route about the same with `RouteConflict`.
    fn holds(&self) -> Vec<Hold> {
        let about = (&self.route_table, &self.address_prefix);
        vec![lane(&self.route_table), Hold::life("destination-in-route-table", about)]
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&ROUTE, &self.name).into_iter().collect();
        if let Destination::ServiceTag(tag) = &self.address_prefix
            && (tag.is_empty() || !tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.'))
        {
            let why = format!("`{tag}` is neither a range nor a service tag");
            let fix = "write it like `10.0.0.0/8` or `Storage.WestEurope`";
            findings.push(Diagnostic::new("route.destination", why).at("/address_prefix").fix(fix));
        }
        if let NextHop::Other(word) = &self.next_hop {
            findings.push(unknown(word, NextHop::WORDS.into_iter().map(|(word, _)| word), "/next_hop"));
        }
        if let (NextHop::VirtualAppliance(address), Destination::Range(range)) =
            (&self.next_hop, &self.address_prefix)
            && address.is_ipv4() != range.net().addr().is_ipv4()
        {
            let why = format!("`{range}` cannot be sent to `{address}`, which is of another address family");
            findings.push(Diagnostic::new("route.family", why).at("/next_hop").fix("name another address"));
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (RouteId, ()) {
        (arm::simulated(self), ())
    }
}

const HOP: &str = "/properties/nextHopType";
const ADDRESS: &str = "/properties/nextHopIpAddress";

impl ArmResource for Route {
    const TYPE: ArmType = RouteId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PARENT: &'static str = "route_table";
    const PLACEMENT: Placement = Placement::Parent;
    const PLACES: &'static [(&'static str, &'static str)] = &[("next_hop", HOP)];
    const READ_ONLY: &'static [&'static str] = &["/properties/hasBgpOverride"];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.route_table)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn write(&self, document: &mut Document) -> Result<()> {
        arm::write(self, document)?;
        arm::put(document, HOP, self.next_hop.word().into())?;
        if let NextHop::VirtualAppliance(address) = &self.next_hop {
            return arm::put(document, ADDRESS, json!(address));
        }
        arm::take(document, ADDRESS);
        Ok(())
    }

    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        let word = arm::look(document, HOP).and_then(Value::as_str).unwrap_or_default();
        let address = arm::look(document, ADDRESS).and_then(Value::as_str).and_then(|text| text.parse().ok());
        let known = NextHop::WORDS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        let hop = match (known, address) {
            (Some((_, hop)), _) => hop,
            (None, Some(address)) if word.eq_ignore_ascii_case("VirtualAppliance") => {
                NextHop::VirtualAppliance(address)
            }
            _ => NextHop::Other(word.into()),
        };
        let mut plain = document.clone();
        arm::put(&mut plain, HOP, json!(hop))?;
        arm::read(id, &plain)
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{change, document, read};
    use deathstar_core::Class;

    const TABLE: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/out";
    const ID: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/out/routes/a";

    fn route(destination: &str, next_hop: NextHop) -> Route {
        Route::new(RouteTableId::new(TABLE), "a", destination, next_hop)
    }

    fn appliance(address: &str) -> NextHop {
        NextHop::VirtualAppliance(address.parse().unwrap())
    }

    fn codes(route: &Route) -> Vec<String> {
        route.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn every_hop_is_written_and_reads_back() {
        let hops = [
            NextHop::VirtualNetworkGateway,
            NextHop::VirtualNetwork,
            NextHop::Internet,
            appliance("10.0.0.4"),
            NextHop::Nowhere,
            NextHop::Other("VirtualApplianceEcmp".into()),
        ];
        for hop in hops {
            let route = route("10.0.0.0/8", hop.clone());
            let written = document(&route);
            assert_eq!(written["properties"]["nextHopType"], hop.word());
            assert_eq!(read::<Route>(ID, &written), route);
            assert_eq!(codes(&route).is_empty(), !matches!(hop, NextHop::Other(_)));
        }
        let written = document(&route("Storage.WestEurope", appliance("10.0.0.4")));
        let expected = json!({"addressPrefix": "Storage.WestEurope", "nextHopType": "VirtualAppliance",
            "nextHopIpAddress": "10.0.0.4"});
        assert_eq!(written, json!({"properties": expected}));
    }

    #[test]
    fn the_address_goes_with_the_appliance() {
        let seen = document(&route("10.0.0.0/8", appliance("10.0.0.4")));
        let changed = change(&route("10.0.0.0/8", NextHop::Nowhere), &seen);
        assert_eq!(changed["properties"], json!({"addressPrefix": "10.0.0.0/8", "nextHopType": "None"}));
        let mut seen = changed;
        seen["properties"]["nextHopIpAddress"] = json!("");
        assert_eq!(read::<Route>(ID, &seen).next_hop, NextHop::Nowhere);
    }

    #[test]
    fn a_table_has_one_route_about_a_destination() {
        let other = Route { name: "b".into(), ..route("10.0.0.0/8", NextHop::Nowhere) };
        assert_eq!(route("10.1.2.3/8", NextHop::Internet).holds(), other.holds());
        assert_ne!(route("10.0.0.0/9", NextHop::Internet).holds(), other.holds());
        assert!(
            matches!(Route::FIELDS[2].class, Class::Update)
                && matches!(Route::FIELDS[3].class, Class::Update)
        );
        assert_eq!(route("0.0.0.0/0", NextHop::Internet).shown_in(), Some(Key::of(TABLE)));
    }

    #[test]
    fn what_azure_refuses_is_found_before() {
        assert_eq!(codes(&route("fd00::/8", appliance("10.0.0.4"))), ["route.family"]);
        assert!(codes(&route("fd00::/8", appliance("fd00::4"))).is_empty());
        assert_eq!(codes(&route("10.0.0.0/33", NextHop::Internet)), ["route.destination"]);
        assert_eq!(
            codes(&Route { name: String::new(), ..route("10.0.0.0/8", NextHop::Internet) }),
            ["azure.name"]
        );
    }
}
