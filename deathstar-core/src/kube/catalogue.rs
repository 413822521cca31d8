//! What this module can drive.

use super::Object;
use crate::Catalogue;

/// All objects of Kubernetes: enough for the in-memory cloud. With the feature `kube-client` they have their calls too, and
/// `Access` says how clusters are opened.
pub fn kinds() -> Catalogue {
    #[cfg(feature = "kube-client")]
    return Catalogue::new().driver::<super::Client, Object>();
    #[cfg(not(feature = "kube-client"))]
    Catalogue::new().kind::<Object>()
}
