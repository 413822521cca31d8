//! Rows: what is recorded of each object.

use crate::{
    Raw,
    driver::{Op, Tags},
    graph::Address,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One object: an address and a generation, its family, its connection, and where it is in its life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Row {
    /// Where it was declared.
    pub address: Address,
    /// Which object at that address, from 1.
    pub generation: u32,
    /// The key of its driver.
    pub family: Box<str>,
    /// The kind's name for people, where it differs from the family.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// The version of the spec's shape.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub version: u16,
    /// The number of its connection among the recorded ones.
    pub connection: u32,
    /// What is written on it, and sent with its create call.
    pub token: Box<str>,
    /// The user's tags that were written.
    #[serde(default, skip_serializing_if = "no_tags")]
    pub tags: Arc<Tags>,
    /// The objects that its inputs named, by address: they live at least as long.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Address>,
    /// A plan that would delete or replace it is refused.
    #[serde(default, skip_serializing_if = "is_false")]
    pub protect: bool,
    /// It stays in the cloud when its declaration goes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub retain: bool,
    /// Where it is in its life.
    pub phase: Phase,
}

/// Where an object is in its life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The create call is about to be made, or was made and its answer is not recorded.
    Creating {
        /// The resolved spec that is sent.
        spec: Raw,
    },
    /// It exists and is on its way to `spec`.
    Settling {
        /// Its id.
        id: Raw,
        /// The spec from which it is changed; none after a create.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Raw>,
        /// The resolved spec that it goes to.
        spec: Raw,
        /// The operation in progress.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        op: Option<Op>,
    },
    /// It is as recorded.
    Live {
        /// Its id.
        id: Raw,
        /// Its resolved spec.
        spec: Raw,
        /// What is known of it.
        outputs: Raw,
    },
    /// It is being deleted.
    Deleting {
        /// Its id, when it was known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<Raw>,
        /// The spec from which it was being changed, when that was interrupted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Raw>,
        /// Its last spec.
        spec: Raw,
        /// The operation in progress.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        op: Option<Op>,
    },
    /// It exists and failed.
    Broken {
        /// Its id.
        id: Raw,
        /// The spec that it should have.
        spec: Raw,
        /// Why it failed.
        cause: String,
    },
}

impl Row {
    /// Whether another row says the same of everything but the phase, and can be told from this one by a record of its phase.
    pub(crate) fn differs_in_phase_alone(&self, other: &Self) -> bool {
        let Self {
            address,
            generation,
            family,
            kind,
            version,
            connection,
            token,
            tags,
            needs,
            protect,
            retain,
            phase,
        } = self;
        *address == other.address
            && *generation == other.generation
            && *family == other.family
            && *kind == other.kind
            && *version == other.version
            && *connection == other.connection
            && *token == other.token
            && *tags == other.tags
            && *needs == other.needs
            && *protect == other.protect
            && *retain == other.retain
            // A spec that is `null` itself would be taken for the one that the row has.
            && (!other.phase.spec().is_null() || phase.spec().is_null())
    }
}

impl Phase {
    /// The id, where it is known.
    pub fn id(&self) -> Option<&Raw> {
        match self {
            Self::Creating { .. } => None,
            Self::Settling { id, .. } | Self::Live { id, .. } | Self::Broken { id, .. } => Some(id),
            Self::Deleting { id, .. } => id.as_ref(),
        }
    }

    /// The resolved spec.
    pub fn spec(&self) -> &Raw {
        match self {
            Self::Creating { spec }
            | Self::Settling { spec, .. }
            | Self::Live { spec, .. }
            | Self::Deleting { spec, .. }
            | Self::Broken { spec, .. } => spec,
        }
    }

    /// The phase with a recorded spec, where it has none of its own.
    pub(crate) fn over(mut self, recorded: &Raw) -> Self {
        if self.spec().is_null() {
            self.spec_mut().clone_from(recorded);
        }
        self
    }

    pub(crate) fn spec_mut(&mut self) -> &mut Raw {
        match self {
            Self::Creating { spec }
            | Self::Settling { spec, .. }
            | Self::Live { spec, .. }
            | Self::Deleting { spec, .. }
            | Self::Broken { spec, .. } => spec,
        }
    }

    /// The outputs, when it is live.
    pub fn outputs(&self) -> Option<&Raw> {
        match self {
            Self::Live { outputs, .. } => Some(outputs),
            _ => None,
        }
    }

    /// Its word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Creating { .. } => "creating",
            Self::Settling { .. } => "settling",
            Self::Live { .. } => "live",
            Self::Deleting { .. } => "deleting",
            Self::Broken { .. } => "broken",
        }
    }
}

/// One recorded connection: what was made through it can be deleted when its declaration is gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionRow {
    /// Its number.
    pub number: u32,
    /// Its name in the stack.
    pub name: Box<str>,
    /// Its provider.
    pub provider: Box<str>,
    /// Its resolved config.
    pub config: Raw,
    /// The objects of the stack that run the place that it leads to, each with its generation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<(Address, u32)>,
}

fn no_tags(tags: &Tags) -> bool {
    tags.is_empty()
}

pub(super) fn one() -> u16 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_one(version: &u16) -> bool {
    *version == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(flag: &bool) -> bool {
    !flag
}
