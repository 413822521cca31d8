//! The calls of a route.

use super::{Route, RouteId, Target};
use crate::{
    client::Client,
    error::write,
    id::{
        EgressOnlyInternetGatewayId, InternetGatewayId, NatGatewayId, NetworkInterfaceId, RouteTableId,
        TransitGatewayId, VpcEndpointId, VpcPeeringConnectionId, VpnGatewayId,
    },
    tags::{each, filters},
};
use aws_sdk_ec2::types::{self, RouteOrigin};
use deathstar_core::{
    Cx, Driver, Error, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want, model::IpCidr,
};
use std::collections::BTreeSet;

/// Sets destination and target of a call on routes: `CreateRoute` and `ReplaceRoute` take them alike.
macro_rules! aimed {
    ($call:expr, $destination:expr, $via:expr) => {{
        let (call, destination): (_, &IpCidr) = ($call, $destination);
        let call = if destination.net().addr().is_ipv4() {
            call.destination_cidr_block(destination.to_string())
        } else {
            call.destination_ipv6_cidr_block(destination.to_string())
        };
        match $via {
            Target::InternetGateway(id) => call.gateway_id(id.known()?.as_str()),
            Target::VpnGateway(id) => call.gateway_id(id.known()?.as_str()),
            Target::EgressOnlyInternetGateway(id) => {
                call.egress_only_internet_gateway_id(id.known()?.as_str())
            }
            Target::NatGateway(id) => call.nat_gateway_id(id.known()?.as_str()),
            Target::TransitGateway(id) => call.transit_gateway_id(id.known()?.as_str()),
            Target::VpcPeeringConnection(id) => call.vpc_peering_connection_id(id.known()?.as_str()),
            Target::NetworkInterface(id) => call.network_interface_id(id.known()?.as_str()),
            Target::VpcEndpoint(id) => call.vpc_endpoint_id(id.known()?.as_str()),
            Target::Other(id) => {
                return Err(Error::internal(format!("`{id}` cannot be declared as a target")));
            }
        }
    }};
}

impl Driver<Route> for Client {
    /// Shows the tables with all their routes.
    async fn find(&self, cx: &Cx, want: &Want<RouteId>, found: &mut Found) -> Result<()> {
        let by = match want {
            Want::All => filters::<RouteTableId>(cx, "route-table-id", &Want::All),
            Want::Ids(ids) => {
                let tables: BTreeSet<&str> = ids.iter().map(|RouteId(table, _)| table.as_str()).collect();
                each("route-table-id", tables)
            }
            // A route carries no token.
            Want::Owned { .. } => vec![],
        };
        for filter in by {
            self.show_tables([filter], found).await?;
        }
        Ok(())
    }

    async fn create(&self, _: &Cx, spec: &Ready<Route>) -> Result<Made<RouteId>> {
        let table = spec.table.known()?;
        let call = self.ec2.create_route().route_table_id(table.as_str());
        write("ec2:CreateRoute", aimed!(call, &spec.destination, &spec.via).send()).await?;
        Ok(RouteId(table.clone(), spec.destination).into())
    }

    async fn change(&self, _: &Cx, seen: &Seen<Route>, to: &Ready<Route>) -> Result<Option<Op>> {
        let RouteId(table, destination) = &seen.id;
        let call = self.ec2.replace_route().route_table_id(table.as_str());
        write("ec2:ReplaceRoute", aimed!(call, destination, &to.via).send()).await?;
        Ok(None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<Route>) -> Result<Option<Op>> {
        let RouteId(table, destination) = &seen.id;
        let call = self.ec2.delete_route().route_table_id(table.as_str());
        let call = if destination.net().addr().is_ipv4() {
            call.destination_cidr_block(destination.to_string())
        } else {
            call.destination_ipv6_cidr_block(destination.to_string())
        };
        write("ec2:DeleteRoute", call.send()).await?;
        Ok(None)
    }
}

/// A route that someone made: neither the local ones, nor propagated ones, nor those of endpoints and prefix lists.
///
/// A route whose target is gone (`blackhole`) is there like any other, with the target that it names.
pub(in crate::ec2) fn show(table: &RouteTableId, route: &types::Route) -> Option<Seen<Route>> {
    if !matches!(route.origin(), Some(RouteOrigin::CreateRoute) | None) || route.gateway_id() == Some("local")
    {
        return None;
    }
    let text = route.destination_cidr_block().or_else(|| route.destination_ipv6_cidr_block())?;
    let destination = IpCidr::truncated(text.parse().ok()?);
    Some(Seen {
        id: RouteId(table.clone(), destination),
        tags: Tags::new(),
        spec: Route::new(table.clone(), destination, target(route)),
        outputs: (),
        state: SeenState::Ready,
    })
}

fn target(route: &types::Route) -> Target {
    if let Some(id) = route.nat_gateway_id() {
        Target::NatGateway(NatGatewayId::new(id).into())
    } else if let Some(id) = route.egress_only_internet_gateway_id() {
        Target::EgressOnlyInternetGateway(EgressOnlyInternetGatewayId::new(id).into())
    } else if let Some(id) = route.transit_gateway_id() {
        Target::TransitGateway(TransitGatewayId::new(id).into())
    } else if let Some(id) = route.vpc_peering_connection_id() {
        Target::VpcPeeringConnection(VpcPeeringConnectionId::new(id).into())
    } else if let Some(id) = route.gateway_id().filter(|id| id.starts_with("igw-")) {
        Target::InternetGateway(InternetGatewayId::new(id).into())
    } else if let Some(id) = route.gateway_id().filter(|id| id.starts_with("vgw-")) {
        Target::VpnGateway(VpnGatewayId::new(id).into())
    } else if let Some(id) = route.gateway_id().filter(|id| id.starts_with("vpce-")) {
        Target::VpcEndpoint(VpcEndpointId::new(id).into())
    } else if let Some(id) = route.network_interface_id() {
        // An instance is named together with its interface.
        Target::NetworkInterface(NetworkInterfaceId::new(id).into())
    } else {
        let others = [
            route.gateway_id(),
            route.instance_id(),
            route.carrier_gateway_id(),
            route.local_gateway_id(),
            route.core_network_arn(),
        ];
        Target::Other(others.into_iter().flatten().next().unwrap_or("unknown").to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::types::RouteState;
    use types::builders::RouteBuilder;

    fn made() -> RouteBuilder {
        types::Route::builder().origin(RouteOrigin::CreateRoute).destination_cidr_block("0.0.0.0/0")
    }

    fn shown(route: RouteBuilder) -> Option<Seen<Route>> {
        show(&RouteTableId::new("rtb-1"), &route.build())
    }

    #[test]
    fn what_nobody_made_is_not_shown() {
        assert!(shown(made().gateway_id("local")).is_none());
        assert!(shown(made().origin(RouteOrigin::CreateRouteTable).network_interface_id("eni-1")).is_none());
        assert!(shown(made().origin(RouteOrigin::EnableVgwRoutePropagation).gateway_id("vgw-1")).is_none());
        let endpoint = types::Route::builder()
            .origin(RouteOrigin::CreateRoute)
            .destination_prefix_list_id("pl-1")
            .gateway_id("vpce-1");
        assert!(shown(endpoint).is_none());
    }

    #[test]
    fn a_route_whose_target_is_gone_is_shown_with_its_target() {
        let seen = shown(made().state(RouteState::Blackhole).nat_gateway_id("nat-1")).unwrap();
        assert_eq!(seen.spec.via, Target::NatGateway(NatGatewayId::new("nat-1").into()));
        assert_eq!(seen.state, SeenState::Ready);
    }

    #[test]
    fn targets_are_told_apart() {
        let via = |route: RouteBuilder| shown(route).unwrap().spec.via;
        assert_eq!(
            via(made().gateway_id("igw-1")),
            Target::InternetGateway(InternetGatewayId::new("igw-1").into())
        );
        assert_eq!(via(made().gateway_id("vgw-1")), Target::VpnGateway(VpnGatewayId::new("vgw-1").into()));
        let interface = Target::NetworkInterface(NetworkInterfaceId::new("eni-1").into());
        assert_eq!(via(made().network_interface_id("eni-1").instance_id("i-1")), interface);
        assert_eq!(
            via(made().gateway_id("vpce-1")),
            Target::VpcEndpoint(VpcEndpointId::new("vpce-1").into())
        );
        assert_eq!(via(made().carrier_gateway_id("cagw-1")), Target::Other("cagw-1".into()));
    }

    #[test]
    fn ipv6_destinations_are_shown() {
        let route = types::Route::builder()
            .origin(RouteOrigin::CreateRoute)
            .destination_ipv6_cidr_block("::/0")
            .egress_only_internet_gateway_id("eigw-1");
        assert_eq!(shown(route).unwrap().id.1.to_string(), "::/0");
    }
}
