//! The pure comparison of what is wanted, what is recorded and what was seen; its result is a plan.

mod arrange;
mod catch_up;
mod consent;
mod desired;
mod document;
mod evaluate;
mod forget;
mod losses;
mod order;
mod outlook;
mod planner;
mod recovery;
mod refresh;
mod rehearsed;
mod render;
mod replace;
mod resolve;
mod select;
mod sight;
mod step;
mod values;

pub use consent::{Consent, Refused, Risk};
pub(crate) use document::MadeFrom;
pub use document::{
    Base, Blocker, Drift, Foreign, PLAN_VERSION, Plan, PlanData, PlanFileError, Purpose, Summary,
};
pub use recovery::Unseen;
pub use render::RenderOptions;
#[cfg(feature = "cli")]
pub(crate) use render::{drift_text, foreign_text, losses_text, row_text, step_text};
pub(crate) use render::{reference_text, value_text};
pub use step::{Action, FieldChange, Step};

pub(crate) use desired::{Desired, check};
pub(crate) use forget::forget;
pub(crate) use losses::weigh;
pub(crate) use outlook::{current_spec, unknown_family};
pub(crate) use planner::{Mode, Request, Wishes, base, plan};
pub(crate) use recovery::{Recovery, recovery};
pub(crate) use refresh::{known, refresh_only};
pub(crate) use rehearsed::{annotate, is_tried, subject};
pub(crate) use resolve::{Values, fragment, resolve};
pub(crate) use select::select;
pub(crate) use sight::{FactSight, Observed, Sight};
pub(crate) use values::{exports, resolve_value};
