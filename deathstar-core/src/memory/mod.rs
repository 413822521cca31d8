//! The in-memory cloud.
/// stub
#[derive(Debug)]
pub struct Memory;
