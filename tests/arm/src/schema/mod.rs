//! Microsoft's descriptions of resource types, and what they say of documents.
//!
//! A description is a list: a type's body, and everything that it is made of, by number. They are the ones that Bicep is built with.

mod check;
mod document;
mod judge;

pub use check::{Finding, Side};

use serde_json::Value;
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Why descriptions cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// A file cannot be read.
    #[error("`{0}` cannot be read: {1}")]
    Unreadable(PathBuf, #[source] io::Error),
    /// A file is no description.
    #[error("`{0}` is no description: {1}")]
    Malformed(PathBuf, #[source] serde_json::Error),
}

/// Descriptions of resource types in their versions.
pub struct Schemas {
    files: Vec<Vec<Value>>,
    /// The file and the number of the body of a type, in lower case, and a version.
    bodies: HashMap<(String, String), (usize, usize)>,
}

impl std::fmt::Debug for Schemas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Schemas").field("types", &self.bodies.len()).finish_non_exhaustive()
    }
}

impl Schemas {
    /// How the files begin that describe what a server serves.
    pub const SERVED: [&str; 7] = [
        "microsoft.authorization.roles@",
        "microsoft.managedidentity@",
        "microsoft.network.privatedns@",
        "microsoft.network@",
        "microsoft.operationalinsights@",
        "microsoft.resources@",
        "microsoft.storage@",
    ];

    /// Reads files of descriptions (`microsoft.network@2025-07-01.json`) of a directory: those whose names begin with one of these.
    ///
    /// # Errors
    /// When the directory or a file cannot be read, or a file is something else.
    pub fn read(directory: &Path, beginnings: &[&str]) -> Result<Self, SchemaError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |wrong| SchemaError::Unreadable(path, wrong)
        };
        let mut paths = vec![];
        for entry in fs::read_dir(directory).map_err(unreadable(directory))? {
            let path = entry.map_err(unreadable(directory))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".json")) else {
                continue;
            };
            if name.contains('@') && beginnings.iter().any(|start| name.starts_with(start)) {
                paths.push(path);
            }
        }
        paths.sort();
        let (mut files, mut bodies) = (vec![], HashMap::new());
        for path in paths {
            let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
            let file: Vec<Value> =
                serde_json::from_str(&text).map_err(|wrong| SchemaError::Malformed(path, wrong))?;
            for element in file.iter().filter(|element| element["$type"] == "ResourceType") {
                let named = element["name"].as_str().and_then(|name| name.split_once('@'));
                if let (Some((name, version)), Some(body)) = (named, check::number(&element["body"])) {
                    bodies.insert((name.to_ascii_lowercase(), version.to_owned()), (files.len(), body));
                }
            }
            files.push(file);
        }
        Ok(Self { files, bodies })
    }

    /// How many types in how many versions are described.
    pub fn len(&self) -> usize {
        self.bodies.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.bodies.is_empty()
    }

    /// A document with every member that the service may show, down to a depth of objects in objects; none when there is no
    /// description of the type in the version.
    ///
    /// `chosen` is asked for the value at each place, by its JSON pointer; where it has none, the value is the simplest one that the
    /// description allows. An object inside of another of the same name is left out.
    pub fn document(
        &self,
        kind: &str,
        version: &str,
        depth: usize,
        chosen: &mut dyn FnMut(&str) -> Option<Value>,
    ) -> Option<Value> {
        let (file, body) = self.bodies.get(&(kind.to_ascii_lowercase(), version.to_owned()))?;
        document::full(&self.files[*file], *body, depth, chosen)
    }

    /// What of a shown document may be sent back: all but what is read-only; none when there is no description of it.
    pub fn writable(&self, kind: &str, version: &str, document: &Value) -> Option<Value> {
        let (file, body) = self.bodies.get(&(kind.to_ascii_lowercase(), version.to_owned()))?;
        Some(document::writable(&self.files[*file], *body, document))
    }

    /// What is wrong with a document of a type in a version; none when there is no description of it.
    pub fn check(&self, kind: &str, version: &str, side: Side, document: &Value) -> Option<Vec<Finding>> {
        let (file, body) = self.bodies.get(&(kind.to_ascii_lowercase(), version.to_owned()))?;
        Some(check::check(&self.files[*file], *body, side, document))
    }
}
