//! Asking a server what it would say to an apply: `dryRun=All`, with all admission, and without any effect.

use super::{
    Answer, Client,
    driver::{applying, takes_over},
};
use crate::{
    Cx, Error, Meaning, Resource as _, Result, Seen,
    driver::{Check, Refusal, Rehearsal},
    kube::{
        Object,
        object::{additions, shown},
        ready::Rules,
    },
};
use ::kube::core::{Status, response::StatusCause};
use serde_json::Value;

impl Client {
    /// What the server says to a create, or to a change of what is seen.
    ///
    /// What it does not judge so: quotas count each object alone, and nothing of what the same plan makes is there.
    pub(super) async fn rehearse_object(
        &self,
        cx: &Cx,
        spec: &Object,
        seen: Option<&Seen<Object>>,
    ) -> Result<Rehearsal> {
        let served = match self.writable(spec).await {
            Ok(served) => served,
            Err(error) if *error.meaning() == Meaning::NotReady => {
                return Ok(Rehearsal::not_checkable(error.message()));
            }
            Err(error) => return Err(error),
        };
        let path = served.path_of(&spec.id())?;
        let manifest = match seen {
            Some(_) => spec.manifest(&cx.tags)?,
            None => match self.newly(cx, spec).await {
                Ok(manifest) => manifest,
                Err(error) if *error.meaning() == Meaning::AlreadyExists => {
                    let fix = error.advice().unwrap_or_default();
                    return Ok(refused(vec![Refusal::new("", error.message(), fix)]));
                }
                Err(error) => return Err(error),
            },
        };
        let ask = applying(&served, &path, spec, &manifest, takes_over(spec, seen)).query("dryRun", "All");
        let answer = self.answer(&ask).await?;
        let mut said = if answer.status.is_success() {
            let would_be = self.decode(&ask, &answer)?;
            accepted(spec, seen, would_be, &self.rules)
        } else {
            judge(self.failure(&ask, &answer), &answer, spec, seen.is_some())?
        };
        said.warnings = answer.warnings;
        Ok(said)
    }
}

/// What follows from the object that the server would have.
fn accepted(spec: &Object, seen: Option<&Seen<Object>>, would_be: Value, rules: &Rules) -> Rehearsal {
    let mut said = Rehearsal::new(Check::Checked);
    let would_be = shown(would_be, &spec.api_version, &spec.kind, rules).object;
    said.adds = additions(spec, seen.map(|seen| &seen.spec), &would_be);
    let managed = spec.managed(would_be);
    said.unkept = spec.parts(&managed, "body");
    said
}

/// What a refusal means. Nothing is refused here that has to do with the call and not with the object.
fn judge(error: Error, answer: &Answer, spec: &Object, changes: bool) -> Result<Rehearsal> {
    let status: Status = serde_json::from_slice(&answer.bytes).unwrap_or_default();
    let causes = status.details.map(|details| details.causes).unwrap_or_default();
    let text = error.message().to_owned();
    let fix = error.advice().unwrap_or("change the declaration, or what refuses it").to_owned();
    match error.meaning() {
        // The caller may not write: a plan can be made by who may only read.
        Meaning::Denied { action } if !action.is_empty() => {
            return Ok(Rehearsal::not_checkable(format!("the caller may not `{action}`")));
        }
        Meaning::Throttled | Meaning::Transient | Meaning::Internal => return Err(error),
        _ if answer.status == http::StatusCode::UNAUTHORIZED => return Err(error),
        Meaning::NotReady => return Ok(Rehearsal::not_checkable(text)),
        // Before it comes to versions, the server compares managers.
        _ if answer.status == http::StatusCode::CONFLICT && !changes => {
            let why = format!("{} exists already", spec.id());
            return Ok(refused(vec![Refusal::new("", why, "import it, or give another name")]));
        }
        Meaning::Conflict => return Ok(Rehearsal::not_checkable(text)),
        // A webhook that does more than to answer is not called.
        _ if text.contains("does not support dry run") => return Ok(Rehearsal::not_checkable(text)),
        _ => {}
    }
    let about_itself = is_about_itself(answer, &causes);
    if causes.is_empty() {
        let refusal = Refusal::new("", text, fix);
        return Ok(refused(vec![if about_itself { refusal.alone() } else { refusal }]));
    }
    let (mut said, mut fixed) = (vec![], vec![]);
    for cause in causes {
        if changes && is_fixed(&cause) {
            fixed.push(cause.field.trim_start_matches('.').to_owned());
            continue;
        }
        let refusal = Refusal::new(cause.field.trim_start_matches('.'), cause.message, fix.clone());
        said.push(if about_itself { refusal.alone() } else { refusal });
    }
    let mut said = refused(said);
    said.fixed = fixed;
    Ok(said)
}

fn refused(refusals: Vec<Refusal>) -> Rehearsal {
    let mut said = Rehearsal::new(Check::Checked);
    said.refusals = refusals;
    said
}

/// Whether an object is refused for what it says, whatever else there is: its fields cannot be read, have values that they cannot
/// have, or are managed by somebody else. What policies and plugins refuse may depend on what is made before.
fn is_about_itself(answer: &Answer, causes: &[StatusCause]) -> bool {
    match answer.status.as_u16() {
        400 | 409 | 415 | 500 => true,
        // A policy answers with the same status, and without a field.
        422 => !causes.is_empty() && causes.iter().all(|cause| !cause.field.is_empty()),
        _ => false,
    }
}

/// Whether a field is refused because it changes. The server has no code for it: these are the words of its validation, and those
/// with which authors of definitions say it.
fn is_fixed(cause: &StatusCause) -> bool {
    const WORDS: [&str; 9] = [
        "immutable",
        "may not change",
        "may not be changed",
        "may not be updated",
        "cannot be changed",
        "cannot be updated",
        "cannot be modified",
        "cannot change",
        "updates to ",
    ];
    let refused = ["FieldValueInvalid", "FieldValueForbidden"].contains(&cause.reason.as_str());
    let text = cause.message.to_ascii_lowercase();
    refused && WORDS.iter().any(|words| text.contains(words))
}

/// The text of a `Warning` header: `299 - "text"`.
pub(super) fn warning(header: &str) -> String {
    let text = header
        .split_once('"')
        .map_or(header, |(_, rest)| rest.rsplit_once('"').map_or(rest, |(text, _)| text));
    text.replace("\\\"", "\"").replace("\\\\", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_changed_is_told_from_what_cannot_be() {
        let cause = |reason: &str, message: &str| StatusCause {
            reason: reason.into(),
            message: message.into(),
            field: "spec".into(),
        };
        for fixed in [
            "Invalid value: {}: field is immutable",
            "updates to statefulset spec for fields other than 'replicas' are forbidden",
            "spec is immutable after creation except resources.requests for bound claims",
            "Forbidden: updates to provisioner are forbidden.",
            "Invalid value: \"a\": cannot change roleRef",
            "pod updates may not change fields other than `spec.containers[*].image`",
            "Invalid value: \"object\": Value is Immutable",
        ] {
            assert!(is_fixed(&cause("FieldValueInvalid", fixed)), "{fixed}");
            assert!(!is_fixed(&cause("FieldValueRequired", fixed)));
        }
        for wrong in ["Invalid value: -1: must be greater than or equal to 0", "Unsupported value: \"x\""] {
            assert!(!is_fixed(&cause("FieldValueInvalid", wrong)), "{wrong}");
        }
    }

    #[test]
    fn the_text_of_a_warning_is_read() {
        assert_eq!(warning(r#"299 - "would violate \"restricted\"""#), "would violate \"restricted\"");
        assert_eq!(warning("odd"), "odd");
    }
}
