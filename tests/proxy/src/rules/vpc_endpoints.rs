//! VPC endpoints that are modified: the emulator forgets the routes of gateways.
//!
//! Source: AWS `PrivateLink` Guide, "Gateway endpoints", "Routing".

use super::{Case, kinds};

impl Case<'_> {
    /// A gateway endpoint is a route in each of its tables.
    pub(super) async fn endpoint_modified(&self) {
        let endpoint = self.get("VpcEndpointId");
        let Some(kind) = kinds::prefixed("vpce") else { return };
        let Some(seen) = self.one(kind, endpoint).await else { return };
        let service = [("prefix-list-name", seen.text_at("serviceName").unwrap_or_default())];
        let lists = self.list("DescribeManagedPrefixLists", "prefixListSet", &service).await;
        let Some(list) = lists.first().and_then(|list| list.text_at("prefixListId")) else { return };
        for table in self.request.parameters.list("AddRouteTableId") {
            let route = [("RouteTableId", table), ("DestinationPrefixListId", list), ("GatewayId", endpoint)];
            self.mend("CreateRoute", &route).await;
        }
        for table in self.request.parameters.list("RemoveRouteTableId") {
            let route = [("RouteTableId", table), ("DestinationPrefixListId", list)];
            self.mend("DeleteRoute", &route).await;
        }
    }
}
