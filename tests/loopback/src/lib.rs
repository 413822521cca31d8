//! What HTTP servers of tests share: how they answer, hang up, or reset the connection on the loopback interface, what they record,
//! the script of what befalls calls, and the handle of one that runs.

mod record;
mod running;
mod script;
mod server;

pub use record::{Calls, Recorded, write_outcome};
pub use running::{Records, Running, StartError};
pub use script::{Moment, Script, Scripted, Turn};
pub use server::{Ending, Handler, Port, Server};
