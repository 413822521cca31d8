//! Helm, which renders charts: installed from its Go module.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow, ensure};

use crate::go_module::REMEDY;
use crate::{process, tools};

/// What is installed.
const MODULE: &str = "helm.sh/helm/v3/cmd/helm";
const VERSION: &str = "v3.22.0";

/// Name and version, for people.
pub(crate) fn title() -> String {
    format!("Helm {VERSION}")
}

/// Installs Helm below the target directory, or finds it there from an earlier run; answers the program.
pub(crate) fn install(target: &Path) -> anyhow::Result<PathBuf> {
    if let Some(found) = installed(target) {
        return Ok(found);
    }
    let _lock = tools::lock(target, "helm")?;
    if let Some(found) = installed(target) {
        return Ok(found);
    }
    // Beside its place, so that what is in its place is whole.
    let new = tools::directory(target).join("helm-new");
    let mut install = Command::new("go");
    install.args(["install", &format!("{MODULE}@{VERSION}")]).env("GOBIN", &new);
    process::succeed(&mut install)
        .map_err(|error| anyhow!("{} could not be built: {error:#}\n{REMEDY}", title()))?;
    let built = new.join("helm").with_extension(std::env::consts::EXE_EXTENSION);
    prove_that_it_runs(&built)?;
    let program = program(target);
    let home = program.parent().unwrap_or(target);
    fs::create_dir_all(home).with_context(|| format!("`{}` cannot be made", home.display()))?;
    fs::rename(&built, &program).with_context(|| format!("`{}` cannot be made", program.display()))?;
    Ok(program)
}

/// The Helm of an earlier run, if it is of this version; installs nothing.
pub(crate) fn installed(target: &Path) -> Option<PathBuf> {
    Some(program(target)).filter(|program| program.is_file())
}

/// A directory of its own for each version.
fn program(target: &Path) -> PathBuf {
    let home = tools::directory(target).join(format!("helm-{VERSION}"));
    home.join("helm").with_extension(std::env::consts::EXE_EXTENSION)
}

/// A build calls itself by the first two numbers of its version.
fn prove_that_it_runs(program: &Path) -> anyhow::Result<()> {
    let answer = process::capture(Command::new(program).args(["version", "--template", "{{.Version}}"]))
        .context("the Helm that was built does not run")?;
    let short = VERSION.rsplit_once('.').map_or(VERSION, |(short, _)| short);
    ensure!(answer.trim().starts_with(short), "the Helm that was built calls itself `{}`", answer.trim());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{installed, program};

    #[test]
    fn a_program_counts_when_it_has_this_version() {
        let target = tempfile::tempdir().expect("a temporary directory");
        assert_eq!(installed(target.path()), None);
        let write = |program: &std::path::Path| {
            let home = program.parent().expect("a program stands in a directory");
            std::fs::create_dir_all(home).expect("a writable directory");
            std::fs::write(program, "").expect("a writable directory");
        };
        write(&target.path().join("tools/helm-v3.0.0/helm"));
        assert_eq!(installed(target.path()), None);
        write(&program(target.path()));
        assert_eq!(installed(target.path()), Some(program(target.path())));
    }
}
