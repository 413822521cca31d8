//! What tests run against, where it is there: what a variable names, and what stands beside the clone.

#![allow(dead_code, reason = "not all tests need all of it")]

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

/// Says that tests of this binary are left out: past the capture of the test harness, so that `cargo xtask test` counts it.
pub(crate) fn left_out(why: &str) {
    writeln!(std::io::stderr(), "left out: {}: {why}", env!("CARGO_CRATE_NAME")).expect("it is read");
}

/// The path that a variable names; without it, tests are left out.
pub(crate) fn named(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    if path.is_none() {
        left_out(&format!("`{variable}` is not set"));
    }
    path
}

/// A directory of `../shared/specs`, beside the clone; without it, tests are left out.
pub(crate) fn beside(directory: &str) -> Option<PathBuf> {
    let specs = Path::new("shared/specs").join(directory);
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|above| above.join(&specs))
        .find(|path| path.is_dir());
    if found.is_none() {
        left_out(&format!("there is no `../{}`", specs.display()));
    }
    found
}
