//! In place of what makes clusters on this machine, where the program was built without it.

use deathstar_core::{Backend, cli::Problem};
use std::path::Path;

/// Makes no clusters: there is none of it.
#[derive(Clone, Debug)]
pub(crate) enum Launcher {}

impl Launcher {
    /// # Errors
    /// Always.
    pub(crate) fn new(_: &Path) -> Result<Self, Problem> {
        Err(Problem::new("this program was built without what starts a control plane")
            .hint("cargo run --example in_cluster --features control-plane -- --control-plane"))
    }

    pub(crate) fn backend(&self) -> Backend {
        match *self {}
    }

    pub(crate) async fn kubectl(&self, _: &[&str]) -> Result<String, String> {
        match *self {}
    }

    pub(crate) async fn runs(&self) -> bool {
        match *self {}
    }
}
