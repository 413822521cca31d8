//! The ports that a rule is about.

use crate::arm::{self, Document};
use deathstar_core::{Diagnostic, Result, model::traffic::Ports};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// The ports that a security rule is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RulePorts {
    /// All ports, and what has none.
    Any,
    /// These, in the fewest ranges.
    Ranges(PortRanges),
    /// Something else that was put there by others. It is seen and cannot be declared.
    Other(Vec<String>),
}

/// Ranges of ports in their one form: in order, and as few as there can be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Ports>")]
pub struct PortRanges(Vec<Ports>);

impl PortRanges {
    /// The ranges in order; none has a port in common with the next one or borders on it.
    pub fn all(&self) -> &[Ports] {
        &self.0
    }
}

impl From<Vec<Ports>> for PortRanges {
    fn from(mut ranges: Vec<Ports>) -> Self {
        ranges.sort_unstable();
        let mut joined: Vec<Ports> = vec![];
        for range in ranges {
            match joined.last_mut().and_then(|last| Some((last.joined(range)?, last))) {
                Some((both, last)) => *last = both,
                None => joined.push(range),
            }
        }
        Self(joined)
    }
}

impl RulePorts {
    /// These ports.
    pub fn ranges<P: Into<Ports>>(ranges: impl IntoIterator<Item = P>) -> Self {
        Self::Ranges(ranges.into_iter().map(Into::into).collect::<Vec<_>>().into())
    }

    pub(super) fn check(&self, at: &str) -> Option<Diagnostic> {
        let (why, fix) = match self {
            Self::Ranges(ranges) if ranges.0.is_empty() => {
                ("a rule without ports is about nothing".into(), "name a port, or leave the ports out")
            }
            Self::Ranges(PortRanges(ranges)) => {
                let wrong = ranges.iter().find(|range| range.is_empty())?;
                (format!("{wrong} has no port in it"), "name the lower port first")
            }
            Self::Other(what) => {
                let why = format!("`{}` is seen, and cannot be declared", what.join(", "));
                (why, "use ranges of ports")
            }
            Self::Any => return None,
        };
        Some(Diagnostic::new("security-rule.ports", why).at(at).fix(fix))
    }

    /// Writes it to one end of a rule: into one of two members, without the other.
    pub(super) fn write(&self, document: &mut Document, end: &str) -> Result<()> {
        let (one, several) = (format!("{end}PortRange"), format!("{end}PortRanges"));
        let all: Vec<String> = match self {
            Self::Any => vec!["*".into()],
            Self::Ranges(ranges) => ranges.0.iter().map(ToString::to_string).collect(),
            Self::Other(all) => all.clone(),
        };
        let (at, not, value) =
            if let [range] = &*all { (&one, &several, json!(range)) } else { (&several, &one, json!(all)) };
        arm::take(document, not);
        arm::put(document, at, value)
    }

    /// Reads one end of a rule.
    pub(super) fn read(document: &Document, end: &str) -> Self {
        let list = arm::look(document, &format!("{end}PortRanges")).and_then(Value::as_array);
        let one = arm::look(document, &format!("{end}PortRange"));
        let several: Vec<&Value> = list.into_iter().flatten().collect();
        let all = if several.is_empty() { one.into_iter().collect() } else { several };
        let all: Vec<&str> =
            all.into_iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).collect();
        if all.is_empty() || all.contains(&"*") {
            return Self::Any;
        }
        match all.iter().map(|text| ports(text)).collect::<Option<Vec<_>>>() {
            Some(ranges) => Self::Ranges(ranges.into()),
            None => Self::Other(all.into_iter().map(str::to_owned).collect()),
        }
    }
}

impl From<u16> for RulePorts {
    fn from(port: u16) -> Self {
        Self::ranges([port])
    }
}

impl From<RangeInclusive<u16>> for RulePorts {
    fn from(ports: RangeInclusive<u16>) -> Self {
        Self::ranges([ports])
    }
}

fn ports(text: &str) -> Option<Ports> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let ports = Ports::new(first.parse().ok()?, last.parse().ok()?);
    (!ports.is_empty()).then_some(ports)
}
