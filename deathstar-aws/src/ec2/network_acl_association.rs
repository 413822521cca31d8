//! The association of a network ACL with a subnet.

use crate::{
    Aws,
    id::{NetworkAclAssociationId, NetworkAclId, SubnetId, VpcId},
    permission::lists,
};
use deathstar_core::{
    Fields, Identity, Input, Key, Resource, fields, outputs,
    permission::{Call, Permission, Which},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// The network ACL of a subnet.
///
/// A subnet always has one: until it is said otherwise the default ACL of its VPC, which counts as none here, and to which the
/// subnet goes back when the association is deleted. The subnet is its identity: the association's own id changes with the ACL.
///
/// # Permissions
/// `ec2:DescribeNetworkAcls`; `ec2:ReplaceNetworkAclAssociation`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkAclAssociation {
    /// The subnet. Another one replaces it.
    pub subnet: Input<SubnetId>,
    /// The ACL. Changed in place, without a gap.
    pub acl: Input<NetworkAclId>,
}

impl NetworkAclAssociation {
    /// What passes into and out of a subnet is decided by this ACL.
    pub fn new(subnet: impl Into<Input<SubnetId>>, acl: impl Into<Input<NetworkAclId>>) -> Self {
        Self { subnet: subnet.into(), acl: acl.into() }
    }
}

/// What is known of an association once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkAclAssociationDetails {
    /// Its id, which changes with the ACL.
    pub association: NetworkAclAssociationId,
    /// The VPC, whose default ACL the subnet goes back to.
    pub vpc: VpcId,
}

outputs! {
    /// What a declared association tells once it is made.
    pub trait NetworkAclAssociationOutputs for NetworkAclAssociation {
        /// Its id, which changes with the ACL.
        association: NetworkAclAssociationId,
    }
}

impl Resource for NetworkAclAssociation {
    type Provider = Aws;
    type Id = SubnetId;
    type Outputs = NetworkAclAssociationDetails;

    const FAMILY: &'static str = "aws.ec2.network-acl-association";
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Amazon EC2 API Reference, `ReplaceNetworkAclAssociation`, which answers a new id.
    const FIELDS: Fields<Self> =
        fields!(NetworkAclAssociation { subnet: Replace, acl: Moves(&["association"]) });

    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.subnet))
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        /// Authorised on the subnet, and on the ACL that it gets.
        fn on(spec: &NetworkAclAssociation, acl: Permission) -> Vec<Permission> {
            vec![Permission::new(REPLACE).on("subnet", &spec.subnet), acl]
        }
        const REPLACE: &str = "ec2:ReplaceNetworkAclAssociation";
        let to = |which: Which| Permission::new(REPLACE).on("network-acl", which);
        match call {
            Call::Find(_) => lists(["ec2:DescribeNetworkAcls"]),
            Call::Create(spec) | Call::Change { to: spec, .. } => on(spec, to((&spec.acl).into())),
            Call::Delete(object) => {
                let default = to(Which::Any).because("it goes back to the default ACL, which carries no tag");
                on(object.spec, default)
            }
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (SubnetId, NetworkAclAssociationDetails) {
        let subnet = self.subnet.value().cloned().unwrap_or_else(|| SubnetId::simulated(0));
        let association = NetworkAclAssociationId::simulated(serial);
        (subnet, NetworkAclAssociationDetails { association, vpc: VpcId::simulated(0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subnet_is_the_id() {
        let association = NetworkAclAssociation::new(SubnetId::new("subnet-1"), NetworkAclId::new("acl-1"));
        let (id, _) = association.simulate(1);
        assert_eq!(association.key(), Some(Key::of(&id)));
    }

    #[test]
    fn another_acl_moves_the_id_of_the_association() {
        let class = &NetworkAclAssociation::FIELDS[1].class;
        assert!(matches!(class, deathstar_core::Class::Moves(outputs) if **outputs == ["association"]));
    }
}
