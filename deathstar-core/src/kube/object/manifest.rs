//! Manifests as files have them: YAML, with several documents.

use super::{Object, yaml::read_yaml};
use crate::{Handle, component::Component, graph::Scope, kube::Kubernetes};
use serde_json::Value;
use std::{fs, io, path::Path};

/// Objects of raw manifests, declared together.
///
/// Each stands at an address of its own that follows from what names it: `deployment.apps/shop/web`.
///
/// ```
/// use deathstar_core::kube::{Cluster, Manifests};
///
/// let manifests = Manifests::parse("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")?;
/// let mut stack = deathstar_core::Stack::new("webshop");
/// let cluster = stack.on(Cluster::of_kubeconfig("clusters.kubeconfig", "staging"));
/// stack.add(&cluster, "base", manifests);
/// # Ok::<(), deathstar_core::kube::ManifestError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifests(Vec<Object>);

/// Why manifests cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// A file cannot be read.
    #[error("`{path}` cannot be read: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A text is no YAML.
    #[error("{what} is no YAML: {why}")]
    Yaml {
        /// Which text.
        what: String,
        /// Why.
        why: String,
    },
    /// A document is no object.
    #[error("document {number} of {what} is no Kubernetes object: it has no `kind`")]
    NoObject {
        /// Which text.
        what: String,
        /// Which document, counted from 1.
        number: usize,
    },
}

impl Manifests {
    /// The objects of a YAML or JSON text. Empty documents are left out, and a `List` is what it lists.
    ///
    /// # Errors
    /// When the text is no YAML, or a document no object.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        parse(text, "the text").map(Self)
    }

    /// The objects of a file, or of all `.yaml`, `.yml` and `.json` files of a directory and below it, in order of their paths.
    ///
    /// # Errors
    /// When something cannot be read, or is no manifest.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ManifestError> {
        let mut files = vec![];
        collect(path.as_ref(), &mut files, true)?;
        let mut objects = vec![];
        for file in files {
            let text = fs::read_to_string(&file).map_err(|source| of_file(&file, source))?;
            objects.extend(parse(&text, &format!("`{}`", file.display()))?);
        }
        Ok(Self(objects))
    }

    /// The objects, to change or to choose among before they are declared.
    pub fn objects(&mut self) -> &mut Vec<Object> {
        &mut self.0
    }
}

fn of_file(path: &Path, source: io::Error) -> ManifestError {
    ManifestError::File { path: path.display().to_string(), source }
}

fn collect(path: &Path, files: &mut Vec<std::path::PathBuf>, named: bool) -> Result<(), ManifestError> {
    let about = fs::metadata(path).map_err(|source| of_file(path, source))?;
    if about.is_dir() {
        let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries: Vec<_> =
            entries.map_err(|source| of_file(path, source))?.into_iter().map(|entry| entry.path()).collect();
        entries.sort();
        return entries.iter().try_for_each(|entry| collect(entry, files, false));
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    if named || matches!(extension, Some("yaml" | "yml" | "json")) {
        files.push(path.to_owned());
    }
    Ok(())
}

fn parse(text: &str, what: &str) -> Result<Vec<Object>, ManifestError> {
    let mut objects = vec![];
    for (number, document) in (1..).zip(read_yaml(text, what)?) {
        if document.is_null() {
            continue;
        }
        let kind = document.get("kind").and_then(Value::as_str).unwrap_or_default();
        match document.get("items").and_then(Value::as_array) {
            Some(items) if kind.ends_with("List") => {
                objects.extend(items.iter().cloned().map(Object::from_value));
            }
            _ if kind.is_empty() => return Err(ManifestError::NoObject { what: what.into(), number }),
            _ => objects.push(Object::from_value(document)),
        }
    }
    Ok(objects)
}

impl Component for Manifests {
    type Provider = Kubernetes;
    type Refs = Vec<Handle<Object>>;

    fn declare(self, scope: &mut Scope<'_, Kubernetes>) -> Self::Refs {
        self.0.into_iter().map(|object| scope.add(object.id().segments(), object)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n# nothing\n---\n\
        apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {on: \"yes\", port: \"8080\"}\n";

    #[test]
    fn several_documents_are_several_objects() {
        let objects = parse(TWO, "the text").unwrap();
        assert_eq!(
            objects.iter().map(|one| one.id().to_string()).collect::<Vec<_>>(),
            ["Namespace/shop", "ConfigMap/shop/a"]
        );
        assert_eq!(objects[1].body["data"]["port"], "8080");
    }

    #[test]
    fn a_list_is_what_it_lists() {
        let text =
            "kind: List\napiVersion: v1\nitems:\n- {kind: Namespace, apiVersion: v1, metadata: {name: a}}\n";
        assert_eq!(parse(text, "the text").unwrap().len(), 1);
    }

    #[test]
    fn what_is_no_object_is_named() {
        let error = Manifests::parse("kind: A\n---\nname: x\n").unwrap_err().to_string();
        assert!(error.contains("document 2"), "{error}");
        assert!(matches!(Manifests::parse("a: [").unwrap_err(), ManifestError::Yaml { .. }));
    }

    #[test]
    fn a_directory_is_read_in_order_of_paths() {
        let directory = tempfile::tempdir().unwrap();
        for (name, object) in [("b.yaml", "two"), ("a.yml", "one"), ("read.me", "no")] {
            let text = format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {object}}}\n");
            fs::write(directory.path().join(name), text).unwrap();
        }
        let objects = Manifests::read(directory.path()).unwrap().0;
        assert_eq!(objects.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    }
}
