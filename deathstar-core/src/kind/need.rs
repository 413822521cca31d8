//! Order that no input says.

/// That one of several declared objects needs another of them first, although no input of it says so; by places in their list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Who needs.
    pub from: usize,
    /// What is needed.
    pub to: usize,
    /// Whether it stands in it: when that is deleted, it is gone too, whoever asked for it.
    pub within: bool,
}
