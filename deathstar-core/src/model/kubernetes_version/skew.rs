//! Which versions may run beside an API server.

use super::KubernetesVersion;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The first kubelet that may be three minors behind, as an API server of 1.28 is the first to take one.
const FIRST_FAR_BEHIND: u16 = 25;

/// What runs beside an API server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Component {
    /// Another API server of the same control plane.
    ApiServer,
    /// `kube-controller-manager`.
    ControllerManager,
    /// `cloud-controller-manager`.
    CloudControllerManager,
    /// `kube-scheduler`.
    Scheduler,
    /// `kubelet`.
    Kubelet,
    /// `kube-proxy`.
    KubeProxy,
    /// `kubectl` and other clients.
    Kubectl,
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ApiServer => "kube-apiserver",
            Self::ControllerManager => "kube-controller-manager",
            Self::CloudControllerManager => "cloud-controller-manager",
            Self::Scheduler => "kube-scheduler",
            Self::Kubelet => "kubelet",
            Self::KubeProxy => "kube-proxy",
            Self::Kubectl => "kubectl",
        })
    }
}

impl Component {
    /// How many minors the component may be ahead of an API server.
    const fn ahead(self) -> u16 {
        match self {
            Self::ApiServer | Self::Kubectl => 1,
            Self::ControllerManager
            | Self::CloudControllerManager
            | Self::Scheduler
            | Self::Kubelet
            | Self::KubeProxy => 0,
        }
    }
}

impl KubernetesVersion {
    /// The oldest version of a component that may run beside an API server of this version.
    #[must_use]
    pub const fn oldest(self, component: Component) -> Self {
        let behind = match component {
            Component::Kubelet | Component::KubeProxy if self.minor >= FIRST_FAR_BEHIND + 3 => 3,
            Component::Kubelet | Component::KubeProxy => 2,
            _ => 1,
        };
        Self::new(self.minor.saturating_sub(behind))
    }

    /// The newest version of a component that may run beside an API server of this version.
    #[must_use]
    pub const fn newest(self, component: Component) -> Self {
        Self::new(self.minor.saturating_add(component.ahead()))
    }

    /// Says whether a component of a version may run beside an API server of this version.
    ///
    /// # Errors
    /// [`SkewError`] with the versions that may.
    pub fn admits(self, component: Component, version: Self) -> Result<(), SkewError> {
        let (oldest, newest) = (self.oldest(component), self.newest(component));
        if (oldest..=newest).contains(&version) {
            Ok(())
        } else {
            Err(SkewError { server: self, component, version, oldest, newest })
        }
    }
}

/// A component that is too old or too new for its API server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{component} {version} may not run beside kube-apiserver {server}, which takes {oldest} to {newest}")]
#[non_exhaustive]
pub struct SkewError {
    /// The version of the API server.
    pub server: KubernetesVersion,
    /// The component.
    pub component: Component,
    /// The version of the component.
    pub version: KubernetesVersion,
    /// The oldest version that may run.
    pub oldest: KubernetesVersion,
    /// The newest version that may run.
    pub newest: KubernetesVersion,
}

impl SkewError {
    /// What to do.
    pub fn hint(&self) -> String {
        let Self { server, component, version, oldest, .. } = self;
        if version < oldest {
            format!("upgrade {component} to {oldest} or newer before kube-apiserver {server}")
        } else {
            format!("upgrade kube-apiserver {server} before {component} {version}")
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    /// The minors that an API server of this minor takes.
    fn taken(server: u16, component: Component) -> Vec<u16> {
        let server = KubernetesVersion::new(server);
        (0..60).filter(|minor| server.admits(component, KubernetesVersion::new(*minor)).is_ok()).collect()
    }

    #[test]
    fn nodes_are_never_newer_and_at_most_three_minors_behind() {
        for component in [Component::Kubelet, Component::KubeProxy] {
            assert_eq!(taken(33, component), [30, 31, 32, 33]);
            assert_eq!(taken(28, component), [25, 26, 27, 28]);
        }
    }

    #[test]
    fn nodes_before_1_25_are_at_most_two_minors_behind() {
        assert_eq!(taken(27, Component::Kubelet), [25, 26, 27]);
        assert_eq!(taken(26, Component::KubeProxy), [24, 25, 26]);
    }

    #[test]
    fn controllers_are_at_most_one_minor_behind() {
        for component in
            [Component::ControllerManager, Component::CloudControllerManager, Component::Scheduler]
        {
            assert_eq!(taken(33, component), [32, 33]);
        }
    }

    #[test]
    fn clients_and_other_api_servers_are_within_one_minor() {
        for component in [Component::Kubectl, Component::ApiServer] {
            assert_eq!(taken(33, component), [32, 33, 34]);
        }
    }

    #[test]
    fn the_hint_says_which_side_goes_first() {
        let server = KubernetesVersion::new(33);
        let old = server.admits(Component::Kubelet, KubernetesVersion::new(29)).unwrap_err();
        assert_eq!(
            old.to_string(),
            "kubelet 1.29 may not run beside kube-apiserver 1.33, which takes 1.30 to 1.33"
        );
        assert_eq!(old.hint(), "upgrade kubelet to 1.30 or newer before kube-apiserver 1.33");
        let new = server.admits(Component::Scheduler, KubernetesVersion::new(34)).unwrap_err();
        assert_eq!(new.hint(), "upgrade kube-apiserver 1.33 before kube-scheduler 1.34");
    }
}
