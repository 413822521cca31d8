//! One document against one description.

use regex::Regex;
use serde_json::{Map, Value};
use std::fmt;

/// Which way a document goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// To the service, as a whole.
    Request,
    /// To the service, as a part of what there is: nothing has to be in it.
    Patch,
    /// From the service.
    Response,
}

/// Something that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Finding {
    /// Where: a JSON pointer.
    pub pointer: String,
    /// What.
    pub what: String,
    /// Whether the service would take the document all the same, and drop it.
    pub dropped: bool,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, what, .. } = self;
        write!(f, "{pointer} {what}")
    }
}

/// The bits of a property.
const REQUIRED: u64 = 1;
pub(super) const READ_ONLY: u64 = 2;
pub(super) const WRITE_ONLY: u64 = 4;
/// It says which object it is, and stands in the path.
const DEPLOY_TIME: u64 = 8;

/// The number of `{"$ref": "#/12"}`.
pub(super) fn number(reference: &Value) -> Option<usize> {
    reference["$ref"].as_str()?.strip_prefix("#/")?.parse().ok()
}

pub(super) fn check(file: &[Value], body: usize, side: Side, document: &Value) -> Vec<Finding> {
    let mut check = Check { file, side, found: vec![] };
    check.value(body, document, "");
    check.found.sort();
    check.found
}

struct Check<'s> {
    file: &'s [Value],
    side: Side,
    found: Vec<Finding>,
}

impl Check<'_> {
    fn find(&mut self, pointer: &str, what: impl Into<String>) {
        self.found.push(Finding { pointer: pointer.to_owned(), what: what.into(), dropped: false });
    }

    fn value(&mut self, of: usize, value: &Value, pointer: &str) {
        let file = self.file;
        let Some(element) = file.get(of) else { return };
        let kind = element["$type"].as_str().unwrap_or_default();
        match (kind, value) {
            // Null is as good as nothing.
            (_, Value::Null) | ("AnyType", _) | ("BooleanType", Value::Bool(_)) => {}
            ("ObjectType", Value::Object(members)) => {
                self.object(&[&element["properties"]], &element["additionalProperties"], members, pointer);
            }
            ("DiscriminatedObjectType", Value::Object(members)) => {
                self.discriminated(element, members, pointer);
            }
            ("ArrayType", Value::Array(items)) => {
                if let Some(item) = number(&element["itemType"]) {
                    items
                        .iter()
                        .enumerate()
                        .for_each(|(index, own)| self.value(item, own, &format!("{pointer}/{index}")));
                }
            }
            ("UnionType", _) => self.union(element, value, pointer),
            ("StringLiteralType", Value::String(text)) => {
                if element["value"] != *text {
                    self.find(pointer, format!("is `{text}`, and not {}", element["value"]));
                }
            }
            ("StringType", Value::String(text)) => self.text(element, text, pointer),
            ("IntegerType", Value::Number(own)) => {
                let (least, most) = (element["minValue"].as_f64(), element["maxValue"].as_f64());
                let own = own.as_f64().unwrap_or_default();
                if least.is_some_and(|least| own < least) || most.is_some_and(|most| own > most) {
                    self.find(pointer, format!("is {own}, which is out of range"));
                }
            }
            _ => self.find(pointer, format!("is {}, and not of the type {kind}", name_of(value))),
        }
    }

    fn text(&mut self, element: &Value, text: &str, pointer: &str) {
        let length = text.chars().count() as u64;
        let (least, most) = (element["minLength"].as_u64(), element["maxLength"].as_u64());
        if least.is_some_and(|least| length < least) || most.is_some_and(|most| length > most) {
            self.find(pointer, format!("is {length} characters long"));
        }
        // What another dialect of expressions says is not judged.
        let pattern = element["pattern"].as_str().and_then(|pattern| Regex::new(pattern).ok());
        if pattern.is_some_and(|pattern| !pattern.is_match(text)) {
            self.find(pointer, format!("is `{text}`, which is not written as it should be"));
        }
    }

    /// One of several: mostly words, of which others than the known ones count as a mistake even where the service may learn more.
    fn union(&mut self, element: &Value, value: &Value, pointer: &str) {
        let file = self.file;
        let all: Vec<_> = element["elements"].as_array().into_iter().flatten().filter_map(number).collect();
        let words: Vec<_> = all.iter().filter_map(|of| file.get(*of)?["value"].as_str()).collect();
        if words.is_empty() {
            let outcomes = all.iter().map(|of| check(file, *of, self.side, value));
            if let Some(least) = outcomes.min_by_key(Vec::len) {
                self.found.extend(
                    least
                        .into_iter()
                        .map(|own| Finding { pointer: format!("{pointer}{}", own.pointer), ..own }),
                );
            }
            return;
        }
        match value {
            Value::String(text) if words.contains(&text.as_str()) => {}
            Value::String(text) => {
                self.find(pointer, format!("is `{text}`, and none of {}", words.join(", ")));
            }
            other => self.find(pointer, format!("is {}, and no text", name_of(other))),
        }
    }

    fn discriminated(&mut self, element: &Value, members: &Map<String, Value>, pointer: &str) {
        let file = self.file;
        let by = element["discriminator"].as_str().unwrap_or_default();
        let chosen =
            members.get(by).and_then(Value::as_str).and_then(|word| number(&element["elements"][word]));
        let Some(chosen) = chosen.and_then(|chosen| file.get(chosen)) else {
            return self.find(&format!("{pointer}/{by}"), "does not say which of several it is");
        };
        self.object(&[&element["baseProperties"], &chosen["properties"]], &Value::Null, members, pointer);
    }

    fn object(&mut self, properties: &[&Value], more: &Value, members: &Map<String, Value>, pointer: &str) {
        let known = |name: &str| properties.iter().find_map(|properties| properties.get(name));
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            let Some(property) = known(name) else {
                match number(more) {
                    Some(more) => self.value(more, value, &pointer),
                    None => self.find(&pointer, "is not known"),
                }
                continue;
            };
            let flags = property["flags"].as_u64().unwrap_or_default();
            if flags & READ_ONLY != 0 && self.side != Side::Response {
                self.found.push(Finding { pointer, what: "is read-only".to_owned(), dropped: true });
                continue;
            }
            if flags & WRITE_ONLY != 0 && self.side == Side::Response {
                self.find(&pointer, "is write-only");
            }
            if let Some(of) = number(&property["type"]) {
                self.value(of, value, &pointer);
            }
        }
        if self.side == Side::Patch {
            return;
        }
        for (name, property) in properties.iter().filter_map(|properties| properties.as_object()).flatten() {
            let flags = property["flags"].as_u64().unwrap_or_default();
            let in_path = flags & DEPLOY_TIME != 0 && self.side == Side::Request;
            let decided = flags & READ_ONLY != 0;
            if flags & REQUIRED != 0 && !in_path && !decided && members.get(name).is_none_or(Value::is_null) {
                self.find(&format!("{pointer}/{name}"), "is missing");
            }
        }
    }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A thing with a name in the path, a word, a number, a list of texts, something that the service decides, and something secret.
    fn description() -> Vec<Value> {
        let property =
            |of: usize, flags: u64| json!({ "type": { "$ref": format!("#/{of}") }, "flags": flags });
        vec![
            json!({ "$type": "ObjectType", "name": "Thing", "properties": {
                "name": property(1, 9), "size": property(2, 1), "state": property(1, 2), "word": property(3, 0),
                "list": property(5, 0), "secret": property(1, 4), "tags": property(6, 0), "short": property(7, 0),
            }}),
            json!({ "$type": "StringType" }),
            json!({ "$type": "IntegerType", "minValue": 1, "maxValue": 9 }),
            json!({ "$type": "UnionType", "elements": [{ "$ref": "#/4" }, { "$ref": "#/1" }] }),
            json!({ "$type": "StringLiteralType", "value": "On" }),
            json!({ "$type": "ArrayType", "itemType": { "$ref": "#/1" } }),
            json!({ "$type": "ObjectType", "properties": {}, "additionalProperties": { "$ref": "#/1" } }),
            json!({ "$type": "StringType", "maxLength": 3, "pattern": "^[a-z]+$" }),
        ]
    }

    fn found(side: Side, document: &Value) -> Vec<String> {
        check(&description(), 0, side, document).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_good_document_is_good() {
        let document = json!({ "size": 3, "word": "On", "list": ["a"], "tags": { "any": "text" }, "short": "abc", "state": null });
        assert_eq!(found(Side::Request, &document), Vec::<String>::new());
        let shown = json!({ "name": "n", "size": 3, "state": "made" });
        assert_eq!(found(Side::Response, &shown), Vec::<String>::new());
        assert_eq!(found(Side::Patch, &json!({})), Vec::<String>::new());
    }

    #[test]
    fn every_kind_of_mistake_is_found() {
        for (side, document, expected) in [
            (Side::Request, json!({ "size": 3, "sise": 3 }), "/sise is not known"),
            (Side::Request, json!({ "size": 3, "state": "made" }), "/state is read-only"),
            (Side::Request, json!({ "size": "3" }), "/size is a text, and not of the type IntegerType"),
            (Side::Request, json!({ "size": 10 }), "/size is 10, which is out of range"),
            (Side::Request, json!({ "size": 3, "word": "on" }), "/word is `on`, and none of On"),
            (
                Side::Request,
                json!({ "size": 3, "list": "a" }),
                "/list is a text, and not of the type ArrayType",
            ),
            (
                Side::Request,
                json!({ "size": 3, "list": [1] }),
                "/list/0 is a number, and not of the type StringType",
            ),
            (
                Side::Request,
                json!({ "size": 3, "tags": { "a/b": 1 } }),
                "/tags/a~1b is a number, and not of the type StringType",
            ),
            (Side::Request, json!({ "size": 3, "short": "abcd" }), "/short is 4 characters long"),
            (
                Side::Request,
                json!({ "size": 3, "short": "A" }),
                "/short is `A`, which is not written as it should be",
            ),
            (Side::Request, json!({}), "/size is missing"),
            (Side::Response, json!({ "size": 3 }), "/name is missing"),
            (Side::Response, json!({ "name": "n", "size": 3, "secret": "s" }), "/secret is write-only"),
            (Side::Patch, json!({ "word": "off" }), "/word is `off`, and none of On"),
        ] {
            assert_eq!(found(side, &document), [expected]);
        }
    }

    #[test]
    fn one_of_several_objects_is_chosen_by_a_word() {
        let mut description = description();
        description.push(json!({
            "$type": "DiscriminatedObjectType", "discriminator": "kind",
            "baseProperties": { "common": { "type": { "$ref": "#/1" }, "flags": 0 } },
            "elements": { "thing": { "$ref": "#/9" } },
        }));
        description.push(json!({ "$type": "ObjectType", "properties": {
            "kind": { "type": { "$ref": "#/1" }, "flags": 1 }, "own": { "type": { "$ref": "#/2" }, "flags": 0 },
        }}));
        let found = |document: &Value| check(&description, 8, Side::Request, document).len();
        assert_eq!(found(&json!({ "kind": "thing", "common": "a", "own": 1 })), 0);
        assert_eq!(found(&json!({ "kind": "other" })), 1);
        assert_eq!(found(&json!({ "kind": "thing", "own": "a", "more": 1 })), 2);
    }
}
