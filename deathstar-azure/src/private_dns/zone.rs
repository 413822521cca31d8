//! A private DNS zone.

use super::{API_VERSION, DomainName};
use crate::{
    Azure,
    arm::{self, ArmResource, ArmType, Document, Placement},
    id::{PrivateDnsZoneId, ResourceGroupId, ResourceId},
    permission,
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, Result, fields,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A private DNS zone: names that are answered in the virtual networks that it is linked to.
///
/// It cannot be deleted while it is linked. Its records go along with it.
///
/// # Permissions
/// `Microsoft.Network/privateDnsZones/read`, `/write`, `/delete`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// Paid by the month, and by the number of queries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PrivateDnsZone {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name: what all names in it end with. Another one replaces it.
    pub name: DomainName,
}

impl PrivateDnsZone {
    /// An empty zone.
    pub fn new(resource_group: impl Into<Input<ResourceGroupId>>, name: impl Into<DomainName>) -> Self {
        Self { resource_group: resource_group.into(), name: name.into() }
    }
}

/// What cannot be the name of a zone: names of Azure's own services, in all its clouds.
///
/// Source: Azure DNS documentation, "What is a private Azure DNS zone", restrictions.
const RESERVED: &[&str] = &[
    "azclient.ms",
    "azclient.us",
    "azclient.cn",
    "azure.com",
    "azure.us",
    "azure.cn",
    "cloudapp.net",
    "usgovcloudapp.net",
    "chinacloudapp.cn",
    "core.windows.net",
    "core.usgovcloudapi.net",
    "core.chinacloudapi.cn",
    "microsoft.com",
    "microsoft.us",
    "microsoft.cn",
    "msidentity.com",
    "msidentity.us",
    "msidentity.cn",
    "trafficmanager.net",
    "usgovtrafficmanager.net",
    "trafficmanager.cn",
    "windows.net",
];

impl Resource for PrivateDnsZone {
    type Provider = Azure;
    type Id = PrivateDnsZoneId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.private-dns.zone";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure REST API, "Private Zones - Create Or Update".
    const FIELDS: Fields<Self> = fields!(PrivateDnsZone { resource_group: Replace, name: Replace });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let labels = self.name.as_str().split('.').count();
        let why = if let Some(problem) = self.name.problem() {
            format!("`{}` is no name of a zone: {problem}", self.name)
        } else if !(2..=34).contains(&labels) {
            format!("the name of a zone has 2 to 34 labels, and `{}` has {labels}", self.name)
        } else if RESERVED.contains(&self.name.as_str()) {
            format!("`{}` is kept for Azure's own services", self.name)
        } else {
            return vec![];
        };
        let fix = "write it like `shop.internal` or `privatelink.blob.core.windows.net`";
        vec![Diagnostic::new("private-dns.zone-name", why).at("/name").fix(fix)]
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (PrivateDnsZoneId, ()) {
        (arm::simulated(self), ())
    }
}

impl ArmResource for PrivateDnsZone {
    const TYPE: ArmType = PrivateDnsZoneId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PLACEMENT: Placement = Placement::Global;
    const READ_ONLY: &'static [&'static str] = &[
        "/properties/internalId",
        "/properties/maxNumberOfRecordSets",
        "/properties/maxNumberOfVirtualNetworkLinks",
        "/properties/maxNumberOfVirtualNetworkLinksWithRegistration",
        "/properties/numberOfRecordSets",
        "/properties/numberOfVirtualNetworkLinks",
        "/properties/numberOfVirtualNetworkLinksWithRegistration",
    ];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.name.as_str()))
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{change, document, read};
    use serde_json::json;

    fn zone(name: &str) -> PrivateDnsZone {
        PrivateDnsZone::new(ResourceGroupId::new("/subscriptions/s/resourceGroups/g"), name)
    }

    #[test]
    fn it_is_its_name() {
        let id =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateDnsZones/shop.internal";
        assert_eq!(document(&zone("shop.internal")), json!({}));
        let mut seen = json!({"location": "global", "properties": {"numberOfRecordSets": 1}});
        assert_eq!(read::<PrivateDnsZone>(id, &seen), zone("Shop.Internal."));
        seen["properties"]["maxNumberOfRecordSets"] = json!(25000);
        assert_eq!(change(&zone("shop.internal"), &seen), json!({"location": "global", "properties": {}}));
    }

    #[test]
    fn names_that_azure_refuses_are_found() {
        let right = |name: &str| zone(name).validate().is_empty();
        for name in ["shop.internal", "privatelink.blob.core.windows.net", &vec!["a"; 34].join(".")] {
            assert!(right(name), "{name}");
        }
        for name in ["internal", "Azure.com", "windows.net", "a..b", "", &vec!["a"; 35].join(".")] {
            assert!(!right(name), "{name}");
        }
    }
}
