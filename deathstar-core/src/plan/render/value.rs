//! Values of specs as a person reads them: references by address, secrets as `***`.

use super::{
    RenderOptions,
    text::{Lines, Style, Text},
};
use crate::{Expr, graph::Reference, secret::UNKNOWN};
use serde::Deserialize;
use serde_json::Value;

/// The only member of an object that stands for an expression or a secret.
const KEY: &str = "$deathstar";

/// How many elements or lines of one value are shown, unless everything is.
const MOST: usize = 12;

/// What stands in the place of a value.
pub(super) enum Mark {
    Expr(Expr),
    Secret {
        comparable: bool,
    },
    /// Nothing that this program wrote.
    Unreadable,
}

/// The mark that a value is, if it is one.
pub(super) fn mark(value: &Value) -> Option<Mark> {
    let members = value.as_object()?;
    let inner = members.get(KEY)?;
    if members.len() > 1 {
        return Some(Mark::Unreadable);
    }
    if let Some(secret) = inner.get("secret") {
        return Some(Mark::Secret { comparable: secret != UNKNOWN });
    }
    Some(Expr::deserialize(inner).map_or(Mark::Unreadable, Mark::Expr))
}

/// Whether two values are the same as far as that can be known.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    a == b && comparable(a)
}

/// Whether a value holds no secret that cannot be compared.
pub(super) fn comparable(value: &Value) -> bool {
    match mark(value) {
        Some(Mark::Secret { comparable }) => comparable,
        Some(Mark::Expr(_) | Mark::Unreadable) => true,
        None => match value {
            Value::Object(members) => members.values().all(comparable),
            Value::Array(items) => items.iter().all(comparable),
            _ => true,
        },
    }
}

/// A value on one line, as plain text.
pub(crate) fn value_text(value: &Value) -> String {
    let mut out = Lines::new();
    out.push(0, inline(value));
    out.to_text(false).trim_end().to_owned()
}

/// An id: a text without its quotes.
pub(crate) fn id(value: &Value) -> Text {
    match value {
        Value::String(text) => Text::of(text),
        other => inline(other),
    }
}

/// A value on one line.
pub(crate) fn inline(value: &Value) -> Text {
    let mut text = Text::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, out: &mut Text) {
    match (mark(value), value) {
        (Some(Mark::Secret { .. }), _) => out.push(Style::Faint, "***"),
        (Some(Mark::Unreadable), _) => out.push(Style::Faint, "(not readable)"),
        (Some(Mark::Expr(expr)), _) => {
            expression(&expr, out);
            out.push(Style::Faint, " (known after apply)");
        }
        (None, Value::Null) => out.push(Style::Faint, "null"),
        (None, Value::String(text)) => quoted(text, out),
        (None, Value::Array(items)) => {
            out.push(Style::Plain, "[");
            for (index, item) in items.iter().enumerate() {
                out.push(Style::Plain, if index == 0 { "" } else { ", " });
                write(item, out);
            }
            out.push(Style::Plain, "]");
        }
        (None, Value::Object(members)) => {
            out.push(Style::Plain, "{");
            for (index, (name, member)) in members.iter().enumerate() {
                out.push(Style::Plain, if index == 0 { "" } else { ", " });
                out.push(Style::Plain, &key(name));
                out.push(Style::Plain, ": ");
                write(member, out);
            }
            out.push(Style::Plain, "}");
        }
        (None, Value::Bool(_) | Value::Number(_)) => out.push(Style::Plain, &value.to_string()),
    }
}

fn quoted(text: &str, out: &mut Text) {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    out.push(Style::Plain, "\"");
    out.push(Style::Plain, &escaped);
    out.push(Style::Plain, "\"");
}

/// A member's name, quoted where it is not a plain word.
pub(super) fn key(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':');
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

fn expression(expr: &Expr, out: &mut Text) {
    match expr {
        Expr::Ref(found) => out.push(Style::Plain, &reference(found)),
        Expr::Lit(value) => write(value, out),
        Expr::Call(name, args) => {
            out.push(Style::Plain, name);
            out.push(Style::Plain, "(");
            for (index, arg) in args.iter().enumerate() {
                out.push(Style::Plain, if index == 0 { "" } else { ", " });
                expression(arg, out);
            }
            out.push(Style::Plain, ")");
        }
    }
}

/// A reference as a person writes it: `network/vpc.id`, `cluster.spec.version`, `zones[0]`, `other-stack:export`.
pub(crate) fn reference(reference: &Reference) -> String {
    let Reference { stack, import, at, path } = reference;
    let mut text = if *import { format!("{stack}:{at}") } else { at.to_string() };
    let path = if *import { path.strip_prefix("/export").unwrap_or(path) } else { path };
    let path = path.strip_prefix("/outputs").unwrap_or(path);
    for segment in path.split('/').skip(1) {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        if !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit()) {
            text.push('[');
            text.push_str(&segment);
            text.push(']');
        } else {
            text.push('.');
            text.push_str(&key(&segment));
        }
    }
    text
}

/// Adds the members of an object, one per line and aligned; what is not set is left out.
pub(crate) fn fields(
    members: &serde_json::Map<String, Value>,
    indent: usize,
    options: &RenderOptions,
    out: &mut Lines,
) {
    let set = || members.iter().filter(|(_, value)| !value.is_null());
    let widest = set().map(|(name, _)| key(name).chars().count() + 1).max().unwrap_or(0).min(28);
    for (name, value) in set() {
        field(Text::of(&key(name)).with(Style::Plain, ":"), widest, value, indent, options, out);
    }
}

/// Adds a labelled value: on one line if it fits, else one line per part.
pub(super) fn field(
    label: Text,
    widest: usize,
    value: &Value,
    indent: usize,
    options: &RenderOptions,
    out: &mut Lines,
) {
    let rest = match value {
        _ if mark(value).is_some() => None,
        Value::String(text) if text.trim_end_matches('\n').contains('\n') => {
            block(label, text, indent, options, out);
            return;
        }
        Value::Array(items) if !items.is_empty() => Some(Parts::Items(items)),
        Value::Object(members) if !members.is_empty() => Some(Parts::Members(members)),
        _ => None,
    };
    let text = inline(value);
    let label_width = label.width().max(widest) + 2;
    let Some(parts) = rest.filter(|_| indent + label_width + text.width() > options.width) else {
        out.push(indent, label.padded(label_width).and(text));
        return;
    };
    out.push(indent, label);
    match parts {
        Parts::Members(members) => fields(members, indent + 4, options, out),
        Parts::Items(items) => {
            let shown = if options.full { items.len() } else { MOST };
            let widest = format!("[{}]:", items.len().min(shown).saturating_sub(1)).len();
            for (index, item) in items.iter().enumerate().take(shown) {
                field(Text::of(&format!("[{index}]:")), widest, item, indent + 4, options, out);
            }
            more(items.len(), shown, "elements", indent + 4, out);
        }
    }
}

enum Parts<'v> {
    Items(&'v [Value]),
    Members(&'v serde_json::Map<String, Value>),
}

fn block(label: Text, text: &str, indent: usize, options: &RenderOptions, out: &mut Lines) {
    let count = text.lines().count();
    let shown = if options.full { count } else { MOST };
    out.push(indent, label.with(Style::Faint, &format!("  ({count} lines)")));
    for line in text.lines().take(shown) {
        out.push(indent + 4, Text::styled(Style::Faint, "| ").with(Style::Plain, line));
    }
    more(count, shown, "lines", indent + 4, out);
}

/// Says how many parts are left out.
pub(super) fn more(count: usize, shown: usize, what: &str, indent: usize, out: &mut Lines) {
    if count > shown {
        out.push(indent, Text::styled(Style::Faint, &format!("({} more {what})", count - shown)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(value: &Value) -> String {
        let mut lines = Lines::new();
        lines.push(0, inline(value));
        lines.to_text(false).trim_end().to_owned()
    }

    #[test]
    fn references_read_like_code() {
        for (expr, want) in [
            (json!({"ref": ["s", "network/vpc", "/id"]}), "network/vpc.id (known after apply)"),
            (json!({"ref": ["s", "zones", "/outputs"]}), "zones (known after apply)"),
            (json!({"ref": ["s", "zones", "/outputs/names/0"]}), "zones.names[0] (known after apply)"),
            (json!({"ref": ["s", "c", "/spec/version"]}), "c.spec.version (known after apply)"),
            (json!({"ref": ["s", "c", "/outputs/a~1b"]}), "c.a/b (known after apply)"),
            (json!({"ref": ["base", "vpc", "/export", true]}), "base:vpc (known after apply)"),
            (
                json!({"call": ["concat", [{"lit": "a"}, {"ref": ["s", "b", "/id"]}]]}),
                "concat(\"a\", b.id) (known after apply)",
            ),
            (json!({"secret": "0123abcd"}), "***"),
            (json!({"nonsense": 1}), "(not readable)"),
        ] {
            assert_eq!(shown(&json!({ "$deathstar": expr })), want);
        }
        assert_eq!(shown(&json!({"$deathstar": {"secret": "0123"}, "x": 1})), "(not readable)");
    }

    #[test]
    fn marks_are_what_inputs_and_secrets_are_encoded_as() {
        let input = crate::Input::<String>::Pending(Expr::Lit(7.into()));
        assert_eq!(shown(&serde_json::to_value(input).unwrap()), "7 (known after apply)");
        assert_eq!(shown(&serde_json::to_value(crate::Sensitive::new("hunter2")).unwrap()), "***");
    }

    #[test]
    fn values_read_like_json_without_its_noise() {
        let value = json!({"a b": [1, true, null, "x\"y\\z\n"], "c": {}});
        assert_eq!(shown(&value), r#"{"a b": [1, true, null, "x\"y\\z\n"], c: {}}"#);
    }

    #[test]
    fn a_secret_without_a_digest_equals_nothing() {
        let unknown = json!([{"$deathstar": {"secret": UNKNOWN}}]);
        let known = json!([{"$deathstar": {"secret": "ab"}}]);
        assert!(!same(&unknown, &unknown));
        assert!(same(&known, &known));
    }
}
