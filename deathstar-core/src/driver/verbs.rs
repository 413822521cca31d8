//! The verbs of a kind: find, create, change, delete, and poll.

use super::{Cx, Found, Loss, Ready, Rehearsal, Seen, Tags, Want};
use crate::{Error, Resource, Result};
use serde::{Deserialize, Serialize};
use std::{future::Future, time::Duration};

/// The calls of one kind, implemented on the client that makes them.
///
/// A driver knows only its cloud: retry, waiting, crashes, tokens and tags' ownership are the engine's.
///
/// - SDK retries must be off, and every list must be read to its last page.
/// - An error says by [`Effect`](crate::Effect) whether something may have happened; a lost answer is `Unknown`.
/// - Every `.await` is a point at which the work may end for ever (the process dies, the user abandons).
pub trait Driver<R: Resource>: Send + Sync + 'static {
    /// Looks. Refresh, settling, recovery, drift, sweep and proof all come here; ids come in batches.
    ///
    /// It may show objects of other families too. What is not there is left out.
    ///
    /// # Errors
    /// When the API fails; a missing object is no error.
    fn find(&self, cx: &Cx, want: &Want<R::Id>, found: &mut Found)
    -> impl Future<Output = Result<()>> + Send;

    /// Makes exactly one mutating call, the one that gives identity. It writes `cx.tags`, and `cx.token` where the API takes a token.
    ///
    /// # Errors
    /// With [`Effect::Unknown`](crate::Effect::Unknown) when the object may exist.
    fn create(&self, cx: &Cx, spec: &Ready<R>) -> impl Future<Output = Result<Made<R::Id>>> + Send;

    /// Makes the next call that is missing between what is seen and `to`. Called until nothing differs: the tail of a create, and an
    /// update.
    ///
    /// # Errors
    /// When the API fails.
    fn change(
        &self,
        cx: &Cx,
        seen: &Seen<R>,
        to: &Ready<R>,
    ) -> impl Future<Output = Result<Option<Op>>> + Send {
        let _ = (cx, seen, to);
        async { Err(Error::internal(format!("{} is never changed in place", R::FAMILY))) }
    }

    /// Makes the next call towards the object's end. Called until `find` no longer shows it.
    ///
    /// # Errors
    /// When the API fails.
    fn delete(&self, cx: &Cx, seen: &Seen<R>) -> impl Future<Output = Result<Option<Op>>> + Send;

    /// Writes and removes tags of a tagged kind, in one call of each sort at most.
    ///
    /// # Errors
    /// When the API fails.
    fn retag(
        &self,
        cx: &Cx,
        seen: &Seen<R>,
        set: &Tags,
        unset: &[String],
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, seen, set, unset);
        async { Err(Error::internal(format!("the tags of {} cannot be changed", R::FAMILY))) }
    }

    /// Asks the API what it would say to a step, and changes nothing: a create, or from what is seen a change. Only for kinds that
    /// are [rehearsed](crate::Resource::REHEARSED).
    ///
    /// # Errors
    /// When the API cannot be asked. That it would refuse is an answer.
    fn rehearse(
        &self,
        cx: &Cx,
        spec: &Ready<R>,
        seen: Option<&Seen<R>>,
    ) -> impl Future<Output = Result<Rehearsal>> + Send {
        let _ = (cx, spec, seen);
        async { Ok(Rehearsal::not_checkable("its API cannot be asked beforehand")) }
    }

    /// Asks what is lost with each of these objects when all of them are deleted, beyond what its kind says: it is shown before, and
    /// needs consent. One answer for each, in their order; none for the rest. Only for kinds that are
    /// [rehearsed](crate::Resource::REHEARSED).
    ///
    /// # Errors
    /// When the API cannot be asked: then anything may be lost.
    fn losses(&self, cx: &Cx, seen: &[Seen<R>]) -> impl Future<Output = Result<Vec<Option<Loss>>>> + Send {
        let _ = (cx, seen);
        async { Ok(vec![]) }
    }

    /// Asks how an operation goes. Without operations of its own an API needs nothing here.
    ///
    /// # Errors
    /// When the API fails.
    fn poll(&self, op: &Op) -> impl Future<Output = Result<Progress>> + Send {
        let _ = op;
        async { Ok(Progress::Done) }
    }
}

/// The handle of an operation in progress (an ARM operation URL, an EKS update id); it outlives the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Op(pub String);

/// What a create call answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Made<I> {
    /// The object's id.
    pub id: I,
    /// The operation that goes on.
    pub op: Option<Op>,
}

impl<I> From<I> for Made<I> {
    fn from(id: I) -> Self {
        Self { id, op: None }
    }
}

/// How an operation goes.
#[derive(Clone, Debug)]
pub enum Progress {
    /// It has ended well.
    Done,
    /// It goes on.
    Waiting {
        /// What it waits for.
        why: String,
        /// How long the API asks to wait.
        after: Option<Duration>,
    },
    /// It has failed. By the error's meaning it is asked for again, like a call that is refused for that reason, or given up.
    Failed(Error),
}
