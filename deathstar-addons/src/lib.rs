//! What is installed into a cluster, whoever runs it: the platform base.
//!
//! | module | what it holds |
//! |---|---|
//! | [`base`] | what a production cluster needs on its first day: namespaces, policies, quotas, roles, storage, and checks of workloads |

pub mod base;
