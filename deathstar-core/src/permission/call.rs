//! The calls for which permissions are asked.

use crate::{Raw, Resource};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// What a call is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// Finding and reading.
    Find,
    /// Creating, with the tags that the create call writes, and all calls until the object is as declared.
    Create,
    /// Changing in place.
    Change,
    /// Writing and removing tags.
    Retag,
    /// Deleting.
    Delete,
    /// Asking a fact.
    Ask,
    /// Asking whether a fact is over.
    Over,
}

impl Verb {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Find => "find",
            Self::Create => "create",
            Self::Change => "change",
            Self::Retag => "retag",
            Self::Delete => "delete",
            Self::Ask => "ask",
            Self::Over => "over",
        }
    }
}

/// One call of a kind's driver, as far as it is known beforehand: inputs may be pending.
#[non_exhaustive]
pub enum Call<'a, R: Resource> {
    /// [`Driver::find`](crate::Driver::find).
    Find(Look<'a, R::Id>),
    /// [`Driver::create`](crate::Driver::create), and each [`Driver::change`](crate::Driver::change) that follows until what was
    /// made is as this spec says.
    Create(&'a R),
    /// [`Driver::change`](crate::Driver::change).
    Change {
        /// The object before.
        object: Known<'a, R>,
        /// The spec that it gets.
        to: &'a R,
        /// The fields that may differ, by name.
        fields: &'a BTreeSet<String>,
    },
    /// [`Driver::retag`](crate::Driver::retag).
    Retag {
        /// The object.
        object: Known<'a, R>,
        /// Whether tags may be written.
        set: bool,
        /// Whether tags may be removed.
        unset: bool,
    },
    /// [`Driver::delete`](crate::Driver::delete), until it is gone.
    Delete(Known<'a, R>),
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub enum Look<'a, I> {
    /// All objects of the stack, by owner tag.
    All,
    /// One object, by its token.
    Owned,
    /// One object by its id, where that is known already.
    One(Option<&'a I>),
}

/// An object as far as it is known.
#[non_exhaustive]
pub struct Known<'a, R: Resource> {
    /// Its id; none while it is not made.
    pub id: Option<&'a R::Id>,
    /// Its spec.
    pub spec: &'a R,
    /// What is known of it beyond that.
    pub outputs: Option<&'a R::Outputs>,
}

impl<R: Resource> Call<'_, R> {
    /// What it is made for.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Find(_) => Verb::Find,
            Self::Create(_) => Verb::Create,
            Self::Change { .. } => Verb::Change,
            Self::Retag { .. } => Verb::Retag,
            Self::Delete(_) => Verb::Delete,
        }
    }
}

impl<R: Resource> fmt::Debug for Call<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb().name(), R::FAMILY)
    }
}

impl<R: Resource> fmt::Debug for Known<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}, its id {}", R::FAMILY, if self.id.is_some() { "known" } else { "unknown" })
    }
}

#[expect(clippy::expl_impl_clone_on_copy, reason = "a derived one would ask that the kind itself is `Copy`")]
impl<R: Resource> Clone for Known<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Resource> Copy for Known<'_, R> {}

/// A call, erased.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AnyCall<'a> {
    All,
    Owned,
    One(Option<&'a Raw>),
    Create(&'a str),
    Change { object: AnyKnown<'a>, to: &'a str, fields: &'a BTreeSet<String> },
    Retag { object: AnyKnown<'a>, set: bool, unset: bool },
    Delete(AnyKnown<'a>),
    Ask(&'a str),
    Over(&'a str),
}

/// An object as far as it is known, erased.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnyKnown<'a> {
    pub(crate) id: Option<&'a Raw>,
    pub(crate) spec: &'a str,
    pub(crate) outputs: Option<&'a Raw>,
}

impl AnyCall<'_> {
    pub(crate) fn verb(&self) -> Verb {
        match self {
            Self::All | Self::Owned | Self::One(_) => Verb::Find,
            Self::Create(_) => Verb::Create,
            Self::Change { .. } => Verb::Change,
            Self::Retag { .. } => Verb::Retag,
            Self::Delete(_) => Verb::Delete,
            Self::Ask(_) => Verb::Ask,
            Self::Over(_) => Verb::Over,
        }
    }
}
