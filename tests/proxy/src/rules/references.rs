//! What is in use is not deleted.
//!
//! Sources: Amazon EC2 API Reference, "Error codes", `DeleteVpc`, `DeleteSubnet`, `DeleteSecurityGroup`, `DetachInternetGateway`,
//! `ReleaseAddress`, `DeleteRouteTable`, `DeleteNetworkAcl`.

use super::{Case, Judged, kinds};
use crate::wire::{Element, Refusal};

impl Case<'_> {
    pub(super) async fn judge_references(&self) -> Judged {
        match self.request.action.as_str() {
            "DeleteVpc" => self.vpc_is_empty(self.get("VpcId")).await,
            "DeleteSubnet" => self.subnet_is_empty(self.get("SubnetId")).await,
            "DeleteSecurityGroup" => self.group_is_unused(self.get("GroupId")).await,
            "ReleaseAddress" => self.address_is_unused(self.get("AllocationId")).await,
            "DetachInternetGateway" => self.no_mapped_address(self.get("VpcId")).await,
            "DeleteRouteTable" => self.table_is_unused(self.get("RouteTableId")).await,
            "DeleteNetworkAcl" => self.acl_is_unused(self.get("NetworkAclId")).await,
            "DeleteNetworkInterface" => self.interface_is_unused(self.get("NetworkInterfaceId")).await,
            _ => Ok(()),
        }
    }

    /// What of a kind stands in something, and is not gone.
    async fn standing(&self, prefix: &str, filter: &str, id: &str) -> Vec<Element> {
        let Some(kind) = kinds::prefixed(prefix) else { return vec![] };
        let mut all = self.list(kind.describe, kind.set, &[(filter, id)]).await;
        all.retain(|item| self.is_alive(item, item.text_at(kind.id).unwrap_or_default()));
        all
    }

    /// Whether an object still stands in the way: what is deleting does.
    pub(super) fn is_alive(&self, item: &Element, id: &str) -> bool {
        let gone =
            matches!(item.text_at("state").or_else(|| item.text_at("vpcEndpointState")), Some("deleted"));
        !gone || self.shared.known().looks.peek(self.place, id).deleting > 0
    }

    async fn vpc_is_empty(&self, vpc: &str) -> Judged {
        let refused = |what: &str| {
            // EC2 does not say what it is; whoever reads a failed test wants to know.
            let text = format!("The vpc '{vpc}' has dependencies and cannot be deleted. [{what}]");
            Err(Refusal::new("DependencyViolation", text))
        };
        let holders = [
            ("subnet", "vpc-id"),
            ("igw", "attachment.vpc-id"),
            ("nat", "vpc-id"),
            ("vpce", "vpc-id"),
            ("eni", "vpc-id"),
        ];
        for (prefix, filter) in holders {
            if let Some(item) = self.standing(prefix, filter, vpc).await.first() {
                let kind = kinds::prefixed(prefix);
                return refused(kind.and_then(|kind| item.text_at(kind.id)).unwrap_or(prefix));
            }
        }
        let egress =
            self.list("DescribeEgressOnlyInternetGateways", "egressOnlyInternetGatewaySet", &[]).await;
        if egress
            .iter()
            .any(|item| item.items("attachmentSet").iter().any(|to| to.text_at("vpcId") == Some(vpc)))
        {
            return refused("an egress-only internet gateway");
        }
        for group in self.standing("sg", "vpc-id", vpc).await {
            if group.text_at("groupName") != Some("default") {
                return refused(group.text_at("groupId").unwrap_or("a security group"));
            }
        }
        for acl in self.standing("acl", "vpc-id", vpc).await {
            if acl.text_at("default") != Some("true") {
                return refused(acl.text_at("networkAclId").unwrap_or("a network ACL"));
            }
        }
        for table in self.standing("rtb", "vpc-id", vpc).await {
            if !is_main(&table) {
                return refused(table.text_at("routeTableId").unwrap_or("a route table"));
            }
        }
        Ok(())
    }

    async fn subnet_is_empty(&self, subnet: &str) -> Judged {
        let refused = |what: &str| {
            let text = format!("The subnet '{subnet}' has dependencies and cannot be deleted. [{what}]");
            Err(Refusal::new("DependencyViolation", text))
        };
        for (prefix, filter) in [("nat", "subnet-id"), ("eni", "subnet-id")] {
            if let Some(item) = self.standing(prefix, filter, subnet).await.first() {
                let kind = kinds::prefixed(prefix);
                return refused(kind.and_then(|kind| item.text_at(kind.id)).unwrap_or(prefix));
            }
        }
        let endpoints = self.list("DescribeVpcEndpoints", "vpcEndpointSet", &[]).await;
        for endpoint in endpoints {
            let id = endpoint.text_at("vpcEndpointId").unwrap_or_default();
            let here = endpoint.items("subnetIdSet").iter().any(|item| item.text == subnet);
            if here && self.is_alive(&endpoint, id) {
                return refused(id);
            }
        }
        Ok(())
    }

    async fn group_is_unused(&self, group: &str) -> Judged {
        let groups = self.list("DescribeSecurityGroups", "securityGroupInfo", &[]).await;
        let own = groups.iter().find(|item| item.text_at("groupId") == Some(group));
        if own.is_some_and(|own| own.text_at("groupName") == Some("default")) {
            let text =
                format!("the specified group: \"{group}\" name: \"default\" cannot be deleted by a user");
            return Err(Refusal::new("CannotDelete", text));
        }
        let refused = |what: &str| {
            let text = format!("resource {group} has a dependent object [{what}]");
            Err(Refusal::new("DependencyViolation", text))
        };
        for other in groups.iter().filter(|item| item.text_at("groupId") != Some(group)) {
            let mut texts = vec![];
            for rules in ["ipPermissions", "ipPermissionsEgress"] {
                other.child(rules).into_iter().for_each(|rules| rules.texts(&mut texts));
            }
            if texts.contains(&("groupId", group)) {
                return refused(other.text_at("groupId").unwrap_or("a rule"));
            }
        }
        if let Some(interface) = self.standing("eni", "group-id", group).await.first() {
            return refused(interface.text_at("networkInterfaceId").unwrap_or("a network interface"));
        }
        for endpoint in self.list("DescribeVpcEndpoints", "vpcEndpointSet", &[]).await {
            let id = endpoint.text_at("vpcEndpointId").unwrap_or_default();
            let uses = endpoint.items("groupSet").iter().any(|item| item.text_at("groupId") == Some(group));
            if uses && self.is_alive(&endpoint, id) {
                return refused(id);
            }
        }
        Ok(())
    }

    /// The gateway that uses an address, also while it is deleting.
    async fn user_of(&self, allocation: &str) -> Option<String> {
        let gateways = self.list("DescribeNatGateways", "natGatewaySet", &[]).await;
        gateways.into_iter().find_map(|gateway| {
            let id = gateway.text_at("natGatewayId")?;
            let addresses = gateway.items("natGatewayAddressSet");
            let uses = addresses.iter().any(|address| address.text_at("allocationId") == Some(allocation));
            let failed = self.shared.known().looks.peek(self.place, id).failed.is_some();
            (uses && !failed && self.is_alive(&gateway, id)).then(|| id.to_owned())
        })
    }

    async fn address_is_unused(&self, allocation: &str) -> Judged {
        match self.user_of(allocation).await {
            Some(gateway) => {
                let text = format!("Address {allocation} is in use. [{gateway}]");
                Err(Refusal::new("InvalidIPAddress.InUse", text))
            }
            None => Ok(()),
        }
    }

    async fn no_mapped_address(&self, vpc: &str) -> Judged {
        for gateway in self.standing("nat", "vpc-id", vpc).await {
            let public =
                gateway.items("natGatewayAddressSet").iter().any(|a| a.text_at("allocationId").is_some());
            let id = gateway.text_at("natGatewayId").unwrap_or_default();
            let failed = self.shared.known().looks.peek(self.place, id).failed.is_some();
            if public && !failed {
                let text = format!(
                    "Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
                );
                return Err(Refusal::new("DependencyViolation", text));
            }
        }
        Ok(())
    }

    async fn table_is_unused(&self, table: &str) -> Judged {
        let there = self.standing("rtb", "route-table-id", table).await;
        if there.iter().any(|table| !table.items("associationSet").is_empty()) {
            let text = format!("The routeTable '{table}' has dependencies and cannot be deleted.");
            return Err(Refusal::new("DependencyViolation", text));
        }
        Ok(())
    }

    async fn acl_is_unused(&self, acl: &str) -> Judged {
        let Some(kind) = kinds::prefixed("acl") else { return Ok(()) };
        let there = self.one(kind, acl).await;
        if there.as_ref().is_some_and(|acl| acl.text_at("default") == Some("true")) {
            return Err(Refusal::new(
                "InvalidParameterValue",
                format!("cannot delete default network ACL {acl}"),
            ));
        }
        if there.is_some_and(|acl| !acl.items("associationSet").is_empty()) {
            let text = format!("The networkAcl '{acl}' has dependencies and cannot be deleted.");
            return Err(Refusal::new("DependencyViolation", text));
        }
        Ok(())
    }

    async fn interface_is_unused(&self, interface: &str) -> Judged {
        let there = self.standing("eni", "network-interface-id", interface).await;
        if there.iter().any(|item| item.text_at("status") == Some("in-use")) {
            let text = format!("Network interface '{interface}' is currently in use.");
            return Err(Refusal::new("InvalidParameterValue", text));
        }
        Ok(())
    }
}

/// Whether a route table is that of subnets that name none.
pub(super) fn is_main(table: &Element) -> bool {
    table.items("associationSet").iter().any(|association| association.text_at("main") == Some("true"))
}
