//! Where lives are lived.

use crate::Kind;
use async_trait::async_trait;

/// A server that fails on command, and knows what was called and what stands.
#[async_trait]
pub trait Stage: Send + Sync {
    /// How many calls arrived so far.
    fn arrived(&self) -> usize;

    /// The calls of an account since so many had arrived; those that only say who calls are left out.
    fn calls(&self, since: usize, account: &str) -> Vec<Called>;

    /// Lets something befall a call of an account; `end` ends the process that makes it.
    fn befall(&self, trial: &Trial, account: &str, end: End);

    /// How many of what was to befall calls did not befall one yet.
    fn waiting(&self) -> usize;

    /// Forgets what has still to befall calls.
    fn clear(&self);

    /// What stands of all that an account has made since so many calls had arrived.
    async fn standing(&self, since: usize, account: &str) -> Vec<String>;
}

/// Ends a process.
pub type End = Box<dyn Fn() + Send + Sync>;

/// A call that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Its name: `ec2:CreateVpc`.
    pub name: String,
    /// Whether it only reads.
    pub reads: bool,
}

/// A fault, and the call that it befalls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The name of the call.
    pub call: String,
    /// At which of these calls, from 1.
    pub nth: usize,
    /// What befalls it.
    pub kind: Kind,
}
