//! The body of an answer, as a tree that rules read and change whatever the protocol.

use super::{Answer, Element};
use serde_json::Value;

/// The body of an answer, as a tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Document {
    Xml(Element),
    Json(Value),
}

/// One entry of a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    Xml(Element),
    Json(Value),
}

impl Document {
    pub(crate) fn read(answer: &Answer) -> Option<Self> {
        // For some services the emulator says that its answers are something else.
        if answer.is_json() || answer.body.starts_with(b"{") {
            return serde_json::from_slice(&answer.body).ok().map(Self::Json);
        }
        Element::parse(std::str::from_utf8(&answer.body).ok()?).map(Self::Xml)
    }

    pub(crate) fn write(&self) -> String {
        match self {
            Self::Xml(root) => root.write(),
            Self::Json(value) => value.to_string(),
        }
    }

    pub(crate) fn xml(&self) -> Option<&Element> {
        match self {
            Self::Xml(root) => Some(root),
            Self::Json(_) => None,
        }
    }

    pub(crate) fn xml_mut(&mut self) -> Option<&mut Element> {
        match self {
            Self::Xml(root) => Some(root),
            Self::Json(_) => None,
        }
    }

    /// The entries of a list, taken out.
    pub(crate) fn take(&mut self, path: &str) -> Vec<Item> {
        match self {
            Self::Xml(root) => root
                .at_mut(path)
                .map(|list| std::mem::take(&mut list.children))
                .unwrap_or_default()
                .into_iter()
                .map(Item::Xml)
                .collect(),
            Self::Json(value) => match value.get_mut(path) {
                Some(Value::Array(items)) => std::mem::take(items).into_iter().map(Item::Json).collect(),
                _ => vec![],
            },
        }
    }

    /// Puts entries into a list that is there.
    pub(crate) fn put(&mut self, path: &str, items: Vec<Item>) {
        match self {
            Self::Xml(root) => {
                if let Some(list) = root.at_mut(path) {
                    list.children = items.into_iter().filter_map(Item::into_xml).collect();
                }
            }
            Self::Json(value) => {
                let items = items.into_iter().filter_map(Item::into_json).collect();
                if let Some(list) = value.get_mut(path) {
                    *list = Value::Array(items);
                }
            }
        }
    }

    /// The text at a path.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        match self {
            Self::Xml(root) => root.text_at(path).map(str::to_owned),
            Self::Json(value) => match value.pointer(&format!("/{path}"))? {
                Value::String(text) if !text.is_empty() => Some(text.clone()),
                _ => None,
            },
        }
    }

    /// Sets a text at a path, or removes what is there.
    pub(crate) fn set(&mut self, path: &str, text: Option<&str>) {
        match self {
            Self::Xml(root) => {
                let (parent, name) = match path.rsplit_once('/') {
                    Some((parent, name)) => (root.at_mut(parent), name),
                    None => (Some(root), path),
                };
                let Some(parent) = parent else { return };
                match text {
                    Some(text) => parent.set(name, text),
                    None => parent.children.retain(|child| child.name != name),
                }
            }
            Self::Json(Value::Object(members)) => {
                match text {
                    Some(text) => members.insert(path.to_owned(), Value::String(text.to_owned())),
                    None => members.remove(path),
                };
            }
            Self::Json(_) => {}
        }
    }

    /// Sets a switch at a path.
    pub(crate) fn switch(&mut self, path: &str, on: bool) {
        if let Self::Json(Value::Object(members)) = self {
            members.insert(path.to_owned(), Value::Bool(on));
        } else {
            self.set(path, Some(if on { "true" } else { "false" }));
        }
    }
}

impl Item {
    fn into_xml(self) -> Option<Element> {
        match self {
            Self::Xml(element) => Some(element),
            Self::Json(_) => None,
        }
    }

    fn into_json(self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value),
            Self::Xml(_) => None,
        }
    }

    /// The text of a member.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self {
            Self::Xml(element) => element.text_at(name),
            Self::Json(value) => value.get(name)?.as_str(),
        }
    }
}
