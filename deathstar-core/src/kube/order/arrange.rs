//! Who needs whom, in a set of objects.

use super::implied::Surroundings;
use super::{Rank, Reference, Target, references};
use crate::kube::ObjectId;
use crate::kube::view::View;
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::fmt;

/// A set of objects in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    /// Who needs whom, by place in the set, in order. Each goes from later to earlier in `order`.
    pub edges: Vec<Edge>,
    /// All objects by place in the set, each after all that it needs; otherwise by rank, and as they were given.
    pub order: Vec<usize>,
}

/// That one object needs another one first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Who needs.
    pub from: usize,
    /// What is needed.
    pub to: usize,
    /// Why.
    pub why: Why,
}

/// Why an object needs another one; the surest reason is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It names it, or what is made of it, at this place.
    Named(String),
    /// It is said from outside: an input of it needs it.
    Given,
    /// By its meaning.
    Meaning,
    /// A custom resource that has its name in its specification.
    Mentioned,
}

/// Objects that need each other by what they name: none can be first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Cycle {
    /// Each object, and the place where it names the next one; the last names the first.
    pub steps: Vec<(ObjectId, String)>,
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("objects need each other: ")?;
        for (object, path) in &self.steps {
            write!(f, "{object} (`{path}`) -> ")?;
        }
        self.steps.first().map_or(Ok(()), |(first, _)| write!(f, "{first}"))
    }
}

/// Orders a set of objects by what they mean; what is not in the set is not needed from it.
///
/// An object that names itself does not wait for itself. Linear in objects and references, but for lists of objects of
/// one namespace that govern each other.
///
/// # Errors
/// [`Cycle`] when objects name each other in a circle.
pub fn arrange(objects: &[Value]) -> Result<Arrangement, Cycle> {
    arrange_with(objects, &[])
}

/// As [`arrange`], where it is known already that some objects need others: who, and what.
///
/// # Errors
/// [`Cycle`] when objects need each other in a circle.
pub fn arrange_with(objects: &[Value], given: &[(usize, usize)]) -> Result<Arrangement, Cycle> {
    let around = Surroundings::of(objects);
    let places: HashMap<ObjectId, usize> = objects.iter().map(ObjectId::of).zip(0..).collect();
    let named: Vec<Vec<Reference>> = objects.iter().map(references).collect();
    let mut needs: BTreeMap<(usize, usize), Why> = BTreeMap::new();
    for (from, references) in named.iter().enumerate() {
        for reference in references {
            let to = match &reference.to {
                Target::Object(key) => places.get(key).copied().or_else(|| around.maker(key)),
                Target::Definition { group, kind } => around.definition(group, kind),
            };
            if let Some(to) = to.filter(|to| *to != from) {
                needs.entry((from, to)).or_insert_with(|| Why::Named(reference.path.clone()));
            }
        }
    }
    for (from, to) in given.iter().filter(|(from, to)| from != to) {
        needs.entry((*from, *to)).or_insert(Why::Given);
    }
    let sure = sorted(objects, &needs).map_err(|left| cycle(objects, &needs, &left))?;
    let place: HashMap<usize, usize> = sure.iter().copied().zip(0..).collect();
    for (from, (object, references)) in objects.iter().zip(&named).enumerate() {
        let meant = around.needs(object, references).into_iter().map(|to| (to, Why::Meaning));
        let mentioned = around.mentions(object).into_iter().map(|to| (to, Why::Mentioned));
        for (to, why) in meant.chain(mentioned).filter(|(to, _)| place.get(to) < place.get(&from)) {
            needs.entry((from, to)).or_insert(why);
        }
    }
    // What was added goes along the order that was there: it has no cycle, and the order stands.
    let edges = needs.into_iter().map(|((from, to), why)| Edge { from, to, why }).collect();
    Ok(Arrangement { edges, order: sure })
}

/// All places, each after all that it needs, else by rank; or those that are left when none of them can be first.
fn sorted(objects: &[Value], needs: &BTreeMap<(usize, usize), Why>) -> Result<Vec<usize>, Vec<usize>> {
    let rank = |index: usize| {
        let view = objects.get(index).map(View);
        view.map_or(Rank::Custom, |view| Rank::of(view.group(), view.kind()))
    };
    let mut waits_for = vec![0_usize; objects.len()];
    let mut awaited_by: HashMap<usize, Vec<usize>> = HashMap::new();
    for (from, to) in needs.keys() {
        if let Some(count) = waits_for.get_mut(*from) {
            *count = count.saturating_add(1);
        }
        awaited_by.entry(*to).or_default().push(*from);
    }
    let free = waits_for.iter().enumerate().filter(|(_, count)| **count == 0);
    let mut ready: BinaryHeap<Reverse<(Rank, usize)>> =
        free.map(|(index, _)| Reverse((rank(index), index))).collect();
    let mut order = Vec::with_capacity(objects.len());
    while let Some(Reverse((_, index))) = ready.pop() {
        order.push(index);
        for waiting in awaited_by.get(&index).into_iter().flatten() {
            if let Some(count) = waits_for.get_mut(*waiting) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.push(Reverse((rank(*waiting), *waiting)));
                }
            }
        }
    }
    if order.len() == objects.len() {
        return Ok(order);
    }
    Err(waits_for.iter().enumerate().filter(|(_, count)| **count > 0).map(|(index, _)| index).collect())
}

/// Walks from one that waits to one that it waits for, until one comes again.
fn cycle(objects: &[Value], needs: &BTreeMap<(usize, usize), Why>, left: &[usize]) -> Cycle {
    let mut walk: Vec<(usize, &Why)> = Vec::new();
    let mut at = left.first().copied();
    while let Some(from) = at {
        if let Some(start) = walk.iter().position(|(seen, _)| *seen == from) {
            walk.drain(..start);
            break;
        }
        let next = needs.range((from, 0)..=(from, usize::MAX)).find(|((_, to), _)| left.contains(to));
        at = next.map(|((_, to), why)| {
            walk.push((from, why));
            *to
        });
    }
    let steps = walk.into_iter().filter_map(|(index, why)| {
        let path = if let Why::Named(path) = why { path.clone() } else { "by an input".into() };
        Some((ObjectId::of(objects.get(index)?), path))
    });
    Cycle { steps: steps.collect() }
}
