//! What one declared node asks for, given what its inputs will be.

use super::{
    FactSight, Mode, Request,
    outlook::{Decision, Existing, Life, Outlook},
    replace::Drag,
    resolve::{Values, fragment, resolve},
};
use crate::{
    Error, Raw, Result,
    driver::{Catalogue, tags},
    erase::{Change, Role, Weight},
    graph::{Address, Node, ProviderNode, Reference, pending, references},
};
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeSet};

/// What the nodes before this one will be.
#[derive(Clone, Copy)]
pub(super) struct View<'v, 'a> {
    pub(super) request: &'v Request<'a>,
    pub(super) existing: &'v [Existing<'a>],
    pub(super) outlooks: &'v [Option<Outlook>],
    /// Nodes that stay as they are in this pass: somebody has to catch up with them first.
    pub(super) waiting: &'v BTreeSet<u32>,
}

impl View<'_, '_> {
    fn outlook(&self, reference: &Reference) -> Option<&Outlook> {
        let index = self.request.desired.stack.index.get(&reference.at)?;
        self.outlooks.get(*index as usize)?.as_ref()
    }

    /// The spec of an object that stays as it is in this pass.
    fn waiting_spec(&self, reference: &Reference) -> Option<&Raw> {
        let index = self.request.desired.stack.index.get(&reference.at)?;
        let existing = self.outlook(reference)?.existing?;
        self.waiting.contains(index).then(|| &self.existing[existing as usize].spec)
    }

    /// Whether the value behind a reference is certain to change.
    fn certain(&self, reference: &Reference) -> bool {
        let unfinished = |outlook: &Outlook| {
            outlook.existing.is_some_and(|at| self.existing[at as usize].life == Life::Creating)
        };
        self.outlook(reference).is_some_and(|outlook| match outlook.decision {
            Decision::Create => true,
            // Whoever knows an older object's id will see another one.
            _ if unfinished(outlook) => &*reference.path == "/id",
            Decision::Replace => !outlook.conditional && &*reference.path == "/id",
            Decision::Stay | Decision::Record | Decision::Update | Decision::Import | Decision::Ask => false,
        })
    }
}

impl Values for View<'_, '_> {
    fn value(&self, reference: &Reference) -> Option<Cow<'_, str>> {
        if reference.import {
            let key = (reference.stack.to_string(), reference.at.as_str().to_owned());
            return self.request.observed.imports.get(&key).map(|raw| raw.text().into());
        }
        let outlook = self.outlook(reference)?;
        if let Some(path) = reference.path.strip_prefix("/spec") {
            let spec = self.waiting_spec(reference).unwrap_or(&outlook.target);
            return fragment(spec.text(), path).map(Cow::Borrowed);
        }
        if let Some(answer) = &outlook.answer {
            return fragment(answer.text(), reference.path.strip_prefix("/outputs")?).map(Cow::Borrowed);
        }
        match outlook.decision {
            Decision::Create | Decision::Replace | Decision::Ask => return None,
            Decision::Stay | Decision::Record | Decision::Update | Decision::Import => {}
        }
        let existing = self.existing.get(outlook.existing? as usize)?;
        if &*reference.path == "/id" {
            return existing.id.map(|id| id.text().into());
        }
        let path = reference.path.strip_prefix("/outputs")?;
        let first = path.trim_start_matches('/').split('/').next().unwrap_or("");
        let moved = |output: &&str| *output == "*" || *output == first || first.is_empty();
        if outlook.moves.iter().chain(&existing.moved).any(moved) {
            return None;
        }
        fragment(existing.outputs?.text(), path).map(Cow::Borrowed)
    }

    fn catalogue(&self) -> &Catalogue {
        self.request.catalogue
    }
}

/// What a pass makes of one node. `dragged` says why it has to be replaced although nothing in its spec says so.
pub(super) fn evaluate(
    view: &View<'_, '_>,
    index: u32,
    existing: Option<u32>,
    dragged: Option<&Drag>,
) -> Result<Outlook> {
    let node = &view.request.desired.stack.nodes[index as usize];
    let found = existing.map(|at| &view.existing[at as usize]);
    let target = target(view, node, found)?;
    let mut outlook = Outlook {
        existing,
        decision: Decision::Stay,
        conditional: false,
        target,
        limited: false,
        changes: vec![],
        tags: vec![],
        moves: vec![],
        notes: vec![],
        answer: None,
        blocked: None,
    };
    if let Role::Fact { frozen } = node.kind.about().role {
        ask(view, node, found, frozen, &mut outlook);
        return Ok(outlook);
    }
    let Some(found) = found else {
        outlook.decision = Decision::Create;
        return Ok(outlook);
    };
    if found.life == Life::Gone {
        outlook.decision = Decision::Create;
        outlook.notes.push("it is gone from the cloud".into());
        return Ok(outlook);
    }
    let waits = dragged.is_none() && view.waiting.contains(&index);
    if waits {
        outlook.target = found.spec.clone();
    }
    compare(view, node, found, &mut outlook)?;
    if waits {
        outlook.limited = true;
        if outlook.decision == Decision::Record {
            outlook.decision = Decision::Stay;
        }
    }
    if let Some(drag) = dragged {
        outlook.decision = Decision::Replace;
        outlook.conditional = drag.conditional;
        outlook.notes.push(drag.why.clone());
    }
    if found.imported && found.made_by.is_none() {
        import(node, &mut outlook);
    }
    Ok(outlook)
}

/// What becomes ours may be changed, and is never replaced by that.
fn import(node: &Node, outlook: &mut Outlook) {
    if outlook.decision == Decision::Replace {
        let fields = outlook.changes.iter().filter(|change| change.weight == Weight::Replace);
        let fields: Vec<_> = fields
            .map(|change| {
                format!("{} is {} and is declared as {}", change.field, change.before, change.after)
            })
            .collect();
        let why = if fields.is_empty() { outlook.notes.join("; ") } else { fields.join("; ") };
        outlook.blocked = Some(format!("it cannot be imported, for it would have to be replaced: {why}"));
        outlook.notes.clear();
    }
    // Which owner tags it gets is not known before there is a journal.
    outlook.tags.retain(|(key, ..)| !tags::is_ours(key));
    if node.kind.about().identity.tagged() {
        outlook.notes.push("it gets the owner tags of this stack".into());
    }
    outlook.decision = Decision::Import;
    outlook.conditional = false;
}

fn target(view: &View<'_, '_>, node: &Node, found: Option<&Existing<'_>>) -> Result<Raw> {
    if node.marks.is_empty() {
        return Ok(node.spec.clone());
    }
    let key = view.request.secret_key.as_ref();
    let secret = |name: &str| {
        let number: usize = name.parse().unwrap_or(usize::MAX);
        node.secrets.get(number).map_or_else(|| name.to_owned(), |secret| secret.digest(key))
    };
    Ok(match resolve(node.spec.text(), &node.marks, view, secret)?.text {
        Cow::Borrowed(_) => node.spec.clone(),
        Cow::Owned(text) => match found.filter(|found| found.spec.text() == text) {
            Some(found) => found.spec.clone(),
            None => Raw::parse(text)
                .map_err(|error| Error::internal("a resolved spec is no JSON").because(error))?,
        },
    })
}

fn compare<'a>(view: &View<'_, 'a>, node: &Node, found: &Existing<'a>, outlook: &mut Outlook) -> Result<()> {
    let mut changes = differences(node, found, &outlook.target)?;
    if !changes.is_empty()
        && changes.iter().all(|change| change.weight == Weight::Update)
        && let Some(next) = node.kind.toward(outlook.target.text(), found.spec.text())?
    {
        outlook.target = next;
        outlook.limited = true;
        changes = differences(node, found, &outlook.target)?;
    }
    if node.kind.about().identity.tagged() {
        outlook.tags = tag_changes(view, node, found);
    }
    outlook.conditional = !changes.is_empty()
        && outlook.tags.is_empty()
        && changes.iter().all(|change| uncertain(view, &change.after));
    outlook.moves = changes.iter().flat_map(|change| change.moves.iter().copied()).collect();
    super::rehearsed::confirm(view.request.observed, &found.address, found.generation, &mut changes);
    let weight = changes.iter().map(|change| &change.weight).max();
    outlook.decision = match weight {
        Some(Weight::Refuse(why)) => {
            outlook.blocked = Some(why.to_string());
            Decision::Stay
        }
        Some(Weight::Replace) => Decision::Replace,
        Some(Weight::Update) => Decision::Update,
        None if !outlook.tags.is_empty() => Decision::Update,
        None => Decision::Stay,
    };
    outlook.changes = changes;
    match &found.life {
        Life::Settling if outlook.decision == Decision::Stay && found.made_by.is_none() => {
            outlook.decision = Decision::Update;
            outlook.notes.push("it was interrupted and is finished".into());
        }
        Life::Broken(cause) if found.made_by.is_none() => {
            outlook.notes.push(format!("it failed: {cause}"));
            outlook.conditional = false;
            outlook.decision = match node.kind.about().repair {
                crate::Repair::Replace => Decision::Replace,
                crate::Repair::Update => outlook.decision.max_update(),
            };
        }
        _ => {}
    }
    if let Some(why) = moved_connection(view, node, found) {
        outlook.notes.push(why);
        outlook.decision = Decision::Replace;
        outlook.conditional = false;
    }
    if outlook.decision == Decision::Stay && row_differs(view, node, found) {
        outlook.decision = Decision::Record;
    }
    Ok(())
}

impl Decision {
    fn max_update(self) -> Self {
        if self == Self::Replace { self } else { Self::Update }
    }
}

/// The fields of an object that differ from a target, the ignored ones left out.
fn differences(node: &Node, found: &Existing<'_>, target: &Raw) -> Result<Vec<Change>> {
    if found.spec == *target {
        return Ok(vec![]);
    }
    let ignored = &node.options().ignore;
    let mut changes = ignored.compare(node.kind, &found.spec, target)?;
    if found.seen.is_some()
        && changes.iter().any(|change| change.write_only)
        && let Some(row) = found.row
    {
        // What the API never tells is compared with the row.
        let recorded = ignored.compare(node.kind, &super::outlook::current_spec(node.kind, row)?, target)?;
        changes
            .retain(|change| !change.write_only || recorded.iter().any(|other| other.field == change.field));
    }
    Ok(changes)
}

fn tag_changes(
    view: &View<'_, '_>,
    node: &Node,
    found: &Existing<'_>,
) -> Vec<(String, Option<String>, Option<String>)> {
    let Some(row) = found.row.filter(|_| found.made_by.is_none()) else { return vec![] };
    let stack = view.request.desired.stack;
    let left = || stack.left_tags(stack.providers.get(node.provider as usize).map_or("", |on| &*on.name));
    let (set, unset) = match found.seen {
        Some(seen) => {
            let owner = tags::owner(&stack.name, node.address.as_str(), &row.token);
            tags::differ(&seen.tags, &node.tags, &owner, &row.tags, &left())
        }
        None if node.tags == row.tags => return vec![],
        None => tags::differ(&row.tags, &node.tags, &[], &row.tags, &left()),
    };
    let before = |key: &str| found.seen.map_or(&row.tags, |seen| &seen.tags).get(key).cloned();
    let mut changes: Vec<_> =
        set.iter().map(|(key, value)| (key.clone(), before(key), Some(value.clone()))).collect();
    changes.extend(unset.into_iter().map(|key| (key.clone(), before(&key), None)));
    changes
}

/// Whether a value holds expressions, none of which is certain to change.
fn uncertain(view: &View<'_, '_>, after: &serde_json::Value) -> bool {
    if !pending(after) {
        return false;
    }
    let mut certain = false;
    references(after, &mut |reference| certain |= view.certain(reference));
    !certain
}

fn moved_connection(view: &View<'_, '_>, node: &Node, found: &Existing<'_>) -> Option<String> {
    let declared: &ProviderNode = view.request.desired.stack.providers.get(node.provider as usize)?;
    let recorded = view.request.recorded.connection(found.row?.connection)?;
    if *declared.provider != *recorded.provider {
        return Some(format!("its provider changes from {} to {}", recorded.provider, declared.provider));
    }
    if declared.config == recorded.config {
        return None;
    }
    let marks = crate::graph::marks(declared.config.text());
    let config = resolve(declared.config.text(), &marks, view, str::to_owned).ok()?;
    if !config.complete {
        return None;
    }
    let (now, then) = ((declared.place)(&config.text)?, (declared.place)(recorded.config.text())?);
    (now != then).then(|| format!("its connection moves from {then} to {now}"))
}

/// Whether only the row has to change: the options, what it needs, or what was seen.
fn row_differs(view: &View<'_, '_>, node: &Node, found: &Existing<'_>) -> bool {
    let Some(row) = found.row.filter(|_| found.made_by.is_none()) else { return false };
    let options = node.options();
    row.protect != options.protect
        || row.retain != options.retain
        || row.version != node.kind.about().version
        || found.seen.is_some_and(|seen| row.phase.outputs().is_some_and(|outputs| *outputs != seen.outputs))
        // A rename brings its row's needs up to date itself.
        || (row.address == found.address
            // What follows from the meaning of others is no reason to write a row: it is known when it is asked for.
            && !node.kind.about().arranged
            && !needs(view.request, node).eq(row.needs.iter()))
}

/// The addresses that a node needs, as its row keeps them.
pub(super) fn needs<'r>(request: &'r Request<'_>, node: &Node) -> impl Iterator<Item = &'r Address> {
    let stack = request.desired.stack;
    let index = stack.index.get(&node.address).copied().unwrap_or(u32::MAX);
    request.desired.needs.of(index).iter().map(|need| &stack.nodes[*need as usize].address)
}

/// A frozen list that is asked for again keeps its elements where they were; new ones follow.
fn kept(prior: &Raw, answer: &Raw) -> Raw {
    let (Ok(prior), Ok(new)) = (prior.decode::<Vec<Value>>(), answer.decode::<Vec<Value>>()) else {
        return answer.clone();
    };
    let added = new.into_iter().filter(|element| !prior.contains(element));
    let all: Vec<Value> = prior.iter().cloned().chain(added).collect();
    Raw::encode(&all).unwrap_or_else(|_| answer.clone())
}

fn ask<'a>(
    view: &View<'_, 'a>,
    node: &Node,
    found: Option<&Existing<'a>>,
    frozen: bool,
    outlook: &mut Outlook,
) {
    if found.is_some_and(|found| found.made_by.is_some()) {
        outlook.answer = found.and_then(|found| found.outputs.cloned());
        return;
    }
    let recorded = found.filter(|found| found.life == Life::Live && found.spec == outlook.target);
    if let Some(found) = recorded
        && (frozen || view.request.mode == Mode::Destroy)
    {
        outlook.answer = found.outputs.cloned();
        if row_differs(view, node, found) {
            outlook.decision = Decision::Record;
        }
        return;
    }
    outlook.decision = Decision::Ask;
    match view.request.observed.facts.get(&node.address) {
        Some(FactSight::Yes(answer)) => {
            let answer = &match found.and_then(|found| found.outputs).filter(|_| frozen) {
                Some(prior) => kept(prior, answer),
                None => answer.clone(),
            };
            if recorded.is_some_and(|found| found.outputs == Some(answer)) {
                outlook.decision = Decision::Stay;
            }
            outlook.answer = Some(answer.clone());
        }
        Some(FactSight::Waiting(why)) => outlook.notes.push(format!("waits: {why}")),
        Some(FactSight::No(why)) => outlook.blocked = Some(why.clone()),
        None => {
            if let Some(found) = recorded {
                outlook.answer = found.outputs.cloned();
                outlook.decision = Decision::Stay;
            }
        }
    }
}
