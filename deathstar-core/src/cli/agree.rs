//! Whether a plan may be applied: what it loses, who agreed to that, and the question.

use super::{Problem, arguments::ConsentArguments, console::Console};
use crate::plan::{self, Consent, Plan, PlanData, losses_text};

/// How the work is called in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Apply,
    Destroy,
    Import,
    Forget,
    Recover,
}

impl Purpose {
    /// What a plan from a file is for.
    pub(super) fn of(plan: &PlanData) -> Self {
        match plan.purpose {
            plan::Purpose::Recover => Self::Recover,
            plan::Purpose::Forget => Self::Forget,
            plan::Purpose::Change if plan.destroy => Self::Destroy,
            plan::Purpose::Change | plan::Purpose::RefreshOnly => Self::Apply,
        }
    }

    pub(super) const fn verb(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Destroy => "destroy",
            Self::Import => "import",
            Self::Forget => "forget",
            Self::Recover => "recover",
        }
    }
}

/// Asks for what is missing, and answers the plan with its consents; none when the user said no.
///
/// `--yes` answers the question and consents to no loss. Typing `yes` at a terminal, below the list of losses, consents to these.
///
/// # Errors
/// When something forbids to apply the plan, when a consent is missing and nobody can be asked, or when nobody can be asked at all.
pub(super) fn agree<'s>(
    mut plan: Plan<'s>,
    given: &ConsentArguments,
    purpose: Purpose,
    console: &mut Console,
) -> Result<Option<Plan<'s>>, Problem> {
    let verb = purpose.verb();
    if !plan.blockers.is_empty() {
        return Err(blocked(&plan));
    }
    for consent in &given.consents {
        plan = plan.consent(consent.clone());
    }
    if plan.is_empty() {
        return Ok(Some(plan));
    }
    let missing: Vec<_> = plan.without_consent().into_iter().cloned().collect();
    if given.yes {
        if missing.is_empty() {
            return Ok(Some(plan));
        }
        return Err(Problem::all(missing.iter().map(|step| {
            let what = if step.other_half.is_some() { "replaced" } else { "deleted" };
            let (address, stakes) = (&step.address, step.stakes.name());
            Problem::new(format!("`{address}` ({}) would be {what}, and its stakes are: {stakes}", step.kind))
                .hint(format!(
                    "consent to it with `--consent {}`, or to all like it with `--consent {stakes}`",
                    option(address.as_str())
                ))
        })));
    }
    if !console.interactive {
        let mut needed = String::new();
        for step in &missing {
            needed.push_str(" --consent ");
            needed.push_str(&option(step.address.as_str()));
        }
        return Err(Problem::new(format!("there is no terminal to ask on whether to {verb} this"))
            .hint(format!("read the plan, then run `{verb} --yes{needed}`")));
    }
    if !missing.is_empty() {
        let text = losses_text(&missing, console.colour.talk);
        console.say(&format!("\nBy typing yes you consent to these losses:\n{text}"));
    }
    let answer = console.ask(&format!("\nTo {verb} this, type yes: "))?;
    if answer.as_deref() != Some("yes") {
        console.say("Nothing was changed.\n");
        return Ok(None);
    }
    for step in missing {
        plan = plan.consent(Consent::Object(step.address));
    }
    Ok(Some(plan))
}

/// What forbids to apply a plan, all of it.
pub(super) fn blocked(plan: &Plan<'_>) -> Problem {
    Problem::all(plan.blockers.iter().map(|blocker| Problem::finding(&blocker.diagnostic())))
}

/// An address as a value of `--consent`.
fn option(address: &str) -> String {
    if matches!(address, "network" | "cluster" | "data") {
        format!("at:{address}")
    } else {
        address.to_owned()
    }
}
