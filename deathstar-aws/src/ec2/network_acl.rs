//! A network ACL.

use crate::{
    Aws,
    id::{NetworkAclId, VpcId},
};
use deathstar_core::{Allow, Fields, Identity, Input, Resource, Verb, fields};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A network ACL of a VPC: what may pass into and out of its subnets. Its [entries](super::NetworkAclEntry) and
/// [associations](super::NetworkAclAssociation) are objects of their own.
///
/// **It is closed until entries say otherwise**: a new one has only the entries that deny what no other entry is about. An ACL
/// remembers no connections, so answers need entries too. What others put into it stays: entries carry no tags that would tell
/// whose they are.
///
/// # Permissions
/// `ec2:DescribeNetworkAcls`; `ec2:CreateNetworkAcl` with `ec2:CreateTags`; `ec2:CreateTags`, `ec2:DeleteTags`;
/// `ec2:DeleteNetworkAcl`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkAcl {
    /// Its VPC. Another one replaces it.
    pub vpc: Input<VpcId>,
}

impl NetworkAcl {
    /// A closed ACL of a VPC.
    pub fn of(vpc: impl Into<Input<VpcId>>) -> Self {
        Self { vpc: vpc.into() }
    }
}

impl Resource for NetworkAcl {
    type Provider = Aws;
    type Id = NetworkAclId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.ec2.network-acl";
    const IDENTITY: Identity = Identity::Token;
    /// Source: Amazon EC2 API Reference, `CreateNetworkAcl`; no operation moves an ACL to another VPC.
    const FIELDS: Fields<Self> = fields!(NetworkAcl { vpc: Replace });
    const ALLOW: Allow = &[
        (Verb::Read, &["ec2:DescribeNetworkAcls"]),
        (Verb::Create, &["ec2:CreateNetworkAcl", "ec2:CreateTags"]),
        (Verb::Change, &["ec2:CreateTags", "ec2:DeleteTags"]),
        (Verb::Delete, &["ec2:DeleteNetworkAcl"]),
    ];

    fn simulate(&self, serial: u64) -> (NetworkAclId, ()) {
        (NetworkAclId::simulated(serial), ())
    }
}
