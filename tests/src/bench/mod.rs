//! The benchmarks: cases, the engine's part, the floor beside it, Terraform beside both, and the table of numbers.

mod case;
mod engine;
pub mod floor;
pub mod graph;
pub mod kinds;
pub mod kubernetes;
mod measure;
mod process;
mod report;
mod terraform;

pub use case::{Case, Limit};
pub use measure::{Job, Samples, peak_memory, prepare};
pub use report::{Growth, Line, Report};
pub use terraform::Terraform;
