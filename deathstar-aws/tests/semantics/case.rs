//! The networks of cases on AWS.

#[allow(unused_imports, reason = "not all tests need it")]
pub use super::neutral::case::{Case, Cloud, cases, ends, has_way, probes};

use super::neutral::case::ROUTED;
use deathstar_aws::{Account, FlowLogs, Vpc, VpcRefs, ec2::Target, id::VpcPeeringConnectionId};
use deathstar_core::{Stack, model::traffic::RuleLimits};

/// What AWS has.
pub const AWS: Cloud = Cloud { ipv6_only: true, icmp_types: true, zonal_ipv6: true, balanced: false };

/// A case's network.
pub fn stack(case: &Case, account: Account, limit: usize) -> (Stack, VpcRefs) {
    let mut vpc = Vpc::new("10.20.0.0/16")
        .zones(2)
        .families(case.families)
        .nat(case.nat)
        .flow_logs(FlowLogs::Off)
        .rule_limits(RuleLimits::AWS.filter_entries(limit).group_rules(limit.max(60)))
        .only_traffic(case.traffic());
    if case.pods {
        vpc = vpc.pods("100.64.0.0/16");
    }
    if case.endpoints {
        vpc = vpc.endpoint("sts");
    }
    if case.routed {
        let peer = Target::VpcPeeringConnection(VpcPeeringConnectionId::new("pcx-1").into());
        vpc = vpc.route(ROUTED.parse().unwrap(), peer);
    }
    let mut stack = Stack::new("webshop");
    let aws = stack.on(account);
    let refs = stack.add(&aws, "network", vpc);
    (stack, refs)
}
