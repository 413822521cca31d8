//! What is needed, with what it is needed for.

use super::{AnyNeeded, Permission, Policy, Verb};
use crate::{Raw, Result, erase::AnyKind};
use serde::Serialize;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// A permission, and what it is needed for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Need {
    /// What has to be allowed.
    #[serde(flatten)]
    pub permission: Permission,
    /// What for.
    #[serde(rename = "for")]
    pub uses: BTreeSet<Use>,
}

/// What a permission is needed for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Use {
    /// The object's address; the family, where all of its objects are listed.
    pub address: String,
    /// The call.
    pub verb: Verb,
    /// When the call is made, where the verb does not say it.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub why: Cow<'static, str>,
}

/// Everything that has to be allowed, by connection.
#[derive(Clone, Debug)]
pub struct Permissions {
    stack: String,
    places: Vec<Place>,
}

/// What has to be allowed on one connection.
#[derive(Clone)]
struct Place {
    name: String,
    provider: &'static str,
    config: Raw,
    /// Any kind of the provider: through it the provider is reached.
    kind: &'static dyn AnyKind,
    needs: Vec<Need>,
}

impl Permissions {
    pub(super) fn new(stack: &str) -> Self {
        Self { stack: stack.into(), places: vec![] }
    }

    /// The number of a connection; the same config is the same connection.
    pub(super) fn place(&mut self, name: &str, config: &Raw, kind: &'static dyn AnyKind) -> usize {
        let provider = kind.provider();
        let known =
            self.places.iter().position(|place| place.provider == provider && place.config == *config);
        known.unwrap_or_else(|| {
            let place = Place { name: name.into(), provider, config: config.clone(), kind, needs: vec![] };
            self.places.push(place);
            self.places.len() - 1
        })
    }

    pub(super) fn fill(&mut self, needs: BTreeMap<(usize, String), Need>) {
        for ((place, _), need) in needs {
            if let Some(place) = self.places.get_mut(place) {
                place.needs.push(need);
            }
        }
        self.places.retain(|place| !place.needs.is_empty());
    }

    /// The stack's name.
    pub fn stack(&self) -> &str {
        &self.stack
    }

    /// Everything that is needed, with the name of its connection; in a fixed order.
    pub fn needs(&self) -> impl Iterator<Item = (&str, &Need)> {
        self.places.iter().flat_map(|place| place.needs.iter().map(|need| (&*place.name, need)))
    }

    /// The actions, each once.
    pub fn actions(&self) -> BTreeSet<&str> {
        self.needs().map(|(_, need)| &*need.permission.action).collect()
    }

    /// Whether nothing is needed.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The documents that allow all of it and nothing else, in the form of each cloud. The same needs give the same text.
    ///
    /// # Errors
    /// When the config of a connection cannot be read.
    pub fn policies(&self) -> Result<Vec<Policy>> {
        let mut providers: BTreeMap<&'static str, (&'static dyn AnyKind, Vec<AnyNeeded<'_>>)> =
            BTreeMap::new();
        for place in &self.places {
            let needed = AnyNeeded { connection: &place.name, config: &place.config, needs: &place.needs };
            providers.entry(place.provider).or_insert_with(|| (place.kind, vec![])).1.push(needed);
        }
        let mut all = vec![];
        for (kind, needed) in providers.into_values() {
            all.extend(kind.policies(&self.stack, &needed)?);
        }
        Ok(all)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").field("name", &self.name).field("needs", &self.needs).finish_non_exhaustive()
    }
}
