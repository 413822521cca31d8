//! The crash harness: real processes that are killed while they apply, a cloud that records, and the count of what was lost.

mod blueprint;
pub mod child;
mod client;
pub mod cluster;
mod family;
mod gate;
mod moment;
mod recorder;
mod shape;
mod tally;
mod trial;
mod verdict;
mod window;
mod wire;
mod world;

pub use blueprint::{Blueprint, Part};
pub use child::Job;
pub use client::{Endpoint, HttpClient};
pub use gate::{Gate, GatedStore};
pub use moment::Told;
pub use recorder::{Fate, Noted, Recorder, Records, Target};
pub use tally::{Row, Tally};
pub use trial::{End, Ground, Outcome, run};
pub use verdict::{Counts, Verdict};
pub use window::Window;
pub use wire::{Answer, Call, Refusal, Request, Shown};
pub use world::{Haze, Thing, World};
