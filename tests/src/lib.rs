//! What the tests of the whole share: kinds of an imagined cloud, which between them have every property that a kind can have;
//! and the benchmarks.

pub mod bench;
pub mod crash;
pub mod kinds;
pub mod kubernetes;
pub mod shapes;
