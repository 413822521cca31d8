//! Values and schemas in words.

use super::node::Node;
use serde_json::Value;

/// How much of a value is shown, in characters.
const SHOWN: usize = 60;

/// A value as it stands, cut when it is long.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}..`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// What a schema asks for, in a few words.
pub(super) fn describe(schema: &Node) -> String {
    let mut parts = vec![];
    if !schema.types.is_empty() {
        parts.push(schema.types.to_string());
    }
    if !schema.choices.is_empty() {
        let choices: Vec<_> = schema.choices.iter().map(shown).collect();
        parts.push(if choices.len() == 1 {
            choices.concat()
        } else {
            format!("one of {}", choices.join(", "))
        });
    }
    if let Some(pattern) = &schema.text.pattern {
        parts.push(format!("text that matches `{}`", pattern.text()));
    }
    if !schema.required.is_empty() {
        let names: Vec<_> = schema.required.iter().map(|name| format!("`{name}`")).collect();
        parts.push(format!("an object with {}", names.join(", ")));
    }
    parts.extend(
        schema
            .members
            .iter()
            .filter(|(_, member)| !member.admits_everything())
            .map(|(name, member)| format!("`{name}`: {}", describe(member))),
    );
    for (word, schemas) in [("", &schema.all), ("any of ", &schema.any), ("one of ", &schema.one)] {
        if !schemas.is_empty() {
            let inner: Vec<_> = schemas.iter().map(describe).collect();
            parts.push(format!("{word}({})", inner.join("; ")));
        }
    }
    if let Some(not) = &schema.not {
        parts.push(format!("not ({})", describe(not)));
    }
    if parts.is_empty() { "of this form".to_owned() } else { parts.join(", ") }
}
