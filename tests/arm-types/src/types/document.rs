//! Bodies that follow from a description.

use super::{
    Type,
    description::{Element, Property},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A body with every member that an answer can have.
pub(super) fn write(of: &Type<'_>, depth: usize, fill: &mut dyn FnMut(&str) -> Option<Value>) -> Value {
    Writer { of, fill, path: String::new(), inside: vec![] }.value(of.body, depth).unwrap_or_default()
}

struct Writer<'w> {
    of: &'w Type<'w>,
    fill: &'w mut dyn FnMut(&str) -> Option<Value>,
    path: String,
    /// The names of the objects around.
    inside: Vec<String>,
}

impl Writer<'_> {
    fn below(&mut self, segment: &str, at: usize, depth: usize) -> Option<Value> {
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(segment);
        let filled = (self.fill)(&self.path);
        let value = filled.or_else(|| self.value(at, depth));
        self.path.truncate(length);
        value
    }

    fn value(&mut self, at: usize, depth: usize) -> Option<Value> {
        Some(match self.of.element(at) {
            Element::AnyType => json!({}),
            Element::BooleanType => json!(true),
            Element::IntegerType { min_value, max_value } => {
                json!(min_value.or(*max_value).unwrap_or(4))
            }
            Element::StringType { min_length, .. } => json!("x".repeat(min_length.unwrap_or(1))),
            Element::StringLiteralType { value } => json!(value),
            Element::UnionType { elements } => self.value(elements.first()?.0, depth)?,
            Element::ArrayType { item_type, .. } => json!([self.below("0", item_type.0, depth)?]),
            Element::ObjectType { name, properties, additional_properties } => {
                let additional = additional_properties.as_ref().map(|of| of.0);
                self.object(name, &[properties], additional, depth)?
            }
            Element::DiscriminatedObjectType { name, base_properties, elements, .. } => {
                let Element::ObjectType { properties, .. } = self.of.element(elements.values().next()?.0)
                else {
                    return None;
                };
                self.object(name, &[base_properties, properties], None, depth)?
            }
            Element::ResourceType { .. } | Element::Other => return None,
        })
    }

    fn object(
        &mut self,
        name: &str,
        properties: &[&BTreeMap<String, Property>],
        additional: Option<usize>,
        depth: usize,
    ) -> Option<Value> {
        if depth == 0 || self.inside.iter().any(|outer| outer == name) {
            return None;
        }
        self.inside.push(name.to_owned());
        let mut members = Map::new();
        for (name, property) in properties.iter().flat_map(|properties| properties.iter()) {
            // What names an API version is in no body.
            if property.is_write_only() || property.is_identifying() && name == "apiVersion" {
                continue;
            }
            if let Some(value) = self.below(name, property.of.0, depth - 1) {
                members.insert(name.clone(), value);
            }
        }
        if let Some(of) = additional
            && let Some(value) = self.below("key", of, depth - 1)
        {
            members.insert("key".into(), value);
        }
        self.inside.pop();
        Some(members.into())
    }
}

/// A body without the members that only answers have.
pub(super) fn writable(of: &Type<'_>, body: &Value) -> Value {
    strip(of, of.body, body)
}

fn strip(of: &Type<'_>, at: usize, value: &Value) -> Value {
    match (of.element(at), value) {
        (Element::ArrayType { item_type, .. }, Value::Array(items)) => {
            items.iter().map(|item| strip(of, item_type.0, item)).collect()
        }
        (Element::ObjectType { properties, .. }, Value::Object(members)) => {
            strip_members(of, &[properties], members)
        }
        (
            Element::DiscriminatedObjectType { base_properties, elements, discriminator, .. },
            Value::Object(members),
        ) => {
            let variant = members.get(discriminator).and_then(Value::as_str);
            let variant = variant.and_then(|variant| elements.get(variant)).map(|at| of.element(at.0));
            match variant {
                Some(Element::ObjectType { properties, .. }) => {
                    strip_members(of, &[base_properties, properties], members)
                }
                _ => strip_members(of, &[base_properties], members),
            }
        }
        _ => value.clone(),
    }
}

fn strip_members(
    of: &Type<'_>,
    properties: &[&BTreeMap<String, Property>],
    members: &Map<String, Value>,
) -> Value {
    let described = |name: &str| properties.iter().find_map(|properties| properties.get(name));
    let kept = members.iter().filter_map(|(name, value)| match described(name) {
        Some(property) if property.is_read_only() => None,
        Some(property) => Some((name.clone(), strip(of, property.of.0, value))),
        None => Some((name.clone(), value.clone())),
    });
    Value::Object(kept.collect())
}
