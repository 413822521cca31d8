//! Carrying a plan out: intent before effect, one identity call, look before you repeat, converge, report.

mod clients;
mod converge;
mod create;
mod delete;
mod executor;
mod finder;
mod lanes;
mod ledger;
mod losses;
mod mandate;
mod missing;
mod observe;
mod observer;
mod proof;
mod questions;
mod rehearse;
mod report;
mod retry;
mod schedule;
mod stop;
mod survey;
mod take_over;
mod work;

pub use observer::{Event, Events, Observer, Outcome, Quiet};
pub use report::{Leftover, Proof, Report, StepReport, ValueError};
pub use retry::Patience;
pub use stop::Stop;

pub(crate) use clients::{Clients, Connected, shown_key};
pub(crate) use executor::run;
pub(crate) use lanes::Lanes;
pub(crate) use ledger::{Known, Ledger};
pub(crate) use losses::losses;
pub(crate) use observe::{facts, objects};
pub(crate) use proof::{Had, prove};
pub(crate) use rehearse::rehearse;
pub(crate) use survey::{Survey, Wanted};
pub(crate) use work::Job;
