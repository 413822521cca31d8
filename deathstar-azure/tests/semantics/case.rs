//! The networks of cases on Azure.

pub use super::neutral::case::{Case, Cloud, cases, ends, has_way, probes};

use super::neutral::case::ROUTED;
use deathstar_azure::{
    FlowLogs, PrivateTarget, Subscription, Vnet, VnetRefs, id::ResourceId, networking::NextHop,
};
use deathstar_core::Stack;

/// What Azure has.
pub const AZURE: Cloud = Cloud { ipv6_only: false, icmp_types: false, zonal_ipv6: false, balanced: true };

const REGISTRY: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/images";

/// A case's network.
pub fn stack(case: &Case) -> (Stack, VnetRefs) {
    let mut vnet = Vnet::new("10.20.0.0/16")
        .families(case.families)
        .nat(case.nat)
        .flow_logs(FlowLogs::Off)
        .only_traffic(case.traffic());
    if case.pods {
        vnet = vnet.pods("100.64.0.0/16");
    }
    if case.tight && !case.families.has_ipv6() {
        vnet = vnet.subnets_per_zone();
    }
    if case.endpoints {
        vnet = vnet.private_endpoint("images", PrivateTarget::registry(ResourceId::new(REGISTRY)));
    }
    if case.routed {
        vnet = vnet.route(ROUTED.parse().unwrap(), NextHop::VirtualNetworkGateway);
    }
    let mut stack = Stack::new("webshop");
    let azure = stack.on(Subscription::new("11111111-2222-3333-4444-555555555555", "westeurope"));
    let refs = stack.add(&azure, "network", vnet);
    (stack, refs)
}
