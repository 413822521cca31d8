//! What the API server was asked, as its own audit log tells.

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde_json::Value;
use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

/// How often what was asked of an API server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// Pages of lists.
    pub lists: usize,
    /// Reads of one object.
    pub reads: usize,
    /// Writes that were only tried.
    pub dry_runs: usize,
    /// Writes.
    pub writes: usize,
    /// What a server serves, and the like.
    pub others: usize,
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lists, reads, dry_runs, writes, others } = self;
        write!(f, "{lists} lists, {reads} reads, {dry_runs} dry runs, {writes} writes, {others} others")
    }
}

/// The audit log of an API server.
#[derive(Debug)]
pub(super) struct Audit {
    policy: PathBuf,
    log: PathBuf,
    /// How much of it is read.
    read: usize,
}

impl Audit {
    /// A log in a directory.
    pub(super) fn at(directory: &Path) -> Result<Self> {
        let policy = directory.join("audit-policy.json");
        // Who else calls, such as controllers, is of no interest.
        let rules = r#"[{ "level": "Metadata", "users": ["admin"] }, { "level": "None" }]"#;
        let text = format!(
            r#"{{ "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": {rules} }}"#
        );
        fs::write(&policy, text)?;
        Ok(Self { policy, log: directory.join("audit.log"), read: 0 })
    }

    /// What tells the API server to write it.
    pub(super) fn flags(&self) -> [String; 3] {
        [
            format!("--audit-policy-file={}", self.policy.display()),
            format!("--audit-log-path={}", self.log.display()),
            "--audit-log-mode=blocking".to_owned(),
        ]
    }

    /// Leaves out what was asked so far.
    pub(super) fn forget(&mut self) -> Result<()> {
        self.read = fs::read(&self.log).context("the API server writes no audit log")?.len();
        Ok(())
    }

    /// What was asked since.
    pub(super) fn calls(&mut self) -> Result<Calls> {
        let text = fs::read(&self.log)?;
        let new = text.get(self.read..).unwrap_or_default();
        self.read = text.len();
        let mut calls = Calls::default();
        for line in new.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            calls.count(&serde_json::from_slice(line)?);
        }
        Ok(calls)
    }
}

impl Calls {
    fn count(&mut self, event: &Value) {
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let is_tried = text("/requestURI").contains("dryRun=");
        let counter = match text("/verb") {
            _ if event.get("objectRef").is_none() => &mut self.others,
            "list" => &mut self.lists,
            "get" => &mut self.reads,
            "create" | "update" | "patch" | "delete" if is_tried => &mut self.dry_runs,
            "create" | "update" | "patch" | "delete" => &mut self.writes,
            _ => &mut self.others,
        };
        *counter += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_asked_is_counted_by_what_it_does() {
        let mut calls = Calls::default();
        let event = |verb: &str, uri: &str| json!({ "verb": verb, "requestURI": uri, "objectRef": {} });
        for event in [
            event("list", "/api/v1/configmaps?limit=500"),
            event("get", "/api/v1/namespaces/a"),
            event("patch", "/api/v1/namespaces/a?dryRun=All&force=false"),
            event("patch", "/api/v1/namespaces/a?force=false"),
            json!({ "verb": "get", "requestURI": "/apis" }),
        ] {
            calls.count(&event);
        }
        assert_eq!(calls, Calls { lists: 1, reads: 1, dry_runs: 1, writes: 1, others: 1 });
    }
}
