//! A definition of a kind, and the check of its objects.

use super::{
    compile::Compiler,
    finding::{Checked, Finding},
    judge::{Verdict, judge},
    metadata::check_own,
    near,
    node::Node,
    path::Path,
    prepare::prepare,
    structure::Structure,
};
use crate::graph::is_mark;
use serde_json::{Map, Value};

/// The schemas of one `CustomResourceDefinition`, compiled once for all objects of its kind.
#[derive(Debug)]
pub struct Schemas {
    group: String,
    kind: String,
    plural: String,
    scope: Scope,
    versions: Vec<Version>,
}

/// Where objects of a kind stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In a namespace.
    Namespaced,
    /// In the cluster itself.
    Cluster,
}

/// Why a definition cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the definition cannot be read: `{path}` {why}")]
pub struct Unreadable {
    /// The place in the definition, as a JSON pointer.
    pub path: String,
    /// What is wrong there.
    pub why: String,
}

/// One version of a kind that is served.
#[derive(Debug)]
struct Version {
    name: String,
    schema: Node,
    /// Whether the status is written by a call of its own, which makes the server drop it from all others.
    has_status: bool,
    /// Where the replicas stand, for kinds that scale.
    replicas: Option<String>,
}

impl Unreadable {
    pub(super) fn new(path: impl Into<String>, why: impl Into<String>) -> Self {
        Self { path: path.into(), why: why.into() }
    }
}

fn text<'v>(value: &'v Value, path: &str) -> Result<&'v str, Unreadable> {
    value.pointer(path).and_then(Value::as_str).ok_or_else(|| Unreadable::new(path, "is no text"))
}

impl Schemas {
    /// Reads a `CustomResourceDefinition` (`apiextensions.k8s.io/v1`) and compiles the schemas of the versions that it serves.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] when it is no such definition, or has a schema that no server takes.
    pub fn of(definition: &Value) -> Result<Self, Unreadable> {
        for (path, expected) in
            [("/apiVersion", "apiextensions.k8s.io/v1"), ("/kind", "CustomResourceDefinition")]
        {
            if text(definition, path)? != expected {
                return Err(Unreadable::new(path, format!("is not `{expected}`")));
            }
        }
        let versions = definition.pointer("/spec/versions").and_then(Value::as_array);
        let versions = versions.ok_or_else(|| Unreadable::new("/spec/versions", "is no list"))?;
        let mut compiler = Compiler::default();
        let served = versions.iter().enumerate().filter(|(_, version)| version["served"] == true);
        Ok(Self {
            group: text(definition, "/spec/group")?.to_owned(),
            kind: text(definition, "/spec/names/kind")?.to_owned(),
            plural: text(definition, "/spec/names/plural")?.to_owned(),
            scope: match text(definition, "/spec/scope")? {
                "Namespaced" => Scope::Namespaced,
                "Cluster" => Scope::Cluster,
                _ => return Err(Unreadable::new("/spec/scope", "is neither `Namespaced` nor `Cluster`")),
            },
            versions: served
                .map(|(at, version)| Version::of(version, &format!("/spec/versions/{at}"), &mut compiler))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The group that the kind belongs to.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// The kind.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The name of the kind in paths.
    pub fn plural(&self) -> &str {
        &self.plural
    }

    /// Where objects of the kind stand.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The versions that are served, in the order of the definition.
    pub fn versions(&self) -> impl Iterator<Item = &str> {
        self.versions.iter().map(|version| version.name.as_str())
    }

    /// Whether an object is of this group and kind, in whatever version.
    pub fn describes(&self, object: &Value) -> bool {
        let group = object["apiVersion"].as_str().and_then(|version| version.split_once('/'));
        object["kind"] == *self.kind && group.is_some_and(|(group, _)| group == self.group)
    }

    /// Checks an object as a server would that has this definition, when it is created.
    ///
    /// Marks of values that are not known before apply, and of secrets, are skipped.
    pub fn check(&self, object: &Value) -> Checked {
        let mut checked = Checked::default();
        match (self.version(object), object.as_object()) {
            (Ok(version), Some(members)) => version.check(members, self.scope, &mut checked),
            (Err(finding), _) => checked.findings.push(finding),
            (Ok(_), None) => checked.findings.push(Finding::new(&Path::Root, "must be object")),
        }
        checked.findings.sort();
        checked.findings.dedup();
        checked.unchecked.sort();
        checked
    }

    fn version(&self, object: &Value) -> Result<&Version, Finding> {
        let path = Path::Root.member("kind");
        if object["kind"] != *self.kind {
            return Err(Finding::new(&path, format!("must be `{}`", self.kind)));
        }
        let path = Path::Root.member("apiVersion");
        let (group, name) =
            object["apiVersion"].as_str().and_then(|text| text.split_once('/')).unwrap_or_default();
        if group != self.group {
            return Err(Finding::new(&path, format!("must be of the group `{}`", self.group)));
        }
        self.versions.iter().find(|version| version.name == name).ok_or_else(|| {
            let served: Vec<_> = self.versions.iter().map(|version| format!("`{}`", version.name)).collect();
            let finding =
                Finding::new(&path, format!("`{name}` is not served; served are {}", served.join(", ")));
            match near::nearest(name, self.versions()) {
                Some(nearest) => finding.fix(format!("did you mean `{group}/{nearest}`?")),
                None => finding,
            }
        })
    }
}

impl Version {
    fn of(version: &Value, path: &str, compiler: &mut Compiler) -> Result<Self, Unreadable> {
        let name =
            version["name"].as_str().ok_or_else(|| Unreadable::new(format!("{path}/name"), "is no text"))?;
        let at = format!("{path}/schema/openAPIV3Schema");
        let schema = version.pointer("/schema/openAPIV3Schema");
        let schema = schema.ok_or_else(|| Unreadable::new(at.clone(), "is required"))?;
        let replicas = version.pointer("/subresources/scale/specReplicasPath").and_then(Value::as_str);
        Ok(Self {
            name: name.to_owned(),
            schema: compiler.compile(schema, at)?,
            has_status: version.pointer("/subresources/status").is_some(),
            replicas: replicas.map(|path| path.replace('.', "/")),
        })
    }

    fn check(&self, members: &Map<String, Value>, scope: Scope, out: &mut Checked) {
        check_own(members, scope, &mut out.findings);
        let mut object = Value::Object(members.clone());
        out.findings.extend(prepare(&mut object, &self.schema));
        if let (true, Value::Object(members)) = (self.has_status, &mut object) {
            members.remove("status");
        }
        let mut verdict = Verdict::default();
        judge(&self.schema, &object, &Path::Root, &mut verdict);
        out.findings.extend(verdict.findings);
        self.check_replicas(&object, out);
        let mut structure = Structure::default();
        structure.walk(&self.schema, &object, &Path::Root);
        out.findings.extend(structure.findings);
        out.unchecked.extend(structure.unchecked);
    }

    /// The server reads a kind's replicas for its scale.
    fn check_replicas(&self, object: &Value, out: &mut Checked) {
        let Some(path) = &self.replicas else { return };
        let Some(replicas) = object.pointer(path).filter(|replicas| !is_mark(replicas)) else { return };
        let fits = replicas.as_i64().is_some_and(|count| (0..=i64::from(i32::MAX)).contains(&count));
        if !fits && !replicas.is_null() {
            let reason = format!("must be a whole number from 0 to {}, and is {replicas}", i32::MAX);
            out.findings.push(Finding { path: path.clone(), reason, fix: None });
        }
    }
}
