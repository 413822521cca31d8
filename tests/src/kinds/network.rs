//! Networks and what is in them.

use super::{Imagined, ids};
use deathstar_core::{
    Fact, Fields, Hold, Identity, Input, Key, Resource, Stakes, fields, outputs,
    permission::{Call, Permission, Verb},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

ids! {
    /// Of a network.
    NetId "net",
    /// Of a segment.
    SegmentId "seg",
    /// Of a gateway.
    GatewayId "gw",
    /// Of a table.
    TableId "tab",
}

/// How long an object without a token may stay hidden.
const HIDDEN: Duration = Duration::from_secs(2);

/// A network: found by its tag only, replaced when its range changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Net {
    /// Its range; nobody else may have it.
    pub range: String,
    /// A label; none is not managed.
    pub label: Option<String>,
}

/// What a network tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetValues {
    /// The table that comes with it.
    pub main_table: TableId,
}

outputs! {
    /// What a network tells.
    pub trait NetOutputs for Net {
        /// The table that comes with it.
        main_table: TableId,
    }
}

impl Resource for Net {
    type Provider = Imagined;
    type Id = NetId;
    type Outputs = NetValues;
    const FAMILY: &'static str = "imagined.net";
    const STAKES: Stakes = Stakes::None;
    const IDENTITY: Identity = Identity::Tag { visible_within: HIDDEN };
    const FIELDS: Fields<Self> = fields!(Net { range: Replace, label: Update });
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("range", &self.range)]
    }
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        super::permissions(call)
    }
    fn simulate(&self, serial: u64) -> (NetId, NetValues) {
        (NetId::nth(serial), NetValues { main_table: TableId::nth(serial) })
    }
}

/// A segment of a network: its range is unique there, so a replacement deletes first unless the range changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// The network.
    pub net: Input<NetId>,
    /// Its range.
    pub range: String,
    /// Where it lies; it cannot move.
    pub zone: Input<String>,
    /// Whether it is public.
    pub public: bool,
}

impl Resource for Segment {
    type Provider = Imagined;
    type Id = SegmentId;
    type Outputs = ();
    const FAMILY: &'static str = "imagined.segment";
    const IDENTITY: Identity = Identity::Tag { visible_within: HIDDEN };
    const FIELDS: Fields<Self> =
        fields!(Segment { net: Replace, range: Replace, zone: Replace, public: Update });
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("range-of-net", (&self.net, &self.range))]
    }
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        super::permissions(call)
    }
    fn simulate(&self, serial: u64) -> (SegmentId, ()) {
        (SegmentId::nth(serial), ())
    }
}

/// A gateway: a network has one at the most, and it can be attached to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gateway {
    /// The network.
    pub net: Input<NetId>,
}

impl Resource for Gateway {
    type Provider = Imagined;
    type Id = GatewayId;
    type Outputs = ();
    const FAMILY: &'static str = "imagined.gateway";
    const IDENTITY: Identity = Identity::Tag { visible_within: HIDDEN };
    const FIELDS: Fields<Self> = fields!(Gateway { net: Update });
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("gateway-of-net", &self.net)]
    }
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        super::permissions(call)
    }
    fn simulate(&self, serial: u64) -> (GatewayId, ()) {
        (GatewayId::nth(serial), ())
    }
}

/// A table: its API takes a token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The network.
    pub net: Input<NetId>,
}

impl Resource for Table {
    type Provider = Imagined;
    type Id = TableId;
    type Outputs = ();
    const FAMILY: &'static str = "imagined.table";
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> = fields!(Table { net: Replace });
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        super::permissions(call)
    }
    fn simulate(&self, serial: u64) -> (TableId, ()) {
        (TableId::nth(serial), ())
    }
}

/// A route: it has no tags, its key follows from its spec, and its table shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// The table.
    pub table: Input<TableId>,
    /// Where to.
    pub destination: String,
    /// Through what.
    pub via: Input<GatewayId>,
}

impl Resource for Route {
    type Provider = Imagined;
    type Id = (TableId, String);
    type Outputs = ();
    const FAMILY: &'static str = "imagined.route";
    const IDENTITY: Identity = Identity::Key { tagged: false };
    const FIELDS: Fields<Self> = fields!(Route { table: Replace, destination: Replace, via: Update });
    const SHOWN_BY: &'static str = Table::FAMILY;
    fn shown_in(&self) -> Option<Key> {
        Some(Key::of(&self.table))
    }
    fn key(&self) -> Option<Key> {
        Some(Key::of((&self.table, &self.destination)))
    }
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        super::permissions(call)
    }
    fn simulate(&self, _: u64) -> (Self::Id, ()) {
        let table = self.table.value().cloned().unwrap_or(TableId(String::new()));
        ((table, self.destination.clone()), ())
    }
}

/// A look-up: how many segments a region allows. Frozen at the first apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quota {
    /// How many are needed.
    pub needed: u32,
}

impl Fact for Quota {
    type Provider = Imagined;
    type Answer = Vec<String>;
    const FAMILY: &'static str = "imagined.quota";
    const FROZEN: bool = true;
    fn permissions(&self, verb: Verb) -> Vec<Permission> {
        vec![Permission::new(format!("{}:{}", Self::FAMILY, verb.name()))]
    }
    fn simulate(&self) -> Vec<String> {
        (0..self.needed).map(|zone| format!("zone-{zone}")).collect()
    }
}
