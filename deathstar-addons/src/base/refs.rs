//! What others may refer to in a platform base.

use super::Environment;
use deathstar_core::{Handle, kube::Object};
use std::collections::BTreeMap;

/// What others may refer to in a platform base.
#[derive(Clone, Debug)]
pub struct BaseRefs {
    pub(super) environment: Environment,
    pub(super) namespaces: BTreeMap<String, NamespaceRefs>,
}

/// What others may refer to in a namespace of the base.
#[derive(Clone, Debug)]
pub struct NamespaceRefs {
    pub(super) name: String,
    pub(super) environment: Environment,
    pub(super) object: Option<Handle<Object>>,
    pub(super) accounts: BTreeMap<String, Handle<Object>>,
}

impl BaseRefs {
    /// What the cluster is for.
    pub const fn environment(&self) -> Environment {
        self.environment
    }

    /// One of its namespaces. Of one that it does not declare nothing is known: who uses it gets a finding.
    pub fn namespace(&self, name: &str) -> NamespaceRefs {
        self.namespaces.get(name).cloned().unwrap_or_else(|| NamespaceRefs {
            name: name.to_owned(),
            environment: self.environment,
            object: None,
            accounts: BTreeMap::new(),
        })
    }

    /// All of its namespaces, by name.
    pub fn namespaces(&self) -> impl Iterator<Item = &NamespaceRefs> {
        self.namespaces.values()
    }
}

impl NamespaceRefs {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The namespace itself, where the base declares it.
    pub fn object(&self) -> Option<&Handle<Object>> {
        self.object.as_ref()
    }

    /// A service account that was declared with it.
    pub fn account(&self, name: &str) -> Option<&Handle<Object>> {
        self.accounts.get(name)
    }
}
