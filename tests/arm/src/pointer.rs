//! JSON pointers, in which `*` stands for every element of a list.

use serde_json::{Map, Value};

/// All that a pointer names.
pub(crate) fn find<'v>(value: &'v Value, pointer: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for token in pointer.split('/').skip(1) {
        found = found.into_iter().flat_map(|value| step(value, token)).collect();
    }
    found
}

fn step<'v>(value: &'v Value, token: &str) -> Vec<&'v Value> {
    match value {
        Value::Array(items) if token == "*" => items.iter().collect(),
        Value::Object(members) => members.get(token).into_iter().collect(),
        _ => vec![],
    }
}

/// Sets what a pointer without `*` names; makes the objects on its way.
pub(crate) fn set(root: &mut Map<String, Value>, pointer: &str, value: Value) {
    if let Some((members, last)) = walk(root, pointer) {
        members.insert(last.to_owned(), value);
    }
}

/// Sets it where there is nothing yet, or null.
pub(crate) fn set_default(root: &mut Map<String, Value>, pointer: &str, value: Value) {
    if let Some((members, last)) = walk(root, pointer)
        && members.get(last).is_none_or(Value::is_null)
    {
        members.insert(last.to_owned(), value);
    }
}

/// Takes away what a pointer without `*` names.
pub(crate) fn take(root: &mut Map<String, Value>, pointer: &str) -> Option<Value> {
    let (members, last) = walk(root, pointer)?;
    members.remove(last)
}

fn walk<'m, 'p>(
    root: &'m mut Map<String, Value>,
    pointer: &'p str,
) -> Option<(&'m mut Map<String, Value>, &'p str)> {
    let (way, last) = pointer.strip_prefix('/')?.rsplit_once('/').unwrap_or(("", &pointer[1..]));
    let mut members = root;
    for token in way.split('/').filter(|token| !token.is_empty()) {
        let next = members.entry(token).or_insert_with(|| Value::Object(Map::new()));
        if next.is_null() {
            *next = Value::Object(Map::new());
        }
        members = next.as_object_mut()?;
    }
    Some((members, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_star_is_every_element() {
        let value = json!({ "properties": { "list": [{ "id": 1 }, { "id": 2 }, {}], "one": { "id": 3 } } });
        assert_eq!(find(&value, "/properties/list/*/id"), [&json!(1), &json!(2)]);
        assert_eq!(find(&value, "/properties/one/id"), [&json!(3)]);
        assert!(find(&value, "/properties/none/id").is_empty());
    }

    #[test]
    fn members_are_set_and_taken() {
        let mut root = Map::new();
        set(&mut root, "/properties/a/b", json!(1));
        set_default(&mut root, "/properties/a/b", json!(2));
        set_default(&mut root, "/properties/c", json!(3));
        assert_eq!(Value::Object(root.clone()), json!({ "properties": { "a": { "b": 1 }, "c": 3 } }));
        assert_eq!(take(&mut root, "/properties/a/b"), Some(json!(1)));
        assert_eq!(take(&mut root, "/properties/x"), None);
    }
}
