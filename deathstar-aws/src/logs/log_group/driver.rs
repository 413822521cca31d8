//! The calls of a log group.

use super::{LogClass, LogEncryption, LogGroup, LogGroupDetails, Retention};
use crate::{
    client::Client,
    error::{incomplete, read, write},
    id::{KeyArn, LogGroupName},
    lookup::{is_wanted, one_by_one, present},
};
use aws_sdk_cloudwatchlogs::types::{self, LogGroupClass};
use deathstar_core::{
    Cx, Driver, Error, Found, Made, Meaning, Op, Ready, Result, Seen, SeenState, Tags, Want,
};
use std::collections::HashSet;

/// How many groups one look-up names.
///
/// Source: Amazon `CloudWatch` Logs API Reference, `DescribeLogGroups`.
const NAMES: usize = 50;

const DESCRIBE: &str = "logs:DescribeLogGroups";

impl Driver<LogGroup> for Client {
    async fn find(&self, cx: &Cx, want: &Want<LogGroupName>, found: &mut Found) -> Result<()> {
        let groups = match want {
            Want::Ids(names) => self.log_groups_named(names).await?,
            Want::All | Want::Owned { .. } => self.list_log_groups(None).await?,
        };
        for seen in one_by_one(groups.iter().map(|group| self.read_log_group(group))).await? {
            if is_wanted(cx, want, &seen.tags) {
                found.push(seen);
            }
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<LogGroup>) -> Result<Made<LogGroupName>> {
        let key = match &spec.encryption {
            Some(LogEncryption::Key(key)) => Some(key.known()?.to_string()),
            Some(LogEncryption::AwsOwned) | None => None,
        };
        let call = self
            .logs()
            .create_log_group()
            .log_group_name(&spec.name)
            .set_log_group_class(spec.class.map(class))
            .set_kms_key_id(key)
            .set_deletion_protection_enabled(spec.deletion_protection)
            .set_tags(Some(cx.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect()));
        write("logs:CreateLogGroup", call.send()).await?;
        Ok(LogGroupName::new(&spec.name).into())
    }

    async fn change(&self, _: &Cx, seen: &Seen<LogGroup>, to: &Ready<LogGroup>) -> Result<Option<Op>> {
        let (logs, name) = (self.logs(), seen.id.as_str());
        if to.retention.is_some() && to.retention != seen.spec.retention {
            match to.retention {
                Some(Retention::Days(days)) => {
                    let call =
                        logs.put_retention_policy().log_group_name(name).retention_in_days(days.into());
                    write("logs:PutRetentionPolicy", call.send()).await?;
                }
                Some(Retention::Forever) | None => {
                    let call = logs.delete_retention_policy().log_group_name(name);
                    write("logs:DeleteRetentionPolicy", call.send()).await?;
                }
            }
        } else if to.encryption.is_some() && to.encryption != seen.spec.encryption {
            match &to.encryption {
                Some(LogEncryption::Key(key)) => {
                    let call =
                        logs.associate_kms_key().log_group_name(name).kms_key_id(key.known()?.as_str());
                    write("logs:AssociateKmsKey", call.send()).await?;
                }
                Some(LogEncryption::AwsOwned) | None => {
                    let call = logs.disassociate_kms_key().log_group_name(name);
                    write("logs:DisassociateKmsKey", call.send()).await?;
                }
            }
        } else if let Some(enabled) = to.deletion_protection {
            let call = logs
                .put_log_group_deletion_protection()
                .log_group_identifier(name)
                .deletion_protection_enabled(enabled);
            write("logs:PutLogGroupDeletionProtection", call.send()).await?;
        }
        Ok(None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<LogGroup>) -> Result<Option<Op>> {
        if seen.spec.deletion_protection == Some(true) {
            return Err(Error::new(Meaning::Invalid, format!("`{}` is protected from deletion", seen.id))
                .hint("switch its deletion protection off, apply, and delete it then"));
        }
        let call = self.logs().delete_log_group().log_group_name(seen.id.as_str());
        write("logs:DeleteLogGroup", call.send()).await?;
        Ok(None)
    }

    async fn retag(&self, _: &Cx, seen: &Seen<LogGroup>, set: &Tags, unset: &[String]) -> Result<()> {
        let arn = seen.outputs.arn.as_str();
        if !set.is_empty() {
            let tags = set.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            let call = self.logs().tag_resource().resource_arn(arn).set_tags(Some(tags));
            write("logs:TagResource", call.send()).await?;
        }
        if !unset.is_empty() {
            let call = self.logs().untag_resource().resource_arn(arn).set_tag_keys(Some(unset.to_vec()));
            write("logs:UntagResource", call.send()).await?;
        }
        Ok(())
    }
}

impl Client {
    async fn log_groups_named(&self, names: &[LogGroupName]) -> Result<Vec<types::LogGroup>> {
        let wanted: HashSet<&str> = names.iter().map(LogGroupName::as_str).collect();
        let mut groups = vec![];
        for some in names.chunks(NAMES) {
            let identifiers = some.iter().map(ToString::to_string).collect();
            groups.extend(self.list_log_groups(Some(identifiers)).await?);
        }
        // An endpoint that does not know the filter shows all.
        groups.retain(|group| group.log_group_name().is_some_and(|name| wanted.contains(name)));
        Ok(groups)
    }

    async fn list_log_groups(&self, named: Option<Vec<String>>) -> Result<Vec<types::LogGroup>> {
        let pages = self.logs().describe_log_groups().set_log_group_identifiers(named).into_paginator();
        read(DESCRIBE, pages.items().send().collect::<Result<Vec<_>, _>>()).await
    }

    async fn read_log_group(&self, group: &types::LogGroup) -> Result<Option<Seen<LogGroup>>> {
        let arn = group.log_group_arn().or(group.arn()).ok_or_else(|| incomplete(DESCRIBE, "ARN"))?;
        let details = LogGroupDetails::of(arn);
        let call = self.logs().list_tags_for_resource().resource_arn(details.arn.as_str());
        let Some(tags) = present(read("logs:ListTagsForResource", call.send()).await)? else {
            return Ok(None);
        };
        let tags = tags.tags.unwrap_or_default().into_iter().collect();
        show(group, details, tags).map(Some)
    }
}

fn class(class: LogClass) -> LogGroupClass {
    match class {
        LogClass::Standard => LogGroupClass::Standard,
        LogClass::InfrequentAccess => LogGroupClass::InfrequentAccess,
        LogClass::Delivery => LogGroupClass::Delivery,
    }
}

fn show(group: &types::LogGroup, outputs: LogGroupDetails, tags: Tags) -> Result<Seen<LogGroup>> {
    let name = group.log_group_name().ok_or_else(|| incomplete(DESCRIBE, "name"))?;
    let encryption = group
        .kms_key_id()
        .filter(|key| !key.is_empty())
        .map_or(LogEncryption::AwsOwned, |key| LogEncryption::Key(KeyArn::new(key).into()));
    let days = group.retention_in_days().and_then(|days| u16::try_from(days).ok());
    Ok(Seen {
        id: LogGroupName::new(name),
        tags,
        spec: LogGroup {
            name: name.into(),
            class: Some(match group.log_group_class() {
                Some(LogGroupClass::InfrequentAccess) => LogClass::InfrequentAccess,
                Some(LogGroupClass::Delivery) => LogClass::Delivery,
                _ => LogClass::Standard,
            }),
            retention: Some(days.map_or(Retention::Forever, Retention::Days)),
            encryption: Some(encryption),
            deletion_protection: Some(group.deletion_protection_enabled() == Some(true)),
        },
        outputs,
        state: SeenState::Ready,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Account, Credentials};
    use deathstar_core::Connect;

    fn shown(group: types::builders::LogGroupBuilder) -> LogGroup {
        let arn = "arn:aws-cn:logs:cn-north-1:123456789012:log-group:flows:*";
        show(&group.log_group_name("flows").build(), LogGroupDetails::of(arn), Tags::new()).unwrap().spec
    }

    #[tokio::test]
    async fn a_protected_group_is_not_deleted_and_nobody_is_called() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let keys = Credentials::with_keys("AKIDEXAMPLE", "secret".to_owned());
        let client = keys.connect(&Account::region("eu-west-1").endpoint(url)).await.unwrap();
        let cx = Cx::for_tests("webshop", "group", "token");
        let meaning = async |protected: bool| {
            let group =
                types::LogGroup::builder().log_group_name("flows").deletion_protection_enabled(protected);
            let seen = show(&group.build(), LogGroupDetails::of("arn"), Tags::new()).unwrap();
            client.delete(&cx, &seen).await.unwrap_err().meaning().clone()
        };
        assert_eq!(meaning(true).await, Meaning::Invalid);
        assert_eq!(meaning(false).await, Meaning::Transient, "the endpoint is down");
    }

    #[test]
    fn what_aws_leaves_out_is_its_default() {
        let spec = shown(types::LogGroup::builder());
        let expected = LogGroup {
            encryption: Some(LogEncryption::AwsOwned),
            ..LogGroup::new("flows")
                .class(LogClass::Standard)
                .retention(Retention::Forever)
                .deletion_protection(false)
        };
        assert_eq!(spec, expected);
    }

    #[test]
    fn what_is_set_is_shown_in_the_shape_of_a_spec() {
        let group = types::LogGroup::builder()
            .log_group_class(LogGroupClass::InfrequentAccess)
            .retention_in_days(30)
            .kms_key_id("arn:aws:kms:x")
            .deletion_protection_enabled(true);
        let expected = LogGroup::new("flows")
            .class(LogClass::InfrequentAccess)
            .days(30)
            .encrypted_with(KeyArn::new("arn:aws:kms:x"))
            .deletion_protection(true);
        assert_eq!(shown(group), expected);
        for declared in [LogClass::Standard, LogClass::InfrequentAccess, LogClass::Delivery] {
            let group = types::LogGroup::builder().log_group_class(class(declared));
            assert_eq!(shown(group).class, Some(declared));
        }
    }
}
