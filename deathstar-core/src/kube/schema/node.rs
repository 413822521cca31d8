//! One schema in the form that values are checked against.

use super::{format::Format, pattern::Pattern, types::Types};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// One schema: what a value at one place may be.
#[expect(clippy::struct_excessive_bools, reason = "each is a keyword of its own")]
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The JSON types that a value may have; none says nothing.
    pub(super) types: Types,
    pub(super) nullable: bool,
    pub(super) default: Option<Value>,
    /// The values that are allowed; empty says nothing.
    pub(super) choices: Vec<Value>,
    pub(super) number: Number,
    pub(super) text: Text,
    /// How many items a list may have.
    pub(super) items_count: Count,
    pub(super) items: Option<Box<Self>>,
    pub(super) list: List,
    /// How many members an object may have.
    pub(super) members_count: Count,
    pub(super) members: BTreeMap<String, Self>,
    pub(super) others: Others,
    pub(super) required: Vec<String>,
    pub(super) all: Vec<Self>,
    pub(super) any: Vec<Self>,
    pub(super) one: Vec<Self>,
    pub(super) not: Option<Box<Self>>,
    /// Whether what is not declared stays.
    pub(super) keeps_unknown: bool,
    /// Whether it is a whole object with `apiVersion`, `kind` and `metadata`.
    pub(super) embedded: bool,
    /// Whether it is declared to be a whole number of 32 bits.
    pub(super) is_small: bool,
    pub(super) rules: Vec<Rule>,
}

impl Node {
    /// The schema of a member, as the structure tells it: no composed schema adds members.
    pub(super) fn member(&self, name: &str) -> Member<'_> {
        if let Some(node) = self.members.get(name) {
            return Member::Known(Some(node));
        }
        match &self.others {
            Others::Undeclared => Member::Unknown,
            Others::Anything => Member::Known(None),
            Others::Of(node) => Member::Known(Some(node)),
        }
    }

    /// Whether every value fits it.
    pub(super) fn admits_everything(&self) -> bool {
        self.types.is_empty()
            && self.choices.is_empty()
            && self.number == Number::default()
            && self.text.is_empty()
            && self.items_count == Count::default()
            && self.members_count == Count::default()
            && self.items.as_ref().is_none_or(|items| items.admits_everything())
            && self.members.values().all(Self::admits_everything)
            && !matches!(&self.others, Others::Of(node) if !node.admits_everything())
            && self.required.is_empty()
            && self.any.iter().chain(&self.one).chain(&self.all).next().is_none()
            && self.not.is_none()
    }
}

/// What the structure says of one member of an object.
pub(super) enum Member<'n> {
    /// It is declared; without a schema for what is in it where any value may stand.
    Known(Option<&'n Node>),
    Unknown,
}

/// Members of an object that are not named one by one.
#[derive(Debug, Default)]
pub(super) enum Others {
    #[default]
    Undeclared,
    Anything,
    Of(Box<Node>),
}

/// How many there may be; both ends belong to it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Count {
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Number {
    pub(super) least: Option<Bound>,
    pub(super) most: Option<Bound>,
    pub(super) multiple_of: Option<f64>,
}

/// One end of a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bound {
    pub(super) at: f64,
    /// Whether the end itself is outside.
    pub(super) exclusive: bool,
}

#[derive(Debug, Default)]
pub(super) struct Text {
    /// The length in Unicode code points.
    pub(super) length: Count,
    pub(super) pattern: Option<Arc<Pattern>>,
    pub(super) format: Option<Format>,
}

impl Text {
    fn is_empty(&self) -> bool {
        self.length == Count::default() && self.pattern.is_none() && self.format.is_none()
    }
}

/// What makes the items of a list the same.
#[derive(Debug, Default, PartialEq)]
pub(super) enum List {
    #[default]
    Atomic,
    Set,
    /// The members that together are an item's key.
    Map(Vec<String>),
}

/// A rule in CEL; it is named, not evaluated.
#[derive(Debug, PartialEq)]
pub(super) struct Rule {
    pub(super) rule: String,
    pub(super) message: Option<String>,
}
