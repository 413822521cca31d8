//! The engine.
/// stub
#[derive(Debug)]
pub struct Engine;
/// stub
pub trait Cloud {}
