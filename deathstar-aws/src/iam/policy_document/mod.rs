//! Policy documents: what may be done by whom to what, in IAM's own JSON.
//!
//! A document is compared by meaning. IAM keeps the text that it was given, and several texts mean the same: one value or a list of
//! one, lists in any order, an account's number or the ARN of its root user. Documents have one form for all of these, in which they
//! are kept, compared and written.

mod check;
mod principal;
mod statement;
#[cfg(test)]
mod tests;
mod text;

pub use check::PolicyUse;
pub use principal::{Principal, Principals};
pub use statement::{Effect, Statement};
pub use text::{PolicyText, PolicyTexts};

use deathstar_core::{Error, Meaning, Result, model::Set};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A policy document: statements, each of which allows or denies something.
///
/// It is encoded as IAM's JSON, in its shortest form. Texts in it may be inputs, such as the ARN of a role that is still to be made.
///
/// ```
/// use deathstar_aws::iam::{PolicyDocument, Statement};
///
/// let read = Statement::allow("s3:GetObject").on("arn:aws:s3:::webshop/*").when("Bool", "aws:SecureTransport", "true");
/// let json = PolicyDocument::of([read]).to_json();
/// let expected = concat!(
///     r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","#,
///     r#""Resource":"arn:aws:s3:::webshop/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}"#
/// );
/// assert_eq!(json, expected);
/// assert_eq!(PolicyDocument::from_json(&json).unwrap().to_json(), json);
/// ```
///
/// Source: IAM User Guide, "IAM JSON policy reference" and "Grammar of the IAM JSON policy language".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", from = "Read")]
pub struct PolicyDocument {
    version: PolicyVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    statement: Set<Statement>,
}

/// Which edition of the language a document is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum PolicyVersion {
    /// The older one, which knows no policy variables; documents that do not say are written in it.
    #[default]
    #[serde(rename = "2008-10-17")]
    Older,
    #[serde(rename = "2012-10-17")]
    Current,
}

/// A document as it may be written.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Read {
    #[serde(default)]
    version: PolicyVersion,
    id: Option<String>,
    #[serde(default)]
    statement: Statements,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Statements {
    Many(Vec<Statement>),
    One(Box<Statement>),
}

impl Default for Statements {
    fn default() -> Self {
        Self::Many(vec![])
    }
}

impl From<Read> for PolicyDocument {
    fn from(read: Read) -> Self {
        let statements = match read.statement {
            Statements::Many(all) => all,
            Statements::One(one) => vec![*one],
        };
        Self { version: read.version, id: read.id, ..Self::of(statements) }
    }
}

impl PolicyDocument {
    /// A document of these statements. Their order means nothing.
    pub fn of(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self { version: PolicyVersion::Current, id: None, statement: Set::of(statements) }
    }

    /// One more statement.
    #[must_use]
    pub fn and(mut self, statement: Statement) -> Self {
        self.statement = self.statement.iter().cloned().chain([statement]).collect();
        self
    }

    /// Whoever may assume a role: a trust policy with `sts:AssumeRole` for one principal.
    pub fn trusting(principal: Principal) -> Self {
        Self::of([Statement::allow("sts:AssumeRole").by(principal)])
    }

    /// Reads IAM's JSON.
    ///
    /// # Errors
    /// [`Meaning::Invalid`] when it is no policy document.
    pub fn from_json(json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(|error| {
            Error::new(Meaning::Invalid, format!("this is no policy document: {error}")).because(error)
        })
    }

    /// IAM's JSON, without white space. Texts that are still to be known are written as expressions, which IAM does not read.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Its statements.
    pub fn statements(&self) -> &Set<Statement> {
        &self.statement
    }

    /// Whether every text in it is known.
    pub fn is_known(&self) -> bool {
        self.statement.iter().all(Statement::is_known)
    }

    /// A document that was seen and is none of those that can be declared: it differs from all of them, and shows what is there.
    #[cfg(feature = "client")]
    pub(crate) fn seen(json: &str) -> Self {
        Self::from_json(json).unwrap_or_else(|_| Self { id: Some(json.to_owned()), ..Self::of([]) })
    }
}

impl FromIterator<Statement> for PolicyDocument {
    fn from_iter<T: IntoIterator<Item = Statement>>(statements: T) -> Self {
        Self::of(statements)
    }
}

impl fmt::Display for PolicyDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}
