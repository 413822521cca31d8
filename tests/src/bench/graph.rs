//! The graph of the benchmarks: 60 resources for each cluster, replicated; and a chain.

use super::kinds::{
    Association, Cluster, Gateway, Machine, Nat, Network, Pool, PublicAddress, Route, Segment, Table, Target,
};
use crate::kinds::{Imagined, Region};
use deathstar_core::{Handle, Input, On, Resource, Stack};
use serde::de::DeserializeOwned;

/// How many resources one cluster has, with its network.
pub const PER_CLUSTER: usize = 60;

/// Which graph, and how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Graph {
    /// Its shape.
    pub shape: Shape,
    /// How many resources it has.
    pub resources: usize,
}

/// The shape of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Clusters side by side; the last one is cut off where the number of resources is reached.
    Clusters,
    /// Each resource needs the one before.
    Chain,
}

/// Where specs go: to the stack of an engine, to the floor, to another tool.
pub trait Sink {
    /// What stands for a resource that was added.
    type At<R>;
    /// Adds a resource.
    fn add<R: Resource<Provider = Imagined>>(&mut self, address: &str, spec: R) -> Self::At<R>;
    /// The id of a resource, as an input of the resource that is added next.
    fn id<R: Resource<Provider = Imagined>>(&mut self, of: &Self::At<R>) -> Input<R::Id>;
    /// A value of a resource, as an input of the resource that is added next.
    fn value<R, T: DeserializeOwned>(&mut self, of: &Self::At<R>, path: &str) -> Input<T>;
    /// How many resources were added.
    fn len(&self) -> usize;
    /// Whether none was added.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Graph {
    /// Adds all its resources.
    pub fn build(self, sink: &mut impl Sink) {
        match self.shape {
            Shape::Clusters => {
                let mut number = 0;
                while sink.len() < self.resources {
                    // A cut cluster leaves out whole resources: what is added last is needed by nothing.
                    let _ = cluster(sink, number, self.resources);
                    number += 1;
                }
            }
            Shape::Chain => chain(sink, self.resources),
        }
    }

    /// Its stack.
    pub fn stack(self) -> Stack {
        let mut stack = Stack::new("bench");
        for (key, value) in [("team", "platform"), ("environment", "bench"), ("cost-centre", "4711")] {
            stack.tag(key, value);
        }
        let on = stack.on(Region::new("north"));
        self.build(&mut Declared { stack: &mut stack, on });
        stack
    }
}

struct Declared<'s> {
    stack: &'s mut Stack,
    on: On<Imagined>,
}

impl Sink for Declared<'_> {
    type At<R> = Handle<R>;

    fn add<R: Resource<Provider = Imagined>>(&mut self, address: &str, spec: R) -> Handle<R> {
        self.stack.add(&self.on, address, spec)
    }

    fn id<R: Resource<Provider = Imagined>>(&mut self, of: &Handle<R>) -> Input<R::Id> {
        of.id().into()
    }

    fn value<R, T: DeserializeOwned>(&mut self, of: &Handle<R>, path: &str) -> Input<T> {
        of.output(path).into()
    }

    fn len(&self) -> usize {
        self.stack.len()
    }
}

const ZONES: [&str; 3] = ["north-a", "north-b", "north-c"];
const TIERS: [&str; 3] = ["public", "private", "intra"];

fn text(value: impl Into<String>) -> String {
    value.into()
}

/// Adds one cluster until the sink holds `limit` resources; none when it is reached.
fn cluster<S: Sink>(sink: &mut S, number: usize, limit: usize) -> Option<()> {
    let at = format!("cluster-{number}");
    let (high, low) = (number / 200 % 200, number % 200);
    let mut add = Limited { sink, limit };
    let network = add.one(&format!("{at}/network"), |_| Network {
        range: format!("10.{low}.0.0/16"),
        description: format!("the network of cluster {number}"),
        dns_names: true,
        dns_support: true,
        tenancy: text("default"),
        border_group: text("north"),
    })?;
    let gateway = add.one(&format!("{at}/gateway"), |sink| Gateway {
        network: sink.id(&network),
        description: format!("the way of cluster {number} to the internet"),
    })?;
    let mut segments = vec![];
    for (tier, name) in TIERS.iter().enumerate() {
        for (index, zone) in ZONES.iter().enumerate() {
            let segment = add.one(&format!("{at}/{name}-{zone}"), |sink| Segment {
                network: sink.id(&network),
                range: format!("10.{low}.{}.0/20", (tier * 3 + index) * 16),
                zone: text(*zone),
                description: format!("the {name} segment of cluster {number} in {zone}"),
                public: tier == 0,
                naming: text("resource-name"),
                a_records: true,
            })?;
            segments.push(segment);
        }
    }
    let tables = tables(&mut add, &at, &network)?;
    let mut nats = vec![];
    for (index, zone) in ZONES.iter().enumerate() {
        let address = add.one(&format!("{at}/address-{zone}"), |_| PublicAddress {
            description: format!("from here cluster {number} calls out of {zone}"),
            pool: text("common"),
            border_group: text("north"),
        })?;
        nats.push(add.one(&format!("{at}/nat-{zone}"), |sink| Nat {
            segment: sink.id(&segments[index]),
            address: sink.id(&address),
            description: format!("the way out of cluster {number} in {zone}"),
            connectivity: text("public"),
        })?);
    }
    for (index, table) in tables.iter().take(4).enumerate() {
        add.one(&format!("{at}/route-{index}"), |sink| Route {
            table: sink.id(table),
            destination: text("0.0.0.0/0"),
            through: match index {
                0 => Target::Gateway(sink.id(&gateway)),
                zone => Target::Nat(sink.id(&nats[zone - 1])),
            },
        })?;
    }
    for (index, segment) in segments.iter().enumerate() {
        let table = if index < 3 { &tables[0] } else { &tables[index - 2] };
        add.one(&format!("{at}/association-{index}"), |sink| Association {
            table: sink.id(table),
            segment: sink.id(segment),
        })?;
    }
    let cluster = add.one(&format!("{at}/control-plane"), |sink| Cluster {
        name: format!("bench-{high}-{low}-{number}"),
        version: text("1.33"),
        network: sink.id(&network),
        segments: segments[3..6].iter().map(|segment| sink.id(segment)).collect(),
        service_range: text("172.20.0.0/16"),
        logs: ["api", "audit", "scheduler"].map(text).into(),
        public: false,
    })?;
    pools(&mut add, &at, &cluster, &segments)?;
    machines(&mut add, &at, &segments)
}

fn tables<S: Sink>(
    add: &mut Limited<'_, S>,
    at: &str,
    network: &S::At<Network>,
) -> Option<Vec<S::At<Table>>> {
    let names = std::iter::once(text("public"))
        .chain(TIERS[1..].iter().flat_map(|tier| ZONES.map(|zone| format!("{tier}-{zone}"))));
    let mut tables = vec![];
    for name in names {
        tables.push(add.one(&format!("{at}/table-{name}"), |sink| Table {
            network: sink.id(network),
            description: format!("where traffic of the {name} segments goes"),
            propagating: vec![],
        })?);
    }
    Some(tables)
}

fn pools<S: Sink>(
    add: &mut Limited<'_, S>,
    at: &str,
    cluster: &S::At<Cluster>,
    segments: &[S::At<Segment>],
) -> Option<()> {
    for (index, zone) in ZONES.iter().enumerate() {
        let labels = [("deathstar/pool", *zone), ("workload", "web")];
        add.one(&format!("{at}/pool-{zone}"), |sink| Pool {
            cluster: sink.id(cluster),
            version: sink.value(cluster, "/spec/version"),
            segment: sink.id(&segments[3 + index]),
            sizes: ["m7g.large", "m7g.xlarge"].map(text).into(),
            least: 2,
            most: 6,
            labels: labels.map(|(key, value)| (text(key), text(value))).into(),
        })?;
    }
    Some(())
}

fn machines<S: Sink>(add: &mut Limited<'_, S>, at: &str, segments: &[S::At<Segment>]) -> Option<()> {
    for number in 0..19 {
        machine(add, &format!("{at}/machine-{number}"), &segments[number % 9], None)?;
    }
    Some(())
}

fn machine<S: Sink>(
    add: &mut Limited<'_, S>,
    address: &str,
    segment: &S::At<Segment>,
    peer: Option<&S::At<Machine>>,
) -> Option<S::At<Machine>> {
    add.one(address, |sink| Machine {
        segment: sink.id(segment),
        image: text("image-0123456789abcdef0"),
        size: text("m7g.large"),
        disk: 40,
        disk_kind: text("gp3"),
        monitoring: true,
        script: text("#!/bin/sh\nexec /usr/bin/join --cluster bench\n"),
        peer: peer.map(|peer| sink.value(peer, "/outputs/address")),
    })
}

fn chain<S: Sink>(sink: &mut S, resources: usize) {
    let mut add = Limited { sink, limit: resources };
    let _ = (|| {
        let network = add.one("network", |_| Network {
            range: text("10.0.0.0/16"),
            description: text("the network of the chain"),
            dns_names: true,
            dns_support: true,
            tenancy: text("default"),
            border_group: text("north"),
        })?;
        let segment = add.one("segment", |sink| Segment {
            network: sink.id(&network),
            range: text("10.0.0.0/20"),
            zone: text(ZONES[0]),
            description: text("the segment of the chain"),
            public: false,
            naming: text("resource-name"),
            a_records: true,
        })?;
        let mut last = None;
        for number in 0.. {
            last = Some(machine(&mut add, &format!("machine-{number}"), &segment, last.as_ref())?);
        }
        Some(())
    })();
}

/// Adds while there is room.
struct Limited<'s, S> {
    sink: &'s mut S,
    limit: usize,
}

impl<S: Sink> Limited<'_, S> {
    fn one<R: Resource<Provider = Imagined>>(
        &mut self,
        address: &str,
        spec: impl FnOnce(&mut S) -> R,
    ) -> Option<S::At<R>> {
        if self.sink.len() >= self.limit {
            return None;
        }
        let spec = spec(self.sink);
        Some(self.sink.add(address, spec))
    }
}

#[cfg(test)]
mod tests {
    use super::{Graph, PER_CLUSTER, Shape};
    use std::collections::BTreeSet;

    #[test]
    fn a_cluster_has_its_number_of_resources_and_clusters_share_none() {
        let of = |resources| Graph { shape: Shape::Clusters, resources }.stack();
        assert_eq!(of(PER_CLUSTER).len(), PER_CLUSTER);
        assert!(of(PER_CLUSTER).addresses().all(|address| address.starts_with("cluster-0")));
        let two = of(PER_CLUSTER + 7);
        assert_eq!(two.len(), PER_CLUSTER + 7);
        assert_eq!(two.addresses().collect::<BTreeSet<_>>().len(), two.len());
        assert_eq!(two.addresses().filter(|address| address.starts_with("cluster-1")).count(), 7);
    }

    #[test]
    fn a_chain_has_its_length() {
        assert_eq!(Graph { shape: Shape::Chain, resources: 12 }.stack().len(), 12);
    }
}
