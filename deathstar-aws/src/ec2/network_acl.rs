//! A network ACL.

use crate::{
    Aws,
    id::{NetworkAclId, VpcId},
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Fields, Identity, Input, Resource, fields,
    permission::{Call, Permission},
};
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

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "network-acl";
        const CREATE: &str = "ec2:CreateNetworkAcl";
        match call {
            Call::Find(_) => lists(["ec2:DescribeNetworkAcls"]),
            Call::Create(spec) => {
                let mut all = creates(CREATE, TYPE);
                all.push(Permission::new(CREATE).on("vpc", &spec.vpc));
                all
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![on_own("ec2:DeleteNetworkAcl", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (NetworkAclId, ()) {
        (NetworkAclId::simulated(serial), ())
    }
}
