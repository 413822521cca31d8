//! A subnet.

use super::{BY_TAG, check_size};
use crate::{
    Aws,
    id::{SubnetId, VpcId},
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Resource, Stakes, fields,
    model::{Ipv4Cidr, ZoneName},
    outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

/// A subnet: a part of a VPC's range in one zone.
///
/// # Permissions
/// `ec2:DescribeSubnets`; `ec2:CreateSubnet` with `ec2:CreateTags`; `ec2:ModifySubnetAttribute`, `ec2:CreateTags`,
/// `ec2:DeleteTags`; `ec2:DeleteSubnet`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subnet {
    /// Its VPC. Another one replaces it.
    pub vpc: Input<VpcId>,
    /// Its range, `/16` to `/28`, inside the VPC's. Another one replaces it.
    pub cidr_block: Ipv4Cidr,
    /// Its zone. Another one replaces it.
    pub availability_zone: Input<ZoneName>,
    /// Whether new network interfaces in it have a public address. New subnets have it off.
    pub map_public_ip_on_launch: Option<bool>,
}

impl Subnet {
    /// A subnet of a VPC in a zone, and all else as AWS makes it.
    pub fn new(vpc: impl Into<Input<VpcId>>, cidr_block: Ipv4Cidr, zone: impl Into<Input<ZoneName>>) -> Self {
        Self { vpc: vpc.into(), cidr_block, availability_zone: zone.into(), map_public_ip_on_launch: None }
    }

    /// Whether new network interfaces in it have a public address.
    #[must_use]
    pub fn map_public_ip_on_launch(mut self, enabled: bool) -> Self {
        self.map_public_ip_on_launch = Some(enabled);
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

impl Resource for Subnet {
    type Provider = Aws;
    type Id = SubnetId;
    type Outputs = SubnetDetails;

    const FAMILY: &'static str = "aws.ec2.subnet";
    const STAKES: Stakes = Stakes::Network;
    const IDENTITY: Identity = BY_TAG;
    /// Source: Amazon EC2 API Reference, `ModifySubnetAttribute`; no operation changes the VPC, the IPv4 range or the zone.
    const FIELDS: Fields<Self> = fields!(Subnet {
        vpc: Replace,
        cidr_block: Replace,
        availability_zone: Replace,
        map_public_ip_on_launch: Update,
    });

    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("range-in-vpc", (&self.vpc, self.cidr_block))]
    }

    fn validate(&self) -> Vec<Diagnostic> {
        check_size(self.cidr_block, "subnet").into_iter().collect()
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
                if spec.map_public_ip_on_launch == Some(true) {
                    all.push(modify(None).because("new subnets give no public addresses"));
                }
                all
            }
            Call::Change { object, .. } => vec![modify(object.id)],
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![on_own("ec2:DeleteSubnet", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (SubnetId, SubnetDetails) {
        let id = SubnetId::simulated(serial);
        let zone = self.availability_zone.value().map(ToString::to_string);
        let arn = format!("arn:aws:ec2:memory-1:123456789012:subnet/{id}");
        (id, SubnetDetails { availability_zone_id: zone, arn: Some(arn) })
    }
}

#[cfg(feature = "client")]
mod driver {
    use super::{Subnet, SubnetDetails};
    use crate::{
        client::Client,
        error::{incomplete, read, write},
        id::{SubnetId, VpcId},
        tags::{created, filters, seen as seen_tags, specification},
    };
    use aws_sdk_ec2::types::{self, AttributeBooleanValue, Filter, ResourceType, SubnetState};
    use deathstar_core::{
        Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want, model::ZoneName,
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
                .cidr_block(spec.cidr_block.to_string())
                .availability_zone(spec.availability_zone.known()?.as_str())
                .tag_specifications(specification(cx, ResourceType::Subnet));
            let made = write(OPERATION, call.send()).await?;
            let id = created(OPERATION, made.subnet().and_then(types::Subnet::subnet_id))?;
            Ok(SubnetId::new(id).into())
        }

        async fn change(&self, _: &Cx, seen: &Seen<Subnet>, to: &Ready<Subnet>) -> Result<Option<Op>> {
            if let Some(enabled) = to.map_public_ip_on_launch {
                let call = self
                    .ec2
                    .modify_subnet_attribute()
                    .subnet_id(seen.id.as_str())
                    .map_public_ip_on_launch(AttributeBooleanValue::builder().value(enabled).build());
                write("ec2:ModifySubnetAttribute", call.send()).await?;
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

    impl Client {
        pub(crate) async fn list_subnets(&self, filter: Filter) -> Result<Vec<types::Subnet>> {
            let pages = self.ec2.describe_subnets().filters(filter).into_paginator();
            read("ec2:DescribeSubnets", pages.items().send().collect::<Result<Vec<_>, _>>()).await
        }
    }

    fn show(subnet: &types::Subnet) -> Result<Seen<Subnet>> {
        let missing = |what| incomplete("ec2:DescribeSubnets", what);
        let zone = subnet.availability_zone().and_then(|zone| ZoneName::new(zone).ok());
        let range = subnet.cidr_block().and_then(|range| range.parse().ok());
        let state = match subnet.state() {
            Some(SubnetState::Pending) => SeenState::Pending("pending".into()),
            Some(state @ (SubnetState::Failed | SubnetState::FailedInsufficientCapacity)) => {
                SeenState::Failed(state.as_str().into())
            }
            Some(SubnetState::Unavailable) => SeenState::Pending("unavailable".into()),
            _ => SeenState::Ready,
        };
        Ok(Seen {
            id: SubnetId::new(subnet.subnet_id().ok_or_else(|| missing("id"))?),
            tags: seen_tags(subnet.tags()),
            spec: Subnet {
                vpc: VpcId::new(subnet.vpc_id().ok_or_else(|| missing("VPC"))?).into(),
                cidr_block: range.ok_or_else(|| missing("range"))?,
                availability_zone: zone.ok_or_else(|| missing("zone"))?.into(),
                map_public_ip_on_launch: Some(subnet.map_public_ip_on_launch().unwrap_or(false)),
            },
            outputs: SubnetDetails {
                availability_zone_id: subnet.availability_zone_id().map(Into::into),
                arn: subnet.subnet_arn().map(Into::into),
            },
            state,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(vpc: &str, range: &str) -> Subnet {
        Subnet::new(VpcId::new(vpc), range.parse().unwrap(), ZoneName::new("eu-west-1a").unwrap())
    }

    #[test]
    fn a_range_is_taken_once_in_a_vpc() {
        let holds = |vpc, range| subnet(vpc, range).holds();
        assert_eq!(holds("vpc-1", "10.0.0.0/24"), holds("vpc-1", "10.0.0.0/24"));
        assert_ne!(holds("vpc-1", "10.0.0.0/24"), holds("vpc-1", "10.0.1.0/24"));
        assert_ne!(holds("vpc-1", "10.0.0.0/24"), holds("vpc-2", "10.0.0.0/24"));
    }

    #[test]
    fn only_public_addresses_change_in_place() {
        let updating: Vec<_> = Subnet::FIELDS
            .iter()
            .filter(|field| matches!(field.class, deathstar_core::Class::Update))
            .map(|field| field.name)
            .collect();
        assert_eq!(updating, ["map_public_ip_on_launch"]);
    }

    #[test]
    fn a_range_that_ec2_refuses_is_found() {
        assert_eq!(subnet("vpc-1", "10.0.0.0/29").validate().len(), 1);
    }
}
