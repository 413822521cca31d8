//! How a client answers the questions of facts.

use crate::{Fact, Result, kind::Answered};
use std::future::Future;

/// The calls of one fact, implemented on the client that makes them. Reads only, but for `over`, which may act.
pub trait Ask<F: Fact>: Send + Sync + 'static {
    /// Asked before what depends on the fact is made.
    ///
    /// # Errors
    /// When the API fails.
    fn holds(&self, fact: &F) -> impl Future<Output = Result<Answered<F::Answer>>> + Send;

    /// Asked before what the fact stands on is deleted: act, then say what is still there.
    ///
    /// # Errors
    /// When the API fails.
    fn over(&self, fact: &F) -> impl Future<Output = Result<Answered<()>>> + Send {
        let _ = fact;
        async { Ok(Answered::Yes(())) }
    }
}
