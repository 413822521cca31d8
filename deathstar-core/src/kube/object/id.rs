//! What names an object in its cluster.

use crate::{Error, Meaning, kube::view::View};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{fmt, str::FromStr};

/// What names an object in its cluster: `Deployment.apps/shop/web`, or `Namespace/shop` where there is no namespace around it.
///
/// The version of its API is not part of it: one object is served in several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ObjectId {
    /// The group of its kind; empty for the core group.
    pub group: String,
    /// Its kind, such as `Deployment`.
    pub kind: String,
    /// The namespace that it is in.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

impl ObjectId {
    /// What names an object that stands in a manifest.
    pub(in crate::kube) fn of(manifest: &Value) -> Self {
        let view = View(manifest);
        Self::new(view.group(), view.kind(), view.namespace(), view.name())
    }

    pub(in crate::kube) fn new(group: &str, kind: &str, namespace: Option<&str>, name: &str) -> Self {
        let namespace = namespace.map(ToOwned::to_owned);
        Self { group: group.into(), kind: kind.into(), namespace, name: name.into() }
    }

    /// The segments of its address below a component that declares many: `deployment.apps/shop/web`. Names may have upper case and
    /// `:`, which no address has.
    pub fn segments(&self) -> String {
        let id = self.to_string();
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
        let written: String =
            id.chars().map(|c| if legal(c) { c.to_ascii_lowercase() } else { '-' }).collect();
        let kind = id.split('/').next().unwrap_or_default().len();
        if id[kind..] == written[kind..] {
            return written;
        }
        format!("{written}-{}", &blake3::hash(id.as_bytes()).to_hex()[..6])
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        if let Some(namespace) = &self.namespace {
            write!(f, "/{namespace}")?;
        }
        write!(f, "/{}", self.name)
    }
}

impl FromStr for ObjectId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::new(Meaning::Invalid, format!("`{text}` names no object"))
                .hint("write it as `Deployment.apps/namespace/name`, or `Namespace/name`")
        };
        let mut parts = text.split('/');
        let (kind, first) = (parts.next().ok_or_else(wrong)?, parts.next().ok_or_else(wrong)?);
        let second = parts.next();
        if parts.next().is_some() || [kind, first].contains(&"") || second == Some("") {
            return Err(wrong());
        }
        let (kind, group) = kind.split_once('.').unwrap_or((kind, ""));
        let (namespace, name) = match second {
            Some(name) => (Some(first.to_owned()), name),
            None => (None, first),
        };
        Ok(Self { group: group.into(), kind: kind.into(), namespace, name: name.into() })
    }
}

impl TryFrom<String> for ObjectId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<ObjectId> for String {
    fn from(id: ObjectId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        for text in [
            "Deployment.apps/shop/web",
            "Namespace/shop",
            "ConfigMap/shop/settings",
            "ClusterRole.rbac.authorization.k8s.io/system:x",
        ] {
            let id: ObjectId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
            assert_eq!(serde_json::to_string(&id).unwrap(), format!("{text:?}"));
            assert_eq!(serde_json::from_str::<ObjectId>(&format!("{text:?}")).unwrap(), id);
        }
    }

    #[test]
    fn addresses_differ_where_names_do() {
        let role = |name: &str| {
            format!("ClusterRole.rbac.authorization.k8s.io/{name}").parse::<ObjectId>().unwrap().segments()
        };
        assert_eq!(role("reader"), "clusterrole.rbac.authorization.k8s.io/reader");
        assert_ne!(role("a:b"), role("a-b"));
        assert!(crate::Address::parse(&role("a:b")).is_ok());
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for text in ["", "Namespace", "Namespace/", "/x", "A/b/c/d", "A//c"] {
            assert!(text.parse::<ObjectId>().is_err(), "{text}");
        }
    }
}
