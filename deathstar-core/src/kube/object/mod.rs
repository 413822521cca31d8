//! One object of any kind.

#[cfg(feature = "kube-client")]
mod addition;
mod difference;
mod fields;
mod foresight;
mod id;
mod manifest;
#[cfg(feature = "kube-client")]
mod owner;
mod permission;
mod pointer;
mod quantity;
mod resource;
#[cfg(feature = "kube-client")]
mod seen;
mod value;
mod yaml;

pub use fields::Written;
pub use id::ObjectId;
pub use manifest::{ManifestError, Manifests};
pub use resource::{ObjectOutputs, Outputs};
pub use value::FieldValue;
pub use yaml::read_yaml;

pub(super) use super::view::group_of;
#[cfg(feature = "kube-client")]
pub(super) use addition::additions;
#[cfg(feature = "kube-client")]
pub(super) use owner::{STACK_LABEL, label};
pub(super) use permission::NAMESPACE;
#[cfg(feature = "kube-client")]
pub(super) use seen::{Shown, shown};

use crate::{Expr, Input, Sensitive, graph::Encoded, kube::ready::Rule};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Whom the server tells as the manager of what we apply. All stacks have the same: that one object is declared twice is found
/// by its owner.
pub const MANAGER: &str = "deathstar";

/// What the server alone writes into the metadata of an object.
const OF_THE_SERVER: [&str; 10] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generateName",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "status",
    "uid",
];

/// One object of a cluster, of any kind: built-in, or of a custom resource.
///
/// A spec manages what it declares, and nothing else: what the server adds and what others write beside it is no difference.
/// A field that was declared, and is not any more, is removed. An object that somebody else has made is not taken over, and neither
/// is a field that somebody else manages ([`Object::take_over`]).
///
/// The values of a `Secret` are kept nowhere: see [`Sensitive`].
///
/// ```
/// use deathstar_core::kube::{Cluster, Object, Outputs};
/// use deathstar_core::Stack;
/// use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
///
/// let mut stack = Stack::new("webshop");
/// let cluster = stack.on(Cluster::of_kubeconfig("clusters.kubeconfig", "staging"));
/// let namespace = stack.add(&cluster, "shop", Object::of(Namespace::default()).named("shop"));
/// let settings = Object::of(ConfigMap::default()).named("settings").within("shop").set("/data/namespace", namespace.uid());
/// stack.add(&cluster, "settings", settings);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// The version of its API, such as `apps/v1`.
    pub(super) api_version: String,
    /// Its kind, such as `Deployment`.
    pub(super) kind: String,
    /// The namespace that it is in; none for what belongs to the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) namespace: Option<String>,
    /// Its name.
    pub(super) name: String,
    /// Everything else that is declared of it, inputs as expressions.
    pub(super) body: Value,
    /// Values that are kept nowhere, by their pointers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) secrets: Option<BTreeMap<String, Sensitive<Value>>>,
    /// The pointers whose values are outputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) told: Option<Vec<String>>,
    /// When it is ready, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ready: Option<Rule>,
    /// Whether fields of other managers become ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) take_over: Option<bool>,
    /// Whether what exists under its name becomes ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) adopt: Option<bool>,
    /// Of an object as seen: who manages what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) written: Option<Vec<Written>>,
    /// Of an object as seen: what of its status decides which changes the server takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<Value>,
    /// Of an object as seen: the digest of what we have applied last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) applied: Option<String>,
    /// What was wrong when it was declared: code, pointer, why.
    #[serde(skip)]
    pub(super) wrong: Vec<(&'static str, String, String)>,
}

impl Object {
    /// A typed object: of `k8s-openapi`, or of a custom resource.
    #[expect(clippy::needless_pass_by_value, reason = "a declaration hands over what it declares")]
    pub fn of<K>(object: K) -> Self
    where
        K: ::kube::Resource<DynamicType = ()> + Serialize,
    {
        let mut value = serde_json::to_value(&object).unwrap_or_default();
        if let Some(map) = value.as_object_mut() {
            map.insert("apiVersion".into(), K::api_version(&()).into_owned().into());
            map.insert("kind".into(), K::kind(&()).into_owned().into());
        }
        Self::from_value(value)
    }

    /// An object as its manifest says, decoded.
    pub fn from_value(manifest: Value) -> Self {
        let mut map = match manifest {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        let mut text = |name: &str| match map.remove(name) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        map.remove("status");
        let mut metadata = match map.remove("metadata") {
            Some(Value::Object(metadata)) => metadata,
            _ => Map::new(),
        };
        let mut text = |name: &str| match metadata.remove(name) {
            Some(Value::String(text)) => Some(text).filter(|text| !text.is_empty()),
            _ => None,
        };
        let (name, namespace) = (text("name").unwrap_or_default(), text("namespace"));
        metadata.retain(|field, _| !OF_THE_SERVER.contains(&field.as_str()));
        if !metadata.is_empty() {
            map.insert("metadata".into(), metadata.into());
        }
        let mut object = Self {
            api_version,
            kind,
            namespace,
            name,
            body: pointer::without_nulls(map.into()),
            secrets: None,
            told: None,
            ready: None,
            take_over: None,
            adopt: None,
            written: None,
            status: None,
            applied: None,
            wrong: vec![],
        };
        object.hide_values();
        object
    }

    /// Its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The namespace that it is in.
    #[must_use]
    pub fn within(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Sets the field at a JSON pointer (`/metadata/annotations/example.com~1role`), also to what is known only after something
    /// else is made. Objects on the way are made; of a list, an element can be replaced, or one added at its end with `-`.
    #[must_use]
    pub fn set(mut self, pointer: &str, value: impl Into<FieldValue>) -> Self {
        match value.into().0 {
            Ok(value) => self.put(pointer, value),
            Err(why) => self.wrong.push(("object.encoding", pointer.into(), why)),
        }
        self
    }

    /// Sets the field at a JSON pointer to a value that is shown and recorded nowhere. In a `Secret` it is `/data/KEY`, or
    /// `/stringData/KEY` as in manifests, with the value as it is: the encoding that the API wants is made of it.
    #[must_use]
    pub fn set_sensitive(mut self, pointer: &str, value: impl Into<Sensitive<String>>) -> Self {
        let pointer = match pointer.strip_prefix("/stringData/") {
            Some(key) if self.is_secret() => format!("/data/{key}"),
            _ => pointer.to_owned(),
        };
        if let Err(why) = pointer::check(&pointer) {
            self.wrong.push(("object.pointer", pointer, why));
            return self;
        }
        match value.into().reveal() {
            Ok(value) => {
                let value = if self.is_secret() { encode_base64(value) } else { value.clone() };
                self.secrets.get_or_insert_default().insert(pointer, Sensitive::new(value.into()));
            }
            Err(error) => self.wrong.push(("object.secret", pointer, error.to_string())),
        }
        self
    }

    /// Makes the value at a JSON pointer (`/status/loadBalancer/ingress/0/hostname`) an output: read it with
    /// [`Outputs::told`]. The object is settled when there is a value.
    #[must_use]
    pub fn tell(mut self, pointer: impl Into<String>) -> Self {
        let pointer = pointer.into();
        if let Err(why) = pointer::check(&pointer) {
            self.wrong.push(("object.pointer", pointer, why));
            return self;
        }
        let told = self.told.get_or_insert_default();
        if !told.contains(&pointer) {
            told.push(pointer);
        }
        self
    }

    /// Says when it is ready, in place of what is known of its kind ([`ready`](super::ready)): nothing that needs it is made before.
    #[must_use]
    pub fn ready_when(mut self, rule: Rule) -> Self {
        self.ready = Some(rule);
        self
    }

    /// Consents to take declared fields over from whoever manages them. Without it, a field of another manager with another
    /// value is an error that names both.
    #[must_use]
    pub fn take_over(mut self) -> Self {
        self.take_over = Some(true);
        self
    }

    /// Consents to make ours what exists under its name already, such as the account `default` that a controller makes in each
    /// namespace. What carries the marks of a stack stays that stack's.
    #[must_use]
    pub fn adopt(mut self) -> Self {
        self.adopt = Some(true);
        self
    }

    /// What names it in its cluster.
    pub fn id(&self) -> ObjectId {
        ObjectId {
            group: group_of(&self.api_version).into(),
            kind: self.kind.clone(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }

    /// The version of its API, such as `apps/v1`.
    pub fn api_version(&self) -> &str {
        &self.api_version
    }

    /// What is declared at a JSON pointer; what is pending, or secret, stands there as [`Encoded`](crate::graph::Encoded).
    pub fn field(&self, pointer: &str) -> Option<&Value> {
        self.body.pointer(pointer)
    }

    /// A digest of what is declared, secrets left out.
    fn digest(&self) -> String {
        let text = serde_json::to_string(&(&self.api_version, &self.body)).unwrap_or_default();
        blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
    }

    /// The values of its secrets, as they are and as its API encodes them.
    #[cfg(feature = "kube-client")]
    pub(super) fn secret_texts(&self) -> Vec<String> {
        use base64::Engine as _;
        let values = self.secrets.iter().flatten().filter_map(|(_, value)| value.reveal().ok());
        let mut all = vec![];
        for text in values.filter_map(Value::as_str) {
            let plain = base64::engine::general_purpose::STANDARD.decode(text).ok();
            all.extend(plain.filter(|_| self.is_secret()).and_then(|plain| String::from_utf8(plain).ok()));
            all.push(text.to_owned());
        }
        all.retain(|text| !text.is_empty());
        all
    }

    /// The object as far as it is known; secret values are left out.
    pub(in crate::kube) fn whole(&self) -> Value {
        let mut whole = self.declared();
        if let (Some(map), Some(status)) = (whole.as_object_mut(), &self.status) {
            map.insert("status".into(), status.clone());
        }
        whole
    }

    /// The object as a manifest has it; secret values are left out.
    fn declared(&self) -> Value {
        let mut whole = self.body.clone();
        if let Some(map) = whole.as_object_mut() {
            map.insert("apiVersion".into(), self.api_version.as_str().into());
            map.insert("kind".into(), self.kind.as_str().into());
            let metadata = map.entry("metadata").or_insert_with(|| Map::new().into());
            if let Some(metadata) = metadata.as_object_mut() {
                metadata.insert("name".into(), self.name.as_str().into());
                metadata
                    .extend(self.namespace.as_deref().map(|space| ("namespace".to_owned(), space.into())));
            }
        }
        whole
    }

    fn is_secret(&self) -> bool {
        self.kind == "Secret" && self.api_version == "v1"
    }

    fn put(&mut self, pointer: &str, value: Value) {
        if let Err(why) = pointer::set(&mut self.body, pointer, value) {
            self.wrong.push(("object.pointer", pointer.into(), why));
        }
        self.hide_values();
    }

    /// Takes the values of a `Secret` out of what is recorded. What comes from elsewhere is no secret: no output is.
    fn hide_values(&mut self) {
        if !self.is_secret() {
            return;
        }
        for field in ["data", "stringData"] {
            let Some(Value::Object(values)) = self.body.get_mut(field) else { continue };
            let known: Vec<String> =
                values.iter().filter(|(_, value)| value.is_string()).map(|(key, _)| key.clone()).collect();
            for key in known {
                let Some(Value::String(value)) = values.remove(&key) else { continue };
                let value = if field == "data" { same_base64(value) } else { encode_base64(&value) };
                let pointer = format!("/data/{}", pointer::escape(&key));
                self.secrets.get_or_insert_default().insert(pointer, Sensitive::new(value.into()));
            }
            if values.is_empty()
                && let Some(body) = self.body.as_object_mut()
            {
                body.remove(field);
            }
        }
        self.encode_results();
    }

    /// Writes results of other resources into `data`, since no server shows `stringData` again.
    fn encode_results(&mut self) {
        let Some(Value::Object(values)) = self.body.get_mut("stringData") else { return };
        let mut encoded = Map::new();
        values.retain(|key, value| {
            let Encoded::Expression(expr) = Encoded::of(value) else { return true };
            let call = Input::<Value>::Pending(Expr::Call("base64".into(), vec![expr]));
            encoded.insert(key.clone(), serde_json::to_value(call).unwrap_or_default());
            false
        });
        let rest = values.len();
        let Some(body) = self.body.as_object_mut() else { return };
        if rest == 0 {
            body.remove("stringData");
        }
        if !encoded.is_empty()
            && let Some(data) = body.entry("data").or_insert_with(|| Map::new().into()).as_object_mut()
        {
            data.extend(encoded);
        }
    }
}

/// The text that a server keeps of a value: it is compared by that.
fn same_base64(text: String) -> String {
    use base64::Engine as _;
    let base64 = &base64::engine::general_purpose::STANDARD;
    let compact: String = text.split_ascii_whitespace().collect();
    base64.decode(compact).map_or(text, |bytes| base64.encode(bytes))
}

pub(super) fn encode_base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
