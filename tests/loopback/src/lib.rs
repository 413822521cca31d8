//! What HTTP servers of tests share: how they answer, hang up, or reset the connection on the loopback interface, and what they record.

mod record;
mod server;

pub use record::{Calls, Recorded, write_outcome};
pub use server::{Ending, Handler, Port, Server};
