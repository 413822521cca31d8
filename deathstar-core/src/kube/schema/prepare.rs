//! What the server makes of an object before it judges it: defaults, and what falls away.

use super::{
    finding::Finding,
    metadata::META,
    near,
    node::{Member, Node},
    path::Path,
};
use crate::graph::is_mark;
use serde_json::{Map, Value};

/// Fills in defaults and takes out what the server drops: `null` where it is no value, without a word, and undeclared members, which are
/// told.
pub(super) fn prepare(object: &mut Value, schema: &Node) -> Vec<Finding> {
    let mut findings = vec![];
    if let Value::Object(members) = object {
        at_object(members, schema, true, schema.keeps_unknown, &Path::Root, &mut findings);
    }
    findings
}

/// Whether the server takes `null` for absence here.
fn is_absence(value: &Value, schema: Option<&Node>) -> bool {
    value.is_null() && schema.is_some_and(|schema| !schema.nullable)
}

/// `keeps` says whether undeclared members stay, be it by the schema itself or by that of the list that it is an item of.
fn at_value(value: &mut Value, schema: Option<&Node>, keeps: bool, path: &Path<'_>, out: &mut Vec<Finding>) {
    match (value, schema) {
        (value, _) if is_mark(value) => {}
        (Value::Object(members), Some(schema)) => {
            at_object(members, schema, schema.embedded, keeps, path, out);
        }
        (Value::Object(members), None) if !keeps => {
            for name in members.keys() {
                out.push(undeclared(name, None, path));
            }
        }
        (Value::Array(items), _) => {
            let of_items = schema.and_then(|schema| schema.items.as_deref());
            for (at, item) in items.iter_mut().enumerate() {
                if is_absence(item, of_items)
                    && let Some(default) = of_items.and_then(|schema| schema.default.as_ref())
                {
                    *item = default.clone();
                }
                let keeps = keeps || of_items.is_some_and(|schema| schema.keeps_unknown);
                at_value(item, of_items, keeps, &path.item(at), out);
            }
        }
        _ => {}
    }
}

fn at_object(
    members: &mut Map<String, Value>,
    schema: &Node,
    embedded: bool,
    keeps: bool,
    path: &Path<'_>,
    out: &mut Vec<Finding>,
) {
    for (name, member) in &schema.members {
        if let Some(default) = &member.default
            && members.get(name).is_none_or(|value| is_absence(value, Some(member)))
        {
            members.insert(name.clone(), default.clone());
        }
    }
    members.retain(|name, value| {
        // What makes an object one is looked at by itself.
        if embedded && META.contains(&name.as_str()) {
            return true;
        }
        match schema.member(name) {
            Member::Unknown if keeps => true,
            Member::Unknown => {
                out.push(undeclared(name, Some(schema), path));
                false
            }
            Member::Known(of) => {
                if is_absence(value, of) {
                    let Some(default) = of.and_then(|of| of.default.as_ref()) else { return false };
                    *value = default.clone();
                }
                let keeps = of.is_some_and(|of| of.keeps_unknown);
                at_value(value, of, keeps, &path.member(name), out);
                true
            }
        }
    });
}

/// The server drops such a member, and refuses it where fields are validated strictly.
fn undeclared(name: &str, schema: Option<&Node>, path: &Path<'_>) -> Finding {
    let finding = Finding::new(&path.member(name), format!("`{name}` is not a field here"));
    let known = schema.into_iter().flat_map(|schema| schema.members.keys().map(String::as_str));
    match near::nearest(name, known) {
        Some(nearest) => finding.fix(format!("did you mean `{nearest}`?")),
        None => finding,
    }
}
