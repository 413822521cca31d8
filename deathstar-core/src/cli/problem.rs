//! What went wrong, as a person is told: what, where, why, and what to do.

use crate::{
    ApplyError, Diagnostic, Error, Findings, PlanError,
    plan::{PlanFileError, Refused},
    state::StoreError,
};
use std::{error::Error as StdError, fmt};

/// Why a command could not be done. Every error becomes one with `?`; causes and hints are kept.
///
/// It prints as `error:` lines, each with its `cause:` and `hint:` lines below it.
#[derive(Debug, Default)]
pub struct Problem(Vec<Part>);

/// One error of a problem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Part {
    what: String,
    causes: Vec<String>,
    hints: Vec<String>,
}

impl Problem {
    /// A problem from a sentence.
    pub fn new(what: impl Into<String>) -> Self {
        Self(vec![Part { what: what.into(), ..Part::default() }])
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Some(part) = self.0.last_mut() {
            part.hints.push(hint.into());
        }
        self
    }

    /// Says why.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        if let Some(part) = self.0.last_mut() {
            part.causes.push(cause.into());
        }
        self
    }

    /// Adds another problem, to tell both at once.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// All of these, told at once.
    pub(super) fn all(problems: impl IntoIterator<Item = Self>) -> Self {
        Self(problems.into_iter().flat_map(|problem| problem.0).collect())
    }

    /// A finding of a declaration.
    pub(super) fn finding(finding: &Diagnostic) -> Self {
        let place = format!("{}{}", finding.address, finding.path);
        let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
        let problem = Self::new(format!("{place}{} [{}]", finding.why, finding.code));
        if finding.fix.is_empty() { problem } else { problem.hint(&finding.fix) }
    }

    fn findings(findings: &Findings) -> Self {
        Self::all(findings.0.iter().map(Self::finding))
    }

    /// An error that holds several, or that only wraps another one.
    fn sorted(error: &(dyn StdError + 'static)) -> Option<Self> {
        if let Some(Refused(reasons)) = error.downcast_ref::<Refused>() {
            let each = |reason: &String| Self::new(format!("the plan is refused: {reason}"));
            return Some(Self::all(reasons.iter().map(each)));
        }
        if let Some(error) = error.downcast_ref::<PlanError>() {
            return match error {
                PlanError::Findings(findings) => Some(Self::findings(findings)),
                PlanError::Cloud(error) => Some(Self::of(error)),
                _ => None,
            };
        }
        match error.downcast_ref::<ApplyError>() {
            Some(ApplyError::Findings(findings)) => Some(Self::findings(findings)),
            Some(ApplyError::Failed(error)) => Some(Self::of(error)),
            Some(ApplyError::Blocked(blockers)) => {
                Some(Self::all(blockers.iter().map(|blocker| Self::finding(&blocker.diagnostic()))))
            }
            _ => error.downcast_ref::<Findings>().map(Self::findings),
        }
    }

    fn of(error: &(dyn StdError + 'static)) -> Self {
        let mut part = Part { what: error.to_string(), ..Part::default() };
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(problem) = Self::sorted(error) {
                return problem;
            }
            let told = error.to_string();
            // An error that passes another one on, or tells it within its own sentence, does not say it twice.
            if !part.causes.last().unwrap_or(&part.what).contains(&told) {
                part.causes.push(told);
            }
            part.hints.extend(hint(error).filter(|hint| !part.hints.contains(hint)));
            next = error.source();
        }
        Self(vec![part])
    }
}

fn hint(error: &(dyn StdError + 'static)) -> Option<String> {
    if let Some(error) = error.downcast_ref::<Error>() {
        return error.advice().map(str::to_owned);
    }
    if let Some(error) = error.downcast_ref::<StoreError>() {
        return error.hint();
    }
    if let Some(error) = error.downcast_ref::<PlanError>() {
        return error.hint();
    }
    if let Some(error) = error.downcast_ref::<ApplyError>() {
        return error.hint();
    }
    if let Some(PlanFileError::NoPlan(_)) = error.downcast_ref::<PlanFileError>() {
        return Some("write one with `plan --out FILE`".into());
    }
    None
}

impl<E: StdError + 'static> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::of(&error)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "error: {}", part.what)?;
            for cause in &part.causes {
                write!(f, "\n  cause: {cause}")?;
            }
            for hint in &part.hints {
                write!(f, "\n  hint: {hint}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_and_hints_of_the_whole_chain_are_told() {
        let io = std::io::Error::other("no route to host");
        let error = Error::new(crate::Meaning::Transient, "the call failed")
            .operation("ec2:CreateVpc")
            .hint("check the network")
            .because(io);
        assert_eq!(
            Problem::from(error).to_string(),
            "error: ec2:CreateVpc: the call failed\n  cause: no route to host\n  hint: check the network"
        );
    }

    #[test]
    fn all_findings_are_told_at_once() {
        let findings = Findings(vec![
            Diagnostic::new("a.b", "it is wrong").on("x/y").at("/cidr").fix("put it right"),
            Diagnostic::new("c.d", "the stack is wrong"),
        ]);
        let want =
            "error: x/y/cidr: it is wrong [a.b]\n  hint: put it right\nerror: the stack is wrong [c.d]";
        assert_eq!(Problem::from(findings.clone()).to_string(), want);
        assert_eq!(Problem::from(PlanError::from(findings.clone())).to_string(), want);
        assert_eq!(Problem::from(ApplyError::from(findings)).to_string(), want);
    }

    #[test]
    fn what_an_engine_wraps_is_told_as_what_it_is() {
        let error = || Error::new(crate::Meaning::Denied { action: "a:B".into() }, "no").hint("ask for it");
        let want = "error: no (needs `a:B`)\n  hint: ask for it";
        assert_eq!(Problem::from(PlanError::from(error())).to_string(), want);
        assert_eq!(Problem::from(ApplyError::from(error())).to_string(), want);
        let stale = Problem::from(ApplyError::Stale("it is old".into())).to_string();
        assert_eq!(stale, "error: the plan is stale: it is old\n  hint: plan again");
        let refused = Problem::from(Refused(vec!["a goes".into(), "b goes".into()])).to_string();
        assert_eq!(refused, "error: the plan is refused: a goes\nerror: the plan is refused: b goes");
    }

    #[test]
    fn an_error_that_passes_on_another_is_told_once() {
        let error = StoreError::Locked("pid 7 holds it".into());
        let text = Problem::from(error).to_string();
        assert_eq!(text.matches("pid 7 holds it").count(), 1, "{text}");
        assert!(text.contains("\n  hint: wait"), "{text}");
    }
}
