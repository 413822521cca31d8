//! As few rules as a limit asks for, and no wider.

use super::Opening;

/// Makes the list small enough.
///
/// Equal openings become one. Only a list that is still too long is made tighter, since that changes rules which are there
/// already when another is added: what lies inside another is dropped, and neighbours are joined, by ports and by ranges.
pub(super) fn fit(openings: Vec<Opening>, fits: impl Fn(&[Opening]) -> bool) -> Vec<Opening> {
    let mut all = unique(openings);
    if fits(&all) {
        return all;
    }
    while tighten(&mut all) {}
    all
}

fn unique(openings: Vec<Opening>) -> Vec<Opening> {
    let mut all: Vec<Opening> = Vec::with_capacity(openings.len());
    let mut places = std::collections::HashMap::new();
    for opening in openings {
        let place = *places.entry((opening.packets, opening.peer.clone())).or_insert(all.len());
        match all.get_mut(place) {
            Some(same) => same.take(opening.reasons),
            None => all.push(opening),
        }
    }
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
