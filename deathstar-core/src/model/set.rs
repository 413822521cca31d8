//! Sets: values whose order means nothing.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// Values of which each counts once and whose order means nothing, such as the subnets of an endpoint.
///
/// It is kept and encoded in the order of its members' encodings, so that equal sets have equal texts whatever the order in
/// which a program names the members or an API lists them. Members may be [inputs](crate::Input) that are not known yet.
///
/// ```
/// use deathstar_core::model::Set;
///
/// let declared = Set::from(["b", "a", "b"]);
/// assert_eq!(declared, Set::from(["a", "b"]));
/// assert_eq!(declared.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Set<T>(Vec<T>);

impl<T: Serialize> Set<T> {
    /// The set of these values.
    pub fn of(values: impl IntoIterator<Item = T>) -> Self {
        // What cannot be encoded has no text; the spec that it stands in tells.
        let text = |value: &T| serde_json::to_string(value).unwrap_or_default();
        let sorted: BTreeMap<String, T> = values.into_iter().map(|value| (text(&value), value)).collect();
        Self(sorted.into_values().collect())
    }
}

impl<T> Set<T> {
    /// Its members, in the order of their encodings.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// How many members it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: PartialEq> Set<T> {
    /// Whether a value is a member.
    pub fn contains(&self, value: &T) -> bool {
        self.0.contains(value)
    }

    /// The members that another set does not have.
    pub fn without<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = &'s T> {
        self.iter().filter(|value| !other.contains(value))
    }
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<T: Serialize> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self::of(values)
    }
}

impl<T: Serialize, const N: usize> From<[T; N]> for Set<T> {
    fn from(values: [T; N]) -> Self {
        Self::of(values)
    }
}

impl<T: Serialize> From<Vec<T>> for Set<T> {
    fn from(values: Vec<T>) -> Self {
        Self::of(values)
    }
}

impl<'s, T> IntoIterator for &'s Set<T> {
    type Item = &'s T;
    type IntoIter = std::slice::Iter<'s, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Serialize> Serialize for Set<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The members may stand in any order: a text whose inputs became known after it was written is in the order of its expressions.
impl<'de, T: Deserialize<'de> + Serialize> Deserialize<'de> for Set<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, Output};
    use proptest::prelude::*;

    #[test]
    fn members_may_be_known_later() {
        let pending: Output<String> = Output::import("other", "subnet");
        let known = || Input::from("subnet-1".to_owned());
        let set = Set::from([Input::from(&pending), known(), known()]);
        assert_eq!(set.len(), 2);
        assert_eq!(set, Set::from([known(), Input::from(&pending)]));
    }

    #[test]
    fn a_difference_is_told_by_member() {
        let (three, two) = (Set::from([1, 2, 3]), Set::from([2, 4]));
        assert_eq!(three.without(&two).copied().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(two.without(&three).copied().collect::<Vec<_>>(), [4]);
    }

    proptest! {
        #[test]
        fn the_order_of_members_is_not_in_the_text(mut members: Vec<String>, turn: usize) {
            let text = serde_json::to_string(&Set::of(members.clone())).unwrap();
            let turn = turn.checked_rem(members.len()).unwrap_or(0);
            members.rotate_left(turn);
            members.extend(members.first().cloned());
            let given = serde_json::to_string(&members).unwrap();
            let read: Set<String> = serde_json::from_str(&given).unwrap();
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }
}
