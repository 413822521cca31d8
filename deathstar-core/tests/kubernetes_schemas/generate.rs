//! Objects that a schema allows.

use regex::Regex;
use serde_json::{Map, Value, json};

/// Makes objects from the text of a schema; it shares nothing with what checks them.
pub struct Generator {
    random: fastrand::Rng,
    composed: bool,
}

/// How every generated object is named.
pub const NAME: &str = "generated";

/// Texts of which one fits most patterns that are in use.
const TEXTS: [&str; 24] = [
    "a",
    "a.example",
    "1h",
    "10s",
    "60m",
    "https://a.example/b",
    "ssh://git@a.example/b",
    "0",
    "1",
    "1Gi",
    "10.0.0.0/8",
    "10%",
    "v1",
    "example.com/a",
    "a.example/b",
    "ami-0123456789abcdef0",
    "subnet-0123456789abcdef0",
    "sg-0123456789abcdef0",
    "*",
    "a/b",
    "HTTP",
    "/a",
    "owner/name",
    "12:00",
];

impl Generator {
    pub fn seeded(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), composed: true }
    }

    /// Whether fields with composed schemas are filled in too; what comes out then need not fit.
    pub fn composed(mut self, composed: bool) -> Self {
        self.composed = composed;
        self
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.random.usize(..end)
    }

    /// An object of the version with this number among those that are served.
    pub fn object(&mut self, definition: &Value, version: usize) -> Value {
        let version = served(definition, version);
        let schema = &version["schema"]["openAPIV3Schema"];
        let Value::Object(mut object) = self.members(schema, 0) else { panic!("an object at the root") };
        let group = definition["spec"]["group"].as_str().unwrap();
        object.remove("status");
        object.insert("apiVersion".into(), json!(format!("{group}/{}", version["name"].as_str().unwrap())));
        object.insert("kind".into(), definition["spec"]["names"]["kind"].clone());
        let mut metadata = json!({ "name": NAME, "labels": { "example.com/a": "b" } });
        if definition["spec"]["scope"] == "Namespaced" {
            metadata["namespace"] = json!("default");
        }
        object.insert("metadata".into(), metadata);
        Value::Object(object)
    }

    fn members(&mut self, schema: &Value, depth: u32) -> Value {
        let mut members = Map::new();
        let required =
            |name: &str| schema["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
        for (name, of) in schema["properties"].as_object().into_iter().flatten() {
            let must = required(name) || (depth == 0 && name == "spec");
            let may = self.random.f64() < 0.9 / f64::from(depth + 2) && depth < 8;
            if (must || may)
                && let Some(value) = self.value(of, depth + 1, must)
            {
                members.insert(name.clone(), value);
            }
        }
        let least = schema["minProperties"].as_u64().unwrap_or(0);
        if schema["additionalProperties"].is_object() {
            for at in 0..least.max(self.random.u64(0..2)) {
                if let Some(value) = self.value(&schema["additionalProperties"], depth + 1, at < least) {
                    members.insert(format!("key-{at}"), value);
                }
            }
        }
        if schema["x-kubernetes-preserve-unknown-fields"] == true && self.random.bool() {
            members.insert("anything".into(), json!({ "at": ["all", 1] }));
        }
        Value::Object(members)
    }

    /// A value that fits, or nothing where none is at hand and none is required.
    fn value(&mut self, schema: &Value, depth: u32, required: bool) -> Option<Value> {
        let flexible = schema["x-kubernetes-int-or-string"] == true;
        let is_composed =
            ["allOf", "anyOf", "oneOf", "not"].iter().any(|keyword| schema.get(keyword).is_some());
        if is_composed && !flexible && !self.composed && !required {
            return None;
        }
        let choices: Vec<_> =
            schema["enum"].as_array().into_iter().flatten().filter(|choice| !choice.is_null()).collect();
        if !choices.is_empty() {
            return Some(choices[self.random.usize(..choices.len())].clone());
        }
        if flexible {
            return if self.random.bool() { Some(json!(1)) } else { self.text(schema) };
        }
        match schema["type"].as_str() {
            Some("string") => self.text(schema),
            Some("integer" | "number") => {
                let least =
                    schema["minimum"].as_i64().unwrap_or(0) + i64::from(schema["exclusiveMinimum"] == true);
                let most = schema["maximum"].as_i64().unwrap_or(least + 3).max(least);
                Some(json!(self.random.i64(least..=most.min(least + 3))))
            }
            Some("boolean") => Some(json!(self.random.bool())),
            Some("array") => self.list(schema, depth),
            Some("object") => {
                let mut value = self.members(schema, depth);
                if schema["x-kubernetes-embedded-resource"] == true {
                    value["apiVersion"] = json!("v1");
                    value["kind"] = json!("Pod");
                    value["metadata"] = json!({ "name": "embedded" });
                }
                Some(value)
            }
            _ => Some(json!({ "anything": 1 })),
        }
    }

    fn list(&mut self, schema: &Value, depth: u32) -> Option<Value> {
        let least = schema["minItems"].as_u64().unwrap_or(0);
        let most = schema["maxItems"].as_u64().unwrap_or(2);
        // Items that have to differ are made one by one only.
        let differ = matches!(schema["x-kubernetes-list-type"].as_str(), Some("set" | "map"));
        let count = if differ { least.max(1) } else { self.random.u64(least..=most.clamp(least, least + 2)) };
        let items: Vec<_> =
            (0..count).filter_map(|at| self.value(&schema["items"], depth + 1, at < least)).collect();
        (items.len() as u64 >= least).then_some(Value::Array(items))
    }

    fn text(&mut self, schema: &Value) -> Option<Value> {
        let format = match schema["format"].as_str() {
            Some("date-time") => Some("2024-01-02T03:04:05Z"),
            Some("byte") => Some("YQ=="),
            Some("ipv4") => Some("10.0.0.1"),
            Some("ipv6") => Some("::1"),
            _ => None,
        };
        let pattern = schema["pattern"].as_str().map(|pattern| Regex::new(pattern).unwrap());
        let (least, most) =
            (schema["minLength"].as_u64().unwrap_or(0), schema["maxLength"].as_u64().unwrap_or(u64::MAX));
        let fits = |text: &&str| {
            let length = text.chars().count() as u64;
            (least..=most).contains(&length) && pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
        };
        if format.is_some() {
            return format.map(|text| json!(text));
        }
        let fitting: Vec<_> = TEXTS.iter().copied().filter(fits).collect();
        if fitting.is_empty() {
            let long = "a".repeat(usize::try_from(least).unwrap());
            return Some(long.as_str()).filter(fits).map(|text| json!(text));
        }
        Some(json!(fitting[self.random.usize(..fitting.len())]))
    }
}

/// One of the versions that are served.
pub fn served(definition: &Value, at: usize) -> &Value {
    let versions = definition["spec"]["versions"].as_array().unwrap();
    versions.iter().filter(|version| version["served"] == true).nth(at).unwrap()
}
