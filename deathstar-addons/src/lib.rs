//! What is installed into a cluster, whoever runs it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`base`] | what a production cluster needs on its first day: namespaces, policies, quotas, roles, storage, and checks of workloads |
//! | [`chart`] | Helm charts, rendered into objects of the plan |

pub mod base;
pub mod chart;
