//! Steps about facts.

use super::{
    Outcome,
    work::{Job, Object, Worked},
};
use crate::{
    Error, Meaning, Raw, Verb,
    kind::Answered,
    plan::Step,
    state::{Phase, Row},
};

impl Job<'_> {
    /// Asks a fact until it holds, and records the answer.
    pub(crate) async fn ask(
        &self,
        step: &Step,
        object: &Object,
        row: &mut Row,
        question: Raw,
    ) -> Worked<Outcome> {
        let frozen = matches!(object.kind.about().role, crate::erase::Role::Fact { frozen: true });
        let answer = match &step.answer {
            Some(answer) if frozen => answer.clone(),
            planned => {
                let answer = self.until_it_holds(step, object, &question).await?;
                if planned.as_ref().is_some_and(|planned| *planned != answer) {
                    let text = format!("the answer of {} has changed since the plan was made", step.address);
                    return Err(Error::new(Meaning::Conflict, text).hint("plan again").into());
                }
                answer
            }
        };
        self.ledger.phase(row, Phase::Live { id: Raw::null(), spec: question, outputs: answer })?;
        Ok(Outcome::Done)
    }

    async fn until_it_holds(&self, step: &Step, object: &Object, question: &Raw) -> Worked<Raw> {
        let deed = (object.kind.about().family, Verb::Ask);
        loop {
            match self
                .read(step, object, || object.connected.call(deed, object.driver.holds(question)))
                .await?
            {
                Answered::Yes(answer) => return Ok(answer),
                Answered::Waiting(why) => self.tick(object, step, &why).await?,
                Answered::No(why) => return Err(Error::new(Meaning::Invalid, why).into()),
            }
        }
    }

    /// Asks whether a fact is over, and drops its row.
    pub(crate) async fn over(
        &self,
        step: &Step,
        object: &Object,
        question: &Raw,
        row: Option<&Row>,
    ) -> Worked<Outcome> {
        let deed = (object.kind.about().family, Verb::Over);
        loop {
            match self
                .read(step, object, || object.connected.call(deed, object.driver.over(question)))
                .await?
            {
                Answered::Yes(()) => break,
                Answered::Waiting(why) => self.tick(object, step, &why).await?,
                Answered::No(why) => {
                    return Err(Error::new(Meaning::Conflict, why)
                        .hint("what it stands on is not deleted")
                        .into());
                }
            }
        }
        if let Some(row) = row {
            self.ledger.gone(row)?;
        }
        Ok(Outcome::Done)
    }
}
