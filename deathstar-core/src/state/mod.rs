//! The recorded state: what was made, what is being made, what is being deleted.

pub mod log;
