//! The API itself.

use super::state::{PAGE, State};
use crate::{
    Result as CoreResult, Tags,
    conformance::{Mutation, Witness},
};
use async_trait::async_trait;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a client of the API is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answers {
    /// What the API says.
    #[default]
    True,
    /// Nothing happens, and a 404 says that the route is unknown.
    UnknownRoute,
    /// Nothing happens, and a 501 says that the call is not implemented.
    NotImplemented,
    /// It happens, and the answer is lost.
    Lost,
}

/// A failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failed {
    /// The HTTP status; 0 when there was no answer.
    pub status: u16,
    /// The API's own code; empty when there was no answer.
    pub code: &'static str,
}

impl Failed {
    /// The disk that the call names is not there.
    pub const NO_DISK: Self = Self { status: 404, code: "DiskNotFound" };
    /// The disk is being worked on.
    pub const BUSY: Self = Self { status: 409, code: "DiskBusy" };
    /// The token made a disk with other parameters.
    pub const TOKEN: Self = Self { status: 400, code: "TokenMismatch" };
    /// There was no answer.
    pub const LOST: Self = Self { status: 0, code: "" };
}

/// A disk that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDisk {
    /// Its name.
    pub name: String,
    /// Its size.
    pub size: u32,
    /// What it is for.
    pub note: Option<String>,
    /// What encrypts it.
    pub key: Option<String>,
    /// Its tags.
    pub tags: Tags,
    /// With the same token and parameters the API answers the same disk.
    pub token: Option<String>,
}

/// A disk as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size.
    pub size: u32,
    /// What it is for.
    pub note: Option<String>,
    /// Its tags.
    pub tags: Tags,
    /// What is being done with it: `creating`, `resizing`, `deleting`.
    pub busy: Option<&'static str>,
}

/// Which disks a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All of everybody.
    Everything,
    /// Those with a tag.
    Tag(String, String),
    /// Those with one of these ids.
    Ids(Vec<String>),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The disks.
    pub items: Vec<Item>,
    /// What asks for the next page.
    pub next: Option<String>,
}

/// A client of the API. Clones are clients of the same API.
#[derive(Clone, Debug, Default)]
pub struct Fake {
    state: Arc<Mutex<State>>,
    answers: Answers,
}

impl Fake {
    /// An empty API.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many disks are in one page.
    pub const PAGE: usize = PAGE;

    /// A client of the same API with other answers.
    #[must_use]
    pub fn answering(&self, answers: Answers) -> Self {
        Self { state: Arc::clone(&self.state), answers }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a call, and answers it as the client is answered.
    fn answer<T>(
        &self,
        mutation: Option<(&str, String)>,
        call: impl FnOnce(&mut State) -> Result<T, Failed>,
    ) -> Result<T, Failed> {
        let mut state = self.state();
        if let Some((operation, request)) = mutation {
            state.calls.push(Mutation { operation: operation.to_owned(), request: Some(request) });
        }
        match self.answers {
            Answers::True => call(&mut state),
            Answers::UnknownRoute => Err(Failed { status: 404, code: "UnknownRoute" }),
            Answers::NotImplemented => Err(Failed { status: 501, code: "NotImplemented" }),
            Answers::Lost => call(&mut state).and(Err(Failed::LOST)),
        }
    }
}

/// The calls.
#[expect(clippy::unused_async, reason = "a real API is asynchronous, and so are its callers")]
impl Fake {
    /// Makes a disk; answers its id and the operation that makes it.
    ///
    /// # Errors
    /// When the token made a disk with other parameters.
    pub async fn create(&self, new: NewDisk) -> Result<(String, String), Failed> {
        let request = format!("{} {:?} {:?}", new.name, new.token, new.tags);
        self.answer(Some(("disk:Create", request)), |state| state.create(new))
    }

    /// Shows one page of disks.
    ///
    /// # Errors
    /// When the client is refused.
    pub async fn list(&self, filter: &Filter, page: Option<&str>) -> Result<Page, Failed> {
        self.answer(None, |state| Ok(state.list(filter, page.unwrap_or_default())))
    }

    /// Shows one disk.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn read(&self, id: &str) -> Result<Item, Failed> {
        self.answer(None, |state| state.look(id).ok_or(Failed::NO_DISK))
    }

    /// Changes a disk's size; answers the operation.
    ///
    /// # Errors
    /// When it is not there or busy.
    pub async fn resize(&self, id: &str, size: u32) -> Result<String, Failed> {
        self.answer(Some(("disk:Resize", id.to_owned())), |state| {
            let disk = state.idle(id)?;
            disk.item.size = size;
            Ok(disk.work("resizing"))
        })
    }

    /// Changes what a disk is for, and its key.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn annotate(&self, id: &str, note: Option<String>, key: Option<String>) -> Result<(), Failed> {
        self.answer(Some(("disk:Annotate", id.to_owned())), |state| {
            let disk = state.disk(id)?;
            disk.item.note = note;
            disk.made.key = key;
            Ok(())
        })
    }

    /// Writes tags beside the others.
    ///
    /// # Errors
    /// When the disk is not there.
    pub async fn tag(&self, id: &str, set: &Tags) -> Result<(), Failed> {
        self.answer(Some(("disk:Tag", format!("{id} {set:?}"))), |state| {
            let tags = &mut state.disk(id)?.item.tags;
            tags.extend(set.iter().map(|(key, value)| (key.clone(), value.clone())));
            Ok(())
        })
    }

    /// Removes tags.
    ///
    /// # Errors
    /// When the disk is not there.
    pub async fn untag(&self, id: &str, keys: &[String]) -> Result<(), Failed> {
        self.answer(Some(("disk:Untag", format!("{id} {keys:?}"))), |state| {
            state.disk(id)?.item.tags.retain(|key, _| !keys.contains(key));
            Ok(())
        })
    }

    /// Removes a disk; answers the operation.
    ///
    /// # Errors
    /// When it is not there or busy.
    pub async fn delete(&self, id: &str) -> Result<String, Failed> {
        self.answer(Some(("disk:Delete", id.to_owned())), |state| Ok(state.idle(id)?.work("deleting")))
    }

    /// Says whether an operation goes on.
    ///
    /// # Errors
    /// When the client is refused.
    pub async fn goes_on(&self, operation: &str) -> Result<bool, Failed> {
        self.answer(None, |state| {
            let id = operation.split('/').next().unwrap_or_default();
            state.pass(id);
            Ok(state.disks.get(id).is_some_and(|disk| disk.item.busy.is_some()))
        })
    }
}

#[async_trait]
impl Witness for Fake {
    async fn mutations(&self) -> CoreResult<Vec<Mutation>> {
        Ok(self.state().calls.clone())
    }

    async fn objects(&self, _family: &str) -> CoreResult<Option<Vec<Value>>> {
        Ok(Some(self.state().disks.keys().map(|id| Value::from(id.as_str())).collect()))
    }
}
