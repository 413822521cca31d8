//! The API of the imagined cloud, as far as the recording cloud has to know it. It is written down once more on purpose: what the
//! kinds say of themselves is under test.

use serde_json::{Map, Value, json};

/// How objects of a family get their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// The cloud chooses; the same token gives the same object again.
    Token(&'static str),
    /// The cloud chooses, at every call anew.
    Always(&'static str),
    /// The caller chooses: the id is this field, or the list of these fields.
    Fields(&'static [&'static str]),
}

/// The API of one family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Family {
    /// Its name.
    pub name: &'static str,
    /// How its objects get their ids.
    pub naming: Naming,
    /// Fields that the create call does not take.
    pub later: &'static [&'static str],
    /// The family, and the field with the id, of the object in which it is shown.
    pub inside: Option<(&'static str, &'static str)>,
    /// What it tells beyond its spec, made of its number and its spec.
    pub outputs: fn(u64, &Map<String, Value>) -> Value,
}

fn nothing(_: u64, _: &Map<String, Value>) -> Value {
    Value::Null
}

fn text(spec: &Map<String, Value>, field: &str) -> String {
    spec.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

const PLAIN: Family =
    Family { name: "", naming: Naming::Always(""), later: &[], inside: None, outputs: nothing };

/// All families.
pub(super) const FAMILIES: [Family; 8] = [
    Family {
        name: "imagined.net",
        naming: Naming::Always("net"),
        later: &["label"],
        outputs: |serial, _| json!({ "main_table": format!("main-{serial}") }),
        ..PLAIN
    },
    Family { name: "imagined.segment", naming: Naming::Always("seg"), later: &["public"], ..PLAIN },
    Family { name: "imagined.gateway", naming: Naming::Always("gw"), ..PLAIN },
    Family { name: "imagined.table", naming: Naming::Token("tab"), ..PLAIN },
    Family {
        name: "imagined.route",
        naming: Naming::Fields(&["table", "destination"]),
        inside: Some(("imagined.table", "table")),
        ..PLAIN
    },
    Family {
        name: "imagined.machine",
        naming: Naming::Token("machine"),
        later: &["peer"],
        outputs: |serial, spec| json!({ "address": format!("10.1.0.{serial}"), "revision": format!("{}-{serial}", text(spec, "image")) }),
        ..PLAIN
    },
    Family {
        name: "imagined.cluster",
        naming: Naming::Fields(&["name"]),
        outputs: |_, spec| json!({ "endpoint": format!("https://{}.example", text(spec, "name")) }),
        ..PLAIN
    },
    Family { name: "imagined.pool", naming: Naming::Token("pool"), ..PLAIN },
];

/// The API of a family.
pub(super) fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == name)
}

impl Family {
    /// What stands for the fields that the create call does not take, until they are written.
    pub(super) fn initial(&self, mut spec: Map<String, Value>) -> Map<String, Value> {
        for field in self.later {
            if let Some(value) = spec.get_mut(*field) {
                *value = if value.is_boolean() { false.into() } else { Value::Null };
            }
        }
        spec
    }
}
