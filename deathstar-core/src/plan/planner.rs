//! The planner: a pure function of what is declared, recorded and seen.

use super::{
    Base, Blocker, Desired, Drift, Observed, PLAN_VERSION, PlanData, Purpose, Sight, catch_up,
    evaluate::{View, evaluate},
    order::Emission,
    outlook::{Decision, Existing, Life, Outlook, current_spec, existing},
    replace::{self, Drag},
};
use crate::{
    Error, Result,
    driver::{Catalogue, tags},
    graph::{Address, Ignored},
    state::{Phase, Recorded},
};
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, HashSet},
};

/// What a plan is made from.
pub(crate) struct Request<'a> {
    pub(crate) desired: &'a Desired<'a>,
    pub(crate) recorded: &'a Recorded,
    pub(crate) observed: &'a Observed,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) secret_key: Option<[u8; 32]>,
    pub(crate) mode: Mode,
    pub(crate) wishes: &'a Wishes,
}

/// What a plan shall do beside what follows from the declaration.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    /// Nodes that shall be replaced.
    pub(crate) replace: BTreeSet<u32>,
    /// Rows that stand for objects which become ours by this plan; no journal has them yet.
    pub(crate) imported: HashSet<(Address, u32)>,
}

/// What for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// To bring the cloud to what is declared.
    Apply,
    /// To end everything.
    Destroy,
}

/// How many passes over the whole graph a plan may need.
const PASSES: u16 = 16;

/// Makes a plan. The same arguments give the same plan, byte for byte.
///
/// # Errors
/// When a kind's spec cannot be read or compared, or when its changes never end.
pub(crate) fn plan(request: &Request<'_>) -> Result<PlanData> {
    let recorded = request.recorded;
    let mut objects = existing(request)?;
    let drift = drift(request, &objects)?;
    let mut emission = Emission::new(request, &objects);
    let mut unchanged = 0;
    if request.mode == Mode::Destroy {
        let outlooks = as_they_are(request, &mut objects)?;
        emission.destroy(&objects, &outlooks);
    } else {
        for pass in 0.. {
            if pass > PASSES {
                return Err(Error::internal(format!(
                    "the plan does not end: {PASSES} passes bring no last one"
                ))
                .hint("a kind's `toward` does not reach its goal"));
            }
            let (outlooks, ends) = settle(request, &objects, pass)?;
            if pass == 0 {
                let stays = |outlook: &&Outlook| !outlook.acts() && !outlook.limited;
                unchanged = outlooks.iter().flatten().filter(stays).count();
            }
            let again = outlooks.iter().flatten().any(|outlook| outlook.limited);
            let made = emission.pass(pass, &objects, &outlooks, &ends);
            if !again {
                break;
            }
            advance(request, &mut objects, &outlooks, &ends.over, &made);
        }
    }
    let exports: std::collections::BTreeMap<_, _> = match request.mode {
        Mode::Destroy => std::collections::BTreeMap::new(),
        Mode::Apply => request
            .desired
            .stack
            .exports
            .iter()
            .map(|export| (export.name.clone(), export.expr.clone()))
            .collect(),
    };
    let (mut steps, mut blockers) = emission.finish()?;
    blockers.extend(super::rehearsed::annotate(&mut steps, request.observed));
    blockers.extend(unreachable(request));
    Ok(PlanData {
        destroy: request.mode == Mode::Destroy,
        steps,
        drift,
        foreign: request.observed.foreign.clone(),
        blockers,
        exports: exports != recorded.exports,
        unchanged,
        notes: match request.mode {
            Mode::Apply => request.desired.stack.remarks.clone(),
            Mode::Destroy => vec![],
        },
        ..base(request.desired, recorded, request.secret_key.as_ref())
    })
}

/// What does not answer, and what is therefore known from the record alone.
fn unreachable(request: &Request<'_>) -> Vec<Blocker> {
    let named = request.observed.unreachable.iter().map(|(number, why)| {
        let name = request.recorded.connection(*number).map_or("?", |connection| &*connection.name);
        Blocker {
            address: Address::unchecked(name),
            why: format!("{why}; what is on this connection is planned as it is recorded"),
            fix: "bring it back, and plan again; or `forget` what is on it, if it is gone for good".into(),
        }
    });
    named.collect()
}

/// A plan for this declaration and this state that does nothing yet.
pub(crate) fn base(desired: &Desired<'_>, recorded: &Recorded, secret_key: Option<&[u8; 32]>) -> PlanData {
    PlanData {
        version: PLAN_VERSION,
        stack: desired.stack.name().to_owned(),
        base: Base {
            lineage: recorded.stack.as_ref().map_or_else(String::new, |stack| stack.lineage.to_string()),
            serial: recorded.serial,
            digest: recorded.digest(),
        },
        graph: desired.digest(secret_key),
        destroy: false,
        purpose: Purpose::Change,
        targets: vec![],
        steps: vec![],
        drift: vec![],
        foreign: vec![],
        blockers: vec![],
        exports: false,
        unchanged: 0,
        notes: vec![],
        unseen: vec![],
        connections: vec![],
    }
}

type Outlooks = Vec<Option<Outlook>>;

/// Evaluates all nodes, again and again until nothing more is dragged along.
fn settle(request: &Request<'_>, objects: &[Existing<'_>], pass: u16) -> Result<(Outlooks, replace::Ends)> {
    let mut of_node: Vec<Option<u32>> = vec![None; request.desired.stack.nodes.len()];
    for (index, object) in (0_u32..).zip(objects) {
        if let Some(node) = object.node.filter(|_| !object.over) {
            of_node[node as usize] = Some(index);
        }
    }
    let mut dragged: HashMap<u32, Drag> = HashMap::new();
    if pass == 0 {
        let drag = || Drag { why: "its replacement is asked for".into(), conditional: false };
        dragged.extend(request.wishes.replace.iter().map(|node| (*node, drag())));
    }
    let mut waiting: BTreeSet<u32> = BTreeSet::new();
    loop {
        let mut outlooks: Outlooks = Vec::with_capacity(of_node.len());
        outlooks.resize_with(of_node.len(), || None);
        for node in &request.desired.order {
            let view = View { request, existing: objects, outlooks: &outlooks, waiting: &waiting };
            let outlook =
                evaluate(&view, *node, of_node[*node as usize], dragged.get(node)).map_err(|error| {
                    let address = &request.desired.stack.nodes[*node as usize].address;
                    Error::new(error.meaning().clone(), format!("{address}: {error}")).because(error)
                })?;
            outlooks[*node as usize] = Some(outlook);
        }
        let view = View { request, existing: objects, outlooks: &outlooks, waiting: &waiting };
        let more = catch_up::held(&view)?;
        if !more.is_empty() {
            waiting.extend(more);
            continue;
        }
        let ends = replace::ends(request, objects, &outlooks)?;
        let before = dragged.len();
        for (node, drag) in &ends.dragged {
            dragged.entry(*node).or_insert_with(|| drag.clone());
        }
        if dragged.len() == before {
            return Ok((outlooks, ends));
        }
    }
}

/// What gates stand on, as it is recorded, and the gates: what they are asked about before a destroy.
fn as_they_are(request: &Request<'_>, objects: &mut [Existing<'_>]) -> Result<Outlooks> {
    let count = request.desired.stack.nodes.len();
    let mut outlooks: Outlooks = Vec::with_capacity(count);
    outlooks.resize_with(count, || None);
    let mut of_node: Vec<Option<u32>> = vec![None; count];
    for (index, object) in (0_u32..).zip(&mut *objects) {
        if let Some(node) = object.node.take() {
            of_node[node as usize] = Some(index);
        }
    }
    let asked = asked(request);
    let waiting = BTreeSet::new();
    for node in request.desired.order.iter().filter(|node| asked[**node as usize]) {
        let at = of_node[*node as usize];
        if at.is_none() && !is_fact(request, *node) {
            continue;
        }
        let view = View { request, existing: objects, outlooks: &outlooks, waiting: &waiting };
        let mut outlook = evaluate(&view, *node, at, None)?;
        outlook.decision = if at.is_some() { Decision::Stay } else { Decision::Ask };
        if let Some(at) = at {
            outlook.target.clone_from(&objects[at as usize].spec);
        }
        outlook.moves.clear();
        outlooks[*node as usize] = Some(outlook);
    }
    Ok(outlooks)
}

fn is_fact(request: &Request<'_>, node: u32) -> bool {
    matches!(request.desired.stack.nodes[node as usize].kind.about().role, crate::erase::Role::Fact { .. })
}

/// The facts, and all that their questions come from.
fn asked(request: &Request<'_>) -> Vec<bool> {
    let mut asked = vec![false; request.desired.stack.nodes.len()];
    for node in request.desired.order.iter().rev() {
        // Whoever needs a node comes after it.
        if asked[*node as usize] || is_fact(request, *node) {
            asked[*node as usize] = true;
            for need in request.desired.needs.of(*node) {
                asked[*need as usize] = true;
            }
        }
    }
    asked
}

/// What exists after a pass.
fn advance<'a>(
    request: &Request<'a>,
    objects: &mut Vec<Existing<'a>>,
    outlooks: &Outlooks,
    ends: &[bool],
    made: &[Option<(u32, u32)>],
) {
    for (object, ends) in objects.iter_mut().zip(ends) {
        object.over |= *ends || object.life == Life::Gone;
        if object.life == Life::Creating {
            object.life = Life::Live;
        }
    }
    for (node, outlook) in (0_u32..).zip(outlooks) {
        let (Some(outlook), Some((step, generation))) = (outlook, made[node as usize]) else { continue };
        let declared = &request.desired.stack.nodes[node as usize];
        match (outlook.decision, outlook.existing) {
            (Decision::Update | Decision::Import | Decision::Record, Some(at)) => {
                let object = &mut objects[at as usize];
                object.spec.clone_from(&outlook.target);
                object.life = Life::Live;
                object.made_by = Some(step);
                object.moved.extend(&outlook.moves);
                object.needs = Cow::Owned(super::evaluate::needs(request, declared).cloned().collect());
            }
            (Decision::Create | Decision::Replace, _) | (Decision::Ask, None) => objects.push(Existing {
                address: declared.address.clone(),
                generation,
                kind: declared.kind,
                node: Some(node),
                life: Life::Live,
                spec: outlook.target.clone(),
                id: None,
                outputs: None,
                needs: Cow::Owned(super::evaluate::needs(request, declared).cloned().collect()),
                row: None,
                seen: None,
                retain: false,
                protect: declared.options().protect,
                made_by: Some(step),
                moved: vec![],
                over: false,
                imported: false,
            }),
            (Decision::Ask, Some(at)) => objects[at as usize].made_by = Some(step),
            (Decision::Stay, _) | (Decision::Update | Decision::Import | Decision::Record, None) => {
                if let Some(at) = outlook.existing {
                    objects[at as usize].made_by = Some(step);
                }
            }
        }
    }
}

/// What differs between the cloud and the record, per field.
pub(super) fn drift(request: &Request<'_>, objects: &[Existing<'_>]) -> Result<Vec<Drift>> {
    let stack = request.desired.stack;
    let none = Ignored::NONE;
    let mut all = vec![];
    for object in objects {
        let Some(row) = object.row.filter(|_| !object.imported) else { continue };
        let (Phase::Live { id, .. } | Phase::Broken { id, .. }) = &row.phase else { continue };
        let key = (row.address.clone(), row.generation);
        let entry = |field: &str, recorded: Value, found: Value| Drift {
            address: object.address.clone(),
            kind: row.kind.as_deref().unwrap_or(&row.family).to_owned(),
            id: id.value(),
            field: field.to_owned(),
            path: String::new(),
            recorded,
            found,
            by: None,
        };
        match request.observed.objects.get(&key) {
            None => {}
            Some(Sight::Gone) => all.push(entry("", Value::Null, Value::Null)),
            Some(Sight::Seen(seen)) => {
                let recorded = current_spec(object.kind, row)?;
                let declared = stack.index.get(&object.address).map(|node| &stack.nodes[*node as usize]);
                let ignored = declared.map_or(&none, |node| &node.options().ignore);
                for change in ignored.compare(object.kind, &seen.spec, &recorded)? {
                    if change.write_only {
                        continue;
                    }
                    if change.parts.is_empty() {
                        all.push(entry(change.field, change.after, change.before));
                    }
                    all.extend(change.parts.into_iter().map(|part| Drift {
                        path: part.path,
                        by: part.by,
                        ..entry(change.field, part.after, part.before)
                    }));
                }
                if object.kind.about().identity.tagged() {
                    let owner = tags::owner(stack.name(), row.address.as_str(), &row.token);
                    let connection = request.recorded.connection(row.connection);
                    let left = stack.left_tags(connection.map_or("", |connection| &*connection.name));
                    let (set, _) = tags::differ(&seen.tags, &row.tags, &owner, &row.tags, &left);
                    for (tag, value) in set {
                        let found = seen.tags.get(&tag).map_or(Value::Null, |value| value.clone().into());
                        all.push(entry(&format!("tags.{tag}"), value.into(), found));
                    }
                }
            }
        }
    }
    all.sort_by(|a, b| (&a.address, &a.field, &a.path).cmp(&(&b.address, &b.field, &b.path)));
    Ok(all)
}
