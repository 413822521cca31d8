//! From decisions to steps: exact operations, and the edges between them.

mod destroy;
mod end;
mod guard;
mod make;
mod number;

pub(super) use end::NO_LONGER_DECLARED;

use super::{
    Action, Blocker, Request, Step,
    outlook::{Existing, Outlook},
    replace::Ends,
};
use crate::graph::Address;

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
        self.steps.push(Step { pass, ..Step::new(id, address, generation, kind, action) });
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
