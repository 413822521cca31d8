//! stub
/// stub
#[derive(Debug)]
pub struct FileStore;
