//! What the engine has to know about objects.

use super::{Object, ObjectId, difference, fields, foresight, permission, pointer};
use crate::{
    Diagnostic, Fields, Handle, Identity, Key, Need, Output, Repair, Resource, Verdict,
    driver::{Foresight, Standing},
    fields,
    kind::{Part, overlap},
    kube::{
        Kubernetes,
        immutable::{self, Change},
        object::group_of,
        order::{self, Edge, Why},
    },
    model::KubernetesVersion,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeMap};

/// What is known of an object once it is made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ObjectOutputs {
    /// The id that no other object ever has, even one of the same name.
    pub uid: String,
    /// What its declaration wants told, by pointer.
    #[serde(default)]
    pub told: BTreeMap<String, Value>,
}

/// What a declared object tells once it is made.
pub trait Outputs {
    /// The id that no other object ever has, even one of the same name.
    fn uid(&self) -> Output<String>;
    /// The value at a pointer that the declaration names ([`Object::tell`]); its type is the caller's word.
    fn told<T>(&self, pointer: &str) -> Output<T>;
}

impl Outputs for Handle<Object> {
    fn uid(&self) -> Output<String> {
        self.output("/outputs/uid")
    }

    fn told<T>(&self, pointer: &str) -> Output<T> {
        self.output(&format!("/outputs/told/{}", pointer::escape(pointer)))
    }
}

/// A newer version of the same group shows the same object; another group is another object.
fn version(prior: &Object, want: &Object) -> Verdict {
    if group_of(&prior.api_version) == group_of(&want.api_version) {
        Verdict::Update
    } else {
        Verdict::Replace
    }
}

/// What a change takes.
fn change(prior: &Object, want: &Object) -> immutable::Verdict {
    let (prior, want) = (prior.whole(), want.whole());
    // What is seen of it is what is declared, and what is ours and is declared no more.
    Change::new(&prior, &want, NEWEST).applied(&prior).verdict()
}

/// What can be changed in place; what cannot makes another object.
fn body(prior: &Object, want: &Object) -> Verdict {
    match change(prior, want) {
        immutable::Verdict::Update => Verdict::Update,
        immutable::Verdict::Replace(_) => Verdict::Replace,
        immutable::Verdict::Refuse { why, .. } => Verdict::Refuse(why.into()),
    }
}

/// The values of a secret that is immutable are fixed.
fn secrets(prior: &Object, _: &Object) -> Verdict {
    if prior.body.get("immutable") == Some(&Value::Bool(true)) { Verdict::Replace } else { Verdict::Update }
}

/// The server's minor is not known here. What an older one fixes in addition, its dry run tells.
const NEWEST: KubernetesVersion = KubernetesVersion::new(u16::MAX);

impl Resource for Object {
    type Provider = Kubernetes;
    type Id = ObjectId;
    type Outputs = ObjectOutputs;

    const FAMILY: &'static str = "kubernetes.object";
    const REPAIR: Repair = Repair::Update;
    const REHEARSED: bool = true;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Lists and reads are of the latest state (no `resourceVersion` is asked for).
    const CONSISTENT: bool = true;
    const EXCLUSIVE: bool = true;
    /// What names it looks it up when it needs it.
    const HELD: bool = false;
    const ARRANGED: bool = true;
    const FIELDS: Fields<Self> = fields!(Object {
        api_version: By(version),
        kind: Replace,
        namespace: Replace,
        name: Replace,
        body: By(body),
        secrets: By(secrets),
        told: Update,
        ready: Update,
        take_over: WriteOnly,
        adopt: WriteOnly,
        written: Update,
        status: Update,
        applied: Update,
        wrong: Update,
    });

    fn kind(&self) -> Cow<'static, str> {
        self.kind.clone().into()
    }

    fn key(&self) -> Option<Key> {
        Some(Key::of(self.id()))
    }

    fn arrange(all: &[&Self], given: &[(usize, usize)]) -> Result<Vec<Need>, Diagnostic> {
        let objects: Vec<Value> = all.iter().map(|object| object.whole()).collect();
        let arrangement = order::arrange_with(&objects, given).map_err(|cycle| {
            Diagnostic::new("object.cycle", cycle.to_string()).fix("take one of these references away")
        })?;
        let need = |edge: Edge| {
            let within =
                matches!(&edge.why, Why::Named(path) if path == "/metadata/namespace" || path == "/kind");
            Need { from: edge.from, to: edge.to, within }
        };
        Ok(arrangement.edges.into_iter().map(need).collect())
    }

    fn adopts(&self) -> bool {
        self.adopt == Some(true)
    }

    fn managed(&self, mut seen: Self) -> Self {
        let Some(written) = &seen.written else { return seen };
        let applied = match &seen.applied {
            None => fields::Applied::Never,
            Some(applied) if *applied == self.digest() => fields::Applied::Same,
            Some(_) => fields::Applied::Other,
        };
        let owners = fields::Owners::of(written);
        let mut body = fields::managed(&self.body, &seen.body, &owners, applied);
        for at in self.secrets.iter().flatten().map(|(at, _)| at) {
            pointer::remove(&mut body, at);
            let (parent, _) = at.rsplit_once('/').unwrap_or_default();
            let is_empty =
                body.pointer(parent).and_then(Value::as_object).is_some_and(serde_json::Map::is_empty);
            if is_empty && self.body.pointer(parent).is_none() {
                pointer::remove(&mut body, parent);
            }
        }
        if applied == fields::Applied::Same {
            self.recall(&mut body, &owners);
        }
        seen.body = body;
        let mut secrets = seen.secrets.take().unwrap_or_default();
        secrets.retain(|at, _| self.secrets.as_ref().is_some_and(|all| all.contains_key(at)));
        seen.secrets = (!secrets.is_empty()).then_some(secrets);
        seen
    }

    fn parts(&self, seen: &Self, field: &'static str) -> Vec<Part> {
        let mut parts = difference::parts(self, seen, field);
        if field == "body"
            && !parts.is_empty()
            && let immutable::Verdict::Replace(fixed) = change(seen, self)
        {
            let fixed: Vec<String> = fixed.iter().map(|at| difference::place(at)).collect();
            for part in &mut parts {
                part.replaces = fixed.iter().any(|fixed| overlap(fixed, &part.path));
            }
        }
        parts
    }

    fn foresee(steps: &[&Self], beside: &[(&Self, Standing)]) -> Vec<Foresight> {
        foresight::foresee(steps, beside)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        findings(self)
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::permissions(call)
    }

    fn simulate(&self, serial: u64) -> (ObjectId, ObjectOutputs) {
        let told = self.told.iter().flatten();
        let told = told.map(|at| (at.clone(), Value::from(format!("{}-{serial}", self.name)))).collect();
        (self.id(), ObjectOutputs { uid: format!("00000000-0000-4000-8000-{serial:012x}"), told })
    }
}

impl Object {
    /// Writes into a `Secret` as seen the results of other resources that we have applied: the server shows no values, and those that
    /// nobody has written since are what they were.
    fn recall(&self, body: &mut Value, owners: &fields::Owners<'_>) {
        let declared = self.body.get("data").and_then(Value::as_object).filter(|_| self.is_secret());
        let Some(seen) = body.get_mut("data").and_then(Value::as_object_mut) else { return };
        for (key, value) in declared.into_iter().flatten() {
            if let Some(place) = seen.get_mut(key).filter(|_| owners.field("data").field(key).is_ours()) {
                place.clone_from(value);
            }
        }
    }
}

fn findings(object: &Object) -> Vec<Diagnostic> {
    let mut all = vec![];
    for (code, at, why) in &object.wrong {
        all.push(Diagnostic::new(*code, why.clone()).at(at.clone()));
    }
    for at in object.told.iter().flatten() {
        let is_value = object.is_secret() && (at.starts_with("/data/") || at == "/data");
        let is_declared = object.secrets.iter().flatten().any(|(secret, _)| {
            secret == at || secret.starts_with(&format!("{at}/")) || at.starts_with(&format!("{secret}/"))
        });
        if is_value || is_declared {
            let why = format!("`{at}` is secret, and no output is: outputs are recorded");
            let fix = "hand the value to whoever needs it where it comes from";
            all.push(Diagnostic::new("object.secret", why).at(at.clone()).fix(fix));
        }
    }
    for (value, what, fix) in [
        (&object.api_version, "apiVersion", "write it into the manifest, such as `v1` or `apps/v1`"),
        (&object.kind, "kind", "write it into the manifest, such as `ConfigMap`"),
        (
            &object.name,
            "metadata.name",
            "name it with `Object::named`; a name that the server would choose cannot be found again",
        ),
    ] {
        if value.is_empty() {
            let why = format!("the object has no `{what}`");
            all.push(
                Diagnostic::new("object.incomplete", why).at(format!("/{}", what.replace('.', "/"))).fix(fix),
            );
        }
    }
    for name in [Some(&object.name), object.namespace.as_ref()].into_iter().flatten() {
        if name.contains(['/', '%']) || [".", ".."].contains(&name.as_str()) {
            all.push(Diagnostic::new("object.name", format!("`{name}` is no name of an object")));
        }
    }
    all
}
