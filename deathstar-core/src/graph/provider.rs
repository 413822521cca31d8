//! Providers and the connections to them.

use crate::{
    Raw,
    kind::Data,
    permission::{Needed, Policy},
};
use std::{fmt, marker::PhantomData, sync::Arc};

/// A marker for whoever makes objects: `Aws`, `Azure`, `Kubernetes`. It knows no SDK.
pub trait Provider: Send + Sync + 'static {
    /// Its name in rows and plans.
    const NAME: &'static str;
    /// One connection: an account and a region, a subscription, a cluster. It may hold inputs, and never a secret.
    type Config: Connection<Provider = Self>;

    /// Documents that allow what is needed on these connections and nothing else, in the form that it takes. Without any, what is
    /// needed can only be listed.
    fn policies(stack: &str, needed: &[Needed<'_, Self>]) -> Vec<Policy>
    where
        Self: Sized,
    {
        let _ = (stack, needed);
        vec![]
    }
}

/// The config of one connection, from which its provider follows.
pub trait Connection: Data {
    /// Whom it connects to.
    type Provider: Provider<Config = Self>;

    /// Where its objects live; objects of a connection whose place changes are replaced. By default the whole config.
    fn place(&self) -> crate::Key {
        crate::Key::of(self)
    }

    /// What runs the place that it leads to, when a resource of the stack does: when that is gone, so is everything behind it.
    fn host(&self) -> Option<&super::Expr> {
        None
    }

    /// Findings about it.
    fn validate(&self) -> Vec<crate::Diagnostic> {
        vec![]
    }
}

/// A provider node of a stack: one connection, on which resources are declared.
pub struct On<P> {
    pub(crate) stack: Arc<str>,
    pub(crate) node: u32,
    pub(crate) of: PhantomData<fn() -> P>,
}

impl<P> Clone for On<P> {
    fn clone(&self) -> Self {
        Self { stack: Arc::clone(&self.stack), node: self.node, of: PhantomData }
    }
}

impl<P: Provider> fmt::Debug for On<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "On<{}>({})", P::NAME, self.node)
    }
}

/// A connection, erased.
#[derive(Debug)]
pub(crate) struct ProviderNode {
    pub(crate) name: Arc<str>,
    pub(crate) provider: &'static str,
    pub(crate) config: Raw,
    pub(crate) place: fn(&str) -> Option<crate::Key>,
    /// The addresses of what runs the place that it leads to.
    pub(crate) hosts: Vec<super::Address>,
    pub(crate) findings: Vec<crate::Diagnostic>,
    pub(crate) ignored_tags: Arc<super::IgnoredTags>,
}

/// The addresses of what runs the place that a connection leads to.
pub(super) fn hosts(config: &impl Connection) -> Vec<super::Address> {
    let mut hosts = vec![];
    if let Some(expr) = config.host() {
        expr.references(&mut |reference| {
            if !reference.import && !hosts.contains(&reference.at) {
                hosts.push(reference.at.clone());
            }
        });
    }
    hosts
}

pub(crate) fn place<C: Connection>(config: &str) -> Option<crate::Key> {
    serde_json::from_str::<C>(config).ok().map(|config| config.place())
}
