//! Microsoft.Resources.

use super::{Delete, Immutable, Operations, Style, Type};

/// Resource groups. A PUT is over with its answer; a DELETE goes on until everything in the group is gone.
///
/// Source: Azure Resource Manager REST API, "Resource Groups - Create Or Update", "Delete".
const RESOURCE_GROUPS: Type = Type {
    name: crate::id::RESOURCE_GROUP,
    versions: &["2025-04-01", "2024-11-01", "2021-04-01"],
    delete: Delete { accepted: 202, style: Style::Location },
    operations: &Operations {
        status: "",
        result: "/subscriptions/{subscription}/operationresults/{operation}",
        gone: 200,
    },
    immutable: &[Immutable { pointer: "/location", status: 409, code: "InvalidResourceGroupLocation" }],
    ..Type::BASE
};

pub(super) const TYPES: &[&Type] = &[&RESOURCE_GROUPS];
