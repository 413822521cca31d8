//! Every call that arrived, and questions about them.

use crate::{id::ResourceId, pointer, types};
use deathstar_loopback::{Recorded, write_outcome};
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
    /// Whether it was answered, and well.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether it may have changed something.
    pub fn had_effect(&self) -> bool {
        !self.reads() && self.reached && self.error.is_none()
    }
}

impl Recorded for Call {
    /// Method and type: `PUT Microsoft.Network/virtualNetworks`; method and path for what has no type.
    fn name(&self) -> String {
        let about = self.kind.as_ref().unwrap_or(&self.path);
        let list = if self.one || self.kind.is_none() { "" } else { " (list)" };
        format!("{} {about}{list}", self.method)
    }

    fn is(&self, method: &str, kind: &str) -> bool {
        self.method == method && self.kind.as_deref() == Some(kind)
    }

    fn reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// The permissions that it needs, if it is about a type: `Microsoft.Network/virtualNetworks/write`, and `join/action` for each network
    /// resource that its document names.
    ///
    /// Source: "Azure permissions for Networking".
    fn permissions(&self) -> BTreeSet<String> {
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
        write_outcome(f, self.status, self.error.as_deref(), self.fault.as_deref())
    }
}

/// Calls, the oldest first.
pub type Calls = deathstar_loopback::Calls<Call>;
