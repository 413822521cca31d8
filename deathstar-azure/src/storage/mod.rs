//! Kinds of `Microsoft.Storage`.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`StorageAccount`] | its name, unique in all of Azure | group, name, location, tier and zone-redundancy replace it |

mod storage_account;

pub use storage_account::{
    AccessTier, DefaultAction, NetworkRules, PublicNetworkAccess, StorageAccount, StorageAccountDetails,
    StorageAccountOutputs, StorageKind, StorageSku, TlsVersion,
};
