//! The provider, and one connection to it: a region of an account.

use deathstar_core::{
    Diagnostic, Key,
    graph::{Connection, Provider},
    permission::{Needed, Policy},
};
use serde::{Deserialize, Serialize};

/// Amazon Web Services.
#[derive(Clone, Copy, Debug)]
pub struct Aws;

impl Provider for Aws {
    const NAME: &'static str = "aws";
    type Config = Account;

    /// Policies of IAM: each statement is limited to the objects of the stack, by ARN or by owner tag, wherever the service
    /// authorises on objects; and each document is short enough for a managed policy.
    fn policies(stack: &str, needed: &[Needed<'_, Self>]) -> Vec<Policy> {
        crate::permission::policies(stack, needed)
    }
}

/// One region of one account, and how to get there.
///
/// It holds no secret: [`Credentials`](crate::Credentials) bring those.
///
/// ```
/// use deathstar_aws::Account;
/// use deathstar_core::Stack;
///
/// let mut stack = Stack::new("webshop");
/// let aws = stack.on(Account::region("eu-west-1").expect_account("123456789012"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    clippy::struct_field_names,
    reason = "an account is a region of one account, and fields are what is encoded"
)]
pub struct Account {
    region: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<AssumedRole>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
}

/// A role that is assumed before the first call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AssumedRole {
    arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
}

impl AssumedRole {
    /// The role with this ARN.
    pub fn new(arn: impl Into<String>) -> Self {
        Self { arn: arn.into(), external_id: None }
    }

    /// What the role's owner asks callers to name.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// Its ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    pub(crate) fn named_external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    /// The account that the ARN names: `arn:aws:iam::123456789012:role/name`.
    fn account(&self) -> Option<&str> {
        let mut parts = self.arn.split(':');
        let (arn, _partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let legal = arn == "arn" && service == "iam" && region.is_empty() && resource.starts_with("role/");
        (legal && is_account(account)).then_some(account)
    }
}

impl From<&str> for AssumedRole {
    fn from(arn: &str) -> Self {
        Self::new(arn)
    }
}

impl From<String> for AssumedRole {
    fn from(arn: String) -> Self {
        Self::new(arn)
    }
}

impl Account {
    /// Whatever account the credentials belong to, in this region.
    pub fn region(region: impl Into<String>) -> Self {
        Self { region: region.into(), account: None, role: None, profile: None, endpoint: None }
    }

    /// Refuses to work in any account but this one (12 digits); credentials of another stop before the first other call.
    #[must_use]
    pub fn expect_account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Assumes a role: an ARN, or an [`AssumedRole`] with more about it.
    #[must_use]
    pub fn assume_role(mut self, role: impl Into<AssumedRole>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// Takes the credentials of a profile in the files that all AWS tools share.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Calls another endpoint than AWS's own, such as an emulator. `AWS_ENDPOINT_URL` does the same without a declaration.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// The region's name.
    pub fn region_name(&self) -> &str {
        &self.region
    }

    /// The account that is expected.
    pub fn expected_account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    pub(crate) fn assumed_role(&self) -> Option<&AssumedRole> {
        self.role.as_ref()
    }

    pub(crate) fn named_profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "only a client needs it"))]
    pub(crate) fn endpoint_url(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }
}

impl Connection for Account {
    type Provider = Aws;

    /// Region and account alone: another role, profile or endpoint leads to the same objects.
    fn place(&self) -> Key {
        Key::of((&self.region, &self.account))
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        if !is_region(&self.region) {
            let why = format!("`{}` is not the name of a region", self.region);
            findings
                .push(Diagnostic::new("account.region", why).at("/region").fix("write it like `eu-west-1`"));
        }
        let expected = self.account.as_deref();
        if let Some(account) = expected.filter(|account| !is_account(account)) {
            let why = format!("`{account}` is not the id of an account");
            findings.push(Diagnostic::new("account.id", why).at("/account").fix("write its 12 digits"));
        }
        if let Some(role) = &self.role {
            match (role.account(), expected) {
                (None, _) => {
                    let why = format!("`{}` is not the ARN of a role", role.arn);
                    let fix = "write it like `arn:aws:iam::123456789012:role/deploy`";
                    findings.push(Diagnostic::new("account.role", why).at("/role/arn").fix(fix));
                }
                (Some(of), Some(expected)) if of != expected => {
                    let why = format!("the role belongs to account {of}, and account {expected} is expected");
                    findings.push(
                        Diagnostic::new("account.role", why).at("/role/arn").fix("correct one of them"),
                    );
                }
                _ => {}
            }
        }
        if let Some(endpoint) = self.endpoint.as_deref().filter(|url| !is_url(url)) {
            let why = format!("`{endpoint}` is not a URL");
            let fix = "write it like `http://127.0.0.1:5000`";
            findings.push(Diagnostic::new("account.endpoint", why).at("/endpoint").fix(fix));
        }
        findings
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let word =
        |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let numbered = parts.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    parts.len() >= 3 && parts.iter().all(word) && numbered
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(account: &Account) -> Vec<String> {
        account.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn what_is_right_has_no_finding() {
        for region in ["eu-west-1", "us-gov-east-1", "ap-southeast-5", "us-iso-east-1"] {
            assert!(codes(&Account::region(region)).is_empty(), "{region}");
        }
        let account = Account::region("eu-west-1")
            .expect_account("123456789012")
            .assume_role("arn:aws:iam::123456789012:role/team/deploy")
            .endpoint("http://127.0.0.1:5000");
        assert!(codes(&account).is_empty());
    }

    #[test]
    fn all_findings_come_at_once() {
        let account = Account::region("Ireland")
            .expect_account("12345")
            .assume_role("arn:aws:iam::123456789012:user/anna")
            .endpoint("localhost:5000");
        assert_eq!(codes(&account), ["account.region", "account.id", "account.role", "account.endpoint"]);
    }

    #[test]
    fn a_role_of_another_account_is_found() {
        let account = Account::region("eu-west-1")
            .expect_account("123456789012")
            .assume_role("arn:aws:iam::210987654321:role/deploy");
        assert_eq!(codes(&account), ["account.role"]);
    }

    #[test]
    fn the_way_to_an_account_is_no_part_of_its_place() {
        let plain = Account::region("eu-west-1").expect_account("123456789012");
        let other =
            plain.clone().profile("x").endpoint("http://x").assume_role("arn:aws:iam::123456789012:role/r");
        assert_eq!(plain.place(), other.place());
        assert_ne!(plain.place(), Account::region("eu-west-2").expect_account("123456789012").place());
        assert_ne!(plain.place(), Account::region("eu-west-1").expect_account("210987654321").place());
    }

    #[test]
    fn it_survives_its_encoding() {
        let account =
            Account::region("eu-west-1").assume_role(AssumedRole::new("arn").external_id("e")).profile("p");
        let text = serde_json::to_string(&account).unwrap();
        assert_eq!(serde_json::from_str::<Account>(&text).unwrap(), account);
        assert_eq!(serde_json::to_string(&Account::region("r")).unwrap(), r#"{"region":"r"}"#);
    }
}
