//! What all kinds of Azure have in common: Azure Resource Manager is one API for all of them.
//!
//! A kind implements [`ArmResource`] beside [`Resource`](deathstar_core::Resource), and one driver makes its calls:
//!
//! | call | what is sent |
//! |---|---|
//! | find | one list for each resource group, or one of the subscription; what a list does not show is read by its id |
//! | create | `PUT` of the document, with the tags |
//! | change | `GET`, what is managed laid into what was read, `PUT` under the condition that nobody else wrote meanwhile |
//! | retag | a merge or a removal by the API of tags, which leaves the tags of others alone |
//! | delete | `DELETE` |
//!
//! # Writing a kind
//! The struct has a field for its parent (`resource_group` unless [`ArmResource::PARENT`] says otherwise), `name`, in most cases
//! `location: Option<Location>`, and what is managed. Its key is [`key`], its id in the in-memory cloud [`simulated`], and what it
//! compares is [`managed`].

mod arm_type;
mod document;
mod reference;
mod resource;
#[cfg(test)]
pub(crate) mod testing;

pub use arm_type::ArmType;
pub use document::{look, put, read, state, take, write};
pub use reference::ById;
pub use resource::{
    ArmId, ArmResource, Document, Placement, changed, id, key, managed, show_list, simulated, standing_in,
};

pub(crate) use resource::SIMULATED;
#[cfg(feature = "client")]
pub(crate) use resource::place;

use crate::{id::ResourceId, tags};
use deathstar_core::{Found, Result, Seen};

/// Shows one object, and what its document contains of other kinds.
pub(crate) fn show<R: ArmResource>(id: &ResourceId, document: &Document, found: &mut Found) -> Result<()> {
    R::show_parts(id, document, found)?;
    found.push(Seen::<R> {
        id: R::Id::of(id),
        tags: tags::seen(document),
        spec: R::read(id, document)?,
        outputs: R::outputs(id, document)?,
        state: R::state(document),
    });
    Ok(())
}

#[cfg(test)]
mod tests;
