//! Names of zones and records.

use deathstar_core::Diagnostic;
use serde::{Deserialize, Serialize};

/// A name in the domain name system, in the one form of all that mean the same.
///
/// Case means nothing, and neither does a dot at the end. Characters that are neither letters, digits, hyphens nor underscores are
/// written as Route 53 shows them, by three octal digits (`\100`); but for the asterisk, which it shows as `\052`.
///
/// ```
/// use deathstar_aws::route53::DomainName;
///
/// assert_eq!(DomainName::new(r"\052.Example.COM.").as_str(), "*.example.com");
/// ```
///
/// Source: Amazon Route 53 Developer Guide, "DNS domain name format".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct DomainName(String);

impl DomainName {
    /// Takes a name in any form.
    pub fn new(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        let mut name = String::with_capacity(text.len());
        let relative = text.strip_suffix('.').filter(|rest| !rest.ends_with('.')).unwrap_or(text);
        let mut rest = relative.bytes().peekable();
        while let Some(byte) = rest.next() {
            if byte == b'.' {
                name.push('.');
                continue;
            }
            let byte = if byte == b'\\' { escaped(&mut rest).unwrap_or(byte) } else { byte };
            match byte {
                b'*' => name.push('*'),
                b'-' | b'_' => name.push(byte.into()),
                _ if byte.is_ascii_alphanumeric() => name.push(byte.to_ascii_lowercase().into()),
                _ => {
                    name.push('\\');
                    name.extend([byte >> 6, byte >> 3 & 7, byte & 7].map(|digit| char::from(b'0' + digit)));
                }
            }
        }
        Self(name)
    }

    /// The name, without a dot at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as conditions of policies have it.
    ///
    /// Source: Amazon Route 53 Developer Guide, "Specifying record sets in conditions".
    pub(super) fn normalized(&self) -> String {
        self.0.replace('*', "\\052")
    }

    /// The name with a dot at its end: from the root.
    #[cfg(any(test, feature = "client"))]
    pub(super) fn absolute(&self) -> String {
        format!("{}.", self.0)
    }

    /// Its labels, from the root: Route 53 lists names in this order.
    #[cfg(any(test, feature = "client"))]
    pub(super) fn labels_from_root(&self) -> Vec<&str> {
        self.0.rsplit('.').collect()
    }

    /// What Route 53 would refuse; `path` is where the name stands in its resource.
    pub(super) fn validate(&self, path: &str) -> Option<Diagnostic> {
        let length = |text: &str| text.len() - 3 * text.matches('\\').count();
        let problem = if self.0.is_empty() {
            "is empty".to_owned()
        } else if length(&self.0) > 253 {
            format!("has {} characters, and may have 253", length(&self.0))
        } else if self.0.split('.').any(str::is_empty) {
            "has an empty part between its dots".into()
        } else if let Some(long) = self.0.split('.').find(|part| length(part) > 63) {
            format!("has a part of {} characters, and each may have 63", length(long))
        } else {
            return None;
        };
        let why = format!("the name `{self}` {problem}");
        Some(Diagnostic::new("name.form", why).at(path).fix("write it like `api.example.com`"))
    }
}

deathstar_core::text_type!(DomainName, made);

/// The byte that three octal digits stand for.
fn escaped(rest: &mut std::iter::Peekable<impl Iterator<Item = u8> + Clone>) -> Option<u8> {
    let mut ahead = rest.clone();
    let mut value = 0_u16;
    for _ in 0..3 {
        let digit = ahead.next().filter(|digit| (b'0'..=b'7').contains(digit))?;
        value = value * 8 + u16::from(digit - b'0');
    }
    let byte = u8::try_from(value).ok()?;
    *rest = ahead;
    Some(byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_mean_the_same_are_equal() {
        for (one, other) in [
            ("example.com", "EXAMPLE.com."),
            ("*.example.com", r"\052.example.com."),
            (r"\141pi.example.com", "api.example.com"),
            ("a@b.example.com", r"a\100b.example.com"),
            (r"a\056b.example.com", r"a\056B.example.com"),
        ] {
            assert_eq!(DomainName::new(one), DomainName::new(other), "{one} {other}");
        }
        assert_eq!(DomainName::new("..").as_str(), "..", "what is wrong stays wrong");
        assert_ne!(DomainName::new(r"a\056b.example.com"), DomainName::new("a.b.example.com"));
        assert_eq!(DomainName::new(r"a\9.com").as_str(), r"a\1349.com", "what is no escape is a backslash");
        assert_eq!(serde_json::to_string(&DomainName::new("A.b.")).unwrap(), r#""a.b""#);
        assert_eq!(DomainName::new("a.b").absolute(), "a.b.");
        assert_eq!(DomainName::new("b.example.com").labels_from_root(), ["com", "example", "b"]);
    }

    #[test]
    fn what_route_53_refuses_is_found() {
        let wrong = |name: &str| DomainName::new(name).validate("/name").is_some();
        let part = "x".repeat(63);
        for right in ["example.com", "*.example.com", "_dmarc.example.com", "com", &part] {
            assert!(!wrong(right), "{right}");
        }
        let long = [part.as_str(); 4].join(".");
        for name in ["", ".", "a..b", ".a", &format!("{part}x"), &long] {
            assert!(wrong(name), "{name}");
        }
        assert!(!wrong(&"@".repeat(63)), "an escape stands for one character");
    }

    proptest! {
        /// The one form is its own form, and survives Route 53's way of writing it.
        #[test]
        fn the_one_form_is_stable(text in "[a-zA-Z0-9_*@ .\\\\-]{0,20}") {
            let name = DomainName::new(&text);
            prop_assert_eq!(&DomainName::new(name.as_str()), &name);
            prop_assert_eq!(DomainName::new(name.as_str().replace('*', "\\052").to_uppercase()), name);
        }
    }
}
