//! Programs to start from; see the `[[example]]` entries of the manifest. The program of the README is compiled here.
#![cfg_attr(all(doctest, feature = "aws"), doc = include_str!("../../README.md"))]

mod ground;
mod guide;

pub use ground::{memory, run};
pub use guide::Guide;
