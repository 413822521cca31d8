//! What HTTP servers of tests share: how they answer, hang up, or reset the connection on the loopback interface, what they record, and
//! the script of what befalls calls.

mod record;
mod script;
mod server;

pub use record::{Calls, Recorded, write_outcome};
pub use script::{Moment, Script, Scripted, Turn};
pub use server::{Ending, Handler, Port, Server};
