//! Defects of looking.

use super::{Broken, Defect};
use crate::{
    Cx, Error, Found, Meaning, Result, Seen, Tags, Want,
    conformance::fake::{Disk, DiskId, Failed, Filter, failed, filter, show},
    driver::tags,
};

const LIST: &str = "disk:List";

impl Broken {
    pub(super) async fn look(&self, cx: &Cx, want: &Want<DiskId>) -> Result<Vec<Seen<Disk>>> {
        let mut seen = self.look_up(cx, want).await?;
        for one in &mut seen {
            match (self.defect, want) {
                (Defect::GarblesOutputs, _) => one.outputs.used = f64::NAN,
                (Defect::ForgetsField, _) => one.spec.note = None,
                (Defect::RenamesField, _) => one.spec.name = one.spec.name.to_uppercase(),
                (Defect::ListsWithoutTags, Want::All) => one.tags = Tags::new(),
                (Defect::WritesWhileFinding, _) => {
                    let touched = self.honest.api.tag(&one.id.0, &Tags::new()).await;
                    touched.map_err(|f| failed("disk:Tag", f))?;
                }
                _ => {}
            }
        }
        Ok(seen)
    }

    async fn look_up(&self, cx: &Cx, want: &Want<DiskId>) -> Result<Vec<Seen<Disk>>> {
        match (self.defect, want) {
            (Defect::FindsNothingByToken, Want::Owned { .. }) | (Defect::FindsNothingById, Want::Ids(_)) => {
                // It asks, and drops what it is told.
                self.honestly(cx, want).await.map(|_| vec![])
            }
            (Defect::IgnoresTokenInFind, Want::Owned { .. }) => self.honestly(cx, &Want::All).await,
            (Defect::FailsOnUnknownToken, Want::Owned { .. }) => {
                let seen = self.honestly(cx, want).await?;
                if seen.is_empty() { Err(Error::new(Meaning::NotFound, "no such token")) } else { Ok(seen) }
            }
            (
                Defect::FailsOnGone | Defect::FailsOnGoneAmongOthers | Defect::DropsRestOfBatch,
                Want::Ids(ids),
            ) => self.one_by_one(ids).await,
            (Defect::ListsOtherStacks, Want::All) => self.all(|tags| tags.contains_key(tags::STACK)).await,
            (Defect::ListsUnowned, Want::All) => {
                self.all(|tags| tags.get(tags::STACK).is_none_or(|stack| **stack == *cx.stack)).await
            }
            (Defect::ForgetsPages, Want::All) | (Defect::ForgetsPagesOfIds, Want::Ids(_)) => {
                let page = self.honest.api.list(&filter(cx, want), None).await;
                let page = page.map_err(|f| failed(LIST, f))?;
                Ok(page.items.into_iter().map(show).collect())
            }
            (Defect::TakesAnyNotFoundForGone, _) => {
                let none = Error::new(Meaning::NotFound, "").code("UnknownRoute");
                match self.honestly(cx, want).await {
                    Err(error) if error.api_code() == none.api_code() => Ok(vec![]),
                    other => other,
                }
            }
            _ => self.honestly(cx, want).await,
        }
    }

    pub(super) async fn honestly(&self, cx: &Cx, want: &Want<DiskId>) -> Result<Vec<Seen<Disk>>> {
        let mut found = Found::default();
        crate::Driver::<Disk>::find(&self.honest, cx, want, &mut found).await?;
        found.of()
    }

    async fn all(&self, shown: impl Fn(&Tags) -> bool) -> Result<Vec<Seen<Disk>>> {
        let items = self.honest.list(&Filter::Everything).await?;
        Ok(items.into_iter().filter(|item| shown(&item.tags)).map(show).collect())
    }

    async fn one_by_one(&self, ids: &[DiskId]) -> Result<Vec<Seen<Disk>>> {
        let mut seen = vec![];
        for id in ids {
            match self.honest.api.read(&id.0).await {
                Ok(item) => seen.push(show(item)),
                Err(Failed::NO_DISK) if self.defect == Defect::DropsRestOfBatch => break,
                Err(Failed::NO_DISK) if (self.defect == Defect::FailsOnGone) != (ids.len() == 1) => {}
                Err(error) => return Err(failed(LIST, error)),
            }
        }
        Ok(seen)
    }
}
