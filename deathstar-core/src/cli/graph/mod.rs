//! What a stack declares, drawn: an arrow goes from what is needed to what needs it.

mod dot;
mod mermaid;
mod svg;

use super::arguments::Drawing;
use crate::{
    Stack,
    graph::{Address, Marked, marks},
};
use std::collections::BTreeMap;

/// What is drawn.
pub(super) struct Picture<'s> {
    pub(super) name: &'s str,
    pub(super) nodes: Vec<Node<'s>>,
    /// Which node each arrow starts and ends at.
    pub(super) arrows: Vec<(usize, usize)>,
}

pub(super) struct Node<'s> {
    pub(super) address: &'s Address,
    pub(super) kind: &'s str,
}

/// Nodes by scope.
#[derive(Default)]
pub(super) struct Scope {
    /// The scope's whole path.
    pub(super) path: String,
    pub(super) nodes: Vec<usize>,
    pub(super) below: BTreeMap<String, Self>,
}

/// Scopes below this depth are not told apart.
const DEEPEST: usize = 32;

/// Draws a stack.
pub(super) fn draw(stack: &Stack, form: Drawing) -> String {
    let picture = Picture::of(stack);
    match form {
        Drawing::Mermaid => mermaid::draw(&picture),
        Drawing::Dot => dot::draw(&picture),
        Drawing::Svg => svg::draw(&picture),
    }
}

impl<'s> Picture<'s> {
    fn of(stack: &'s Stack) -> Self {
        let nodes =
            stack.nodes.iter().map(|node| Node { address: &node.address, kind: node.kind.about().family });
        let mut arrows = vec![];
        for (to, node) in stack.nodes.iter().enumerate() {
            needs(stack, node, &mut |from| arrows.push((from, to)));
        }
        arrows.sort_unstable();
        arrows.dedup();
        Self { name: stack.name(), nodes: nodes.collect(), arrows }
    }

    /// The nodes by scope.
    fn scopes(&self) -> Scope {
        let mut root = Scope::default();
        for (index, node) in self.nodes.iter().enumerate() {
            let mut scope = &mut root;
            let path = node.address.scope();
            for segment in path.splitn(DEEPEST, '/').filter(|segment| !segment.is_empty()) {
                let below = if scope.path.is_empty() {
                    segment.to_owned()
                } else {
                    format!("{}/{segment}", scope.path)
                };
                scope = scope.below.entry(segment.to_owned()).or_default();
                scope.path = below;
            }
            scope.nodes.push(index);
        }
        root
    }
}

/// Calls `see` with every node that a node needs: by its inputs, by its connection, and by explicit order.
fn needs(stack: &Stack, node: &crate::graph::Node, see: &mut impl FnMut(usize)) {
    let mut find = |address: &Address| {
        if let Some(index) = stack.index.get(address) {
            see(*index as usize);
        }
    };
    let connection = stack.providers.get(node.provider as usize);
    let of_connection = connection.map_or_else(Vec::new, |connection| marks(connection.config.text()));
    for mark in node.marks.iter().chain(&of_connection) {
        if let Marked::Expr(expr) = &mark.what {
            expr.references(&mut |reference| {
                if !reference.import && *reference.stack == *stack.name {
                    find(&reference.at);
                }
            });
        }
    }
    node.options().after.iter().for_each(find);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(addresses: &[Address], arrows: &[(usize, usize)]) -> [String; 3] {
        let nodes = addresses.iter().map(|address| Node { address, kind: "aws.\"<kind>&" }).collect();
        let picture = Picture { name: "web\"shop", nodes, arrows: arrows.to_vec() };
        [mermaid::draw(&picture), dot::draw(&picture), svg::draw(&picture)]
    }

    fn addresses(all: &[&str]) -> Vec<Address> {
        all.iter().map(|address| Address::unchecked(address)).collect()
    }

    #[test]
    fn nodes_stand_in_their_scopes_and_arrows_point_at_what_needs() {
        let all = addresses(&["top", "network/vpc", "network/zone-a/subnet", "end"]);
        let [mermaid, dot, svg] = picture(&all, &[(0, 1), (1, 2)]);
        insta::assert_snapshot!("mermaid", mermaid);
        insta::assert_snapshot!("dot", dot);
        assert_eq!(svg.matches("<rect").count(), 4, "{svg}");
        assert_eq!(svg.matches("marker-end").count(), 2, "{svg}");
        assert!(svg.contains("network/zone-a/subnet") && svg.trim_end().ends_with("</svg>"), "{svg}");
    }

    #[test]
    fn text_from_elsewhere_stays_text() {
        let [mermaid, dot, svg] = picture(&addresses(&["a\"]; b -- \"<x>\n&\\"]), &[]);
        assert!(mermaid.contains("a#quot;]; b -- #quot;#lt;x#gt; #amp;\\"), "{mermaid}");
        assert!(dot.contains("a\\\"]; b -- \\\"<x> &\\\\"), "{dot}");
        assert!(svg.contains("&lt;x&gt;") && !svg.contains("<x>"), "{svg}");
    }

    #[test]
    fn an_empty_stack_and_a_circle_can_be_drawn() {
        for all in picture(&[], &[]) {
            assert!(!all.is_empty());
        }
        let [_, dot, svg] = picture(&addresses(&["a", "b"]), &[(0, 1), (1, 0), (0, 0)]);
        assert!(dot.contains("n1 -> n0;"), "{dot}");
        assert!(svg.contains("<svg"), "{svg}");
    }
}
