//! The network interfaces that are left in a VPC.

use crate::{Aws, id::VpcId, permission::lists};
use deathstar_core::{
    Diagnostic, Fact, Input,
    permission::{Permission, Verb},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A gate: no network interface of others stands in a VPC when what it stands on is deleted.
///
/// It holds whenever it is asked before something is made. Before the VPC, and all else that it is declared on
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
}

impl NoForeignNetworkInterfaces {
    /// No network interface of others stands in this VPC.
    pub fn of(vpc: impl Into<Input<VpcId>>) -> Self {
        Self { vpc: vpc.into() }
    }
}

impl Fact for NoForeignNetworkInterfaces {
    type Provider = Aws;
    type Answer = ();

    const FAMILY: &'static str = "aws.ec2.no-foreign-network-interfaces";

    fn validate(&self) -> Vec<Diagnostic> {
        let wrong = self.vpc.value().filter(|id| !id.is_well_formed());
        wrong
            .map(|id| {
                let why = format!("`{id}` is not the id of a VPC");
                Diagnostic::new("id.form", why).at("/vpc").fix("write it like `vpc-0a1b2c3d4e5f60718`")
            })
            .into_iter()
            .collect()
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
