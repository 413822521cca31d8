//! A suite that takes any driver with a sample spec and says, finding by finding, whether it keeps the contract of
//! [`Driver`](crate::Driver).
//!
//! It works with the verbs of the driver alone, so it runs against a real account, an emulator or memory alike. What it is given beside
//! the sample lets it check more; what it could not check it says.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use deathstar_core::{
//!     Verb,
//!     clock::Clock,
//!     conformance::{Suite, fake::{Answers, Disk, Fake, Honest}},
//! };
//!
//! let api = Fake::new();
//! let client = |answers| Honest::new(api.answering(answers));
//! let verdicts = Suite::new(client(Answers::True))
//!     .sample(Disk::new("sample"))
//!     .variant(Disk::new("sample").changed())                      // what an update reaches
//!     .many((0..8).map(|number| Disk::new(&format!("other-{number}"))))
//!     .page(Fake::PAGE)                                            // how many the API shows at once
//!     .refused("a 404 of something else", client(Answers::UnknownRoute))
//!     .lossy(client(Answers::Lost))                                // its calls arrive, its answers do not
//!     .operations(&[Verb::Create, Verb::Change, Verb::Delete])     // what the API works on after its answer
//!     .witness(api.clone())                                        // who counts the calls that arrive
//!     .clock(&Clock::virtual_time())
//!     .run()
//!     .await
//!     .assert()?;
//! assert!(verdicts.skipped.is_empty());
//! # Ok(()) }
//! ```
//!
//! | given by | what it is against a real API | rules that need it |
//! |---|---|---|
//! | [`variant`](Trial::variant) | another spec | [`ChangeConverges`](Rule::ChangeConverges), [`ChangeOneCall`](Rule::ChangeOneCall) |
//! | [`many`](Trial::many) | specs that can exist side by side | [`GoneLeftOut`](Rule::GoneLeftOut), [`BatchSurvives`](Rule::BatchSurvives), [`OnlyOurs`](Rule::OnlyOurs), [`DeleteOnlyGiven`](Rule::DeleteOnlyGiven) |
//! | [`page`](Trial::page) | the emulator's or the service's page | [`EveryPage`](Rule::EveryPage) |
//! | [`refused`](Trial::refused) | a client whose endpoint answers every call with one error | [`ErrorsAreTold`](Rule::ErrorsAreTold) |
//! | [`lossy`](Trial::lossy) | a client behind a proxy that drops answers | [`LostAnswer`](Rule::LostAnswer), [`NoRetry`](Rule::NoRetry) |
//! | [`operations`](Trial::operations) | what the API's reference says | [`OperationHandle`](Rule::OperationHandle) |
//! | [`witness`](Trial::witness) | a proxy that records requests | [`OneCall`](Rule::OneCall), [`ChangeOneCall`](Rule::ChangeOneCall), [`RetagCalls`](Rule::RetagCalls), [`ReadsOnly`](Rule::ReadsOnly), [`NoRetry`](Rule::NoRetry) |
//! | [`shown_by`](Trial::shown_by) | the kind whose `find` shows this one | looking by id, where [`SHOWN_BY`](crate::Resource::SHOWN_BY) is another family |
//!
//! What the sample stands on (the VPC of a subnet) is the caller's to make before and to remove after. The suite makes its objects in
//! stacks of random names, so that runs do not disturb each other, and removes them; [`Verdicts::left_behind`] lists what it could not.
//!
//! # What it cannot show
//! - That tags are in the create call when no witness sees the request: a second call within `create` is over before the first look.
//! - That a witness saw everything: calls that go around it are not counted.
//! - That a driver survives the end of its process at every `.await`, or that an operation can be asked about by another process. One
//!   mutating call per verb, and a handle that is only text, are what that follows from.
//! - How a refusal that was not given is taken: each [`refused`](Trial::refused) client tries one.
//! - What differs only in another account, region or permission, and what eventual consistency shows once in a thousand runs.
//! - That [`FIELDS`](crate::Resource::FIELDS) have the right class: a field that the variant does not change is not tried.
//! - Write-only fields: they are written, and nobody can read them back.
//! - For kinds without tags: whose an object is.
//!
//! The [`broken`] drivers prove that each rule is seen; [`fake`] is the API that they run on, with the driver that keeps all rules.

pub mod broken;
pub mod fake;
mod on_clock;
mod rule;
mod run;
mod suite;
#[cfg(test)]
mod tests;
mod verdicts;
mod witness;

pub use on_clock::OnClock;
pub use rule::Rule;
pub use suite::{Suite, Trial};
pub use verdicts::{Skipped, Verdicts, Violation};
pub use witness::{Mutation, Witness};
