//! Microsoft.ManagedIdentity.

use super::{Computed, Patch, Place, Type};
use crate::{
    answer::Refusal,
    world::{Object, Objects},
};

pub(crate) const IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

const IDENTITIES: Type = Type {
    name: IDENTITY,
    versions: &["2024-11-30"],
    patch: Patch::Merge,
    state: false,
    computed: &[
        ("/properties/tenantId", Computed::Tenant),
        ("/properties/principalId", Computed::Guid),
        ("/properties/clientId", Computed::Guid),
    ],
    ..Type::BASE
};

const CREDENTIALS: Type = Type {
    name: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
    place: Place::Inherited,
    patch: Patch::None,
    required: &["/properties/issuer", "/properties/subject", "/properties/audiences"],
    computed: &[],
    check: credential,
    ..IDENTITIES
};

pub(super) const TYPES: &[&Type] = &[&IDENTITIES, &CREDENTIALS];

/// At most 20, and no two of one issuer and subject.
///
/// Source: Microsoft Entra, "Important considerations and restrictions for federated identity credentials".
fn credential(objects: &Objects, object: &Object) -> Result<(), Refusal> {
    let who = |object: &Object| {
        (object.document["properties"]["issuer"].clone(), object.document["properties"]["subject"].clone())
    };
    if objects.siblings(object).any(|other| who(other) == who(object)) {
        let why = "Issuer and subject combination already exists for this Managed Identity.";
        return Err(Refusal::new(409, "Conflict", why));
    }
    if objects.siblings(object).count() >= 20 {
        let why = "Too many Federated Identity Credentials for this Managed Identity: the maximum is 20.";
        return Err(Refusal::new(400, "BadRequest", why));
    }
    Ok(())
}
