//! A link of a private DNS zone to a virtual network.

use super::API_VERSION;
use crate::{
    Azure,
    arm::{self, ArmResource, ArmType, Document, Placement},
    choice::choices,
    id::{PrivateDnsZoneId, ResourceId, VirtualNetworkId, VirtualNetworkLinkId},
    names,
    permission::{self, on},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, SeenState, fields,
    model::name::azure::PRIVATE_DNS_LINK,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// A link of a private DNS zone to a virtual network, in which its names are answered then.
///
/// # Permissions
/// `Microsoft.Network/privateDnsZones/virtualNetworkLinks/read`, `/write`, `/delete`; `Microsoft.Network/virtualNetworks/join/action`;
/// `Microsoft.Resources/tags/write`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VirtualNetworkLink {
    /// Its zone. Another one replaces it.
    pub zone: Input<PrivateDnsZoneId>,
    /// Its name, unique in the zone. Another one replaces it.
    pub name: String,
    /// The virtual network. Another one replaces it.
    pub virtual_network: Input<VirtualNetworkId>,
    /// Whether Azure writes the names of the network's machines into the zone. A network has one zone for that.
    pub registration_enabled: bool,
    /// What is answered for names of private endpoints that the zone does not have.
    pub resolution_policy: Option<ResolutionPolicy>,
}

choices! {
    /// What is answered for names of private endpoints that the zone does not have.
    pub enum ResolutionPolicy {
        /// That there is no such name.
        Default = "Default",
        /// What the internet answers.
        NxDomainRedirect = "NxDomainRedirect",
    }
}

impl VirtualNetworkLink {
    /// A link by which names are answered, and none are written.
    pub fn new(
        zone: impl Into<Input<PrivateDnsZoneId>>,
        name: impl Into<String>,
        virtual_network: impl Into<Input<VirtualNetworkId>>,
    ) -> Self {
        Self {
            zone: zone.into(),
            name: name.into(),
            virtual_network: virtual_network.into(),
            registration_enabled: false,
            resolution_policy: None,
        }
    }

    /// Whether Azure writes the names of the network's machines into the zone.
    #[must_use]
    pub fn registration_enabled(mut self, enabled: bool) -> Self {
        self.registration_enabled = enabled;
        self
    }

    /// What is answered for names of private endpoints that the zone does not have.
    #[must_use]
    pub fn resolution_policy(mut self, policy: ResolutionPolicy) -> Self {
        self.resolution_policy = Some(policy);
        self
    }
}

impl Resource for VirtualNetworkLink {
    type Provider = Azure;
    type Id = VirtualNetworkLinkId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.private-dns.virtual-network-link";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure REST API, "Virtual Network Links - Create Or Update": the virtual network of a link cannot be updated.
    const FIELDS: Fields<Self> = fields!(VirtualNetworkLink {
        zone: Replace,
        name: Replace,
        virtual_network: Replace,
        registration_enabled: Update,
        resolution_policy: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    /// Source: Azure DNS documentation, "Virtual network links": a network is linked to a zone once, and registers in one zone.
    fn holds(&self) -> Vec<Hold> {
        let once = Hold::life("link-of-zone-to-network", (&self.zone, &self.virtual_network));
        let registers = || Hold::life("registration-zone-of-network", &self.virtual_network);
        std::iter::once(once).chain(self.registration_enabled.then(registers)).collect()
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let name = names::check(&PRIVATE_DNS_LINK, &self.name);
        let policy = self.resolution_policy.as_ref().and_then(|policy| policy.check("/resolution_policy"));
        name.into_iter().chain(policy).collect()
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (VirtualNetworkLinkId, ()) {
        (arm::simulated(self), ())
    }
}

impl ArmResource for VirtualNetworkLink {
    const TYPE: ArmType = VirtualNetworkLinkId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PARENT: &'static str = "zone";
    const PLACEMENT: Placement = Placement::Global;
    const PLACES: &'static [(&'static str, &'static str)] =
        &[("virtual_network", "/properties/virtualNetwork/id")];
    const READ_ONLY: &'static [&'static str] = &["/properties/virtualNetworkLinkState"];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.zone)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }

    /// A link is made before names are answered by it.
    fn state(document: &Document) -> SeenState {
        let link = arm::look(document, "/properties/virtualNetworkLinkState").and_then(Value::as_str);
        match (arm::state(document), link) {
            (SeenState::Ready, Some("InProgress")) => {
                SeenState::Pending("the zone is not answered yet".into())
            }
            (state, _) => state,
        }
    }

    fn links(&self) -> Vec<Permission> {
        vec![on(VirtualNetworkId::TYPE, "join/action", &self.virtual_network)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{document, read};
    use deathstar_core::Class;
    use serde_json::json;

    const GROUP: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network";

    fn link(zone: &str, network: &str) -> VirtualNetworkLink {
        let zone = PrivateDnsZoneId::new(format!("{GROUP}/privateDnsZones/{zone}"));
        let network = VirtualNetworkId::new(format!("{GROUP}/virtualNetworks/{network}"));
        VirtualNetworkLink::new(zone, "l", network)
    }

    #[test]
    fn the_struct_is_the_document_and_reads_back() {
        let link = link("a.example", "v").resolution_policy(ResolutionPolicy::NxDomainRedirect);
        let written = document(&link);
        let expected = json!({"virtualNetwork": {"id": format!("{GROUP}/virtualNetworks/v")},
            "registrationEnabled": false, "resolutionPolicy": "NxDomainRedirect"});
        assert_eq!(written, json!({"properties": expected}));
        let id = format!("{GROUP}/privateDnsZones/a.example/virtualNetworkLinks/l");
        assert_eq!(read::<VirtualNetworkLink>(&id, &written), link);
    }

    #[test]
    fn a_network_registers_in_one_zone_and_is_linked_to_a_zone_once() {
        let shared = |one: &VirtualNetworkLink, other: &VirtualNetworkLink| {
            one.holds().iter().any(|hold| other.holds().contains(hold))
        };
        let registers = |zone, network| link(zone, network).registration_enabled(true);
        assert!(shared(&registers("a.example", "v"), &registers("b.example", "v")));
        assert!(!shared(&registers("a.example", "v"), &link("b.example", "v")));
        assert!(shared(&link("a.example", "v"), &link("a.example", "v")));
        assert!(!shared(&link("a.example", "v"), &link("a.example", "w")));
    }

    #[test]
    fn it_is_there_once_names_are_answered() {
        let state = |link: &str| {
            let seen =
                json!({"properties": {"provisioningState": "Succeeded", "virtualNetworkLinkState": link}});
            VirtualNetworkLink::state(seen.as_object().unwrap())
        };
        assert_eq!(state("Completed"), SeenState::Ready);
        assert!(matches!(state("InProgress"), SeenState::Pending(_)));
    }

    #[test]
    fn another_network_replaces_it() {
        let class =
            |name: &str| &VirtualNetworkLink::FIELDS.iter().find(|field| field.name == name).unwrap().class;
        assert!(matches!(class("virtual_network"), Class::Replace));
        assert!(matches!(class("registration_enabled"), Class::Update));
        assert_eq!(link("a.example", "v").links()[0].action, "Microsoft.Network/virtualNetworks/join/action");
        assert!(link("a.example", "v").validate().is_empty());
    }
}
