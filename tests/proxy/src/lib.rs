//! A proxy in front of an AWS emulator: it records every call, behaves as AWS where the emulator does not, and fails on command.
//!
//! ```no_run
//! use deathstar_aws_proxy::{Proxy, Settings};
//!
//! # async fn show() -> Result<(), Box<dyn std::error::Error>> {
//! let proxy = Proxy::start("http://127.0.0.1:5000", Settings::default()).await?;
//! // A client of AWS with the endpoint `proxy.url()` makes its calls.
//! assert_eq!(proxy.calls().of("ec2", "CreateVpc").len(), 1);
//! assert!(proxy.violations().is_empty());
//! # Ok(()) }
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | [`record`] | every call that arrived, and questions about them |
//! | [`fault`] | what fails, where and when; throttling |
//! | [`settings`] | the rules, each with its switch and its source |
//! | [`table`] | the faults of all calls of a driver, and what became of its objects |
//!
//! What it cannot show: it is our own reading of AWS's documentation in front of an emulator, and no AWS. A rule that is not here is not
//! checked; what AWS does and does not document is not known here either.

mod emulator;
pub mod fault;
mod handle;
mod model;
mod place;
mod proxy;
pub mod record;
mod rules;
pub mod settings;
mod stage;
mod standing;
mod upstream;
mod wire;
mod witness;

pub use deathstar_core::conformance::OnClock;
/// The faults of all calls of a driver, and what became of its objects.
pub use deathstar_fault_table as table;
pub use deathstar_loopback::{Recorded, Running, StartError};
pub use emulator::Moto;
pub use fault::{Bucket, Fault, Injection, Moment, Throttle};
pub use model::{ModelError, Models};
pub use place::Place;
pub use proxy::Proxy;
pub use record::{Call, Calls};
pub use settings::{Quotas, Settings, Tamper};
pub use wire::Parameters;
pub use witness::ProxyWitness;
