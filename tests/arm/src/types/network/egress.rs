//! NAT gateways, public addresses and their prefixes.

use super::{Back, Computed, Ends, InUse, NETWORK, Put, Reference, Style, Type};
use crate::{
    answer::Refusal,
    id::Key,
    place, pointer,
    types::Immutable,
    world::{Object, Objects},
};
use serde_json::Value;

pub(super) const NAT_GATEWAY: &str = "Microsoft.Network/natGateways";
pub(super) const ADDRESS: &str = "Microsoft.Network/publicIPAddresses";
pub(super) const PREFIX: &str = "Microsoft.Network/publicIPPrefixes";

/// Zones are for life.
const ZONES: Immutable =
    Immutable { pointer: "/zones", status: 400, code: "ResourceAvailabilityZonesCannotBeModified" };
const SKU: Immutable = Immutable { pointer: "/sku/name", status: 400, code: "SkuCannotBeChanged" };

const fn of_gateway(pointer: &'static str, to: &'static [&'static str]) -> Reference {
    let back = Back { pointer: "/properties/natGateway", many: false, on: &[] };
    Reference { pointer, to, back: Some(back), ends: Ends::Holds }
}

pub(super) const NAT_GATEWAYS: Type = Type {
    name: NAT_GATEWAY,
    put: Put { created: 201, replaced: 200, style: Style::Both, again: Style::Both },
    zones: true,
    defaults: &[("/sku/name", "\"Standard\""), ("/properties/idleTimeoutInMinutes", "4")],
    computed: &[("/properties/resourceGuid", Computed::Guid)],
    immutable: &[ZONES, SKU],
    references: &[
        of_gateway("/properties/publicIpAddresses/*/id", &[ADDRESS]),
        of_gateway("/properties/publicIpAddressesV6/*/id", &[ADDRESS]),
        of_gateway("/properties/publicIpPrefixes/*/id", &[PREFIX]),
        of_gateway("/properties/publicIpPrefixesV6/*/id", &[PREFIX]),
    ],
    in_use: Some(InUse {
        status: 400,
        code: "InUseNatGatewayCannotBeDeleted",
        message: "Nat gateway {name} is in use by {users} and cannot be deleted.",
    }),
    check: nat_gateway,
    ..NETWORK
};

pub(super) const ADDRESSES: Type = Type {
    name: ADDRESS,
    zones: true,
    defaults: &[
        ("/sku/name", "\"Basic\""),
        ("/sku/tier", "\"Regional\""),
        ("/properties/publicIPAddressVersion", "\"IPv4\""),
        ("/properties/publicIPAllocationMethod", "\"Dynamic\""),
        ("/properties/idleTimeoutInMinutes", "4"),
        ("/properties/ipTags", "[]"),
    ],
    computed: &[("/properties/resourceGuid", Computed::Guid), ("/properties/ipAddress", Computed::Address)],
    immutable: &[
        ZONES,
        SKU,
        Immutable {
            pointer: "/properties/publicIPAddressVersion",
            status: 400,
            code: "PublicIPAddressVersionCannotBeChanged",
        },
        Immutable {
            pointer: "/properties/publicIPPrefix/id",
            status: 400,
            code: "PublicIPPrefixCannotBeChanged",
        },
    ],
    references: &[Reference {
        pointer: "/properties/publicIPPrefix/id",
        to: &[PREFIX],
        back: Some(Back { pointer: "/properties/publicIPAddresses", many: true, on: &[] }),
        ends: Ends::Holds,
    }],
    in_use: Some(InUse {
        status: 400,
        code: "PublicIPAddressCannotBeDeleted",
        message: "Public IP address {name} can not be deleted since it is still allocated to resource {users}. In order to \
            delete the public IP, disassociate/detach the Public IP address from the resource.",
    }),
    check: address,
    ..NETWORK
};

pub(super) const PREFIXES: Type = Type {
    name: PREFIX,
    zones: true,
    required: &["/properties/prefixLength"],
    defaults: &[
        ("/sku/name", "\"Standard\""),
        ("/sku/tier", "\"Regional\""),
        ("/properties/publicIPAddressVersion", "\"IPv4\""),
        ("/properties/ipTags", "[]"),
    ],
    computed: &[("/properties/resourceGuid", Computed::Guid), ("/properties/ipPrefix", Computed::Range)],
    immutable: &[
        ZONES,
        SKU,
        Immutable {
            pointer: "/properties/prefixLength",
            status: 400,
            code: "PublicIPPrefixLengthCannotBeChanged",
        },
        Immutable {
            pointer: "/properties/publicIPAddressVersion",
            status: 400,
            code: "PublicIPAddressVersionCannotBeChanged",
        },
    ],
    in_use: Some(InUse {
        status: 400,
        code: "InUsePublicIpPrefixCannotBeDeleted",
        message: "Public IP prefix {name} is in use by {users} and cannot be deleted.",
    }),
    check: zones,
    ..NETWORK
};

fn refused(code: &str, why: impl Into<Box<str>>) -> Refusal {
    Refusal::new(400, code, why)
}

fn zones_of(object: &Object) -> Vec<&str> {
    pointer::find(&object.document, "/zones/*").into_iter().filter_map(Value::as_str).collect()
}

fn sku_of(object: &Object) -> &str {
    object.document["sku"]["name"].as_str().unwrap_or_default()
}

/// Zones are those of the region.
fn zones(_: &Objects, object: &Object) -> Result<(), Refusal> {
    let own = zones_of(object);
    if own.iter().all(|zone| matches!(*zone, "1" | "2" | "3")) && (own.is_empty() || has_zones(object)) {
        return Ok(());
    }
    let why = format!("The zones {own:?} of {} are not those of its location.", object.id);
    Err(refused("AvailabilityZoneNotSupported", why))
}

fn has_zones(object: &Object) -> bool {
    object.location().is_some_and(place::has_zones)
}

/// Addresses of the Basic kind are not made any more; all others are static.
///
/// Source: Azure Virtual Network, "Public IP addresses", SKU.
fn address(objects: &Objects, object: &Object) -> Result<(), Refusal> {
    zones(objects, object)?;
    let name = object.id.name();
    if sku_of(object) == "Basic" {
        return Err(refused(
            "BasicSkuPublicIpRetired",
            format!("Public IP address {name} has the SKU Basic, which is retired."),
        ));
    }
    if object.document.pointer("/properties/publicIPAllocationMethod").is_none_or(|method| method != "Static")
    {
        let why = format!("Standard sku publicIp {name} must have AllocationMethod set to Static.");
        return Err(refused("PublicIPAllocationMethodMustBeStaticForStandardSku", why));
    }
    Ok(())
}

/// A gateway is in one zone or, of the kind `StandardV2`, in all; its addresses are of its kind and reach it; they are its own.
///
/// Source: Azure NAT Gateway, "SKUs", "Availability zones" and "Manage a NAT gateway".
fn nat_gateway(objects: &Objects, object: &Object) -> Result<(), Refusal> {
    zones(objects, object)?;
    let (own, sku) = (zones_of(object), sku_of(object));
    let fits = if sku == "StandardV2" { own.is_empty() || own.len() == 3 } else { own.len() < 2 };
    if !fits {
        return Err(refused(
            "NatGatewayZonesNotSupported",
            format!("Nat gateway of SKU {sku} cannot be in zones {own:?}."),
        ));
    }
    for reference in object.kind.references {
        for named in pointer::find(&object.document, reference.pointer).into_iter().filter_map(Value::as_str)
        {
            judge_source(objects, object, named, reference.pointer.contains("V6"))?;
        }
    }
    Ok(())
}

/// An address, or a prefix, of a gateway.
fn judge_source(objects: &Objects, object: &Object, named: &str, six: bool) -> Result<(), Refusal> {
    let key = Key::of(named);
    let Some(source) = objects.get(&key) else { return Ok(()) };
    let (own, name) = (zones_of(object), object.id.name());
    if sku_of(source) != sku_of(object) {
        let why = format!(
            "Nat gateway {name} of SKU {} cannot use {named} of SKU {}.",
            sku_of(object),
            sku_of(source)
        );
        return Err(refused("NatGatewayPublicIpSkuMismatch", why));
    }
    if (source.document["properties"]["publicIPAddressVersion"] == "IPv6") != six {
        return Err(refused(
            "NatGatewayPublicIpVersionMismatch",
            format!("{named} is not of the version that is asked for."),
        ));
    }
    let theirs = zones_of(source);
    if !own.is_empty() && !theirs.is_empty() && !own.iter().all(|zone| theirs.contains(zone)) {
        let why = format!("Nat gateway {name} is in zones {own:?}, and {named} in {theirs:?}.");
        return Err(refused("NatGatewayPublicIpZoneMismatch", why));
    }
    let holders = objects.naming(&key, |ends| ends == Ends::Holds);
    let others =
        holders.iter().filter(|holder| **holder != object.id.key()).filter_map(|holder| objects.get(holder));
    if let Some(other) = others.into_iter().find(|other| other.kind.name == NAT_GATEWAY) {
        return Err(refused("PublicIPAddressInUse", format!("{named} is in use by {}.", other.id)));
    }
    Ok(())
}

/// All subnets of a gateway are of one network.
///
/// Source: Azure NAT Gateway, "Limitations".
pub(super) fn spans(objects: &Objects, subnet: &Object) -> Result<(), Refusal> {
    let Some(gateway) = subnet.document.pointer("/properties/natGateway/id").and_then(Value::as_str) else {
        return Ok(());
    };
    let others = objects.naming(&Key::of(gateway), |ends| ends == Ends::Holds);
    let network = subnet.id.root().key();
    let elsewhere =
        others.iter().filter_map(|key| objects.get(key)).find(|other| other.id.root().key() != network);
    elsewhere.map_or(Ok(()), |other| {
        let why =
            format!("Nat gateway {gateway} is in use by {}, which is in another virtual network.", other.id);
        Err(refused("NatGatewayInUseByAnotherVirtualNetwork", why))
    })
}
