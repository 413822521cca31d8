//! The table of types: what each is called, how it answers, and what it stands on.

pub(crate) mod authorization;
mod managed_identity;
mod network;
mod operational_insights;
pub(crate) mod private_dns;
mod resources;
pub(crate) mod storage;

use crate::{
    answer::Refusal,
    id::ResourceId,
    world::{Object, Objects, World},
};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A type of resources. One engine serves all of them; this says what differs.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of a type")]
pub(crate) struct Type {
    /// `Microsoft.Network/virtualNetworks/subnets`.
    pub(crate) name: &'static str,
    /// The versions of the API in which it is served.
    pub(crate) versions: &'static [&'static str],
    pub(crate) put: Put,
    pub(crate) delete: Delete,
    /// How operations on it are told.
    pub(crate) operations: &'static Operations,
    pub(crate) place: Place,
    pub(crate) patch: Patch,
    /// Whether entity tags stand in documents, and `If-Match` and `If-None-Match` are honoured.
    pub(crate) etag: bool,
    /// Whether a write to it, or to one of its parts, refuses all others until it ends.
    pub(crate) lane: bool,
    /// Whether objects can be put into zones.
    pub(crate) zones: bool,
    /// Whether documents tell `properties.provisioningState`.
    pub(crate) state: bool,
    /// What the state is called while an object is made.
    pub(crate) creating: &'static str,
    /// What a document has to have.
    pub(crate) required: &'static [&'static str],
    /// What is set where a document says nothing: pointer and JSON.
    pub(crate) defaults: &'static [(&'static str, &'static str)],
    /// What the service decides when an object is made.
    pub(crate) computed: &'static [(&'static str, Computed)],
    /// What cannot be changed, and what is said to who tries.
    pub(crate) immutable: &'static [Immutable],
    /// Parts that are shown in the document.
    pub(crate) parts: &'static [Part],
    /// What documents name.
    pub(crate) references: &'static [Reference],
    /// What is said to who deletes one that is named.
    pub(crate) in_use: Option<InUse>,
    /// What nothing of the above can say.
    pub(crate) check: fn(&Objects, &Object) -> Result<(), Refusal>,
    /// What has to hold before a document is looked at, of everything that the server knows.
    pub(crate) admit: Admit,
    /// What is shown beside all that.
    pub(crate) dress: fn(&Objects, &Object, &mut Map<String, Value>),
    /// Parts that are made with an object: type, name and JSON.
    pub(crate) born: &'static [(&'static str, &'static str, &'static str)],
    /// What can be asked of an object by POST, and the JSON of the answer.
    pub(crate) actions: &'static [(&'static str, &'static str)],
}

/// Refuses a document for an object.
type Admit = fn(&mut World, &ResourceId, &Map<String, Value>) -> Result<(), Refusal>;

/// How a PUT is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Put {
    pub(crate) created: u16,
    pub(crate) replaced: u16,
    /// Where something is made.
    pub(crate) style: Style,
    /// Where something is replaced.
    pub(crate) again: Style,
}

/// How a DELETE is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delete {
    /// Where something is deleted.
    pub(crate) accepted: u16,
    pub(crate) style: Style,
}

/// How a call tells that it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// It is over with its answer.
    Sync,
    /// By `Azure-AsyncOperation`, and by the state in the document.
    Operation,
    /// By `Location` alone.
    Location,
    /// By both.
    Both,
    /// By the state in the document alone.
    Body,
}

/// Where operations are told, with `{subscription}`, `{group}`, `{location}` and `{operation}`.
#[derive(Debug)]
pub(crate) struct Operations {
    /// The operation itself: `Azure-AsyncOperation`.
    pub(crate) status: &'static str,
    /// What comes of it: `Location`.
    pub(crate) result: &'static str,
    /// What the last look at the result of a deletion is answered with.
    pub(crate) gone: u16,
}

/// Where objects are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a region, which a document has to name.
    Region,
    /// Everywhere: the document says `global`.
    Global,
    /// Where their parent, or what they extend, is.
    Inherited,
}

/// How a PATCH is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patch {
    /// Not at all.
    None,
    /// Tags alone; they become the document's.
    Tags,
    /// As a merge of documents; lists are replaced.
    Merge,
}

/// What the service decides.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Computed {
    /// An identifier that no other object has.
    Guid,
    /// A JSON text, with `{name}`, `{location}` and `{subscription}`.
    Text(&'static str),
    /// The tenant of the subscription.
    Tenant,
    /// A public address, of version 6 where the document says so.
    Address,
    /// A range of public addresses as long as the document says.
    Range,
    /// What follows from its identifier.
    Call(fn(&ResourceId) -> Value),
}

/// What cannot be changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Immutable {
    pub(crate) pointer: &'static str,
    pub(crate) status: u16,
    pub(crate) code: &'static str,
}

/// Parts of an object that its document shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// The list in `properties`.
    pub(crate) member: &'static str,
    /// The type.
    pub(crate) kind: &'static str,
    /// Whether a document without the list leaves them: asked of the settings where it depends.
    pub(crate) absent: Absent,
}

/// What a document says that does not have a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// That there are none.
    Removes,
    /// As the settings say: for subnets the service's answer has changed.
    Settings,
}

/// What a document names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference {
    pub(crate) pointer: &'static str,
    /// The types that may be named; none for any.
    pub(crate) to: &'static [&'static str],
    /// Where the named object shows who names it.
    pub(crate) back: Option<Back>,
    /// What becomes of the one that names when the named is deleted.
    pub(crate) ends: Ends,
}

/// Where an object shows who names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Back {
    pub(crate) pointer: &'static str,
    /// Whether it is a list.
    pub(crate) many: bool,
    /// The types that show it; none for all.
    pub(crate) on: &'static [&'static str],
}

/// What a reference means for the deletion of the named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// The named cannot be deleted.
    Holds,
    /// It can, and the one that names stays as it is.
    Dangles,
    /// It can, and the one that names goes with it.
    Follows,
}

/// What is said of an object that is named, with `{name}` and `{users}`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InUse {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

impl Type {
    /// A type of its own kind, from which the others differ.
    pub(crate) const BASE: Self = Self {
        name: "",
        versions: &[],
        put: Put { created: 201, replaced: 200, style: Style::Sync, again: Style::Sync },
        delete: Delete { accepted: 200, style: Style::Sync },
        operations: &Operations { status: "", result: "", gone: 204 },
        place: Place::Region,
        patch: Patch::Tags,
        etag: false,
        lane: false,
        zones: false,
        state: true,
        creating: "Creating",
        required: &[],
        defaults: &[],
        computed: &[],
        immutable: &[],
        parts: &[],
        references: &[],
        in_use: None,
        check: |_, _| Ok(()),
        admit: |_, _, _| Ok(()),
        dress: |_, _, _| {},
        born: &[],
        actions: &[],
    };

    /// Where its objects show who names them.
    pub(crate) fn shown_names(&self) -> impl Iterator<Item = &'static str> {
        let references = all().into_iter().flat_map(|kind| kind.references);
        references
            .filter(|own| own.to.contains(&self.name))
            .filter_map(|own| own.back.map(|back| back.pointer))
    }

    /// The last word of its name.
    pub(crate) fn word(&self) -> &'static str {
        self.name.rsplit('/').next().unwrap_or(self.name)
    }

    /// The namespace of its provider.
    pub(crate) fn namespace(&self) -> &'static str {
        self.name.split('/').next().unwrap_or(self.name)
    }

    /// Whether its objects are parts of others.
    pub(crate) fn is_part(&self) -> bool {
        self.name.split('/').count() > 2
    }

    /// Whether its objects have tags and a place of their own.
    pub(crate) fn is_tracked(&self) -> bool {
        self.place != Place::Inherited
    }
}

impl std::fmt::Debug for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

static TABLE: LazyLock<HashMap<String, &'static Type>> = LazyLock::new(|| {
    let all = [
        authorization::TYPES,
        managed_identity::TYPES,
        network::TYPES,
        operational_insights::TYPES,
        private_dns::TYPES,
        resources::TYPES,
        storage::TYPES,
    ];
    all.into_iter().flatten().map(|kind: &&'static Type| (kind.name.to_ascii_lowercase(), *kind)).collect()
});

/// The type of a name, in any case.
pub(crate) fn of(name: &str) -> Option<&'static Type> {
    TABLE.get(&name.to_ascii_lowercase()).copied()
}

/// All types, by name.
pub(crate) fn all() -> Vec<&'static Type> {
    let mut all: Vec<_> = TABLE.values().copied().collect();
    all.sort_unstable_by_key(|kind| kind.name);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_are_named_in_the_table_are_in_it() {
        for kind in all() {
            for part in kind.parts {
                assert!(of(part.kind).is_some(), "{}: {}", kind.name, part.kind);
            }
            for named in kind.references.iter().flat_map(|reference| reference.to) {
                assert!(of(named).is_some(), "{}: {named}", kind.name);
            }
            if kind.is_part() {
                let (parent, _) = kind.name.rsplit_once('/').unwrap();
                assert!(of(parent).is_some(), "{parent}");
            }
        }
    }

    #[test]
    fn texts_in_the_table_are_json() {
        for kind in all() {
            let computed = kind.computed.iter().filter_map(|(_, computed)| match computed {
                Computed::Text(text) => Some(*text),
                _ => None,
            });
            let born = kind.born.iter().map(|(_, _, text)| *text);
            let actions = kind.actions.iter().map(|(_, text)| *text);
            let defaults = kind.defaults.iter().map(|(_, text)| *text);
            for text in defaults.chain(computed).chain(born).chain(actions) {
                assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{}: {text}", kind.name);
            }
        }
    }
}
