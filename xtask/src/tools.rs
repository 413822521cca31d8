//! The directory of tools that the test command installs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Where they stand.
pub(crate) fn directory(target: &Path) -> PathBuf {
    target.join("tools")
}

/// Makes the directory, and waits until no other run installs this tool: the second finds what the first has built.
pub(crate) fn lock(target: &Path, tool: &str) -> anyhow::Result<File> {
    let tools = directory(target);
    fs::create_dir_all(&tools).with_context(|| format!("`{}` cannot be made", tools.display()))?;
    let lock =
        File::create(tools.join(format!("{tool}.lock"))).context("the tools' directory cannot be locked")?;
    lock.lock().context("the tools' directory cannot be locked")?;
    Ok(lock)
}
