//! Microsoft.Storage.

use super::{Computed, Operations, Patch, Put, Style, Type};
use crate::{answer::Refusal, id::ResourceId, world::World};
use serde_json::{Map, Value};

pub(crate) const ACCOUNT: &str = "Microsoft.Storage/storageAccounts";

/// Accounts: one is made with `Location` alone, and nothing else takes time.
///
/// Source: Azure Storage REST API, "Storage Accounts".
const ACCOUNTS: Type = Type {
    name: ACCOUNT,
    versions: &["2025-08-01"],
    put: Put { created: 202, replaced: 200, style: Style::Location, again: Style::Sync },
    operations: &Operations {
        status: "",
        result: "/subscriptions/{subscription}/providers/Microsoft.Storage/locations/{location}/asyncoperations/{operation}",
        gone: 200,
    },
    patch: Patch::Merge,
    required: &["/sku/name", "/kind"],
    defaults: &[
        ("/properties/supportsHttpsTrafficOnly", "true"),
        ("/properties/minimumTlsVersion", "\"TLS1_0\""),
        ("/properties/accessTier", "\"Hot\""),
        (
            "/properties/encryption",
            r#"{"keySource":"Microsoft.Storage","services":{"blob":{"enabled":true,"keyType":"Account"}}}"#,
        ),
        (
            "/properties/networkAcls",
            r#"{"bypass":"AzureServices","defaultAction":"Allow","ipRules":[],"virtualNetworkRules":[]}"#,
        ),
    ],
    computed: &[
        ("/sku/tier", Computed::Text("\"Standard\"")),
        ("/properties/creationTime", Computed::Text("\"2025-01-01T00:00:00.0000000Z\"")),
        ("/properties/primaryLocation", Computed::Text("\"{location}\"")),
        ("/properties/statusOfPrimary", Computed::Text("\"available\"")),
        (
            "/properties/primaryEndpoints",
            Computed::Text(
                r#"{"blob":"https://{name}.blob.core.windows.net/","file":"https://{name}.file.core.windows.net/",
                    "queue":"https://{name}.queue.core.windows.net/","table":"https://{name}.table.core.windows.net/"}"#,
            ),
        ),
        ("/properties/privateEndpointConnections", Computed::Text("[]")),
    ],
    immutable: &[super::Immutable { pointer: "/kind", status: 400, code: "AccountPropertyCannotBeUpdated" }],
    admit: name,
    actions: &[(
        "listKeys",
        r#"{"keys":[{"keyName":"key1","value":"a2V5","permissions":"FULL","creationTime":"2025-01-01T00:00:00.0000000Z"}]}"#,
    )],
    ..Type::BASE
};

pub(super) const TYPES: &[&Type] = &[&ACCOUNTS];

/// Names are of one kind, and nobody else in the world has the same.
fn name(world: &mut World, id: &ResourceId, _: &Map<String, Value>) -> Result<(), Refusal> {
    let name = id.name();
    let fits = (3..=24).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !fits {
        let why = format!(
            "{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length \
             and use numbers and lower-case letters only."
        );
        return Err(Refusal::new(400, "AccountNameInvalid", why));
    }
    if world
        .objects
        .iter()
        .any(|other| other.kind.name == ACCOUNT && other.id.name() == name && other.id.key() != id.key())
    {
        return Err(Refusal::new(
            409,
            "StorageAccountAlreadyTaken",
            format!("The storage account named {name} is already taken."),
        ));
    }
    Ok(())
}
