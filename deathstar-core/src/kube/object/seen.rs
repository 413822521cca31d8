//! An object as its server shows it.

use super::{Object, Written, group_of, owner, pointer};
use crate::{
    SeenState, Sensitive,
    driver::Tags,
    kube::ready::{Around, GRACE, Readiness, Rule, Rules, readiness},
};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, time::Duration};

/// The managers as which `kubectl` and Helm write.
const DEPLOYERS: [&str; 4] = ["kubectl-client-side-apply", "kubectl-create", "kubectl", "helm"];

/// Where kubectl keeps what it has applied last.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What stands in place of a value that is not to be known here.
const HIDDEN: &str = "***";

/// What one answer of the server shows of an object.
pub(in crate::kube) struct Shown {
    pub(in crate::kube) object: Object,
    pub(in crate::kube) tags: Tags,
    /// Its controller, when it was made by another object.
    pub(in crate::kube) controlled: bool,
    pub(in crate::kube) uid: String,
    /// When it is ready, where that is said.
    pub(in crate::kube) rule: Option<Rule>,
    /// Whether it is, as far as it tells itself.
    pub(in crate::kube) state: SeenState,
    /// The whole answer, of what is not ready by itself.
    pub(in crate::kube) raw: Option<Value>,
    /// The pointers that are told.
    pub(in crate::kube) told: Vec<String>,
    /// Their values, as far as there are any.
    pub(in crate::kube) values: BTreeMap<String, Value>,
}

impl Shown {
    /// Takes what was found out about it.
    pub(in crate::kube) fn judged(&mut self, state: SeenState) {
        self.state = match (state, self.missing()) {
            (SeenState::Ready, Some(why)) => SeenState::Pending(why),
            (state, _) => state,
        };
    }

    /// What it shall tell and does not.
    fn missing(&self) -> Option<String> {
        let missing = self.told.iter().find(|at| !self.values.contains_key(*at))?;
        Some(format!("it does not tell `{missing}` yet"))
    }
}

/// Reads an answer; lists leave the version and the kind out.
pub(in crate::kube) fn shown(manifest: Value, api_version: &str, kind: &str, rules: &Rules) -> Shown {
    let mut manifest = match manifest {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    manifest.insert("apiVersion".into(), api_version.into());
    manifest.insert("kind".into(), kind.into());
    let rule = annotation(&manifest, owner::READY).and_then(|text| serde_json::from_str(text).ok());
    let rule: Option<Rule> = rule;
    let mut whole = Value::Object(manifest);
    let own = rule.clone().map(|rule| Rules::default().kind(group_of(api_version), kind, rule));
    let ready = readiness(&whole, &Around::default(), own.as_ref().unwrap_or(rules));
    // Whether somebody answers behind it, it does not tell itself.
    let answered =
        !matches!(group_of(api_version), "admissionregistration.k8s.io" | "apiregistration.k8s.io");
    let raw = (ready != Readiness::Ready || !answered).then(|| whole.clone());
    let mut manifest = match whole.take() {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    let mut metadata = match manifest.remove("metadata") {
        Some(Value::Object(metadata)) => metadata,
        _ => Map::new(),
    };
    let written =
        metadata.remove("managedFields").and_then(|all| serde_json::from_value::<Vec<Value>>(all).ok());
    // The status is its controller's; what is written through another way, such as `scale`, are fields as all others.
    let of_status = |one: &Value| one.get("subresource").is_some_and(|through| through == "status");
    let written = written.unwrap_or_default().into_iter().filter(|one| !of_status(one));
    let written: Vec<Written> = written.filter_map(|one| serde_json::from_value(one).ok()).collect();
    let controllers = metadata.get("ownerReferences").and_then(Value::as_array).into_iter().flatten();
    let controlled = controllers.into_iter().any(|owner| owner.get("controller") == Some(&Value::Bool(true)));
    let text = |name: &str| metadata.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let uid = text("uid");
    let (tags, own) = owner::take(&mut metadata);
    let own_text = |key: &str| own.get(key).and_then(Value::as_str);
    let applied = own_text(owner::APPLIED).map(str::to_owned);
    let told: Vec<String> =
        own_text(owner::TOLD).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    manifest.insert("metadata".into(), metadata.into());
    let whole = Value::Object(std::mem::take(&mut manifest));
    let mut whole = whole;
    let declared: Vec<String> =
        own_text(owner::SECRETS).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let secrets = hide(&mut whole, kind == "Secret" && api_version == "v1", declared);
    let value = |at: &String| whole.pointer(at).filter(|value| !value.is_null()).cloned();
    let values = told.iter().filter_map(|at| Some((at.clone(), value(at)?))).collect();
    if let Value::Object(map) = whole {
        manifest = map;
    }
    let status = manifest.remove("status").and_then(deciding);
    let mut object = Object::from_value(Value::Object(manifest.clone()));
    if kind == "Secret" && api_version == "v1" {
        // Which keys are there is no secret.
        if let (Some(data), Some(body)) = (manifest.remove("data"), object.body.as_object_mut()) {
            body.insert("data".into(), data);
        }
    }
    object.secrets = secrets;
    object.status = status;
    object.written = Some(written);
    object.applied = applied;
    object.told = (!told.is_empty()).then(|| told.clone());
    object.ready.clone_from(&rule);
    let mut shown = Shown { object, tags, controlled, uid, rule, state: SeenState::Ready, raw, told, values };
    shown.judged(ready.after(Duration::ZERO, GRACE));
    shown
}

/// Takes secret values out of an answer, and leaves where they were.
fn hide(
    whole: &mut Value,
    is_secret: bool,
    declared: Vec<String>,
) -> Option<BTreeMap<String, Sensitive<Value>>> {
    let mut places = declared;
    if is_secret {
        let keys = whole.get("data").and_then(Value::as_object).into_iter().flatten();
        places.extend(keys.map(|(key, _)| format!("/data/{}", pointer::escape(key))));
    }
    // What kubectl keeps of its last apply, it keeps as it was.
    if let Some(annotations) = whole.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
        annotations.remove(LAST_APPLIED);
    }
    let mut secrets = BTreeMap::new();
    for at in places {
        if let Some(value) = whole.pointer_mut(&at).filter(|value| !value.is_null()) {
            secrets.insert(at, Sensitive::new(std::mem::replace(value, Value::from(HIDDEN))));
        }
    }
    (!secrets.is_empty()).then_some(secrets)
}

fn annotation<'m>(manifest: &'m Map<String, Value>, key: &str) -> Option<&'m str> {
    manifest.get("metadata")?.get("annotations")?.get(key)?.as_str()
}

/// What of a status decides which changes the server takes.
fn deciding(status: Value) -> Option<Value> {
    let Value::Object(mut status) = status else { return None };
    status.retain(|field, _| matches!(field.as_str(), "phase" | "storedVersions"));
    (!status.is_empty()).then_some(Value::Object(status))
}

impl Object {
    /// What a server is sent: the manifest with the values of its secrets.
    ///
    /// # Errors
    /// When the value of a secret is not known here.
    pub(in crate::kube) fn manifest(&self, tags: &Tags) -> crate::Result<Value> {
        let mut manifest = self.declared();
        for (at, value) in self.secrets.iter().flatten() {
            pointer::set(&mut manifest, at, value.reveal()?.clone()).map_err(crate::Error::internal)?;
        }
        self.complete(&mut manifest, tags, Some(self.digest()));
        Ok(manifest)
    }

    /// What a server is sent to change tags alone.
    pub(in crate::kube) fn tagged(&self, tags: &Tags) -> Value {
        let mut manifest = self.declared();
        self.complete(&mut manifest, tags, self.applied.clone());
        manifest
    }

    /// Adds what names the object, and whose it is.
    fn complete(&self, manifest: &mut Value, tags: &Tags, applied: Option<String>) {
        let Some(map) = manifest.as_object_mut() else { return };
        let Some(metadata) = map.get_mut("metadata").and_then(Value::as_object_mut) else { return };
        owner::write(tags, metadata);
        let told = self.told.iter().filter(|told| !told.is_empty());
        let told = told.map(|told| (owner::TOLD, serde_json::to_string(told).unwrap_or_default()));
        let ready =
            self.ready.iter().map(|rule| (owner::READY, serde_json::to_string(rule).unwrap_or_default()));
        let applied = applied.map(|applied| (owner::APPLIED, applied)).into_iter();
        // Of a `Secret` every value is one.
        let places: Vec<&String> =
            self.secrets.iter().flatten().map(|(at, _)| at).filter(|_| !self.is_secret()).collect();
        let secrets = (!places.is_empty()).then(|| serde_json::to_string(&places).unwrap_or_default());
        let secrets = secrets.map(|places| (owner::SECRETS, places));
        let own: Vec<_> = applied.chain(told).chain(ready).chain(secrets).collect();
        if own.is_empty() {
            return;
        }
        let annotations = metadata.entry("annotations").or_insert_with(|| Value::Object(Map::new()));
        if let Some(annotations) = annotations.as_object_mut() {
            annotations.extend(own.into_iter().map(|(key, value)| (key.to_owned(), value.into())));
        }
    }

    /// Of an object as seen, the version in which we have applied it; before that, the one in which others have written it.
    pub(in crate::kube) fn version_written(&self) -> Option<String> {
        let written = self.written.as_deref().unwrap_or_default();
        let one = written.iter().find(|one| one.is_ours()).or(written.first())?;
        Some(one.api_version.clone())
    }

    /// Of an object as seen, whether only tools with which people deploy have written it, and we have not: who imports it takes
    /// its fields from them. The same value may have another text, over which managers would conflict.
    pub(in crate::kube) fn is_handed_over(&self) -> bool {
        let by_tool = |one: &Written| one.is_ours() || DEPLOYERS.contains(&one.manager.as_str());
        self.applied.is_none() && self.written.as_ref().is_some_and(|written| written.iter().all(by_tool))
    }

    /// Of an object as seen, what we have applied of it: what an apply has to repeat in order to change nothing.
    pub(in crate::kube) fn ours(&self) -> Value {
        let written = self.written.as_deref().unwrap_or_default();
        super::fields::ours(&self.body, &super::fields::Owners::of(written))
            .unwrap_or_else(|| Value::Object(Map::new()))
    }
}
