//! Routes and the tables of subnets.
//!
//! Source: Amazon EC2 API Reference, `CreateRoute`, `AssociateRouteTable`.

use super::{Case, Judged, kinds};
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

    /// A gateway endpoint is a route in each of its tables. The emulator has routes in those alone with which it was made, and cannot
    /// delete an endpoint that lacks one.
    ///
    /// Source: Amazon EC2 API Reference, `ModifyVpcEndpoint`.
    pub(super) async fn endpoint_leads_on(&self) {
        let id = self.get("VpcEndpointId");
        let Some(kind) = kinds::prefixed("vpce") else { return };
        let endpoint = self.one(kind, id).await;
        let Some(service) = endpoint.as_ref().and_then(|endpoint| endpoint.text_at("serviceName")) else {
            return;
        };
        let named = [("prefix-list-name", service)];
        let lists = self.list("DescribeManagedPrefixLists", "prefixListSet", &named).await;
        let Some(list) = lists.first().and_then(|list| list.text_at("prefixListId")) else { return };
        for table in self.request.parameters.list("AddRouteTableId") {
            let route = [("RouteTableId", table), ("DestinationPrefixListId", list), ("GatewayId", id)];
            self.mend("CreateRoute", &route).await;
        }
        for table in self.request.parameters.list("RemoveRouteTableId") {
            let route = [("RouteTableId", table), ("DestinationPrefixListId", list)];
            self.mend("DeleteRoute", &route).await;
        }
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
