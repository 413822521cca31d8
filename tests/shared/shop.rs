//! What tests of networks declare, in any cloud.

use deathstar_core::model::{
    Tier, Traffic,
    traffic::{Group, Party, Service},
};

/// What a shop declares that a production cluster runs.
pub(crate) fn shop_traffic() -> Traffic {
    Traffic::new()
        .group(Group::new("database", Tier::Intra).about("the shop's databases"))
        .allow("control-plane", "nodes", Service::tcp(9443), "the load balancer controller's webhook")
        .allow("load-balancers", "nodes", Service::tcp(8080), "the shop answers its load balancer")
        .allow("nodes", "database", Service::tcp(5432), "the shop keeps its orders")
}

/// One declaration: as few rules as there can be.
pub(crate) fn quiet_traffic() -> Traffic {
    let group = Traffic::new().group(Group::new("shop", Tier::Private));
    group.allow("shop", Party::Internet, Service::tcp(443), "APIs")
}

/// One group more, which the nodes talk to.
#[allow(dead_code, reason = "not all tests need it")]
pub(crate) fn cache_traffic() -> Traffic {
    Traffic::new().group(Group::new("cache", Tier::Intra)).allow(
        "nodes",
        "cache",
        Service::tcp(6379),
        "sessions",
    )
}
