//! Kinds of KMS.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`KmsKey`] | owner tag | usage, specification and whether it is of several regions replace it, the rest changes in place |
//! | [`KmsAlias`] | name | the key changes in place |

mod alias;
mod key;
mod policy;

pub use alias::{KmsAlias, KmsAliasDetails, KmsAliasOutputs};
pub use key::{KeySpec, KeyUse, KmsKey, KmsKeyDetails, KmsKeyOutputs, Rotation};
pub use policy::{may_administer, may_encrypt_logs};
