//! Objects that are hidden, pending or deleting, counted in looks.

use crate::Place;
use std::collections::HashMap;

/// What is left of an object's beginning or end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// For how many looks it is not shown.
    pub(crate) hidden: u32,
    /// For how many looks it is pending.
    pub(crate) pending: u32,
    /// For how many looks it is deleting.
    pub(crate) deleting: u32,
    /// How it failed: code and message.
    pub(crate) failed: Option<(String, String)>,
}

/// All objects that are not simply there.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    of: HashMap<(Place, String), Look>,
    /// How the next object fails, by the call that makes it.
    failing: HashMap<String, Vec<(String, String)>>,
}

impl Looks {
    pub(crate) fn fail_next(&mut self, call: &str, code: &str, message: &str) {
        self.failing.entry(call.to_owned()).or_default().push((code.to_owned(), message.to_owned()));
    }

    /// How the next object that this call makes fails.
    pub(crate) fn failure(&mut self, call: &str) -> Option<(String, String)> {
        let script = self.failing.get_mut(call)?;
        (!script.is_empty()).then(|| script.remove(0))
    }

    pub(crate) fn at(&mut self, place: &Place, id: &str) -> &mut Look {
        self.of.entry((place.clone(), id.to_owned())).or_default()
    }

    pub(crate) fn peek(&self, place: &Place, id: &str) -> Look {
        self.of.get(&(place.clone(), id.to_owned())).cloned().unwrap_or_default()
    }

    /// Whether an object is hidden, which counts as a look then.
    pub(crate) fn look_if_hidden(&mut self, place: &Place, id: &str) -> bool {
        let hidden = self.peek(place, id).hidden > 0;
        if hidden {
            self.look(place, id);
        }
        hidden
    }

    /// A look at an object; answers what stood before it.
    pub(crate) fn look(&mut self, place: &Place, id: &str) -> Look {
        let Some(look) = self.of.get_mut(&(place.clone(), id.to_owned())) else { return Look::default() };
        let before = look.clone();
        if look.hidden > 0 {
            look.hidden -= 1;
        } else if look.pending > 0 {
            look.pending -= 1;
        } else {
            look.deleting = look.deleting.saturating_sub(1);
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_hidden_then_pending_then_there() {
        let mut looks = Looks::default();
        let place = Place::default();
        *looks.at(&place, "nat-1") = Look { hidden: 1, pending: 2, ..Look::default() };
        let seen: Vec<_> =
            (0..4).map(|_| looks.look(&place, "nat-1")).map(|look| (look.hidden, look.pending)).collect();
        assert_eq!(seen, [(1, 2), (0, 2), (0, 1), (0, 0)]);
        assert_eq!(looks.look(&place, "nat-2"), Look::default());
        *looks.at(&place, "key/1") = Look { hidden: 1, pending: 1, ..Look::default() };
        assert_eq!([0; 3].map(|_| looks.look_if_hidden(&place, "key/1")), [true, false, false]);
        assert_eq!(looks.peek(&place, "key/1").pending, 1);
    }

    #[test]
    fn failures_are_taken_in_order() {
        let mut looks = Looks::default();
        looks.fail_next("a", "1", "");
        looks.fail_next("a", "2", "");
        let codes: Vec<_> = (0..3).filter_map(|_| looks.failure("a")).map(|(code, _)| code).collect();
        assert_eq!(codes, ["1", "2"]);
    }
}
