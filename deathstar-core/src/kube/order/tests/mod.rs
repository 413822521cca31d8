//! Objects by kind, and what order they come in.

mod edges;
mod properties;
mod rank;
mod reference;

use super::{Arrangement, Why, arrange};
use serde_json::{Value, json};

fn object(api_version: &str, kind: &str, namespace: &str, name: &str, rest: &Value) -> Value {
    let mut object = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": name}});
    if !namespace.is_empty() {
        object["metadata"]["namespace"] = json!(namespace);
    }
    for (key, value) in rest.as_object().unwrap() {
        if key == "labels" || key == "annotations" {
            object["metadata"][key] = value.clone();
        } else {
            object[key] = value.clone();
        }
    }
    object
}

fn arranged(objects: &[Value]) -> Arrangement {
    arrange(objects).unwrap()
}

/// Why the one at `from` needs the one at `to`.
fn why(objects: &[Value], from: usize, to: usize) -> Option<Why> {
    arranged(objects).edges.into_iter().find(|edge| (edge.from, edge.to) == (from, to)).map(|edge| edge.why)
}

fn definition(group: &str, kind: &str) -> Value {
    let spec = json!({"spec": {"group": group, "names": {"kind": kind}}});
    object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", kind, &spec)
}

fn deployment(name: &str, template: &Value) -> Value {
    object("apps/v1", "Deployment", "n", name, &json!({"spec": {"template": template}}))
}
