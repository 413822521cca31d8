//! The private erasure: the one place where values become untyped.

mod change;
mod driver;
mod fact;
mod kind;
mod permission;
mod resource;
mod text;

pub(crate) use change::{Change, Weight};
pub(crate) use driver::{AnyDriver, bind_ask, bind_driver};
pub(crate) use fact::fact;
pub(crate) use kind::{About, AnyKind, Role};
pub(crate) use resource::kind;
