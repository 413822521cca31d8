//! A further range of a VPC.

use super::check_size;
use crate::{
    Aws,
    id::{VpcCidrAssociationId, VpcId},
    permission::lists,
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Resource, Stakes, fields,
    model::{Ipv4Cidr, Ipv6Cidr, cidr::Ipv6Net},
    outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use std::net::Ipv6Addr;

#[cfg(feature = "client")]
mod driver;

/// A range of a VPC beside its first one: a second IPv4 range, or the IPv6 range that Amazon chooses.
///
/// It carries no tags: it is ours by VPC and range. Of IPv6 ranges that Amazon chose a VPC has one here.
///
/// # Permissions
/// `ec2:DescribeVpcs`; `ec2:AssociateVpcCidrBlock`; `ec2:DisassociateVpcCidrBlock`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VpcCidrBlock {
    /// The VPC. Another one replaces it.
    pub vpc: Input<VpcId>,
    /// The range. Another one replaces it.
    pub block: Block,
}

/// Which range it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// This IPv4 range, `/16` to `/28`.
    Ipv4(Ipv4Cidr),
    /// A `/56` of public IPv6 addresses that Amazon chooses. Once it is given back, it is lost.
    AmazonIpv6,
}

impl VpcCidrBlock {
    /// A second IPv4 range of a VPC, such as one for pods.
    pub fn ipv4(vpc: impl Into<Input<VpcId>>, range: Ipv4Cidr) -> Self {
        Self { vpc: vpc.into(), block: Block::Ipv4(range) }
    }

    /// The IPv6 range of a VPC, chosen by Amazon.
    pub fn amazon_ipv6(vpc: impl Into<Input<VpcId>>) -> Self {
        Self { vpc: vpc.into(), block: Block::AmazonIpv6 }
    }
}

/// The id of a further range: its VPC, and which one it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VpcCidrBlockId(pub VpcId, pub Block);

/// What is known of a further range once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VpcCidrBlockDetails {
    /// The id of its association with the VPC.
    pub association: VpcCidrAssociationId,
    /// The range, when it is an IPv4 range.
    pub ipv4: Option<Ipv4Cidr>,
    /// The range, when it is an IPv6 range.
    pub ipv6: Option<Ipv6Cidr>,
}

outputs! {
    /// What a declared further range tells once it is made.
    pub trait VpcCidrBlockOutputs for VpcCidrBlock {
        /// The id of its association with the VPC.
        association: VpcCidrAssociationId,
        /// The range, when it is an IPv4 range: subnets that refer to it come after it.
        ipv4: Ipv4Cidr,
        /// The range, when it is an IPv6 range; [`ipv6_subnet`](super::ipv6_subnet) cuts it.
        ipv6: Ipv6Cidr,
    }
}

impl Resource for VpcCidrBlock {
    type Provider = Aws;
    type Id = VpcCidrBlockId;
    type Outputs = VpcCidrBlockDetails;

    const FAMILY: &'static str = "aws.ec2.vpc-cidr-block";
    const STAKES: Stakes = Stakes::Network;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Amazon EC2 API Reference, `AssociateVpcCidrBlock`; no operation changes a range that is associated.
    const FIELDS: Fields<Self> = fields!(VpcCidrBlock { vpc: Replace, block: Replace });

    fn key(&self) -> Option<Key> {
        Some(Key::of((&self.vpc, self.block)))
    }

    fn validate(&self) -> Vec<Diagnostic> {
        match self.block {
            Block::Ipv4(range) => check_size(range, "VPC", "/block").into_iter().collect(),
            Block::AmazonIpv6 => vec![],
        }
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        let on = |action: &'static str, spec: &Self| vec![Permission::new(action).on("vpc", &spec.vpc)];
        match call {
            Call::Find(_) => lists(["ec2:DescribeVpcs"]),
            Call::Create(spec) => on("ec2:AssociateVpcCidrBlock", spec),
            Call::Delete(object) => on("ec2:DisassociateVpcCidrBlock", object.spec),
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (VpcCidrBlockId, VpcCidrBlockDetails) {
        let vpc = self.vpc.value().cloned().unwrap_or_else(|| VpcId::simulated(0));
        let (ipv4, ipv6) = match self.block {
            Block::Ipv4(range) => (Some(range), None),
            Block::AmazonIpv6 => (None, Some(simulated_range(serial))),
        };
        let association = VpcCidrAssociationId::simulated(serial);
        (VpcCidrBlockId(vpc, self.block), VpcCidrBlockDetails { association, ipv4, ipv6 })
    }
}

/// A `/56` in the in-memory cloud, from the range that is kept for documentation.
fn simulated_range(serial: u64) -> Ipv6Cidr {
    const DOCUMENTATION: u128 = 0x2001_0db8 << 96;
    let number = u128::from(serial % (1 << 24)) << 72;
    Ipv6Cidr::truncated(Ipv6Net::new_assert(Ipv6Addr::from_bits(DOCUMENTATION | number), 56))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_the_key() {
        let range = "100.64.0.0/16".parse().unwrap();
        for block in
            [VpcCidrBlock::ipv4(VpcId::new("vpc-1"), range), VpcCidrBlock::amazon_ipv6(VpcId::new("vpc-1"))]
        {
            let (id, _) = block.simulate(7);
            assert_eq!(block.key(), Some(Key::of(&id)));
        }
        let (id, _) = VpcCidrBlock::ipv4(VpcId::new("vpc-1"), range).simulate(7);
        assert_eq!(serde_json::to_string(&id).unwrap(), r#"["vpc-1",{"ipv4":"100.64.0.0/16"}]"#);
    }

    #[test]
    fn simulated_ranges_are_distinct_and_never_real() {
        let ranges: std::collections::BTreeSet<_> = (0..600).map(simulated_range).collect();
        assert_eq!(ranges.len(), 600);
        let documentation: Ipv6Net = "2001:db8::/32".parse().unwrap();
        assert!(ranges.iter().all(|range| documentation.contains(&range.net())));
    }

    #[test]
    fn a_range_that_ec2_refuses_is_found() {
        let findings = VpcCidrBlock::ipv4(VpcId::new("vpc-1"), "10.0.0.0/29".parse().unwrap()).validate();
        assert_eq!((findings.len(), &*findings[0].path), (1, "/block"));
    }
}
