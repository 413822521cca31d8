//! The calls of a VPC.

use super::{DefaultRules, Vpc, VpcDetails};
use crate::{
    client::Client,
    error::{incomplete, read, write},
    id::{RouteTableId, SecurityGroupId, VpcId},
    tags::{created, each, filter, filters, seen as seen_tags, specification},
};
use aws_sdk_ec2::types::{
    self, AttributeBooleanValue, Filter, ResourceType, SecurityGroup, VpcAttributeName, VpcState,
};
use deathstar_core::{Cx, Driver, Found, Made, Meaning, Op, Ready, Result, Seen, SeenState, Tags, Want};
use futures_util::{StreamExt, TryStreamExt, future::try_join3, stream};
use std::collections::HashMap;

/// How many VPCs are asked for their attributes at once.
const WIDTH: usize = 8;

impl Driver<Vpc> for Client {
    /// `DescribeVpcs`; for all of them together `DescribeSecurityGroups` and `DescribeRouteTables`; and `DescribeVpcAttribute`
    /// twice for each VPC, since it answers one attribute at a time.
    async fn find(&self, cx: &Cx, want: &Want<VpcId>, found: &mut Found) -> Result<()> {
        for filter in filters(cx, "vpc-id", want) {
            let vpcs = self.list_vpcs(filter).await?;
            let ids: Vec<&str> = vpcs.iter().map(|vpc| vpc.vpc_id().unwrap_or_default()).collect();
            let calls: Vec<_> = ids.iter().map(|id| self.dns_attributes(id)).collect();
            let attributes = stream::iter(calls).buffered(WIDTH).try_collect::<Vec<_>>();
            let (groups, tables, attributes) =
                try_join3(self.default_groups(&ids), self.main_tables(&ids), attributes).await?;
            for (vpc, dns) in vpcs.iter().zip(attributes) {
                // A VPC that is deleted while it is read is left out.
                if let Some(dns) = dns {
                    found.push(show(vpc, dns, &groups, &tables)?);
                }
            }
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<Vpc>) -> Result<Made<VpcId>> {
        const OPERATION: &str = "ec2:CreateVpc";
        let call = self
            .ec2
            .create_vpc()
            .cidr_block(spec.cidr_block.to_string())
            .tag_specifications(specification(cx, ResourceType::Vpc));
        let made = write(OPERATION, call.send()).await?;
        let id = created(OPERATION, made.vpc().and_then(types::Vpc::vpc_id))?;
        Ok(VpcId::new(id).into())
    }

    async fn change(&self, _: &Cx, seen: &Seen<Vpc>, to: &Ready<Vpc>) -> Result<Option<Op>> {
        const MODIFY: &str = "ec2:ModifyVpcAttribute";
        let modify = || self.ec2.modify_vpc_attribute().vpc_id(seen.id.as_str());
        let value = |enabled: bool| AttributeBooleanValue::builder().value(enabled).build();
        let differs = |want: Option<bool>, is: Option<bool>| want.filter(|_| want != is);
        let support = differs(to.enable_dns_support, seen.spec.enable_dns_support);
        let hostnames = differs(to.enable_dns_hostnames, seen.spec.enable_dns_hostnames);
        // Names need the resolver: it is switched on before them and off after them.
        match (support, hostnames) {
            (Some(true), _) | (Some(false), None) => {
                let enabled = support.unwrap_or_default();
                write(MODIFY, modify().enable_dns_support(value(enabled)).send()).await?;
            }
            (_, Some(enabled)) => {
                write(MODIFY, modify().enable_dns_hostnames(value(enabled)).send()).await?;
            }
            (None, None) if to.default_ingress.is_some() && seen.spec.default_ingress.is_none() => {
                self.revoke_ingress(&seen.outputs).await?;
            }
            (None, None) if to.default_egress.is_some() && seen.spec.default_egress.is_none() => {
                self.revoke_egress(&seen.outputs).await?;
            }
            (None, None) => {}
        }
        Ok(None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<Vpc>) -> Result<Option<Op>> {
        write("ec2:DeleteVpc", self.ec2.delete_vpc().vpc_id(seen.id.as_str()).send()).await?;
        Ok(None)
    }

    async fn retag(&self, _: &Cx, seen: &Seen<Vpc>, set: &Tags, unset: &[String]) -> Result<()> {
        self.retag_object(seen.id.as_str(), set, unset).await
    }
}

/// Whether names are resolved, and whether there are public ones.
#[derive(Clone, Copy)]
struct Dns {
    support: bool,
    hostnames: bool,
}

impl Client {
    pub(crate) async fn list_vpcs(&self, filter: Filter) -> Result<Vec<types::Vpc>> {
        let pages = self.ec2.describe_vpcs().filters(filter).into_paginator();
        read("ec2:DescribeVpcs", pages.items().send().collect::<Result<Vec<_>, _>>()).await
    }

    async fn dns_attributes(&self, vpc: &str) -> Result<Option<Dns>> {
        let support = self.attribute(vpc, VpcAttributeName::EnableDnsSupport).await?;
        let hostnames = self.attribute(vpc, VpcAttributeName::EnableDnsHostnames).await?;
        Ok(support.zip(hostnames).map(|(support, hostnames)| Dns { support, hostnames }))
    }

    async fn attribute(&self, vpc: &str, name: VpcAttributeName) -> Result<Option<bool>> {
        const OPERATION: &str = "ec2:DescribeVpcAttribute";
        let call = self.ec2.describe_vpc_attribute().vpc_id(vpc).attribute(name.clone());
        let answer = match read(OPERATION, call.send()).await {
            Ok(answer) => answer,
            Err(error) if *error.meaning() == Meaning::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let value = match name {
            VpcAttributeName::EnableDnsSupport => answer.enable_dns_support(),
            _ => answer.enable_dns_hostnames(),
        };
        let value = value.and_then(AttributeBooleanValue::value);
        value.map(Some).ok_or_else(|| incomplete(OPERATION, name.as_str()))
    }

    async fn default_groups(&self, vpcs: &[&str]) -> Result<HashMap<String, SecurityGroup>> {
        let mut groups = HashMap::with_capacity(vpcs.len());
        for of_vpcs in each("vpc-id", vpcs.iter().copied()) {
            let pages = self
                .ec2
                .describe_security_groups()
                .filters(of_vpcs)
                .filters(filter("group-name", ["default"]))
                .into_paginator();
            let page =
                read("ec2:DescribeSecurityGroups", pages.items().send().collect::<Result<Vec<_>, _>>())
                    .await?;
            groups.extend(page.into_iter().filter_map(|group| Some((group.vpc_id()?.to_owned(), group))));
        }
        Ok(groups)
    }

    async fn main_tables(&self, vpcs: &[&str]) -> Result<HashMap<String, String>> {
        let mut tables = HashMap::with_capacity(vpcs.len());
        for of_vpcs in each("vpc-id", vpcs.iter().copied()) {
            let found = self.list_route_tables([of_vpcs, filter("association.main", ["true"])]).await?;
            let id = |table: types::RouteTable| Some((table.vpc_id?, table.route_table_id?));
            tables.extend(found.into_iter().filter_map(id));
        }
        Ok(tables)
    }

    /// The default security group as it is now: what was seen of it may be older than the last call.
    async fn default_group(&self, known: &VpcDetails) -> Result<Option<SecurityGroup>> {
        let Some(id) = &known.default_security_group else { return Ok(None) };
        let call = self.ec2.describe_security_groups().filters(filter("group-id", [id.as_str()]));
        let answer = read("ec2:DescribeSecurityGroups", call.send()).await?;
        Ok(answer.security_groups.unwrap_or_default().into_iter().next())
    }

    async fn revoke_ingress(&self, known: &VpcDetails) -> Result<()> {
        let Some(group) = self.default_group(known).await? else { return Ok(()) };
        let rules = group.ip_permissions().to_vec();
        if rules.is_empty() {
            return Ok(());
        }
        let call = self
            .ec2
            .revoke_security_group_ingress()
            .set_group_id(group.group_id)
            .set_ip_permissions(Some(rules));
        write("ec2:RevokeSecurityGroupIngress", call.send()).await.map(|_| ())
    }

    async fn revoke_egress(&self, known: &VpcDetails) -> Result<()> {
        let Some(group) = self.default_group(known).await? else { return Ok(()) };
        let rules = group.ip_permissions_egress().to_vec();
        if rules.is_empty() {
            return Ok(());
        }
        let call = self
            .ec2
            .revoke_security_group_egress()
            .set_group_id(group.group_id)
            .set_ip_permissions(Some(rules));
        write("ec2:RevokeSecurityGroupEgress", call.send()).await.map(|_| ())
    }
}

fn show(
    vpc: &types::Vpc,
    dns: Dns,
    groups: &HashMap<String, SecurityGroup>,
    tables: &HashMap<String, String>,
) -> Result<Seen<Vpc>> {
    const OPERATION: &str = "ec2:DescribeVpcs";
    let id = vpc.vpc_id().ok_or_else(|| incomplete(OPERATION, "id"))?;
    let range = vpc.cidr_block().and_then(|text| text.parse().ok());
    let group = groups.get(id);
    let removed = |rules: &[types::IpPermission]| rules.is_empty().then_some(DefaultRules::Removed);
    let main_route_table = tables.get(id).map(RouteTableId::new);
    let state = match vpc.state() {
        Some(VpcState::Pending) => SeenState::Pending("pending".into()),
        _ if group.is_none() || main_route_table.is_none() => {
            SeenState::Pending("its default security group or its main route table is not visible yet".into())
        }
        _ => SeenState::Ready,
    };
    Ok(Seen {
        id: VpcId::new(id),
        tags: seen_tags(vpc.tags()),
        spec: Vpc {
            cidr_block: range.ok_or_else(|| incomplete(OPERATION, "range"))?,
            enable_dns_support: Some(dns.support),
            enable_dns_hostnames: Some(dns.hostnames),
            default_ingress: group.and_then(|group| removed(group.ip_permissions())),
            default_egress: group.and_then(|group| removed(group.ip_permissions_egress())),
        },
        outputs: VpcDetails {
            default_security_group: group.and_then(SecurityGroup::group_id).map(SecurityGroupId::new),
            main_route_table,
            owner: vpc.owner_id().unwrap_or_default().into(),
        },
        state,
    })
}
