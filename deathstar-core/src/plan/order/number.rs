//! The numbers of steps: each comes after all that it waits for.

use super::Emission;
use crate::{
    Error, Result,
    plan::{Action, Blocker, Step},
};
use std::{cmp::Reverse, collections::BinaryHeap};

impl Emission<'_, '_> {
    /// Orders and numbers the steps.
    pub(in crate::plan) fn finish(mut self) -> Result<(Vec<Step>, Vec<Blocker>)> {
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
        Action::Release => "release",
        Action::Import => "import",
        Action::Recover => "recover",
        Action::Record => "record",
        Action::Ask => "ask",
        Action::Over => "over",
    }
}
