//! Microsoft.Network: virtual networks and what they are made of.
//!
//! Source of codes: "Azure Virtual Network REST API" of each operation; of refusals: what the service has been seen to answer.

mod check;
mod egress;
mod private_endpoint;
mod security;
mod watcher;

use super::{
    Absent, Back, Computed, Delete, Ends, InUse, Operations, Part, Patch, Place, Put, Reference, Style, Type,
};

pub(crate) const VIRTUAL_NETWORK: &str = "Microsoft.Network/virtualNetworks";
pub(crate) const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";

/// Sources: Azure REST API, "Track asynchronous Azure operations"; each operation of Azure Virtual Network REST API.
const OPERATIONS: Operations = Operations {
    status: "/subscriptions/{subscription}/providers/Microsoft.Network/locations/{location}/operations/{operation}",
    result: "/subscriptions/{subscription}/providers/Microsoft.Network/locations/{location}/operationResults/{operation}",
    gone: 204,
};

/// What all types of the namespace have in common.
const NETWORK: Type = Type {
    versions: &["2025-07-01"],
    put: Put { created: 201, replaced: 200, style: Style::Operation, again: Style::Operation },
    delete: Delete { accepted: 202, style: Style::Both },
    operations: &OPERATIONS,
    etag: true,
    lane: true,
    creating: "Updating",
    ..Type::BASE
};

/// What they have in common that are parts of another.
const PART: Type = Type { place: Place::Inherited, patch: Patch::None, lane: false, ..NETWORK };

/// Where an object shows the subnets that name it.
const SUBNETS_OF: Option<Back> = Some(Back { pointer: "/properties/subnets", many: true, on: &[] });

const VIRTUAL_NETWORKS: Type = Type {
    name: VIRTUAL_NETWORK,
    required: &["/properties/addressSpace"],
    defaults: &[
        ("/properties/enableDdosProtection", "false"),
        ("/properties/privateEndpointVNetPolicies", "\"Disabled\""),
        ("/properties/virtualNetworkPeerings", "[]"),
    ],
    computed: &[("/properties/resourceGuid", Computed::Guid)],
    parts: &[Part { member: "subnets", kind: SUBNET, absent: Absent::Settings }],
    check: check::virtual_network,
    ..NETWORK
};

const SUBNETS: Type = Type {
    name: SUBNET,
    defaults: &[
        ("/properties/delegations", "[]"),
        ("/properties/privateEndpointNetworkPolicies", "\"Disabled\""),
        ("/properties/privateLinkServiceNetworkPolicies", "\"Enabled\""),
    ],
    references: &[
        Reference {
            pointer: "/properties/networkSecurityGroup/id",
            to: &[security::GROUP],
            back: SUBNETS_OF,
            ends: Ends::Holds,
        },
        Reference {
            pointer: "/properties/routeTable/id",
            to: &[security::ROUTE_TABLE],
            back: SUBNETS_OF,
            ends: Ends::Holds,
        },
        Reference {
            pointer: "/properties/natGateway/id",
            to: &[egress::NAT_GATEWAY],
            back: SUBNETS_OF,
            ends: Ends::Holds,
        },
    ],
    in_use: Some(InUse {
        status: 400,
        code: "InUseSubnetCannotBeDeleted",
        message: "Subnet {name} is in use by {users} and cannot be deleted. In order to delete the subnet, delete all the \
            resources within the subnet. See aka.ms/deletesubnet.",
    }),
    check: check::subnet,
    ..PART
};

pub(super) const TYPES: &[&Type] = &[
    &VIRTUAL_NETWORKS,
    &SUBNETS,
    &security::GROUPS,
    &security::APPLICATION_GROUPS,
    &security::RULES,
    &security::ROUTE_TABLES,
    &security::ROUTES,
    &egress::NAT_GATEWAYS,
    &egress::ADDRESSES,
    &egress::PREFIXES,
    &private_endpoint::ENDPOINTS,
    &private_endpoint::ZONE_GROUPS,
    &watcher::WATCHERS,
    &watcher::FLOW_LOGS,
];
