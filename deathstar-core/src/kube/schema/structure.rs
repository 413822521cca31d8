//! What the structure of a schema says beyond single values: items that must differ, whole objects, and rules that are only named.

use super::{
    describe::shown,
    finding::{Finding, Unchecked},
    judge::contains_mark,
    metadata,
    node::{List, Member, Node},
    path::Path,
};
use crate::graph::is_mark;
use serde_json::Value;
use std::collections::HashMap;

/// What was found by the structure.
#[derive(Debug, Default)]
pub(super) struct Structure {
    pub(super) findings: Vec<Finding>,
    pub(super) unchecked: Vec<Unchecked>,
}

impl Structure {
    /// Walks an object along its schema.
    pub(super) fn walk(&mut self, schema: &Node, value: &Value, path: &Path<'_>) {
        if is_mark(value) {
            return;
        }
        self.name_unchecked(schema, value, path);
        match value {
            Value::Object(members) => {
                if schema.embedded {
                    metadata::check_embedded(members, path, &mut self.findings);
                }
                for (name, value) in members {
                    if let Member::Known(Some(of)) = schema.member(name) {
                        self.walk(of, value, &path.member(name));
                    }
                }
            }
            Value::Array(items) => {
                self.find_same(schema, items, path);
                if let Some(of_items) = &schema.items {
                    for (at, item) in items.iter().enumerate() {
                        self.walk(of_items, item, &path.item(at));
                    }
                }
            }
            _ => {}
        }
    }

    fn name_unchecked(&mut self, schema: &Node, value: &Value, path: &Path<'_>) {
        let mut name = |rule: &str, message: &str| {
            self.unchecked.push(Unchecked {
                path: path.to_string(),
                rule: rule.to_owned(),
                message: message.to_owned(),
            });
        };
        // The server asks no rule about `null`.
        if !value.is_null() {
            for rule in &schema.rules {
                name(&rule.rule, rule.message.as_deref().unwrap_or_default());
            }
        }
        if let Value::String(text) = value {
            if let Some(format) = schema.text.format.as_ref().filter(|format| format.fits(text).is_none()) {
                name(&format!("format: {}", format.name), "");
            }
            if let Some(pattern) =
                schema.text.pattern.as_ref().filter(|pattern| pattern.matches(text).is_none())
            {
                name(&format!("pattern: {}", pattern.text()), "the pattern cannot be read");
            }
        }
        if schema.is_small && value.as_i64().is_some_and(|number| i32::try_from(number).is_err()) {
            name("format: int32", "the number does not fit, and no server says so");
        }
    }

    /// Items of a set that are equal, and items of a map with equal keys.
    fn find_same(&mut self, schema: &Node, items: &[Value], path: &Path<'_>) {
        let keys = match &schema.list {
            List::Atomic => return,
            List::Set => None,
            List::Map(keys) => Some(keys),
        };
        let mut first = HashMap::new();
        for (at, item) in items.iter().enumerate() {
            let place = path.item(at);
            if is_mark(item) {
                continue;
            }
            let (key, told) = match keys {
                None if contains_mark(item) => continue,
                None => (item.to_string(), shown(item)),
                Some(keys) => {
                    let Some(members) = item.as_object() else {
                        // Any other type is told where types are.
                        continue;
                    };
                    let named = || keys.iter().map(|key| (key, members.get(key)));
                    if named().any(|(_, value)| value.is_some_and(contains_mark)) {
                        continue;
                    }
                    let told: Vec<_> = named()
                        .filter_map(|(key, value)| Some(format!("`{key}` {}", shown(value?))))
                        .collect();
                    let values: Vec<_> = named().map(|(_, value)| value.map(Value::to_string)).collect();
                    (format!("{values:?}"), told.join(", "))
                }
            };
            if let Some(same) = first.get(&key) {
                let what = if keys.is_some() { "has the key" } else { "is the value" };
                let reason = format!("{what} of `{}` again: {told}", path.item(*same));
                self.findings.push(Finding::new(&place, reason));
            } else {
                first.insert(key, at);
            }
        }
    }
}
