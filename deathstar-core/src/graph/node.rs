//! One declared resource or fact, erased.

use super::{Address, Ignored, Mark};
use crate::{Raw, Verb, driver::Tags, erase::AnyKind, secret::Secret};
use std::{any::Any, collections::BTreeMap, fmt, sync::Arc, time::Duration};

/// What a user says about one resource beyond its spec.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// A plan that would delete or replace it is refused.
    pub protect: bool,
    /// It stays in the cloud when its declaration goes or its stack is destroyed.
    pub retain: bool,
    /// Where it stood before; found there, it is moved without touching the cloud.
    pub renamed_from: Option<Address>,
    /// Tags over those of its scope and stack.
    pub tags: Tags,
    /// Resources that come first although no input names them.
    pub after: Vec<Address>,
    /// For a fact: whether it guards what it stands on as a whole, so that a part of it may go without a question.
    pub whole: bool,
    /// Who asked for it and why, for people.
    pub reasons: Vec<String>,
    /// Fields, and parts of fields, whose differences are left alone.
    pub ignore: Ignored,
    /// How long one step on it may take, with all its waiting.
    pub time_out: Option<Duration>,
    /// How long a step of one verb may take, over `time_out`.
    pub time_outs: BTreeMap<Verb, Duration>,
}

impl Options {
    /// How long a step of a verb may take, where that is said.
    pub fn limit(&self, verb: Verb) -> Option<Duration> {
        self.time_outs.get(&verb).copied().or(self.time_out)
    }
}

/// The secrets of one spec, by their number in its text.
pub(crate) type Secrets = Vec<Secret>;

/// One node of the graph.
pub(crate) struct Node {
    pub(crate) address: Address,
    pub(crate) provider: u32,
    pub(crate) kind: &'static dyn AnyKind,
    pub(crate) value: Box<dyn Any + Send + Sync>,
    pub(crate) spec: Raw,
    pub(crate) marks: Vec<Mark>,
    pub(crate) secrets: Secrets,
    pub(crate) tags: Arc<Tags>,
    pub(crate) options: Option<Box<Options>>,
}

impl Node {
    pub(crate) fn options(&self) -> &Options {
        static NONE: Options = Options {
            protect: false,
            retain: false,
            renamed_from: None,
            tags: Tags::new(),
            after: Vec::new(),
            whole: false,
            reasons: Vec::new(),
            ignore: Ignored::NONE,
            time_out: None,
            time_outs: BTreeMap::new(),
        };
        self.options.as_deref().unwrap_or(&NONE)
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.address, self.kind.about().family, self.spec)
    }
}
