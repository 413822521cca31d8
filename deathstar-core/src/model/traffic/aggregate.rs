//! As few rules as a limit asks for, and no wider.

use super::Opening;
use std::collections::HashMap;

/// Equal openings as one, with the reasons of all. Each keeps its place.
pub(super) fn unique(openings: Vec<Opening>) -> Vec<Opening> {
    let mut all: Vec<Opening> = Vec::with_capacity(openings.len());
    let mut places = HashMap::new();
    for opening in openings {
        let place = *places.entry((opening.packets, opening.peer.clone())).or_insert(all.len());
        match all.get_mut(place) {
            Some(same) => same.take(opening.reasons),
            None => all.push(opening),
        }
    }
    all
}

/// As [`unique`], and without what an earlier opening lets pass already: one that is added last takes none away.
pub(super) fn uncovered(openings: Vec<Opening>) -> Vec<Opening> {
    let mut all: Vec<Opening> = vec![];
    for opening in openings {
        match all.iter_mut().find(|earlier| earlier.covers(&opening)) {
            Some(earlier) => earlier.take(opening.reasons),
            None => all.push(opening),
        }
    }
    all
}

/// Makes the list short enough, and no shorter: what lies inside another is dropped, and neighbours are joined, by ports and by
/// ranges. It may change openings that were there before the last one, so that it is only done where a limit asks for it.
pub(super) fn fit(mut all: Vec<Opening>, fits: impl Fn(&[Opening]) -> bool) -> Vec<Opening> {
    while !fits(&all) && tighten(&mut all) {}
    all
}

/// Makes one of two, when any two allow it.
fn tighten(all: &mut Vec<Opening>) -> bool {
    for first in 0..all.len() {
        for second in first + 1..all.len() {
            let Some(mut one) = together(&all[first], &all[second]) else { continue };
            let other = all.remove(second);
            one.take(other.reasons);
            all[first] = one;
            return true;
        }
    }
    false
}

fn together(a: &Opening, b: &Opening) -> Option<Opening> {
    let joined = if a.covers(b) {
        Some((a.packets, a.peer.clone()))
    } else if b.covers(a) {
        Some((b.packets, b.peer.clone()))
    } else if a.peer == b.peer {
        a.packets.joined(b.packets).map(|packets| (packets, a.peer.clone()))
    } else if a.packets == b.packets {
        a.peer.joined(&b.peer).map(|peer| (a.packets, peer))
    } else {
        None
    };
    joined.map(|(packets, peer)| Opening { packets, peer, reasons: a.reasons.clone() })
}
