//! stub
/// stub
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct LogError;
impl LogError { /// h
pub fn hint(&self)->Option<String>{None} }
