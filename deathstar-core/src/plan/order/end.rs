//! What ends: deletes, and how they are ordered among themselves and with the other halves of replacements.

use super::{Emission, guard::is_fact};
use crate::{
    Address, Stakes,
    plan::{
        Action, Mode,
        outlook::{Decision, Existing, Life, Outlook},
        replace::{Ends, dependents},
    },
};
use std::collections::HashSet;

/// What is said of an object that goes because the program does not declare it any more.
pub(in crate::plan) const NO_LONGER_DECLARED: &str = "it is no longer declared";

impl<'a> Emission<'_, 'a> {
    /// Deletes, in the reverse order of who needs whom.
    pub(super) fn end(
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
            let guards =
                |(at, other): (usize, &Existing<'a>)| ends.over[at] && object.needs.contains(&other.address);
            let idle = is_fact(object)
                && self.request.mode == Mode::Apply
                && !objects.iter().enumerate().any(guards);
            let step = self.end_one(pass, object, outlook, idle);
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
                    // It holds on to nothing; whether it is over is asked below.
                    (None, Some(_)) if is_fact(other) => {}
                    // It names what comes again, and nobody minds that it is away meanwhile.
                    (None, Some(_)) if ends.early[index] && !object.kind.about().held => {}
                    (None, Some(node)) => {
                        if let Some(made) = self.made[node as usize] {
                            self.edge(step, made);
                        }
                    }
                    (None, None) => {}
                }
            }
        }
        self.guard(pass, objects, &end_of, &dependents);
    }

    /// The step that ends an object. A fact is `idle` where nothing that it stands on goes: then nobody has to be asked.
    fn end_one(&mut self, pass: u16, object: &Existing<'a>, outlook: Option<&Outlook>, idle: bool) -> u32 {
        let fact = is_fact(object);
        let creating_nothing = object.life == Life::Gone;
        let retained = object.retain && object.node.is_none();
        let action = match () {
            () if creating_nothing || retained || idle => Action::Forget,
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
        let applying = self.request.mode == Mode::Apply;
        let filled = self.step(step);
        filled.object = object.object_id();
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
            filled.notes.push(NO_LONGER_DECLARED.into());
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
        // Nodes of which an object stands.
        let mut stands = vec![false; self.made.len()];
        for node in objects.iter().filter_map(|object| object.node) {
            stands[node as usize] = true;
        }
        for (index, object) in objects.iter().enumerate() {
            let (Some(end), Some(node)) = (end_of[index], object.node) else {
                self.supersede(&object.address, end_of[index], ends.early[index], &stands);
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
    fn supersede(&mut self, address: &Address, end: Option<u32>, early: bool, stands: &[bool]) {
        let Some(end) = end.filter(|_| !early) else { return };
        let Some(node) = self.request.desired.stack.index.get(address) else { return };
        if let Some(made) = self.made[*node as usize]
            && stands[*node as usize]
        {
            self.edge(end, made);
        }
    }
}
