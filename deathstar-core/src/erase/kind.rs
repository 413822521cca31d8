//! Kinds and facts, erased: pure questions about encoded specs.

use super::{AnyDriver, Change};
use crate::{
    Diagnostic, Hold, Identity, Key, Memory, Need, Raw, Repair, Result, Stakes,
    driver::{Foresight, Standing},
    permission::{AnyCall, AnyNeeded, Permission, Policy},
};
use serde_json::Value;
use std::{any::Any, borrow::Cow, collections::BTreeSet, sync::Arc};

/// What never changes about a kind.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own about the kind")]
pub(crate) struct About {
    pub(crate) family: &'static str,
    pub(crate) provider: &'static str,
    pub(crate) version: u16,
    pub(crate) stakes: Stakes,
    pub(crate) repair: Repair,
    pub(crate) identity: Identity,
    pub(crate) shown_by: &'static str,
    /// Whether its steps are tried before they are made.
    pub(crate) rehearsed: bool,
    /// Whether what a look does not show is not there.
    pub(crate) consistent: bool,
    /// Whether a create is refused where something has the key already.
    pub(crate) exclusive: bool,
    /// Whether its provider keeps it while others name it.
    pub(crate) held: bool,
    /// Whether declared objects can need each other by what they mean.
    pub(crate) arranged: bool,
    pub(crate) role: Role,
}

/// Whether it is an object or a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Resource,
    Fact { frozen: bool },
}

pub(crate) trait AnyKind: Send + Sync {
    fn about(&self) -> &'static About;
    fn name(&self, spec: &str) -> Cow<'static, str>;
    /// From the declared value, without reading its encoding.
    fn declared_name(&self, value: &dyn Any) -> Cow<'static, str>;
    fn validate(&self, value: &dyn Any) -> Vec<Diagnostic>;
    /// From the declared value, whose inputs may be pending.
    fn declared_holds(&self, value: &dyn Any) -> Vec<Hold>;
    fn holds(&self, spec: &str) -> Result<Vec<Hold>>;
    /// Which of these declared values need which others first.
    fn arrange(&self, all: &[&dyn Any], given: &[(usize, usize)]) -> Result<Vec<Need>, Diagnostic>;
    fn key(&self, spec: &str) -> Result<Option<Key>>;
    /// Whether what exists under its key, and is nobody's, becomes this object.
    fn adopts(&self, spec: &str) -> Result<bool>;
    fn shown_in(&self, spec: &str) -> Result<Option<Key>>;
    /// The fields in which `want` differs from `prior`; a `None` in `want` is not managed.
    fn compare(&self, prior: &str, want: &str) -> Result<Vec<Change>>;
    /// What of an object as seen a spec manages.
    fn managed(&self, want: &str, seen: &Raw) -> Result<Raw>;
    /// The next spec on the way to `want`, when one update cannot reach it.
    fn toward(&self, want: &str, prior: &str) -> Result<Option<Raw>>;
    fn migrate(&self, version: u16, spec: &Raw) -> Result<Raw>;
    /// A spec with the text that a declaration of it has.
    fn canonical(&self, spec: &Value) -> Result<Raw>;
    /// An id as a person writes it: the text of one that is a text, or JSON.
    fn read_id(&self, text: &str) -> Result<Raw>;
    fn simulate(&self, spec: &str, serial: u64) -> Result<(Raw, Raw)>;
    /// The name of its provider.
    fn provider(&self) -> &'static str;
    /// The fields that can be changed in place and that a spec manages.
    fn updatable(&self, spec: &str) -> Result<BTreeSet<String>>;
    fn permissions(&self, call: &AnyCall<'_>) -> Result<Vec<Permission>>;
    /// What can be said of steps without the provider.
    fn foresee(&self, steps: &[&str], beside: &[(&str, Standing)]) -> Result<Vec<Foresight>>;
    /// Its provider's documents.
    fn policies(&self, stack: &str, needed: &[AnyNeeded<'_>]) -> Result<Vec<Policy>>;
    /// Its driver in the in-memory cloud.
    fn on_memory(&self, memory: &Memory) -> Arc<dyn AnyDriver>;
}
