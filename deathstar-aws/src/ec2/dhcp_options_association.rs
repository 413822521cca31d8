//! The association of DHCP options with a VPC.

use crate::{
    Aws,
    id::{DhcpOptionsId, VpcId},
    permission::lists,
};
use deathstar_core::{
    Fields, Identity, Input, Key, Resource, fields,
    permission::{Call, Permission, Which},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// The DHCP options of a VPC.
///
/// A VPC always has some: until it is said otherwise those that AWS made for the region, which count as none here. When the
/// association is deleted, the VPC goes back to `default`.
///
/// # Permissions
/// `ec2:DescribeVpcs`, `ec2:DescribeDhcpOptions`; `ec2:AssociateDhcpOptions`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DhcpOptionsAssociation {
    /// The VPC. Another one replaces it.
    pub vpc: Input<VpcId>,
    /// The options. Changed in place; machines take them when they renew their lease.
    pub options: Input<DhcpOptionsId>,
}

impl DhcpOptionsAssociation {
    /// Machines in a VPC are told these options.
    pub fn new(vpc: impl Into<Input<VpcId>>, options: impl Into<Input<DhcpOptionsId>>) -> Self {
        Self { vpc: vpc.into(), options: options.into() }
    }
}

impl Resource for DhcpOptionsAssociation {
    type Provider = Aws;
    type Id = VpcId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.ec2.dhcp-options-association";
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Amazon EC2 API Reference, `AssociateDhcpOptions`, which takes the place of the association before it.
    const FIELDS: Fields<Self> = fields!(DhcpOptionsAssociation { vpc: Replace, options: Update });

    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.vpc))
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const ASSOCIATE: &str = "ec2:AssociateDhcpOptions";
        let on = |spec: &Self, options: Which| {
            vec![
                Permission::new(ASSOCIATE).on("vpc", &spec.vpc),
                Permission::new(ASSOCIATE).on("dhcp-options", options),
            ]
        };
        match call {
            Call::Find(_) => lists(["ec2:DescribeVpcs", "ec2:DescribeDhcpOptions"]),
            Call::Create(spec) => on(spec, (&spec.options).into()),
            Call::Change { to, .. } => on(to, (&to.options).into()),
            // Back to what the region has, which has no id of its own.
            Call::Delete(object) => on(object.spec, Which::Any),
            _ => vec![],
        }
    }

    fn simulate(&self, _: u64) -> (VpcId, ()) {
        (self.vpc.value().cloned().unwrap_or_else(|| VpcId::simulated(0)), ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vpc_is_the_id() {
        let association = DhcpOptionsAssociation::new(VpcId::new("vpc-1"), DhcpOptionsId::new("dopt-1"));
        let (id, ()) = association.simulate(1);
        assert_eq!(association.key(), Some(Key::of(&id)));
        assert!(matches!(DhcpOptionsAssociation::FIELDS[1].class, deathstar_core::Class::Update));
    }
}
