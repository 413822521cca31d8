//! A network watcher, and the one that a location has already.

use super::API_VERSION;
use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, Document},
    id::{NetworkWatcherId, ResourceGroupId, ResourceId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fact, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, fields,
    model::name::azure::NETWORK_WATCHER,
    permission::{Call, Permission, Verb, Which},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[cfg(feature = "client")]
mod driver;

/// A network watcher: what flow logs of a location stand in.
///
/// A subscription has one in each location, and Azure makes it itself, as `NetworkWatcher_LOCATION` in the resource group
/// `NetworkWatcherRG`, when the first virtual network is made there. So a stack mostly looks it up ([`NetworkWatcherLookup`]); this
/// kind is for subscriptions that have opted out of that. With it go the flow logs of everybody in that location.
///
/// # Permissions
/// `Microsoft.Network/networkWatchers/read`, `/write`, `/delete`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkWatcher {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in the resource group. Another one replaces it.
    pub name: String,
    /// The location that it watches: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
}

impl NetworkWatcher {
    /// The watcher of the connection's location.
    pub fn new(resource_group: impl Into<Input<ResourceGroupId>>, name: impl Into<String>) -> Self {
        Self { resource_group: resource_group.into(), name: name.into(), location: None }
    }

    /// The location that it watches.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }
}

impl Resource for NetworkWatcher {
    type Provider = Azure;
    type Id = NetworkWatcherId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.network.network-watcher";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure REST API, "Network Watchers - Create Or Update".
    const FIELDS: Fields<Self> =
        fields!(NetworkWatcher { resource_group: Replace, name: Replace, location: Replace });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    /// Azure refuses a second one with `NetworkWatcherCountLimitReached`.
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("network-watcher-of-location", &self.location)]
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let name = names::check(&NETWORK_WATCHER, &self.name);
        name.into_iter().chain(names::check_location(self.location.as_ref())).collect()
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (NetworkWatcherId, ()) {
        (arm::simulated(self), ())
    }
}

impl ArmResource for NetworkWatcher {
    const TYPE: ArmType = NetworkWatcherId::TYPE;
    const API_VERSION: &'static str = API_VERSION;

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }
}

/// A look-up: the network watcher that a location of the subscription has.
///
/// Azure makes it some moments after the first virtual network of the location, so that it is waited for. Declare it on that network
/// ([`Gate::on`](deathstar_core::component::Gate::on)), or it waits for what comes later.
///
/// # Permissions
/// `Microsoft.Network/networkWatchers/read`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkWatcherLookup {
    /// The location: that of the connection, unless said otherwise.
    pub location: Option<Location>,
}

impl NetworkWatcherLookup {
    /// The watcher of the connection's location.
    pub fn new() -> Self {
        Self::default()
    }

    /// The watcher of another location.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }
}

impl Fact for NetworkWatcherLookup {
    type Provider = Azure;
    type Answer = NetworkWatcherId;

    const FAMILY: &'static str = "azure.network.network-watcher-of-location";
    /// A location has one, and it is never another one.
    const FROZEN: bool = true;

    fn validate(&self) -> Vec<Diagnostic> {
        names::check_location(self.location.as_ref()).into_iter().collect()
    }

    fn permissions(&self, verb: Verb) -> Vec<Permission> {
        match verb {
            Verb::Ask => vec![permission::on(NetworkWatcherId::TYPE, "read", Which::Any)],
            _ => vec![],
        }
    }

    fn simulate(&self) -> NetworkWatcherId {
        let location = self.location.as_ref().map_or("memory", Location::as_str);
        let group =
            ResourceId::of_subscription(arm::SIMULATED).child(ArmType::RESOURCE_GROUP, "NetworkWatcherRG");
        NetworkWatcherId::new(group.child(NetworkWatcherId::TYPE, &format!("NetworkWatcher_{location}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{document, read};
    use deathstar_core::Class;
    use serde_json::json;

    fn watcher(name: &str) -> NetworkWatcher {
        NetworkWatcher::new(ResourceGroupId::new("/subscriptions/s/resourceGroups/g"), name)
    }

    #[test]
    fn a_location_has_one() {
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkWatchers/w";
        let one = watcher("w").location("westeurope");
        assert_eq!(document(&one), json!({"location": "westeurope"}));
        assert_eq!(read::<NetworkWatcher>(id, &document(&one)), one);
        assert_eq!(one.holds(), watcher("other").location("West Europe").holds());
        assert_ne!(one.holds(), watcher("w").location("northeurope").holds());
        assert!(NetworkWatcher::FIELDS.iter().all(|field| matches!(field.class, Class::Replace)));
        assert!(one.validate().is_empty() && watcher("").validate().len() == 1);
    }

    #[test]
    fn the_one_that_is_looked_up_is_azures_own() {
        let lookup = NetworkWatcherLookup::new().location("westeurope");
        assert!(lookup.simulate().is_well_formed());
        assert!(lookup.simulate().as_str().ends_with(
            "NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope"
        ));
        assert!(lookup.validate().is_empty());
        assert_eq!(NetworkWatcherLookup::new().location("?").validate().len(), 1);
        assert_eq!(lookup.permissions(Verb::Ask)[0].action, "Microsoft.Network/networkWatchers/read");
        assert!(lookup.permissions(Verb::Over).is_empty());
    }
}
