//! Graphviz.

use super::{Picture, Scope};
use std::fmt::Write as _;

/// Draws a picture in the language of Graphviz.
pub(super) fn draw(picture: &Picture<'_>) -> String {
    let mut out = format!("digraph \"{}\" {{\n", escape(picture.name));
    out.push_str("  rankdir=TB;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
    let mut scopes = 0;
    inside(picture, &picture.scopes(), 1, &mut scopes, &mut out);
    for (from, to) in &picture.arrows {
        let _ = writeln!(out, "  n{from} -> n{to};");
    }
    out.push_str("}\n");
    out
}

fn inside(picture: &Picture<'_>, scope: &Scope, depth: usize, scopes: &mut usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for index in &scope.nodes {
        if let Some(node) = picture.nodes.get(*index) {
            let (name, kind, whole) =
                (escape(node.address.name()), escape(node.kind), escape(node.address.as_str()));
            let _ = writeln!(out, "{indent}n{index} [label=\"{name}\\n{kind}\", tooltip=\"{whole}\"];");
        }
    }
    for (name, below) in &scope.below {
        let _ = writeln!(out, "{indent}subgraph cluster_{scopes} {{");
        let _ = writeln!(out, "{indent}  label=\"{}\";", escape(name));
        *scopes += 1;
        inside(picture, below, depth + 1, scopes, out);
        let _ = writeln!(out, "{indent}}}");
    }
}

/// A text between quotes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
