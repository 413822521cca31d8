//! Helm charts as components.

mod assemble;
mod compare;
mod component;
mod document;
mod failure;
mod files;
mod helm;
mod hook;
mod known;
mod lock;
mod prepare;
mod question;
mod refs;
mod rendering;
mod request;
mod served;
mod source;
mod stand_in;
mod values;

pub use component::Chart;
pub use helm::Helm;
pub use lock::Locking;
pub use question::{ChartRendering, Here, Renderer, kinds};
pub use refs::ChartRefs;
pub use served::{Stands, served_by};
pub use source::ChartSource;
pub use values::ChartValue;
