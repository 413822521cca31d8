//! The core.

pub mod state;
