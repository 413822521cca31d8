//! Reading an object that has no type: by JSON pointer, absent is absent and never an error.

use serde_json::Value;

/// A borrowed Kubernetes object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a>(pub(crate) &'a Value);

/// One entry of a list of conditions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Condition<'a>(View<'a>);

impl<'a> View<'a> {
    pub(crate) fn at(self, pointer: &str) -> Option<&'a Value> {
        self.0.pointer(pointer).filter(|value| !value.is_null())
    }

    pub(crate) fn text(self, pointer: &str) -> Option<&'a str> {
        self.at(pointer).and_then(Value::as_str)
    }

    /// The text, or nothing when there is none.
    pub(crate) fn word(self, pointer: &str) -> &'a str {
        self.text(pointer).unwrap_or_default()
    }

    pub(crate) fn number(self, pointer: &str) -> Option<i64> {
        self.at(pointer).and_then(Value::as_i64)
    }

    pub(crate) fn flag(self, pointer: &str) -> bool {
        self.at(pointer).and_then(Value::as_bool).unwrap_or_default()
    }

    pub(crate) fn list(self, pointer: &str) -> impl Iterator<Item = View<'a>> + use<'a> {
        self.at(pointer).and_then(Value::as_array).into_iter().flatten().map(View)
    }

    pub(crate) fn words(self, pointer: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list(pointer).filter_map(|item| item.0.as_str())
    }

    pub(crate) fn entries(self, pointer: &str) -> impl Iterator<Item = (&'a str, View<'a>)> + use<'a> {
        let entries = self.at(pointer).and_then(Value::as_object).into_iter().flatten();
        entries.map(|(key, value)| (key.as_str(), View(value)))
    }

    /// The group; empty for the core group.
    pub(crate) fn group(self) -> &'a str {
        group_of(self.word("/apiVersion"))
    }

    pub(crate) fn kind(self) -> &'a str {
        self.word("/kind")
    }

    pub(crate) fn name(self) -> &'a str {
        self.word("/metadata/name")
    }

    pub(crate) fn namespace(self) -> Option<&'a str> {
        self.text("/metadata/namespace")
    }

    pub(crate) fn annotation(self, key: &str) -> Option<&'a str> {
        self.at("/metadata/annotations")?.get(key)?.as_str()
    }

    pub(crate) fn label(self, key: &str) -> Option<&'a str> {
        self.at("/metadata/labels")?.get(key)?.as_str()
    }

    pub(crate) fn is_being_deleted(self) -> bool {
        self.text("/metadata/deletionTimestamp").is_some()
    }

    /// The condition of this type in the status.
    pub(crate) fn condition(self, r#type: &str) -> Option<Condition<'a>> {
        self.condition_in("/status/conditions", r#type)
    }

    /// The condition of this type in a list of conditions.
    pub(crate) fn condition_in(self, pointer: &str, r#type: &str) -> Option<Condition<'a>> {
        self.list(pointer).find(|condition| condition.word("/type") == r#type).map(Condition)
    }
}

impl<'a> Condition<'a> {
    pub(crate) fn status(self) -> &'a str {
        self.0.word("/status")
    }

    pub(crate) fn is_true(self) -> bool {
        self.status() == "True"
    }

    pub(crate) fn is_false(self) -> bool {
        self.status() == "False"
    }

    pub(crate) fn reason(self) -> &'a str {
        self.0.word("/reason")
    }

    pub(crate) fn message(self) -> &'a str {
        self.0.word("/message")
    }

    pub(crate) fn observed_generation(self) -> Option<i64> {
        self.0.number("/observedGeneration")
    }

    /// Reason and message, as far as they are told.
    pub(crate) fn told(self) -> String {
        match (self.reason(), self.message()) {
            ("", message) => message.into(),
            (reason, "") => reason.into(),
            (reason, message) => format!("{reason}: {message}"),
        }
    }
}

/// A field's name as a part of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The group of an `apiVersion`; empty for the core group.
pub(crate) fn group_of(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}
