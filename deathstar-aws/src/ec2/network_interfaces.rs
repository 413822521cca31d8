//! The network interfaces that are left in a VPC.

use crate::{
    Aws,
    id::{SubnetId, VpcId},
    permission::lists,
};
use deathstar_core::{
    Diagnostic, Fact, Input,
    permission::{Permission, Verb},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A gate: no network interface of others stands in a VPC, or in one of its subnets, when what it stands on is deleted.
///
/// It holds whenever it is asked before something is made. Before the VPC or the subnet, and all else that it is declared on
/// ([`Gate::on`](deathstar_core::component::Gate::on)), is deleted, it names each interface that is not the stack's own: with
/// its id, its subnet, its description, who asked for it, and the instance that it is attached to. Interfaces of NAT gateways
/// and endpoints of the same stack are its own, and so are those that carry its owner tag. What is on its way out is waited for.
///
/// The stack is that of the VPC, by its owner tag. In a VPC that others own every interface is of others.
///
/// # Permissions
/// `ec2:DescribeNetworkInterfaces`, `ec2:DescribeVpcs`, `ec2:DescribeNatGateways`, `ec2:DescribeVpcEndpoints`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NoForeignNetworkInterfaces {
    /// The VPC.
    pub vpc: Input<VpcId>,
    /// Which of its subnets; all of them when it is none.
    pub subnet: Option<Input<SubnetId>>,
}

impl NoForeignNetworkInterfaces {
    /// No network interface of others stands in this VPC.
    pub fn of(vpc: impl Into<Input<VpcId>>) -> Self {
        Self { vpc: vpc.into(), subnet: None }
    }

    /// No network interface of others stands in this subnet of it: a subnet can go while others are in use.
    #[must_use]
    pub fn in_subnet(mut self, subnet: impl Into<Input<SubnetId>>) -> Self {
        self.subnet = Some(subnet.into());
        self
    }
}

impl Fact for NoForeignNetworkInterfaces {
    type Provider = Aws;
    type Answer = ();

    const FAMILY: &'static str = "aws.ec2.no-foreign-network-interfaces";

    fn validate(&self) -> Vec<Diagnostic> {
        let form = |of: &str, id: &str, at: &str, like: &str| {
            let why = format!("`{id}` is not the id of a {of}");
            Diagnostic::new("id.form", why).at(at).fix(format!("write it like `{like}`"))
        };
        let vpc = self.vpc.value().filter(|id| !id.is_well_formed());
        let subnet = self.subnet.as_ref().and_then(Input::value).filter(|id| !id.is_well_formed());
        let vpc = vpc.map(|id| form("VPC", id.as_str(), "/vpc", "vpc-0a1b2c3d4e5f60718"));
        let subnet = subnet.map(|id| form("subnet", id.as_str(), "/subnet", "subnet-0a1b2c3d4e5f60718"));
        vpc.into_iter().chain(subnet).collect()
    }

    fn permissions(&self, verb: Verb) -> Vec<Permission> {
        match verb {
            Verb::Over => lists([
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeVpcs",
                "ec2:DescribeNatGateways",
                "ec2:DescribeVpcEndpoints",
            ]),
            _ => vec![],
        }
    }

    fn simulate(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_id_is_told() {
        let paths = |gate: NoForeignNetworkInterfaces| {
            gate.validate().into_iter().map(|finding| finding.path).collect::<Vec<_>>()
        };
        let of = |vpc: &str, subnet: &str| {
            NoForeignNetworkInterfaces::of(VpcId::new(vpc)).in_subnet(SubnetId::new(subnet))
        };
        assert!(paths(of("vpc-1", "subnet-1")).is_empty());
        assert_eq!(paths(of("subnet-1", "vpc-1")), ["/vpc", "/subnet"]);
    }
}
