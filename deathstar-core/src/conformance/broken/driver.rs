//! The verbs: each with its defects, and honest otherwise.

use super::{Broken, Defect};
use crate::{
    Cx, Driver, Error, Found, Made, Op, Progress, Ready, Result, Seen, Tags, Want,
    conformance::fake::{Disk, DiskId},
};

impl Driver<Disk> for Broken {
    async fn find(&self, cx: &Cx, want: &Want<DiskId>, found: &mut Found) -> Result<()> {
        for seen in self.look(cx, want).await? {
            found.push(seen);
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<Disk>) -> Result<Made<DiskId>> {
        let made = self.make(cx, spec).await?;
        let op = made.op.filter(|_| self.defect != Defect::LosesOperationOfCreate);
        Ok(Made { id: made.id, op })
    }

    async fn change(&self, cx: &Cx, seen: &Seen<Disk>, to: &Ready<Disk>) -> Result<Option<Op>> {
        let op = self.alter(cx, seen, to).await?;
        Ok(op.filter(|_| self.defect != Defect::LosesOperationOfChange))
    }

    async fn delete(&self, cx: &Cx, seen: &Seen<Disk>) -> Result<Option<Op>> {
        let op = self.remove(cx, seen).await?;
        Ok(op.filter(|_| self.defect != Defect::LosesOperationOfDelete))
    }

    async fn retag(&self, cx: &Cx, seen: &Seen<Disk>, set: &Tags, unset: &[String]) -> Result<()> {
        self.write_tags(cx, seen, set, unset).await
    }

    async fn poll(&self, op: &Op) -> Result<Progress> {
        if self.defect == Defect::WritesWhilePolling {
            let id = op.0.split('/').next().unwrap_or_default();
            // The disk of a deletion may be gone.
            self.honest.api.tag(id, &Tags::new()).await.unwrap_or_default();
        }
        match (self.defect, Driver::<Disk>::poll(&self.honest, op).await?) {
            (Defect::PollsForEver, _) => Ok(Progress::Waiting { why: "a final state".into(), after: None }),
            (Defect::FailsToPoll, _) => Err(Error::internal("an unknown state of an operation")),
            (_, progress) => Ok(progress),
        }
    }
}
