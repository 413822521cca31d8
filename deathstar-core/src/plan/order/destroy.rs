//! The end of everything, and the gates before it.

use super::{Emission, reverse};
use crate::{
    graph::Address,
    plan::{
        Action,
        outlook::{Decision, Existing, Life, Outlook},
        replace::Ends,
    },
};
use std::collections::HashMap;

impl<'a> Emission<'_, 'a> {
    /// Emits the end of everything.
    pub(in crate::plan) fn destroy(&mut self, objects: &[Existing<'a>], outlooks: &[Option<Outlook>]) {
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
}
