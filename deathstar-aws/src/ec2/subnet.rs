//! A subnet.

use super::{BY_TAG, check_size};
use crate::{
    Aws,
    id::{SubnetCidrAssociationId, SubnetId, VpcId},
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Resource, Stakes, Verdict, fields,
    model::{Ipv4Cidr, Ipv6Cidr, ZoneName},
    outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A subnet: a part of a VPC's ranges in one zone, with IPv4, with both families, or with IPv6 alone.
///
/// # Permissions
/// `ec2:DescribeSubnets`; `ec2:CreateSubnet` with `ec2:CreateTags`; `ec2:ModifySubnetAttribute`,
/// `ec2:AssociateSubnetCidrBlock`, `ec2:DisassociateSubnetCidrBlock`, `ec2:CreateTags`, `ec2:DeleteTags`; `ec2:DeleteSubnet`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subnet {
    /// Its VPC. Another one replaces it.
    pub vpc: Input<VpcId>,
    /// Its IPv4 range, `/16` to `/28`, inside one of the VPC's; none where it has IPv6 alone. Another one replaces it.
    pub cidr_block: Option<Ipv4Cidr>,
    /// Its zone. Another one replaces it.
    pub availability_zone: Input<ZoneName>,
    /// Whether it has IPv6 alone. Another choice replaces it.
    pub ipv6_native: Option<bool>,
    /// Its IPv6 range, inside one of the VPC's. It is given and exchanged in place, while nothing in the subnet uses it; where a
    /// subnet has IPv6 alone another one replaces it.
    pub ipv6_cidr_block: Option<Input<Ipv6Cidr>>,
    /// Whether new network interfaces in it have a public IPv4 address. New subnets have it off.
    pub map_public_ip_on_launch: Option<bool>,
    /// Whether new network interfaces in it have an IPv6 address. New subnets have it off; it needs an IPv6 range.
    pub assign_ipv6_address_on_creation: Option<bool>,
    /// Whether Amazon's resolver tells IPv6 addresses (NAT64) for names that have IPv4 addresses alone. New subnets have it off.
    pub enable_dns64: Option<bool>,
    /// What the private names of new instances follow from.
    pub private_dns_hostname_type: Option<HostnameType>,
    /// Whether the names that follow from ids have IPv4 addresses. New subnets have it off.
    pub resource_name_dns_a_record: Option<bool>,
    /// Whether the names that follow from ids have IPv6 addresses. New subnets have it off.
    pub resource_name_dns_aaaa_record: Option<bool>,
}

/// What the private names of instances follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostnameType {
    /// The IPv4 address: `ip-10-20-0-7.eu-west-1.compute.internal`.
    IpName,
    /// The id: `i-0123456789abcdef.eu-west-1.compute.internal`.
    ResourceName,
}

impl Subnet {
    /// A subnet of a VPC in a zone, and all else as AWS makes it.
    pub fn new(vpc: impl Into<Input<VpcId>>, cidr_block: Ipv4Cidr, zone: impl Into<Input<ZoneName>>) -> Self {
        Self {
            vpc: vpc.into(),
            cidr_block: Some(cidr_block),
            availability_zone: zone.into(),
            ipv6_native: None,
            ipv6_cidr_block: None,
            map_public_ip_on_launch: None,
            assign_ipv6_address_on_creation: None,
            enable_dns64: None,
            private_dns_hostname_type: None,
            resource_name_dns_a_record: None,
            resource_name_dns_aaaa_record: None,
        }
    }

    /// A subnet of a VPC in a zone that has IPv6 alone.
    pub fn ipv6_only(
        vpc: impl Into<Input<VpcId>>,
        ipv6_cidr_block: impl Into<Input<Ipv6Cidr>>,
        zone: impl Into<Input<ZoneName>>,
    ) -> Self {
        Self {
            vpc: vpc.into(),
            cidr_block: None,
            availability_zone: zone.into(),
            ipv6_native: Some(true),
            ipv6_cidr_block: Some(ipv6_cidr_block.into()),
            map_public_ip_on_launch: None,
            assign_ipv6_address_on_creation: None,
            enable_dns64: None,
            private_dns_hostname_type: None,
            resource_name_dns_a_record: None,
            resource_name_dns_aaaa_record: None,
        }
    }

    /// Its IPv6 range, beside the IPv4 range.
    #[must_use]
    pub fn ipv6_cidr_block(mut self, range: impl Into<Input<Ipv6Cidr>>) -> Self {
        self.ipv6_cidr_block = Some(range.into());
        self
    }

    /// Whether new network interfaces in it have a public IPv4 address.
    #[must_use]
    pub fn map_public_ip_on_launch(mut self, enabled: bool) -> Self {
        self.map_public_ip_on_launch = Some(enabled);
        self
    }

    /// Whether new network interfaces in it have an IPv6 address.
    #[must_use]
    pub fn assign_ipv6_address_on_creation(mut self, enabled: bool) -> Self {
        self.assign_ipv6_address_on_creation = Some(enabled);
        self
    }

    /// Whether Amazon's resolver tells IPv6 addresses (NAT64) for names that have IPv4 addresses alone.
    #[must_use]
    pub fn dns64(mut self, enabled: bool) -> Self {
        self.enable_dns64 = Some(enabled);
        self
    }

    /// What the private names of new instances follow from.
    #[must_use]
    pub fn private_dns_hostname_type(mut self, kind: HostnameType) -> Self {
        self.private_dns_hostname_type = Some(kind);
        self
    }

    /// Whether the names that follow from ids have IPv4 addresses.
    #[must_use]
    pub fn resource_name_dns_a_record(mut self, enabled: bool) -> Self {
        self.resource_name_dns_a_record = Some(enabled);
        self
    }

    /// Whether the names that follow from ids have IPv6 addresses.
    #[must_use]
    pub fn resource_name_dns_aaaa_record(mut self, enabled: bool) -> Self {
        self.resource_name_dns_aaaa_record = Some(enabled);
        self
    }
}

/// What is known of a subnet once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubnetDetails {
    /// The zone's id, which means the same zone in every account: `euw1-az1`.
    pub availability_zone_id: Option<String>,
    /// Its ARN.
    pub arn: Option<String>,
    /// The id of its IPv6 range's association, which changes with the range.
    pub ipv6_association: Option<SubnetCidrAssociationId>,
}

outputs! {
    /// What a declared subnet tells once it is made.
    pub trait SubnetOutputs for Subnet {
        /// The zone's id, which means the same zone in every account: `euw1-az1`.
        availability_zone_id: String,
        /// Its ARN.
        arn: String,
    }
}

/// A subnet that has IPv6 alone cannot be without its range.
fn keeps_a_range(prior: &Subnet, _: &Subnet) -> Verdict {
    if prior.ipv6_native == Some(true) { Verdict::Replace } else { Verdict::Update }
}

impl Resource for Subnet {
    type Provider = Aws;
    type Id = SubnetId;
    type Outputs = SubnetDetails;

    const FAMILY: &'static str = "aws.ec2.subnet";
    const STAKES: Stakes = Stakes::Network;
    const IDENTITY: Identity = BY_TAG;
    /// Sources: Amazon EC2 API Reference, `ModifySubnetAttribute` (one attribute in a request), `AssociateSubnetCidrBlock`,
    /// `DisassociateSubnetCidrBlock`; no operation changes the VPC, the IPv4 range, the zone or whether there is IPv4 at all.
    const FIELDS: Fields<Self> = fields!(Subnet {
        vpc: Replace,
        cidr_block: Replace,
        availability_zone: Replace,
        ipv6_native: Replace,
        ipv6_cidr_block: By(keeps_a_range),
        map_public_ip_on_launch: Update,
        assign_ipv6_address_on_creation: Update,
        enable_dns64: Update,
        private_dns_hostname_type: Update,
        resource_name_dns_a_record: Update,
        resource_name_dns_aaaa_record: Update,
    });

    fn holds(&self) -> Vec<Hold> {
        let four = self.cidr_block.map(|range| Hold::life("range-in-vpc", (&self.vpc, range)));
        let six = self.ipv6_cidr_block.as_ref().map(|range| Hold::life("ipv6-range-of-subnet", range));
        four.into_iter().chain(six).collect()
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = self
            .cidr_block
            .and_then(|range| check_size(range, "subnet", "/cidr_block"))
            .into_iter()
            .collect();
        let mut tell = |path: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new("subnet.ipv6", why).at(path).fix(fix));
        };
        let length =
            self.ipv6_cidr_block.as_ref().and_then(Input::value).map(|range| range.net().prefix_len());
        // Source: Amazon EC2 API Reference, `CreateSubnet`.
        if let Some(length) = length.filter(|length| !(44..=64).contains(length) || length % 4 != 0) {
            let why = format!("the IPv6 range of a subnet cannot be a /{length}");
            tell("/ipv6_cidr_block", why, "choose /64, or another multiple of 4 from /44");
        }
        if self.assign_ipv6_address_on_creation == Some(true) && self.ipv6_cidr_block.is_none() {
            let why = "it is to give out IPv6 addresses, and has no IPv6 range";
            tell("/assign_ipv6_address_on_creation", why.into(), "give it an IPv6 range");
        }
        if self.ipv6_native == Some(true) {
            for (path, set) in [
                ("/map_public_ip_on_launch", self.map_public_ip_on_launch == Some(true)),
                ("/resource_name_dns_a_record", self.resource_name_dns_a_record == Some(true)),
                ("/private_dns_hostname_type", self.private_dns_hostname_type == Some(HostnameType::IpName)),
            ] {
                if set {
                    tell(path, "it needs IPv4, and the subnet has IPv6 alone".into(), "leave it out");
                }
            }
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "subnet";
        const CREATE: &str = "ec2:CreateSubnet";
        let modify = |id| on_own("ec2:ModifySubnetAttribute", TYPE, id);
        match call {
            Call::Find(_) => lists(["ec2:DescribeSubnets"]),
            Call::Create(spec) => {
                let mut all = creates(CREATE, TYPE);
                all.push(Permission::new(CREATE).on("vpc", &spec.vpc));
                let on = [
                    spec.map_public_ip_on_launch,
                    spec.assign_ipv6_address_on_creation,
                    spec.enable_dns64,
                    spec.resource_name_dns_a_record,
                    spec.resource_name_dns_aaaa_record,
                ];
                if on.contains(&Some(true)) || spec.private_dns_hostname_type.is_some() {
                    all.push(
                        modify(None).because("what new subnets have switched off, or choose themselves"),
                    );
                }
                all
            }
            Call::Change { object, fields, .. } => {
                let ranges = ["ec2:AssociateSubnetCidrBlock", "ec2:DisassociateSubnetCidrBlock"];
                let ranges = ranges.map(|action| on_own(action, TYPE, object.id));
                let of_ranges = fields.contains("ipv6_cidr_block");
                let others = fields.len() > usize::from(of_ranges);
                let ranges = ranges.into_iter().filter(|_| of_ranges);
                ranges.chain(others.then(|| modify(object.id))).collect()
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![on_own("ec2:DeleteSubnet", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (SubnetId, SubnetDetails) {
        let id = SubnetId::simulated(serial);
        let details = SubnetDetails {
            availability_zone_id: self.availability_zone.value().map(ToString::to_string),
            arn: Some(format!("arn:aws:ec2:memory-1:123456789012:subnet/{id}")),
            ipv6_association: self
                .ipv6_cidr_block
                .as_ref()
                .map(|_| SubnetCidrAssociationId::simulated(serial)),
        };
        (id, details)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> ZoneName {
        ZoneName::new("eu-west-1a").unwrap()
    }

    fn subnet(vpc: &str, range: &str) -> Subnet {
        Subnet::new(VpcId::new(vpc), range.parse().unwrap(), zone())
    }

    fn six(range: &str) -> Input<Ipv6Cidr> {
        range.parse::<Ipv6Cidr>().unwrap().into()
    }

    fn paths(subnet: &Subnet) -> Vec<String> {
        subnet.validate().into_iter().map(|finding| finding.path.clone()).collect()
    }

    #[test]
    fn a_range_is_taken_once_in_a_vpc() {
        let holds = |vpc, range| subnet(vpc, range).holds();
        assert_eq!(holds("vpc-1", "10.0.0.0/24"), holds("vpc-1", "10.0.0.0/24"));
        assert_ne!(holds("vpc-1", "10.0.0.0/24"), holds("vpc-1", "10.0.1.0/24"));
        assert_ne!(holds("vpc-1", "10.0.0.0/24"), holds("vpc-2", "10.0.0.0/24"));
    }

    #[test]
    fn an_ipv6_range_is_taken_once() {
        let holds = |vpc, range| Subnet::ipv6_only(VpcId::new(vpc), six(range), zone()).holds();
        assert_eq!(holds("vpc-1", "2001:db8::/64"), holds("vpc-2", "2001:db8::/64"));
        assert_ne!(holds("vpc-1", "2001:db8::/64"), holds("vpc-1", "2001:db8:0:1::/64"));
        let both = subnet("vpc-1", "10.0.0.0/24").ipv6_cidr_block(six("2001:db8::/64"));
        assert_eq!(both.holds().len(), 2);
    }

    #[test]
    fn what_a_subnet_is_replaces_it_and_the_rest_changes_in_place() {
        let replacing: Vec<_> = Subnet::FIELDS
            .iter()
            .filter(|field| matches!(field.class, deathstar_core::Class::Replace))
            .map(|field| field.name)
            .collect();
        assert_eq!(replacing, ["vpc", "cidr_block", "availability_zone", "ipv6_native"]);
    }

    #[test]
    fn where_there_is_only_one_range_another_one_replaces_the_subnet() {
        let field = Subnet::FIELDS.iter().find(|field| field.name == "ipv6_cidr_block").unwrap();
        let deathstar_core::Class::By(verdict) = field.class else { panic!("it depends on the values") };
        let both = |range| subnet("vpc-1", "10.0.0.0/24").ipv6_cidr_block(six(range));
        let alone = |range| Subnet::ipv6_only(VpcId::new("vpc-1"), six(range), zone());
        assert_eq!(verdict(&both("2001:db8::/64"), &both("2001:db8:0:1::/64")), Verdict::Update);
        assert_eq!(verdict(&alone("2001:db8::/64"), &alone("2001:db8:0:1::/64")), Verdict::Replace);
    }

    #[test]
    fn a_range_that_ec2_refuses_is_found() {
        assert_eq!(paths(&subnet("vpc-1", "10.0.0.0/29")), ["/cidr_block"]);
        for (range, right) in [
            ("2001:db8::/64", true),
            ("2001:db8::/48", true),
            ("2001:db8::/62", false),
            ("2001:db8::/40", false),
        ] {
            let subnet = subnet("vpc-1", "10.0.0.0/24").ipv6_cidr_block(six(range));
            assert_eq!(subnet.validate().is_empty(), right, "{range}");
        }
    }

    #[test]
    fn what_needs_the_other_family_is_found() {
        let assigning = subnet("vpc-1", "10.0.0.0/24").assign_ipv6_address_on_creation(true);
        assert_eq!(paths(&assigning), ["/assign_ipv6_address_on_creation"]);
        assert!(paths(&assigning.ipv6_cidr_block(six("2001:db8::/64"))).is_empty());
        let alone = || Subnet::ipv6_only(VpcId::new("vpc-1"), six("2001:db8::/64"), zone());
        assert!(paths(&alone().assign_ipv6_address_on_creation(true).dns64(true)).is_empty());
        let wrong = alone()
            .map_public_ip_on_launch(true)
            .resource_name_dns_a_record(true)
            .private_dns_hostname_type(HostnameType::IpName);
        let expected =
            ["/map_public_ip_on_launch", "/resource_name_dns_a_record", "/private_dns_hostname_type"];
        assert_eq!(paths(&wrong), expected);
    }

    #[test]
    fn a_row_from_before_ipv6_is_read() {
        let row = r#"{"vpc":"vpc-1","cidr_block":"10.0.0.0/24","availability_zone":"eu-west-1a","map_public_ip_on_launch":null}"#;
        assert_eq!(serde_json::from_str::<Subnet>(row).unwrap(), subnet("vpc-1", "10.0.0.0/24"));
    }
}
