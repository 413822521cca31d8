//! The calls of a security group.

use super::{SecurityGroup, SecurityGroupDetails, UndeclaredRule, UndeclaredRules};
use crate::{
    client::Client,
    ec2::{DefaultRules, Direction, security_group_rule},
    error::{incomplete, read, write},
    id::{SecurityGroupId, SecurityGroupRuleId, VpcId},
    tags::{created, each, filter, filters, seen as seen_tags, specification},
};
use aws_sdk_ec2::types::{self, Filter, IpPermission, ResourceType};
use deathstar_core::{
    Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want, driver::tags::TOKEN,
};
use std::collections::HashMap;

impl Driver<SecurityGroup> for Client {
    /// One `DescribeSecurityGroups`, and one `DescribeSecurityGroupRules` for all groups that it shows: groups and their rules.
    async fn find(&self, cx: &Cx, want: &Want<SecurityGroupId>, found: &mut Found) -> Result<()> {
        for filter in filters(cx, "group-id", want) {
            let groups = self.list_security_groups(filter).await?;
            let ids = groups.iter().filter_map(types::SecurityGroup::group_id);
            let mut rules: HashMap<String, Vec<types::SecurityGroupRule>> = HashMap::new();
            for of_groups in each("group-id", ids) {
                for rule in self.list_security_group_rules(of_groups).await? {
                    rules.entry(rule.group_id().unwrap_or_default().to_owned()).or_default().push(rule);
                }
            }
            for group in groups {
                let rules = rules.remove(group.group_id().unwrap_or_default()).unwrap_or_default();
                for seen in rules.iter().filter_map(security_group_rule::show) {
                    found.push(seen);
                }
                found.push(show(&group, &rules)?);
            }
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<SecurityGroup>) -> Result<Made<SecurityGroupId>> {
        const OPERATION: &str = "ec2:CreateSecurityGroup";
        let call = self
            .ec2
            .create_security_group()
            .vpc_id(spec.vpc.known()?.as_str())
            .group_name(&spec.name)
            .description(&spec.description)
            .tag_specifications(specification(cx, ResourceType::SecurityGroup));
        let made = write(OPERATION, call.send()).await?;
        Ok(SecurityGroupId::new(created(OPERATION, made.group_id())?).into())
    }

    /// Takes out rules, those of one direction in a call. They are looked up first: what was seen may be older than the last call.
    async fn change(
        &self,
        _: &Cx,
        seen: &Seen<SecurityGroup>,
        to: &Ready<SecurityGroup>,
    ) -> Result<Option<Op>> {
        let rules = self.list_security_group_rules(filter("group-id", [seen.id.as_str()])).await?;
        let unwanted = |direction| {
            let unwanted = |rule: &&types::SecurityGroupRule| {
                !is_declared(rule)
                    && direction_of(rule) == direction
                    && if is_default(rule) {
                        to.default_egress.is_some()
                    } else {
                        to.undeclared_rules.is_some()
                    }
            };
            let ids = rules.iter().filter(unwanted).filter_map(|rule| rule.security_group_rule_id());
            ids.map(str::to_owned).collect::<Vec<_>>()
        };
        let (ingress, egress) = (unwanted(Direction::Ingress), unwanted(Direction::Egress));
        if !egress.is_empty() {
            self.revoke_rules(&seen.id, Direction::Egress, egress).await?;
        } else if !ingress.is_empty() {
            self.revoke_rules(&seen.id, Direction::Ingress, ingress).await?;
        }
        Ok(None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<SecurityGroup>) -> Result<Option<Op>> {
        let call = self.ec2.delete_security_group().group_id(seen.id.as_str());
        write("ec2:DeleteSecurityGroup", call.send()).await?;
        Ok(None)
    }

    async fn retag(&self, _: &Cx, seen: &Seen<SecurityGroup>, set: &Tags, unset: &[String]) -> Result<()> {
        self.retag_object(seen.id.as_str(), set, unset).await
    }
}

impl Client {
    pub(crate) async fn list_security_groups(&self, by: Filter) -> Result<Vec<types::SecurityGroup>> {
        let pages = self.ec2.describe_security_groups().filters(by).into_paginator();
        read("ec2:DescribeSecurityGroups", pages.items().send().collect::<Result<Vec<_>, _>>()).await
    }

    pub(crate) async fn list_security_group_rules(
        &self,
        by: Filter,
    ) -> Result<Vec<types::SecurityGroupRule>> {
        let pages = self.ec2.describe_security_group_rules().filters(by).into_paginator();
        read("ec2:DescribeSecurityGroupRules", pages.items().send().collect::<Result<Vec<_>, _>>()).await
    }

    pub(crate) async fn revoke_rules(
        &self,
        group: &SecurityGroupId,
        direction: Direction,
        rules: Vec<String>,
    ) -> Result<()> {
        match direction {
            Direction::Ingress => {
                let call = self.ec2.revoke_security_group_ingress().group_id(group.as_str());
                let call = call.set_security_group_rule_ids(Some(rules));
                write("ec2:RevokeSecurityGroupIngress", call.send()).await.map(|_| ())
            }
            Direction::Egress => {
                let call = self.ec2.revoke_security_group_egress().group_id(group.as_str());
                let call = call.set_security_group_rule_ids(Some(rules));
                write("ec2:RevokeSecurityGroupEgress", call.send()).await.map(|_| ())
            }
        }
    }
}

/// Whether a stack declares a rule: then it carries an owner tag.
fn is_declared(rule: &types::SecurityGroupRule) -> bool {
    rule.tags().iter().any(|tag| tag.key() == Some(TOKEN))
}

/// Whether a rule has the shape of those that AWS makes a group with: everything may go anywhere.
fn is_default(rule: &types::SecurityGroupRule) -> bool {
    direction_of(rule) == Direction::Egress
        && rule.ip_protocol() == Some("-1")
        && (rule.cidr_ipv4() == Some("0.0.0.0/0") || rule.cidr_ipv6() == Some("::/0"))
}

fn direction_of(rule: &types::SecurityGroupRule) -> Direction {
    if rule.is_egress() == Some(true) { Direction::Egress } else { Direction::Ingress }
}

/// Whether everything may go anywhere although no stack says so.
///
/// The group itself tells what it lets out, and is believed where the list of its rules is behind.
fn is_open(group: &types::SecurityGroup, rules: &[types::SecurityGroupRule]) -> bool {
    let listed = |six: bool| {
        let of_family =
            move |rule: &&types::SecurityGroupRule| is_default(rule) && rule.cidr_ipv6().is_some() == six;
        rules.iter().find(of_family).map(is_declared)
    };
    let told = |anywhere: fn(&IpPermission) -> bool| {
        group.ip_permissions_egress().iter().any(|to| to.ip_protocol() == Some("-1") && anywhere(to))
    };
    let four = told(|to| to.ip_ranges().iter().any(|range| range.cidr_ip() == Some("0.0.0.0/0")));
    let six = told(|to| to.ipv6_ranges().iter().any(|range| range.cidr_ipv6() == Some("::/0")));
    (four && listed(false) != Some(true)) || (six && listed(true) != Some(true))
}

fn show(group: &types::SecurityGroup, rules: &[types::SecurityGroupRule]) -> Result<Seen<SecurityGroup>> {
    let missing = |what| incomplete("ec2:DescribeSecurityGroups", what);
    let undeclared = |rule: &types::SecurityGroupRule| {
        Some(UndeclaredRule {
            id: SecurityGroupRuleId::new(rule.security_group_rule_id()?),
            direction: direction_of(rule),
            lets: security_group_rule::text(rule),
        })
    };
    let others = rules.iter().filter(|rule| !is_declared(rule) && !is_default(rule)).filter_map(undeclared);
    Ok(Seen {
        id: SecurityGroupId::new(group.group_id().ok_or_else(|| missing("id"))?),
        tags: seen_tags(group.tags()),
        spec: SecurityGroup {
            vpc: VpcId::new(group.vpc_id().ok_or_else(|| missing("VPC"))?).into(),
            name: group.group_name().ok_or_else(|| missing("name"))?.into(),
            description: group.description().unwrap_or_default().into(),
            default_egress: (!is_open(group, rules)).then_some(DefaultRules::Removed),
            undeclared_rules: Some(UndeclaredRules::seen(others.collect())),
        },
        outputs: SecurityGroupDetails { owner: group.owner_id().unwrap_or_default().into() },
        state: SeenState::Ready,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::{IpRange, Ipv6Range, Tag, builders::SecurityGroupRuleBuilder};

    fn group(four: bool, six: bool) -> types::SecurityGroup {
        let four = four.then(|| IpRange::builder().cidr_ip("0.0.0.0/0").build());
        let six = six.then(|| Ipv6Range::builder().cidr_ipv6("::/0").build());
        let out = IpPermission::builder()
            .ip_protocol("-1")
            .set_ip_ranges(Some(four.into_iter().collect()))
            .set_ipv6_ranges(Some(six.into_iter().collect()));
        types::SecurityGroup::builder()
            .group_id("sg-1")
            .vpc_id("vpc-1")
            .group_name("web")
            .description("web servers")
            .ip_permissions_egress(out.build())
            .build()
    }

    fn rule(id: &str, egress: bool) -> SecurityGroupRuleBuilder {
        types::SecurityGroupRule::builder()
            .security_group_rule_id(id)
            .group_id("sg-1")
            .is_egress(egress)
            .ip_protocol("-1")
            .from_port(-1)
            .to_port(-1)
    }

    fn ours(rule: SecurityGroupRuleBuilder) -> types::SecurityGroupRule {
        rule.tags(Tag::builder().key(TOKEN).value("t").build()).build()
    }

    fn open(group: &types::SecurityGroup, rules: &[types::SecurityGroupRule]) -> bool {
        show(group, rules).unwrap().spec.default_egress.is_none()
    }

    #[test]
    fn a_group_is_open_until_its_default_rules_are_gone() {
        assert!(open(&group(true, false), &[rule("sgr-1", true).cidr_ipv4("0.0.0.0/0").build()]));
        assert!(open(&group(false, true), &[rule("sgr-1", true).cidr_ipv6("::/0").build()]));
        assert!(!open(&group(false, false), &[]));
    }

    #[test]
    fn the_list_of_rules_may_be_behind() {
        assert!(open(&group(true, false), &[]));
        assert!(open(&group(true, true), &[ours(rule("sgr-1", true).cidr_ipv4("0.0.0.0/0"))]));
    }

    #[test]
    fn what_a_stack_lets_out_is_no_default_rule() {
        assert!(!open(&group(true, false), &[ours(rule("sgr-1", true).cidr_ipv4("0.0.0.0/0"))]));
        let both =
            [ours(rule("sgr-1", true).cidr_ipv4("0.0.0.0/0")), ours(rule("sgr-2", true).cidr_ipv6("::/0"))];
        assert!(!open(&group(true, true), &both));
    }

    #[test]
    fn rules_that_nobody_declares_are_told_by_id() {
        let rules = [
            rule("sgr-3", false).ip_protocol("tcp").from_port(22).to_port(22).cidr_ipv4("0.0.0.0/0").build(),
            ours(rule("sgr-2", false).cidr_ipv4("10.0.0.0/8")),
            rule("sgr-1", true).cidr_ipv4("10.0.0.0/8").description("by hand").build(),
            rule("sgr-0", true).cidr_ipv4("0.0.0.0/0").build(),
        ];
        let seen = show(&group(true, false), &rules).unwrap();
        let told: Vec<_> = seen.spec.undeclared_rules.unwrap().0;
        let told: Vec<_> = told.iter().map(|rule| (rule.id.as_str(), rule.direction, &*rule.lets)).collect();
        let expected = [
            ("sgr-1", Direction::Egress, "all traffic to 10.0.0.0/8 (by hand)"),
            ("sgr-3", Direction::Ingress, "tcp 22 from 0.0.0.0/0"),
        ];
        assert_eq!(told, expected);
    }
}
