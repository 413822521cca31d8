//! The calls of a subnet.

use super::{HostnameType, Subnet, SubnetDetails};
use crate::{
    client::Client,
    error::{incomplete, read, write},
    id::{SubnetCidrAssociationId, SubnetId, VpcId},
    tags::{created, filters, seen as seen_tags, specification},
};
use aws_sdk_ec2::types::{
    self, AttributeBooleanValue, Filter, HostnameType as ToldHostnameType, ResourceType,
    SubnetCidrBlockStateCode, SubnetIpv6CidrBlockAssociation, SubnetState,
};
use deathstar_core::{
    Cx, Driver, Found, Input, Made, Op, Ready, Result, Seen, SeenState, Tags, Want,
    model::{Ipv6Cidr, ZoneName},
};

impl Driver<Subnet> for Client {
    async fn find(&self, cx: &Cx, want: &Want<SubnetId>, found: &mut Found) -> Result<()> {
        for filter in filters(cx, "subnet-id", want) {
            for subnet in self.list_subnets(filter).await? {
                found.push(show(&subnet)?);
            }
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<Subnet>) -> Result<Made<SubnetId>> {
        const OPERATION: &str = "ec2:CreateSubnet";
        let call = self
            .ec2
            .create_subnet()
            .vpc_id(spec.vpc.known()?.as_str())
            .set_cidr_block(spec.cidr_block.map(|range| range.to_string()))
            .set_ipv6_cidr_block(ipv6_range(spec.ipv6_cidr_block.as_ref())?.map(|range| range.to_string()))
            .set_ipv6_native(spec.ipv6_native.filter(|native| *native))
            .availability_zone(spec.availability_zone.known()?.as_str())
            .tag_specifications(specification(cx, ResourceType::Subnet));
        let made = write(OPERATION, call.send()).await?;
        let id = created(OPERATION, made.subnet().and_then(types::Subnet::subnet_id))?;
        Ok(SubnetId::new(id).into())
    }

    /// The IPv6 range first, since what is switched on may need it; one attribute in a request.
    async fn change(&self, _: &Cx, seen: &Seen<Subnet>, to: &Ready<Subnet>) -> Result<Option<Op>> {
        let wanted = ipv6_range(to.ipv6_cidr_block.as_ref())?;
        let has = ipv6_range(seen.spec.ipv6_cidr_block.as_ref())?;
        match wanted {
            Some(range) if Some(range) != has => self.exchange_ipv6_range(seen, range).await?,
            _ => self.modify_subnet(seen, to).await?,
        }
        Ok(None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<Subnet>) -> Result<Option<Op>> {
        write("ec2:DeleteSubnet", self.ec2.delete_subnet().subnet_id(seen.id.as_str()).send()).await?;
        Ok(None)
    }

    async fn retag(&self, _: &Cx, seen: &Seen<Subnet>, set: &Tags, unset: &[String]) -> Result<()> {
        self.retag_object(seen.id.as_str(), set, unset).await
    }
}

fn ipv6_range(range: Option<&Input<Ipv6Cidr>>) -> Result<Option<Ipv6Cidr>> {
    range.map(|range| range.known().copied()).transpose()
}

/// One attribute that differs.
#[derive(Debug, PartialEq, Eq)]
enum Attribute {
    MapPublicIpOnLaunch(bool),
    AssignIpv6AddressOnCreation(bool),
    EnableDns64(bool),
    PrivateDnsHostnameType(HostnameType),
    ResourceNameDnsARecord(bool),
    ResourceNameDnsAaaaRecord(bool),
}

/// The first attribute that is wanted otherwise than it is.
fn first_difference(seen: &Subnet, to: &Subnet) -> Option<Attribute> {
    use Attribute as A;
    fn differs<T: PartialEq + Copy>(
        want: Option<T>,
        is: Option<T>,
        attribute: fn(T) -> Attribute,
    ) -> Option<Attribute> {
        if want == is { None } else { want.map(attribute) }
    }
    [
        differs(to.map_public_ip_on_launch, seen.map_public_ip_on_launch, A::MapPublicIpOnLaunch),
        differs(
            to.assign_ipv6_address_on_creation,
            seen.assign_ipv6_address_on_creation,
            A::AssignIpv6AddressOnCreation,
        ),
        differs(to.enable_dns64, seen.enable_dns64, A::EnableDns64),
        differs(to.private_dns_hostname_type, seen.private_dns_hostname_type, A::PrivateDnsHostnameType),
        differs(to.resource_name_dns_a_record, seen.resource_name_dns_a_record, A::ResourceNameDnsARecord),
        differs(
            to.resource_name_dns_aaaa_record,
            seen.resource_name_dns_aaaa_record,
            A::ResourceNameDnsAaaaRecord,
        ),
    ]
    .into_iter()
    .flatten()
    .next()
}

impl Client {
    pub(crate) async fn list_subnets(&self, filter: Filter) -> Result<Vec<types::Subnet>> {
        let pages = self.ec2.describe_subnets().filters(filter).into_paginator();
        read("ec2:DescribeSubnets", pages.items().send().collect::<Result<Vec<_>, _>>()).await
    }

    async fn modify_subnet(&self, seen: &Seen<Subnet>, to: &Subnet) -> Result<()> {
        let Some(attribute) = first_difference(&seen.spec, to) else { return Ok(()) };
        let value = |enabled: bool| AttributeBooleanValue::builder().value(enabled).build();
        let call = self.ec2.modify_subnet_attribute().subnet_id(seen.id.as_str());
        let call = match attribute {
            Attribute::MapPublicIpOnLaunch(enabled) => call.map_public_ip_on_launch(value(enabled)),
            Attribute::AssignIpv6AddressOnCreation(enabled) => {
                call.assign_ipv6_address_on_creation(value(enabled))
            }
            Attribute::EnableDns64(enabled) => call.enable_dns64(value(enabled)),
            Attribute::PrivateDnsHostnameType(kind) => call.private_dns_hostname_type_on_launch(match kind {
                HostnameType::IpName => ToldHostnameType::IpName,
                HostnameType::ResourceName => ToldHostnameType::ResourceName,
            }),
            Attribute::ResourceNameDnsARecord(enabled) => {
                call.enable_resource_name_dns_a_record_on_launch(value(enabled))
            }
            Attribute::ResourceNameDnsAaaaRecord(enabled) => {
                call.enable_resource_name_dns_aaaa_record_on_launch(value(enabled))
            }
        };
        write("ec2:ModifySubnetAttribute", call.send()).await.map(|_| ())
    }

    /// The next call towards another IPv6 range: addresses are given out no more, the range goes, the other one comes.
    async fn exchange_ipv6_range(&self, seen: &Seen<Subnet>, range: Ipv6Cidr) -> Result<()> {
        let Some(association) = &seen.outputs.ipv6_association else {
            let call = self
                .ec2
                .associate_subnet_cidr_block()
                .subnet_id(seen.id.as_str())
                .ipv6_cidr_block(range.to_string());
            return write("ec2:AssociateSubnetCidrBlock", call.send()).await.map(|_| ());
        };
        if seen.spec.assign_ipv6_address_on_creation == Some(true) {
            let off = AttributeBooleanValue::builder().value(false).build();
            let call = self
                .ec2
                .modify_subnet_attribute()
                .subnet_id(seen.id.as_str())
                .assign_ipv6_address_on_creation(off);
            return write("ec2:ModifySubnetAttribute", call.send()).await.map(|_| ());
        }
        let call = self.ec2.disassociate_subnet_cidr_block().association_id(association.as_str());
        write("ec2:DisassociateSubnetCidrBlock", call.send()).await.map(|_| ())
    }
}

/// The IPv6 range of a subnet that is there or comes or goes.
fn ipv6_association(subnet: &types::Subnet) -> Option<&SubnetIpv6CidrBlockAssociation> {
    let gone = |association: &&SubnetIpv6CidrBlockAssociation| {
        matches!(code(association), Some(SubnetCidrBlockStateCode::Disassociated))
    };
    subnet.ipv6_cidr_block_association_set().iter().find(|association| !gone(association))
}

fn code(association: &SubnetIpv6CidrBlockAssociation) -> Option<&SubnetCidrBlockStateCode> {
    association.ipv6_cidr_block_state().and_then(|state| state.state())
}

fn state(subnet: &types::Subnet, six: Option<&SubnetIpv6CidrBlockAssociation>) -> SeenState {
    match subnet.state() {
        Some(SubnetState::Pending) => return SeenState::Pending("pending".into()),
        Some(state @ (SubnetState::Failed | SubnetState::FailedInsufficientCapacity)) => {
            return SeenState::Failed(state.as_str().into());
        }
        Some(SubnetState::Unavailable) => return SeenState::Pending("unavailable".into()),
        _ => {}
    }
    match six.and_then(code) {
        Some(code @ (SubnetCidrBlockStateCode::Associating | SubnetCidrBlockStateCode::Disassociating)) => {
            SeenState::Pending(format!("its IPv6 range is {}", code.as_str()))
        }
        Some(code @ (SubnetCidrBlockStateCode::Failing | SubnetCidrBlockStateCode::Failed)) => {
            let message = six.and_then(|six| six.ipv6_cidr_block_state()?.status_message());
            SeenState::Failed(message.unwrap_or(code.as_str()).into())
        }
        _ => SeenState::Ready,
    }
}

fn show(subnet: &types::Subnet) -> Result<Seen<Subnet>> {
    let missing = |what| incomplete("ec2:DescribeSubnets", what);
    let zone = subnet.availability_zone().and_then(|zone| ZoneName::new(zone).ok());
    let native = subnet.ipv6_native().unwrap_or(false);
    let range = subnet.cidr_block().and_then(|range| range.parse().ok());
    if range.is_none() && !native {
        return Err(missing("range"));
    }
    let six = ipv6_association(subnet);
    let names = subnet.private_dns_name_options_on_launch();
    let record = |enabled: Option<bool>| Some(enabled.unwrap_or(false));
    Ok(Seen {
        id: SubnetId::new(subnet.subnet_id().ok_or_else(|| missing("id"))?),
        tags: seen_tags(subnet.tags()),
        spec: Subnet {
            vpc: VpcId::new(subnet.vpc_id().ok_or_else(|| missing("VPC"))?).into(),
            cidr_block: range,
            availability_zone: zone.ok_or_else(|| missing("zone"))?.into(),
            ipv6_native: Some(native),
            ipv6_cidr_block: six
                .and_then(|six| six.ipv6_cidr_block()?.parse::<Ipv6Cidr>().ok())
                .map(Input::Known),
            map_public_ip_on_launch: Some(subnet.map_public_ip_on_launch().unwrap_or(false)),
            assign_ipv6_address_on_creation: Some(subnet.assign_ipv6_address_on_creation().unwrap_or(false)),
            enable_dns64: Some(subnet.enable_dns64().unwrap_or(false)),
            private_dns_hostname_type: names.and_then(|names| match names.hostname_type()? {
                ToldHostnameType::IpName => Some(HostnameType::IpName),
                ToldHostnameType::ResourceName => Some(HostnameType::ResourceName),
                _ => None,
            }),
            resource_name_dns_a_record: record(
                names.and_then(types::PrivateDnsNameOptionsOnLaunch::enable_resource_name_dns_a_record),
            ),
            resource_name_dns_aaaa_record: record(
                names.and_then(types::PrivateDnsNameOptionsOnLaunch::enable_resource_name_dns_aaaa_record),
            ),
        },
        outputs: SubnetDetails {
            availability_zone_id: subnet.availability_zone_id().map(Into::into),
            arn: subnet.subnet_arn().map(Into::into),
            ipv6_association: six
                .and_then(SubnetIpv6CidrBlockAssociation::association_id)
                .map(SubnetCidrAssociationId::new),
        },
        state: state(subnet, six),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::{SubnetCidrBlockState, builders::SubnetBuilder};

    fn subnet() -> SubnetBuilder {
        types::Subnet::builder()
            .subnet_id("subnet-1")
            .vpc_id("vpc-1")
            .cidr_block("10.0.0.0/24")
            .availability_zone("eu-west-1a")
    }

    fn six(id: &str, range: &str, state: SubnetCidrBlockStateCode) -> SubnetIpv6CidrBlockAssociation {
        SubnetIpv6CidrBlockAssociation::builder()
            .association_id(id)
            .ipv6_cidr_block(range)
            .ipv6_cidr_block_state(SubnetCidrBlockState::builder().state(state).build())
            .build()
    }

    fn with(associations: &[(&str, SubnetCidrBlockStateCode)]) -> Seen<Subnet> {
        let associations = associations.iter().map(|(id, state)| six(id, "2001:db8::/64", state.clone()));
        show(&subnet().set_ipv6_cidr_block_association_set(Some(associations.collect())).build()).unwrap()
    }

    #[test]
    fn an_ipv6_range_that_is_gone_is_not_shown() {
        use SubnetCidrBlockStateCode as Code;
        let seen = with(&[("a-1", Code::Disassociated)]);
        assert_eq!((seen.spec.ipv6_cidr_block, seen.outputs.ipv6_association), (None, None));
        let seen = with(&[("a-1", Code::Disassociated), ("a-2", Code::Associated)]);
        assert_eq!(seen.outputs.ipv6_association, Some(SubnetCidrAssociationId::new("a-2")));
        assert_eq!(seen.spec.ipv6_cidr_block, Some(Input::Known("2001:db8::/64".parse().unwrap())));
    }

    #[test]
    fn the_state_is_that_of_subnet_and_range() {
        use SubnetCidrBlockStateCode as Code;
        assert_eq!(with(&[("a-1", Code::Associated)]).state, SeenState::Ready);
        let why = SeenState::Pending("its IPv6 range is associating".into());
        assert_eq!(with(&[("a-1", Code::Associating)]).state, why);
        let why = SeenState::Pending("its IPv6 range is disassociating".into());
        assert_eq!(with(&[("a-1", Code::Disassociating)]).state, why);
        assert_eq!(with(&[("a-1", Code::Failed)]).state, SeenState::Failed("failed".into()));
        let pending = show(&subnet().state(SubnetState::Pending).build()).unwrap();
        assert_eq!(pending.state, SeenState::Pending("pending".into()));
    }

    #[test]
    fn a_subnet_without_ipv4_has_ipv6_alone() {
        let alone =
            types::Subnet::builder().subnet_id("subnet-1").vpc_id("vpc-1").availability_zone("eu-west-1a");
        assert!(show(&alone.clone().build()).is_err());
        assert_eq!(show(&alone.ipv6_native(true).build()).unwrap().spec.cidr_block, None);
    }

    #[test]
    fn one_attribute_is_changed_at_a_time() {
        let seen = show(&subnet().build()).unwrap().spec;
        let mut to = seen.clone();
        assert_eq!(first_difference(&seen, &to), None);
        to.enable_dns64 = Some(true);
        to.map_public_ip_on_launch = None;
        to.private_dns_hostname_type = Some(HostnameType::ResourceName);
        assert_eq!(first_difference(&seen, &to), Some(Attribute::EnableDns64(true)));
        to.enable_dns64 = None;
        let expected = Attribute::PrivateDnsHostnameType(HostnameType::ResourceName);
        assert_eq!(first_difference(&seen, &to), Some(expected));
    }
}
