//! The fakes that Microsoft generates for its Go SDK, which judge calls to Azure Resource Manager (`tests/arm-fakes`).

use std::path::{Path, PathBuf};

use crate::go_module::GoModule;

const MODULE: GoModule = GoModule {
    name: "arm-fakes",
    sources: &[
        ("go.mod", include_str!("../../tests/arm-fakes/go.mod")),
        ("go.sum", include_str!("../../tests/arm-fakes/go.sum")),
        ("main.go", include_str!("../../tests/arm-fakes/main.go")),
        ("clients.go", include_str!("../../tests/arm-fakes/clients.go")),
        ("fakes.go", include_str!("../../tests/arm-fakes/fakes.go")),
        ("times.go", include_str!("../../tests/arm-fakes/times.go")),
    ],
    programs: &[],
};

/// The name and version of the newest of the modules, for people.
pub(crate) fn title() -> String {
    let manifest = MODULE.manifest().unwrap_or_default();
    let network = manifest.lines().find_map(|line| line.trim().split_once("/armnetwork/"));
    format!("armnetwork/{} and its like", network.map_or("of an unknown version", |(_, version)| version))
}

/// Builds the program below the target directory, or finds it there from an earlier run.
pub(crate) fn install(root: &Path, target: &Path) -> anyhow::Result<PathBuf> {
    let build = MODULE.install(root, target, "Microsoft's fakes", "-s -w", |_| Ok(()))?;
    Ok(build.program(MODULE.name))
}

/// The program of an earlier run, if it is complete and of these sources; builds nothing.
pub(crate) fn installed(target: &Path) -> Option<PathBuf> {
    Some(MODULE.installed(target)?.program(MODULE.name))
}

#[cfg(test)]
mod tests {
    use super::{MODULE, title};
    use crate::go_module::uncounted;

    #[test]
    fn all_sources_count() {
        assert_eq!(uncounted(&MODULE), Vec::<String>::new());
    }

    #[test]
    fn the_title_names_a_version() {
        assert!(title().starts_with("armnetwork/v"), "{}", title());
    }
}
