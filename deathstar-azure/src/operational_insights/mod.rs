//! Kinds of `Microsoft.OperationalInsights`.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`Workspace`] | resource group and name | group, name and location replace it |

mod workspace;

pub use workspace::{
    DailyQuota, Workspace, WorkspaceAccess, WorkspaceDetails, WorkspaceOutputs, WorkspaceSku,
};
