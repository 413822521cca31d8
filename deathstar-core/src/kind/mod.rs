//! What a kind of object is: plain data about one object's desired state, and the rules that the engine needs to know about it.

mod fact;
mod field;
mod hold;
mod identity;
mod need;
mod part;
mod resource;

pub use crate::permission::Verb;
pub use fact::{Answered, Fact};
pub use field::{Class, Field, Fields, Verdict};
pub use hold::{Hold, Key, Span};
pub use identity::{Identity, Repair, Stakes};
pub use need::Need;
pub(crate) use part::overlap;
pub use part::{ChangedBy, Part};
pub use resource::{Data, Resource};

#[doc(hidden)]
pub use field::encode;
