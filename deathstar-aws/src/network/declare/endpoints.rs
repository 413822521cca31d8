//! The endpoints of a VPC.

use super::Parts;
use crate::ec2::{EndpointService, VpcEndpoint};
use deathstar_core::{Input, model::traffic::Group};

impl Parts<'_, '_> {
    /// Declares endpoints that are routes, in every table.
    pub(super) fn gateway_endpoints(&mut self) {
        for service in self.choice.gateways() {
            let tables = self.tables.iter().map(|table| Input::from(table.id()));
            let endpoint = VpcEndpoint::gateway(self.vpc.id(), service.clone(), tables);
            self.endpoint(service, endpoint);
        }
    }

    /// Declares endpoints that are network interfaces, one in each zone.
    pub(super) fn interface_endpoints(&mut self) {
        let (Some(tier), Some(group)) = (self.choice.endpoint_tier(), self.groups.get(Group::ENDPOINTS))
        else {
            return;
        };
        let group = group.id();
        for service in self.choice.interfaces() {
            let subnets = self.subnets.iter().filter(|(of, _)| *of == tier);
            let subnets = subnets.map(|(_, subnet)| Input::from(subnet.id()));
            let endpoint =
                VpcEndpoint::interface(self.vpc.id(), service.clone(), subnets, [group.clone().into()]);
            self.endpoint(service.clone(), endpoint.private_dns(true));
        }
    }

    fn endpoint(&mut self, service: EndpointService, endpoint: VpcEndpoint) {
        let path = format!("endpoints/{}", service.as_str());
        let endpoint = self.named(&path, endpoint);
        self.refs.endpoints.insert(service, endpoint);
    }
}
