//! The private endpoints of a virtual network.

use super::Parts;
use crate::networking::{PrivateDnsZoneGroup, PrivateEndpoint};
use deathstar_core::model::{name::azure::PRIVATE_ENDPOINT, traffic::Group};
use std::collections::{BTreeMap, BTreeSet};

impl Parts<'_, '_> {
    /// Declares the private endpoints, and the zones in which their names are.
    pub(super) fn endpoints(&mut self) {
        let Some(tier) = self.choice.endpoint_tier() else { return };
        let subnet = self.refs.parts.subnets.iter().find(|subnet| subnet.tier == tier);
        let (Some(subnet), Some(group)) =
            (subnet.map(|subnet| subnet.id.clone()), self.groups.get(Group::ENDPOINTS))
        else {
            return;
        };
        let group = group.clone();
        let names: BTreeSet<&String> = self.choice.targets.values().map(|target| &target.zone).collect();
        let zones: BTreeMap<&String, _> = names
            .into_iter()
            .map(|name| (name, self.zone(&format!("endpoints/zones/{name}"), name)))
            .collect();
        for (name, target) in &self.choice.targets {
            let legal = self.name(&PRIVATE_ENDPOINT, name);
            let endpoint = PrivateEndpoint::new(
                self.resource_group.clone(),
                legal,
                subnet.clone(),
                target.service.clone(),
                [target.part.clone()],
            );
            let endpoint = endpoint.application_security_groups([group.clone()]);
            let endpoint = self.add(format!("endpoints/{name}/endpoint"), endpoint);
            if let Some(zone) = zones.get(&target.zone) {
                let names = PrivateDnsZoneGroup::new(endpoint.id(), zone.id());
                self.add(format!("endpoints/{name}/names"), names);
            }
            self.refs.endpoints.insert(name.clone(), endpoint);
        }
    }
}
