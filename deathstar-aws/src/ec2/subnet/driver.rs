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
            .set_ipv6_cidr_block(ipv6_range(&spec.ipv6_cidr_block)?.map(|range| range.to_string()))
            .set_ipv6_native(spec.ipv6_native.filter(|native| *native))
            .availability_zone(spec.availability_zone.known()?.as_str())
            .tag_specifications(specification(cx, ResourceType::Subnet));
        let made = write(OPERATION, call.send()).await?;
        let id = created(OPERATION, made.subnet().and_then(types::Subnet::subnet_id))?;
        Ok(SubnetId::new(id).into())
    }

    /// The IPv6 range first, since what is switched on may need it; one attribute in a request.
    async fn change(&self, _: &Cx, seen: &Seen<Subnet>, to: &Ready<Subnet>) -> Result<Option<Op>> {
        let wanted = ipv6_range(&to.ipv6_cidr_block)?;
        let has = ipv6_range(&seen.spec.ipv6_cidr_block)?;
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

fn ipv6_range(range: &Option<Input<Ipv6Cidr>>) -> Result<Option<Ipv6Cidr>> {
    range.as_ref().map(|range| range.known().copied()).transpose()
}

/// One attribute that differs.
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
    fn differs<T: PartialEq + Copy>(want: Option<T>, is: Option<T>) -> Option<T> {
        want.filter(|_| want != is)
    }
    let flag = |want, is, attribute: fn(bool) -> Attribute| differs(want, is).map(attribute);
    flag(to.map_public_ip_on_launch, seen.map_public_ip_on_launch, Attribute::MapPublicIpOnLaunch)
        .or_else(|| {
            flag(
                to.assign_ipv6_address_on_creation,
                seen.assign_ipv6_address_on_creation,
                Attribute::AssignIpv6AddressOnCreation,
            )
        })
        .or_else(|| flag(to.enable_dns64, seen.enable_dns64, Attribute::EnableDns64))
        .or_else(|| {
            differs(to.private_dns_hostname_type, seen.private_dns_hostname_type)
                .map(Attribute::PrivateDnsHostnameType)
        })
        .or_else(|| {
            flag(
                to.resource_name_dns_a_record,
                seen.resource_name_dns_a_record,
                Attribute::ResourceNameDnsARecord,
            )
        })
        .or_else(|| {
            flag(
                to.resource_name_dns_aaaa_record,
                seen.resource_name_dns_aaaa_record,
                Attribute::ResourceNameDnsAaaaRecord,
            )
        })
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
