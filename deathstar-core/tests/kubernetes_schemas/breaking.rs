//! Ways to break an object, each against one rule of its schema.

use super::generate::served;
use serde_json::{Value, json};

/// One change, and where it has to be found.
#[derive(Debug, Clone)]
pub struct Break {
    pub path: String,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Put(Value),
    Remove,
}

impl Break {
    /// The object with this change.
    pub fn applied(&self, object: &Value) -> Value {
        let mut object = object.clone();
        let (above, name) = self.path.rsplit_once('/').unwrap();
        let name = name.replace("~1", "/").replace("~0", "~");
        match (object.pointer_mut(above).unwrap(), &self.change) {
            (Value::Object(members), Change::Put(value)) => {
                members.insert(name, value.clone());
            }
            (Value::Object(members), Change::Remove) => {
                members.remove(&name);
            }
            (Value::Array(items), Change::Put(value)) => {
                items[name.parse::<usize>().unwrap()] = value.clone();
            }
            (other, change) => panic!("{change:?} in {other}"),
        }
        object
    }
}

/// All breaks of an object that its schema tells; at least one.
pub fn breaks(definition: &Value, version: usize, object: &Value) -> Vec<Break> {
    let schema = &served(definition, version)["schema"]["openAPIV3Schema"];
    let mut found = vec![];
    for (name, value) in object.as_object().unwrap() {
        if let Some(of) = schema["properties"].get(name)
            && !["apiVersion", "kind", "metadata"].contains(&name.as_str())
        {
            collect(of, value, &format!("/{name}"), &mut found);
        }
    }
    found.push(Break { path: "/undeclared".into(), change: Change::Put(json!(1)) });
    found.push(Break { path: "/metadata/undeclared".into(), change: Change::Put(json!(1)) });
    found.push(Break { path: "/metadata/name".into(), change: Change::Put(json!("Not/A/Name")) });
    found.push(Break { path: "/metadata/labels/example.com~1a".into(), change: Change::Put(json!(1)) });
    found
}

fn collect(schema: &Value, value: &Value, path: &str, found: &mut Vec<Break>) {
    let mut put = |path: String, value: Value| found.push(Break { path, change: Change::Put(value) });
    let flexible = schema["x-kubernetes-int-or-string"] == true;
    match schema["type"].as_str() {
        _ if flexible => put(path.to_owned(), json!(true)),
        Some("string") => put(path.to_owned(), json!(7)),
        Some("integer") => put(path.to_owned(), json!(1.5)),
        Some("number" | "boolean" | "array" | "object") => put(path.to_owned(), json!("text")),
        _ => {}
    }
    if schema.get("enum").is_some() && !flexible {
        put(path.to_owned(), json!("none of them"));
    }
    if let Some(least) = schema["minimum"].as_i64().filter(|_| !flexible) {
        put(path.to_owned(), json!(least - 1));
    }
    if let Some(most) = schema["maximum"].as_i64().filter(|most| *most < i64::MAX / 2 && !flexible) {
        put(path.to_owned(), json!(most + 1));
    }
    if let Some(most) = schema["maxLength"].as_u64() {
        put(path.to_owned(), json!("x".repeat(usize::try_from(most + 1).unwrap())));
    }
    if schema["minLength"].as_u64().is_some_and(|least| least > 0) {
        put(path.to_owned(), json!(""));
    }
    if matches!(schema["format"].as_str(), Some("date-time" | "byte" | "ipv4" | "ipv6")) {
        put(path.to_owned(), json!("!"));
    }
    if schema["minItems"].as_u64().is_some_and(|least| least > 0) {
        put(path.to_owned(), json!([]));
    }
    match value {
        Value::Object(members) => {
            let is_free = schema["x-kubernetes-preserve-unknown-fields"] == true
                || schema.get("additionalProperties").is_some();
            if !is_free {
                put(format!("{path}/undeclared"), json!(1));
            }
            for name in schema["required"].as_array().into_iter().flatten() {
                let name = name.as_str().unwrap();
                if members.contains_key(name) && schema["properties"][name].get("default").is_none() {
                    found.push(Break { path: format!("{path}/{name}"), change: Change::Remove });
                }
            }
            for (name, value) in members {
                if let Some(of) = schema["properties"].get(name).or_else(|| {
                    schema["additionalProperties"].as_object().map(|_| &schema["additionalProperties"])
                }) {
                    collect(
                        of,
                        value,
                        &format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")),
                        found,
                    );
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                collect(&schema["items"], item, &format!("{path}/{at}"), found);
            }
        }
        _ => {}
    }
}
