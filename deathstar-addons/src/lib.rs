//! What is installed into a cluster.

pub mod chart;
