//! From an `openAPIV3Schema` to the form that values are checked against.

use super::{
    Unreadable,
    format::Format,
    node::{Bound, Count, List, Node, Number, Others, Rule, Text},
    pattern::Pattern,
    types::Types,
};
use crate::kube::view::escape;
use serde_json::{Map, Value};
use std::{collections::HashMap, sync::Arc};

/// Keywords that the server refuses in a structural schema.
const REFUSED: [&str; 7] =
    ["$ref", "definitions", "dependencies", "patternProperties", "additionalItems", "id", "$schema"];

/// Compiles schemas that share their patterns.
#[derive(Default)]
pub(super) struct Compiler {
    patterns: HashMap<String, Arc<Pattern>>,
}

/// One schema while it is read: its keywords, and where it stands.
struct Source<'s> {
    keywords: &'s Map<String, Value>,
    path: String,
}

impl Compiler {
    /// Compiles the schema at this path of its definition.
    pub(super) fn compile(&mut self, schema: &Value, path: String) -> Result<Node, Unreadable> {
        let Some(keywords) = schema.as_object() else {
            return Err(Unreadable::new(path, "a schema is an object"));
        };
        let source = Source { keywords, path };
        source.refuse()?;
        let int_or_string = source.flag("x-kubernetes-int-or-string")?;
        let types = match source.text("type")? {
            _ if int_or_string => Types::INTEGER.and(Types::TEXT),
            Some(name) => {
                Types::named(name).ok_or_else(|| source.wrong("type", "is no type that Kubernetes knows"))?
            }
            None => Types::default(),
        };
        Ok(Node {
            types,
            nullable: source.flag("nullable")?,
            default: keywords.get("default").filter(|default| !default.is_null()).cloned(),
            choices: source.list("enum")?.to_vec(),
            number: source.number()?,
            text: self.text(&source)?,
            items_count: source.count("minItems", "maxItems")?,
            items: self.maybe(&source, "items")?.map(Box::new),
            list: source.list_type()?,
            members_count: source.count("minProperties", "maxProperties")?,
            members: source
                .object("properties")?
                .into_iter()
                .flatten()
                .map(|(name, member)| {
                    let path = format!("{}/properties/{}", source.path, escape(name));
                    Ok((name.clone(), self.compile(member, path)?))
                })
                .collect::<Result<_, _>>()?,
            others: match keywords.get("additionalProperties") {
                None | Some(Value::Bool(false)) => Others::Undeclared,
                Some(Value::Bool(true)) => Others::Anything,
                Some(of) => {
                    let path = format!("{}/additionalProperties", source.path);
                    Others::Of(Box::new(self.compile(of, path)?))
                }
            },
            required: source.texts("required")?,
            all: self.several(&source, "allOf")?,
            any: self.several(&source, "anyOf")?,
            one: self.several(&source, "oneOf")?,
            not: self.maybe(&source, "not")?.map(Box::new),
            keeps_unknown: source.flag("x-kubernetes-preserve-unknown-fields")?,
            embedded: source.flag("x-kubernetes-embedded-resource")?,
            is_small: source.text("format")? == Some("int32"),
            rules: source.rules()?,
        })
    }

    fn maybe(&mut self, source: &Source<'_>, keyword: &str) -> Result<Option<Node>, Unreadable> {
        let Some(schema) = source.keywords.get(keyword) else { return Ok(None) };
        self.compile(schema, source.at(keyword)).map(Some)
    }

    fn several(&mut self, source: &Source<'_>, keyword: &str) -> Result<Vec<Node>, Unreadable> {
        let schemas = source.list(keyword)?.iter().enumerate();
        schemas.map(|(at, schema)| self.compile(schema, format!("{}/{at}", source.at(keyword)))).collect()
    }

    fn text(&mut self, source: &Source<'_>) -> Result<Text, Unreadable> {
        let pattern = source.text("pattern")?.filter(|pattern| !pattern.is_empty());
        Ok(Text {
            length: source.count("minLength", "maxLength")?,
            pattern: pattern.map(|text| {
                let new = || Arc::new(Pattern::new(text));
                Arc::clone(self.patterns.entry(text.to_owned()).or_insert_with(new))
            }),
            format: source.text("format")?.and_then(Format::named),
        })
    }
}

impl Source<'_> {
    fn at(&self, keyword: &str) -> String {
        format!("{}/{keyword}", self.path)
    }

    fn wrong(&self, keyword: &str, why: &str) -> Unreadable {
        Unreadable::new(self.at(keyword), why)
    }

    /// A keyword's value in its type.
    fn read<'v, T>(
        &'v self,
        keyword: &str,
        expected: &str,
        read: impl FnOnce(&'v Value) -> Option<T>,
    ) -> Result<Option<T>, Unreadable> {
        match self.keywords.get(keyword) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match read(value) {
                None => Err(self.wrong(keyword, &format!("is not {expected}"))),
                read => Ok(read),
            },
        }
    }

    fn flag(&self, keyword: &str) -> Result<bool, Unreadable> {
        Ok(self.read(keyword, "true or false", Value::as_bool)?.unwrap_or_default())
    }

    fn text(&self, keyword: &str) -> Result<Option<&str>, Unreadable> {
        self.read(keyword, "text", Value::as_str)
    }

    fn object(&self, keyword: &str) -> Result<Option<&Map<String, Value>>, Unreadable> {
        self.read(keyword, "an object", Value::as_object)
    }

    fn list(&self, keyword: &str) -> Result<&[Value], Unreadable> {
        Ok(self.read(keyword, "a list", Value::as_array)?.map_or(&[], Vec::as_slice))
    }

    fn texts(&self, keyword: &str) -> Result<Vec<String>, Unreadable> {
        let texts = self.list(keyword)?.iter().map(|text| text.as_str().map(ToOwned::to_owned)).collect();
        Option::ok_or_else(texts, || self.wrong(keyword, "is not a list of texts"))
    }

    fn float(&self, keyword: &str) -> Result<Option<f64>, Unreadable> {
        self.read(keyword, "a number", Value::as_f64)
    }

    fn count(&self, least: &str, most: &str) -> Result<Count, Unreadable> {
        let read = |keyword| self.read(keyword, "a count", Value::as_u64);
        Ok(Count { least: read(least)?, most: read(most)? })
    }

    fn number(&self) -> Result<Number, Unreadable> {
        let bound = |at, exclusive| {
            let exclusive = self.flag(exclusive)?;
            Ok::<_, Unreadable>(self.float(at)?.map(|at| Bound { at, exclusive }))
        };
        Ok(Number {
            least: bound("minimum", "exclusiveMinimum")?,
            most: bound("maximum", "exclusiveMaximum")?,
            multiple_of: self.float("multipleOf")?,
        })
    }

    fn list_type(&self) -> Result<List, Unreadable> {
        match self.text("x-kubernetes-list-type")? {
            Some("set") => Ok(List::Set),
            Some("map") => Ok(List::Map(self.texts("x-kubernetes-list-map-keys")?)),
            None | Some("atomic") => Ok(List::Atomic),
            Some(_) => Err(self.wrong("x-kubernetes-list-type", "is none of `atomic`, `set` and `map`")),
        }
    }

    fn rules(&self) -> Result<Vec<Rule>, Unreadable> {
        let text = |rule: &Value, member| rule.get(member).and_then(Value::as_str).map(ToOwned::to_owned);
        let rules = self
            .list("x-kubernetes-validations")?
            .iter()
            .map(|rule| Some(Rule { rule: text(rule, "rule")?, message: text(rule, "message") }));
        rules
            .collect::<Option<_>>()
            .ok_or_else(|| self.wrong("x-kubernetes-validations", "has an entry without a rule"))
    }

    /// The server would not take the definition.
    fn refuse(&self) -> Result<(), Unreadable> {
        if let Some(keyword) = REFUSED.iter().find(|keyword| self.keywords.contains_key(**keyword)) {
            return Err(self.wrong(keyword, "is not allowed in a structural schema"));
        }
        if self.flag("uniqueItems")? {
            return Err(self.wrong("uniqueItems", "must not be true: a list whose items differ is a set"));
        }
        Ok(())
    }
}
