//! The network: ranges, gateways, tables, routes.

use crate::kinds::{Imagined, ids};
use deathstar_core::{Fields, Hold, Identity, Input, Key, Resource, fields};
use serde::{Deserialize, Serialize};
use std::time::Duration;

ids! {
    /// Of a network.
    NetworkId "net",
    /// Of a segment.
    SegmentId "segment",
    /// Of a gateway.
    GatewayId "gateway",
    /// Of a public address.
    PublicAddressId "address",
    /// Of a gateway that translates addresses.
    NatId "nat",
    /// Of a table.
    TableId "table",
}

/// How long an object without a token may stay hidden.
const HIDDEN: Duration = Duration::from_secs(20);
const TAGGED: Identity = Identity::Tag { visible_within: HIDDEN };

/// A network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Its range.
    pub range: String,
    /// What it is for.
    pub description: String,
    /// Whether machines get names.
    pub dns_names: bool,
    /// Whether names are resolved.
    pub dns_support: bool,
    /// Whose hardware it uses.
    pub tenancy: String,
    /// Where its addresses may be announced.
    pub border_group: String,
}

impl Resource for Network {
    type Provider = Imagined;
    type Id = NetworkId;
    type Outputs = ();
    const FAMILY: &'static str = "bench.network";
    const IDENTITY: Identity = TAGGED;
    const FIELDS: Fields<Self> = fields!(Network {
        range: Replace,
        description: Update,
        dns_names: Update,
        dns_support: Update,
        tenancy: Replace,
        border_group: Replace,
    });
    fn simulate(&self, serial: u64) -> (NetworkId, ()) {
        (NetworkId::nth(serial), ())
    }
}

/// A segment of a network, in one zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// The network.
    pub network: Input<NetworkId>,
    /// Its range.
    pub range: String,
    /// Its zone.
    pub zone: String,
    /// What it is for.
    pub description: String,
    /// Whether machines get a public address.
    pub public: bool,
    /// How machines are named.
    pub naming: String,
    /// Whether names lead to addresses of the fourth version.
    pub a_records: bool,
}

impl Resource for Segment {
    type Provider = Imagined;
    type Id = SegmentId;
    type Outputs = ();
    const FAMILY: &'static str = "bench.segment";
    const IDENTITY: Identity = TAGGED;
    const FIELDS: Fields<Self> = fields!(Segment {
        network: Replace,
        range: Replace,
        zone: Replace,
        description: Update,
        public: Update,
        naming: Update,
        a_records: Update,
    });
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("range-of-network", (&self.network, &self.range))]
    }
    fn simulate(&self, serial: u64) -> (SegmentId, ()) {
        (SegmentId::nth(serial), ())
    }
}

/// The gateway of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gateway {
    /// The network.
    pub network: Input<NetworkId>,
    /// What it is for.
    pub description: String,
}

impl Resource for Gateway {
    type Provider = Imagined;
    type Id = GatewayId;
    type Outputs = ();
    const FAMILY: &'static str = "bench.gateway";
    const IDENTITY: Identity = TAGGED;
    const FIELDS: Fields<Self> = fields!(Gateway { network: Update, description: Update });
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("gateway-of-network", &self.network)]
    }
    fn simulate(&self, serial: u64) -> (GatewayId, ()) {
        (GatewayId::nth(serial), ())
    }
}

/// A public address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublicAddress {
    /// What it is for.
    pub description: String,
    /// From which pool it comes.
    pub pool: String,
    /// Where it may be announced.
    pub border_group: String,
}

impl Resource for PublicAddress {
    type Provider = Imagined;
    type Id = PublicAddressId;
    type Outputs = ();
    const FAMILY: &'static str = "bench.public-address";
    const IDENTITY: Identity = TAGGED;
    const FIELDS: Fields<Self> =
        fields!(PublicAddress { description: Update, pool: Replace, border_group: Replace });
    fn simulate(&self, serial: u64) -> (PublicAddressId, ()) {
        (PublicAddressId::nth(serial), ())
    }
}

/// A gateway that translates addresses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nat {
    /// Where it stands.
    pub segment: Input<SegmentId>,
    /// Its public address.
    pub address: Input<PublicAddressId>,
    /// What it is for.
    pub description: String,
    /// Whether it leads to the internet.
    pub connectivity: String,
}

impl Resource for Nat {
    type Provider = Imagined;
    type Id = NatId;
    type Outputs = ();
    const FAMILY: &'static str = "bench.nat";
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> =
        fields!(Nat { segment: Replace, address: Replace, description: Update, connectivity: Replace });
    fn simulate(&self, serial: u64) -> (NatId, ()) {
        (NatId::nth(serial), ())
    }
}

/// A table of routes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The network.
    pub network: Input<NetworkId>,
    /// What it is for.
    pub description: String,
    /// Which gateways add routes to it.
    pub propagating: Vec<String>,
}

impl Resource for Table {
    type Provider = Imagined;
    type Id = TableId;
    type Outputs = ();
    const FAMILY: &'static str = "bench.table";
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> =
        fields!(Table { network: Replace, description: Update, propagating: Update });
    fn simulate(&self, serial: u64) -> (TableId, ()) {
        (TableId::nth(serial), ())
    }
}

/// Through what a route leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The gateway of the network.
    Gateway(Input<GatewayId>),
    /// A gateway that translates addresses.
    Nat(Input<NatId>),
}

/// A route, shown by its table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// The table.
    pub table: Input<TableId>,
    /// Where to.
    pub destination: String,
    /// Through what.
    pub through: Target,
}

impl Resource for Route {
    type Provider = Imagined;
    type Id = (TableId, String);
    type Outputs = ();
    const FAMILY: &'static str = "bench.route";
    const IDENTITY: Identity = Identity::Key { tagged: false };
    const FIELDS: Fields<Self> = fields!(Route { table: Replace, destination: Replace, through: Update });
    const SHOWN_BY: &'static str = Table::FAMILY;
    fn shown_in(&self) -> Option<Key> {
        Some(Key::of(&self.table))
    }
    fn key(&self) -> Option<Key> {
        Some(Key::of((&self.table, &self.destination)))
    }
    fn simulate(&self, _: u64) -> (Self::Id, ()) {
        let table = self.table.value().cloned().unwrap_or(TableId(String::new()));
        ((table, self.destination.clone()), ())
    }
}

/// Says which table a segment uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Association {
    /// The table.
    pub table: Input<TableId>,
    /// The segment.
    pub segment: Input<SegmentId>,
}

impl Resource for Association {
    type Provider = Imagined;
    type Id = (TableId, SegmentId);
    type Outputs = ();
    const FAMILY: &'static str = "bench.association";
    const IDENTITY: Identity = Identity::Key { tagged: false };
    const FIELDS: Fields<Self> = fields!(Association { table: Replace, segment: Replace });
    const SHOWN_BY: &'static str = Table::FAMILY;
    fn shown_in(&self) -> Option<Key> {
        Some(Key::of(&self.table))
    }
    fn key(&self) -> Option<Key> {
        Some(Key::of((&self.table, &self.segment)))
    }
    fn simulate(&self, _: u64) -> (Self::Id, ()) {
        let table = self.table.value().cloned().unwrap_or(TableId(String::new()));
        let segment = self.segment.value().cloned().unwrap_or(SegmentId(String::new()));
        ((table, segment), ())
    }
}
