//! The webshop's network, in any cloud.

use deathstar_core::{
    component::{Component, Egress, NetworkRefs, NetworkSpec, PortableNetwork},
    model::{
        Tier,
        traffic::{Group, Service, Traffic},
    },
    prelude::*,
};

/// What others may refer to in the network of a cloud.
pub(crate) type RefsOf<P> = <<P as PortableNetwork>::Network as Component>::Refs;

/// The webshop's stack in one cloud, and what others may refer to in its network.
///
/// This function knows no cloud: it is compiled once for each that is asked for, and each has its own kinds, ids and connections.
pub(crate) fn webshop<P: PortableNetwork>(connection: P::Config, egress: Egress) -> (Stack, RefsOf<P>) {
    let mut stack = Stack::new("webshop");
    stack.tag("team", "webshop");
    let cloud = stack.on(connection);
    let spec =
        NetworkSpec::new("10.20.0.0/16").egress(egress).private_zone("webshop.internal").traffic(traffic());
    let network = stack.add(&cloud, "network", P::Network::from(spec));
    stack.export("network", &network.id());
    for (number, address) in network.egress_addresses().iter().enumerate() {
        stack.export(format!("egress-{number}"), address);
    }
    (stack, network)
}

/// What may be said to each other, beside what every cluster needs. Everything else is closed.
fn traffic() -> Traffic {
    Traffic::new()
        .group(Group::new("database", Tier::Intra))
        .allow("load-balancers", "nodes", Service::tcp(8080), "the shop answers its load balancer")
        .allow("nodes", "database", Service::tcp(5432), "the shop keeps its orders")
}
