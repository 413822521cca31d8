//! Microsoft.Network: private DNS zones, their links and their records.
//!
//! Source: Azure Private DNS REST API.

use super::{Delete, Ends, Operations, Patch, Place, Put, Reference, Style, Type, network};
use crate::{
    answer::Refusal,
    pointer,
    world::{Object, Objects, State},
};
use serde_json::{Map, Value, json};

pub(crate) const ZONE: &str = "Microsoft.Network/privateDnsZones";
const LINK: &str = "Microsoft.Network/privateDnsZones/virtualNetworkLinks";
const VERSIONS: &[&str] = &["2024-06-01"];

const BASE: Type = Type {
    versions: VERSIONS,
    put: Put { created: 202, replaced: 202, style: Style::Both, again: Style::Both },
    delete: Delete { accepted: 202, style: Style::Both },
    operations: &Operations {
        status: "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/privateDnsOperationStatuses/\
            {operation}",
        result: "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/privateDnsOperationResults/\
            {operation}",
        gone: 200,
    },
    place: Place::Global,
    patch: Patch::Merge,
    etag: true,
    ..Type::BASE
};

const ZONES: Type = Type {
    name: ZONE,
    dress: counts,
    // Source: "DNS zones and records", the record of authority is made and deleted with its zone.
    born: &[(
        "Microsoft.Network/privateDnsZones/SOA",
        "@",
        r#"{"properties":{"ttl":3600,"soaRecord":{"email":"azureprivatedns-host.microsoft.com","expireTime":2419200,
            "host":"azureprivatedns.net","minimumTtl":10,"refreshTime":3600,"retryTime":300,"serialNumber":1}}}"#,
    )],
    ..BASE
};

const LINKS: Type = Type {
    name: LINK,
    required: &["/properties/virtualNetwork/id"],
    defaults: &[("/properties/registrationEnabled", "false")],
    immutable: &[super::Immutable {
        pointer: "/properties/virtualNetwork/id",
        status: 400,
        code: "BadRequest",
    }],
    references: &[Reference {
        pointer: "/properties/virtualNetwork/id",
        to: &[network::VIRTUAL_NETWORK],
        back: None,
        // Source: "What is a virtual network link?": links go with their network.
        ends: Ends::Follows,
    }],
    check: link,
    dress: link_state,
    ..BASE
};

/// Records of one name and type; a call is over with its answer.
const fn records(name: &'static str, required: &'static [&'static str]) -> Type {
    Type {
        name,
        versions: VERSIONS,
        place: Place::Inherited,
        patch: Patch::Merge,
        etag: true,
        state: false,
        required,
        defaults: &[("/properties/ttl", "3600")],
        dress: record,
        ..Type::BASE
    }
}

const A: Type = records("Microsoft.Network/privateDnsZones/A", &["/properties/aRecords"]);
const AAAA: Type = records("Microsoft.Network/privateDnsZones/AAAA", &["/properties/aaaaRecords"]);
const CNAME: Type = records("Microsoft.Network/privateDnsZones/CNAME", &["/properties/cnameRecord"]);
const MX: Type = records("Microsoft.Network/privateDnsZones/MX", &["/properties/mxRecords"]);
const PTR: Type = records("Microsoft.Network/privateDnsZones/PTR", &["/properties/ptrRecords"]);
const SOA: Type = records("Microsoft.Network/privateDnsZones/SOA", &["/properties/soaRecord"]);
const SRV: Type = records("Microsoft.Network/privateDnsZones/SRV", &["/properties/srvRecords"]);
const TXT: Type = records("Microsoft.Network/privateDnsZones/TXT", &["/properties/txtRecords"]);

pub(super) const TYPES: &[&Type] = &[&ZONES, &LINKS, &A, &AAAA, &CNAME, &MX, &PTR, &SOA, &SRV, &TXT];

/// Whether a type is one of records.
pub(crate) fn is_record(kind: &Type) -> bool {
    kind.name.starts_with("Microsoft.Network/privateDnsZones/") && kind.name != LINK
}

/// What a zone tells of itself.
///
/// Source of limits: Azure subscription limits, "Private DNS".
fn counts(objects: &Objects, object: &Object, shown: &mut Map<String, Value>) {
    let parts: Vec<_> = objects.inside(&object.id.key()).iter().filter_map(|key| objects.get(key)).collect();
    let registering =
        |part: &&&Object| part.document.pointer("/properties/registrationEnabled") == Some(&json!(true));
    let links = parts.iter().filter(|part| part.kind.name == LINK);
    let counts = [
        ("maxNumberOfRecordSets", 25_000),
        ("numberOfRecordSets", parts.iter().filter(|part| is_record(part.kind)).count()),
        ("maxNumberOfVirtualNetworkLinks", 1_000),
        ("numberOfVirtualNetworkLinks", links.clone().count()),
        ("maxNumberOfVirtualNetworkLinksWithRegistration", 100),
        ("numberOfVirtualNetworkLinksWithRegistration", links.filter(registering).count()),
    ];
    for (member, count) in counts {
        pointer::set(shown, &format!("/properties/{member}"), json!(count));
    }
}

/// A network has one link to a zone, and none to two zones of one name.
///
/// Source: "What is a virtual network link?".
fn link(objects: &Objects, object: &Object) -> Result<(), Refusal> {
    let network = |object: &Object| {
        let named = object.document.pointer("/properties/virtualNetwork/id").and_then(Value::as_str);
        named.map(str::to_ascii_lowercase)
    };
    let own = network(object);
    for other in objects.iter().filter(|other| other.kind.name == LINK && other.id.key() != object.id.key()) {
        if network(other) != own || !other.id.root().name().eq_ignore_ascii_case(object.id.root().name()) {
            continue;
        }
        let same_zone = other.id.root().key() == object.id.root().key();
        let (status, code) = if same_zone { (409, "Conflict") } else { (400, "BadRequest") };
        let why =
            format!("A virtual network cannot be linked to zones of one name more than once. [{}]", other.id);
        return Err(Refusal::new(status, code, why));
    }
    Ok(())
}

fn link_state(_: &Objects, object: &Object, shown: &mut Map<String, Value>) {
    let done = object.state == State::Succeeded;
    let state = if done { "Completed" } else { "InProgress" };
    pointer::set(shown, "/properties/virtualNetworkLinkState", json!(state));
}

fn record(_: &Objects, object: &Object, shown: &mut Map<String, Value>) {
    let zone = object.id.root();
    let name = match object.id.name() {
        "@" => format!("{}.", zone.name()),
        name => format!("{name}.{}.", zone.name()),
    };
    pointer::set(shown, "/properties/fqdn", json!(name));
    pointer::set(shown, "/properties/isAutoRegistered", json!(false));
}
