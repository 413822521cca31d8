//! The application security groups of a virtual network.

use super::Parts;
use crate::networking::ApplicationSecurityGroup;
use deathstar_core::model::{Tier, Traffic, name::azure::APPLICATION_SECURITY_GROUP, traffic::Group};

impl Parts<'_, '_> {
    /// Declares the group of each group of workloads, and that of private endpoints. What stands in a delegated tier joins none.
    pub(super) fn groups(&mut self, traffic: &Traffic, endpoints: Option<Tier>) {
        let own = traffic.groups().iter().filter(|group| !self.choice.delegations.contains_key(&group.tier));
        let mut names: Vec<&str> = own.map(|group| group.name.as_str()).collect();
        names.extend(endpoints.map(|_| Group::ENDPOINTS));
        for name in names {
            if self.groups.contains_key(name) {
                continue; // Two of one name are a finding.
            }
            let legal = self.name(&APPLICATION_SECURITY_GROUP, name);
            let group = ApplicationSecurityGroup::new(self.resource_group.clone(), legal);
            let group = self.add(format!("groups/{name}/group"), group).id();
            self.refs.parts.groups.insert(name.to_owned(), group.clone());
            self.groups.insert(name.to_owned(), group);
        }
    }
}
