//! Microsoft's descriptions of types, beside the clone.

use crate::counterpart::beside;
use deathstar_arm_server::{Schemas, Side};
use deathstar_azure::arm::Document;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The descriptions, read once.
pub(crate) fn schemas() -> Option<&'static Schemas> {
    static ALL: LazyLock<Option<Schemas>> = LazyLock::new(|| {
        let directory = beside("azure")?;
        Some(Schemas::read(&directory, &["microsoft."]).unwrap())
    });
    ALL.as_ref()
}

/// What is wrong with a document that is sent.
pub(crate) fn wrong(of: &str, version: &str, document: &Document) -> Vec<String> {
    let Some(schemas) = schemas() else { return vec![] };
    let document = Value::Object(document.clone());
    let found = schemas.check(of, version, Side::Request, &document);
    found.expect("the type is described").iter().map(ToString::to_string).collect()
}

/// A document with everything that Azure may show of a type, and what of it a request may repeat.
pub(crate) fn full(of: &str, version: &str) -> Option<(Document, Value)> {
    let schemas = schemas()?;
    let document = schemas.document(of, version, 5, &mut plausible).expect("the type is described");
    let found = schemas.check(of, version, Side::Response, &document).unwrap();
    assert_eq!(found, vec![], "{of}");
    let writable = schemas.writable(of, version, &document).unwrap();
    Some((document.as_object().unwrap().clone(), writable))
}

/// The members that name whole resources, and those of them that are lists.
const REFERENCES: [&str; 9] = [
    "applicationSecurityGroups",
    "destinationApplicationSecurityGroups",
    "linkedPublicIPAddress",
    "natGateway",
    "networkSecurityGroup",
    "routeTable",
    "serviceEndpointPolicies",
    "servicePublicIPAddress",
    "sourceApplicationSecurityGroups",
];
const LISTS: [&str; 4] = [
    "applicationSecurityGroups",
    "destinationApplicationSecurityGroups",
    "serviceEndpointPolicies",
    "sourceApplicationSecurityGroups",
];

/// Values that have a form which the descriptions do not tell.
fn plausible(pointer: &str) -> Option<Value> {
    let path: Vec<&str> = pointer.split('/').filter(|part| part.parse::<u8>().is_err()).collect();
    let last = *path.last()?;
    let inside = pointer.ends_with("/0");
    if pointer == "/properties/subnet" {
        return Some(json!({"id": "/subscriptions/s/resourceGroups/g/providers/N/t/x/u/y"}));
    }
    // A whole resource in another one is shown as its id alone.
    if REFERENCES.contains(&last) && (inside || !LISTS.contains(&last)) {
        return Some(json!({"id": "/subscriptions/s/resourceGroups/g/providers/N/t/x"}));
    }
    Some(match last {
        "addressPrefix" | "sourceAddressPrefix" | "destinationAddressPrefix" | "ipPrefix" => {
            json!("10.0.0.0/24")
        }
        "addressPrefixes" | "sourceAddressPrefixes" | "destinationAddressPrefixes" if inside => {
            json!("10.0.0.0/24")
        }
        "sourcePortRange" | "destinationPortRange" => json!("443"),
        "sourcePortRanges" | "destinationPortRanges" if inside => json!("443"),
        "ipAddress" | "ipv4Address" | "nextHopIpAddress" | "privateIPAddress" => json!("10.0.0.4"),
        "ipAddresses" | "dnsServers" | "nextHopIpAddresses" if inside => json!("10.0.0.4"),
        "ipv6Address" => json!("fd00::4"),
        "value" if pointer.contains("ipRules") => json!("192.0.2.7"),
        "value" if pointer.contains("ipv6Rules") => json!("2001:db8::7"),
        "clientId" | "principalId" | "tenantId" => json!("00000000-0000-4000-8000-000000000001"),
        "name" if path.len() == 2 => json!("aaaa"),
        "zones" if inside => json!("1"),
        "trafficAnalyticsInterval" => json!(10),
        _ => return None,
    })
}
