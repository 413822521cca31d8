//! The calls of a key.

use super::{KeySpec, KeyUse, KmsKey, KmsKeyDetails, Rotation};
use crate::{
    client::Client,
    error::{incomplete, read, write},
    iam::PolicyDocument,
    id::{KeyArn, KeyId},
    lookup::{is_wanted, one_by_one, present, unbuilt},
};
use aws_sdk_kms::types::{self, KeyManagerType, KeyMetadata, KeyState, KeyUsageType, Tag};
use deathstar_core::{Cx, Driver, Found, Made, Meaning, Op, Ready, Result, Seen, SeenState, Tags, Want};
use std::collections::HashSet;

/// The tag in which a key carries its deletion window, so that it is known when the declaration is gone.
const WINDOW: &str = "deathstar:deletion-window";
/// The one name that the policy of a key has.
const POLICY: &str = "default";
/// The window of a key that carries none.
const AWS_WINDOW: u8 = 30;

/// The code of a key whose state does not allow a call.
///
/// Source: AWS KMS API Reference, `ScheduleKeyDeletion`.
const IN_ANOTHER_STATE: &str = "KMSInvalidStateException";

const DESCRIBE: &str = "kms:DescribeKey";

impl Driver<KmsKey> for Client {
    async fn find(&self, cx: &Cx, want: &Want<KeyId>, found: &mut Found) -> Result<()> {
        let ids = match want {
            Want::Ids(ids) => ids.clone(),
            Want::All | Want::Owned { .. } => self.keys_by_tags(cx, want).await?,
        };
        for seen in one_by_one(ids.iter().map(|id| self.read_key(id))).await? {
            found.push(seen);
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<KmsKey>) -> Result<Made<KeyId>> {
        const OPERATION: &str = "kms:CreateKey";
        let mut tags = (*cx.tags).clone();
        tags.insert(WINDOW.into(), spec.deletion_window.to_string());
        let call = self
            .kms()
            .create_key()
            .set_description(spec.description.clone())
            .key_usage(usage(spec.usage))
            .key_spec(spec.spec.as_str().into())
            .multi_region(spec.multi_region)
            .set_policy(spec.policy.as_ref().map(PolicyDocument::to_json))
            .set_tags(Some(tagged(&tags)?));
        let made = write(OPERATION, call.send()).await?;
        let id = made.key_metadata().map(KeyMetadata::key_id).filter(|id| !id.is_empty());
        Ok(KeyId::new(id.ok_or_else(|| incomplete(OPERATION, "id"))?).into())
    }

    /// A key is enabled before anything else, and disabled after everything else: most calls refuse one that is not.
    async fn change(&self, _: &Cx, seen: &Seen<KmsKey>, to: &Ready<KmsKey>) -> Result<Option<Op>> {
        let (kms, id, is) = (self.kms(), seen.id.as_str(), &seen.spec);
        if to.enabled == Some(true) && is.enabled != to.enabled {
            write("kms:EnableKey", kms.enable_key().key_id(id).send()).await?;
        } else if let Some(text) = to.description.as_ref().filter(|_| to.description != is.description) {
            let call = kms.update_key_description().key_id(id).description(text);
            write("kms:UpdateKeyDescription", call.send()).await?;
        } else if let Some(policy) = to.policy.as_ref().filter(|_| to.policy != is.policy) {
            let call = kms.put_key_policy().key_id(id).policy_name(POLICY).policy(policy.to_json());
            write("kms:PutKeyPolicy", call.send()).await?;
        } else if let Some(rotation) = to.rotation.filter(|_| to.rotation != is.rotation) {
            match rotation {
                Rotation::Off => {
                    write("kms:DisableKeyRotation", kms.disable_key_rotation().key_id(id).send()).await?;
                }
                Rotation::Days(days) => {
                    let call = kms.enable_key_rotation().key_id(id).rotation_period_in_days(days.into());
                    write("kms:EnableKeyRotation", call.send()).await?;
                }
            }
        } else if to.deletion_window != is.deletion_window {
            let window = Tags::from([(WINDOW.to_owned(), to.deletion_window.to_string())]);
            self.tag_key(id, &window).await?;
        } else {
            write("kms:DisableKey", kms.disable_key().key_id(id).send()).await?;
        }
        Ok(None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<KmsKey>) -> Result<Option<Op>> {
        let call = self
            .kms()
            .schedule_key_deletion()
            .key_id(seen.id.as_str())
            .pending_window_in_days(seen.spec.deletion_window.into());
        match write("kms:ScheduleKeyDeletion", call.send()).await {
            Ok(_) => Ok(None),
            // It may be pending deletion already, or in a state from which it cannot be deleted.
            Err(error) if error.api_code() == Some(IN_ANOTHER_STATE) => {
                if self.read_key(&seen.id).await?.is_none() { Ok(None) } else { Err(error) }
            }
            Err(error) => Err(error),
        }
    }

    async fn retag(&self, _: &Cx, seen: &Seen<KmsKey>, set: &Tags, unset: &[String]) -> Result<()> {
        if !set.is_empty() {
            self.tag_key(seen.id.as_str(), set).await?;
        }
        if !unset.is_empty() {
            let call =
                self.kms().untag_resource().key_id(seen.id.as_str()).set_tag_keys(Some(unset.to_vec()));
            write("kms:UntagResource", call.send()).await?;
        }
        Ok(())
    }
}

impl Client {
    async fn tag_key(&self, id: &str, tags: &Tags) -> Result<()> {
        let call = self.kms().tag_resource().key_id(id).set_tags(Some(tagged(tags)?));
        write("kms:TagResource", call.send()).await.map(|_| ())
    }

    /// Keys that are looked for by their tags, which are read for every key of the region that is not one of AWS's.
    async fn keys_by_tags(&self, cx: &Cx, want: &Want<KeyId>) -> Result<Vec<KeyId>> {
        let pages = self.kms().list_keys().into_paginator();
        let keys = read("kms:ListKeys", pages.items().send().collect::<Result<Vec<_>, _>>()).await?;
        let of_aws = self.keys_of_aws().await?;
        let ids = keys.iter().filter_map(types::KeyListEntry::key_id).filter(|id| !of_aws.contains(*id));
        let ids: Vec<KeyId> = ids.map(KeyId::new).collect();
        let told = one_by_one(ids.iter().map(|id| async move {
            match self.tags_of_key(id).await {
                Ok(Some(tags)) => Ok(Some(Ok((id, tags)))),
                Ok(None) => Ok(None),
                Err(error) if matches!(error.meaning(), Meaning::Denied { .. }) => Ok(Some(Err(error))),
                Err(error) => Err(error),
            }
        }))
        .await?;
        let (readable, mut denied): (Vec<_>, Vec<_>) = told.into_iter().partition(Result::is_ok);
        // A policy of a key may keep us out. When all do, it is a permission of ours that is missing.
        if readable.is_empty()
            && let Some(Err(error)) = denied.pop()
        {
            return Err(error);
        }
        let readable = readable.into_iter().flatten();
        Ok(readable.filter(|(_, tags)| is_wanted(cx, want, tags)).map(|(id, _)| id.clone()).collect())
    }

    /// The keys that AWS makes for its services: they carry no tags, and some refuse to say so. Their aliases tell them.
    async fn keys_of_aws(&self) -> Result<HashSet<String>> {
        let aliases = self.list_aliases().await?;
        let of_aws = aliases
            .into_iter()
            .filter(|alias| alias.alias_name().is_some_and(|name| name.starts_with("alias/aws/")));
        Ok(of_aws.filter_map(|alias| alias.target_key_id).collect())
    }

    async fn tags_of_key(&self, id: &KeyId) -> Result<Option<Tags>> {
        let pages = self.kms().list_resource_tags().key_id(id.as_str()).into_paginator();
        let tags =
            present(read("kms:ListResourceTags", pages.items().send().collect::<Result<Vec<_>, _>>()).await)?;
        Ok(tags.map(|tags| {
            tags.into_iter().map(|tag| (tag.tag_key().to_owned(), tag.tag_value().to_owned())).collect()
        }))
    }

    async fn read_key(&self, id: &KeyId) -> Result<Option<Seen<KmsKey>>> {
        let call = self.kms().describe_key().key_id(id.as_str());
        let Some(answer) = present(read(DESCRIBE, call.send()).await)? else { return Ok(None) };
        let key = answer.key_metadata.ok_or_else(|| incomplete(DESCRIBE, "key"))?;
        let Some(state) = alive(&key) else { return Ok(None) };
        let Some(tags) = self.tags_of_key(id).await? else { return Ok(None) };
        let call = self.kms().get_key_policy().key_id(id.as_str()).policy_name(POLICY);
        let Some(policy) = present(read("kms:GetKeyPolicy", call.send()).await)? else { return Ok(None) };
        let rotation = if key.key_spec() == Some(&types::KeySpec::SymmetricDefault) {
            let call = self.kms().get_key_rotation_status().key_id(id.as_str());
            let Some(status) = present(read("kms:GetKeyRotationStatus", call.send()).await)? else {
                return Ok(None);
            };
            rotation(status.key_rotation_enabled(), status.rotation_period_in_days())
        } else {
            Rotation::Off
        };
        show(&key, tags, policy.policy().unwrap_or_default(), rotation, state).map(Some)
    }
}

fn tagged(tags: &Tags) -> Result<Vec<Tag>> {
    let tag = |(key, value): (&String, &String)| Tag::builder().tag_key(key).tag_value(value).build();
    tags.iter().map(|pair| tag(pair).map_err(unbuilt)).collect()
}

fn usage(usage: KeyUse) -> KeyUsageType {
    match usage {
        KeyUse::EncryptDecrypt => KeyUsageType::EncryptDecrypt,
        KeyUse::SignVerify => KeyUsageType::SignVerify,
        KeyUse::GenerateVerifyMac => KeyUsageType::GenerateVerifyMac,
        KeyUse::KeyAgreement => KeyUsageType::KeyAgreement,
    }
}

/// AWS leaves the period out where it is a year.
fn rotation(enabled: bool, days: Option<i32>) -> Rotation {
    let days = days.and_then(|days| u16::try_from(days).ok());
    if enabled { days.map_or(Rotation::YEARLY, Rotation::Days) } else { Rotation::Off }
}

/// The state of a key of the account that is there; one that is pending deletion is not.
fn alive(key: &KeyMetadata) -> Option<SeenState> {
    if key.key_manager() == Some(&KeyManagerType::Aws) {
        return None;
    }
    Some(match key.key_state() {
        Some(KeyState::PendingDeletion | KeyState::PendingReplicaDeletion) => return None,
        Some(KeyState::Enabled | KeyState::Disabled) | None => SeenState::Ready,
        Some(KeyState::Unavailable) => SeenState::Failed("its key store is not connected".into()),
        Some(other) => SeenState::Pending(other.as_str().into()),
    })
}

fn show(
    key: &KeyMetadata,
    mut tags: Tags,
    policy: &str,
    rotation: Rotation,
    state: SeenState,
) -> Result<Seen<KmsKey>> {
    let window = tags.remove(WINDOW).and_then(|days| days.parse().ok());
    Ok(Seen {
        id: KeyId::new(key.key_id()),
        tags,
        spec: KmsKey {
            description: Some(key.description().unwrap_or_default().into()),
            usage: match key.key_usage() {
                Some(KeyUsageType::SignVerify) => KeyUse::SignVerify,
                Some(KeyUsageType::GenerateVerifyMac) => KeyUse::GenerateVerifyMac,
                Some(KeyUsageType::KeyAgreement) => KeyUse::KeyAgreement,
                _ => KeyUse::EncryptDecrypt,
            },
            spec: key.key_spec().map_or_else(KeySpec::symmetric, |spec| KeySpec::named(spec.as_str())),
            multi_region: key.multi_region() == Some(true),
            policy: Some(PolicyDocument::seen(policy)),
            rotation: Some(rotation),
            enabled: Some(key.enabled()),
            deletion_window: window.filter(|days| (7..=30).contains(days)).unwrap_or(AWS_WINDOW),
        },
        outputs: KmsKeyDetails { arn: KeyArn::new(key.arn().ok_or_else(|| incomplete(DESCRIBE, "ARN"))?) },
        state,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{Principal, Statement};
    use types::builders::KeyMetadataBuilder;

    fn key() -> KeyMetadataBuilder {
        KeyMetadata::builder().key_id("k").arn("arn:k").enabled(true).key_state(KeyState::Enabled)
    }

    #[test]
    fn a_key_that_is_pending_deletion_is_gone() {
        let state = |state| alive(&key().key_state(state).build().unwrap());
        assert_eq!(state(KeyState::PendingDeletion), None);
        assert_eq!(state(KeyState::PendingReplicaDeletion), None);
        assert_eq!(state(KeyState::Disabled), Some(SeenState::Ready));
        assert_eq!(state(KeyState::Creating), Some(SeenState::Pending("Creating".into())));
        assert!(matches!(state(KeyState::Unavailable), Some(SeenState::Failed(_))));
        assert_eq!(alive(&key().key_manager(KeyManagerType::Aws).build().unwrap()), None);
    }

    #[test]
    fn it_is_shown_in_the_shape_of_a_spec() {
        let policy = PolicyDocument::of([Statement::allow("kms:*")
            .on("*")
            .by(Principal::arn("arn:aws:iam::123456789012:root"))]);
        let tags = Tags::from([("team".into(), "shop".into()), (WINDOW.into(), "7".into())]);
        let seen = key().description("d").key_spec(types::KeySpec::SymmetricDefault).build().unwrap();
        let seen = show(&seen, tags, &policy.to_json(), Rotation::YEARLY, SeenState::Ready).unwrap();
        let declared = KmsKey::symmetric().description("d").policy(policy).rotation(Rotation::YEARLY);
        assert_eq!(seen.spec, declared.enabled(true).deletion_window(7));
        assert_eq!(seen.tags.into_keys().collect::<Vec<_>>(), ["team"]);
    }

    #[test]
    fn a_key_without_a_window_has_that_of_aws() {
        for (tag, expected) in [("", 30), ("x", 30), ("3", 30), ("12", 12)] {
            let tags = Tags::from([(WINDOW.into(), tag.into())]);
            let seen = show(&key().build().unwrap(), tags, "{}", Rotation::Off, SeenState::Ready).unwrap();
            assert_eq!(seen.spec.deletion_window, expected, "{tag}");
        }
    }

    #[test]
    fn a_rotation_without_a_period_is_yearly() {
        assert_eq!(rotation(true, None), Rotation::YEARLY);
        assert_eq!(rotation(true, Some(90)), Rotation::Days(90));
        assert_eq!(rotation(false, Some(90)), Rotation::Off);
    }

    #[test]
    fn uses_survive_the_way() {
        for declared in
            [KeyUse::EncryptDecrypt, KeyUse::SignVerify, KeyUse::GenerateVerifyMac, KeyUse::KeyAgreement]
        {
            let seen = key().key_usage(usage(declared)).build().unwrap();
            let seen = show(&seen, Tags::new(), "{}", Rotation::Off, SeenState::Ready).unwrap();
            assert_eq!(seen.spec.usage, declared);
        }
    }
}
