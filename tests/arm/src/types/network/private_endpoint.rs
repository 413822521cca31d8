//! Private endpoints and the groups of zones in which they are known.

use super::{Back, Computed, Ends, NETWORK, PART, Reference, SUBNET, Type};
use crate::{
    id::ResourceId,
    world::{Object, Objects},
};
use serde_json::{Map, Value, json};

pub(super) const ENDPOINTS: Type = Type {
    name: "Microsoft.Network/privateEndpoints",
    // It has no PATCH.
    patch: super::Patch::None,
    required: &["/properties/subnet"],
    defaults: &[
        ("/properties/privateLinkServiceConnections", "[]"),
        ("/properties/manualPrivateLinkServiceConnections", "[]"),
        ("/properties/customDnsConfigs", "[]"),
        ("/properties/ipConfigurations", "[]"),
        ("/properties/customNetworkInterfaceName", "\"\""),
    ],
    computed: &[("/properties/networkInterfaces", Computed::Call(interfaces))],
    references: &[
        Reference {
            pointer: "/properties/subnet/id",
            to: &[SUBNET],
            back: Some(Back { pointer: "/properties/privateEndpoints", many: true, on: &[] }),
            ends: Ends::Holds,
        },
        Reference {
            pointer: "/properties/privateLinkServiceConnections/*/properties/privateLinkServiceId",
            to: &[],
            back: None,
            ends: Ends::Dangles,
        },
    ],
    dress: connections,
    ..NETWORK
};

pub(super) const ZONE_GROUPS: Type = Type {
    name: "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    references: &[Reference {
        pointer: "/properties/privateDnsZoneConfigs/*/properties/privateDnsZoneId",
        to: &[crate::types::private_dns::ZONE],
        back: None,
        ends: Ends::Dangles,
    }],
    // Source: Microsoft's models, which have no type for it.
    dress: |_, _, shown| {
        shown.remove("type");
    },
    ..PART
};

/// The interface that comes with an endpoint; it is no object here.
fn interfaces(id: &ResourceId) -> Value {
    let group = id.scope.clone();
    json!([{ "id": format!("{group}/providers/Microsoft.Network/networkInterfaces/{}.nic", id.name()) }])
}

/// Connections within a tenant are approved at once.
fn connections(_: &Objects, object: &Object, shown: &mut Map<String, Value>) {
    let all = shown
        .get_mut("properties")
        .and_then(|properties| properties.get_mut("privateLinkServiceConnections"));
    for connection in all.and_then(Value::as_array_mut).into_iter().flatten() {
        let name = connection["name"].as_str().unwrap_or_default().to_owned();
        connection["id"] = json!(format!("{}/privateLinkServiceConnections/{name}", object.id));
        connection["type"] = json!("Microsoft.Network/privateEndpoints/privateLinkServiceConnections");
        connection["etag"] = json!(object.etag());
        connection["properties"]["provisioningState"] = json!("Succeeded");
        connection["properties"]["privateLinkServiceConnectionState"] =
            json!({ "status": "Approved", "description": "Auto-Approved", "actionsRequired": "None" });
    }
}
