//! Kinds of Azure Resource Manager itself.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`ResourceGroup`] | its name | name and location replace it |

mod resource_group;

pub use resource_group::{ResourceGroup, ResourceGroupDetails, ResourceGroupOutputs};
