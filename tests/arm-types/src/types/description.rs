//! The form of a file of descriptions.

use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;

/// An element of a file; others name it by its place.
#[derive(Debug, Deserialize)]
#[serde(tag = "$type", rename_all_fields = "camelCase")]
pub(super) enum Element {
    AnyType,
    BooleanType,
    IntegerType {
        min_value: Option<i64>,
        max_value: Option<i64>,
    },
    StringType {
        min_length: Option<usize>,
        max_length: Option<usize>,
        pattern: Option<String>,
    },
    StringLiteralType {
        value: String,
    },
    UnionType {
        elements: Vec<Reference>,
    },
    ArrayType {
        item_type: Reference,
        min_length: Option<usize>,
        max_length: Option<usize>,
    },
    ObjectType {
        name: String,
        #[serde(default)]
        properties: BTreeMap<String, Property>,
        additional_properties: Option<Reference>,
    },
    DiscriminatedObjectType {
        name: String,
        discriminator: String,
        #[serde(default)]
        base_properties: BTreeMap<String, Property>,
        elements: BTreeMap<String, Reference>,
    },
    ResourceType {
        name: String,
        body: Reference,
    },
    #[serde(other)]
    Other,
}

/// A member of an object.
#[derive(Debug, Deserialize)]
pub(super) struct Property {
    #[serde(rename = "type")]
    pub(super) of: Reference,
    #[serde(default)]
    flags: u8,
}

impl Property {
    /// Whether it has to be there.
    pub(super) const fn is_required(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Whether only answers have it.
    pub(super) const fn is_read_only(&self) -> bool {
        self.flags & 2 != 0
    }

    /// Whether only requests have it.
    pub(super) const fn is_write_only(&self) -> bool {
        self.flags & 4 != 0
    }

    /// Whether it identifies the object, so that the address of a request says it.
    pub(super) const fn is_identifying(&self) -> bool {
        self.flags & 8 != 0
    }
}

/// The place of another element: `{"$ref": "#/7"}`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference(pub(super) usize);

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "$ref")]
            to: String,
        }
        let Wire { to } = Wire::deserialize(deserializer)?;
        let number = to.strip_prefix("#/").and_then(|number| number.parse().ok());
        number.map(Self).ok_or_else(|| de::Error::custom(format!("`{to}` names no element")))
    }
}
