//! Typed ids of AWS objects, as AWS writes them.

use serde::{Deserialize, Serialize};

/// Declares ids: a name, the prefix that AWS gives them, and what they are of.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// What such ids begin with.
            pub const PREFIX: &'static str = $prefix;

            /// Takes an id as AWS writes it.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether it begins as such ids do.
            pub fn is_well_formed(&self) -> bool {
                let digits = self.0.strip_prefix(Self::PREFIX).and_then(|rest| rest.strip_prefix('-'));
                digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_alphanumeric()))
            }

            /// The id in the in-memory cloud.
            #[allow(dead_code, reason = "some ids are only ever named by others")]
            pub(crate) fn simulated(serial: u64) -> Self {
                Self(format!("{}-{serial:017x}", Self::PREFIX))
            }
        }

        deathstar_core::text_type!($name);
    )*};
}

ids! {
    /// The id of a VPC.
    VpcId = "vpc";
    /// The id of a subnet.
    SubnetId = "subnet";
    /// The id of an internet gateway.
    InternetGatewayId = "igw";
    /// The id of an egress-only internet gateway.
    EgressOnlyInternetGatewayId = "eigw";
    /// The id of an elastic IP address.
    AllocationId = "eipalloc";
    /// The id of a NAT gateway.
    NatGatewayId = "nat";
    /// The id of a route table.
    RouteTableId = "rtb";
    /// The id of the association of a route table with a subnet; it changes with the table.
    AssociationId = "rtbassoc";
    /// The id of a security group.
    SecurityGroupId = "sg";
    /// The id of a rule of a security group.
    SecurityGroupRuleId = "sgr";
    /// The id of a network ACL.
    NetworkAclId = "acl";
    /// The id of the association of a network ACL with a subnet; it changes with the ACL.
    NetworkAclAssociationId = "aclassoc";
    /// The id of a VPC endpoint.
    VpcEndpointId = "vpce";
    /// The id of a list of ranges that is kept by AWS or by users.
    PrefixListId = "pl";
    /// The id of a set of DHCP options.
    DhcpOptionsId = "dopt";
    /// The id of the association of a range with a VPC.
    VpcCidrAssociationId = "vpc-cidr-assoc";
    /// The id of the association of an IPv6 range with a subnet.
    SubnetCidrAssociationId = "subnet-cidr-assoc";
    /// The id of a network interface.
    NetworkInterfaceId = "eni";
    /// The id of a transit gateway.
    TransitGatewayId = "tgw";
    /// The id of a VPC peering connection.
    VpcPeeringConnectionId = "pcx";
    /// The id of a virtual private gateway.
    VpnGatewayId = "vgw";
    /// The id of a flow log.
    FlowLogId = "fl";
}

/// Declares texts that identify something: a name, and what they are of.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes it as AWS writes it.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        deathstar_core::text_type!($name);

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    )*};
}

texts! {
    /// The name of a log group, which is its id.
    LogGroupName;
    /// The name of a role, which is its id.
    RoleName;
    /// The name of a customer managed policy, which is its id.
    PolicyName;
    /// The name of an alias of a key, which is its id, such as `alias/logs`.
    AliasName;
    /// The id of a KMS key, such as `1234abcd-12ab-34cd-56ef-1234567890ab`, or `mrk-` and 32 digits.
    KeyId;
    /// The id of a hosted zone, such as `Z1D633PJN98FT9`.
    HostedZoneId;
    /// The ARN of a log group, without `:*` at its end.
    LogGroupArn;
    /// The ARN of a role.
    RoleArn;
    /// The ARN of a managed policy, of AWS or of the account.
    PolicyArn;
    /// The ARN of a KMS key.
    KeyArn;
    /// The ARN of a bucket.
    BucketArn;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_encoded_as_their_text() {
        assert_eq!(serde_json::to_string(&VpcId::new("vpc-1")).unwrap(), "\"vpc-1\"");
        assert_eq!(serde_json::from_str::<VpcId>("\"vpc-1\"").unwrap(), VpcId::new("vpc-1"));
    }

    #[test]
    fn simulated_ids_have_the_shape_of_aws() {
        let id = NatGatewayId::simulated(31);
        assert_eq!(id.as_str(), "nat-0000000000000001f");
        assert!(id.is_well_formed());
    }

    #[test]
    fn texts_are_encoded_as_they_are() {
        assert_eq!(serde_json::to_string(&RoleName::new("nodes")).unwrap(), "\"nodes\"");
        assert_eq!(
            RoleArn::new("arn:aws:iam::123456789012:role/nodes").as_str(),
            "arn:aws:iam::123456789012:role/nodes"
        );
    }

    #[test]
    fn another_prefix_is_no_id() {
        for wrong in ["vpc-", "vpc", "vpce-0123", "subnet-0123", "vpc-01 3", "arn:aws:ec2:::vpc/vpc-1"] {
            assert!(!VpcId::new(wrong).is_well_formed(), "{wrong}");
        }
    }
}
