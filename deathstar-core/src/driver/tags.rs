//! Tags: what proves that an object is ours, and what users add.

use crate::graph::LeftTags;
use std::collections::BTreeMap;

/// Tags of an object.
pub type Tags = BTreeMap<String, String>;

/// The prefix of our own tags; users may not write it.
pub const PREFIX: &str = "deathstar:";
/// Our tag with the stack's name.
pub const STACK: &str = "deathstar:stack";
/// Our tag with the address at which the object was created.
pub const ADDRESS: &str = "deathstar:address";
/// Our tag with the object's token.
pub const TOKEN: &str = "deathstar:token";

/// Whether a key is one of ours.
pub fn is_ours(key: &str) -> bool {
    key.starts_with(PREFIX)
}

/// `over` laid over `base`.
pub(crate) fn under(base: &Tags, over: &Tags) -> Tags {
    let mut all = base.clone();
    all.extend(over.iter().map(|(key, value)| (key.clone(), value.clone())));
    all
}

/// The owner tags of an object.
pub(crate) fn owner<'o>(stack: &'o str, address: &'o str, token: &'o str) -> [(&'static str, &'o str); 3] {
    [(STACK, stack), (ADDRESS, address), (TOKEN, token)]
}

/// What has to be set and removed so that an object carries `want` and `owner`; `had` are the tags that we wrote last time.
///
/// Tags that others wrote stay, and so do those that are left alone. The address tag of a renamed object stays too.
pub(crate) fn differ(
    seen: &Tags,
    want: &Tags,
    owner: &[(&'static str, &str)],
    had: &Tags,
    left: &LeftTags,
) -> (Tags, Vec<String>) {
    let (mut set, mut unset) = (Tags::new(), vec![]);
    if !has_all(seen, want) {
        let wanted = want.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        set.extend(missing(seen, wanted, left));
    }
    set.extend(missing(seen, owner.iter().copied(), left));
    // What we wrote is mostly what we want.
    if had != want {
        let gone = had.keys().filter(|key| {
            !is_ours(key) && !want.contains_key(*key) && seen.contains_key(*key) && !left.covers(key)
        });
        unset.extend(gone.cloned());
    }
    (set, unset)
}

/// Whether all of `want` is in `seen`, by one walk over both.
fn has_all(seen: &Tags, want: &Tags) -> bool {
    let mut seen = seen.iter();
    want.iter().all(|(key, value)| seen.find(|(other, _)| *other >= key) == Some((key, value)))
}

fn missing<'t>(
    seen: &'t Tags,
    wanted: impl Iterator<Item = (&'t str, &'t str)>,
    left: &'t LeftTags,
) -> impl Iterator<Item = (String, String)> {
    let differs = move |(key, value): &(&str, &str)| {
        let found = seen.get(*key).map(String::as_str);
        found != Some(*value) && !left.covers(key) && (*key != ADDRESS || found.is_none())
    };
    wanted.filter(differs).map(|(key, value)| (key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags<const N: usize>(pairs: [(&str, &str); N]) -> Tags {
        pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect()
    }

    #[test]
    fn only_what_we_wrote_is_removed() {
        let seen = tags([("a", "1"), ("foreign", "x"), ("old", "1")]);
        let (set, unset) = differ(
            &seen,
            &tags([("a", "2"), ("b", "1")]),
            &[],
            &tags([("a", "1"), ("old", "1")]),
            &LeftTags::default(),
        );
        assert_eq!(set, tags([("a", "2"), ("b", "1")]));
        assert_eq!(unset, ["old"]);
    }

    #[test]
    fn a_renamed_object_keeps_its_address_tag() {
        let (set, unset) = differ(
            &tags(owner("s", "old", "t")),
            &Tags::new(),
            &owner("s", "new", "t"),
            &Tags::new(),
            &LeftTags::default(),
        );
        assert!(set.is_empty() && unset.is_empty());
    }

    #[test]
    fn an_object_without_an_address_tag_gets_one() {
        let owner = owner("s", "new", "t");
        let (set, _) = differ(&Tags::new(), &Tags::new(), &owner, &Tags::new(), &LeftTags::default());
        assert_eq!(set, tags(owner));
    }
}
