//! What a cloud allows for blocks and subnets.

use serde::{Deserialize, Serialize};

/// The prefix lengths that a cloud allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Limits {
    /// The prefix length of the widest IPv4 block.
    pub widest_ipv4_block: u8,
    /// The prefix length of the smallest IPv4 subnet; a block is no smaller either.
    pub smallest_ipv4_subnet: u8,
    /// The prefix length of the widest IPv6 block.
    pub widest_ipv6_block: u8,
    /// The prefix length of the narrowest IPv6 block.
    pub narrowest_ipv6_block: u8,
}

impl Limits {
    /// A VPC and its subnets are `/16` to `/28`; an IPv6 block of a VPC is `/44` to `/60`.
    ///
    /// Source: Amazon VPC User Guide, "VPC CIDR blocks" and "Subnet CIDR blocks".
    pub const AWS: Self = Self {
        widest_ipv4_block: 16,
        smallest_ipv4_subnet: 28,
        widest_ipv6_block: 44,
        narrowest_ipv6_block: 60,
    };

    /// A subnet is `/2` to `/29`; an IPv6 subnet is exactly a `/64`.
    ///
    /// Source: Azure Virtual Network FAQ, "How small and how large can virtual networks and subnets be".
    pub const AZURE: Self = Self {
        widest_ipv4_block: 2,
        smallest_ipv4_subnet: 29,
        widest_ipv6_block: 2,
        narrowest_ipv6_block: 64,
    };
}
