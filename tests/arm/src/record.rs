//! Every call that arrived, and questions about them.

use crate::{id::ResourceId, pointer, types};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// One call that arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Call {
    /// Its number, in the order of arrival, from 1.
    pub serial: u64,
    /// The method: `PUT`.
    pub method: String,
    /// The path, decoded.
    pub path: String,
    /// The parameters of the query, decoded.
    pub query: BTreeMap<String, String>,
    /// The headers, without credentials.
    pub headers: BTreeMap<String, String>,
    /// The document that it carried.
    pub body: Option<Value>,
    /// The type that it is about, if it is about objects: `Microsoft.Network/virtualNetworks`.
    pub kind: Option<String>,
    /// Whether it is about one object, and not about a list.
    pub one: bool,
    /// Whether it was taken, and so may have had an effect.
    pub reached: bool,
    /// The status of the answer; none where it was lost.
    pub status: Option<u16>,
    /// The headers of the answer.
    pub answer_headers: Vec<(String, String)>,
    /// The document of the answer, whether or not it arrived.
    pub answer: Option<Value>,
    /// The code of the error, if it was one.
    pub error: Option<String>,
    /// The ids of the objects that it made.
    pub made: Vec<String>,
    /// The fault that was injected.
    pub fault: Option<String>,
}

impl Call {
    /// Whether it only reads.
    pub fn reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// Method and type: `PUT Microsoft.Network/virtualNetworks`; method and path for what has no type.
    pub fn name(&self) -> String {
        let about = self.kind.as_ref().unwrap_or(&self.path);
        let list = if self.one || self.kind.is_none() { "" } else { " (list)" };
        format!("{} {about}{list}", self.method)
    }

    /// Whether it was answered, and well.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether it may have changed something.
    pub fn had_effect(&self) -> bool {
        !self.reads() && self.reached && self.error.is_none()
    }

    /// The permissions that it needs, if it is about a type: `Microsoft.Network/virtualNetworks/write`, and `join/action` for each network
    /// resource that its document names.
    ///
    /// Source: "Azure permissions for Networking".
    pub fn permissions(&self) -> BTreeSet<String> {
        let Some(kind) = &self.kind else { return BTreeSet::new() };
        let verb = match self.method.as_str() {
            "GET" | "HEAD" => "read".to_owned(),
            "PUT" | "PATCH" => "write".to_owned(),
            "DELETE" => "delete".to_owned(),
            _ => format!("{}/action", self.path.rsplit('/').next().unwrap_or_default()),
        };
        let mut needed = BTreeSet::from([format!("{kind}/{verb}")]);
        if let (Some(body), "PUT" | "PATCH") = (&self.body, self.method.as_str()) {
            joined(kind, body, &mut needed);
        }
        needed
    }
}

/// What a document of a type, or one of its parts, joins.
fn joined(kind: &str, document: &Value, needed: &mut BTreeSet<String>) {
    let Some(kind) = types::of(kind).filter(|kind| !kind.name.ends_with("/flowLogs")) else { return };
    for reference in kind.references {
        for named in pointer::find(document, reference.pointer).into_iter().filter_map(Value::as_str) {
            let named = ResourceId::parse(named).and_then(|id| types::of(&id.type_name()));
            if let Some(named) = named.filter(|named| named.namespace() == "Microsoft.Network") {
                needed.insert(format!("{}/join/action", named.name));
            }
        }
    }
    for part in kind.parts {
        for document in pointer::find(document, &format!("/properties/{}/*", part.member)) {
            joined(part.kind, document, needed);
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.serial, self.method, self.path)?;
        match (&self.status, &self.error) {
            (Some(status), Some(code)) => write!(f, " -> {status} {code}")?,
            (Some(status), None) => write!(f, " -> {status}")?,
            (None, _) => f.write_str(" -> no answer")?,
        }
        match &self.fault {
            Some(fault) => write!(f, " [{fault}]"),
            None => Ok(()),
        }
    }
}

/// Calls, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calls(pub(crate) Vec<Call>);

impl Calls {
    /// Those of a method about a type.
    #[must_use]
    pub fn of(&self, method: &str, kind: &str) -> Self {
        self.filter(|call| call.method == method && call.kind.as_deref() == Some(kind))
    }

    /// Those since a number of calls that was told by [`len`](Self::len) of all.
    #[must_use]
    pub fn since(&self, count: usize) -> Self {
        Self(self.0.iter().skip(count).cloned().collect())
    }

    /// Those that change something.
    #[must_use]
    pub fn mutating(&self) -> Self {
        self.filter(|call| !call.reads())
    }

    /// Those that fit.
    #[must_use]
    pub fn filter(&self, fits: impl Fn(&Call) -> bool) -> Self {
        Self(self.0.iter().filter(|call| fits(call)).cloned().collect())
    }

    /// All permissions that they needed.
    pub fn permissions(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(Call::permissions).collect()
    }

    /// How many there are of each name.
    pub fn count_by_name(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in &self.0 {
            *counts.entry(call.name()).or_default() += 1;
        }
        counts
    }

    /// Their names, in order.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(Call::name).collect()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Call> {
        self.0.iter()
    }

    /// All of them as JSON, for judges that are other programs.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl<'c> IntoIterator for &'c Calls {
    type Item = &'c Call;
    type IntoIter = std::slice::Iter<'c, Call>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|call| writeln!(f, "{call}"))
    }
}
