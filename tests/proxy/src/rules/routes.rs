//! Routes and the tables of subnets.
//!
//! Source: Amazon EC2 API Reference, `CreateRoute`, `AssociateRouteTable`.

use super::{Case, Judged};
use crate::wire::{Element, Refusal};

impl Case<'_> {
    async fn table(&self, id: &str) -> Option<Element> {
        let tables = self.list("DescribeRouteTables", "routeTableSet", &[("route-table-id", id)]).await;
        tables.into_iter().next()
    }

    pub(super) async fn route_is_legal(&self) -> Judged {
        let id = self.get("RouteTableId");
        let Some(table) = self.table(id).await else { return Ok(()) };
        let six = self.get("DestinationIpv6CidrBlock");
        let there = table.items("routeSet").iter();
        if self.request.action == "CreateRoute"
            && !six.is_empty()
            && there.filter_map(|route| route.text_at("destinationIpv6CidrBlock")).any(|other| other == six)
        {
            let text = format!("The route identified by {six} already exists.");
            return Err(Refusal::new("RouteAlreadyExists", text));
        }
        let gateway = self.get("GatewayId");
        if gateway.starts_with("igw-") {
            let vpc = table.text_at("vpcId").unwrap_or_default();
            let filters = [("internet-gateway-id", gateway), ("attachment.vpc-id", vpc)];
            if self.list("DescribeInternetGateways", "internetGatewaySet", &filters).await.is_empty() {
                let text =
                    format!("route table {id} and network gateway {gateway} belong to different networks");
                return Err(Refusal::new("InvalidParameterValue", text));
            }
        }
        Ok(())
    }

    pub(super) async fn subnet_has_no_table(&self) -> Judged {
        let (id, subnet) = (self.get("RouteTableId"), self.get("SubnetId"));
        if subnet.is_empty() {
            return Ok(());
        }
        let there =
            self.list("DescribeRouteTables", "routeTableSet", &[("association.subnet-id", subnet)]).await;
        if !there.is_empty() {
            let text = format!(
                "the specified association for route table {id} conflicts with an existing association"
            );
            return Err(Refusal::new("Resource.AlreadyAssociated", text));
        }
        let subnets = self.list("DescribeSubnets", "subnetSet", &[("subnet-id", subnet)]).await;
        let of_subnet = subnets.first().and_then(|subnet| subnet.text_at("vpcId"));
        let table = self.table(id).await;
        if of_subnet != table.as_ref().and_then(|table| table.text_at("vpcId")) {
            let text = format!("Route table {id} and subnet {subnet} belong to different networks");
            return Err(Refusal::new("InvalidParameterValue", text));
        }
        Ok(())
    }
}
