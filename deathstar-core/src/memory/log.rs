//! The log of calls, to assert on.

use super::Call;
use std::time::Duration;

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRecord {
    /// The kind.
    pub family: String,
    /// The verb.
    pub call: Call,
    /// The address of the object; empty when the call was about many.
    pub address: String,
    /// The ids that it named.
    pub ids: Vec<String>,
    /// When it was made, on the cloud's clock.
    pub at: Duration,
}
