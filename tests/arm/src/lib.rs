//! A server of the Azure Resource Manager API for tests: it records every call, behaves as Azure does, and fails on command.
//!
//! ```
//! use deathstar_arm_server::{ArmServer, Fault, Injection, Settings};
//!
//! # fn show() -> Result<(), Box<dyn std::error::Error>> {
//! let server = ArmServer::start(Settings::default())?;
//! server.inject(Injection::new("PUT", "*/virtualNetworks/*", Fault::LostAnswer).nth(2));
//! // A client of Azure Resource Manager with the endpoint `server.url()` makes its calls.
//! assert_eq!(server.calls().of("PUT", "Microsoft.Network/virtualNetworks").len(), 0);
//! assert!(server.standing().is_empty());
//! # Ok(()) }
//! # show().unwrap();
//! ```
//!
//! What it cannot show: it is our own reading of Microsoft's documentation, and no Azure. A rule that is not here is not checked; what
//! Azure does and does not document is not known here either.

mod answer;
mod fault;
mod id;
mod place;
mod pointer;
mod record;
mod request;
mod route;
mod schema;
mod server;
mod settings;
mod standing;
mod token;
mod types;
mod witness;
mod world;

pub use deathstar_loopback::{Recorded, Running, StartError};
pub use fault::{Fault, Injection, Moment};
pub use record::{Call, Calls};
pub use schema::{Finding, SchemaError, Schemas, Side};
pub use server::ArmServer;
pub use settings::{Pace, SUBSCRIPTION, Settings, TENANT};
pub use standing::{Standing, doubles};
pub use token::token;
pub use witness::ServerWitness;

/// The types that a server serves, by name: `Microsoft.Network/virtualNetworks`.
pub fn served() -> Vec<&'static str> {
    types::all().into_iter().map(|kind| kind.name).collect()
}
