//! Licences: what cargo says of every package in the build, held against the list in `deny.toml`.

use anyhow::Context as _;
use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};

use crate::process;
use crate::row::Checked;
use crate::workspace::Workspace;

const POLICY: &str = "deny.toml";

/// The part of `deny.toml` that speaks of licences.
#[derive(Debug, Deserialize)]
struct Policy {
    licenses: Rules,
}

#[derive(Debug, Deserialize)]
struct Rules {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

/// A licence that one package alone may have.
#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    package: String,
    allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    license: Option<String>,
}

/// Reads the list, and all packages that a build for this machine takes.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Checked> {
    let text = std::fs::read_to_string(workspace.root.join(POLICY))
        .with_context(|| format!("`{POLICY}` cannot be read"))?;
    let rules =
        toml::from_str::<Policy>(&text).with_context(|| format!("`{POLICY}` is not understood"))?.licenses;
    let metadata = ["metadata", "--format-version", "1", "--all-features", "--filter-platform"];
    let text = process::capture(workspace.cargo(metadata).arg(host()?))?;
    let metadata: Metadata = serde_json::from_str(&text).context("`cargo metadata` is not understood")?;
    let mut problems = Vec::new();
    for package in &metadata.packages {
        problems.extend(rules.problem(package)?);
    }
    let mut checked = Checked::default();
    checked.check(problems);
    Ok(checked)
}

impl Rules {
    fn problem(&self, package: &Package) -> anyhow::Result<Option<String>> {
        let name = &package.name;
        let Some(license) = &package.license else {
            return Ok(Some(format!("`{name}` does not state its licence")));
        };
        let expression = match Expression::parse_mode(license, ParseMode::LAX) {
            Ok(expression) => expression,
            Err(error) => return Ok(Some(format!("`{name}` states `{license}`: {}", error.reason))),
        };
        let own = self.exceptions.iter().filter(|exception| exception.package == *name);
        let allowed = self.allow.iter().chain(own.flat_map(|exception| &exception.allow));
        let allowed = allowed.map(|text| {
            Licensee::parse(text).with_context(|| format!("`{POLICY}` allows `{text}`, which is no licence"))
        });
        let allowed = allowed.collect::<anyhow::Result<Vec<_>>>()?;
        let fine =
            expression.evaluate(|required| allowed.iter().any(|licensee| licensee.satisfies(required)));
        Ok((!fine).then(|| format!("`{name}` is under `{license}`, which `{POLICY}` does not allow")))
    }
}

/// The platform that this machine compiles for.
fn host() -> anyhow::Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let text = process::capture(std::process::Command::new(rustc).arg("-vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` does not name the host")
}

#[cfg(test)]
mod tests {
    use super::{Package, Policy};

    const POLICY: &str = r#"
[licenses]
allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]
exceptions = [{ crate = "roots", allow = ["CDLA-Permissive-2.0"] }]
"#;

    fn problem(name: &str, license: Option<&str>) -> Option<String> {
        let policy: Policy = toml::from_str(POLICY).expect("the sample is well formed");
        let package = Package { name: name.to_owned(), license: license.map(str::to_owned) };
        policy.licenses.problem(&package).expect("the sample names licences")
    }

    #[test]
    fn one_allowed_choice_is_enough_and_every_part_is_needed() {
        assert_eq!(problem("a", Some("MIT OR GPL-3.0-only")), None);
        assert_eq!(problem("a", Some("MIT/Apache-2.0")), None);
        assert_eq!(problem("a", Some("Apache-2.0 WITH LLVM-exception")), None);
        let both = problem("a", Some("MIT AND GPL-3.0-only"));
        assert_eq!(
            both,
            Some("`a` is under `MIT AND GPL-3.0-only`, which `deny.toml` does not allow".to_owned())
        );
    }

    #[test]
    fn an_exception_is_for_one_package() {
        assert_eq!(problem("roots", Some("CDLA-Permissive-2.0")), None);
        assert!(problem("stems", Some("CDLA-Permissive-2.0")).is_some());
    }

    #[test]
    fn a_licence_that_is_missing_or_no_licence_is_said() {
        assert_eq!(problem("a", None), Some("`a` does not state its licence".to_owned()));
        assert!(problem("a", Some("as you like")).is_some_and(|problem| problem.contains("`as you like`")));
    }
}
