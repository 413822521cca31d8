//! A body beside its description.

use super::{
    Fault, Type, Wrong,
    description::{Element, Property},
};
use regex::Regex;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Which way a body goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Request,
    Answer,
}

pub(super) fn check(of: &Type<'_>, way: Way, body: &Value) -> Vec<Fault> {
    let mut check = Check { of, way, faults: vec![], path: String::new() };
    check.value(of.body, body);
    check.faults
}

struct Check<'c> {
    of: &'c Type<'c>,
    way: Way,
    faults: Vec<Fault>,
    path: String,
}

impl Check<'_> {
    fn tell(&mut self, wrong: Wrong) {
        self.faults.push(Fault { path: self.path.clone(), wrong });
    }

    /// Does something one step further down.
    fn below(&mut self, segment: &str, see: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(segment);
        see(self);
        self.path.truncate(length);
    }

    fn of_type(&mut self, expected: &str, value: &Value) {
        let wrong = Wrong::Type { expected: expected.into(), found: name_of(value).into() };
        self.tell(wrong);
    }

    fn value(&mut self, at: usize, value: &Value) {
        match self.of.element(at) {
            Element::AnyType | Element::Other | Element::ResourceType { .. } => {}
            Element::BooleanType if value.is_boolean() => {}
            Element::BooleanType => self.of_type("a boolean", value),
            Element::IntegerType { min_value, max_value } => self.number(value, *min_value, *max_value),
            Element::StringType { min_length, max_length, pattern } => match value {
                Value::String(text) => {
                    self.length("characters", text.chars().count(), *min_length, *max_length);
                    self.pattern(text, pattern.as_deref());
                }
                _ => self.of_type("a text", value),
            },
            Element::StringLiteralType { .. } => self.text_of(at, value),
            Element::UnionType { elements } => {
                let fits = |at: usize| check_quietly(self.of, self.way, at, value);
                if value.is_string() {
                    self.text_of(at, value);
                } else if !elements.iter().any(|element| fits(element.0)) {
                    self.of_type("one of several", value);
                }
            }
            Element::ArrayType { item_type, min_length, max_length } => match value {
                Value::Array(items) => {
                    self.length("members", items.len(), *min_length, *max_length);
                    for (index, item) in items.iter().enumerate() {
                        self.below(&index.to_string(), |check| check.value(item_type.0, item));
                    }
                }
                _ => self.of_type("a list", value),
            },
            object @ (Element::ObjectType { .. } | Element::DiscriminatedObjectType { .. }) => match value {
                Value::Object(members) => self.object(object, members),
                _ => self.of_type("an object", value),
            },
        }
    }

    fn number(&mut self, value: &Value, min: Option<i64>, max: Option<i64>) {
        let Value::Number(number) = value else { return self.of_type("a number", value) };
        let Some(number) = number.as_i64() else { return };
        if let Some(min) = min.filter(|min| number < *min) {
            self.tell(Wrong::Form(format!("{number} is less than {min}")));
        }
        if let Some(max) = max.filter(|max| number > *max) {
            self.tell(Wrong::Form(format!("{number} is more than {max}")));
        }
    }

    fn pattern(&mut self, text: &str, pattern: Option<&str>) {
        let matches = |pattern: &&str| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text));
        if let Some(pattern) = pattern.filter(|pattern| !matches(pattern)) {
            self.tell(Wrong::Form(format!("`{text}` does not match {pattern}")));
        }
    }

    /// A text beside those that an element names.
    fn text_of(&mut self, at: usize, value: &Value) {
        let Value::String(found) = value else { return self.of_type("a text", value) };
        let known = self.literals(at);
        if !known.is_empty() && !known.contains(found) {
            self.tell(Wrong::Value { found: found.clone(), known });
        }
    }

    fn length(&mut self, of: &str, length: usize, min: Option<usize>, max: Option<usize>) {
        if let Some(min) = min.filter(|min| length < *min) {
            self.tell(Wrong::Form(format!("it has {length} {of}, and {min} are the least")));
        }
        if let Some(max) = max.filter(|max| length > *max) {
            self.tell(Wrong::Form(format!("it has {length} {of}, and {max} are the most")));
        }
    }

    /// The texts that a union names.
    fn literals(&self, at: usize) -> Vec<String> {
        match self.of.element(at) {
            Element::StringLiteralType { value } => vec![value.clone()],
            Element::UnionType { elements } => {
                elements.iter().flat_map(|element| self.literals(element.0)).collect()
            }
            _ => vec![],
        }
    }

    fn object(&mut self, object: &Element, members: &Map<String, Value>) {
        match object {
            Element::ObjectType { properties, additional_properties, .. } => {
                self.members(&[properties], additional_properties.map(|of| of.0), members);
            }
            Element::DiscriminatedObjectType { discriminator, base_properties, elements, .. } => {
                let found = members.get(discriminator).and_then(Value::as_str);
                let variant = found.and_then(|found| elements.get(found)).map(|at| self.of.element(at.0));
                if let Some(Element::ObjectType { properties, .. }) = variant {
                    return self.members(&[base_properties, properties], None, members);
                }
                let known = elements.keys().cloned().collect();
                let wrong = found.map_or(Wrong::Missing, |found| Wrong::Value { found: found.into(), known });
                self.below(discriminator, |check| check.tell(wrong));
            }
            _ => {}
        }
    }

    fn members(
        &mut self,
        properties: &[&BTreeMap<String, Property>],
        additional: Option<usize>,
        members: &Map<String, Value>,
    ) {
        let described = |name: &str| properties.iter().find_map(|properties| properties.get(name));
        for (name, value) in members {
            let property = described(name);
            self.below(name, |check| match property {
                Some(property) => check.member(property, value),
                None => match additional {
                    Some(of) => check.value(of, value),
                    None => check.tell(Wrong::Unknown),
                },
            });
        }
        let missing = properties.iter().flat_map(|properties| properties.iter());
        for (name, property) in missing.filter(|(name, _)| !members.contains_key(*name)) {
            let said_elsewhere = property.is_identifying()
                || self.way == Way::Request && property.is_read_only()
                || self.way == Way::Answer && property.is_write_only();
            if property.is_required() && !said_elsewhere {
                self.below(name, |check| check.tell(Wrong::Missing));
            }
        }
    }

    fn member(&mut self, property: &Property, value: &Value) {
        match self.way {
            Way::Request if property.is_read_only() => self.tell(Wrong::ReadOnly),
            Way::Answer if property.is_write_only() => self.tell(Wrong::WriteOnly),
            _ => self.value(property.of.0, value),
        }
    }
}

/// Whether a value fits an element.
fn check_quietly(of: &Type<'_>, way: Way, at: usize, value: &Value) -> bool {
    let mut check = Check { of, way, faults: vec![], path: String::new() };
    check.value(at, value);
    check.faults.is_empty()
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
