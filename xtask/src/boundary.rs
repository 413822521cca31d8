//! Dependency boundaries: the core knows no cloud, the clouds do not know each other, and the first command that a
//! newcomer runs compiles nothing that calls an API.

use crate::artifacts;
use crate::process;
use crate::row::Checked;
use crate::workspace::Workspace;

/// Crates of a cryptography library whose name begins like those of an SDK.
const CRYPTOGRAPHY: [&str; 3] = ["aws-lc-rs", "aws-lc-sys", "aws-lc-fips-sys"];

/// What calls APIs over TLS, beside the SDKs: the slowest to build of all that a newcomer does not need.
const CLIENTS: [&str; 6] = ["hyper", "hyper-rustls", "kube-client", "reqwest", "ring", "rustls"];

/// A set of crates that a package must not stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Forbidden {
    AnyCloud,
    Aws,
    Azure,
    /// The SDKs of the clouds; the workspace's own crates for them are welcome.
    Sdk,
    /// Those SDKs, and all else that calls an API.
    Calls,
}

/// One boundary: a package, the features with which it is looked at, and what must not be below it.
#[derive(Debug)]
struct Boundary {
    package: &'static str,
    features: &'static [&'static str],
    edges: &'static str,
    forbidden: Forbidden,
}

const BOUNDARIES: [Boundary; 7] = [
    boundary("deathstar-core", &["--all-features"], Forbidden::AnyCloud),
    boundary("deathstar-aws", &["--all-features"], Forbidden::Azure),
    boundary("deathstar-aws", &["--no-default-features"], Forbidden::Sdk),
    boundary("deathstar-azure", &["--all-features"], Forbidden::Aws),
    boundary("deathstar-azure", &["--no-default-features"], Forbidden::Sdk),
    boundary("deathstar-addons", &["--all-features"], Forbidden::AnyCloud),
    Boundary {
        package: "deathstar-examples",
        features: &[],
        edges: "normal,build,dev",
        forbidden: Forbidden::Calls,
    },
];

const fn boundary(
    package: &'static str,
    features: &'static [&'static str],
    forbidden: Forbidden,
) -> Boundary {
    Boundary { package, features, edges: "normal,build", forbidden }
}

/// Asks cargo for what stands below each package.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Checked> {
    let mut checked = Checked::default();
    for boundary in &BOUNDARIES {
        let mut tree = workspace.cargo(["tree", "--prefix", "none", "--format", "{p}"]);
        tree.args(["--package", boundary.package, "--edges", boundary.edges]).args(boundary.features);
        checked.check(boundary.problems(&process::capture(&mut tree)?));
    }
    Ok(checked)
}

/// Builds the quickstart as its one command does, and looks at every crate that this compiled.
pub(crate) fn check_quickstart(workspace: &Workspace) -> anyhow::Result<Checked> {
    let built = artifacts::build(&mut workspace.cargo(["build", "--example", "quickstart"]))?;
    let names: Vec<_> = built.iter().map(|artifact| artifact.target.name.replace('_', "-")).collect();
    let mut checked = Checked::default();
    let mut problems: Vec<_> = names
        .iter()
        .filter(|name| Forbidden::Calls.covers(name))
        .map(|name| {
            format!("`cargo run --example quickstart` compiles `{name}`, a part of what calls an API")
        })
        .collect();
    if !names.iter().any(|name| name == "quickstart") {
        problems.push("cargo does not say that it built the example `quickstart`".to_owned());
    }
    checked.check(problems);
    Ok(checked)
}

impl Boundary {
    fn problems(&self, tree: &str) -> Vec<String> {
        let names: Vec<_> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
        let seen_as = format!("`{}` {}", self.package, self.features.join(" "));
        if names.first() != Some(&self.package) {
            return vec![format!("{}: `cargo tree` does not show the package itself", seen_as.trim())];
        }
        let mut found: Vec<_> = names.into_iter().filter(|name| self.forbidden.covers(name)).collect();
        found.sort_unstable();
        found.dedup();
        found.iter().map(|name| format!("{} stands on `{name}`", seen_as.trim())).collect()
    }
}

impl Forbidden {
    fn covers(self, name: &str) -> bool {
        let aws = name.starts_with("aws-") && !CRYPTOGRAPHY.contains(&name);
        let azure = name.starts_with("azure");
        match self {
            Self::AnyCloud => aws || azure || matches!(name, "deathstar-aws" | "deathstar-azure"),
            Self::Aws => aws || name == "deathstar-aws",
            Self::Azure => azure || name == "deathstar-azure",
            Self::Sdk => aws || azure,
            Self::Calls => aws || azure || CRYPTOGRAPHY.contains(&name) || CLIENTS.contains(&name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Forbidden, boundary};

    const TREE: &str = "\
deathstar-aws v0.1.0 (source/deathstar-aws)
deathstar-core v0.1.0 (source/deathstar-core)
aws-config v1.8.0
aws-lc-rs v1.13.0
aws-config v1.8.0 (*)
azure_core v0.30.0
";

    #[test]
    fn what_must_not_be_below_is_named_once() {
        let aws = boundary("deathstar-aws", &["--all-features"], Forbidden::Sdk);
        assert_eq!(
            aws.problems(TREE),
            [
                "`deathstar-aws` --all-features stands on `aws-config`",
                "`deathstar-aws` --all-features stands on `azure_core`"
            ]
        );
        let azure = boundary("deathstar-aws", &[], Forbidden::Azure);
        assert_eq!(azure.problems(TREE), ["`deathstar-aws` stands on `azure_core`"]);
    }

    #[test]
    fn a_tree_of_nothing_proves_nothing() {
        let core = boundary("deathstar-core", &[], Forbidden::AnyCloud);
        assert_eq!(core.problems(""), ["`deathstar-core`: `cargo tree` does not show the package itself"]);
    }

    #[test]
    fn each_set_covers_its_crates() {
        let sets = [Forbidden::AnyCloud, Forbidden::Aws, Forbidden::Azure, Forbidden::Sdk, Forbidden::Calls];
        let covered = |name: &str| sets.map(|set| set.covers(name));
        assert_eq!(covered("aws-sdk-ec2"), [true, true, false, true, true]);
        assert_eq!(covered("azure_identity"), [true, false, true, true, true]);
        assert_eq!(covered("deathstar-aws"), [true, true, false, false, false]);
        assert_eq!(covered("deathstar-azure"), [true, false, true, false, false]);
        assert_eq!(covered("aws-lc-sys"), [false, false, false, false, true]);
        assert_eq!(covered("kube-client"), [false, false, false, false, true]);
        assert_eq!(covered("serde"), [false; 5]);
    }
}
