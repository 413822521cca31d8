//! How many objects there may be.
//!
//! Sources: Amazon VPC User Guide, "Amazon VPC quotas"; Amazon EC2 API Reference, "Error codes".

use super::{Case, Judged, kinds};
use crate::{
    settings::Quotas,
    wire::{Element, Refusal},
};

impl Case<'_> {
    pub(super) async fn judge_quotas(&self, quotas: &Quotas) -> Judged {
        let vpc = self.get("VpcId");
        let (code, there, most) = match self.request.action.as_str() {
            "CreateVpc" => (
                "VpcLimitExceeded",
                self.list("DescribeVpcs", "vpcSet", &[]).await.len(),
                quotas.vpcs_per_region,
            ),
            "CreateSubnet" => {
                let all = self.list("DescribeSubnets", "subnetSet", &[("vpc-id", vpc)]).await;
                ("SubnetLimitExceeded", all.len(), quotas.subnets_per_vpc)
            }
            "CreateInternetGateway" => {
                let all = self.list("DescribeInternetGateways", "internetGatewaySet", &[]).await;
                ("InternetGatewayLimitExceeded", all.len(), quotas.internet_gateways_per_region)
            }
            "CreateEgressOnlyInternetGateway" => {
                let all = self
                    .list("DescribeEgressOnlyInternetGateways", "egressOnlyInternetGatewaySet", &[])
                    .await;
                // It has no code of its own.
                ("InternetGatewayLimitExceeded", all.len(), quotas.egress_only_internet_gateways_per_region)
            }
            "AllocateAddress" => {
                let all = self.list("DescribeAddresses", "addressesSet", &[]).await;
                ("AddressLimitExceeded", all.len(), quotas.addresses_per_region)
            }
            "CreateNatGateway" => {
                ("NatGatewayLimitExceeded", self.nat_gateways_in_zone().await, quotas.nat_gateways_per_zone)
            }
            "CreateRouteTable" => {
                let all = self.list("DescribeRouteTables", "routeTableSet", &[("vpc-id", vpc)]).await;
                ("RouteTableLimitExceeded", all.len(), quotas.route_tables_per_vpc)
            }
            "CreateRoute" => ("RouteLimitExceeded", self.routes_of_family().await, quotas.routes_per_table),
            "CreateSecurityGroup" => {
                let all = self.list("DescribeSecurityGroups", "securityGroupInfo", &[]).await;
                ("SecurityGroupLimitExceeded", all.len(), quotas.security_groups_per_region)
            }
            "AuthorizeSecurityGroupIngress" | "AuthorizeSecurityGroupEgress" => {
                return self.judge_rules(quotas.rules_per_security_group).await;
            }
            "CreateNetworkAcl" => {
                let all = self.list("DescribeNetworkAcls", "networkAclSet", &[("vpc-id", vpc)]).await;
                ("NetworkAclLimitExceeded", all.len(), quotas.network_acls_per_vpc)
            }
            "CreateNetworkAclEntry" => (
                "NetworkAclEntryLimitExceeded",
                self.entries_of_direction().await,
                quotas.entries_per_network_acl,
            ),
            "CreateVpcEndpoint" => {
                let gateway = self.get("VpcEndpointType") != "Interface";
                let all = self.list("DescribeVpcEndpoints", "vpcEndpointSet", &[]).await;
                let same = |item: &&Element| {
                    let id = item.text_at("vpcEndpointId").unwrap_or_default();
                    let interface = item.text_at("vpcEndpointType") == Some("Interface");
                    interface != gateway
                        && self.is_alive(item, id)
                        && (gateway || item.text_at("vpcId") == Some(vpc))
                };
                let most = if gateway {
                    quotas.gateway_endpoints_per_region
                } else {
                    quotas.interface_endpoints_per_vpc
                };
                ("VpcEndpointLimitExceeded", all.iter().filter(same).count(), most)
            }
            _ => return Ok(()),
        };
        if there < most {
            return Ok(());
        }
        Err(Refusal::new(code, format!("The maximum number of {most} has been reached.")))
    }

    async fn nat_gateways_in_zone(&self) -> usize {
        let subnets = self.list("DescribeSubnets", "subnetSet", &[]).await;
        let zone = |id: &str| {
            let subnet = subnets.iter().find(|subnet| subnet.text_at("subnetId") == Some(id))?;
            subnet.text_at("availabilityZone")
        };
        let here = zone(self.get("SubnetId"));
        let gateways = self.list("DescribeNatGateways", "natGatewaySet", &[]).await;
        let counts = |gateway: &&Element| {
            let id = gateway.text_at("natGatewayId").unwrap_or_default();
            self.is_alive(gateway, id) && zone(gateway.text_at("subnetId").unwrap_or_default()) == here
        };
        gateways.iter().filter(counts).count()
    }

    async fn routes_of_family(&self) -> usize {
        let tables = self
            .list("DescribeRouteTables", "routeTableSet", &[("route-table-id", self.get("RouteTableId"))])
            .await;
        let six = self.request.get("DestinationIpv6CidrBlock").is_some();
        let member = if six { "destinationIpv6CidrBlock" } else { "destinationCidrBlock" };
        let counts = |route: &&Element| {
            route.text_at(member).is_some() && route.text_at("origin") != Some("CreateRouteTable")
        };
        tables.first().map_or(0, |table| table.items("routeSet").iter().filter(counts).count())
    }

    async fn entries_of_direction(&self) -> usize {
        let egress = self.get("Egress");
        let counts = |entry: &&Element| {
            entry.text_at("egress") == Some(egress) && entry.text_at("ruleNumber") != Some("32767")
        };
        let Some(kind) = kinds::prefixed("acl") else { return 0 };
        let acl = self.one(kind, self.get("NetworkAclId")).await;
        acl.map_or(0, |acl| acl.items("entrySet").iter().filter(counts).count())
    }

    /// Rules are counted apart for IPv4 and IPv6; references to groups and prefix lists count in both.
    async fn judge_rules(&self, most: usize) -> Judged {
        let group = self.get("GroupId");
        let rules =
            self.list("DescribeSecurityGroupRules", "securityGroupRuleSet", &[("group-id", group)]).await;
        let egress = if self.request.action.ends_with("Egress") { "true" } else { "false" };
        let there = |without: &str| {
            let counts =
                |rule: &&Element| rule.text_at("isEgress") == Some(egress) && rule.text_at(without).is_none();
            rules.iter().filter(counts).count()
        };
        let new = |without: &str| {
            let starts = |name: &str| name.starts_with("IpPermissions.") && !name.contains(without);
            let leaf = [".CidrIp", ".CidrIpv6", ".GroupId", ".PrefixListId"];
            let one = |name: &str| leaf.iter().any(|leaf| name.ends_with(leaf));
            self.request.parameters.iter().filter(|(name, _)| starts(name) && one(name)).count()
        };
        let four = there("cidrIpv6") + new("CidrIpv6");
        let six = there("cidrIpv4") + new("IpRanges");
        if four.max(six) > most {
            let text = "The maximum number of rules per security group has been reached.";
            return Err(Refusal::new("RulesPerSecurityGroupLimitExceeded", text));
        }
        Ok(())
    }
}
