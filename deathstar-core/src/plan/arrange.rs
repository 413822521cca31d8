//! Needs that no input says: declared objects of one connection, arranged by their kind.

use super::desired::Edges;
use crate::{Diagnostic, Stack};
use std::collections::{BTreeMap, HashMap};

/// What arranging adds to the edges of a graph.
#[derive(Debug, Default)]
pub(super) struct Arranged {
    /// For each node that needs more, what.
    pub(super) needs: HashMap<u32, Vec<u32>>,
    /// Who stands in what: container and content.
    pub(super) within: Vec<(u32, u32)>,
}

/// Asks the kinds that arrange their objects; `order` has each node after all that its inputs name.
pub(super) fn arrange(
    stack: &Stack,
    needs: &Edges,
    order: &[u32],
    findings: &mut Vec<Diagnostic>,
) -> Arranged {
    let mut groups: BTreeMap<(u32, &str), Vec<u32>> = BTreeMap::new();
    for (index, node) in (0_u32..).zip(&stack.nodes) {
        let about = node.kind.about();
        if about.arranged {
            groups.entry((node.provider, about.family)).or_default().push(index);
        }
    }
    let mut arranged = Arranged::default();
    for members in groups.values() {
        let Some(first) = members.first() else { continue };
        let values: Vec<_> = members.iter().map(|node| &*stack.nodes[*node as usize].value as _).collect();
        let given = given(needs, order, members);
        match stack.nodes[*first as usize].kind.arrange(&values, &given) {
            Ok(found) => {
                for need in found {
                    let (Some(from), Some(to)) = (members.get(need.from), members.get(need.to)) else {
                        continue;
                    };
                    arranged.needs.entry(*from).or_default().push(*to);
                    if need.within {
                        arranged.within.push((*to, *from));
                    }
                }
            }
            Err(finding) => findings.push(finding),
        }
    }
    arranged.within.sort_unstable();
    arranged
}

/// Which members need which others by inputs, also by way of nodes that are no members.
fn given(needs: &Edges, order: &[u32], members: &[u32]) -> Vec<(usize, usize)> {
    let places: HashMap<u32, usize> = members.iter().copied().zip(0..).collect();
    // For nodes that are no members, the members that they need; most need none.
    let mut behind: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut given = vec![];
    for node in order {
        let mut found: Vec<usize> = vec![];
        for need in needs.of(*node) {
            match places.get(need) {
                Some(place) => found.push(*place),
                None => found.extend(behind.get(need).into_iter().flatten()),
            }
        }
        found.sort_unstable();
        found.dedup();
        match places.get(node) {
            Some(place) => given.extend(found.into_iter().map(|need| (*place, need))),
            None if found.is_empty() => {}
            None => _ = behind.insert(*node, found),
        }
    }
    given
}
