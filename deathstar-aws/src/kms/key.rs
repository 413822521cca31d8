//! A key.

use crate::{
    Aws,
    iam::{PolicyDocument, PolicyUse},
    id::{KeyArn, KeyId},
    permission::{lists, on_own, reads_own},
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Resource, Stakes, fields, outputs,
    permission::{Call, Look, Permission, Which},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[cfg(feature = "client")]
mod driver;

/// A key of KMS, whose material AWS keeps.
///
/// What it encrypted is lost with it, so that deleting and replacing it need consent. AWS deletes it only at the end of its deletion
/// window, in which nothing can be decrypted with it and the deletion can still be called off (`CancelKeyDeletion`, then
/// `EnableKey`). For DeathStar a key that is pending deletion is gone, whoever asked for it.
///
/// # Reads
/// `DescribeKey`, `ListResourceTags`, `GetKeyPolicy`, and for symmetric keys `GetKeyRotationStatus`, are made once for each key.
/// `CreateKey` takes no token and KMS has no list by tag: to look for a key whose create call had no answer, or for all keys of a stack,
/// `ListResourceTags` is made for every key of the region (100 of them to a page of `ListKeys`) but AWS's own, which `ListAliases`
/// tells. Keys whose policy does not let their tags be read are passed over, as long as there are others: `kms:ListResourceTags`
/// has to be allowed on all keys.
///
/// # Permissions
/// `kms:DescribeKey`, `kms:ListKeys`, `kms:ListAliases`, `kms:ListResourceTags`, `kms:GetKeyPolicy`, `kms:GetKeyRotationStatus`; `kms:CreateKey` with
/// `kms:TagResource`; `kms:UpdateKeyDescription`, `kms:PutKeyPolicy`, `kms:EnableKeyRotation`, `kms:DisableKeyRotation`,
/// `kms:EnableKey`, `kms:DisableKey`, `kms:TagResource`, `kms:UntagResource`; `kms:ScheduleKeyDeletion`.
///
/// # Cost
/// Paid by the month, by each rotation up to the second, and by use. A key that is pending deletion costs nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KmsKey {
    /// What it is for.
    pub description: Option<String>,
    /// What can be done with it. Another use replaces it.
    pub usage: KeyUse,
    /// What sort of key it is. Another one replaces it.
    pub spec: KeySpec,
    /// Whether keys of other regions may share its material. The other choice replaces it.
    pub multi_region: bool,
    /// Who may use and administer it. A policy that would lock out whoever writes it is refused by AWS.
    pub policy: Option<PolicyDocument>,
    /// Whether, and how often, AWS makes new material. Only symmetric keys for encryption can be rotated.
    pub rotation: Option<Rotation>,
    /// Whether it can be used.
    pub enabled: Option<bool>,
    /// How many days pass between its deletion and its end: 7 to 30. AWS does not know it before; it stands in a tag.
    pub deletion_window: u8,
}

/// What can be done with a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyUse {
    /// Encrypt and decrypt.
    #[default]
    EncryptDecrypt,
    /// Sign and verify.
    SignVerify,
    /// Make and check message authentication codes.
    GenerateVerifyMac,
    /// Agree on a secret.
    KeyAgreement,
}

/// What sort of key it is, as AWS names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeySpec(String);

impl KeySpec {
    /// A sort of key, such as `RSA_4096`.
    ///
    /// Source: AWS KMS API Reference, `CreateKey`.
    pub fn named(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// A symmetric key for encryption.
    pub fn symmetric() -> Self {
        Self::named("SYMMETRIC_DEFAULT")
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a symmetric key for encryption.
    pub fn is_symmetric(&self) -> bool {
        self.0 == "SYMMETRIC_DEFAULT"
    }

    fn allows(&self, usage: KeyUse) -> bool {
        match usage {
            KeyUse::EncryptDecrypt => self.is_symmetric() || self.0.starts_with("RSA_") || self.0 == "SM2",
            KeyUse::SignVerify => {
                ["RSA_", "ECC_", "ML_DSA_"].iter().any(|sort| self.0.starts_with(sort)) || self.0 == "SM2"
            }
            KeyUse::GenerateVerifyMac => self.0.starts_with("HMAC_"),
            KeyUse::KeyAgreement => self.0.starts_with("ECC_NIST_P") || self.0 == "SM2",
        }
    }
}

/// Whether, and how often, AWS makes new material for a key. What was encrypted before stays readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rotation {
    /// Never.
    Off,
    /// Every so many days: 90 to 2,560.
    Days(u16),
}

impl Rotation {
    /// Once a year, as AWS does it unless said otherwise.
    pub const YEARLY: Self = Self::Days(365);
}

impl KmsKey {
    /// A symmetric key for encryption, with 30 days between deletion and end, and all else as AWS makes it.
    pub fn symmetric() -> Self {
        Self::of(KeySpec::symmetric(), KeyUse::EncryptDecrypt)
    }

    /// A key of any sort.
    pub fn of(spec: KeySpec, usage: KeyUse) -> Self {
        Self {
            description: None,
            usage,
            spec,
            multi_region: false,
            policy: None,
            rotation: None,
            enabled: None,
            deletion_window: 30,
        }
    }

    /// What it is for.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Lets keys of other regions share its material.
    #[must_use]
    pub fn multi_region(mut self) -> Self {
        self.multi_region = true;
        self
    }

    /// Who may use and administer it.
    #[must_use]
    pub fn policy(mut self, document: PolicyDocument) -> Self {
        self.policy = Some(document);
        self
    }

    /// Whether, and how often, AWS makes new material.
    #[must_use]
    pub fn rotation(mut self, rotation: Rotation) -> Self {
        self.rotation = Some(rotation);
        self
    }

    /// Whether it can be used.
    #[must_use]
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = Some(enabled);
        self
    }

    /// How many days pass between its deletion and its end.
    #[must_use]
    pub fn deletion_window(mut self, days: u8) -> Self {
        self.deletion_window = days;
        self
    }
}

/// What is known of a key once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KmsKeyDetails {
    /// Its ARN.
    pub arn: KeyArn,
}

outputs! {
    /// What a declared key tells once it is made.
    pub trait KmsKeyOutputs for KmsKey {
        /// Its ARN.
        arn: KeyArn,
    }
}

/// The role with which KMS keeps the material of keys of several regions alike.
///
/// Source: AWS KMS Developer Guide, "Authorizing AWS KMS to synchronize multi-Region keys".
fn links_multi_region() -> Permission {
    const SERVICE: &str = "mrk.kms.amazonaws.com";
    const ROLE: &str = "AWSServiceRoleForKeyManagementServiceMultiRegionKeys";
    Permission::new("iam:CreateServiceLinkedRole")
        .on("role", Which::One(format!("/aws-service-role/{SERVICE}/{ROLE}")))
        .when("StringEquals", "iam:AWSServiceName", [SERVICE])
        .because("the first key of several regions in the account")
}

impl Resource for KmsKey {
    type Provider = Aws;
    type Id = KeyId;
    type Outputs = KmsKeyDetails;

    const FAMILY: &'static str = "aws.kms.key";
    const STAKES: Stakes = Stakes::Data;
    const IDENTITY: Identity = Identity::Tag { visible_within: Duration::from_secs(30) };
    /// Sources: AWS KMS API Reference, `UpdateKeyDescription`, `PutKeyPolicy`, `EnableKeyRotation`, `DisableKeyRotation`, `EnableKey`,
    /// `DisableKey`, `TagResource` (for the window); `CreateKey` for what cannot be changed.
    const FIELDS: Fields<Self> = fields!(KmsKey {
        description: Update,
        usage: Replace,
        spec: Replace,
        multi_region: Replace,
        policy: Update,
        rotation: Update,
        enabled: Update,
        deletion_window: Update,
    });

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        let mut find = |code: &str, path: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new(code, why).at(path).fix(fix));
        };
        if !self.spec.allows(self.usage) {
            let why = format!("a key of sort `{}` is not made for this use", self.spec.as_str());
            find("kms.use", "/spec", why, "choose another sort or another use");
        }
        let rotates = self.spec.is_symmetric();
        match self.rotation {
            Some(Rotation::Days(_)) if !rotates => {
                let why = "only symmetric keys for encryption can be rotated".into();
                find("kms.rotation", "/rotation", why, "leave the rotation out");
            }
            Some(Rotation::Days(days)) if !(90..=2_560).contains(&days) => {
                let why = format!("a key cannot be rotated every {days} days");
                find("kms.rotation", "/rotation", why, "choose 90 to 2,560 days");
            }
            _ => {}
        }
        if !(7..=30).contains(&self.deletion_window) {
            let why = format!("the deletion of a key cannot take {} days", self.deletion_window);
            find("kms.deletion-window", "/deletion_window", why, "choose 7 to 30 days");
        }
        if self.description.as_ref().is_some_and(|text| text.chars().count() > 8_192) {
            let why = "the description has more than 8,192 characters".into();
            find("kms.description", "/description", why, "shorten it");
        }
        findings.extend(self.policy.iter().flat_map(|policy| policy.validate(PolicyUse::Key, "/policy")));
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "key";
        const READ: [&str; 3] = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"];
        const TAGS: &str = "kms:ListResourceTags";
        let change = |field: &str, spec: &Self, id: Option<&KeyId>| {
            let action = match (field, spec.rotation, spec.enabled) {
                ("description", ..) => "kms:UpdateKeyDescription",
                ("policy", ..) => "kms:PutKeyPolicy",
                ("rotation", Some(Rotation::Off), _) => "kms:DisableKeyRotation",
                ("rotation", ..) => "kms:EnableKeyRotation",
                ("enabled", _, Some(true)) => "kms:EnableKey",
                ("enabled", ..) => "kms:DisableKey",
                _ => "kms:TagResource",
            };
            on_own(action, TYPE, id)
        };
        match call {
            Call::Find(look) => {
                let id = if let Look::One(id) = look { *id } else { None };
                let mut all: Vec<_> = READ.into_iter().map(|action| reads_own(action, TYPE, id)).collect();
                if matches!(look, Look::One(_)) {
                    all.push(reads_own(TAGS, TYPE, id));
                } else {
                    // No list tells tags: every key of the region is asked for them.
                    all.push(Permission::new(TAGS).on(TYPE, Which::Any));
                    all.extend(lists(["kms:ListAliases", "kms:ListKeys"]));
                }
                all
            }
            Call::Create(spec) => {
                let tags = Permission::new("kms:TagResource").on(TYPE, Which::Any).claims();
                let mut all = vec![
                    Permission::new("kms:CreateKey").claims(),
                    tags.because("the tags that the create call writes"),
                ];
                if matches!(spec.rotation, Some(Rotation::Days(_))) {
                    all.push(change("rotation", spec, None).because("new keys are not rotated"));
                }
                if spec.multi_region {
                    all.push(links_multi_region());
                }
                if spec.enabled == Some(false) {
                    all.push(change("enabled", spec, None).because("new keys are enabled"));
                }
                all
            }
            Call::Change { object, to, fields } => {
                fields.iter().map(|field| change(field, to, object.id)).collect()
            }
            Call::Retag { object, set, unset } => {
                let set = set.then(|| on_own("kms:TagResource", TYPE, object.id));
                let unset = unset.then(|| on_own("kms:UntagResource", TYPE, object.id));
                set.into_iter().chain(unset).collect()
            }
            Call::Delete(object) => vec![on_own("kms:ScheduleKeyDeletion", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (KeyId, KmsKeyDetails) {
        let id = if self.multi_region {
            format!("mrk-{serial:032x}")
        } else {
            format!("00000000-0000-4000-8000-{serial:012x}")
        };
        let arn = format!("arn:aws:kms:memory-1:123456789012:key/{id}");
        (KeyId::new(id), KmsKeyDetails { arn: KeyArn::new(arn) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(key: &KmsKey) -> Vec<String> {
        key.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_sort_of_key_is_made_for_some_uses() {
        for (sort, usage, right) in [
            ("SYMMETRIC_DEFAULT", KeyUse::EncryptDecrypt, true),
            ("SYMMETRIC_DEFAULT", KeyUse::SignVerify, false),
            ("RSA_4096", KeyUse::SignVerify, true),
            ("RSA_4096", KeyUse::EncryptDecrypt, true),
            ("RSA_4096", KeyUse::KeyAgreement, false),
            ("ECC_NIST_P256", KeyUse::KeyAgreement, true),
            ("ECC_SECG_P256K1", KeyUse::KeyAgreement, false),
            ("ECC_NIST_P256", KeyUse::EncryptDecrypt, false),
            ("HMAC_256", KeyUse::GenerateVerifyMac, true),
            ("HMAC_256", KeyUse::SignVerify, false),
        ] {
            assert_eq!(codes(&KmsKey::of(KeySpec::named(sort), usage)).is_empty(), right, "{sort} {usage:?}");
        }
    }

    #[test]
    fn only_symmetric_keys_are_rotated_and_not_too_often() {
        let key = KmsKey::symmetric;
        for (days, right) in [(89, false), (90, true), (365, true), (2_560, true), (2_561, false)] {
            assert_eq!(codes(&key().rotation(Rotation::Days(days))).is_empty(), right, "{days}");
        }
        let pair = KmsKey::of(KeySpec::named("RSA_2048"), KeyUse::SignVerify);
        assert_eq!(codes(&pair.clone().rotation(Rotation::YEARLY)), ["kms.rotation"]);
        assert!(codes(&pair.rotation(Rotation::Off)).is_empty());
    }

    #[test]
    fn a_deletion_takes_7_to_30_days() {
        for (days, right) in [(6, false), (7, true), (30, true), (31, false)] {
            assert_eq!(codes(&KmsKey::symmetric().deletion_window(days)).is_empty(), right, "{days}");
        }
        assert_eq!(codes(&KmsKey::symmetric().description("x".repeat(8_193))), ["kms.description"]);
        assert_eq!(codes(&KmsKey::symmetric().policy(PolicyDocument::of([]))), ["policy.empty"]);
    }

    #[test]
    fn what_makes_a_key_replaces_it() {
        let replacing = KmsKey::FIELDS.iter().filter(|f| matches!(f.class, deathstar_core::Class::Replace));
        assert_eq!(replacing.map(|field| field.name).collect::<Vec<_>>(), ["usage", "spec", "multi_region"]);
    }

    #[test]
    fn ids_have_the_shape_of_aws() {
        assert_eq!(KmsKey::symmetric().simulate(255).0.as_str(), "00000000-0000-4000-8000-0000000000ff");
        assert!(KmsKey::symmetric().multi_region().simulate(1).0.as_str().starts_with("mrk-"));
    }
}
