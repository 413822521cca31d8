//! Gates that stay: facts that have to be over before an object goes, although they are declared still.

use super::Emission;
use crate::{
    Catalogue, Raw,
    erase::Role,
    graph::{Address, Marked, Reference},
    plan::{
        Action, Mode, Request,
        outlook::Existing,
        resolve::{Values, fragment, resolve},
    },
};
use std::{borrow::Cow, collections::HashMap};

impl<'a> Emission<'_, 'a> {
    /// Asks the facts that stay whether they are over, before what they stood on goes. Each is asked about the object that goes, also
    /// when its row names the successor already, or when it has none yet.
    pub(super) fn guard(
        &mut self,
        pass: u16,
        objects: &[Existing<'a>],
        end_of: &[Option<u32>],
        dependents: &[Vec<usize>],
    ) {
        // At the end of everything each fact ends itself, before all that it stands on.
        if self.request.mode == Mode::Destroy {
            return;
        }
        let stack = self.request.desired.stack;
        let mut facts: HashMap<u32, Vec<u32>> = HashMap::new();
        for (index, node) in (0_u32..).zip(&stack.nodes) {
            if matches!(node.kind.about().role, Role::Fact { .. }) {
                for need in self.request.desired.needs.of(index) {
                    facts.entry(*need).or_default().push(index);
                }
            }
        }
        for (index, object) in objects.iter().enumerate() {
            let Some(end) = end_of[index].filter(|end| self.steps[*end as usize].action == Action::Delete)
            else {
                continue;
            };
            let mut asked: Vec<(u32, Raw)> = vec![];
            let declared = stack.index.get(&object.address).and_then(|node| facts.get(node));
            let declared = declared.into_iter().flatten().filter(|fact| !self.is_part(**fact, object));
            let declared: Vec<u32> = declared.copied().collect();
            for fact in &declared {
                asked.extend(about(self.request, objects, *fact, object).map(|question| (*fact, question)));
            }
            for dependent in &dependents[index] {
                let fact = &objects[*dependent];
                let Some(node) = fact.node.filter(|_| is_fact(fact) && end_of[*dependent].is_none()) else {
                    continue;
                };
                if self.is_part(node, object) {
                    continue;
                }
                if !asked.iter().any(|(other, _)| *other == node) {
                    asked.push((node, fact.spec.clone()));
                }
            }
            if asked.is_empty() {
                continue;
            }
            let before = self.steps[end as usize].after.clone();
            let conditional = self.steps[end as usize].conditional;
            for (fact, question) in asked {
                let node = &stack.nodes[fact as usize];
                let name = node.kind.about().family.to_owned();
                // Generation 0: the row stays, for the fact does.
                let over = self.push(&node.address, 0, name, Action::Over, pass);
                let filled = self.step(over);
                filled.target = Some(question);
                filled.conditional = conditional;
                filled.notes.push(format!("before {} goes", object.address));
                filled.after.clone_from(&before);
                self.edge(end, over);
            }
        }
    }
}

impl Emission<'_, '_> {
    /// Whether an object is a part of the whole that a fact guards, rather than what its question names.
    fn is_part(&self, fact: u32, object: &Existing<'_>) -> bool {
        let node = &self.request.desired.stack.nodes[fact as usize];
        let mut named = false;
        for mark in &node.marks {
            if let Marked::Expr(expr) = &mark.what {
                expr.references(&mut |reference| named |= reference.at == object.address);
            }
        }
        node.options().whole && !named
    }
}

/// The question of a declared fact about an object that goes; none where it cannot be asked.
fn about(request: &Request<'_>, objects: &[Existing<'_>], fact: u32, going: &Existing<'_>) -> Option<Raw> {
    let node = &request.desired.stack.nodes[fact as usize];
    let values = AsItIs { request, objects, at: &going.address, going };
    let resolved = resolve(node.spec.text(), &node.marks, &values, str::to_owned).ok()?;
    let text = resolved.complete.then(|| resolved.text.into_owned())?;
    Raw::parse(text).ok()
}

pub(super) fn is_fact(object: &Existing<'_>) -> bool {
    matches!(object.kind.about().role, Role::Fact { .. })
}

/// Values as they are before the plan, with the object that goes in the place of its successor.
struct AsItIs<'v, 'a> {
    request: &'v Request<'a>,
    objects: &'v [Existing<'a>],
    at: &'v Address,
    going: &'v Existing<'a>,
}

impl Values for AsItIs<'_, '_> {
    fn value(&self, reference: &Reference) -> Option<Cow<'_, str>> {
        if reference.import {
            let key = (reference.stack.to_string(), reference.at.as_str().to_owned());
            return self.request.observed.imports.get(&key).map(|raw| raw.text().into());
        }
        let object = if reference.at == *self.at {
            self.going
        } else {
            let node = self.request.desired.stack.index.get(&reference.at)?;
            self.objects.iter().find(|object| object.node == Some(*node))?
        };
        match &*reference.path {
            "/id" => Some(object.id?.text().into()),
            path => match (path.strip_prefix("/outputs"), path.strip_prefix("/spec")) {
                (Some(path), _) => fragment(object.outputs?.text(), path).map(Cow::Borrowed),
                (None, path) => fragment(object.spec.text(), path?).map(Cow::Borrowed),
            },
        }
    }

    fn catalogue(&self) -> &Catalogue {
        self.request.catalogue
    }
}
