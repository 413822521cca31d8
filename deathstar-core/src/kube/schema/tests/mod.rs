mod composed;
mod metadata;
mod pending;
mod preparing;
mod reading;
mod structure;
mod values;

use super::{Checked, Finding, Schemas};
use serde_json::{Value, json};

/// A definition whose objects have a `spec` of this schema.
fn definition(spec: &Value) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": "things.example.com" },
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": { "kind": "Thing", "plural": "things" },
            "versions": [
                {
                    "name": "v1", "served": true, "storage": true,
                    "schema": { "openAPIV3Schema": { "type": "object", "properties": { "spec": spec } } },
                },
                { "name": "v1beta1", "served": false, "storage": false },
            ],
        },
    })
}

fn object(spec: &Value) -> Value {
    json!({
        "apiVersion": "example.com/v1", "kind": "Thing",
        "metadata": { "name": "thing", "namespace": "default" },
        "spec": spec,
    })
}

fn check(schema: &Value, spec: &Value) -> Checked {
    Schemas::of(&definition(schema)).unwrap().check(&object(spec))
}

/// What is found, as text; paths begin at the spec.
fn found(schema: &Value, spec: &Value) -> Vec<String> {
    check(schema, spec)
        .findings
        .iter()
        .map(|finding| {
            let text = finding.to_string();
            text.strip_prefix("/spec").map_or_else(|| text.clone(), ToOwned::to_owned)
        })
        .collect()
}

/// One schema, values that fit it, and values that do not with what is said.
#[expect(clippy::needless_pass_by_value, reason = "calls read as they would in a table")]
fn rule(schema: Value, fits: &[Value], differs: &[(Value, &str)]) {
    for spec in fits {
        assert_eq!(found(&schema, spec), [""; 0], "{schema} {spec}");
    }
    for (spec, said) in differs {
        assert_eq!(found(&schema, spec), [*said], "{schema} {spec}");
    }
}

/// A value that is not known before apply.
fn mark() -> Value {
    json!({ "$deathstar": { "ref": ["stack", "address", "/outputs/x"] } })
}

/// What is found in an object.
fn findings(definition: &Value, object: &Value) -> Vec<Finding> {
    Schemas::of(definition).unwrap().check(object).findings
}
