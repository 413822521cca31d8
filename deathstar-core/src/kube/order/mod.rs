//! The order in which objects are applied, from what they mean.
//!
//! Three sources, from sure to likely:
//!
//! 1. **References.** What a specification names has to be there first: [`references`]. A cycle of them is an error.
//! 2. **Meaning.** What governs others comes before what it governs: a quota before the pods of its namespace, the
//!    permissions of a service account before the workload that uses it, a webhook before the custom resources that it
//!    judges, the workload behind a service before whoever calls that service while objects are written.
//! 3. **Mentions.** A custom resource that has the name of an object of its namespace in its specification is taken to
//!    need it.
//!
//! What follows from 2 and 3 is left out where it would go against the references or the ranks of kinds ([`Rank`]), so
//! that no cycle comes from it.

mod arrange;
mod implied;
mod pattern;
mod rank;
mod reference;
mod table;
#[cfg(test)]
mod tests;

pub use arrange::{Arrangement, Cycle, Edge, Why, arrange, arrange_with};
pub use rank::Rank;
pub use reference::{Reference, Target, references};
