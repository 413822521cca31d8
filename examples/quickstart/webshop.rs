//! What the webshop needs: for now its network.

use deathstar_aws::{Account, Nat, Vpc, VpcRefs};
use deathstar_core::{
    component::NetworkRefs,
    model::{
        Tier,
        traffic::{Group, Service, Traffic},
    },
    prelude::*,
};

/// The webshop's stack, and what others may refer to in it.
pub(crate) fn webshop(region: &str, zones: u8, nat: Nat) -> (Stack, VpcRefs) {
    let mut stack = Stack::new("webshop");
    stack.tag("team", "webshop");
    let aws = stack.on(Account::region(region));
    let network =
        Vpc::new("10.20.0.0/16").zones(zones).nat(nat).private_zone("webshop.internal").traffic(traffic());
    let network = stack.add(&aws, "network", network);
    stack.export("vpc", &network.id());
    (stack, network)
}

/// What may be said to each other, beside what every cluster needs. Everything else is closed.
fn traffic() -> Traffic {
    Traffic::new()
        .group(Group::new("database", Tier::Intra))
        .allow("load-balancers", "nodes", Service::tcp(8080), "the shop answers its load balancer")
        .allow("nodes", "database", Service::tcp(5432), "the shop keeps its orders")
}
