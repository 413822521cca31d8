//! The core of DeathStar: a typed model of infrastructure, and the engine that plans, applies and destroys it.
//!
//! The core knows no cloud. A backend (such as `deathstar-aws`) brings kinds ([`Resource`]), their calls ([`Driver`]) and a
//! [`Catalogue`]; a program declares a [`Stack`] and hands it to an [`Engine`].
//!
//! | module | what it holds |
//! |---|---|
//! | [`graph`] | what a program declares: addresses, expressions, providers, scopes, stacks |
//! | [`kind`] | what a kind is: its identity, fields, holds, stakes; facts |
//! | [`driver`] | what calls an API: the four verbs, what they see, the catalogue |
//! | [`plan`] | the pure comparison of what is wanted, recorded and seen |
//! | [`apply`] | carrying a plan out: intent, calls, convergence, report |
//! | [`state`] | the journal: one durable row per object |
//! | [`memory`] | the in-memory cloud |
//! | [`component`] | what components of all clouds share |
//! | `cli` | the command line of a program (feature `cli`) |
//! | `kube` | Kubernetes objects as resources (feature `kube`), and their calls (feature `kube-client`) |
//! | `testing` | a real Kubernetes control plane for tests (feature `testing`) |
//! | [`conformance`] | a suite that says whether a driver keeps its contract |
//! | [`permission`] | what a plan, or a whole stack, has to be allowed |
//! | [`model`] | plain data that all clouds share |

pub mod apply;
#[cfg(feature = "cli")]
pub mod cli;
pub mod clock;
pub mod component;
pub mod conformance;
mod diagnostic;
mod digest;
pub mod driver;
mod engine;
mod erase;
mod error;
pub mod graph;
pub mod kind;
#[cfg(feature = "kube")]
pub mod kube;
pub mod memory;
pub mod model;
pub mod permission;
pub mod plan;
mod raw;
mod secret;
pub mod state;
#[cfg(feature = "testing")]
pub mod testing;
mod text;

pub use diagnostic::{Diagnostic, Findings};
pub use driver::{
    Ask, Catalogue, Connect, Cx, Driver, Found, Made, Op, Pace, Progress, Rate, Ready, Seen, SeenState, Tags,
    Want,
};
pub use engine::{ApplyError, Backend, Cloud, Engine, Forget, PlanError, PlanOptions, Recover};
pub use error::{Effect, Error, Meaning, Result};
pub use graph::{Address, Connection, Expr, Handle, Input, On, Output, Place, Provider, Scope, Stack};
pub use kind::{
    Answered, ChangedBy, Class, Fact, Field, Fields, Hold, Identity, Key, Need, Repair, Resource, Span,
    Stakes, Verb, Verdict,
};
pub use memory::Memory;
pub use permission::{Permission, Permissions};
pub use raw::Raw;
pub use secret::Sensitive;

/// What a program needs to declare, plan and apply.
pub mod prelude {
    pub use crate::component::{Component, ResourceExt};
    pub use crate::graph::{Address, Handle, Input, On, Output, Scope, Stack};
    pub use crate::state::{FileStore, MemoryStore};
    pub use crate::{Engine, Memory};
}
