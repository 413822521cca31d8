//! What calls an API: the verbs of a kind, what they see, and the catalogue of all kinds that a program can drive.

mod ask;
mod budget;
mod catalogue;
mod context;
mod found;
mod loss;
mod rehearsal;
pub mod tags;
mod token;
mod verbs;

pub use ask::Ask;
pub use budget::{Pace, Rate};
pub use catalogue::{Catalogue, Connect};
pub use context::{Cx, Ready};
pub use found::{Found, Seen, SeenState, Want};
pub use loss::Loss;
pub use rehearsal::{Addition, Check, Foresight, Refusal, Rehearsal, Standing};
pub use tags::Tags;
pub use verbs::{Driver, Made, Op, Progress};

pub(crate) use budget::{Admitted, Budget, Deed};
pub(crate) use catalogue::{Binding, Client};
pub(crate) use found::{AnySeen, AnyWant};
pub(crate) use token::token;
