//! The pure comparison of what is wanted, what is recorded and what was seen; its result is a plan.

mod consent;
mod desired;
mod document;
mod evaluate;
mod order;
mod outlook;
mod planner;
mod render;
mod replace;
mod resolve;
mod sight;

pub use consent::{Consent, Refused, Risk};
pub use render::RenderOptions;
#[cfg(feature = "cli")]
pub(crate) use render::{drift_text, losses_text, row_text, step_text, value_text};
pub use document::{
    Action, Base, Blocker, Drift, FieldChange, Plan, PlanData, PlanFileError, PLAN_VERSION, Step, Summary,
};

pub(crate) use desired::{Desired, check};
pub(crate) use planner::{Mode, Request, plan};
pub(crate) use resolve::{Resolved, Values, fragment, resolve, value_of};
pub(crate) use outlook::unknown_family;
pub(crate) use sight::{FactSight, Observed, Sight};
