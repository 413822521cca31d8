//! What comes into being or changes: one step for each node that acts.

use super::Emission;
use crate::{
    erase::Weight,
    plan::{
        Action, FieldChange,
        outlook::{Decision, Existing, Life, Outlook},
    },
};
use serde_json::Value;

impl<'a> Emission<'_, 'a> {
    /// Renames, and creates that were interrupted: what comes before anything else on an object.
    pub(super) fn prior(&mut self, pass: u16, objects: &[Existing<'a>]) -> Vec<Option<u32>> {
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
                let step =
                    self.push(&object.address, object.generation, name(), Action::Rename { from }, pass);
                self.step(step).object = object.object_id();
                *slot = Some(step);
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

    pub(super) fn make(
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
            Decision::Import => Action::Import,
            Decision::Ask => Action::Ask,
        };
        let generation = match (&action, object) {
            (Action::Create, _) | (_, None) => self.next_generation(node),
            (_, Some(object)) => object.generation,
        };
        let name = declared.kind.declared_name(&*declared.value).into_owned();
        let step = self.push(&declared.address, generation, name, action, pass);
        let filled = self.step(step);
        if filled.action != Action::Create {
            filled.object = object.and_then(Existing::object_id);
        }
        filled.target = Some(outlook.target.clone());
        filled.conditional = outlook.conditional;
        filled.notes = declared.options().reasons.iter().chain(&outlook.notes).cloned().collect();
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
}

fn field_changes(outlook: &Outlook) -> Vec<FieldChange> {
    if outlook.decision == Decision::Create {
        return vec![];
    }
    let text =
        |value: &Option<String>| value.as_ref().map_or(Value::Null, |value| Value::from(value.as_str()));
    let mut all = vec![];
    for change in &outlook.changes {
        if change.parts.is_empty() {
            all.push(FieldChange {
                field: change.field.to_owned(),
                path: String::new(),
                before: change.before.clone(),
                after: change.after.clone(),
                replaces: change.weight == Weight::Replace,
                by: None,
            });
        }
        all.extend(change.parts.iter().map(|part| FieldChange {
            field: change.field.to_owned(),
            path: part.path.clone(),
            before: part.before.clone(),
            after: part.after.clone(),
            replaces: part.replaces,
            by: part.by.clone(),
        }));
    }
    let tags = outlook.tags.iter().map(|(key, before, after)| FieldChange {
        field: format!("tags.{key}"),
        path: String::new(),
        before: text(before),
        after: text(after),
        replaces: false,
        by: None,
    });
    all.extend(tags);
    all
}
