//! From a declared chart to what is to be declared of it: reading, rendering and checking, without touching the stack.

use super::{
    Chart, Stands,
    document::Document,
    files::ChartFiles,
    hook::{Hook, Turn},
    known,
    question::{ChartRendering, digests},
    rendering::{Inputs, Leaf, Place, Rendering, is_among, render},
    served::{self, Served},
    stand_in::{self, Shape},
    values,
};
use deathstar_core::{
    Diagnostic, Input, Scope,
    kube::{Kubernetes, Object, ObjectId, schema::nearest},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One object that is to be declared.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// What names it in the cluster.
    pub(super) id: ObjectId,
    /// The object as it is rendered.
    pub(super) document: Document,
    /// What it says of itself as a hook.
    pub(super) hook: Option<Hook>,
    /// Whether it is a definition out of `crds/`.
    pub(super) is_definition: bool,
}

impl Part {
    /// The object with the namespace that it stands in.
    pub(super) fn manifest(&self) -> Value {
        let mut manifest = self.document.manifest.clone();
        if let Some(metadata) = manifest.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("namespace");
            metadata.extend(self.id.namespace.as_deref().map(|name| ("namespace".to_owned(), name.into())));
        }
        manifest
    }
}

/// What is to be declared.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) parts: Vec<Part>,
    pub(super) rendering: Rendering,
    /// What has to be asked before any object is touched.
    pub(super) question: Option<ChartRendering>,
    pub(super) remarks: Vec<String>,
}

/// Reads, renders and checks.
///
/// # Errors
/// All findings at once, as far as one step lets the next one begin.
pub(super) fn prepare(chart: &Chart, scope: &Scope<'_, Kubernetes>) -> Result<Prepared, Vec<Diagnostic>> {
    if !chart.wrong.is_empty() {
        return Err(chart.wrong.clone());
    }
    let one = |finding: Diagnostic| vec![finding];
    chart.helm.check().map_err(one)?;
    let located = chart.source.locate(&chart.helm).map_err(one)?;
    let (name, version) = (chart.source.name(), chart.source.version());
    chart.helm.lock().check(&name, version, &located.digest).map_err(one)?;
    let inputs = inputs(chart, &located.files)?;
    let mut served = served(chart, &located.files, scope);
    let mut question = ChartRendering {
        source: chart.source.clone(),
        digest: located.digest,
        release: chart.release.clone(),
        namespace: chart.namespace.clone(),
        kubernetes: chart.kubernetes,
        serves: served.names().cloned().collect(),
        definitions: chart.definitions,
        values: inputs.values.clone(),
        objects: BTreeMap::new(),
        apart: BTreeMap::new(),
        planned: BTreeMap::new(),
        told: BTreeMap::new(),
    };
    let rendering = render(&chart.helm, &question.request(located.path), &inputs, |id, pointer| {
        is_settled(chart, id, pointer)
    })?;
    rendering.documents.iter().for_each(|document| served.define_by(&document.manifest));
    let mut remarks = remarks(&inputs, &located.files, &rendering);
    let parts = parts(chart, &rendering, &served, &mut remarks)?;
    check_options(chart, &parts)?;
    let asks = !inputs.unknowns.is_empty();
    if asks {
        fill(&mut question, chart, &rendering);
    }
    Ok(Prepared { parts, rendering, question: asks.then_some(question), remarks })
}

/// The values, with what stands in for those that are not known or not to be shown.
fn inputs(chart: &Chart, files: &ChartFiles) -> Result<Inputs, Vec<Diagnostic>> {
    let mut all = chart.values.clone();
    for pointer in chart.secrets.keys() {
        let chosen = chart.stand_ins.get(pointer).cloned();
        let [stand_in, _] = chosen.unwrap_or_else(|| stand_in::stand_ins(pointer, Shape::Text));
        put(&mut all, pointer, stand_in);
    }
    let defaults = files.defaults();
    let shape = |place: &str| {
        let of_default = || match defaults.pointer(place)? {
            Value::String(_) => Some(Shape::Text),
            Value::Number(_) => Some(Shape::Number),
            Value::Bool(_) => Some(Shape::Truth),
            _ => None,
        };
        chart.shapes.get(place).copied().or_else(of_default)
    };
    let unknowns = stand_in::unknowns(&all, shape, &chart.stand_ins);
    let undecided = unknowns.iter().filter(|one| {
        one.shape == Some(Shape::Truth) && !one.paths.iter().any(|path| chart.stand_ins.contains_key(path))
    });
    let findings: Vec<_> = undecided
        .map(|one| {
            let why = format!("{} is true or false, and decides what the chart renders", one.name());
            let fix = "set it to what is known while declaring; or give both with `Chart::stand_in`, where it decides no structure";
            Diagnostic::new("chart.structure", why).at(one.paths.concat()).fix(fix)
        })
        .collect();
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Inputs { values: all, unknowns, secrets: chart.secrets.clone() })
}

/// What the cluster serves beside what its version has: what the stack defines so far, what the chart brings, and what is said.
fn served(chart: &Chart, files: &ChartFiles, scope: &Scope<'_, Kubernetes>) -> Served {
    let mut served = Served::default();
    for (_, object) in scope.declared::<Object>() {
        if object.id().kind == "CustomResourceDefinition" {
            let at = |pointer: &str| object.field(pointer).unwrap_or(&Value::Null);
            served.define(at("/spec/group"), at("/spec/names/kind"), at("/spec/scope"), at("/spec/versions"));
        }
    }
    if chart.definitions {
        files.definitions().iter().for_each(|definition| served.define_by(definition));
    }
    for (api_version, kind, stands) in &chart.serves {
        served.add(api_version, kind, *stands);
    }
    served
}

/// Whether an object, as it is rendered, is meant by a name.
pub(super) fn is_meant(chart: &Chart, name: &ObjectId, rendered: &ObjectId) -> bool {
    let within = || {
        let namespace = rendered.namespace.as_ref().or(Some(&chart.namespace));
        ObjectId { namespace: namespace.cloned(), ..rendered.clone() }
    };
    name == rendered || *name == within() || *name == ObjectId { namespace: None, ..rendered.clone() }
}

/// Whether a place is not the chart's business any more.
fn is_settled(chart: &Chart, id: &ObjectId, pointer: &str) -> bool {
    let meant = |name: &ObjectId| is_meant(chart, name, id);
    let ignored = chart.ignored.iter().map(|(name, place)| (name, place));
    let mut places = ignored.chain(chart.pinned.iter().map(|(name, place, _)| (name, place)));
    chart.left_out.iter().any(meant)
        || places.any(|(name, place)| meant(name) && is_among(&[(id.clone(), place.clone())], id, pointer))
}

fn remarks(inputs: &Inputs, files: &ChartFiles, rendering: &Rendering) -> Vec<String> {
    let mut remarks = rendering.warnings.clone();
    for unread in known::unread(&inputs.values, files) {
        let meant = unread.meant.map(|key| format!(" (did you mean `{key}`?)")).unwrap_or_default();
        remarks.push(format!("the chart has no value `{}` by default{meant}", unread.pointer));
    }
    let asks = |(path, text): (String, String)| text.contains(".Release.IsUpgrade").then_some(path);
    let asking: Vec<_> = files.templates().into_iter().filter_map(asks).collect();
    if !asking.is_empty() {
        remarks.push(format!(
            "`{}` asks whether the release is upgraded: charts are rendered as for a new one",
            asking.join("`, `")
        ));
    }
    remarks
}

fn parts(
    chart: &Chart,
    rendering: &Rendering,
    served: &Served,
    remarks: &mut Vec<String>,
) -> Result<Vec<Part>, Vec<Diagnostic>> {
    let (mut parts, mut findings) = (vec![], vec![]);
    let mut seen: BTreeMap<ObjectId, String> = BTreeMap::new();
    let mut never: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for document in &rendering.documents {
        let rendered = &document.id;
        if chart.left_out.iter().any(|name| is_meant(chart, name, rendered)) {
            continue;
        }
        let hook = Hook::of(&document.manifest);
        if let Some(Turn::Never(why)) = hook.as_ref().map(|hook| hook.turn) {
            never.entry(why).or_default().push(rendered.to_string());
            continue;
        }
        let api_version = document.manifest.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
        let from = |finding: Diagnostic| {
            let why = format!("`{}` of `{}`: {}", rendered, document.template, finding.why);
            Diagnostic { why, ..finding }
        };
        findings.extend(served::refused(chart.kubernetes, api_version, rendered).map(from));
        let namespace = match (served.stands(rendered), &rendered.namespace) {
            (Some(Stands::InCluster), _) => None,
            (_, Some(named)) => Some(named.clone()),
            (Some(Stands::Namespaced), None) => Some(chart.namespace.clone()),
            (None, None) => {
                let why =
                    "whether it stands in a namespace is not known: nothing in the stack defines its kind";
                let fix = format!(
                    "declare its definition before the chart, or say it with `Chart::serves(\"{api_version}\", \"{}\", ..)`",
                    rendered.kind
                );
                findings.push(from(Diagnostic::new("chart.kind", why).fix(fix)));
                None
            }
        };
        let id = ObjectId { namespace, ..rendered.clone() };
        if let Some(other) = seen.insert(id.clone(), document.template.clone()) {
            let why = format!("`{id}` is rendered twice: by `{other}` and by `{}`", document.template);
            let fix = "leave one of them out by the chart's values";
            findings.push(Diagnostic::new("chart.duplicate", why).fix(fix));
        }
        let is_definition =
            rendered.kind == "CustomResourceDefinition" && document.template.contains("/crds/");
        parts.push(Part { id, document: document.clone(), hook, is_definition });
    }
    for (why, names) in never {
        remarks.push(format!("{}: `{}`", why.why(), names.join("`, `")));
    }
    if findings.is_empty() { Ok(parts) } else { Err(findings) }
}

/// What the options name has to be there.
fn check_options(chart: &Chart, parts: &[Part]) -> Result<(), Vec<Diagnostic>> {
    let names: Vec<String> = parts.iter().map(|part| part.id.to_string()).collect();
    let ignored = chart.ignored.iter().map(|(name, _)| name);
    let pinned = chart.pinned.iter().map(|(name, ..)| name);
    let told = chart.told.iter().map(|(name, _)| name);
    let missing = ignored.chain(pinned).chain(told).collect::<BTreeSet<_>>().into_iter();
    let missing = missing.filter(|name| !parts.iter().any(|part| is_meant(chart, name, &part.document.id)));
    let mut findings: Vec<_> = missing
        .map(|name| {
            let name = name.to_string();
            let meant = nearest(&name, names.iter().map(String::as_str));
            let meant = meant.map(|meant| format!(" (did you mean `{meant}`?)")).unwrap_or_default();
            let why = format!("`{name}` is no object of this chart{meant}");
            Diagnostic::new("chart.option", why)
                .fix("name it as the plan does, such as `Deployment.apps/shop/web`")
        })
        .collect();
    let hidden = chart.ignored.iter().filter(|(name, place)| {
        name.kind == "Secret"
            && name.group.is_empty()
            && (place.starts_with("/data") || place.starts_with("/stringData"))
    });
    findings.extend(hidden.map(|(name, place)| {
        let why = format!(
            "`{place}` of `{name}` cannot be left as it was first made: values of secrets are never read"
        );
        let fix =
            "give it a value with `Chart::pin_sensitive`, or leave the secret out with `Chart::leave_out`";
        Diagnostic::new("chart.option", why).fix(fix)
    }));
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// Adds what was planned to the question.
fn fill(question: &mut ChartRendering, chart: &Chart, rendering: &Rendering) {
    let mut apart = |(id, pointer): Place| {
        question.apart.entry(id.to_string()).or_default().insert(pointer);
    };
    rendering.unknown.keys().chain(rendering.secret.keys()).cloned().for_each(&mut apart);
    for document in &rendering.documents {
        let rendered = &document.id;
        let ignored = chart.ignored.iter().map(|(name, place)| (name, place));
        let pinned = chart.pinned.iter().map(|(name, place, _)| (name, place));
        for (name, place) in ignored.chain(pinned) {
            if is_meant(chart, name, rendered) {
                apart((rendered.clone(), place.clone()));
            }
        }
        if chart.left_out.iter().any(|name| is_meant(chart, name, rendered)) {
            apart((rendered.clone(), String::new()));
        }
    }
    question.objects = digests(&rendering.documents, &question.apart);
    for ((id, pointer), leaf) in &rendering.unknown {
        let id = id.to_string();
        match leaf {
            Leaf::Holds(expr) => {
                let planned = Input::Pending(expr.clone());
                question.planned.entry(id).or_default().insert(pointer.clone(), planned);
            }
            Leaf::Made => _ = question.told.entry(id).or_default().insert(pointer.clone()),
        }
    }
}

/// The manifest with another value in one place.
pub(super) fn put(manifest: &mut Value, pointer: &str, value: Value) {
    match manifest.pointer_mut(pointer) {
        Some(place) => *place = value,
        // Only below a scalar it cannot be made, and there is none: the place was seen before.
        None => _ = values::set(manifest, pointer, value),
    }
}
