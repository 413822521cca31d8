//! What is wrong with a policy document.

use super::{PolicyDocument, Statement};
use deathstar_core::Diagnostic;
use std::collections::HashSet;

/// What a policy document is for.
///
/// Source of the lengths: IAM User Guide, "IAM and AWS STS quotas"; AWS KMS Developer Guide, "Resource quotas"; AWS `PrivateLink`
/// Guide, "Control access to VPC endpoints using endpoint policies".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyUse {
    /// A policy of its own, for identities: 6,144 characters.
    Managed,
    /// Part of a role: 10,240 characters, together with the role's others.
    Inline,
    /// Who may assume a role: 2,048 characters, 4,096 where the account's quota was raised.
    Trust,
    /// Who may use a key: 32,768 characters.
    Key,
    /// What may be asked for by a VPC endpoint: 20,480 characters.
    Endpoint,
}

impl PolicyUse {
    /// How many characters such a document may have, white space not counted.
    pub const fn max(self) -> usize {
        match self {
            Self::Managed => 6_144,
            Self::Inline => 10_240,
            Self::Trust => 4_096,
            Self::Key => 32_768,
            Self::Endpoint => 20_480,
        }
    }

    const fn names_principals(self) -> bool {
        matches!(self, Self::Trust | Self::Key | Self::Endpoint)
    }

    const fn names_resources(self) -> bool {
        !matches!(self, Self::Trust)
    }
}

impl PolicyDocument {
    /// What AWS would refuse; `path` is where the document stands in its resource.
    pub fn validate(&self, for_use: PolicyUse, path: &str) -> Vec<Diagnostic> {
        let mut findings = vec![];
        let mut find = |code: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new(code, why).at(path).fix(fix));
        };
        if self.statement.is_empty() {
            find("policy.empty", "the policy has no statement".into(), "state what is allowed or denied");
        }
        let mut names = HashSet::new();
        for statement in &self.statement {
            let what = described(statement);
            if let Some(sid) = &statement.sid {
                if !names.insert(sid) {
                    find("policy.sid", format!("two statements are named `{sid}`"), "name each another way");
                }
                let letters = sid.chars().all(|c| c.is_ascii_alphanumeric());
                if !letters && for_use != PolicyUse::Key {
                    let why = format!("`{sid}` names a statement with other than letters and digits");
                    find("policy.sid", why, "use letters and digits alone");
                }
            }
            let pairs = [
                ("actions", true, statement.action.is_some(), statement.not_action.is_some()),
                (
                    "principals",
                    for_use.names_principals(),
                    statement.principal.is_some(),
                    statement.not_principal.is_some(),
                ),
                (
                    "resources",
                    for_use.names_resources(),
                    statement.resource.is_some(),
                    statement.not_resource.is_some(),
                ),
            ];
            for (parts, needed, some, others) in pairs {
                let (why, fix) = match (needed, some, others) {
                    (_, true, true) => ("both some and all others of its", "choose one"),
                    (true, false, false) => ("no", "name them"),
                    (false, true, _) | (false, _, true) => ("such as cannot stand here,", "leave them out"),
                    _ => continue,
                };
                find("policy.statement", format!("{what} names {why} {parts}"), fix);
            }
            let texts =
                [&statement.action, &statement.not_action, &statement.resource, &statement.not_resource];
            if texts.into_iter().flatten().any(super::PolicyTexts::is_empty) {
                find(
                    "policy.statement",
                    format!("{what} has an empty list"),
                    "name at least one, or leave it out",
                );
            }
            for action in
                statement.action.iter().chain(&statement.not_action).flat_map(super::PolicyTexts::iter)
            {
                if let Some(text) = action.as_str().filter(|text| !is_action(text)) {
                    let why = format!("`{text}` is no action");
                    find("policy.action", why, "write it like `s3:GetObject`, `s3:Get*` or `*`");
                }
            }
        }
        let length = self.to_json().chars().filter(|c| !c.is_whitespace()).count();
        if self.is_known() && length > for_use.max() {
            let why = format!("the policy has {length} characters, and may have {}", for_use.max());
            find("policy.length", why, "split it, or name actions and resources by patterns");
        }
        findings
    }
}

fn described(statement: &Statement) -> String {
    statement.sid.as_ref().map_or_else(|| "a statement".into(), |sid| format!("the statement `{sid}`"))
}

/// `service:Action`, with wildcards in the action.
fn is_action(text: &str) -> bool {
    let word = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    text == "*"
        || text.split_once(':').is_some_and(|(service, action)| word(service, "-") && word(action, "*?"))
}
