//! The rules of repository hygiene, each a function of one file's name and text.
//!
//! What must not stand in a file is written here in two parts, so that this file obeys the rules too.

/// A source file with more lines than this is split.
const MOST_LINES: usize = 800;
/// The files that people write by hand and read from top to bottom.
const WRITTEN_BY_HAND: [&str; 4] = ["rs", "py", "sh", "md"];
/// Grows by its nature.
const HISTORY: &str = "CHANGELOG.md";

/// Hosts and paths of package registries and of mirrors of them: where packages come from is the machine's business.
const REGISTRIES: [&str; 9] = [
    concat!("artif", "actory"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("pypi.org", "/simple"),
    concat!("python", "hosted.org"),
    concat!("registry.", "npmjs.org"),
    concat!("/api/", "pypi/"),
    concat!("/api/", "cargo/"),
    concat!("proxy.", "golang.org"),
];

/// The beginnings of paths that exist on one machine only.
const MACHINE_PATHS: [&str; 5] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("C:\\Us", "ers\\"),
];

/// Everything that is wrong with a file, as `name:line: what`.
pub(crate) fn problems(name: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    problems.extend(length(name, text));
    let mut inside_block = false;
    for (index, line) in text.lines().enumerate() {
        let mut add = |what: String| problems.push(format!("{name}:{}: {what}", index + 1));
        if let Some(registry) = REGISTRIES.iter().find(|registry| line.contains(**registry)) {
            add(format!("names a package registry, `{registry}`: leave it to the machine's configuration"));
        }
        if let Some(path) = MACHINE_PATHS.iter().find(|path| has_path(line, path)) {
            add(format!("holds a path of one machine, `{path}`: use a relative path or a variable"));
        }
        if let Some(info) = fence(name, line) {
            if !inside_block && info.split([',', ' ']).any(|word| word == "ignore") {
                add("has a code block that nothing compiles: use `no_run`, `compile_fail` or `text`"
                    .to_owned());
            }
            inside_block = !inside_block;
        }
    }
    problems
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn length(name: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    let counts = WRITTEN_BY_HAND.contains(&extension(name)) && name != HISTORY;
    (counts && lines > MOST_LINES)
        .then(|| format!("{name}: has {lines} lines, more than {MOST_LINES}: split it by concept"))
}

/// Whether a path with this beginning stands in the line, not the same letters further inside another path.
fn has_path(line: &str, beginning: &str) -> bool {
    line.match_indices(beginning).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|character| !(character.is_alphanumeric() || "._-/}~$*".contains(character)))
    })
}

/// What follows the three backticks of a line that opens or closes a block, in Markdown or in a doc comment.
fn fence<'a>(name: &str, line: &'a str) -> Option<&'a str> {
    let line = line.trim_start();
    let text = match extension(name) {
        "rs" => line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?,
        "md" => line,
        _ => return None,
    };
    text.trim_start().strip_prefix("```").map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::{MACHINE_PATHS, MOST_LINES, REGISTRIES, problems};

    #[test]
    fn every_registry_is_found() {
        for registry in REGISTRIES {
            let found = problems("install.sh", &format!("first\nfetch {registry}/x"));
            assert_eq!(found.len(), 1, "{registry}");
            assert!(found[0].starts_with("install.sh:2: names a package registry"), "{found:?}");
        }
        assert!(problems("Cargo.lock", "github.com/rust-lang/crates.io-index").is_empty());
    }

    #[test]
    fn every_machine_path_is_found_where_it_begins() {
        for path in MACHINE_PATHS {
            for line in
                [format!("{path}x"), format!("cd {path}x"), format!("\"{path}x\""), format!("file={path}x")]
            {
                let found = problems("a.toml", &line);
                assert_eq!(found.len(), 1, "{line}");
                assert!(found[0].starts_with("a.toml:1: holds a path of one machine"), "{found:?}");
            }
        }
    }

    #[test]
    fn the_same_letters_inside_another_path_are_fine() {
        let path = MACHINE_PATHS[1];
        for line in [
            format!("example.com{path}x"),
            format!("$ROOT{path}x"),
            format!("${{root}}{path}"),
            format!("..{path}"),
        ] {
            assert!(problems("a.md", &line).is_empty(), "{line}");
        }
    }

    #[test]
    fn a_block_that_nothing_compiles_is_found() {
        let block = |info: &str| format!("/// ```{info}\n/// let x = 1;\n/// ```\n");
        assert_eq!(problems("a.rs", &block("ignore")).len(), 1);
        assert_eq!(problems("a.rs", &block("rust,ignore")).len(), 1);
        assert_eq!(problems("a.rs", &block(" ignore")).len(), 1);
        assert!(problems("a.rs", &block("no_run")).is_empty());
        assert!(problems("a.rs", &block("gitignore")).is_empty());
        let markdown = "```rust, ignore\nlet x = 1;\n```\n";
        assert_eq!(problems("README.md", markdown).len(), 1);
        assert!(problems("notes.txt", markdown).is_empty());
    }

    #[test]
    fn a_closing_fence_opens_nothing() {
        let two = "```text\n```\n```ignore\n```\n";
        assert_eq!(problems("README.md", two).len(), 1);
        assert!(problems("README.md", "```text\n```ignore\n").is_empty());
    }

    #[test]
    fn a_long_file_is_found_and_a_history_may_grow() {
        let long = "line\n".repeat(MOST_LINES + 1);
        assert_eq!(problems("engine.rs", &long).len(), 1);
        assert!(problems("engine.rs", &"line\n".repeat(MOST_LINES)).is_empty());
        assert!(problems("CHANGELOG.md", &long).is_empty());
        assert!(problems("Cargo.lock", &long).is_empty());
    }
}
