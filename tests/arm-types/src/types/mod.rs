//! Microsoft's descriptions of resource types, and what a body says against them.
//!
//! They stand in `../shared/specs/azure`, one file for each provider and API version: what each member of a body is, and whether it is
//! required, read-only or write-only. They are the first oracle for bodies, of requests and of answers.
//!
//! ```no_run
//! use deathstar_arm::types::Types;
//! use serde_json::json;
//!
//! let types = Types::beside().expect("they are there");
//! let subnet = types.of("Microsoft.Network/virtualNetworks/subnets", "2025-07-01").expect("it is described");
//! let faults = subnet.check_request(&json!({"properties": {"adressPrefix": "10.0.0.0/24"}}));
//! assert_eq!(faults[0].to_string(), "/properties/adressPrefix: there is no such member");
//! ```
//!
//! What they cannot show: what a service refuses for other reasons than the form of a body (two members that exclude each other, a
//! range outside of its network), and whether it keeps what it was told. Numbers are all integers in them; a number with a fraction
//! is let pass.

mod check;
mod description;
mod document;
mod fault;
#[cfg(test)]
mod tests;

pub use fault::{Fault, Wrong};

use description::Element;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// All resource types of a directory of descriptions.
#[derive(Debug)]
pub struct Types {
    files: Vec<Vec<Element>>,
    /// By type in lower case and API version: the file, and the place of the body in it.
    resources: BTreeMap<(String, String), Place>,
}

#[derive(Clone, Debug)]
struct Place {
    file: usize,
    body: usize,
    name: String,
}

/// One resource type at one API version.
#[derive(Clone, Copy, Debug)]
pub struct Type<'t> {
    elements: &'t [Element],
    body: usize,
    name: &'t str,
}

impl Types {
    /// Reads all files of a directory whose names end with `.json`.
    ///
    /// # Errors
    /// When a file cannot be read or is no description.
    pub fn read(directory: &Path) -> io::Result<Self> {
        let mut paths = fs::read_dir(directory)?
            .map(|file| file.map(|file| file.path()))
            .collect::<io::Result<Vec<PathBuf>>>()?;
        paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
        paths.sort();
        let mut types = Self { files: vec![], resources: BTreeMap::new() };
        for path in paths {
            let elements: Vec<Element> = serde_json::from_slice(&fs::read(&path)?)
                .map_err(|wrong| io::Error::other(format!("{}: {wrong}", path.display())))?;
            types.add(elements);
        }
        Ok(types)
    }

    fn add(&mut self, elements: Vec<Element>) {
        let file = self.files.len();
        for element in &elements {
            if let Element::ResourceType { name, body } = element
                && let Some((name, version)) = name.split_once('@')
            {
                let place = Place { file, body: body.0, name: name.to_owned() };
                self.resources.insert((name.to_lowercase(), version.to_owned()), place);
            }
        }
        self.files.push(elements);
    }

    /// Those beside the clone, in `../shared/specs/azure`; none where they are not there. Read once.
    pub fn beside() -> Option<&'static Self> {
        static BESIDE: LazyLock<Option<Types>> = LazyLock::new(|| {
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/azure");
            Types::read(&directory).ok().filter(|types| !types.resources.is_empty())
        });
        BESIDE.as_ref()
    }

    /// A resource type, in any case, at an API version.
    pub fn of(&self, resource_type: &str, api_version: &str) -> Option<Type<'_>> {
        let place = self.resources.get(&(resource_type.to_lowercase(), api_version.to_owned()))?;
        Some(Type { elements: &self.files[place.file], body: place.body, name: &place.name })
    }

    /// The API versions at which a resource type is described.
    pub fn versions_of(&self, resource_type: &str) -> Vec<&str> {
        let wanted = resource_type.to_lowercase();
        self.resources
            .range((wanted.clone(), String::new())..)
            .take_while(|((name, _), _)| *name == wanted)
            .map(|((_, version), _)| version.as_str())
            .collect()
    }
}

impl<'t> Type<'t> {
    /// The type, in Microsoft's spelling.
    pub fn name(&self) -> &'t str {
        self.name
    }

    /// What is wrong with the body of a request that creates or changes one.
    ///
    /// What identifies it (`id`, `type`) is read-only, but for `name`, which may be repeated.
    pub fn check_request(&self, body: &Value) -> Vec<Fault> {
        check::check(self, check::Way::Request, body)
    }

    /// What is wrong with the body of an answer that shows one.
    pub fn check_answer(&self, body: &Value) -> Vec<Fault> {
        check::check(self, check::Way::Answer, body)
    }

    /// A body with every member that an answer can have, down to a depth of objects in objects.
    ///
    /// `fill` is asked for the value of each member that is no object, and of each object, by its path (`/properties/subnets/0/id`);
    /// where it has none, the value is the simplest that the description allows. An object inside of another of the same name is
    /// left out.
    pub fn document(&self, depth: usize, fill: &mut dyn FnMut(&str) -> Option<Value>) -> Value {
        document::write(self, depth, fill)
    }

    /// A body without the members that only answers have: what of it a request may repeat.
    #[must_use]
    pub fn writable(&self, body: &Value) -> Value {
        document::writable(self, body)
    }

    fn element(&self, at: usize) -> &'t Element {
        self.elements.get(at).unwrap_or(&Element::AnyType)
    }
}
