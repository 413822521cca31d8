//! What this module can drive.

use super::{Client, Object};
use crate::Catalogue;

/// All objects of Kubernetes, with their calls; [`Access`](super::Access) says how clusters are opened. Enough as it is for the
/// in-memory cloud.
pub fn kinds() -> Catalogue {
    Catalogue::new().driver::<Client, Object>()
}
