//! A private endpoint.

use super::API_VERSION;
use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, ById, Document},
    id::{
        ApplicationSecurityGroupId, NetworkInterfaceId, PrivateEndpointId, ResourceGroupId, ResourceId,
        SubnetId,
    },
    names,
    permission::{self, joins, on},
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, Result, SeenState, fields,
    model::{Set, name::azure::PRIVATE_ENDPOINT},
    outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr},
};

/// A private endpoint: an address in a subnet that leads to one service, such as one storage account, and to nothing else.
///
/// Names lead to it where a [`PrivateDnsZoneGroup`](super::PrivateDnsZoneGroup) writes them into private zones.
///
/// Who owns the service approves the connection. That is done by the same request where the caller may do so
/// ([`Approval::Automatic`]); a manual one waits for them, and its endpoint is made but leads nowhere until then. An endpoint whose
/// connection was rejected, or whose service was deleted, is broken and has to be replaced.
///
/// # Permissions
/// `Microsoft.Network/privateEndpoints/read`, `/write`, `/delete`; `Microsoft.Network/virtualNetworks/subnets/join/action`;
/// `PrivateEndpointConnectionsApproval/action` of the service, for an automatic approval; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// Paid by the hour and by the amount of data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PrivateEndpoint {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in the resource group. Another one replaces it.
    pub name: String,
    /// Its location, which is that of its subnet: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
    /// The subnet that its address is of. Another one replaces it.
    pub subnet: Input<SubnetId>,
    /// What it leads to. Something else replaces it.
    pub service: Input<ResourceId>,
    /// Which parts of that, such as `blob`: those that the service names, and none where it has no parts. Others replace it.
    pub group_ids: Set<String>,
    /// Who approves the connection. Another way replaces it.
    pub approval: Approval,
    /// The application security groups that its network interface is in.
    pub application_security_groups: Option<Set<ById<ApplicationSecurityGroupId>>>,
    /// The name of its network interface, which Azure chooses otherwise. Another one replaces it.
    pub custom_network_interface_name: Option<String>,
}

/// Who approves a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approval {
    /// The request itself, since its caller may do so.
    Automatic,
    /// Who owns the service, later; with what they are told, in 1 to 140 characters.
    Manual(String),
}

impl PrivateEndpoint {
    /// An endpoint in a subnet that leads to parts of a service, approved by the same request.
    pub fn new(
        resource_group: impl Into<Input<ResourceGroupId>>,
        name: impl Into<String>,
        subnet: impl Into<Input<SubnetId>>,
        service: impl Into<Input<ResourceId>>,
        group_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            resource_group: resource_group.into(),
            name: name.into(),
            location: None,
            subnet: subnet.into(),
            service: service.into(),
            group_ids: group_ids.into_iter().map(Into::into).collect(),
            approval: Approval::Automatic,
            application_security_groups: None,
            custom_network_interface_name: None,
        }
    }

    /// Its location.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Waits for the approval of who owns the service, and tells them this.
    #[must_use]
    pub fn ask_for_approval(mut self, message: impl Into<String>) -> Self {
        self.approval = Approval::Manual(message.into());
        self
    }

    /// The application security groups that its network interface is in.
    #[must_use]
    pub fn application_security_groups<I: Into<Input<ApplicationSecurityGroupId>>>(
        mut self,
        groups: impl IntoIterator<Item = I>,
    ) -> Self {
        self.application_security_groups = Some(groups.into_iter().map(ById::new).collect());
        self
    }

    /// The name of its network interface.
    #[must_use]
    pub fn custom_network_interface_name(mut self, name: impl Into<String>) -> Self {
        self.custom_network_interface_name = Some(name.into());
        self
    }
}

/// What is known of a private endpoint once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PrivateEndpointDetails {
    /// Its network interface.
    pub network_interface: Option<NetworkInterfaceId>,
    /// Its addresses, and the names of the service that they are for.
    pub addresses: Vec<EndpointAddress>,
    /// Whether the connection is approved, as Azure says it: `Approved`, `Pending`.
    pub connection_status: Option<String>,
}

/// An address of a private endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EndpointAddress {
    /// The name of the service that it is for.
    pub fqdn: Option<String>,
    /// The addresses.
    pub ip_addresses: Vec<IpAddr>,
}

outputs! {
    /// What a declared private endpoint tells once it is made.
    pub trait PrivateEndpointOutputs for PrivateEndpoint {
        /// Its network interface.
        network_interface: NetworkInterfaceId,
        /// Its addresses, and the names of the service that they are for.
        addresses: Vec<EndpointAddress>,
    }
}

impl Resource for PrivateEndpoint {
    type Provider = Azure;
    type Id = PrivateEndpointId;
    type Outputs = PrivateEndpointDetails;

    const FAMILY: &'static str = "azure.network.private-endpoint";
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure Private Link documentation, "Manage Azure private endpoints": the subnet and the connection are chosen when it is
    /// made.
    const FIELDS: Fields<Self> = fields!(PrivateEndpoint {
        resource_group: Replace,
        name: Replace,
        location: Replace,
        subnet: Replace,
        service: Replace,
        group_ids: Replace,
        approval: Replace,
        application_security_groups: Update,
        custom_network_interface_name: Replace,
    });
    /// Nothing brings back a connection that was rejected.
    const REPAIR: Repair = Repair::Replace;

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&PRIVATE_ENDPOINT, &self.name).into_iter().collect();
        findings.extend(names::check_location(self.location.as_ref()));
        // Source: type description of `Microsoft.Network/privateEndpoints`, `requestMessage`.
        if let Approval::Manual(message) = &self.approval
            && !(1..=140).contains(&message.chars().count())
        {
            let why = "who approves a connection is told 1 to 140 characters";
            let fix = "say who needs the endpoint, and what for";
            findings.push(Diagnostic::new("private-endpoint.message", why).at("/approval").fix(fix));
        }
        let service = self.service.value().filter(|service| !service.is_well_formed());
        findings.extend(service.map(|service| {
            Diagnostic::new("id.form", format!("`{service}` is not the id of a service"))
                .at("/service")
                .fix("name the resource that it leads to by its full id")
        }));
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, serial: u64) -> (PrivateEndpointId, PrivateEndpointDetails) {
        let group = ResourceId::of_subscription(arm::SIMULATED).child(ArmType::RESOURCE_GROUP, "memory");
        let nic = group.child(NetworkInterfaceId::TYPE, &format!("{}.nic.{serial}", self.name));
        let address = Ipv4Addr::new(10, 0, 0, u8::try_from(serial % 250).unwrap_or(0) + 4);
        let details = PrivateEndpointDetails {
            network_interface: Some(NetworkInterfaceId::new(nic)),
            addresses: vec![EndpointAddress { fqdn: None, ip_addresses: vec![address.into()] }],
            connection_status: Some("Approved".into()),
        };
        (arm::simulated(self), details)
    }
}

const SUBNET: &str = "/properties/subnet/id";
const AUTOMATIC: &str = "/properties/privateLinkServiceConnections";
const MANUAL: &str = "/properties/manualPrivateLinkServiceConnections";

/// The one connection of a document, and whether it is a manual one.
fn connection(document: &Document) -> Option<(&Value, bool)> {
    let first = |at: &str| arm::look(document, at)?.get(0);
    first(AUTOMATIC).map(|one| (one, false)).or_else(|| Some((first(MANUAL)?, true)))
}

impl ArmResource for PrivateEndpoint {
    const TYPE: ArmType = PrivateEndpointId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PLACES: &'static [(&'static str, &'static str)] = &[("subnet", SUBNET)];
    const READ_ONLY: &'static [&'static str] = &[
        "/properties/networkInterfaces",
        "/properties/ipConfigurations/*/type",
        "/properties/manualPrivateLinkServiceConnections/*/type",
        "/properties/privateLinkServiceConnections/*/type",
    ];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    /// What it leads to stands in one of two lists, by who approves it.
    fn write(&self, document: &mut Document) -> Result<()> {
        let seen = connection(document).map(|(seen, _)| seen.clone());
        arm::write(self, document)?;
        for field in ["service", "groupIds", "approval"] {
            arm::take(document, &format!("/properties/{field}"));
        }
        let mut one = seen.unwrap_or_else(|| json!({"name": self.name, "properties": {}}));
        one["properties"]["privateLinkServiceId"] = json!(self.service);
        one["properties"]["groupIds"] = json!(self.group_ids);
        let (at, not) = match &self.approval {
            Approval::Automatic => (AUTOMATIC, MANUAL),
            Approval::Manual(message) => {
                one["properties"]["requestMessage"] = json!(message);
                (MANUAL, AUTOMATIC)
            }
        };
        arm::take(document, not);
        arm::put(document, at, json!([one]))
    }

    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        let mut plain = document.clone();
        let (one, manual) = connection(document).unwrap_or((&Value::Null, false));
        let properties = &one["properties"];
        let message = properties["requestMessage"].as_str().unwrap_or_default();
        let approval = if manual { Approval::Manual(message.into()) } else { Approval::Automatic };
        let service = properties["privateLinkServiceId"].as_str().unwrap_or_default();
        arm::put(&mut plain, "/properties/service", json!(service))?;
        let groups = properties["groupIds"].as_array().cloned().unwrap_or_default();
        arm::put(&mut plain, "/properties/groupIds", groups.into())?;
        arm::put(&mut plain, "/properties/approval", json!(approval))?;
        if arm::look(document, "/properties/customNetworkInterfaceName").and_then(Value::as_str) == Some("") {
            arm::take(&mut plain, "/properties/customNetworkInterfaceName");
        }
        arm::read(id, &plain)
    }

    fn outputs(_: &ResourceId, document: &Document) -> Result<PrivateEndpointDetails> {
        let nic = arm::look(document, "/properties/networkInterfaces");
        let nic = nic.and_then(|all| all.get(0)?.get("id")?.as_str());
        let configs = arm::look(document, "/properties/customDnsConfigs").and_then(Value::as_array);
        let one = |config: &Value| {
            let addresses = config["ipAddresses"].as_array().into_iter().flatten();
            EndpointAddress {
                fqdn: config["fqdn"].as_str().map(str::to_owned),
                ip_addresses: addresses.filter_map(|text| text.as_str()?.parse().ok()).collect(),
            }
        };
        Ok(PrivateEndpointDetails {
            network_interface: nic.map(NetworkInterfaceId::new),
            addresses: configs.into_iter().flatten().map(one).collect(),
            connection_status: status(document).map(str::to_owned),
        })
    }

    fn state(document: &Document) -> SeenState {
        match status(document) {
            Some(status @ ("Rejected" | "Disconnected")) => {
                SeenState::Failed(format!("its connection is `{status}`"))
            }
            _ => arm::state(document),
        }
    }

    fn links(&self) -> Vec<Permission> {
        let mut all = vec![joins(SubnetId::TYPE, &self.subnet)];
        if let (Approval::Automatic, Some(service)) = (&self.approval, self.service.value())
            && let Some(of) = service.resource_type()
        {
            let approve = format!("{of}/PrivateEndpointConnectionsApproval/action");
            all.push(Permission::new(approve).on(of, &self.service).without_tags());
        }
        let groups = self.application_security_groups.iter().flatten();
        all.extend(
            groups.map(|group| on(ApplicationSecurityGroupId::TYPE, "joinIpConfiguration/action", &group.id)),
        );
        all
    }
}

/// Whether the connection is approved.
fn status(document: &Document) -> Option<&str> {
    let (one, _) = connection(document)?;
    one.pointer("/properties/privateLinkServiceConnectionState/status")?.as_str()
}

#[cfg(test)]
mod tests;
