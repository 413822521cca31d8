//! The kinds that Kubernetes itself serves: group, version, kind, plural and scope, by minor.
//!
//! What is not here is a custom resource, or belongs to an aggregated API. Source: the `OpenAPI` documents of Kubernetes
//! 1.33 to 1.37, as `k8s-openapi` carries them.

mod table;

use crate::model::KubernetesVersion;

pub use table::BUILT_IN;

/// The oldest minor that the table knows.
const OLDEST: u16 = 33;

/// One built-in kind at one version of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// The group; empty for the core group.
    pub group: &'static str,
    /// The version of the group, such as `v1`.
    pub version: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// The plural, as in the URL.
    pub plural: &'static str,
    /// Whether its objects stand in a namespace.
    pub namespaced: bool,
    /// The first minor after `1.` that serves it, not below 33.
    since: u16,
    /// The last minor that serves it; the newest known one if it goes on.
    until: u16,
}

impl BuiltIn {
    const fn new(
        group: &'static str,
        version: &'static str,
        kind: &'static str,
        plural: &'static str,
    ) -> Self {
        Self { group, version, kind, plural, namespaced: true, since: OLDEST, until: u16::MAX }
    }

    const fn since(mut self, minor: u16) -> Self {
        self.since = minor;
        self
    }

    const fn until(mut self, minor: u16) -> Self {
        self.until = minor;
        self
    }

    /// `group/version`, or the version alone for the core group.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.into() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Whether a server of this minor has it; versions older than the table are answered as its oldest.
    pub fn served_by(&self, server: KubernetesVersion) -> bool {
        (self.since..=self.until).contains(&server.minor().max(OLDEST))
    }

    /// Whether a server has it unless told otherwise: versions that are not stable are off (since 1.24).
    pub fn on_by_default(&self) -> bool {
        !self.version.contains("alpha") && !self.version.contains("beta")
    }

    /// Whether its objects are kept: reviews and bindings are questions that are answered at once, and cannot be read again.
    pub fn kept(&self) -> bool {
        !matches!(self.group, "authentication.k8s.io" | "authorization.k8s.io")
            && !matches!((self.group, self.kind), ("", "Binding" | "ComponentStatus"))
    }
}

/// The built-in kind of this group, version and name.
///
/// ```
/// use deathstar_core::kube::kinds::built_in;
///
/// let deployment = built_in("apps", "v1", "Deployment").unwrap();
/// assert_eq!((deployment.plural, deployment.namespaced), ("deployments", true));
/// assert_eq!(built_in("cert-manager.io", "v1", "Certificate"), None);
/// ```
pub fn built_in(group: &str, version: &str, kind: &str) -> Option<&'static BuiltIn> {
    of_kind(group, kind).find(|known| known.version == version)
}

/// The versions in which a built-in kind is known; empty for everything that is not built in.
pub fn of_kind(group: &str, kind: &str) -> impl Iterator<Item = &'static BuiltIn> {
    let known = BUILT_IN.partition_point(|row| (row.group, row.kind) < (group, kind));
    BUILT_IN.iter().skip(known).take_while(move |row| row.group == group && row.kind == kind)
}

/// Whether Kubernetes itself has this kind, in whatever version.
pub fn is_built_in(group: &str, kind: &str) -> bool {
    of_kind(group, kind).next().is_some()
}

#[cfg(test)]
mod tests;
