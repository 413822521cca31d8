//! Stacks as data, so that a process can be told which one to declare.

use crate::kinds::{
    Cluster, Gateway, GatewayId, Imagined, Machine, MachineOutputs, Net, NetId, Pool, Region, Route, Segment,
    SegmentId, Table, TableId,
};
use deathstar_core::{Handle, Input, On, Stack};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A stack: parts by address, each after those that it names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Blueprint {
    /// The parts.
    pub parts: Vec<(String, Part)>,
}

/// One resource. Others are named by address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// A network.
    Net {
        /// Its range.
        range: String,
        /// Its label.
        label: String,
    },
    /// A segment.
    Segment {
        /// Its network.
        net: String,
        /// Its range.
        range: String,
        /// Its zone.
        zone: String,
        /// Whether it is public.
        public: bool,
    },
    /// A gateway.
    Gateway {
        /// Its network.
        net: String,
    },
    /// A table.
    Table {
        /// Its network.
        net: String,
    },
    /// A route.
    Route {
        /// Its table.
        table: String,
        /// Where to.
        destination: String,
        /// Through which gateway.
        via: String,
    },
    /// A machine.
    Machine {
        /// Its segment.
        segment: String,
        /// Its size.
        size: u32,
        /// Its image.
        image: String,
        /// The machine whose revision it is told.
        peer: Option<String>,
    },
    /// A cluster.
    Cluster {
        /// Its name.
        name: String,
        /// Its network.
        net: String,
        /// Its version.
        version: u32,
    },
    /// A pool that follows its cluster's version.
    Pool {
        /// Its cluster.
        cluster: String,
        /// How many nodes it has.
        nodes: u32,
    },
}

impl Part {
    /// The parts that it names.
    pub fn needs(&self) -> Vec<&str> {
        match self {
            Self::Net { .. } => vec![],
            Self::Segment { net, .. }
            | Self::Gateway { net }
            | Self::Table { net }
            | Self::Cluster { net, .. } => {
                vec![net]
            }
            Self::Route { table, via, .. } => vec![table, via],
            Self::Machine { segment, peer, .. } => {
                std::iter::once(segment).chain(peer).map(String::as_str).collect()
            }
            Self::Pool { cluster, .. } => vec![cluster],
        }
    }
}

/// The handles of what is declared so far.
#[derive(Default)]
struct Declared<'b> {
    nets: HashMap<&'b str, Handle<Net>>,
    segments: HashMap<&'b str, Handle<Segment>>,
    gateways: HashMap<&'b str, Handle<Gateway>>,
    tables: HashMap<&'b str, Handle<Table>>,
    machines: HashMap<&'b str, Handle<Machine>>,
    clusters: HashMap<&'b str, Handle<Cluster>>,
}

impl Blueprint {
    /// Adds a part.
    #[must_use]
    pub fn with(mut self, address: &str, part: Part) -> Self {
        self.parts.push((address.to_owned(), part));
        self
    }

    /// The part at an address.
    pub fn part(&mut self, address: &str) -> Option<&mut Part> {
        self.parts.iter_mut().find(|(at, _)| at == address).map(|(_, part)| part)
    }

    /// Takes a part away, and all that name it.
    pub fn remove(&mut self, address: &str) {
        let mut gone = vec![address.to_owned()];
        self.parts.retain(|(at, part)| {
            let goes = gone.contains(at) || part.needs().iter().any(|need| gone.iter().any(|at| at == need));
            if goes {
                gone.push(at.clone());
            }
            !goes
        });
    }

    /// Declares it.
    pub fn stack(&self) -> Stack {
        let mut stack = Stack::new("crash");
        stack.tag("team", "crash");
        let on = stack.on(Region::new("north"));
        let mut declared = Declared::default();
        for (address, part) in &self.parts {
            declared.add(&mut stack, &on, address, part);
        }
        stack
    }
}

impl<'b> Declared<'b> {
    fn net(&self, at: &str) -> Input<NetId> {
        self.nets.get(at).map_or_else(|| Input::Known(NetId("none".into())), |net| net.id().into())
    }

    fn segment(&self, at: &str) -> Input<SegmentId> {
        self.segments
            .get(at)
            .map_or_else(|| Input::Known(SegmentId("none".into())), |segment| segment.id().into())
    }

    fn table(&self, at: &str) -> Input<TableId> {
        self.tables.get(at).map_or_else(|| Input::Known(TableId("none".into())), |table| table.id().into())
    }

    fn gateway(&self, at: &str) -> Input<GatewayId> {
        self.gateways
            .get(at)
            .map_or_else(|| Input::Known(GatewayId("none".into())), |gateway| gateway.id().into())
    }

    fn add(&mut self, stack: &mut Stack, on: &On<Imagined>, at: &'b str, part: &Part) {
        match part.clone() {
            Part::Net { range, label } => {
                self.nets.insert(at, stack.add(on, at, Net { range, label: Some(label) }));
            }
            Part::Segment { net, range, zone, public } => {
                let segment = Segment { net: self.net(&net), range, zone: zone.into(), public };
                self.segments.insert(at, stack.add(on, at, segment));
            }
            Part::Gateway { net } => {
                self.gateways.insert(at, stack.add(on, at, Gateway { net: self.net(&net) }));
            }
            Part::Table { net } => {
                self.tables.insert(at, stack.add(on, at, Table { net: self.net(&net) }));
            }
            Part::Route { table, destination, via } => {
                let route = Route { table: self.table(&table), destination, via: self.gateway(&via) };
                stack.add(on, at, route);
            }
            Part::Machine { segment, size, image, peer } => {
                let peer =
                    peer.and_then(|peer| self.machines.get(peer.as_str())).map(|peer| peer.revision().into());
                let machine = Machine { size, image, peer, ..Machine::new(self.segment(&segment)) };
                self.machines.insert(at, stack.add(on, at, machine));
            }
            Part::Cluster { name, net, version } => {
                let cluster = Cluster { name, net: self.net(&net), version };
                self.clusters.insert(at, stack.add(on, at, cluster));
            }
            Part::Pool { cluster, nodes } => {
                let Some(cluster) = self.clusters.get(cluster.as_str()) else { return };
                let version = cluster.output("/spec/version").into();
                stack.add(on, at, Pool { cluster: cluster.id().into(), version, nodes });
            }
        }
    }
}
