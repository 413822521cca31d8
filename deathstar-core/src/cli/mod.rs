//! One call that makes a program a command line: `plan`, `apply`, `destroy`, `import`, `forget`, `recover`, `drift`,
//! `permissions`, `output`, `state` and `graph`.
//!
//! ```no_run
//! use deathstar_core::{Engine, Stack, cli::{self, Problem, Program, Setup}};
//! use std::process::ExitCode;
//!
//! struct Webshop;
//!
//! #[derive(Debug, clap::Args)]
//! struct Options {
//!     /// How many zones
//!     #[arg(long, default_value_t = 3)]
//!     zones: u8,
//! }
//!
//! impl Program for Webshop {
//!     type Options = Options;
//!     fn stack(&self, options: &Options) -> Result<Stack, Problem> {
//!         let stack = Stack::new("webshop");
//!         // declare over `options.zones` zones
//!         Ok(stack)
//!     }
//!     async fn engine(&self, _: &Options, setup: &Setup) -> Result<Engine, Problem> {
//!         // open `FileStore::open(setup.state())?` and a cloud
//!         # unimplemented!()
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     cli::run(&Webshop)
//! }
//! ```
//!
//! What is data goes to standard output, what is talk goes to standard error. Every command that a person reads has `--json`;
//! `docs/json.md` describes what it prints. Exit codes:
//!
//! | command | 0 | 1 | 2 | 130 |
//! |---|---|---|---|---|
//! | `plan` | no changes | failed, or something forbids to apply it | changes | |
//! | `drift` | no drift | failed | drift | |
//! | `apply`, `destroy`, `import`, `forget`, `recover` | done | failed, refused, or done in part | | stopped |
//! | `import`, `forget`, `recover` with `--plan` or `--out` | no changes | failed, or something forbids to apply it | changes | |
//! | all others | done | failed | | |

mod agree;
mod arguments;
mod command;
mod console;
mod graph;
mod operations;
mod problem;
mod program;
mod progress;
mod signal;

#[cfg(test)]
mod tests;

pub use problem::Problem;
pub use program::{Program, Setup, execute, run};
pub use progress::{Bars, Format, JsonLines, Plain};
