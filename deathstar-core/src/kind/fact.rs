//! Questions with an address: look-ups, gates, waits, evidence.

use super::Data;
use crate::{
    Diagnostic,
    graph::Provider,
    permission::{Permission, Verb},
};

/// A question to a provider. It has a row and steps like a resource, and nothing in the cloud is its own.
///
/// `holds` is asked before what depends on it is made, `over` before what it stands on is deleted.
pub trait Fact: Data {
    /// Who is asked.
    type Provider: Provider;
    /// What it says.
    type Answer: Data;
    /// The key of its driver, stable for ever: rows carry it.
    const FAMILY: &'static str;
    /// Whether the answer of the first apply stays for ever: right for look-ups that shape addresses, such as zones. When the
    /// question changes later it is asked again, and an answer that is a list keeps its elements where they were.
    const FROZEN: bool = false;

    /// Findings about the question.
    fn validate(&self) -> Vec<Diagnostic> {
        vec![]
    }

    /// What has to be allowed to ask: [`Verb::Ask`] for `holds`, [`Verb::Over`] for `over`.
    fn permissions(&self, verb: Verb) -> Vec<Permission> {
        let _ = verb;
        vec![]
    }

    /// What the in-memory cloud answers.
    fn simulate(&self) -> Self::Answer;

    /// What the in-memory cloud says of a question that needs no provider to be found wrong: by default it holds, with the simulated
    /// answer.
    fn simulate_holding(&self) -> Answered<Self::Answer> {
        Answered::Yes(self.simulate())
    }
}

/// What a provider says to a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Answered<A> {
    /// It is so, and this is the answer.
    Yes(A),
    /// Not yet; the reason is shown while the engine waits.
    Waiting(String),
    /// It is not so and will not become so.
    No(String),
}
