//! The places inside a field in which an object differs, and who wrote them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// One place inside a field in which an object as it is differs from a spec.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Where it is, as the provider's people write it: `spec.containers[name=web].image`.
    pub path: String,
    /// What is there; `null` where there is nothing.
    pub before: Value,
    /// What is declared; `null` where nothing is.
    pub after: Value,
    /// Whether this place makes the difference a replacement.
    pub replaces: bool,
    /// Who wrote what is there, where somebody else did.
    pub by: Option<ChangedBy>,
}

/// Who wrote a part of an object last, as its provider tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ChangedBy {
    /// The name that it gives itself.
    pub manager: String,
    /// How it wrote: of Kubernetes, `Apply` or `Update`.
    pub operation: String,
    /// What of the object it wrote through, such as `scale`, where it was not the object itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// When, as the provider writes times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

impl fmt::Display for ChangedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.manager, self.operation)?;
        if let Some(through) = &self.through {
            write!(f, " of {through}")?;
        }
        match &self.time {
            Some(time) => write!(f, ", {time}"),
            None => Ok(()),
        }
    }
}

/// Whether one place is in the other; which element of a list is meant does not count.
pub(crate) fn overlap(a: &str, b: &str) -> bool {
    let (a, b) = (plain(a), plain(b));
    let within = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    within(&a, &b) || within(&b, &a)
}

/// A place without the keys and numbers of elements.
fn plain(path: &str) -> String {
    let mut depth = 0_u32;
    let kept = path.chars().filter(|sign| match sign {
        '[' => {
            depth += 1;
            depth == 1
        }
        ']' => {
            depth = depth.saturating_sub(1);
            depth == 0
        }
        _ => depth == 0,
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_overlap_whatever_elements_they_name() {
        for (a, b) in [
            ("spec", "spec.replicas"),
            ("spec.template.spec.containers[0].image", "spec.template.spec.containers[name=web].image"),
            ("spec.ports[0]", "spec.ports[port=80,protocol=TCP].targetPort"),
        ] {
            assert!(overlap(a, b) && overlap(b, a), "{a} {b}");
        }
        assert!(!overlap("spec.sel", "spec.selector") && !overlap("spec.a", "spec.b"));
    }
}
