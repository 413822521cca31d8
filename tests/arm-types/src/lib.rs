//! Azure Resource Manager, for tests.
//!
//! | module | what it holds |
//! |---|---|
//! | [`types`] | Microsoft's descriptions of resource types, and what a body says against them |

pub mod types;
