//! The definitions that projects ship, beside the clone.

use serde_json::{Value, json};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// One definition and the file that it stands in, below the directory of all.
pub struct Definition {
    pub file: String,
    pub value: Value,
}

fn beside() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs/crds")
}

fn directory() -> Option<PathBuf> {
    let directory = beside();
    if directory.is_dir() {
        return Some(directory);
    }
    let why = "there is no `../shared/specs/crds`";
    writeln!(std::io::stderr(), "left out: {}: {why}", env!("CARGO_CRATE_NAME")).expect("it is read");
    None
}

/// All of them, in order of their files: read once, since they are 18 MB of YAML.
pub fn all() -> Option<&'static [Definition]> {
    static ALL: LazyLock<Vec<Definition>> = LazyLock::new(|| read_all(&beside()));
    directory().map(|_| ALL.as_slice())
}

fn read_all(directory: &Path) -> Vec<Definition> {
    let mut files: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .flat_map(|project| fs::read_dir(project.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files.iter().flat_map(|file| read(directory, file)).collect()
}

/// The first definition of a file.
pub fn one(file: &str) -> Option<Definition> {
    let directory = directory()?;
    read(&directory, &directory.join(file)).into_iter().next()
}

fn read(directory: &Path, file: &Path) -> Vec<Definition> {
    let text = fs::read_to_string(file).unwrap();
    let options = serde_saphyr::options! { budget: serde_saphyr::budget! { max_events: 10_000_000, max_nodes: 10_000_000 } };
    let documents: Vec<Value> = serde_saphyr::from_multiple_with_options(&text, options)
        .unwrap_or_else(|wrong| panic!("{}: {wrong}", file.display()));
    let name = file.strip_prefix(directory).unwrap().display().to_string();
    let definitions = documents.into_iter().filter(|value| value["kind"] == "CustomResourceDefinition");
    definitions.map(|value| Definition { file: name.clone(), value }).collect()
}

/// A definition whose objects have a `spec` of this schema.
pub fn definition_of(schema: &Value) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "spec": {
            "group": "example.com", "scope": "Cluster", "names": { "kind": "Thing", "plural": "things" },
            "versions": [{
                "name": "v1", "served": true,
                "schema": { "openAPIV3Schema": { "type": "object", "properties": { "spec": schema } } },
            }],
        },
    })
}

/// An object of it.
pub fn object_of(spec: &Value) -> Value {
    json!({ "apiVersion": "example.com/v1", "kind": "Thing", "metadata": { "name": "thing" }, "spec": spec })
}
