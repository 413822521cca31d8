//! Where the traffic of a virtual network is recorded.

use crate::id::StorageAccountId;
use deathstar_core::Input;

/// Where all traffic of a virtual network is recorded, what passes and what does not.
#[derive(Clone, Debug, PartialEq)]
pub enum FlowLogs {
    /// Nowhere.
    Off,
    /// In a storage account of its own, for so many days, and analysed in a workspace of its own. Both are lost with the network.
    Account {
        /// For how many days records are kept, 1 to 365.
        days: u16,
    },
    /// In a storage account that others own, in the same region, for so many days.
    Existing {
        /// The account.
        account: Input<StorageAccountId>,
        /// For how many days records are kept, 1 to 365.
        days: u16,
    },
}

impl Default for FlowLogs {
    /// In an account of its own, for 90 days.
    fn default() -> Self {
        Self::Account { days: 90 }
    }
}
