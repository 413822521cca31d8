//! Places in a manifest, by JSON pointer.

use serde_json::{Map, Value};

/// Whether a text is a pointer to a field.
pub(super) fn check(pointer: &str) -> Result<(), String> {
    if !pointer.starts_with('/') {
        return Err(format!("`{pointer}` is no JSON pointer: it must begin with `/`"));
    }
    if pointer.split('/').skip(1).any(str::is_empty) {
        return Err(format!("`{pointer}` has an empty part"));
    }
    let mut parts = pointer.split('~').skip(1);
    if parts.any(|rest| !rest.starts_with(['0', '1'])) {
        return Err(format!("`{pointer}`: write `~0` for `~` and `~1` for `/`"));
    }
    Ok(())
}

pub(super) use crate::kube::view::escape;

/// The names of the fields on the way to a place.
pub(super) fn names(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(plain)
}

fn plain(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// Puts a value at a place.
pub(super) fn set(body: &mut Value, pointer: &str, value: Value) -> Result<(), String> {
    check(pointer)?;
    let reserved = ["/apiVersion", "/kind", "/metadata/name", "/metadata/namespace"];
    if reserved.contains(&pointer) {
        return Err(format!(
            "`{pointer}` is what names the object: it has to be known, and is set with `named` and `within`"
        ));
    }
    if pointer == "/status" || pointer.starts_with("/status/") {
        return Err("the status is its controller's".into());
    }
    let mut place = body;
    let mut path = String::new();
    for part in pointer.split('/').skip(1) {
        let name = plain(part);
        path = format!("{path}/{part}");
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        place = match place {
            Value::Object(map) => map.entry(name).or_insert(Value::Null),
            Value::Array(list) => {
                element(list, &name).ok_or_else(|| format!("`{path}` is no element of the list"))?
            }
            _ => return Err(format!("`{path}` stands below a value that has no fields")),
        };
    }
    *place = value;
    Ok(())
}

/// Takes the value at a place away.
pub(super) fn remove(body: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, name) = pointer.rsplit_once('/')?;
    body.pointer_mut(parent)?.as_object_mut()?.remove(&plain(name))
}

fn element<'l>(list: &'l mut Vec<Value>, name: &str) -> Option<&'l mut Value> {
    if name == "-" {
        list.push(Value::Null);
        return list.last_mut();
    }
    list.get_mut(name.parse::<usize>().ok()?)
}

/// A manifest without `null`, which declares nothing.
pub(super) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name, without_nulls(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(list) => list.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_put_where_the_pointer_says() {
        let mut body = json!({"spec": {"list": [{"a": 1}]}});
        set(&mut body, "/metadata/annotations/example.com~1role", json!("x")).unwrap();
        set(&mut body, "/spec/list/0/a", json!(2)).unwrap();
        set(&mut body, "/spec/list/-/a", json!(3)).unwrap();
        let expected = json!({"metadata": {"annotations": {"example.com/role": "x"}}, "spec": {"list": [{"a": 2}, {"a": 3}]}});
        assert_eq!(body, expected);
        assert_eq!(remove(&mut body, "/metadata/annotations/example.com~1role"), Some(json!("x")));
    }

    #[test]
    fn what_cannot_be_set_is_said() {
        for pointer in [
            "spec",
            "/a//b",
            "/a~2",
            "/kind",
            "/metadata/name",
            "/status/x",
            "/spec/list/7",
            "/spec/list/0/a/b",
        ] {
            let mut body = json!({"spec": {"list": [{"a": 1}]}});
            assert!(set(&mut body, pointer, json!(1)).is_err(), "{pointer}");
        }
    }
}
