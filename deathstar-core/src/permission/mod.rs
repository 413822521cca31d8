//! What must be allowed: exactly the calls of a plan, or of everything that a stack can ever need.
//!
//! A kind says for each of its [`Call`]s which actions its service authorises, on what and under which conditions
//! ([`Resource::permissions`](crate::Resource::permissions)); a fact says it for its questions. A [`Permission`] is data that the
//! core carries without understanding it. The core knows which calls a plan makes:
//! [`Plan::permissions`](crate::plan::Plan::permissions) and [`Engine::permissions`](crate::Engine::permissions) collect them as
//! [`Permissions`], and the backend makes documents of them, in the form that its cloud takes
//! ([`Provider::policies`](crate::Provider::policies)).

mod call;
mod collect;
mod need;
mod policy;
mod statement;

pub use call::{Call, Known, Look, Verb};
pub use need::{Need, Permissions, Use};
pub use policy::{Needed, Policy};
pub use statement::{Condition, Permission, Target, Which};

pub(crate) use call::{AnyCall, AnyKnown};
pub(crate) use collect::{of_life, of_plan};
pub(crate) use policy::AnyNeeded;

#[cfg(test)]
mod tests;
