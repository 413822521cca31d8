//! Microsoft.Network: virtual networks and what they are made of.
//!
//! Source of codes: "Azure Virtual Network REST API" of each operation; of refusals: what the service has been seen to answer.

mod check;

use super::{Absent, Computed, Delete, InUse, Operations, Part, Patch, Place, Put, Style, Type};

const VERSIONS: &[&str] = &["2025-07-01"];
const OPERATIONS: Operations = Operations {
    status: "/subscriptions/{subscription}/providers/Microsoft.Network/locations/{location}/operations/{operation}",
    result: "/subscriptions/{subscription}/providers/Microsoft.Network/locations/{location}/operationResults/{operation}",
    gone: 204,
};

/// What all types of the namespace have in common.
const NETWORK: Type = Type {
    versions: VERSIONS,
    put: Put { created: 201, replaced: 200, style: Style::Operation },
    delete: Delete { accepted: 202, style: Style::Both },
    operations: &OPERATIONS,
    etag: true,
    lane: true,
    creating: "Updating",
    ..Type::BASE
};

/// What they have in common that are parts of another.
const PART: Type = Type { place: Place::Inherited, patch: Patch::None, lane: false, ..NETWORK };

const VIRTUAL_NETWORKS: Type = Type {
    name: "Microsoft.Network/virtualNetworks",
    required: &["/properties/addressSpace"],
    defaults: &[
        ("/properties/enableDdosProtection", "false"),
        ("/properties/privateEndpointVNetPolicies", "\"Disabled\""),
        ("/properties/virtualNetworkPeerings", "[]"),
    ],
    computed: &[("/properties/resourceGuid", Computed::Guid)],
    parts: &[Part {
        member: "subnets",
        kind: "Microsoft.Network/virtualNetworks/subnets",
        absent: Absent::Settings,
    }],
    check: check::virtual_network,
    ..NETWORK
};

const SUBNETS: Type = Type {
    name: "Microsoft.Network/virtualNetworks/subnets",
    defaults: &[
        ("/properties/delegations", "[]"),
        ("/properties/privateEndpointNetworkPolicies", "\"Disabled\""),
        ("/properties/privateLinkServiceNetworkPolicies", "\"Enabled\""),
    ],
    in_use: Some(InUse {
        status: 400,
        code: "InUseSubnetCannotBeDeleted",
        message: "Subnet {name} is in use by {users} and cannot be deleted. In order to delete the subnet, delete all the \
            resources within the subnet.",
    }),
    check: check::subnet,
    ..PART
};

pub(super) const TYPES: &[&Type] = &[&VIRTUAL_NETWORKS, &SUBNETS];
