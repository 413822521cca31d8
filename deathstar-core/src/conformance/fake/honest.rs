//! The driver that keeps the contract.

use super::{Disk, DiskId, DiskOutputs, Failed, Fake, Filter, Item, NewDisk};
use crate::{
    Cx, Driver, Error, Found, Made, Meaning, Op, Progress, Ready, Result, Seen, SeenState, Tags, Want,
    driver::tags,
};

/// The driver of disks that keeps the contract: what a driver of an asynchronous API looks like.
#[derive(Clone, Debug)]
pub struct Honest {
    pub(in crate::conformance) api: Fake,
}

impl Honest {
    /// A driver on an API.
    pub fn new(api: Fake) -> Self {
        Self { api }
    }

    /// All pages of a list.
    pub(in crate::conformance) async fn list(&self, filter: &Filter) -> Result<Vec<Item>> {
        let (mut items, mut next) = (vec![], None);
        loop {
            let page = self.api.list(filter, next.as_deref()).await.map_err(|f| failed("disk:List", f))?;
            items.extend(page.items);
            match page.next {
                Some(marker) => next = Some(marker),
                None => return Ok(items),
            }
        }
    }
}

/// What is asked for, as the API's filter.
pub(in crate::conformance) fn filter(cx: &Cx, want: &Want<DiskId>) -> Filter {
    match want {
        Want::All => Filter::Tag(tags::STACK.into(), cx.stack.to_string()),
        Want::Ids(ids) => Filter::Ids(ids.iter().map(|id| id.0.clone()).collect()),
        Want::Owned { token } => Filter::Tag(tags::TOKEN.into(), token.clone()),
    }
}

/// The request that makes a disk.
pub(in crate::conformance) fn new_disk(cx: &Cx, spec: &Disk) -> Result<NewDisk> {
    Ok(NewDisk {
        name: spec.name.clone(),
        size: spec.size,
        note: spec.note.clone(),
        key: revealed(spec)?,
        tags: (*cx.tags).clone(),
        token: Some(cx.token.to_string()),
    })
}

pub(in crate::conformance) fn revealed(spec: &Disk) -> Result<Option<String>> {
    spec.key.as_ref().map(|key| key.reveal().cloned()).transpose()
}

/// What the API shows, in the shape of a spec.
pub(in crate::conformance) fn show(item: Item) -> Seen<Disk> {
    let path = format!("/disks/{}", item.id);
    Seen {
        id: DiskId(item.id),
        tags: item.tags,
        spec: Disk { name: item.name, size: item.size, note: item.note, key: None },
        outputs: DiskOutputs { path, used: 0.5 },
        state: item.busy.map_or(SeenState::Ready, |busy| SeenState::Pending(busy.into())),
    }
}

/// An error of the API by meaning.
pub(in crate::conformance) fn failed(operation: &str, failed: Failed) -> Error {
    let error = match failed {
        Failed::LOST => Error::new(Meaning::Transient, "the connection was reset").effect_unknown(),
        Failed::NO_DISK => Error::new(Meaning::NotFound, "there is no such disk"),
        Failed::BUSY => Error::new(Meaning::Conflict, "the disk is being worked on"),
        _ => Error::new(Meaning::Invalid, "the API refuses"),
    };
    let error = error.operation(operation);
    if failed.code.is_empty() { error } else { error.code(failed.code) }
}

impl Driver<Disk> for Honest {
    async fn find(&self, cx: &Cx, want: &Want<DiskId>, found: &mut Found) -> Result<()> {
        for item in self.list(&filter(cx, want)).await? {
            found.push(show(item));
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<Disk>) -> Result<Made<DiskId>> {
        let made = self.api.create(new_disk(cx, spec)?).await;
        let (id, operation) = made.map_err(|f| failed("disk:Create", f))?;
        Ok(Made { id: DiskId(id), op: Some(Op(operation)) })
    }

    async fn change(&self, _: &Cx, seen: &Seen<Disk>, to: &Ready<Disk>) -> Result<Option<Op>> {
        let id = &seen.id.0;
        if seen.spec.size != to.size {
            let resized = self.api.resize(id, to.size).await.map_err(|f| failed("disk:Resize", f))?;
            return Ok(Some(Op(resized)));
        }
        let annotated = self.api.annotate(id, to.note.clone(), revealed(to)?).await;
        annotated.map(|()| None).map_err(|f| failed("disk:Annotate", f))
    }

    async fn delete(&self, _: &Cx, seen: &Seen<Disk>) -> Result<Option<Op>> {
        let deleted = self.api.delete(&seen.id.0).await;
        deleted.map(|operation| Some(Op(operation))).map_err(|f| failed("disk:Delete", f))
    }

    async fn retag(&self, _: &Cx, seen: &Seen<Disk>, set: &Tags, unset: &[String]) -> Result<()> {
        if !set.is_empty() {
            self.api.tag(&seen.id.0, set).await.map_err(|f| failed("disk:Tag", f))?;
        }
        if !unset.is_empty() {
            self.api.untag(&seen.id.0, unset).await.map_err(|f| failed("disk:Untag", f))?;
        }
        Ok(())
    }

    async fn poll(&self, op: &Op) -> Result<Progress> {
        let goes_on = self.api.goes_on(&op.0).await.map_err(|f| failed("disk:Operation", f))?;
        Ok(if goes_on { Progress::Waiting { why: op.0.clone(), after: None } } else { Progress::Done })
    }
}
