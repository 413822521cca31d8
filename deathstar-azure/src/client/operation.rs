//! Operations that go on after an answer.
//!
//! Azure has several styles, and a service may use more than one:
//!
//! | style | how it goes on | how it ends |
//! |---|---|---|
//! | `Azure-AsyncOperation`, `Operation-Location` | the URL answers a `status` | `Succeeded`, `Failed`, `Canceled` |
//! | `Location` with 202 | the URL answers 202 | any other status; an error is the operation's |
//! | the document alone | `properties.provisioningState` | the same; the next look shows it |
//!
//! After all of them the object itself is looked at, which is the final `GET` that Azure's guidelines ask for. Azure forgets operations
//! after a time; then the object alone tells.

use super::{Answer, Call, Client};
use crate::error;
use deathstar_core::{Error, Meaning, Op, Progress, Result};
use serde_json::Value;

/// How a URL tells how an operation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Status,
    Location,
}

impl Style {
    const fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Location => "location",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Status, Self::Location].into_iter().find(|style| style.word() == word)
    }
}

impl Client {
    /// The operation that an answer says goes on; none when the object itself tells, or when all is done.
    ///
    /// A URL that no token may be sent to is nobody's to ask; the object itself tells then too.
    pub(super) fn operation_of(&self, answer: &Answer, version: &str) -> Option<Op> {
        let status = answer.header("azure-asyncoperation").or_else(|| answer.header("operation-location"));
        let location = || answer.header("location").filter(|_| answer.status == 202);
        let (style, link) = match (status, location()) {
            (Some(link), _) => (Style::Status, link),
            (None, Some(link)) => (Style::Location, link),
            (None, None) => return None,
        };
        let url = self.own_link(link)?;
        Some(Op(format!("{} {version} {url}", style.word())))
    }

    /// Asks how an operation goes.
    pub(super) async fn ask_operation(&self, op: &Op, action: &str) -> Result<Progress> {
        let mut parts = op.0.splitn(3, ' ');
        let style = parts.next().and_then(Style::of);
        let (Some(style), Some(version), Some(link)) = (style, parts.next(), parts.next()) else {
            return Err(Error::internal(format!("`{}` is no operation of Azure", op.0)));
        };
        let Some(url) = self.own_link(link) else {
            let text =
                format!("the operation at `{link}` is not of this endpoint, and no token is sent to it");
            return Err(Error::internal(text));
        };
        match self.send(Call::link(url, version, action)).await {
            Ok(answer) => Ok(progress(style, &answer)),
            Err(error) => ended(style, error),
        }
    }
}

fn progress(style: Style, answer: &Answer) -> Progress {
    let status = answer.body.get("status").and_then(Value::as_str);
    let state = answer.body.pointer("/properties/provisioningState").and_then(Value::as_str);
    let waiting = |why: &str| Progress::Waiting { why: why.into(), after: answer.retry_after() };
    if answer.status == 204 {
        return Progress::Done;
    }
    match (style, status.or(state)) {
        (_, Some(end @ ("Failed" | "Canceled"))) => Progress::Failed(error::of_operation(&answer.body, end)),
        (Style::Status, Some("Succeeded")) => Progress::Done,
        (Style::Status, Some(other)) => waiting(other),
        (_, _) if answer.status == 202 => waiting("running"),
        // What it ended with is the object, whose state the next look shows.
        (_, _) => Progress::Done,
    }
}

/// An error in place of how it goes.
fn ended(style: Style, error: Error) -> Result<Progress> {
    match (style, error.meaning()) {
        // Azure has forgotten it: the object tells.
        (_, Meaning::NotFound) => Ok(Progress::Done),
        // What the URL of a location answers in the end is the operation's own answer. Where it is not, the object tells.
        (Style::Location, Meaning::Throttled | Meaning::Denied { .. } | Meaning::Internal) => Err(error),
        (Style::Location, _) if error.api_code().is_some() => Ok(Progress::Failed(error)),
        _ => Err(error),
    }
}
