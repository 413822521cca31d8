//! The provider, and one connection to it: a cluster.

use crate::{
    Diagnostic, Expr, Input, Key,
    graph::{Connection, Provider},
    permission::{Needed, Policy},
};
use serde::{Deserialize, Serialize};

/// Kubernetes: any cluster, whoever runs it.
#[derive(Clone, Copy, Debug)]
pub struct Kubernetes;

impl Provider for Kubernetes {
    const NAME: &'static str = "kubernetes";
    type Config = Cluster;

    fn policies(stack: &str, needed: &[Needed<'_, Self>]) -> Vec<Policy> {
        super::policies::policies(stack, needed)
    }
}

/// A cluster, and how its API server is reached: by what makes it, or by an entry of a kubeconfig. There is no default.
///
/// It holds no secret: what opens it ([`Access`](super::Access)) brings those.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster(Reach);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Reach {
    Endpoint {
        name: Input<String>,
        endpoint: Input<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authority: Option<Input<String>>,
    },
    Kubeconfig {
        path: String,
        context: String,
    },
}

impl Cluster {
    /// The cluster of this name, at the URL of its API server. Both may be outputs of what makes it.
    pub fn at(name: impl Into<Input<String>>, endpoint: impl Into<Input<String>>) -> Self {
        Self(Reach::Endpoint { name: name.into(), endpoint: endpoint.into(), authority: None })
    }

    /// The certificates of those who sign for the API server, as PEM or as Base64 of it. Without them, those that the system trusts.
    #[must_use]
    pub fn authority(mut self, certificates: impl Into<Input<String>>) -> Self {
        if let Reach::Endpoint { authority, .. } = &mut self.0 {
            *authority = Some(certificates.into());
        }
        self
    }

    /// A context of a kubeconfig file, both by name: the file's current context plays no part.
    pub fn of_kubeconfig(path: impl Into<String>, context: impl Into<String>) -> Self {
        Self(Reach::Kubeconfig { path: path.into(), context: context.into() })
    }

    #[cfg(feature = "kube-client")]
    pub(super) fn reach(&self) -> &Reach {
        &self.0
    }

    /// Its name, as far as it is known.
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            Reach::Endpoint { name, .. } => name.value().map(String::as_str),
            Reach::Kubeconfig { context, .. } => Some(context),
        }
    }

    /// The URL of its API server, as far as it is known without a file.
    pub fn endpoint(&self) -> Option<&str> {
        match &self.0 {
            Reach::Endpoint { endpoint, .. } => endpoint.value().map(String::as_str),
            Reach::Kubeconfig { .. } => None,
        }
    }
}

impl Connection for Cluster {
    type Provider = Kubernetes;

    /// Its API server: certificates change without its objects moving.
    fn place(&self) -> Key {
        match &self.0 {
            Reach::Endpoint { endpoint, .. } => Key::of(endpoint),
            Reach::Kubeconfig { path, context } => Key::of((path, context)),
        }
    }

    fn host(&self) -> Option<&Expr> {
        match &self.0 {
            Reach::Endpoint { endpoint: Input::Pending(expr), .. } => Some(expr),
            Reach::Endpoint { .. } | Reach::Kubeconfig { .. } => None,
        }
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let wrong = |what: &str, fix: &str| Diagnostic::new("cluster.access", what).fix(fix);
        match &self.0 {
            Reach::Endpoint { endpoint: Input::Known(url), .. }
                if !url.starts_with("https://") && !url.starts_with("http://") =>
            {
                vec![wrong(&format!("`{url}` is no URL of an API server"), "write it as `https://host:port`")]
            }
            Reach::Kubeconfig { path, context } if path.is_empty() || context.is_empty() => {
                vec![wrong(
                    "a kubeconfig needs a path and the name of a context",
                    "name both: there is no default",
                )]
            }
            _ => vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_certificate_moves_no_object() {
        let cluster = || Cluster::at("shop", "https://one");
        assert_eq!(cluster().place(), cluster().authority("pem").place());
        assert_ne!(cluster().place(), Cluster::at("shop", "https://two").place());
    }

    #[test]
    fn there_is_no_default() {
        assert!(!Cluster::of_kubeconfig("file", "").validate().is_empty());
        assert!(!Cluster::of_kubeconfig("", "context").validate().is_empty());
        assert!(!Cluster::at("a", "shop.example.com").validate().is_empty());
        assert!(Cluster::at("a", "https://shop.example.com").validate().is_empty());
    }
}
