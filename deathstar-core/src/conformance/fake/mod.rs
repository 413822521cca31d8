//! A small asynchronous API in memory, with a driver that keeps the contract and one that can break each rule of it.
//!
//! It does what makes drivers hard: it shows lists in pages, hides what is new for a while, works on after its answer, takes tokens and
//! tags, refuses what is busy, and can lose its answers. It never waits: time in it passes by looks.

mod api;
mod disk;
mod honest;
mod state;

pub use api::{Answers, Failed, Fake, Filter, Item, NewDisk, Page};
pub use disk::{Disk, DiskId, DiskOutputs, Room, Warehouse};
pub use honest::Honest;

pub(super) use honest::{failed, filter, new_disk, revealed, show};
