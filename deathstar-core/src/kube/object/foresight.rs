//! What can be said of objects without a server: custom resources, by the definition that the same stack declares.

use super::{Object, group_of};
use crate::{
    driver::{Check, Foresight, Refusal, Rehearsal, Standing},
    kube::schema::{Schemas, Unreadable},
};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// The definitions and namespaces of a stack.
struct Ground<'o> {
    /// By group and kind.
    definitions: HashMap<(String, String), (Result<Schemas, Unreadable>, Standing)>,
    /// Those that are not there yet.
    namespaces: HashSet<&'o str>,
}

/// What can be said of each of these without a server.
pub(super) fn foresee(steps: &[&Object], beside: &[(&Object, Standing)]) -> Vec<Foresight> {
    let mut ground = Ground { definitions: HashMap::new(), namespaces: HashSet::new() };
    let wanted: HashSet<(&str, &str)> = steps.iter().map(|object| object.group_and_kind()).collect();
    for (object, standing) in beside {
        match object.group_and_kind() {
            ("", "Namespace") if *standing == Standing::Made => _ = ground.namespaces.insert(&object.name),
            ("apiextensions.k8s.io", "CustomResourceDefinition") => ground.define(object, *standing, &wanted),
            _ => {}
        }
    }
    steps.iter().map(|object| ground.of(object)).collect()
}

impl Ground<'_> {
    /// Reads a definition that one of the steps is made by.
    fn define(&mut self, object: &Object, standing: Standing, wanted: &HashSet<(&str, &str)>) {
        let text = |at: &str| object.body.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        let key = (text("/spec/group"), text("/spec/names/kind"));
        if wanted.contains(&(&*key.0, &*key.1)) {
            self.definitions.insert(key, (Schemas::of(&object.outline()), standing));
        }
    }

    fn of(&self, object: &Object) -> Foresight {
        let (group, kind) = object.group_and_kind();
        let offline = match self.definitions.get(&(group.to_owned(), kind.to_owned())) {
            Some((schemas, standing)) => {
                let said = match schemas {
                    Ok(schemas) => offline(schemas, object),
                    Err(error) => Rehearsal::not_checkable(error.to_string()),
                };
                // What the server has is not what it will have.
                if *standing != Standing::Stays {
                    return Foresight::Known(said);
                }
                Some(said)
            }
            None => None,
        };
        match object.namespace.as_deref().filter(|namespace| self.namespaces.contains(namespace)) {
            Some(namespace) => {
                let why = format!("its namespace `{namespace}` does not exist yet");
                Foresight::Known(offline.unwrap_or_else(|| Rehearsal::not_checkable(why)))
            }
            None => Foresight::Ask(offline),
        }
    }
}

/// Checks a custom resource against the schemas of its definition.
fn offline(schemas: &Schemas, object: &Object) -> Rehearsal {
    let found = schemas.check(&object.outline());
    let unchecked = found.unchecked.iter().map(ToString::to_string).collect();
    let mut said = Rehearsal::new(Check::CheckedOffline { unchecked });
    said.refusals = found
        .findings
        .into_iter()
        .map(|finding| {
            let fix = finding
                .fix
                .unwrap_or_else(|| format!("declare it as the definition of {} says", object.kind));
            Refusal::new(finding.path, finding.reason, fix).alone()
        })
        .collect();
    said
}

impl Object {
    pub(super) fn group_and_kind(&self) -> (&str, &str) {
        (group_of(&self.api_version), &self.kind)
    }

    /// Its manifest as far as it is known: marks stand for what is not, and for the values of secrets.
    pub(in crate::kube) fn outline(&self) -> Value {
        let mut manifest = self.declared();
        let hidden = json!({"$deathstar": {"secret": crate::secret::UNKNOWN}});
        for at in self.secrets.iter().flatten().map(|(at, _)| at) {
            // A place that cannot be is told when the object is declared.
            let _ = super::pointer::set(&mut manifest, at, hidden.clone());
        }
        manifest
    }
}
