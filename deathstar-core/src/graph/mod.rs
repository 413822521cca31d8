//! What a program declares: resources at addresses, joined by expressions, on providers, in one stack.

mod address;
mod expression;
mod ignored;
mod input;
mod mark;
mod node;
mod provider;
mod scope;
mod stack;

pub use address::{Address, AddressError};
pub use expression::{Encoded, Expr, Handle, Input, Output, Reference};
pub use ignored::{Ignored, IgnoredTags};
pub use node::Options;
pub use provider::{Connection, On, Provider};
pub use scope::{Place, Scope};
pub use stack::Stack;

pub(crate) use address::AddressMap;
pub(crate) use expression::references;
pub(crate) use ignored::LeftTags;
#[cfg(feature = "kube")]
pub(crate) use mark::is_mark;
pub(crate) use mark::{Mark, Marked, marks, pending, splice};
pub(crate) use node::Node;
pub(crate) use provider::ProviderNode;
