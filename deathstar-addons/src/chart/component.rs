//! A chart, as it is declared.

use super::{ChartRefs, ChartSource, ChartValue, Helm, Stands, assemble, prepare, values};
use deathstar_core::{
    Diagnostic, Handle, Output, Scope, Sensitive,
    component::Component,
    kube::{FieldValue, Kubernetes, ObjectId},
    model::KubernetesVersion,
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A chart: what it renders becomes objects of the stack, each at an address of its own below the chart's.
///
/// Declaring it runs `helm` and waits for it: about a tenth of a second, or as long as it takes to fetch a chart that is not at hand.
/// See the [module](super) for its life.
#[derive(Clone, Debug)]
#[must_use]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct Chart {
    pub(super) helm: Helm,
    pub(super) kubernetes: KubernetesVersion,
    pub(super) release: String,
    pub(super) source: ChartSource,
    pub(super) namespace: String,
    pub(super) makes_namespace: bool,
    pub(super) definitions: bool,
    pub(super) values: Value,
    pub(super) shapes: BTreeMap<String, super::stand_in::Shape>,
    pub(super) stand_ins: BTreeMap<String, [Value; 2]>,
    pub(super) secrets: BTreeMap<String, Value>,
    pub(super) serves: Vec<(String, String, Stands)>,
    pub(super) ignored: Vec<(ObjectId, String)>,
    pub(super) pinned: Vec<(ObjectId, String, Pin)>,
    pub(super) told: Vec<(ObjectId, String)>,
    pub(super) left_out: BTreeSet<ObjectId>,
    pub(super) takes_over: bool,
    pub(super) reruns_hooks: bool,
    pub(super) after: Vec<Output<()>>,
    pub(super) wrong: Vec<Diagnostic>,
}

/// What a place is set to, whatever is rendered there.
#[derive(Clone, Debug)]
pub(super) enum Pin {
    Value(FieldValue),
    Sensitive(Sensitive<String>),
}

impl Chart {
    /// A chart for a cluster of this version of Kubernetes, under the name of a release.
    pub fn new(
        helm: &Helm,
        kubernetes: KubernetesVersion,
        release: impl Into<String>,
        source: ChartSource,
    ) -> Self {
        Self {
            helm: helm.clone(),
            kubernetes,
            release: release.into(),
            source,
            namespace: "default".into(),
            makes_namespace: false,
            definitions: true,
            values: Value::Object(Map::new()),
            shapes: BTreeMap::new(),
            stand_ins: BTreeMap::new(),
            secrets: BTreeMap::new(),
            serves: vec![],
            ignored: vec![],
            pinned: vec![],
            told: vec![],
            left_out: BTreeSet::new(),
            takes_over: false,
            reruns_hooks: false,
            after: vec![],
            wrong: vec![],
        }
    }

    /// The namespace of the release; `default` unless said otherwise. Objects that stand in a namespace and name none stand in it.
    pub fn within(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// Declares the namespace of the release too.
    pub fn create_namespace(mut self) -> Self {
        self.makes_namespace = true;
        self
    }

    /// Leaves the definitions of custom resources in `crds/` out: somebody else declares them.
    pub fn without_definitions(mut self) -> Self {
        self.definitions = false;
        self
    }

    /// Values of any type that can be encoded, over those that were given before: maps are joined, as Helm does it. What is `None`
    /// stays as it is. Fields of type [`Input`](deathstar_core::Input) may be known only later.
    pub fn values(mut self, values: impl Serialize) -> Self {
        match serde_json::to_value(values) {
            Ok(above) if above.is_object() => {
                for place in super::stand_in::secrets(&above) {
                    let why =
                        format!("`{place}` is not to be shown, and would stand in the values of the chart");
                    let fix = "set it with `Chart::set_sensitive`";
                    self.wrong.push(Diagnostic::new("chart.values", why).at(place).fix(fix));
                }
                values::lay_over(&mut self.values, values::without_nulls(above));
            }
            Ok(other) => {
                let why = format!("the values of a chart are a map, and this is `{other}`");
                self.wrong.push(Diagnostic::new("chart.values", why).fix("give a struct, or a map"));
            }
            Err(error) => {
                let why = format!("the values cannot be encoded: {error}");
                self.wrong.push(Diagnostic::new("chart.values", why).fix("give a struct, or a map"));
            }
        }
        self
    }

    /// Sets one value, also to what is known only after something else is made. `Value::Null` takes a default away. The path is a JSON pointer
    /// (`/serviceAccount/annotations/example.com~1role`), or as Helm's `--set` has it
    /// (`serviceAccount.annotations.example\.com/role`, `list[0].name`).
    pub fn set(mut self, path: &str, value: impl Into<ChartValue>) -> Self {
        let ChartValue { value, shape } = value.into();
        let set = value.and_then(|value| values::set(&mut self.values, path, value));
        match set {
            Ok(pointer) => _ = shape.map(|shape| self.shapes.insert(pointer, shape)),
            Err(why) => self.refuse_path(path, &why),
        }
        self
    }

    /// Sets one value that is shown and recorded nowhere: every place of an object that is made of it is hidden too.
    pub fn set_sensitive(mut self, path: &str, value: impl Into<Sensitive<String>>) -> Self {
        let value = value.into();
        let revealed = value.reveal().cloned().map_err(|error| error.to_string());
        let set = revealed.and_then(|value| {
            // Something else stands in the values that are recorded.
            let pointer = values::set(&mut self.values, path, Value::Null)?;
            Ok((pointer, value))
        });
        match set {
            Ok((pointer, value)) => _ = self.secrets.insert(pointer, value.into()),
            Err(why) => self.refuse_path(path, &why),
        }
        self
    }

    /// Two examples of a value that is known only later, for a chart that takes a certain form alone: a pattern in its schema, a
    /// part that it cuts off. They must differ, and be nothing that the chart would render without them.
    pub fn stand_in(mut self, path: &str, one: impl Into<Value>, other: impl Into<Value>) -> Self {
        let mut shape = Value::Null;
        match values::set(&mut shape, path, Value::Null) {
            Ok(pointer) => _ = self.stand_ins.insert(pointer, [one.into(), other.into()]),
            Err(why) => self.refuse_path(path, &why),
        }
        self
    }

    /// Says that the cluster serves a kind which neither its version has nor the stack defines, such as one that somebody else
    /// installs: charts ask for it (`.Capabilities.APIVersions`), and where its objects stand has to be known.
    pub fn serves(mut self, api_version: impl Into<String>, kind: impl Into<String>, stands: Stands) -> Self {
        self.serves.push((api_version.into(), kind.into(), stands));
        self
    }

    /// Writes a field when its object is made, and leaves it alone from then on: for what comes out anew with each rendering.
    /// `object` is named as in plans and findings, such as `ConfigMap/shop/web`; `pointer` is a JSON pointer.
    pub fn ignore(mut self, object: &str, pointer: impl Into<String>) -> Self {
        if let Some(id) = self.named(object) {
            self.ignored.push((id, pointer.into()));
        }
        self
    }

    /// Sets a field to this value, whatever the chart renders there.
    pub fn pin(mut self, object: &str, pointer: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        if let Some(id) = self.named(object) {
            self.pinned.push((id, pointer.into(), Pin::Value(value.into())));
        }
        self
    }

    /// Sets a field to a value that is shown and recorded nowhere, whatever the chart renders there: for a password in a `Secret`.
    /// It is given as it is, without Base64.
    pub fn pin_sensitive(
        mut self,
        object: &str,
        pointer: impl Into<String>,
        value: impl Into<Sensitive<String>>,
    ) -> Self {
        if let Some(id) = self.named(object) {
            self.pinned.push((id, pointer.into(), Pin::Sensitive(value.into())));
        }
        self
    }

    /// Leaves an object out that the chart renders.
    pub fn leave_out(mut self, object: &str) -> Self {
        if let Some(id) = self.named(object) {
            self.left_out.insert(id);
        }
        self
    }

    /// Makes the value at a pointer of an object an output; read it with
    /// [`Outputs::told`](deathstar_core::kube::Outputs::told) of [`ChartRefs::get`].
    pub fn tell(mut self, object: &str, pointer: impl Into<String>) -> Self {
        if let Some(id) = self.named(object) {
            self.told.push((id, pointer.into()));
        }
        self
    }

    /// Consents to take fields over from other managers: when a release of Helm becomes this chart.
    pub fn take_over(mut self) -> Self {
        self.takes_over = true;
        self
    }

    /// Runs the chart's hooks again whenever anything of the chart changes, as Helm does; else a hook runs when it is new, or has
    /// changed itself.
    pub fn rerun_hooks(mut self) -> Self {
        self.reruns_hooks = true;
        self
    }

    /// Makes all its objects wait for another resource.
    pub fn after<T>(mut self, other: &Handle<T>) -> Self {
        self.after.push(other.output("/id"));
        self
    }

    fn named(&mut self, object: &str) -> Option<ObjectId> {
        let parsed = object.parse();
        if let Err(error) = &parsed {
            let error: &deathstar_core::Error = error;
            let fix = error.advice().unwrap_or_default().to_owned();
            self.wrong.push(Diagnostic::new("chart.option", error.message().to_owned()).fix(fix));
        }
        parsed.ok()
    }

    fn refuse_path(&mut self, path: &str, why: &str) {
        let fix = "write it as `/a/b/0`, or as `a.b[0]`";
        self.wrong.push(Diagnostic::new("chart.values", format!("`{path}` cannot be set: {why}")).fix(fix));
    }
}

impl Component for Chart {
    type Provider = Kubernetes;
    type Refs = ChartRefs;

    fn declare(self, scope: &mut Scope<'_, Kubernetes>) -> ChartRefs {
        match prepare::prepare(&self, scope) {
            Ok(prepared) => assemble::assemble(&self, prepared, scope),
            Err(findings) => {
                for finding in findings {
                    scope.finding(finding);
                }
                ChartRefs::default()
            }
        }
    }
}
