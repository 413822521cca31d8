//! Repository hygiene: every file that git tracks, or would track, is read once and held against the rules.

use anyhow::Context as _;

use crate::hygiene_rules;
use crate::process;
use crate::row::Checked;
use crate::workspace::Workspace;

/// Reads all files of the repository.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Checked> {
    let mut list = std::process::Command::new("git");
    list.current_dir(&workspace.root);
    list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let names = process::capture(&mut list).context("the files of the repository cannot be listed")?;
    let mut problems = Vec::new();
    for name in names.split_terminator('\0') {
        let path = workspace.root.join(name);
        // A file that was deleted and not yet committed is listed too.
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).with_context(|| format!("`{name}` cannot be read"))?;
        if let Ok(text) = std::str::from_utf8(&bytes) {
            problems.extend(hygiene_rules::problems(name, text));
        }
    }
    let mut checked = Checked::default();
    checked.check(problems);
    Ok(checked)
}
