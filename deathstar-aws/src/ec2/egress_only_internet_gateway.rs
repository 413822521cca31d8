//! An egress-only internet gateway.

use crate::{
    Aws,
    id::{EgressOnlyInternetGatewayId, VpcId},
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Fields, Hold, Identity, Input, Resource, fields,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// An egress-only internet gateway: the way to the internet for what has an IPv6 address, and no way back in.
///
/// # Permissions
/// `ec2:DescribeEgressOnlyInternetGateways`; `ec2:CreateEgressOnlyInternetGateway` with `ec2:CreateTags`; `ec2:CreateTags`,
/// `ec2:DeleteTags`; `ec2:DeleteEgressOnlyInternetGateway`.
///
/// # Cost
/// None; traffic is paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EgressOnlyInternetGateway {
    /// The VPC that it is attached to. Another one replaces it.
    pub vpc: Input<VpcId>,
}

impl EgressOnlyInternetGateway {
    /// The egress-only gateway of a VPC.
    pub fn of(vpc: impl Into<Input<VpcId>>) -> Self {
        Self { vpc: vpc.into() }
    }
}

impl Resource for EgressOnlyInternetGateway {
    type Provider = Aws;
    type Id = EgressOnlyInternetGatewayId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.ec2.egress-only-internet-gateway";
    const IDENTITY: Identity = Identity::Token;
    /// Source: Amazon EC2 API Reference, `CreateEgressOnlyInternetGateway`, which attaches it; no operation moves it.
    const FIELDS: Fields<Self> = fields!(EgressOnlyInternetGateway { vpc: Replace });

    /// Source: Amazon VPC User Guide, "Amazon VPC quotas": one of them can be attached to a VPC at a time.
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("egress-only-internet-gateway-of-vpc", &self.vpc)]
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "egress-only-internet-gateway";
        const CREATE: &str = "ec2:CreateEgressOnlyInternetGateway";
        match call {
            Call::Find(_) => lists(["ec2:DescribeEgressOnlyInternetGateways"]),
            Call::Create(spec) => {
                let mut all = creates(CREATE, TYPE);
                all.push(Permission::new(CREATE).on("vpc", &spec.vpc));
                all
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![on_own("ec2:DeleteEgressOnlyInternetGateway", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (EgressOnlyInternetGatewayId, ()) {
        (EgressOnlyInternetGatewayId::simulated(serial), ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vpc_has_one_gateway() {
        let holds = |vpc| EgressOnlyInternetGateway::of(VpcId::new(vpc)).holds();
        assert_eq!(holds("vpc-1"), holds("vpc-1"));
        assert_ne!(holds("vpc-1"), holds("vpc-2"));
    }
}
