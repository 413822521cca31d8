//! What makes an object one: `apiVersion`, `kind` and `metadata`.

use super::{Scope, describe::shown, finding::Finding, near, path::Path};
use crate::{
    graph::is_mark,
    model::name::{NameRule, kubernetes},
};
use serde_json::{Map, Value};

/// The members that every object has.
pub(super) const META: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// A field, whether a value is of its type, and what that type is called.
type Field = (&'static str, fn(&Value) -> bool, &'static str);

/// The fields of `metadata`, and of what type they are.
const FIELDS: [Field; 15] = [
    ("annotations", is_texts, "an object of texts"),
    ("creationTimestamp", Value::is_string, "text"),
    ("deletionGracePeriodSeconds", Value::is_i64, "an integer"),
    ("deletionTimestamp", Value::is_string, "text"),
    ("finalizers", is_list_of_texts, "a list of texts"),
    ("generateName", Value::is_string, "text"),
    ("generation", Value::is_i64, "an integer"),
    ("labels", is_texts, "an object of texts"),
    ("managedFields", Value::is_array, "a list"),
    ("name", Value::is_string, "text"),
    ("namespace", Value::is_string, "text"),
    ("ownerReferences", Value::is_array, "a list"),
    ("resourceVersion", Value::is_string, "text"),
    ("selfLink", Value::is_string, "text"),
    ("uid", Value::is_string, "text"),
];

/// How large all annotations of an object may be together, in bytes.
const ANNOTATIONS: usize = 256 << 10;

fn is_text(value: &Value) -> bool {
    value.is_string() || value.is_null() || is_mark(value)
}

fn is_texts(value: &Value) -> bool {
    value.as_object().is_some_and(|members| members.values().all(is_text))
}

fn is_list_of_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(is_text))
}

/// Checks an object inside another; it needs no name.
pub(super) fn check_embedded(members: &Map<String, Value>, path: &Path<'_>, out: &mut Vec<Finding>) {
    for name in ["apiVersion", "kind"] {
        let place = path.member(name);
        match members.get(name) {
            None => out.push(
                Finding::new(&place, format!("`{name}` is required: this is a whole object"))
                    .fix(format!("set `{place}`")),
            ),
            Some(value) if is_mark(value) => {}
            Some(Value::String(text)) if text.is_empty() => {
                out.push(Finding::new(&place, "must not be empty"));
            }
            Some(Value::String(text)) if name == "kind" => {
                check_name(&kubernetes::DNS_1035_LABEL, &text.to_lowercase(), &place, out);
            }
            Some(Value::String(text)) if text.matches('/').count() > 1 => {
                out.push(Finding::new(
                    &place,
                    format!("must be `VERSION` or `GROUP/VERSION`, and is `{text}`"),
                ));
            }
            Some(Value::String(_)) => {}
            Some(other) => out.push(Finding::new(&place, format!("must be string, and is {}", shown(other)))),
        }
    }
    if let Some(metadata) = members.get("metadata") {
        let scope = metadata.get("namespace").map_or(Scope::Cluster, |_| Scope::Namespaced);
        check(metadata, scope, false, &path.member("metadata"), out);
    }
}

/// Checks the metadata of the object itself.
pub(super) fn check_own(members: &Map<String, Value>, scope: Scope, out: &mut Vec<Finding>) {
    let nothing = Value::Object(Map::new());
    check(members.get("metadata").unwrap_or(&nothing), scope, true, &Path::Root.member("metadata"), out);
}

fn check(metadata: &Value, scope: Scope, is_own: bool, path: &Path<'_>, out: &mut Vec<Finding>) {
    if is_mark(metadata) {
        return;
    }
    let Some(fields) = metadata.as_object() else {
        out.push(Finding::new(path, format!("must be object, and is {}", shown(metadata))));
        return;
    };
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null() && !is_mark(value)) {
        check_type(name, value, path, out);
    }
    check_names(fields, scope, is_own, path, out);
    check_maps(fields, path, out);
    for (at, finalizer) in
        fields.get("finalizers").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        if let Some(finalizer) = finalizer.as_str() {
            check_name(&kubernetes::QUALIFIED_NAME, finalizer, &path.member("finalizers").item(at), out);
        }
    }
    for (at, owner) in
        fields.get("ownerReferences").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        for name in ["apiVersion", "kind", "name", "uid"] {
            if owner.get(name).is_none_or(|value| value.as_str() == Some("") || value.is_null())
                && !is_mark(owner)
            {
                let place = path.member("ownerReferences");
                let place = place.item(at);
                out.push(Finding::new(&place.member(name), format!("`{name}` is required")));
            }
        }
    }
}

fn check_type(name: &str, value: &Value, path: &Path<'_>, out: &mut Vec<Finding>) {
    let place = path.member(name);
    match FIELDS.iter().find(|(known, ..)| *known == name) {
        Some((_, is_right, expected)) if !is_right(value) => {
            let wrong =
                value.as_object().and_then(|members| members.iter().find(|(_, value)| !is_text(value)));
            out.push(match wrong {
                Some((key, value)) => {
                    Finding::new(&place.member(key), format!("must be string, and is {}", shown(value)))
                        .fix("put it in quotes")
                }
                None => Finding::new(&place, format!("must be {expected}, and is {}", shown(value))),
            });
        }
        Some(_) => {}
        None => {
            let finding = Finding::new(&place, format!("`{name}` is not a field of metadata"));
            out.push(match near::nearest(name, FIELDS.iter().map(|(known, ..)| *known)) {
                Some(nearest) => finding.fix(format!("did you mean `{nearest}`?")),
                None => finding,
            });
        }
    }
}

fn check_names(
    fields: &Map<String, Value>,
    scope: Scope,
    is_own: bool,
    path: &Path<'_>,
    out: &mut Vec<Finding>,
) {
    let filled =
        |name| fields.get(name).filter(|value: &&Value| value.as_str() != Some("") && !value.is_null());
    if let Some(prefix) = filled("generateName").and_then(Value::as_str) {
        // A character is appended, so that a dash may be last.
        let whole = format!("{}x", prefix.trim_end_matches('-'));
        check_name(&kubernetes::DNS_SUBDOMAIN, &whole, &path.member("generateName"), out);
    }
    match filled("name").map(Value::as_str) {
        Some(Some(name)) => {
            let place = path.member("name");
            if is_own {
                check_name(&kubernetes::DNS_SUBDOMAIN, name, &place, out);
            } else if matches!(name, "." | "..") || name.contains(['/', '%']) {
                out.push(Finding::new(
                    &place,
                    format!("must not be `.` or `..` or hold `/` or `%`, and is `{name}`"),
                ));
            }
        }
        None if is_own && filled("generateName").is_none() => {
            out.push(Finding::new(&path.member("name"), "`name` is required").fix("name the object"));
        }
        _ => {}
    }
    let place = path.member("namespace");
    match (filled("namespace"), scope) {
        (None, Scope::Namespaced) if is_own => {
            out.push(
                Finding::new(&place, "`namespace` is required: this kind is namespaced")
                    .fix("name the namespace"),
            );
        }
        (Some(_), Scope::Cluster) => {
            out.push(Finding::new(&place, "not allowed: this kind is in no namespace").fix("leave it out"));
        }
        (Some(Value::String(namespace)), Scope::Namespaced) => {
            check_name(&kubernetes::DNS_LABEL, namespace, &place, out);
        }
        _ => {}
    }
}

fn check_maps(fields: &Map<String, Value>, path: &Path<'_>, out: &mut Vec<Finding>) {
    let entries = |name| {
        fields.get(name).filter(|value| !is_mark(value)).and_then(Value::as_object).into_iter().flatten()
    };
    for (key, value) in entries("labels") {
        let place = path.member("labels");
        let place = place.member(key);
        check_name(&kubernetes::LABEL_KEY, key, &place, out);
        if let Some(value) = value.as_str() {
            check_name(&kubernetes::LABEL_VALUE, value, &place, out);
        }
    }
    let annotations = path.member("annotations");
    let mut size = 0;
    for (key, value) in entries("annotations") {
        check_name(&kubernetes::ANNOTATION_KEY, key, &annotations.member(key), out);
        size += key.len() + value.as_str().map_or(0, str::len);
    }
    if size > ANNOTATIONS {
        let reason =
            format!("all annotations together must have at most {ANNOTATIONS} bytes, and have {size}");
        out.push(Finding::new(&annotations, reason));
    }
}

fn check_name(rule: &NameRule, name: &str, path: &Path<'_>, out: &mut Vec<Finding>) {
    if let Err(wrong) = rule.check(name) {
        out.push(Finding::new(path, wrong.to_string()).fix(wrong.hint()));
    }
}
