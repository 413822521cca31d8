//! Where a value stands in an object.

use crate::kube::view::escape;
use std::fmt;

/// A place in an object, as a chain of steps from the root; it becomes text when something is found there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Path<'p> {
    Root,
    Member(&'p Self, &'p str),
    Item(&'p Self, usize),
}

impl Path<'_> {
    pub(super) fn member<'n>(&'n self, name: &'n str) -> Path<'n> {
        Path::Member(self, name)
    }

    pub(super) fn item(&self, at: usize) -> Path<'_> {
        Path::Item(self, at)
    }
}

/// As a JSON pointer.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(above, name) => write!(f, "{above}/{}", escape(name)),
            Self::Item(above, at) => write!(f, "{above}/{at}"),
        }
    }
}
