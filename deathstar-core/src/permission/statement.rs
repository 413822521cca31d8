//! One thing that must be allowed.

use crate::{Expr, Input};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeSet};

/// One thing that must be allowed: an action, on what, and under which conditions.
///
/// The core does not know what an action means; it is named as its service names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Permission {
    /// The action: `ec2:CreateVpc`, `Microsoft.Network/virtualNetworks/write`.
    pub action: Cow<'static, str>,
    /// On what.
    pub target: Target,
    /// What has to be so; all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// When the call is made, where the verb does not say it: `when the resolver is switched off`.
    #[serde(skip)]
    pub why: Cow<'static, str>,
    /// Whether the service can test the tags of what the action is on.
    #[serde(skip, default = "yes")]
    pub(super) by_tag: bool,
}

fn yes() -> bool {
    true
}

/// What an action is allowed on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Target {
    /// The service does not authorise the action on single objects.
    Anything,
    /// Objects of one type.
    Objects {
        /// The type, as the service names it: `vpc`.
        of: Cow<'static, str>,
        /// Which of them.
        which: Which,
    },
}

/// Which objects of a type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Which {
    /// Any: it is not known which, or there is none yet.
    Any,
    /// The one with this id.
    One(String),
    /// The one that this names. It never stands in what is collected: there it became one of the others.
    Later(Expr),
}

/// What has to be so for an action to be allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Condition {
    /// The object carries the owner tag of the stack.
    Ours,
    /// The request writes the owner tag of the stack.
    Claims,
    /// A test that the provider knows.
    Test {
        /// Its operator: `StringEquals`.
        operator: Cow<'static, str>,
        /// What is tested: `iam:PassedToService`.
        key: Cow<'static, str>,
        /// The values that it may have.
        values: BTreeSet<String>,
    },
}

impl Permission {
    /// An action that is not authorised on single objects.
    pub fn new(action: impl Into<Cow<'static, str>>) -> Self {
        Self {
            action: action.into(),
            target: Target::Anything,
            conditions: vec![],
            why: "".into(),
            by_tag: true,
        }
    }

    /// Limits it to objects of a type.
    #[must_use]
    pub fn on(mut self, of: impl Into<Cow<'static, str>>, which: impl Into<Which>) -> Self {
        self.target = Target::Objects { of: of.into(), which: which.into() };
        self
    }

    /// Limits it to objects with the owner tag of the stack.
    #[must_use]
    pub fn ours(self) -> Self {
        self.under(Condition::Ours)
    }

    /// Says that the service cannot test the tags of what the action is on: one that is only named is one of all.
    #[must_use]
    pub fn without_tags(mut self) -> Self {
        self.by_tag = false;
        self
    }

    /// Limits it to requests that write the owner tag of the stack.
    #[must_use]
    pub fn claims(self) -> Self {
        self.under(Condition::Claims)
    }

    /// Limits it by a test that the provider knows.
    #[must_use]
    pub fn when(
        self,
        operator: impl Into<Cow<'static, str>>,
        key: impl Into<Cow<'static, str>>,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.under(Condition::Test { operator: operator.into(), key: key.into(), values })
    }

    /// Says when the call is made, where the verb does not say it.
    #[must_use]
    pub fn because(mut self, why: impl Into<Cow<'static, str>>) -> Self {
        self.why = why.into();
        self
    }

    pub(super) fn under(mut self, condition: Condition) -> Self {
        if !self.conditions.contains(&condition) {
            self.conditions.push(condition);
        }
        self
    }
}

impl<T: ToString> From<&Input<T>> for Which {
    fn from(input: &Input<T>) -> Self {
        match input {
            Input::Known(id) => Self::One(id.to_string()),
            Input::Pending(expr) => Self::Later(expr.clone()),
        }
    }
}

impl<T: ToString> From<Option<&T>> for Which {
    fn from(id: Option<&T>) -> Self {
        id.map_or(Self::Any, |id| Self::One(id.to_string()))
    }
}
