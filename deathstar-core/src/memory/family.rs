//! The objects of one family, by what calls name them.

use foldhash::{HashMap, HashSet};

/// An object's number in the order of creation.
pub(super) type Serial = u64;

/// What is known of one family.
#[derive(Debug, Default)]
pub(super) struct Family {
    /// Its name, when a kind of this program has it.
    pub(super) name: Option<&'static str>,
    /// Its objects, by their ids as JSON texts.
    pub(super) objects: HashMap<Box<str>, Serial>,
    /// What is shown in an object of this family, by that one's id.
    pub(super) inside: HashMap<Box<str>, HashSet<Serial>>,
    /// Its objects, by the tokens of the calls that made them.
    pub(super) tokens: HashMap<Box<str>, Serial>,
}

/// Adds a member to a set that is made when it is needed.
pub(super) fn join(sets: &mut HashMap<Box<str>, HashSet<Serial>>, key: &str, serial: Serial) {
    match sets.get_mut(key) {
        Some(set) => _ = set.insert(serial),
        None => _ = sets.insert(key.into(), HashSet::from_iter([serial])),
    }
}

/// Takes a member out of a set, which goes with its last.
pub(super) fn leave(sets: &mut HashMap<Box<str>, HashSet<Serial>>, key: &str, serial: Serial) {
    if let Some(set) = sets.get_mut(key) {
        set.remove(&serial);
        if set.is_empty() {
            sets.remove(key);
        }
    }
}
