//! From decisions to steps: exact operations, and the edges between them.

use super::{
    Action, Blocker, FieldChange, Request, Step,
    outlook::{Decision, Existing, Life, Outlook},
    replace::{Ends, dependents},
};
use crate::{
    Error, Result, Stakes,
    erase::{Role, Weight},
    graph::Address,
};
use serde_json::Value;
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
};

/// Steps under construction. Their numbers are provisional until [`Emission::finish`].
pub(super) struct Emission<'r, 'a> {
    request: &'r Request<'a>,
    steps: Vec<Step>,
    blockers: Vec<Blocker>,
    /// The newest step that makes each node.
    made: Vec<Option<u32>>,
    /// For each node the highest generation at its address that this plan knows of.
    generations: Vec<u32>,
    reverse: Option<Vec<Vec<u32>>>,
}

impl<'r, 'a> Emission<'r, 'a> {
    pub(super) fn new(request: &'r Request<'a>, objects: &[Existing<'a>]) -> Self {
        let mut emission = Self {
            request,
            steps: vec![],
            blockers: vec![],
            made: vec![None; request.desired.stack.nodes.len()],
            generations: vec![0; request.desired.stack.nodes.len()],
            reverse: None,
        };
        for object in objects {
            if let Some(node) = request.desired.stack.index.get(&object.address) {
                let highest = &mut emission.generations[*node as usize];
                *highest = object.generation.max(*highest);
            }
        }
        emission
    }

    fn next_generation(&mut self, node: u32) -> u32 {
        let address = &self.request.desired.stack.nodes[node as usize].address;
        let least = self.request.recorded.next_generation(address.as_str());
        let highest = &mut self.generations[node as usize];
        *highest = least.max(*highest + 1);
        *highest
    }

    fn push(&mut self, address: &Address, generation: u32, kind: String, action: Action, pass: u16) -> u32 {
        let id = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        self.steps.push(Step {
            id,
            address: address.clone(),
            generation,
            kind,
            action,
            after: vec![],
            pass,
            conditional: false,
            other_half: None,
            changes: vec![],
            notes: vec![],
            stakes: Stakes::None,
            target: None,
            gone: None,
            answer: None,
        });
        id
    }

    fn step(&mut self, id: u32) -> &mut Step {
        &mut self.steps[id as usize]
    }

    fn edge(&mut self, step: u32, after: u32) {
        if step != after {
            self.steps[step as usize].after.push(after);
        }
    }

    fn block(&mut self, address: &Address, why: String, fix: &str) {
        self.blockers.push(Blocker { address: address.clone(), why, fix: fix.into() });
    }

    /// Emits one pass; answers the step and the generation of each node that it makes.
    pub(super) fn pass(
        &mut self,
        pass: u16,
        objects: &[Existing<'a>],
        outlooks: &[Option<Outlook>],
        ends: &Ends,
    ) -> Vec<Option<(u32, u32)>> {
        let before = self.made.clone();
        let prior = self.prior(pass, objects);
        let mut made: Vec<Option<(u32, u32)>> = vec![None; outlooks.len()];
        self.steps.reserve(outlooks.iter().flatten().filter(|outlook| outlook.acts()).count());
        for node in &self.request.desired.order {
            let Some(outlook) = &outlooks[*node as usize] else { continue };
            made[*node as usize] = self.make(pass, *node, outlook, objects, &prior);
            if let Some((step, _)) = made[*node as usize] {
                self.made[*node as usize] = Some(step);
            }
        }
        if pass > 0 {
            self.wait_for_earlier_passes(&before, &made);
        }
        for (taker, giver) in &ends.handovers {
            if let (Some((taker, _)), Some((giver, _))) = (made[*taker as usize], made[*giver as usize]) {
                self.edge(taker, giver);
            }
        }
        self.end(pass, objects, outlooks, ends, &prior);
        made
    }

    /// Renames, and creates that were interrupted: what comes before anything else on an object.
    fn prior(&mut self, pass: u16, objects: &[Existing<'a>]) -> Vec<Option<u32>> {
        let mut prior = vec![None; objects.len()];
        if pass > 0 {
            for (slot, object) in prior.iter_mut().zip(objects) {
                *slot = object.made_by;
            }
            return prior;
        }
        for (slot, object) in prior.iter_mut().zip(objects) {
            let Some(row) = object.row else { continue };
            let name = || row.kind.as_deref().unwrap_or(&row.family).to_owned();
            if row.address != object.address {
                let from = row.address.clone();
                *slot = Some(self.push(
                    &object.address,
                    object.generation,
                    name(),
                    Action::Rename { from },
                    pass,
                ));
            }
            if object.life == Life::Creating && object.node.is_some() {
                let step = self.push(&object.address, object.generation, name(), Action::Create, pass);
                if let Some(rename) = slot.replace(step) {
                    self.edge(step, rename);
                }
                let target = object.spec.clone();
                let step = self.step(step);
                step.target = Some(target);
                step.notes.push("its create was interrupted and is finished".into());
            }
        }
        prior
    }

    fn make(
        &mut self,
        pass: u16,
        node: u32,
        outlook: &Outlook,
        objects: &[Existing<'a>],
        prior: &[Option<u32>],
    ) -> Option<(u32, u32)> {
        let declared = &self.request.desired.stack.nodes[node as usize];
        let object = outlook.existing.map(|at| &objects[at as usize]);
        if let Some(why) = &outlook.blocked {
            self.block(&declared.address, why.clone(), "change the declaration");
        }
        let action = match outlook.decision {
            Decision::Stay => {
                let step = outlook.existing.and_then(|at| prior[at as usize]).filter(|_| pass == 0);
                return step.zip(object.map(|object| object.generation));
            }
            Decision::Record => Action::Record,
            Decision::Create | Decision::Replace => Action::Create,
            Decision::Update => Action::Update,
            Decision::Ask => Action::Ask,
        };
        let generation = match (&action, object) {
            (Action::Create, _) | (_, None) => self.next_generation(node),
            (_, Some(object)) => object.generation,
        };
        let name = declared.kind.declared_name(&*declared.value).into_owned();
        let step = self.push(&declared.address, generation, name, action, pass);
        let filled = self.step(step);
        filled.target = Some(outlook.target.clone());
        filled.conditional = outlook.conditional;
        filled.notes.clone_from(&outlook.notes);
        filled.answer.clone_from(&outlook.answer);
        filled.changes = field_changes(outlook);
        for need in self.request.desired.needs.of(node) {
            if let Some(made) = self.made[*need as usize] {
                self.edge(step, made);
            }
        }
        if let Some(before) = outlook.existing.and_then(|at| prior[at as usize]) {
            self.edge(step, before);
        }
        Some((step, generation))
    }

    /// A step of this pass waits for what the passes before it made of its node and of all that needs it.
    fn wait_for_earlier_passes(&mut self, before: &[Option<u32>], made: &[Option<(u32, u32)>]) {
        let reverse = self.reverse.take().unwrap_or_else(|| reverse(self.request));
        for (node, step) in made.iter().enumerate() {
            let Some((step, _)) = step else { continue };
            if let Some(own) = before[node] {
                self.edge(*step, own);
            }
            for dependent in &reverse[node] {
                if let Some(earlier) = before[*dependent as usize] {
                    self.edge(*step, earlier);
                }
            }
        }
        self.reverse = Some(reverse);
    }

    /// Deletes, in the reverse order of who needs whom.
    fn end(
        &mut self,
        pass: u16,
        objects: &[Existing<'a>],
        outlooks: &[Option<Outlook>],
        ends: &Ends,
        prior: &[Option<u32>],
    ) {
        let mut end_of: Vec<Option<u32>> = vec![None; objects.len()];
        let mut any = false;
        for (index, object) in objects.iter().enumerate().rev() {
            let gone = object.life == Life::Gone && !object.over;
            if !ends.over[index] && !gone {
                continue;
            }
            if gone && let Some(made) = object.node.and_then(|node| self.made[node as usize]) {
                // Its row goes with the intent for its successor.
                self.step(made).gone = Some(object.generation);
                continue;
            }
            any = true;
            let outlook = object.node.and_then(|node| outlooks[node as usize].as_ref());
            let step = self.end_one(pass, object, outlook);
            end_of[index] = Some(step);
            if let Some(before) = prior[index] {
                self.edge(step, before);
            }
        }
        if !any {
            return;
        }
        self.halves(objects, outlooks, ends, &end_of);
        let dependents = dependents(objects);
        for (index, object) in objects.iter().enumerate() {
            // Dropping the row of what is gone waits for nobody.
            let Some(step) = end_of[index].filter(|_| object.life != Life::Gone) else { continue };
            for dependent in &dependents[index] {
                let other = &objects[*dependent];
                match (end_of[*dependent], other.node) {
                    (Some(end), _) => self.edge(step, end),
                    (None, Some(node)) => {
                        if let Some(made) = self.made[node as usize] {
                            self.edge(step, made);
                        }
                    }
                    (None, None) => {}
                }
            }
        }
    }

    fn end_one(&mut self, pass: u16, object: &Existing<'a>, outlook: Option<&Outlook>) -> u32 {
        let fact = matches!(object.kind.about().role, Role::Fact { .. });
        let creating_nothing = object.life == Life::Gone;
        let retained = object.retain && object.node.is_none();
        let action = match () {
            () if creating_nothing || retained => Action::Forget,
            () if fact => Action::Over,
            () => Action::Delete,
        };
        if object.protect && action == Action::Delete {
            let verb = if object.node.is_some() { "replaced" } else { "deleted" };
            let why = format!("it is protected and would be {verb}");
            self.block(
                &object.address,
                why,
                "take the protection away in a change of its own, apply that, and plan again",
            );
        }
        let name = match object.row {
            Some(row) => row.kind.as_deref().unwrap_or(&row.family).to_owned(),
            None => object.kind.name(object.spec.text()).into_owned(),
        };
        let stakes = if action == Action::Delete { object.kind.about().stakes } else { Stakes::None };
        let target = (action == Action::Over).then(|| object.spec.clone());
        let step = self.push(&object.address, object.generation, name, action, pass);
        let applying = self.request.mode == super::Mode::Apply;
        let filled = self.step(step);
        filled.stakes = stakes;
        filled.target = target;
        match &object.life {
            Life::Gone => filled.notes.push("it is gone from the cloud".into()),
            Life::Deleting => filled.notes.push("its deletion was interrupted and is finished".into()),
            Life::Creating => {
                filled.notes.push("its create was interrupted; it is deleted if it exists".into());
            }
            Life::Live | Life::Settling | Life::Broken(_) => {}
        }
        if retained {
            filled.notes.push("it is retained: it stays in the cloud and is no longer recorded".into());
        } else if object.node.is_none() && outlook.is_none() && filled.notes.is_empty() && applying {
            filled.notes.push("it is no longer declared".into());
        }
        step
    }

    /// Joins the halves of replacements and orders them.
    fn halves(
        &mut self,
        objects: &[Existing<'a>],
        outlooks: &[Option<Outlook>],
        ends: &Ends,
        end_of: &[Option<u32>],
    ) {
        for (node, index) in &ends.collisions {
            if let (Some(made), Some(end)) = (self.made[*node as usize], end_of[*index]) {
                self.edge(made, end);
            }
        }
        for (index, object) in objects.iter().enumerate() {
            let (Some(end), Some(node)) = (end_of[index], object.node) else {
                self.supersede(objects, index, end_of[index], ends.early[index]);
                continue;
            };
            let Some(made) = self.made[node as usize] else { continue };
            let Some(outlook) = &outlooks[node as usize] else { continue };
            let conditional = outlook.conditional;
            self.step(made).other_half = Some(end);
            let half = self.step(end);
            half.other_half = Some(made);
            half.conditional = conditional;
            if ends.early[index] && ends.late[node as usize] {
                self.edge(made, end);
                if conditional {
                    // Whether it has to go is known only when its inputs are.
                    for input in self.deciders(node, outlooks, ends) {
                        self.edge(end, input);
                    }
                }
            } else {
                self.edge(end, made);
            }
        }
    }

    /// The steps after which it is known whether a conditional replacement that deletes first is needed. An input that is such a
    /// replacement itself is decided by its own inputs: its successor comes too late.
    fn deciders(&self, node: u32, outlooks: &[Option<Outlook>], ends: &Ends) -> Vec<u32> {
        let (mut open, mut seen, mut found) = (vec![node], HashSet::new(), vec![]);
        while let Some(node) = open.pop() {
            for need in self.request.desired.needs.of(node) {
                let deletes_first = outlooks[*need as usize].as_ref().is_some_and(|outlook| {
                    let early = outlook
                        .existing
                        .is_some_and(|at| ends.early[at as usize] && ends.late[*need as usize]);
                    outlook.decision == Decision::Replace && early
                });
                if deletes_first {
                    if seen.insert(*need) {
                        open.push(*need);
                    }
                } else {
                    found.extend(self.made[*need as usize]);
                }
            }
        }
        found
    }

    /// An older object whose successor stands already goes after what is done to the successor.
    fn supersede(&mut self, objects: &[Existing<'a>], index: usize, end: Option<u32>, early: bool) {
        let Some(end) = end.filter(|_| !early) else { return };
        let address = &objects[index].address;
        let Some(node) = self.request.desired.stack.index.get(address) else { return };
        let newer = objects.iter().any(|other| other.node == Some(*node));
        if let Some(made) = self.made[*node as usize]
            && newer
        {
            self.edge(end, made);
        }
    }

    /// Emits the end of everything.
    pub(super) fn destroy(&mut self, objects: &[Existing<'a>], outlooks: &[Option<Outlook>]) {
        let count = objects.len();
        let ends = Ends {
            over: objects.iter().map(|object| object.life != Life::Gone).collect(),
            early: vec![false; count],
            ..Ends::default()
        };
        let prior = vec![None; count];
        let gates = self.new_gates(objects, outlooks);
        let from = self.steps.len();
        self.end(0, objects, outlooks, &ends, &prior);
        self.place_gates(&gates, from);
    }

    /// Gates that are declared and have no row yet still have to be over.
    fn new_gates(&mut self, objects: &[Existing<'a>], outlooks: &[Option<Outlook>]) -> Vec<(u32, u32)> {
        let mut gates = vec![];
        if objects.is_empty() {
            return gates;
        }
        for (node, outlook) in (0_u32..).zip(outlooks) {
            let Some(outlook) = outlook else { continue };
            let declared = &self.request.desired.stack.nodes[node as usize];
            let complete = crate::graph::marks(outlook.target.text())
                .iter()
                .all(|mark| matches!(mark.what, crate::graph::Marked::Secret(_)));
            if outlook.existing.is_none() && outlook.decision == Decision::Ask && complete {
                let name = declared.kind.about().family.to_owned();
                let step = self.push(&declared.address, 0, name, Action::Over, 0);
                self.step(step).target = Some(outlook.target.clone());
                gates.push((node, step));
            }
        }
        gates
    }

    fn place_gates(&mut self, gates: &[(u32, u32)], from: usize) {
        if gates.is_empty() {
            return;
        }
        let reverse = reverse(self.request);
        let nodes = &self.request.desired.stack.nodes;
        let mut at: HashMap<Address, Vec<u32>> = HashMap::new();
        for step in &self.steps[from..] {
            at.entry(step.address.clone()).or_default().push(step.id);
        }
        let steps_of = |node: u32| at.get(&nodes[node as usize].address).cloned().unwrap_or_default();
        for (node, gate) in gates {
            for need in self.request.desired.needs.of(*node) {
                for end in steps_of(*need) {
                    self.edge(end, *gate);
                }
            }
            for dependent in &reverse[*node as usize] {
                for end in steps_of(*dependent) {
                    self.edge(*gate, end);
                }
            }
        }
    }

    /// Orders and numbers the steps.
    pub(super) fn finish(mut self) -> Result<(Vec<Step>, Vec<Blocker>)> {
        let mut ordered = true;
        for step in &mut self.steps {
            step.after.sort_unstable();
            step.after.dedup();
            ordered &= step.after.last().is_none_or(|last| *last < step.id);
        }
        if !ordered {
            self.number()?;
        }
        self.blockers.sort_by(|a, b| (&a.address, &a.why).cmp(&(&b.address, &b.why)));
        self.blockers.dedup();
        Ok((self.steps, self.blockers))
    }

    /// Gives the steps numbers in which each comes after all that it waits for, the smallest old number first.
    fn number(&mut self) -> Result<()> {
        let count = self.steps.len();
        let mut waits = vec![0_u32; count];
        let mut starts: Vec<Vec<u32>> = vec![vec![]; count];
        for step in &self.steps {
            waits[step.id as usize] = u32::try_from(step.after.len()).unwrap_or(u32::MAX);
            for before in &step.after {
                starts[*before as usize].push(step.id);
            }
        }
        let mut ready: BinaryHeap<Reverse<u32>> =
            (0_u32..).zip(&waits).filter(|(_, waits)| **waits == 0).map(|(id, _)| Reverse(id)).collect();
        let mut numbers = vec![u32::MAX; count];
        let mut next = 0;
        while let Some(Reverse(id)) = ready.pop() {
            numbers[id as usize] = next;
            next += 1;
            for other in &starts[id as usize] {
                waits[*other as usize] -= 1;
                if waits[*other as usize] == 0 {
                    ready.push(Reverse(*other));
                }
            }
        }
        if (next as usize) < count {
            let stuck: Vec<_> = self
                .steps
                .iter()
                .filter(|step| numbers[step.id as usize] == u32::MAX)
                .map(|step| format!("{} {}", verb(&step.action), step.address))
                .collect();
            return Err(Error::internal(format!("these steps wait for each other: {}", stuck.join(", ")))
                .hint("split the change into two applies"));
        }
        for step in &mut self.steps {
            step.id = numbers[step.id as usize];
            step.after.iter_mut().for_each(|before| *before = numbers[*before as usize]);
            step.after.sort_unstable();
            step.other_half = step.other_half.map(|half| numbers[half as usize]);
        }
        self.steps.sort_unstable_by_key(|step| step.id);
        Ok(())
    }
}

fn verb(action: &Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "delete",
        Action::Rename { .. } => "rename",
        Action::Forget => "forget",
        Action::Record => "record",
        Action::Ask => "ask",
        Action::Over => "over",
    }
}

/// For each node the nodes that need it.
fn reverse(request: &Request<'_>) -> Vec<Vec<u32>> {
    let count = request.desired.stack.nodes.len();
    let mut reverse = vec![vec![]; count];
    for node in 0..u32::try_from(count).unwrap_or(u32::MAX) {
        for need in request.desired.needs.of(node) {
            reverse[*need as usize].push(node);
        }
    }
    reverse
}

fn field_changes(outlook: &Outlook) -> Vec<FieldChange> {
    if outlook.decision == Decision::Create {
        return vec![];
    }
    let text =
        |value: &Option<String>| value.as_ref().map_or(Value::Null, |value| Value::from(value.as_str()));
    let fields = outlook.changes.iter().map(|change| FieldChange {
        field: change.field.to_owned(),
        before: change.before.clone(),
        after: change.after.clone(),
        replaces: change.weight == Weight::Replace,
    });
    let tags = outlook.tags.iter().map(|(key, before, after)| FieldChange {
        field: format!("tags.{key}"),
        before: text(before),
        after: text(after),
        replaces: false,
    });
    fields.chain(tags).collect()
}
