//! Defects of making, changing, tagging and deleting.

use super::{Broken, Defect};
use crate::{
    Cx, Driver, Effect, Error, Made, Meaning, Op, Ready, Result, Seen, Tags, Want,
    conformance::fake::{Disk, DiskId, Failed, Filter, NewDisk, failed, new_disk, revealed},
    driver::tags,
};

const CREATE: &str = "disk:Create";
const DELETE: &str = "disk:Delete";

impl Broken {
    pub(super) async fn make(&self, cx: &Cx, spec: &Ready<Disk>) -> Result<Made<DiskId>> {
        let api = &self.honest.api;
        let new = new_disk(cx, spec)?;
        match self.defect {
            Defect::IgnoresToken => self.send(NewDisk { token: None, ..new }).await,
            Defect::ForgetsTags => self.send(NewDisk { tags: Tags::new(), ..new }).await,
            Defect::TagsAfterCreate => {
                let tags = new.tags.clone();
                let made = self.send(NewDisk { tags: Tags::new(), ..new }).await?;
                api.tag(&made.id.0, &tags).await.map_err(|f| failed("disk:Tag", f))?;
                Ok(made)
            }
            Defect::CreatesTwice | Defect::CreatesUnownedTwin => {
                let token = new.token.as_ref().map(|token| format!("{token}-twin"));
                let mut twin = NewDisk { token, ..new.clone() };
                if self.defect == Defect::CreatesUnownedTwin {
                    twin.tags.clear();
                }
                let made = self.send(new).await?;
                self.send(twin).await.map(|_| made)
            }
            Defect::CreatesInTwoCalls => {
                let made = self.send(new).await?;
                let annotated = api.annotate(&made.id.0, spec.note.clone(), revealed(spec)?).await;
                annotated.map_err(|f| failed("disk:Annotate", f)).map(|()| made)
            }
            Defect::RefusesRepetition | Defect::AddsTwinOnRepetition => {
                let owned = self.honestly(cx, &Want::Owned { token: cx.token.to_string() }).await?;
                let Some(known) = owned.into_iter().next() else { return self.send(new).await };
                if self.defect == Defect::RefusesRepetition {
                    return Err(Error::new(Meaning::AlreadyExists, "the token is used").operation(CREATE));
                }
                let twin = self.send(NewDisk { token: None, ..new }).await?;
                Ok(Made { id: known.id, op: twin.op })
            }
            Defect::RepeatsItself => match self.send(new.clone()).await {
                Err(error) if error.effect() == Effect::Unknown => self.send(new).await,
                answer => answer,
            },
            Defect::TakesLostForRefused => match self.send(new).await {
                Err(error) if error.effect() == Effect::Unknown => {
                    Err(Error::new(Meaning::Transient, "the connection was reset").operation(CREATE))
                }
                answer => answer,
            },
            Defect::HangsOnLost => match self.send(new).await {
                Err(error) if error.effect() == Effect::Unknown => std::future::pending().await,
                answer => answer,
            },
            _ => self.honest.create(cx, spec).await,
        }
    }

    async fn send(&self, new: NewDisk) -> Result<Made<DiskId>> {
        let (id, operation) = self.honest.api.create(new).await.map_err(|f| failed(CREATE, f))?;
        Ok(Made { id: DiskId(id), op: Some(Op(operation)) })
    }

    pub(super) async fn alter(&self, cx: &Cx, seen: &Seen<Disk>, to: &Ready<Disk>) -> Result<Option<Op>> {
        let (api, id) = (&self.honest.api, &seen.id.0);
        match self.defect {
            Defect::ChangesNothing => api.read(id).await.map(|_| None).map_err(|f| failed("disk:Read", f)),
            Defect::FailsToChange if seen.spec.size != to.size => {
                Err(Error::new(Meaning::Invalid, "a disk cannot be resized"))
            }
            Defect::ChangesInTwoCalls if seen.spec.size != to.size => {
                let annotated = api.annotate(id, to.note.clone(), revealed(to)?).await;
                annotated.map_err(|f| failed("disk:Annotate", f))?;
                self.honest.change(cx, seen, to).await
            }
            Defect::SwallowsErrorOfChange => match self.honest.change(cx, seen, to).await {
                Err(error) if error.api_code() == Some("NotImplemented") => Ok(None),
                answer => answer,
            },
            _ => self.honest.change(cx, seen, to).await,
        }
    }

    pub(super) async fn remove(&self, cx: &Cx, seen: &Seen<Disk>) -> Result<Option<Op>> {
        let api = &self.honest.api;
        match self.defect {
            Defect::DeletesNothing => api.read(&seen.id.0).await.map(|_| None).map_err(|f| failed(DELETE, f)),
            Defect::FailsToDelete => {
                Err(Error::new(Meaning::Denied { action: DELETE.into() }, "not allowed"))
            }
            Defect::DeletesOtherStacks => {
                let op = self.honest.delete(cx, seen).await?;
                for other in self.honest.list(&Filter::Everything).await? {
                    if other.tags.get(tags::STACK).is_some_and(|stack| **stack != *cx.stack) {
                        let deleted = api.delete(&other.id).await;
                        deleted
                            .map(drop)
                            .or_else(|f| if f == Failed::BUSY { Ok(()) } else { Err(failed(DELETE, f)) })?;
                    }
                }
                Ok(op)
            }
            Defect::HangsOnGone | Defect::FailsToDeleteGone | Defect::TakesAnyNotFoundForDeleted => {
                match (self.defect, self.honest.delete(cx, seen).await) {
                    (Defect::TakesAnyNotFoundForDeleted, Err(error))
                        if error.api_code() == Some("UnknownRoute") =>
                    {
                        Ok(None)
                    }
                    (Defect::HangsOnGone, Err(error)) if *error.meaning() == Meaning::NotFound => {
                        std::future::pending().await
                    }
                    (Defect::FailsToDeleteGone, Err(error)) if *error.meaning() == Meaning::NotFound => {
                        Err(Error::new(Meaning::Invalid, "the disk is in no state to be deleted"))
                    }
                    (_, answer) => answer,
                }
            }
            _ => self.honest.delete(cx, seen).await,
        }
    }

    pub(super) async fn write_tags(
        &self,
        cx: &Cx,
        seen: &Seen<Disk>,
        set: &Tags,
        unset: &[String],
    ) -> Result<()> {
        match self.defect {
            Defect::IgnoresUnset => self.honest.retag(cx, seen, set, &[]).await,
            Defect::RemovesOtherTags if !unset.is_empty() => {
                let others: Vec<String> =
                    seen.tags.keys().filter(|key| !set.contains_key(*key)).cloned().collect();
                self.honest.retag(cx, seen, set, &others).await
            }
            Defect::FailsToRetag => Err(Error::internal("the tags of disks cannot be changed")),
            Defect::TagsOneByOne => {
                for (key, value) in set {
                    let one = Tags::from([(key.clone(), value.clone())]);
                    self.honest.retag(cx, seen, &one, &[]).await?;
                }
                self.honest.retag(cx, seen, &Tags::new(), unset).await
            }
            _ => self.honest.retag(cx, seen, set, unset).await,
        }
    }
}
