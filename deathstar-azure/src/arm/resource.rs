//! The trait of a kind of Azure.

use super::{ArmType, document};
use crate::{Azure, id::ResourceId};
use deathstar_core::{
    Error, Found, Input, Key, Resource, Result, SeenState, kind::Data, permission::Permission,
};
use serde_json::{Map, Value};
use std::{borrow::Cow, fmt::Display};

/// What Azure answers and takes: one JSON object.
pub type Document = Map<String, Value>;

/// An id by which a kind knows its objects.
pub trait ArmId: Data + Display + Eq + std::hash::Hash {
    /// The id, from the full one.
    fn of(id: &ResourceId) -> Self;

    /// The full id. The subscription counts where the id does not carry it.
    fn in_subscription(&self, subscription: &str) -> ResourceId;
}

/// Where objects of a kind are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// In a region: the one that the field `location` names, or else the connection's.
    Region,
    /// In all regions.
    Global,
    /// Where that is in which they stand.
    Parent,
}

/// A kind of Azure Resource Manager: beside what [`Resource`] says, its type and how its document is written and read.
///
/// The struct *is* the document. Each field but name and parent stands in `properties` under its name in camel case, or where
/// [`ArmResource::PLACES`] says. A field that is `null` is not managed; one that is [`Setting::Absent`](deathstar_core::model::Setting)
/// is taken out. So a usual kind states type, version and parent, and what it tells beyond its spec.
///
/// One driver makes the calls of all of them.
pub trait ArmResource: Resource<Provider = Azure, Id: ArmId> {
    /// The type of the resources.
    const TYPE: ArmType;
    /// The version of the API by which they are read and written.
    const API_VERSION: &'static str;
    /// The field that holds the id of what they stand in; empty where that is the subscription.
    const PARENT: &'static str = "resource_group";
    /// Where fields stand in the document that do not stand at `/properties/` and their name in camel case, as JSON pointers.
    const PLACES: &'static [(&'static str, &'static str)] = &[];
    /// Where they are.
    const PLACEMENT: Placement = Placement::Region;
    /// What stands in a document as read and must not be written, as JSON pointers of which a `*` is any part, beside what no document
    /// of Azure takes (`etag`, `provisioningState`, `resourceGuid`, `systemData`; and `id`, `name`, `type` of the whole).
    const READ_ONLY: &'static [&'static str] = &[];

    /// The type of this one, of which its id is: [`ArmResource::TYPE`], unless that lists several types.
    fn type_of(&self) -> ArmType {
        Self::TYPE
    }

    /// The id of what it stands in; none where that is the subscription.
    fn parent(&self) -> Option<Input<ResourceId>>;

    /// Its name; none while it follows from inputs that are not known yet.
    fn name(&self) -> Option<Cow<'_, str>>;

    /// Writes what is managed into a document: an empty one, or the one that was read, of which all else stays.
    ///
    /// # Errors
    /// When the spec cannot be encoded.
    fn write(&self, document: &mut Document) -> Result<()> {
        document::write(self, document)
    }

    /// The spec that a document shows.
    ///
    /// # Errors
    /// When it is no document of this kind.
    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        document::read(id, document)
    }

    /// What a document tells beyond the spec.
    ///
    /// # Errors
    /// When it is no document of this kind.
    fn outputs(id: &ResourceId, document: &Document) -> Result<Self::Outputs>;

    /// Whether the object can be used.
    fn state(document: &Document) -> SeenState {
        document::state(document)
    }

    /// Shows the objects of other kinds that the document contains; those kinds are
    /// [shown by](Resource::SHOWN_BY) this one.
    ///
    /// # Errors
    /// When one of them cannot be read.
    fn show_parts(id: &ResourceId, document: &Document, found: &mut Found) -> Result<()> {
        let _ = (id, document, found);
        Ok(())
    }

    /// What has to be allowed on that which it names, to name it: `Microsoft.Network/natGateways/join/action`.
    fn links(&self) -> Vec<Permission> {
        vec![]
    }
}

/// The document that a change sends: what is managed laid into what was read, without what must not be written.
///
/// # Errors
/// When the spec cannot be encoded.
pub fn changed<R: ArmResource>(spec: &R, mut seen: Document) -> Result<Document> {
    document::strip::<R>(&mut seen);
    spec.write(&mut seen)?;
    Ok(seen)
}

/// The key of an object: its id, where that is known; else a claim of its name in what it will stand in.
pub fn key<R: ArmResource>(spec: &R) -> Key {
    match id(spec) {
        Some(id) => Key::of(id),
        None => match spec.name() {
            Some(name) => Key::of((spec.type_of().to_string(), spec.parent(), name)),
            None => Key::of((spec.type_of().to_string(), spec)),
        },
    }
}

/// The id of an object, as far as it follows from what is known.
pub fn id<R: ArmResource>(spec: &R) -> Option<R::Id> {
    let name = spec.name()?;
    match spec.parent() {
        Some(parent) => Some(R::Id::of(&parent.value()?.child(spec.type_of(), &name))),
        None => Some(R::Id::of(&ResourceId::of_subscription(SIMULATED).child(spec.type_of(), &name))),
    }
}

/// The subscription in the in-memory cloud.
pub(crate) const SIMULATED: &str = "00000000-0000-0000-0000-000000000000";

/// The id of an object in the in-memory cloud.
pub fn simulated<R: ArmResource>(spec: &R) -> R::Id {
    id(spec).unwrap_or_else(|| {
        let parent = ResourceId::of_subscription(SIMULATED).child(ArmType::RESOURCE_GROUP, "unknown");
        R::Id::of(&parent.child(spec.type_of(), &spec.name().unwrap_or_default()))
    })
}

/// The parent's id, as [`ArmResource::parent`] wants it.
pub fn standing_in<I: AsRef<str>>(parent: &Input<I>) -> Option<Input<ResourceId>> {
    Some(match parent {
        Input::Known(id) => Input::Known(ResourceId::new(id.as_ref())),
        Input::Pending(expr) => Input::Pending(expr.clone()),
    })
}

/// What of an object as seen is compared with a spec: ids have the spelling of the spec where only case tells them apart, since Azure
/// answers ids in any case; and what a document does not have is [`Setting::Absent`](deathstar_core::model::Setting) where the spec
/// says so. For [`Resource::managed`].
pub fn managed<R: ArmResource>(spec: &R, seen: R) -> R {
    let (Ok(want), Ok(mut value)) = (serde_json::to_value(spec), serde_json::to_value(&seen)) else {
        return seen;
    };
    let changed = document::respell(&want, &mut value) | document::keep_absent(&want, &mut value);
    if changed { serde_json::from_value(value).unwrap_or(seen) } else { seen }
}

/// Shows the objects of a kind that stand in a list of another's document.
///
/// # Errors
/// When one of them cannot be read.
pub fn show_list<R: ArmResource>(parent: &ResourceId, list: Option<&Value>, found: &mut Found) -> Result<()> {
    for document in list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
        let name = document.get("name").and_then(Value::as_str);
        let name = name.ok_or_else(|| Error::internal(format!("a part of `{parent}` has no name")))?;
        super::show::<R>(&parent.child(R::TYPE, name), document, found)?;
    }
    Ok(())
}

/// Says where an object is to be, where its spec does not.
#[cfg(feature = "client")]
pub(crate) fn place<R: ArmResource>(document: &mut Document, region: &crate::Location) {
    let location = match R::PLACEMENT {
        Placement::Region => region.as_str(),
        Placement::Global => "global",
        Placement::Parent => return,
    };
    document.entry("location").or_insert_with(|| location.into());
}
