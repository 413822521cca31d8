//! The private erasure: the one place where values become untyped.

mod driver;
mod kind;

pub(crate) use driver::{AnyDriver, bind_ask, bind_driver};
pub(crate) use kind::{About, AnyKind, Change, Role, Weight, fact, kind};
