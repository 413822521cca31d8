//! Microsoft.Authorization: role assignments, and the roles that are there.

use super::{Computed, Immutable, Patch, Place, Type, managed_identity};
use crate::{
    answer::Refusal,
    id::ResourceId,
    pointer,
    world::{Object, Objects, World},
};
use serde_json::{Map, Value, json};

pub(crate) const ASSIGNMENT: &str = "Microsoft.Authorization/roleAssignments";
pub(crate) const VERSIONS: &[&str] = &["2022-04-01"];

/// Roles that every tenant has: identifier and name.
///
/// Source: Azure RBAC, "Azure built-in roles".
pub(crate) const ROLES: [(&str, &str); 14] = [
    ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner"),
    ("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor"),
    ("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader"),
    ("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "User Access Administrator"),
    ("4d97b98b-1d4f-4787-a291-c67834d212e7", "Network Contributor"),
    ("b12aa53e-6015-4669-85d0-8515ebb3ae7f", "Private DNS Zone Contributor"),
    ("befefa01-2a29-4197-83a8-272ff33ce314", "DNS Zone Contributor"),
    ("f1a07417-d97a-45cb-824c-7a7467783830", "Managed Identity Operator"),
    ("7f951dda-4ed3-4680-a7ca-43fe172d538d", "AcrPull"),
    ("4633458b-17de-408a-b874-0445c86b69e6", "Key Vault Secrets User"),
    ("3913510d-42f4-4e42-8a64-420c390055eb", "Monitoring Metrics Publisher"),
    ("92aaf0da-9dab-42b6-94a3-d43ce8d16293", "Log Analytics Contributor"),
    ("ba92f5b4-2d11-453d-a403-e96b0029c9fe", "Storage Blob Data Contributor"),
    ("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "Storage Blob Data Reader"),
];

/// Role assignments, which extend what they are about. They are made and deleted, and hardly ever changed.
///
/// Source: Azure RBAC, "Troubleshoot Azure RBAC".
const ASSIGNMENTS: Type = Type {
    name: ASSIGNMENT,
    versions: VERSIONS,
    place: Place::Inherited,
    patch: Patch::None,
    state: false,
    required: &["/properties/roleDefinitionId", "/properties/principalId"],
    computed: &[
        ("/properties/createdOn", Computed::Text("\"2025-01-01T00:00:00.0000000Z\"")),
        ("/properties/updatedOn", Computed::Text("\"2025-01-01T00:00:00.0000000Z\"")),
        ("/properties/createdBy", Computed::Text("\"33333333-3333-4333-8333-333333333333\"")),
        ("/properties/updatedBy", Computed::Text("\"33333333-3333-4333-8333-333333333333\"")),
        ("/properties/scope", Computed::Call(|id| json!(id.scope))),
    ],
    immutable: &[
        Immutable {
            pointer: "/properties/principalId",
            status: 400,
            code: "RoleAssignmentUpdateNotPermitted",
        },
        Immutable {
            pointer: "/properties/roleDefinitionId",
            status: 400,
            code: "RoleAssignmentUpdateNotPermitted",
        },
        Immutable {
            pointer: "/properties/principalType",
            status: 400,
            code: "RoleAssignmentUpdateNotPermitted",
        },
    ],
    check: assignment,
    admit: principal,
    dress: own_spelling,
    ..Type::BASE
};

pub(super) const TYPES: &[&Type] = &[&ASSIGNMENTS];

fn role_of(document: &Value) -> String {
    let named = document.pointer("/properties/roleDefinitionId").and_then(Value::as_str).unwrap_or_default();
    named.rsplit('/').next().unwrap_or_default().to_ascii_lowercase()
}

/// Nobody has a role twice in one place.
fn assignment(objects: &Objects, object: &Object) -> Result<(), Refusal> {
    let grant = |object: &Object| {
        let principal = object.document["properties"]["principalId"].clone();
        (object.id.scope.to_ascii_lowercase(), principal, role_of(&object.document))
    };
    let own = grant(object);
    let mut others =
        objects.iter().filter(|other| other.kind.name == ASSIGNMENT && other.id.key() != object.id.key());
    let Some(other) = others.find(|other| grant(other) == own) else { return Ok(()) };
    let why = format!(
        "The role assignment already exists. The ID of the existing role assignment is {}.",
        other.id.name().replace('-', "")
    );
    Err(Refusal::new(409, "RoleAssignmentExists", why))
}

/// The role has to be there; the principal has to be known, unless the document says what it is.
fn principal(world: &mut World, id: &ResourceId, document: &Map<String, Value>) -> Result<(), Refusal> {
    let document = Value::Object(document.clone());
    let role = role_of(&document);
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let (Some(principal), false) = (text("/properties/principalId"), role.is_empty()) else { return Ok(()) };
    if !ROLES.iter().any(|(own, _)| *own == role) {
        let why = format!("The specified role definition with ID '{role}' does not exist.");
        return Err(Refusal::new(404, "RoleDefinitionDoesNotExist", why));
    }
    let is_its = |object: &&Object| {
        object.kind.name == managed_identity::IDENTITY
            && object.computed.iter().any(|(_, value)| value.as_str() == Some(principal.as_str()))
    };
    let exists = world.objects.iter().any(|object| is_its(&object));
    match text("/properties/principalType").as_deref() {
        Some("ServicePrincipal") => return Ok(()),
        Some(other) if exists => {
            let why = format!(
                "The PrincipalId '{principal}' has type 'ServicePrincipal', which is different from specified PrincipalType \
                 '{other}'."
            );
            return Err(Refusal::new(400, "UnmatchedPrincipalType", why));
        }
        Some(_) => return Ok(()),
        None => {}
    }
    let tries = world.unknown_principals.get_mut(&principal).filter(|tries| **tries > 0);
    let waits = tries.map(|tries| *tries -= 1).is_some();
    if exists && !waits {
        return Ok(());
    }
    let why = format!(
        "Principal {principal} does not exist in the directory {}. Check that you have the correct principal ID. If you are \
         creating this principal and then immediately assigning a role, this error might be related to a replication delay. \
         In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.",
        world.tenant(id.subscription()).unwrap_or_default()
    );
    Err(Refusal::new(400, "PrincipalNotFound", why))
}

/// Roles are named within the subscription, whatever the document said.
fn own_spelling(_: &Objects, object: &Object, shown: &mut Map<String, Value>) {
    let role = role_of(&object.document);
    let subscription = object.id.subscription();
    let named =
        format!("/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}");
    pointer::set(shown, "/properties/roleDefinitionId", json!(named));
    pointer::set_default(shown, "/properties/principalType", json!("ServicePrincipal"));
}
