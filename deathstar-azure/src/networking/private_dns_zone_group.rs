//! The private DNS zones of a private endpoint.

use super::API_VERSION;
use crate::{
    Azure,
    arm::{self, ArmResource, ArmType, Document, Placement},
    id::{PrivateDnsZoneGroupId, PrivateDnsZoneId, PrivateEndpointId, ResourceId},
    names,
    permission::{self, joins},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, fields,
    model::name::azure::PRIVATE_DNS_ZONE_GROUP,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{borrow::Cow, collections::BTreeMap};

/// The private DNS zones into which Azure writes the names of a private endpoint, and from which it takes them again.
///
/// It carries no tags: it is ours by endpoint and name, while its endpoint is. An endpoint has one.
///
/// # Permissions
/// `Microsoft.Network/privateEndpoints/privateDnsZoneGroups/read`, `/write`, `/delete`;
/// `Microsoft.Network/privateDnsZones/join/action`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PrivateDnsZoneGroup {
    /// Its endpoint. Another one replaces it.
    pub private_endpoint: Input<PrivateEndpointId>,
    /// Its name, `default` by custom. Another one replaces it.
    pub name: String,
    /// The zones, each under a name of its own.
    pub private_dns_zones: BTreeMap<String, Input<PrivateDnsZoneId>>,
}

impl PrivateDnsZoneGroup {
    /// The names of an endpoint in one zone.
    pub fn new(
        private_endpoint: impl Into<Input<PrivateEndpointId>>,
        zone: impl Into<Input<PrivateDnsZoneId>>,
    ) -> Self {
        Self {
            private_endpoint: private_endpoint.into(),
            name: "default".into(),
            private_dns_zones: BTreeMap::from([("default".to_owned(), zone.into())]),
        }
    }

    /// One more zone, under a name of its own.
    #[must_use]
    pub fn zone(mut self, name: impl Into<String>, zone: impl Into<Input<PrivateDnsZoneId>>) -> Self {
        self.private_dns_zones.insert(name.into(), zone.into());
        self
    }
}

impl Resource for PrivateDnsZoneGroup {
    type Provider = Azure;
    type Id = PrivateDnsZoneGroupId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.network.private-dns-zone-group";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Azure REST API, "Private Dns Zone Groups - Create Or Update".
    const FIELDS: Fields<Self> =
        fields!(PrivateDnsZoneGroup { private_endpoint: Replace, name: Replace, private_dns_zones: Update });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    /// Source: Azure Private Link documentation, "Azure Private Endpoint DNS configuration": an endpoint has one group, with up to five
    /// zones.
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("zone-group-of-private-endpoint", &self.private_endpoint)]
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&PRIVATE_DNS_ZONE_GROUP, &self.name).into_iter().collect();
        let count = self.private_dns_zones.len();
        if !(1..=5).contains(&count) {
            let why = format!("a group has 1 to 5 zones, and not {count}");
            let fix = "name 1 to 5 zones";
            findings.push(Diagnostic::new("zone-group.zones", why).at("/private_dns_zones").fix(fix));
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (PrivateDnsZoneGroupId, ()) {
        (arm::simulated(self), ())
    }
}

const ZONES: &str = "/properties/privateDnsZoneConfigs";
const ZONE: &str = "/properties/privateDnsZoneId";

impl ArmResource for PrivateDnsZoneGroup {
    const TYPE: ArmType = PrivateDnsZoneGroupId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PARENT: &'static str = "private_endpoint";
    const PLACEMENT: Placement = Placement::Parent;
    const PLACES: &'static [(&'static str, &'static str)] = &[("private_dns_zones", ZONES)];
    const READ_ONLY: &'static [&'static str] = &["/properties/privateDnsZoneConfigs/*/properties/recordSets"];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.private_endpoint)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn write(&self, document: &mut Document) -> Result<()> {
        arm::write(self, document)?;
        let one = |(name, zone)| json!({"name": name, "properties": {"privateDnsZoneId": zone}});
        arm::put(document, ZONES, self.private_dns_zones.iter().map(one).collect())
    }

    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        let configs = arm::look(document, ZONES).and_then(Value::as_array).into_iter().flatten();
        let one = |config: &Value| Some((config["name"].as_str()?.to_owned(), config.pointer(ZONE)?.clone()));
        let zones: serde_json::Map<String, Value> = configs.filter_map(one).collect();
        let mut plain = document.clone();
        arm::put(&mut plain, ZONES, zones.into())?;
        arm::read(id, &plain)
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }

    fn links(&self) -> Vec<Permission> {
        self.private_dns_zones.values().map(|zone| joins(PrivateDnsZoneId::TYPE, zone)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{change, document, read};

    const GROUP: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network";

    fn zone(name: &str) -> PrivateDnsZoneId {
        PrivateDnsZoneId::new(format!("{GROUP}/privateDnsZones/{name}"))
    }

    fn group() -> PrivateDnsZoneGroup {
        PrivateDnsZoneGroup::new(
            PrivateEndpointId::new(format!("{GROUP}/privateEndpoints/e")),
            zone("a.example"),
        )
    }

    #[test]
    fn the_zones_are_written_and_read_back() {
        let group = group().zone("more", zone("b.example"));
        let written = document(&group);
        let one = |name: &str, of: &str| json!({"name": name, "properties": {"privateDnsZoneId": zone(of)}});
        let expected = json!([one("default", "a.example"), one("more", "b.example")]);
        assert_eq!(written, json!({"properties": {"privateDnsZoneConfigs": expected}}));
        let id = format!("{GROUP}/privateEndpoints/e/privateDnsZoneGroups/default");
        assert_eq!(read::<PrivateDnsZoneGroup>(&id, &written), group);
        let mut seen = written.clone();
        seen["properties"]["privateDnsZoneConfigs"][0]["properties"]["recordSets"] = json!([{}]);
        assert_eq!(change(&group, &seen), written);
    }

    #[test]
    fn an_endpoint_has_one_group_of_up_to_five_zones() {
        let other = PrivateDnsZoneGroup { name: "other".into(), ..group() };
        assert_eq!(group().holds(), other.holds());
        let with =
            |count: u8| (1..count).fold(group(), |group, n| group.zone(n.to_string(), zone("a.example")));
        assert!(with(5).validate().is_empty());
        assert_eq!(with(6).validate()[0].code, "zone-group.zones");
        assert_eq!(with(2).links().len(), 2);
    }
}
