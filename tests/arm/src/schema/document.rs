//! Documents that follow from a description.

use super::check::{READ_ONLY, WRITE_ONLY, number};
use serde_json::{Map, Value, json};

/// A document with every member that the service may show.
pub(super) fn full(
    file: &[Value],
    body: usize,
    depth: usize,
    chosen: &mut dyn FnMut(&str) -> Option<Value>,
) -> Option<Value> {
    Writer { file, chosen, inside: vec![] }.value(body, depth, "")
}

struct Writer<'w> {
    file: &'w [Value],
    chosen: &'w mut dyn FnMut(&str) -> Option<Value>,
    /// The names of the objects around.
    inside: Vec<&'w str>,
}

impl<'w> Writer<'w> {
    fn at(&mut self, of: usize, depth: usize, pointer: &str) -> Option<Value> {
        (self.chosen)(pointer).or_else(|| self.value(of, depth, pointer))
    }

    fn value(&mut self, of: usize, depth: usize, pointer: &str) -> Option<Value> {
        let file = self.file;
        let element = file.get(of)?;
        Some(match element["$type"].as_str()? {
            "BooleanType" => json!(true),
            "IntegerType" => {
                element["minValue"].as_i64().or(element["maxValue"].as_i64()).unwrap_or(4).into()
            }
            "StringType" => {
                let least = element["minLength"].as_u64().and_then(|least| usize::try_from(least).ok());
                "x".repeat(least.unwrap_or(1)).into()
            }
            "StringLiteralType" => element["value"].clone(),
            "UnionType" => self.value(number(&element["elements"][0])?, depth, pointer)?,
            "ArrayType" => {
                json!([self.at(number(&element["itemType"])?, depth, &format!("{pointer}/0"))?])
            }
            "ObjectType" => {
                let more = &element["additionalProperties"];
                self.object(element, &[&element["properties"]], more, depth, pointer)?
            }
            "DiscriminatedObjectType" => {
                let (word, variant) = element["elements"].as_object()?.iter().next()?;
                let variant = file.get(number(variant)?)?;
                let all = [&element["baseProperties"], &variant["properties"]];
                let mut value = self.object(element, &all, &Value::Null, depth, pointer)?;
                value[element["discriminator"].as_str()?] = json!(word);
                value
            }
            _ => json!({}),
        })
    }

    fn object(
        &mut self,
        element: &'w Value,
        properties: &[&Value],
        more: &Value,
        depth: usize,
        pointer: &str,
    ) -> Option<Value> {
        let name = element["name"].as_str().unwrap_or_default();
        if depth == 0 || self.inside.contains(&name) {
            return None;
        }
        self.inside.push(name);
        let mut members = Map::new();
        for (name, property) in properties.iter().filter_map(|properties| properties.as_object()).flatten() {
            let written = property["flags"].as_u64().unwrap_or_default() & WRITE_ONLY != 0;
            // What says which version it is stands in no document.
            if let Some(of) = number(&property["type"]).filter(|_| !written && name != "apiVersion") {
                let value = self.at(of, depth - 1, &format!("{pointer}/{name}"));
                members.extend(value.map(|value| (name.clone(), value)));
            }
        }
        if let Some(of) = number(more) {
            let value = self.at(of, depth - 1, &format!("{pointer}/key"));
            members.extend(value.map(|value| ("key".to_owned(), value)));
        }
        self.inside.pop();
        Some(members.into())
    }
}

/// A document without what is read-only.
pub(super) fn writable(file: &[Value], of: usize, value: &Value) -> Value {
    let Some(element) = file.get(of) else { return value.clone() };
    match (element["$type"].as_str().unwrap_or_default(), value) {
        ("ArrayType", Value::Array(items)) => {
            let of = number(&element["itemType"]);
            items.iter().map(|item| of.map_or_else(|| item.clone(), |of| writable(file, of, item))).collect()
        }
        ("ObjectType", Value::Object(members)) => {
            members_of(file, &[&element["properties"]], &element["additionalProperties"], members)
        }
        ("DiscriminatedObjectType", Value::Object(members)) => {
            let word = members.get(element["discriminator"].as_str().unwrap_or_default());
            let chosen = word.and_then(Value::as_str).and_then(|word| number(&element["elements"][word]));
            let chosen =
                chosen.and_then(|of| file.get(of)).map_or(&Value::Null, |chosen| &chosen["properties"]);
            members_of(file, &[&element["baseProperties"], chosen], &Value::Null, members)
        }
        _ => value.clone(),
    }
}

fn members_of(file: &[Value], properties: &[&Value], more: &Value, members: &Map<String, Value>) -> Value {
    let known = |name: &str| properties.iter().find_map(|properties| properties.get(name));
    let kept = members.iter().filter_map(|(name, value)| {
        let property = known(name);
        let flags = property.and_then(|property| property["flags"].as_u64()).unwrap_or_default();
        let of = property.map_or_else(|| number(more), |property| number(&property["type"]));
        let value = of.map_or_else(|| value.clone(), |of| writable(file, of, value));
        (flags & READ_ONLY == 0).then(|| (name.clone(), value))
    });
    Value::Object(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Side, check::check};

    fn description() -> Vec<Value> {
        let reference = |of: usize| json!({ "$ref": format!("#/{of}") });
        let property = |of: usize, flags: u64| json!({ "type": reference(of), "flags": flags });
        vec![
            json!({ "$type": "ObjectType", "name": "Thing", "properties": {
                "name": property(1, 9), "apiVersion": property(1, 10), "size": property(2, 1), "state": property(1, 2),
                "word": property(3, 0), "parts": property(5, 0), "secret": property(1, 4), "tags": property(7, 0),
                "kind": property(8, 0), "users": property(11, 0),
            }}),
            json!({ "$type": "StringType", "minLength": 2 }),
            json!({ "$type": "IntegerType", "minValue": 3 }),
            json!({ "$type": "UnionType", "elements": [reference(4), reference(1)] }),
            json!({ "$type": "StringLiteralType", "value": "On" }),
            json!({ "$type": "ArrayType", "itemType": reference(6) }),
            json!({ "$type": "ObjectType", "name": "Part", "properties": {
                "id": property(1, 0), "state": property(1, 2), "whole": property(0, 0), "on": property(10, 0) }}),
            json!({ "$type": "ObjectType", "name": "Tags", "properties": {}, "additionalProperties": reference(1) }),
            json!({ "$type": "DiscriminatedObjectType", "name": "Kind", "discriminator": "of", "baseProperties": {},
                "elements": { "aa": reference(9) } }),
            json!({ "$type": "ObjectType", "name": "A", "properties": { "own": property(1, 2), "of": property(1, 1) } }),
            json!({ "$type": "BooleanType" }),
            json!({ "$type": "ObjectType", "name": "Users", "properties": {}, "additionalProperties": reference(6) }),
        ]
    }

    #[test]
    fn a_document_has_everything_and_is_a_good_answer() {
        let mut asked = vec![];
        let file = description();
        let document = full(&file, 0, 4, &mut |pointer| {
            asked.push(pointer.to_owned());
            (pointer == "/parts/0/id").then(|| json!("mine"))
        });
        let document = document.unwrap();
        assert_eq!(
            document,
            json!({ "name": "xx", "size": 3, "state": "xx", "word": "On", "tags": { "key": "xx" },
                "parts": [{ "id": "mine", "state": "xx", "on": true }], "kind": { "of": "aa", "own": "xx" },
                "users": { "key": { "id": "xx", "state": "xx", "on": true } } }),
            "nothing is inside of itself, and what is only written is not shown"
        );
        assert_eq!(check(&file, 0, Side::Response, &document), vec![]);
        assert!(asked.contains(&"/kind/own".to_owned()));
        assert_eq!(full(&file, 0, 1, &mut |_| None).unwrap().get("parts"), None);
    }

    #[test]
    fn what_is_writable_is_a_good_request() {
        let file = description();
        let document = full(&file, 0, 4, &mut |_| None).unwrap();
        let kept = writable(&file, 0, &document);
        assert_eq!(
            kept,
            json!({ "name": "xx", "size": 3, "word": "On", "tags": { "key": "xx" },
                "parts": [{ "id": "xx", "on": true }], "kind": { "of": "aa" },
                "users": { "key": { "id": "xx", "on": true } } })
        );
        assert_eq!(check(&file, 0, Side::Request, &kept), vec![]);
    }
}
