//! Kinds of `CloudWatch` Logs.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`LogGroup`] | name, tagged | name and class replace it, the rest changes in place |

mod log_group;

pub use log_group::{LogClass, LogEncryption, LogGroup, LogGroupDetails, LogGroupOutputs, Retention};
