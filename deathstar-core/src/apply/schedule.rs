//! Which steps can start, and which of them first.

use super::Outcome;
use crate::plan::Step;
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    time::Duration,
};

/// Which steps can start.
///
/// A step can when all that it waits for has ended. Of those that can, the one first behind which most others wait one after the
/// other: an API takes so many calls at once, and the longest way through the plan is what its end waits for.
pub(super) struct Schedule {
    waits: Vec<u32>,
    starts: Vec<Vec<u32>>,
    /// How many steps the longest way behind each has.
    behind: Vec<u32>,
    ready: BinaryHeap<(u32, Reverse<u32>)>,
    /// What failed, of what the step waits for.
    doomed: HashMap<u32, u32>,
    outcomes: Vec<Option<(Outcome, Duration)>>,
}

impl Schedule {
    pub(super) fn new(steps: &[Step]) -> Self {
        let mut starts = vec![vec![]; steps.len()];
        let mut waits = Vec::with_capacity(steps.len());
        for step in steps {
            waits.push(u32::try_from(step.after.len()).unwrap_or(u32::MAX));
            for before in &step.after {
                starts[*before as usize].push(step.id);
            }
        }
        let behind = behind(steps, &starts);
        let first = steps.iter().filter(|step| step.after.is_empty());
        let ready = first.map(|step| (behind[step.id as usize], Reverse(step.id))).collect();
        let mut outcomes = Vec::with_capacity(steps.len());
        outcomes.resize_with(steps.len(), || None);
        Self { waits, starts, behind, ready, doomed: HashMap::new(), outcomes }
    }

    /// The next step that can start.
    pub(super) fn next(&mut self) -> Option<u32> {
        self.ready.pop().map(|(_, Reverse(step))| step)
    }

    /// Which step failed or was left out, so that this one cannot be carried out.
    pub(super) fn doomed(&self, step: u32) -> Option<u32> {
        self.doomed.get(&step).copied()
    }

    /// A step has ended: what waited for it last can start.
    pub(super) fn end(&mut self, step: u32, outcome: Outcome, took: Duration) {
        let because = match &outcome {
            ended if ended.succeeded() => None,
            Outcome::Skipped { because } => Some(*because),
            _ => Some(step),
        };
        for next in std::mem::take(&mut self.starts[step as usize]) {
            if let Some(because) = because {
                self.doomed.entry(next).or_insert(because);
            }
            let waits = &mut self.waits[next as usize];
            *waits -= 1;
            if *waits == 0 {
                self.ready.push((self.behind[next as usize], Reverse(next)));
            }
        }
        self.outcomes[step as usize] = Some((outcome, took));
    }

    /// How each step ended; those that have not are abandoned, or were never started.
    pub(super) fn ended(self, abandoned: bool) -> Vec<(Outcome, Duration)> {
        let never = || {
            let left =
                if abandoned { Outcome::InProgress("it was abandoned".into()) } else { Outcome::NotStarted };
            (left, Duration::ZERO)
        };
        self.outcomes.into_iter().map(|ended| ended.unwrap_or_else(never)).collect()
    }
}

/// How many steps the longest way behind each has; in time that grows with the edges.
fn behind(steps: &[Step], starts: &[Vec<u32>]) -> Vec<u32> {
    let mut open: Vec<usize> = starts.iter().map(Vec::len).collect();
    let mut behind = vec![0; steps.len()];
    let mut ends: Vec<u32> = steps.iter().map(|step| step.id).filter(|id| open[*id as usize] == 0).collect();
    while let Some(end) = ends.pop() {
        let way = behind[end as usize] + 1;
        for before in &steps[end as usize].after {
            let at = *before as usize;
            behind[at] = way.max(behind[at]);
            open[at] -= 1;
            if open[at] == 0 {
                ends.push(*before);
            }
        }
    }
    behind
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{graph::Address, plan::Action};
    use proptest::prelude::*;

    /// Steps that wait for these.
    fn steps(after: &[Vec<u32>]) -> Vec<Step> {
        let step = |(id, after): (u32, &Vec<u32>)| {
            let address = Address::unchecked(&format!("step-{id}"));
            Step { after: after.clone(), ..Step::new(id, &address, 0, "test.step".into(), Action::Create) }
        };
        (0..).zip(after).map(step).collect()
    }

    /// The order in which they start when each ends before the next one starts.
    fn order(after: &[Vec<u32>]) -> Vec<u32> {
        let mut schedule = Schedule::new(&steps(after));
        let mut order = vec![];
        while let Some(step) = schedule.next() {
            order.push(step);
            schedule.end(step, Outcome::Done, Duration::ZERO);
        }
        order
    }

    #[test]
    fn what_most_waits_for_starts_first_else_what_stands_first() {
        // 0 and 1 are alone, 2 <- 3 <- 4 is a way, 5 <- 6 a shorter one.
        let after = [vec![], vec![], vec![], vec![2], vec![3], vec![], vec![5]];
        let mut schedule = Schedule::new(&steps(&after));
        let ready: Vec<_> = std::iter::from_fn(|| schedule.next()).collect();
        assert_eq!(ready, [2, 5, 0, 1]);
        schedule.end(2, Outcome::Done, Duration::ZERO);
        schedule.end(5, Outcome::Done, Duration::ZERO);
        let ready: Vec<_> = std::iter::from_fn(|| schedule.next()).collect();
        assert_eq!(ready, [3, 6]);
        assert_eq!(order(&after), [2, 3, 5, 0, 1, 4, 6]);
    }

    #[test]
    fn what_waits_for_a_failure_knows_the_first_one() {
        let mut schedule = Schedule::new(&steps(&[vec![], vec![0], vec![1], vec![]]));
        assert_eq!(schedule.next(), Some(0));
        schedule.end(0, Outcome::Skipped { because: 7 }, Duration::ZERO);
        assert_eq!(schedule.doomed(1), Some(7));
        assert_eq!(schedule.next(), Some(1), "it starts in order to be skipped");
        schedule.end(1, Outcome::Skipped { because: 7 }, Duration::ZERO);
        assert_eq!((schedule.doomed(2), schedule.doomed(3)), (Some(7), None));
        let ended = schedule.ended(false);
        assert!(matches!(ended[3].0, Outcome::NotStarted));
    }

    proptest! {
        #[test]
        fn every_step_starts_once_and_after_what_it_waits_for(
            after in prop::collection::vec(prop::collection::btree_set(0_u32..40, 0..4), 0..40),
            turn in any::<bool>(),
        ) {
            // Who waits for whom may go up or down in the numbers, but has no circle.
            let count = u32::try_from(after.len()).unwrap();
            let number = |at: u32| if turn { count - 1 - at } else { at };
            let mut all = vec![vec![]; after.len()];
            for (at, needs) in (0..).zip(&after) {
                all[number(at) as usize] =
                    needs.iter().filter(|need| **need < at).map(|need| number(*need)).collect();
            }
            let order = order(&all);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..count).collect::<Vec<_>>());
            let place = |step: &u32| order.iter().position(|one| one == step);
            for (step, needs) in (0..).zip(&all) {
                prop_assert!(needs.iter().all(|need| place(need) < place(&step)));
            }
        }
    }
}
