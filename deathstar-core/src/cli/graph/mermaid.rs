//! Mermaid flow charts.

use super::{Picture, Scope};
use std::fmt::Write as _;

/// Draws a picture as a Mermaid flow chart.
pub(super) fn draw(picture: &Picture<'_>) -> String {
    let mut out = format!("---\ntitle: {}\n---\nflowchart TD\n", title(picture.name));
    let mut scopes = 0;
    inside(picture, &picture.scopes(), 1, &mut scopes, &mut out);
    for (from, to) in &picture.arrows {
        let _ = writeln!(out, "  n{from} --> n{to}");
    }
    out
}

fn inside(picture: &Picture<'_>, scope: &Scope, depth: usize, scopes: &mut usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for index in &scope.nodes {
        if let Some(node) = picture.nodes.get(*index) {
            let (name, kind) = (escape(node.address.name()), escape(node.kind));
            let _ = writeln!(out, "{indent}n{index}[\"{name}<br/>{kind}\"]");
        }
    }
    for (name, below) in &scope.below {
        let _ = writeln!(out, "{indent}subgraph s{scopes}[\"{}\"]", escape(name));
        *scopes += 1;
        inside(picture, below, depth + 1, scopes, out);
        let _ = writeln!(out, "{indent}end");
    }
}

/// A text between quotes, with the entities that Mermaid reads.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '#' => out.push_str("#35;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A text in the front matter, which is YAML; JSON texts are.
fn title(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
