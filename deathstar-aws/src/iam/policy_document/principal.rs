//! Whom a statement is about.

use super::text::{PolicyText, PolicyTexts};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// One whom a statement is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Principal {
    /// A service of AWS, such as `ec2.amazonaws.com`.
    Service(PolicyText),
    /// An account (its 12 digits), or the ARN of a role, a user or a session.
    Aws(PolicyText),
    /// An identity provider: the ARN of an OIDC or SAML provider, or the name of a public one.
    Federated(PolicyText),
    /// Everyone, anonymous callers included.
    Everyone,
}

impl Principal {
    /// A service of AWS, such as `ec2.amazonaws.com`.
    pub fn service(name: impl Into<PolicyText>) -> Self {
        Self::Service(name.into())
    }

    /// An account, by its 12 digits: all of it that its own policies allow.
    pub fn account(id: impl Into<PolicyText>) -> Self {
        Self::Aws(id.into())
    }

    /// A role, a user or a session, by ARN.
    pub fn arn(arn: impl Into<PolicyText>) -> Self {
        Self::Aws(arn.into())
    }

    /// An OIDC or SAML provider, by ARN.
    pub fn federated(provider: impl Into<PolicyText>) -> Self {
        Self::Federated(provider.into())
    }
}

/// All whom a statement is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Principals {
    /// Everyone, anonymous callers included.
    Everyone,
    /// These.
    Of(BTreeMap<PrincipalKind, PolicyTexts>),
}

/// What sort of principal it is, as policies name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PrincipalKind {
    /// Accounts, roles, users and sessions.
    #[serde(rename = "AWS")]
    Aws,
    /// Owners of objects in S3.
    CanonicalUser,
    /// Identity providers.
    Federated,
    /// Services of AWS.
    Service,
}

impl Principals {
    pub(super) fn add(self, principal: Principal) -> Self {
        let (kind, text) = match principal {
            Principal::Everyone => return Self::Everyone,
            Principal::Aws(text) => (PrincipalKind::Aws, text),
            Principal::Service(text) => (PrincipalKind::Service, text),
            Principal::Federated(text) => (PrincipalKind::Federated, text),
        };
        let Self::Of(mut all) = self else { return Self::Everyone };
        all.entry(kind).or_default().extend(&PolicyTexts::of([text]));
        Self::canonical(all)
    }

    pub(super) fn none() -> Self {
        Self::Of(BTreeMap::new())
    }

    /// The one form of all that mean the same: an account's root user stands for the account, which is shorter and needs no
    /// partition.
    fn canonical(mut all: BTreeMap<PrincipalKind, PolicyTexts>) -> Self {
        if let Some(aws) = all.get_mut(&PrincipalKind::Aws) {
            *aws = PolicyTexts::of(aws.iter().map(|text| match text.as_str().and_then(account_of_root) {
                Some(account) => PolicyText::from(account),
                None => text.clone(),
            }));
        }
        match all.first_key_value() {
            Some((PrincipalKind::Aws, texts)) if all.len() == 1 && texts.is_only("*") => Self::Everyone,
            _ => Self::Of(all),
        }
    }

    pub(super) fn is_known(&self) -> bool {
        match self {
            Self::Everyone => true,
            Self::Of(all) => all.values().all(PolicyTexts::is_known),
        }
    }
}

/// The account in `arn:aws:iam::123456789012:root`.
fn account_of_root(arn: &str) -> Option<&str> {
    let (_partition, rest) = arn.strip_prefix("arn:")?.split_once(":iam::")?;
    let account = rest.strip_suffix(":root")?;
    (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())).then_some(account)
}

impl Serialize for Principals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Everyone => "*".serialize(serializer),
            Self::Of(all) => all.serialize(serializer),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Read {
    Star(Star),
    Of(BTreeMap<PrincipalKind, PolicyTexts>),
}

#[derive(Deserialize)]
enum Star {
    #[serde(rename = "*")]
    Everyone,
}

impl<'de> Deserialize<'de> for Principals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Read::deserialize(deserializer)? {
            Read::Star(Star::Everyone) => Self::Everyone,
            Read::Of(all) => Self::canonical(all),
        })
    }
}
