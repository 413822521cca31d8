//! Random stacks of imagined kinds, and edits of them.

use crate::kinds::{Cluster, Gateway, Machine, MachineOutputs, Net, Pool, Region, Route, Segment, Table};
use deathstar_core::{Handle, Sensitive, prelude::*};
use std::collections::HashSet;

/// One resource of a random stack; what does not fit (a missing parent, a name or a hold that is taken) is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gene {
    /// Which address.
    pub name: u8,
    /// Which kind.
    pub kind: u8,
    /// Which parent.
    pub parent: u8,
    /// Which value in a field that replaces.
    pub fixed: u8,
    /// Which value in a field that is updated.
    pub value: u8,
}

/// The handles so far, by kind.
#[derive(Default)]
struct Handles {
    nets: Vec<Handle<Net>>,
    segments: Vec<Handle<Segment>>,
    gateways: Vec<Handle<Gateway>>,
    tables: Vec<Handle<Table>>,
    machines: Vec<Handle<Machine>>,
    clusters: Vec<(Handle<Cluster>, u32)>,
}

fn pick<T>(of: &[T], which: u8) -> Option<&T> {
    if of.is_empty() { None } else { of.get(usize::from(which) % of.len()) }
}

/// The stack of some genes.
pub fn stack(genes: &[Gene]) -> Stack {
    let mut stack = Stack::new("shapes");
    let on = stack.on(Region::new("north"));
    let mut names = HashSet::new();
    let mut holds = HashSet::new();
    let mut all = Handles::default();
    for gene in genes {
        let name = format!("n{}", gene.name);
        if names.contains(&name) {
            continue;
        }
        if declare(&mut stack, &on, &name, *gene, &mut all, &mut holds).is_some() {
            names.insert(name);
        }
    }
    stack
}

fn declare(
    stack: &mut Stack,
    on: &On<crate::kinds::Imagined>,
    name: &str,
    gene: Gene,
    all: &mut Handles,
    holds: &mut HashSet<String>,
) -> Option<()> {
    let value = u32::from(gene.value);
    match gene.kind % 8 {
        0 => {
            let range = format!("10.{}.0.0/16", gene.fixed % 6);
            free(holds, format!("net {range}"))?;
            let label = (gene.value > 0).then(|| format!("label-{value}"));
            all.nets.push(stack.add(on, name, Net { range, label }));
        }
        1 => {
            let net = pick(&all.nets, gene.parent)?;
            let range = format!("10.0.{}.0/24", gene.fixed % 4);
            free(holds, format!("segment {} {range}", net.at()))?;
            let zone = format!("zone-{}", gene.fixed / 4 % 2).as_str().into();
            let segment = Segment { net: net.id().into(), range, zone, public: gene.value % 2 == 1 };
            all.segments.push(stack.add(on, name, segment));
        }
        2 => {
            let net = pick(&all.nets, gene.parent)?;
            free(holds, format!("gateway {}", net.at()))?;
            all.gateways.push(stack.add(on, name, Gateway { net: net.id().into() }));
        }
        3 => {
            let net = pick(&all.nets, gene.parent)?;
            all.tables.push(stack.add(on, name, Table { net: net.id().into() }));
        }
        4 => {
            let table = pick(&all.tables, gene.parent)?;
            let via = pick(&all.gateways, gene.value)?;
            let destination = format!("192.168.{}.0/24", gene.fixed % 3);
            free(holds, format!("route {} {destination}", table.at()))?;
            stack.add(on, name, Route { table: table.id().into(), destination, via: via.id().into() });
        }
        5 => {
            let segment = pick(&all.segments, gene.parent)?;
            let peer = pick(&all.machines, gene.fixed).filter(|_| !gene.fixed.is_multiple_of(3));
            let machine = Machine {
                size: value % 4,
                image: format!("image-{}", gene.value / 4 % 3),
                peer: peer.map(|peer| {
                    if gene.fixed.is_multiple_of(2) { peer.revision() } else { peer.address() }.into()
                }),
                password: gene
                    .fixed
                    .is_multiple_of(5)
                    .then(|| Sensitive::new(format!("secret-{}", gene.value % 3))),
                ..Machine::new(segment.id())
            };
            all.machines.push(stack.add(on, name, machine));
        }
        6 => {
            let net = pick(&all.nets, gene.parent)?;
            let cluster = format!("cluster-{}", gene.fixed % 3);
            free(holds, cluster.clone())?;
            let version = 30 + value % 4;
            let handle = stack.add(on, name, Cluster { name: cluster, net: net.id().into(), version });
            all.clusters.push((handle, version));
        }
        _ => {
            let (cluster, _) = pick(&all.clusters, gene.parent)?;
            let version = cluster.output("/spec/version").into();
            stack.add(on, name, Pool { cluster: cluster.id().into(), version, nodes: value % 4 });
        }
    }
    Some(())
}

/// Takes a hold, unless it is taken.
fn free(holds: &mut HashSet<String>, hold: String) -> Option<()> {
    holds.insert(hold).then_some(())
}
