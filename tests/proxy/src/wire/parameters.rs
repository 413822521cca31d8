//! What a call says: flat parameters, whatever the protocol.

use super::Element;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The parameters of a call, flat: `Filter.1.Name`, `Tags.member.2.Key`, and for JSON and XML the path likewise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parameters(pub(crate) BTreeMap<String, String>);

impl Parameters {
    /// One parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether one of them has this value.
    pub fn has_value(&self, value: &str) -> bool {
        self.0.values().any(|one| one == value)
    }

    /// The values of a list: `VpcId.1`, `VpcId.2`, or `Names.member.1`.
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.numbers(name).into_iter().filter_map(|number| self.get(&format!("{name}.{number}"))).collect()
    }

    /// The numbers of a list's entries, in order.
    pub(crate) fn numbers(&self, name: &str) -> Vec<usize> {
        let prefix = format!("{name}.");
        let of = self.0.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix));
        let numbers: BTreeSet<usize> =
            of.filter_map(|(key, _)| key[prefix.len()..].split('.').next()?.parse().ok()).collect();
        numbers.into_iter().collect()
    }

    /// The values of an EC2 filter.
    pub fn filter(&self, name: &str) -> Vec<&str> {
        let number = self.numbers("Filter").into_iter();
        let number =
            number.map(|n| format!("Filter.{n}")).find(|f| self.get(&format!("{f}.Name")) == Some(name));
        number.map(|filter| self.list(&format!("{filter}.Value"))).unwrap_or_default()
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    pub(crate) fn of_form(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    pub(crate) fn of_json(value: &Value) -> Self {
        let mut all = BTreeMap::new();
        flatten_json("", value, &mut all);
        Self(all)
    }

    pub(crate) fn of_xml(root: &Element) -> Self {
        let mut all = BTreeMap::new();
        flatten_xml("", root, &mut all);
        Self(all)
    }

    pub(crate) fn to_form(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.iter()).finish()
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn flatten_json(path: &str, value: &Value, all: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                flatten_json(&join(path, name), value, all);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                flatten_json(&join(path, &(index + 1).to_string()), value, all);
            }
        }
        Value::String(text) => {
            all.insert(path.to_owned(), text.clone());
        }
        Value::Null => {}
        other => {
            all.insert(path.to_owned(), other.to_string());
        }
    }
}

/// Elements that occur several times are numbered.
fn flatten_xml(path: &str, element: &Element, all: &mut BTreeMap<String, String>) {
    if element.children.is_empty() {
        if !path.is_empty() {
            all.insert(path.to_owned(), element.text.clone());
        }
        return;
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for child in &element.children {
        let times = element.children.iter().filter(|other| other.name == child.name).count();
        let number = seen.entry(&child.name).or_default();
        *number += 1;
        let name = if times > 1 { format!("{}.{number}", child.name) } else { child.name.clone() };
        flatten_xml(&join(path, &name), child, all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_form_is_decoded() {
        let body = b"Action=DescribeVpcs&Filter.1.Name=tag%3Aa+b&Filter.1.Value.1=x&Filter.1.Value.10=z&Filter.1.Value.2=y";
        let parameters = Parameters::of_form(body);
        assert_eq!(parameters.get("Action"), Some("DescribeVpcs"));
        assert_eq!(parameters.filter("tag:a b"), ["x", "y", "z"]);
        assert!(parameters.filter("vpc-id").is_empty());
        assert_eq!(parameters.numbers("Filter.1.Value"), [1, 2, 10]);
    }

    #[test]
    fn json_is_flattened() {
        let value =
            serde_json::json!({"name": "a", "tags": {"k": "v"}, "keys": [{"n": 1}, {"n": true}], "no": null});
        let parameters = Parameters::of_json(&value);
        let expected = [("keys.1.n", "1"), ("keys.2.n", "true"), ("name", "a"), ("tags.k", "v")];
        assert_eq!(parameters.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn xml_is_flattened_and_repetitions_are_numbered() {
        let root = Element::parse("<R><A>1</A><L><I><N>x</N></I><I><N>y</N></I></L></R>").unwrap();
        let parameters = Parameters::of_xml(&root);
        let expected = [("A", "1"), ("L.I.1.N", "x"), ("L.I.2.N", "y")];
        assert_eq!(parameters.iter().collect::<Vec<_>>(), expected);
    }

    proptest! {
        #[test]
        fn a_form_reads_back(all in prop::collection::btree_map("[A-Za-z0-9.]{1,12}", "\\PC{0,12}", 0..6)) {
            let parameters = Parameters(all);
            prop_assert_eq!(Parameters::of_form(parameters.to_form().as_bytes()), parameters);
        }
    }
}
