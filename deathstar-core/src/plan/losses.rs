//! What is lost with what goes, as a part of the plan.

use super::{Action, Step};
use crate::{driver::Loss, graph::Address};
use foldhash::HashMap;

/// How many of those that go along are named.
const NAMED: usize = 20;

/// Writes into steps what is lost by them.
pub(crate) fn weigh(steps: &mut [Step], losses: &HashMap<(Address, u32), Loss>) {
    if losses.is_empty() {
        return;
    }
    for step in steps.iter_mut().filter(|step| step.action == Action::Delete) {
        let Some(loss) = losses.get(&(step.address.clone(), step.generation)) else { continue };
        step.stakes = step.stakes.max(loss.stakes);
        step.notes.push(told(loss));
    }
}

fn told(loss: &Loss) -> String {
    if loss.along.is_empty() {
        return loss.why.clone();
    }
    let named = loss.along.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match loss.along.len().saturating_sub(NAMED) {
        0 => format!("{}: {named}", loss.why),
        more => format!("{}: {named}, and {more} more", loss.why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stakes;

    #[test]
    fn what_goes_along_is_named_and_then_counted() {
        let loss = |count: usize| Loss {
            stakes: Stakes::Data,
            why: "it goes".into(),
            along: (0..count).map(|number| format!("Fleet `{number}`")).collect(),
        };
        assert_eq!(told(&loss(0)), "it goes");
        assert_eq!(told(&loss(2)), "it goes: Fleet `0`, Fleet `1`");
        assert!(told(&loss(23)).ends_with("Fleet `19`, and 3 more"));
    }
}
