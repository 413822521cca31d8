//! A route table.

use super::{API_VERSION, Route, lane};
use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, Document},
    id::{ResourceGroupId, ResourceId, RouteTableId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Found, Hold, Identity, Input, Key, Repair, Resource, Result, fields,
    model::name::azure::ROUTE_TABLE,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A route table, which subnets name. Its [`Route`](super::Route)s are objects of their own.
///
/// What it does not say, Azure's own routes do: the virtual network's ranges stay in it, and all else goes to the internet.
///
/// It cannot be deleted while a subnet names it.
///
/// # Permissions
/// `Microsoft.Network/routeTables/read`, `/write`, `/delete`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RouteTable {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in the resource group. Another one replaces it.
    pub name: String,
    /// Its location: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
    /// Whether the routes that a gateway learns by BGP are kept out of its subnets. In new tables they are let in.
    pub disable_bgp_route_propagation: Option<bool>,
}

impl RouteTable {
    /// A table without routes.
    pub fn new(resource_group: impl Into<Input<ResourceGroupId>>, name: impl Into<String>) -> Self {
        Self {
            resource_group: resource_group.into(),
            name: name.into(),
            location: None,
            disable_bgp_route_propagation: None,
        }
    }

    /// Its location.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Whether the routes that a gateway learns by BGP are kept out of its subnets.
    #[must_use]
    pub fn disable_bgp_route_propagation(mut self, disabled: bool) -> Self {
        self.disable_bgp_route_propagation = Some(disabled);
        self
    }
}

impl Resource for RouteTable {
    type Provider = Azure;
    type Id = RouteTableId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.network.route-table";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure REST API, "Route Tables - Create Or Update".
    const FIELDS: Fields<Self> = fields!(RouteTable {
        resource_group: Replace,
        name: Replace,
        location: Replace,
        disable_bgp_route_propagation: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn holds(&self) -> Vec<Hold> {
        arm::id(self).map(|id| lane(&Input::Known(id))).into_iter().collect()
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let name = names::check(&ROUTE_TABLE, &self.name);
        name.into_iter().chain(names::check_location(self.location.as_ref())).collect()
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (RouteTableId, ()) {
        (arm::simulated(self), ())
    }
}

impl ArmResource for RouteTable {
    const TYPE: ArmType = RouteTableId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const READ_ONLY: &'static [&'static str] = &[
        "/properties/routes/*/type",
        "/properties/routes/*/properties/hasBgpOverride",
        "/properties/subnets",
    ];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }

    fn show_parts(id: &ResourceId, document: &Document, found: &mut Found) -> Result<()> {
        arm::show_list::<Route>(id, arm::look(document, "/properties/routes"), found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{change, document, read};
    use serde_json::json;

    const ID: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/out";

    fn table() -> RouteTable {
        RouteTable::new(ResourceGroupId::new("/subscriptions/s/resourceGroups/g"), "out")
    }

    #[test]
    fn the_struct_is_the_document_and_reads_back() {
        let table = table().location("westeurope").disable_bgp_route_propagation(true);
        let written = document(&table);
        assert_eq!(
            written,
            json!({"location": "westeurope", "properties": {"disableBgpRoutePropagation": true}})
        );
        assert_eq!(read::<RouteTable>(ID, &written), table);
    }

    /// The routes of others are deleted by a document without them.
    #[test]
    fn a_change_repeats_the_routes() {
        let seen = json!({"location": "westeurope", "properties": {
            "routes": [{"name": "a", "type": "t", "properties": {"addressPrefix": "0.0.0.0/0", "hasBgpOverride": false}}],
            "subnets": [{"id": "x"}],
        }});
        let changed = change(&table().disable_bgp_route_propagation(true), &seen);
        let routes = json!([{"name": "a", "properties": {"addressPrefix": "0.0.0.0/0"}}]);
        assert_eq!(changed["properties"], json!({"routes": routes, "disableBgpRoutePropagation": true}));
    }

    #[test]
    fn it_and_its_routes_hold_one_lane() {
        let (id, ()) = table().simulate(1);
        let route = Route::new(id, "a", "0.0.0.0/0", super::super::NextHop::Internet);
        assert!(table().holds().iter().any(|hold| route.holds().contains(hold)));
        assert!(table().validate().is_empty());
        assert_eq!(RouteTable { name: "a b".into(), ..table() }.validate().len(), 1);
    }
}
