//! What a step allows the loop to do to an object.

use crate::{
    Error, Meaning,
    erase::{Change, Weight},
};
use std::collections::BTreeSet;

/// What a step allows the loop to do to an object.
pub(crate) struct Mandate {
    /// Which fields it may change.
    pub(crate) may: May,
    /// Whether an object that exists and failed is written once more, where that is how its kind is repaired; otherwise such an
    /// object is `Broken`.
    pub(crate) repairs: bool,
}

/// Which fields the loop may change.
pub(crate) enum May {
    /// All that can be changed in place: the tail of a create, or the end of something interrupted.
    Any,
    /// What the plan says.
    Planned(BTreeSet<String>),
}

/// Why the loop may not make a change.
pub(super) enum Refusal {
    /// No change in place makes the object what it should be.
    Broken(String),
    /// The plan does not say it.
    NotPlanned(Error),
}

impl Mandate {
    /// Whether the loop may not make one of these changes. What differs only after a call of ours differs by it: there are fields that
    /// can be exchanged only while others are switched off.
    pub(super) fn refuses(&self, changes: &[Change], called: bool) -> Option<Refusal> {
        for change in changes {
            match (&change.weight, &self.may) {
                (Weight::Refuse(why), _) => return Some(Refusal::Broken(format!("{} {why}", change.field))),
                (Weight::Replace, May::Any) => {
                    let text =
                        format!("{} is {} and should be {}", change.field, change.before, change.after);
                    return Some(Refusal::Broken(text));
                }
                (Weight::Replace, May::Planned(_)) => {
                    let text =
                        format!("{} differs, which needs a replacement that was not planned", change.field);
                    return Some(Refusal::NotPlanned(Error::new(Meaning::Conflict, text).hint("plan again")));
                }
                (Weight::Update, May::Planned(fields)) if !called && !fields.contains(change.field) => {
                    let text =
                        format!("{} was changed by somebody else since the plan was made", change.field);
                    return Some(Refusal::NotPlanned(Error::new(Meaning::Conflict, text).hint("plan again")));
                }
                (Weight::Update, _) => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(field: &'static str, weight: Weight) -> Change {
        let (before, after) = (serde_json::Value::Null, serde_json::Value::Null);
        Change { field, weight, moves: &[], write_only: false, before, after, parts: vec![] }
    }

    #[test]
    fn what_was_not_planned_is_changed_only_after_a_call_of_ours() {
        let planned = Mandate { may: May::Planned(BTreeSet::from(["range".to_owned()])), repairs: true };
        let (range, other) = (change("range", Weight::Update), change("other", Weight::Update));
        let may = |changes: &[&Change], called| {
            let changes: Vec<Change> = changes.iter().copied().cloned().collect();
            planned.refuses(&changes, called).is_none()
        };
        assert!(may(&[&range], false) && may(&[&range], true));
        assert!(!may(&[&other], false) && !may(&[&range, &other], false));
        assert!(may(&[&other], true));
        assert!(!may(&[&change("other", Weight::Replace)], true));
    }
}
