//! What was seen before planning; an input of the pure planner.

use super::Foreign;
use crate::{
    Raw,
    driver::{AnySeen, Rehearsal},
    graph::Address,
    state::ConnectionRow,
};
use foldhash::HashMap;
use std::collections::BTreeMap;

/// What was seen of one recorded object.
#[derive(Clone, Debug)]
pub(crate) enum Sight {
    /// It is there.
    Seen(Box<AnySeen>),
    /// It is gone, confirmed by more than one look.
    Gone,
}

/// Everything that was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observed {
    /// Objects, by address and generation; what is missing here was not looked for.
    pub(crate) objects: HashMap<(Address, u32), Sight>,
    /// Answers of facts.
    pub(crate) facts: HashMap<Address, FactSight>,
    /// What stands in recorded objects, and is of nobody that is known.
    pub(crate) foreign: Vec<Foreign>,
    /// What was said to steps before they are made, by the address and generation of what is changed or made.
    pub(crate) rehearsals: HashMap<(Address, u32), Rehearsal>,
    /// Connections that do not answer, by number, and why.
    pub(crate) unreachable: BTreeMap<u32, String>,
    /// Exports of other stacks, by stack and name.
    pub(crate) imports: HashMap<(String, String), Raw>,
}

impl Observed {
    /// Whether the place that a connection leads to was seen gone: everything that runs it is.
    pub(crate) fn is_dead(&self, connection: &ConnectionRow) -> bool {
        let gone = |host: &(Address, u32)| matches!(self.objects.get(host), Some(Sight::Gone));
        !connection.hosts.is_empty() && connection.hosts.iter().all(gone)
    }
}

/// What a fact said.
#[derive(Clone, Debug)]
pub(crate) enum FactSight {
    Yes(Raw),
    Waiting(String),
    No(String),
}
