//! What of all that was made is still there.

use crate::world::World;
use serde_json::Value;
use std::collections::BTreeMap;

/// An object that stands.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Standing {
    /// Its identifier.
    pub id: String,
    /// Its type: `Microsoft.Network/virtualNetworks`.
    pub kind: &'static str,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its state: `Succeeded`.
    pub state: &'static str,
    /// The number of the call that made it.
    pub made_by: u64,
    /// The number of the call that changed it last.
    pub changed_by: u64,
    /// What is shown of it.
    pub document: Value,
}

impl Standing {
    pub(crate) fn all(world: &World) -> Vec<Self> {
        let standing = |object: &crate::world::Object| Self {
            id: object.id.to_string(),
            kind: object.kind.name,
            tags: object.tags(),
            state: object.kind.state_name(object.state),
            made_by: object.made_by,
            changed_by: object.changed_by,
            document: world.objects.show(object),
        };
        world.objects.iter().map(standing).collect()
    }
}

/// Values of a tag that more than one object of a type carries, with these objects: what a client made twice.
pub fn doubles<'s>(standing: &'s [Standing], tag: &str) -> BTreeMap<(&'static str, &'s str), Vec<&'s str>> {
    let mut by_value: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for object in standing {
        if let Some(value) = object.tags.get(tag) {
            by_value.entry((object.kind, value.as_str())).or_default().push(object.id.as_str());
        }
    }
    by_value.retain(|_, objects| objects.len() > 1);
    by_value
}
