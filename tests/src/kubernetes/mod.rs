//! Many objects of a Kubernetes cluster, for the crash harness and the benchmarks.

mod fleet;
mod witness;

pub use fleet::{Fleet, Member};
pub use witness::{Witness, Witnessed};
