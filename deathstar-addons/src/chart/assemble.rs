//! From what a chart renders to resources of the stack, in their order.

use super::{
    Chart, ChartRefs,
    component::Pin,
    files,
    hook::{self, Turn},
    prepare::{Part, Prepared, is_meant, put},
    question::{Here, digests, place},
    rendering::{Leaf, Rendering},
};
use deathstar_core::{
    Handle, Input, Output, Scope, Sensitive,
    component::{Gate, ResourceExt as _},
    kube::{
        Kubernetes, Object, ObjectId,
        order::{Rank, Why, arrange},
    },
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Where an object stands in the order: what stands before has to be there first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Definitions,
    /// What a hook needs that runs before the rest.
    Ahead,
    Before(i64, Rank),
    With,
    After(i64, Rank),
}

impl Stage {
    fn of(part: &Part, is_needed: bool) -> Self {
        match &part.hook {
            Some(hook) => {
                let (weight, rank) = hook.place(&part.id.group, &part.id.kind);
                if hook.turn == Turn::Before { Self::Before(weight, rank) } else { Self::After(weight, rank) }
            }
            None if part.is_definition => Self::Definitions,
            None if is_needed => Self::Ahead,
            None => Self::With,
        }
    }

    /// Whether all of the stage before has to be there. Where no hook is between them, the meaning of objects says what waits for
    /// what.
    fn waits(self) -> bool {
        self != Self::Ahead
    }
}

/// Which objects of the chart a hook needs that runs before the rest: a hook for upgrades alone finds them in the cluster when Helm
/// runs it, and what such a hook names cannot wait for it.
fn needed(parts: &[Part]) -> BTreeSet<usize> {
    let manifests: Vec<Value> = parts.iter().map(Part::manifest).collect();
    // A circle is told with those of the whole stack.
    let edges = arrange(&manifests).map(|arranged| arranged.edges).unwrap_or_default();
    let hook = |index: usize| {
        let hook = parts.get(index).and_then(|part| part.hook.as_ref());
        hook.filter(|hook| hook.turn == Turn::Before)
    };
    let mut needed = BTreeSet::new();
    let mut left: Vec<usize> = (0..parts.len()).filter(|index| hook(*index).is_some()).collect();
    while let Some(from) = left.pop() {
        let by_meaning = hook(from).is_none_or(|hook| hook.only_upgrades);
        for edge in edges.iter().filter(|edge| edge.from == from) {
            let counts = matches!(edge.why, Why::Named(_)) || by_meaning && edge.why == Why::Meaning;
            if counts && needed.insert(edge.to) {
                left.push(edge.to);
            }
        }
    }
    needed
}

/// Declares what was prepared.
pub(super) fn assemble(chart: &Chart, prepared: Prepared, scope: &mut Scope<'_, Kubernetes>) -> ChartRefs {
    prepared.remarks.iter().for_each(|remark| scope.remark(remark));
    let release = release(&prepared.rendering);
    let rendered = prepared.question.map(|question| {
        let here = scope.connect("helm", Here {});
        scope.add_on(&here, "rendering", Gate(question))
    });
    let mut refs = ChartRefs::default();
    let namespace = namespace(chart, &prepared.parts, scope);
    let mut stages: BTreeMap<Stage, Vec<Part>> = BTreeMap::new();
    let needed = needed(&prepared.parts);
    for (index, part) in prepared.parts.into_iter().enumerate() {
        stages.entry(Stage::of(&part, needed.contains(&index))).or_default().push(part);
    }
    let has_hooks = stages.keys().any(|stage| matches!(stage, Stage::Before(..) | Stage::After(..)));
    let mut before: Vec<Handle<Object>> = vec![];
    for (stage, parts) in stages {
        let waits = has_hooks && stage.waits();
        let mut here = if waits { vec![] } else { before.clone() };
        for part in parts {
            say(chart, &part, scope);
            let mut object = object(chart, &part, &prepared.rendering, rendered.as_ref(), &release).with();
            for (name, pointer) in &chart.ignored {
                if is_meant(chart, name, &part.document.id) {
                    object = object.ignore(format!("/body{pointer}"));
                }
            }
            if hook::is_kept(&part.document.manifest) {
                object = object.retain();
            }
            for output in rendered.as_ref().map(as_any).iter().chain(&chart.after) {
                object = object.after_output(output);
            }
            for other in namespace.iter().chain(before.iter().filter(|_| waits)) {
                object = object.after(other);
            }
            let handle = scope.add(part.id.segments(), object);
            here.push(handle.clone());
            refs.objects.insert(part.id, handle);
        }
        before = here;
    }
    if let Some(namespace) = namespace {
        refs.objects.insert(namespace_of(chart).id(), namespace);
    }
    refs
}

fn as_any<T>(output: &Output<T>) -> Output<()> {
    Output::from_expr(output.expr().clone())
}

fn namespace_of(chart: &Chart) -> Object {
    let metadata = json!({"name": chart.namespace});
    Object::from_value(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}))
}

/// The namespace of the release, where it is asked for and the chart does not bring it itself.
fn namespace(chart: &Chart, parts: &[Part], scope: &mut Scope<'_, Kubernetes>) -> Option<Handle<Object>> {
    let object = namespace_of(chart);
    let id = object.id();
    if !chart.makes_namespace || parts.iter().any(|part| part.id == id) {
        return None;
    }
    let mut object = object.with();
    for output in &chart.after {
        object = object.after_output(output);
    }
    Some(scope.add(id.segments(), object))
}

/// Tells what is done otherwise than by Helm.
fn say(chart: &Chart, part: &Part, scope: &mut Scope<'_, Kubernetes>) {
    let Some(hook) = &part.hook else { return };
    let id = &part.id;
    if hook.only_upgrades {
        scope.remark(format!(
            "the hook `{id}` is for upgrades alone: it runs when it is first made too; `Chart::leave_out` leaves it out"
        ));
    }
    if hook.deleted_after && matches!(id.kind.as_str(), "Job" | "Pod") {
        let until = if chart.reruns_hooks { "the chart" } else { "it" };
        scope.remark(format!(
            "the hook `{id}` stays when it has ended, as the record that it ran, until {until} changes"
        ));
    }
}

fn object(
    chart: &Chart,
    part: &Part,
    rendering: &Rendering,
    rendered: Option<&Output<BTreeMap<String, BTreeMap<String, Value>>>>,
    release: &str,
) -> Object {
    let mut manifest = part.manifest();
    let raw = &part.document.id;
    for ((_, pointer), leaf) in rendering.unknown.iter().filter(|((id, _), _)| id == raw) {
        let expr = match (leaf, rendered) {
            (Leaf::Holds(expr), _) => expr.clone(),
            (Leaf::Made, Some(rendered)) => rendered.expr().clone().below(&place(raw, pointer)),
            (Leaf::Made, None) => continue,
        };
        let value = serde_json::to_value(Input::<Value>::Pending(expr)).unwrap_or_default();
        put(&mut manifest, pointer, value);
    }
    if part.hook.is_some() {
        hook::keep_record(&mut manifest);
        if chart.reruns_hooks {
            mark(&mut manifest, release);
        }
    }
    let is_secret = raw.kind == "Secret" && raw.group.is_empty();
    let hidden: Vec<_> = rendering.secret.iter().filter(|((id, _), _)| id == raw && !is_secret).collect();
    for ((_, pointer), _) in &hidden {
        put(&mut manifest, pointer, Value::Null);
    }
    let mut object = Object::from_value(manifest);
    for ((_, pointer), value) in hidden {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        object = object.set_sensitive(pointer, Sensitive::new(text));
    }
    let is_it = |name: &ObjectId| is_meant(chart, name, raw);
    for (_, pointer, pin) in chart.pinned.iter().filter(|(name, ..)| is_it(name)) {
        object = match pin {
            Pin::Value(value) => object.set(pointer, value.clone()),
            Pin::Sensitive(value) => object.set_sensitive(pointer, value.clone()),
        };
    }
    for (_, pointer) in chart.told.iter().filter(|(name, _)| is_it(name)) {
        object = object.tell(pointer);
    }
    if chart.takes_over { object.take_over() } else { object }
}

/// A digest of all that is rendered, but for what is not to be shown.
fn release(rendering: &Rendering) -> String {
    let mut apart: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, pointer) in rendering.secret.keys() {
        apart.entry(id.to_string()).or_default().insert(pointer.clone());
    }
    let all = digests(&rendering.documents, &apart);
    files::digest(all.into_iter().map(|(id, digest)| id + &digest).collect::<String>().as_bytes())
}

/// Writes into a job what the whole chart is: with anything in it, the job changes, and is run again.
fn mark(manifest: &mut Value, release: &str) {
    if manifest.get("kind").is_some_and(|kind| kind == "Job") {
        let pointer = "/spec/template/metadata/annotations/deathstar.dev~1chart";
        put(manifest, pointer, Value::from(release));
    }
}
