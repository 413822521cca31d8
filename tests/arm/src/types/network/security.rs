//! Network security groups with their rules, application security groups that rules name, and route tables with their routes.

use super::{Absent, Computed, Ends, InUse, NETWORK, PART, Part, Reference, Type};
use crate::{
    answer::Refusal,
    id::ResourceId,
    world::{Object, Objects},
};
use serde_json::{Value, json};

pub(super) const GROUP: &str = "Microsoft.Network/networkSecurityGroups";
const APPLICATION_GROUP: &str = "Microsoft.Network/applicationSecurityGroups";
pub(super) const ROUTE_TABLE: &str = "Microsoft.Network/routeTables";

pub(super) const GROUPS: Type = Type {
    name: GROUP,
    computed: &[
        ("/properties/resourceGuid", Computed::Guid),
        ("/properties/defaultSecurityRules", Computed::Call(default_rules)),
    ],
    parts: &[Part {
        member: "securityRules",
        kind: "Microsoft.Network/networkSecurityGroups/securityRules",
        absent: Absent::Removes,
    }],
    in_use: Some(InUse {
        status: 400,
        code: "InUseNetworkSecurityGroupCannotBeDeleted",
        message: "Network security group {name} cannot be deleted because it is in use by the following resources: {users}. \
            In order to delete the Network security group, remove the association with the resource(s).",
    }),
    ..NETWORK
};

pub(super) const APPLICATION_GROUPS: Type = Type {
    name: APPLICATION_GROUP,
    computed: &[("/properties/resourceGuid", Computed::Guid)],
    in_use: Some(InUse {
        status: 400,
        code: "InUseApplicationSecurityGroupCannotBeDeleted",
        message: "Application security group {name} cannot be deleted because it is in use by the following resources: {users}.",
    }),
    ..NETWORK
};

const fn end(pointer: &'static str) -> Reference {
    Reference { pointer, to: &[APPLICATION_GROUP], back: None, ends: Ends::Holds }
}

pub(super) const RULES: Type = Type {
    name: "Microsoft.Network/networkSecurityGroups/securityRules",
    references: &[
        end("/properties/sourceApplicationSecurityGroups/*/id"),
        end("/properties/destinationApplicationSecurityGroups/*/id"),
    ],
    required: &[
        "/properties/protocol",
        "/properties/access",
        "/properties/priority",
        "/properties/direction",
    ],
    defaults: &[
        ("/properties/sourcePortRanges", "[]"),
        ("/properties/destinationPortRanges", "[]"),
        ("/properties/sourceAddressPrefixes", "[]"),
        ("/properties/destinationAddressPrefixes", "[]"),
    ],
    check: rule,
    ..PART
};

pub(super) const ROUTE_TABLES: Type = Type {
    name: ROUTE_TABLE,
    defaults: &[("/properties/disableBgpRoutePropagation", "false")],
    computed: &[("/properties/resourceGuid", Computed::Guid)],
    parts: &[Part {
        member: "routes",
        kind: "Microsoft.Network/routeTables/routes",
        absent: Absent::Removes,
    }],
    in_use: Some(InUse {
        status: 400,
        code: "InUseRouteTableCannotBeDeleted",
        message: "Route table {name} is in use and cannot be deleted. [{users}]",
    }),
    ..NETWORK
};

pub(super) const ROUTES: Type = Type {
    name: "Microsoft.Network/routeTables/routes",
    required: &["/properties/addressPrefix", "/properties/nextHopType"],
    computed: &[("/properties/hasBgpOverride", Computed::Text("false"))],
    check: route,
    ..PART
};

/// The rules that every group has.
///
/// Source: Azure Virtual Network, "Network security groups", default security rules.
fn default_rules(id: &ResourceId) -> Value {
    let rules = [
        ("AllowVnetInBound", 65_000, "Inbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
        ("AllowAzureLoadBalancerInBound", 65_001, "Inbound", "Allow", "AzureLoadBalancer", "*"),
        ("DenyAllInBound", 65_500, "Inbound", "Deny", "*", "*"),
        ("AllowVnetOutBound", 65_000, "Outbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
        ("AllowInternetOutBound", 65_001, "Outbound", "Allow", "*", "Internet"),
        ("DenyAllOutBound", 65_500, "Outbound", "Deny", "*", "*"),
    ];
    let rule =
        |(name, priority, direction, access, source, destination): (&str, u32, &str, &str, &str, &str)| {
            json!({
                "id": format!("{id}/defaultSecurityRules/{name}"),
                "name": name,
                "type": "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
                "properties": {
                    "provisioningState": "Succeeded",
                    "protocol": "*",
                    "sourcePortRange": "*",
                    "destinationPortRange": "*",
                    "sourceAddressPrefix": source,
                    "destinationAddressPrefix": destination,
                    "access": access,
                    "priority": priority,
                    "direction": direction,
                    "sourcePortRanges": [],
                    "destinationPortRanges": [],
                    "sourceAddressPrefixes": [],
                    "destinationAddressPrefixes": [],
                },
            })
        };
    rules.into_iter().map(rule).collect()
}

/// Rules of one direction have priorities of their own, between 100 and 4096.
///
/// Source: Azure Virtual Network, "Network security groups", security rules.
fn rule(objects: &Objects, object: &Object) -> Result<(), Refusal> {
    let place = |object: &Object| {
        let properties = &object.document["properties"];
        (properties["direction"].clone(), properties["priority"].clone())
    };
    let own = place(object);
    if !own.1.as_u64().is_some_and(|priority| (100..=4096).contains(&priority)) {
        let why =
            format!("Security rule has invalid Priority. Value provided: {}. Allowed range 100-4096.", own.1);
        return Err(Refusal::new(400, "SecurityRuleInvalidPriority", why));
    }
    let Some(other) = objects.siblings(object).find(|other| place(other) == own) else { return Ok(()) };
    let why = format!(
        "Security rule {} conflicts with rule {}. Rules cannot have the same Priority and Direction.",
        object.id.name(),
        other.id.name()
    );
    Err(Refusal::new(400, "SecurityRuleConflict", why))
}

/// Who sends to an appliance has to say which.
fn route(_: &Objects, object: &Object) -> Result<(), Refusal> {
    let properties = &object.document["properties"];
    let to_appliance = properties["nextHopType"] == "VirtualAppliance";
    if to_appliance == properties["nextHopIpAddress"].is_string() {
        return Ok(());
    }
    let why =
        format!("Route {} has a next hop type and a next hop address that do not fit.", object.id.name());
    Err(Refusal::new(400, "InvalidNextHopIpAddress", why))
}
