//! What cargo built, as its machine-readable messages tell it.

use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;

use crate::process;

/// One thing that cargo built, or found built already.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Artifact {
    pub(crate) target: Target,
    profile: Profile,
    executable: Option<PathBuf>,
}

/// The part of a package that an artifact was built from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    kind: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Profile {
    test: bool,
}

/// Runs a building cargo command, shows its diagnostics and hands back all that it built.
pub(crate) fn build(command: &mut Command) -> anyhow::Result<Vec<Artifact>> {
    command.arg("--message-format=json-render-diagnostics");
    Ok(read(&process::capture_and_show_errors(command)?))
}

/// The program of this name, among what was built.
pub(crate) fn program<'a>(artifacts: &'a [Artifact], name: &str) -> Option<&'a PathBuf> {
    let is_program = |artifact: &&Artifact| {
        artifact.target.name == name && artifact.target.kind == ["bin"] && !artifact.profile.test
    };
    artifacts.iter().find(is_program)?.executable.as_ref()
}

fn read(messages: &str) -> Vec<Artifact> {
    #[derive(Deserialize)]
    struct Message {
        reason: String,
    }
    let is_artifact = |line: &&str| {
        serde_json::from_str::<Message>(line).is_ok_and(|message| message.reason == "compiler-artifact")
    };
    messages.lines().filter(is_artifact).filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{program, read};

    const MESSAGES: &str = r#"
{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"serde"},"profile":{"test":false},"executable":null}
{"reason":"build-script-executed","package_id":"serde"}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"crash"},"profile":{"test":true},"executable":"deps/crash-1"}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"crash"},"profile":{"test":false},"executable":"debug/crash"}
{"reason":"build-finished","success":true}
"#;

    #[test]
    fn artifacts_are_told_from_other_messages() {
        let names: Vec<_> = read(MESSAGES).into_iter().map(|artifact| artifact.target.name).collect();
        assert_eq!(names, ["serde", "crash", "crash"]);
    }

    #[test]
    fn a_program_is_not_its_test_build() {
        let artifacts = read(MESSAGES);
        assert_eq!(program(&artifacts, "crash"), Some(&"debug/crash".into()));
        assert_eq!(program(&artifacts, "serde"), None);
    }
}
