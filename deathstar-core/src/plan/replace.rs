//! Replacements: which half comes first, and what a replacement drags along.
//!
//! A replacement creates first, unless the old object holds for its life what the new one needs. Then the old one goes first, and
//! with it everything that stands on it: what names it cannot let go without a successor to name, so it is replaced too.

use super::{
    Request,
    outlook::{Decision, Existing, Life, Outlook},
};
use crate::{Key, Raw, Result, Span, erase::AnyKind, graph::Address, state::Phase};
use std::collections::{HashMap, HashSet};

/// Why a node has to be replaced although nothing in its spec says so.
#[derive(Clone, Debug)]
pub(super) struct Drag {
    pub(super) why: String,
    pub(super) conditional: bool,
}

/// What ends in a pass, and what has to wait for that.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// For each existing object whether it ends.
    pub(super) over: Vec<bool>,
    /// For each existing object whether it has to end before something is created.
    pub(super) early: Vec<bool>,
    /// For each node whether it can only be made after something has ended; empty when nothing has to end early.
    pub(super) late: Vec<bool>,
    /// Which node's create waits for which object's end.
    pub(super) collisions: Vec<(u32, usize)>,
    /// Which node takes, by create or update, what which other node's update gives up.
    pub(super) handovers: Vec<(u32, u32)>,
    /// Nodes that are dragged along, found in this round.
    pub(super) dragged: Vec<(u32, Drag)>,
}

/// Finds what ends, what has to end early, and what that drags along.
pub(super) fn ends(
    request: &Request<'_>,
    existing: &[Existing<'_>],
    outlooks: &[Option<Outlook>],
) -> Result<Ends> {
    let mut found = Ends { over: vec![false; existing.len()], ..Ends::default() };
    let mut any = false;
    for (index, object) in existing.iter().enumerate() {
        let ends = !object.over
            && object.life != Life::Gone
            && match object.node {
                None => true,
                Some(node) => decision(outlooks, node) == Some(Decision::Replace),
            };
        found.over[index] = ends;
        any |= ends;
    }
    found.early = vec![false; existing.len()];
    let updates = outlooks
        .iter()
        .flatten()
        .any(|outlook| matches!(outlook.decision, Decision::Update | Decision::Import));
    if !any && !updates {
        return Ok(found);
    }
    holds(request, existing, outlooks, &mut found)?;
    contents(request, outlooks, &mut found);
    if !found.collisions.is_empty() {
        propagate(request, existing, outlooks, &mut found);
    }
    if !found.handovers.is_empty() && found.dragged.is_empty() {
        circles(request, outlooks, &mut found);
    }
    Ok(found)
}

/// What stands in something that is replaced goes with it.
fn contents(request: &Request<'_>, outlooks: &[Option<Outlook>], found: &mut Ends) {
    for (container, content) in &request.desired.within {
        let replaced = outlooks[*container as usize].as_ref();
        let Some(replaced) = replaced.filter(|outlook| outlook.decision == Decision::Replace) else {
            continue;
        };
        if matches!(decision(outlooks, *content), Some(Decision::Stay | Decision::Record | Decision::Update))
        {
            let address = &request.desired.stack.nodes[*container as usize].address;
            let why = format!("it stands in {address}, which is replaced, and goes with it");
            found.dragged.push((*content, Drag { why, conditional: replaced.conditional }));
        }
    }
}

fn decision(outlooks: &[Option<Outlook>], node: u32) -> Option<Decision> {
    outlooks.get(node as usize)?.as_ref().map(|outlook| outlook.decision)
}

/// What a step takes that another gives up: a create takes its object's holds, a delete gives them up, an update may do both.
fn holds(
    request: &Request<'_>,
    existing: &[Existing<'_>],
    outlooks: &[Option<Outlook>],
    found: &mut Ends,
) -> Result<()> {
    let mut ended: HashMap<Held<'_>, usize> = HashMap::new();
    let mut given_up: HashMap<Held<'_>, u32> = HashMap::new();
    let mut taken: Vec<(Held<'_>, u32)> = vec![];
    for (index, object) in existing.iter().enumerate().filter(|(index, _)| found.over[*index]) {
        let connection = object.row.and_then(|row| request.recorded.connection(row.connection));
        let connection =
            connection.map_or_else(|| declared_connection(request, object.node), |found| &*found.name);
        ended.extend(life(object.kind, object.spec.text())?.map(|key| ((connection, key), index)));
    }
    for (node, outlook) in (0_u32..).zip(outlooks) {
        let Some(outlook) = outlook else { continue };
        let kind = request.desired.stack.nodes[node as usize].kind;
        let connection = declared_connection(request, Some(node));
        match (outlook.decision, outlook.existing) {
            (Decision::Create | Decision::Replace, _) => {
                taken.extend(life(kind, outlook.target.text())?.map(|key| ((connection, key), node)));
            }
            (Decision::Update | Decision::Import, Some(at)) => {
                let (before, after): (Vec<Key>, Vec<Key>) = (
                    life(kind, existing[at as usize].spec.text())?.collect(),
                    life(kind, outlook.target.text())?.collect(),
                );
                let lost = before.iter().filter(|key| !after.contains(key));
                given_up.extend(lost.map(|key| ((connection, key.clone()), node)));
                let gained = after.iter().filter(|key| !before.contains(key));
                taken.extend(gained.map(|key| ((connection, key.clone()), node)));
            }
            _ => {}
        }
    }
    for (key, node) in taken {
        found.collisions.extend(ended.get(&key).map(|index| (node, *index)));
        found
            .handovers
            .extend(given_up.get(&key).filter(|giver| **giver != node).map(|giver| (node, *giver)));
    }
    found.collisions.sort_unstable();
    found.collisions.dedup();
    found.handovers.sort_unstable();
    found.handovers.dedup();
    Ok(())
}

type Held<'r> = (&'r str, Key);

fn life(kind: &dyn AnyKind, spec: &str) -> Result<impl Iterator<Item = Key>> {
    Ok(kind.holds(spec)?.into_iter().filter(|hold| hold.span == Span::Life).map(|hold| hold.key))
}

/// Two updates that wait for each other's hold cannot both be made: whoever gives up is replaced, which frees its hold first.
fn circles(request: &Request<'_>, outlooks: &[Option<Outlook>], found: &mut Ends) {
    let acts = |node: u32| outlooks[node as usize].as_ref().is_some_and(Outlook::acts);
    for (taker, giver) in &found.handovers {
        let mut open = vec![*giver];
        let mut seen = HashSet::new();
        while let Some(node) = open.pop() {
            if node == *taker {
                let address = &request.desired.stack.nodes[*taker as usize].address;
                let why = format!("it holds what {address} needs before it can take what it needs itself");
                found.dragged.push((*giver, Drag { why, conditional: false }));
                return;
            }
            if !seen.insert(node) {
                continue;
            }
            open.extend(request.desired.needs.of(node).iter().filter(|need| acts(**need)));
            open.extend(found.handovers.iter().filter(|(other, _)| *other == node).map(|(_, giver)| *giver));
        }
    }
}

fn declared_connection<'r>(request: &'r Request<'_>, node: Option<u32>) -> &'r str {
    let stack = request.desired.stack;
    node.and_then(|node| stack.providers.get(stack.nodes[node as usize].provider as usize))
        .map_or("", |connection| &*connection.name)
}

/// Everything that stands on what ends early ends early too, or lets go of it first.
fn propagate(
    request: &Request<'_>,
    existing: &[Existing<'_>],
    outlooks: &[Option<Outlook>],
    found: &mut Ends,
) {
    let dependents = dependents(existing);
    found.late = late(request, outlooks, &found.collisions, &found.handovers);
    let mut open: Vec<usize> = found.collisions.iter().map(|(_, index)| *index).collect();
    while let Some(index) = open.pop() {
        if std::mem::replace(&mut found.early[index], true) {
            continue;
        }
        let ending = &existing[index];
        let conditional =
            ending.node.is_some_and(|node| outlooks[node as usize].as_ref().is_some_and(|o| o.conditional));
        for dependent in &dependents[index] {
            if found.over[*dependent] {
                open.push(*dependent);
                continue;
            }
            let object = &existing[*dependent];
            let Some(node) = object.node.filter(|_| !object.over && object.life != Life::Gone) else {
                continue;
            };
            let Some(outlook) = &outlooks[node as usize] else { continue };
            if outlook.decision != Decision::Update || !ending.kind.about().held {
                continue;
            }
            // An update that can be made now lets go in time; one that waits for a create which waits for this end cannot.
            if found.late[node as usize] {
                let why = format!(
                    "it stands on {}, which has to go before its successor can be made",
                    ending.address
                );
                found.dragged.push((node, Drag { why, conditional }));
            }
        }
    }
}

/// Which objects name which. Where several generations stand at one address, whoever names the id of some names only those.
pub(super) fn dependents(existing: &[Existing<'_>]) -> Vec<Vec<usize>> {
    let mut standing: HashMap<&Address, Vec<usize>, foldhash::fast::RandomState> = HashMap::default();
    for (index, object) in existing.iter().enumerate() {
        standing.entry(&object.address).or_default().push(index);
    }
    let mut dependents = vec![vec![]; existing.len()];
    for (index, object) in existing.iter().enumerate().filter(|(_, object)| !object.over) {
        for need in &*object.needs {
            let Some(needed) = standing.get(need) else { continue };
            let mut named: Vec<usize> = vec![];
            if needed.iter().filter(|at| !existing[**at].over).count() > 1 {
                let is_named = |at: &&usize| existing[**at].id.is_some_and(|id| names(object, id.text()));
                named.extend(needed.iter().filter(is_named));
            }
            for at in if named.is_empty() { needed } else { &named } {
                dependents[*at].push(index);
            }
        }
    }
    dependents
}

/// Whether an object names an id: as it is, as it shall be, or as it was before an update that was interrupted.
fn names(object: &Existing<'_>, id: &str) -> bool {
    let recorded = object.row.map(|row| row.phase.spec().text());
    let was = object.row.and_then(|row| match &row.phase {
        Phase::Settling { was, .. } | Phase::Deleting { was, .. } => was.as_ref(),
        _ => None,
    });
    let specs = std::iter::once(object.spec.text()).chain(recorded).chain(was.map(Raw::text));
    specs.into_iter().any(|spec| spec.contains(id))
}

/// Which nodes can only be made after something has ended.
fn late(
    request: &Request<'_>,
    outlooks: &[Option<Outlook>],
    collisions: &[(u32, usize)],
    handovers: &[(u32, u32)],
) -> Vec<bool> {
    let mut late = vec![false; outlooks.len()];
    for (node, _) in collisions {
        late[*node as usize] = true;
    }
    loop {
        let before = late.iter().filter(|late| **late).count();
        for node in &request.desired.order {
            if request.desired.needs.of(*node).iter().any(|need| late[*need as usize]) {
                late[*node as usize] = true;
            }
        }
        for (taker, giver) in handovers {
            late[*taker as usize] |= late[*giver as usize];
        }
        if handovers.is_empty() || late.iter().filter(|late| **late).count() == before {
            return late;
        }
    }
}
