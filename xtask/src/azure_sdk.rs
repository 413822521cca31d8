//! Microsoft's management SDK for Python, which judges the server of Azure Resource Manager in `tests/arm`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::environment::{Environment, Recipe};
use crate::process;

const RECIPE: Recipe = Recipe {
    name: "azure-sdk",
    package: "azure-mgmt-network",
    requirements: include_str!("../azure-requirements.txt"),
};

/// The name and version of the SDK, for people.
pub(crate) fn title() -> String {
    format!("azure-mgmt-network {} and its like", RECIPE.version().unwrap_or("of an unknown version"))
}

/// Installs the SDK below the target directory, or finds it there from an earlier run; answers the Python that has it.
pub(crate) fn install(target: &Path) -> anyhow::Result<PathBuf> {
    Ok(RECIPE.install(target, prove_that_it_is_there)?.program("python"))
}

/// The SDK of an earlier run, if it is complete; installs nothing.
pub(crate) fn installed(target: &Path) -> Option<PathBuf> {
    Some(RECIPE.installed(target)?.program("python"))
}

fn prove_that_it_is_there(environment: &Environment) -> anyhow::Result<()> {
    let mut python = Command::new(environment.program("python"));
    process::capture(python.args(["-c", "import azure.mgmt.network, azure.mgmt.resource.resources"]))
        .context("the installed SDK cannot be imported")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::RECIPE;
    use crate::environment::all_pinned;

    #[test]
    fn everything_is_pinned() {
        assert!(all_pinned(&RECIPE));
    }
}
