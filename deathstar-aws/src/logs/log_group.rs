//! A log group.

use crate::{
    Aws,
    id::{KeyArn, LogGroupArn, LogGroupName},
    permission::lists,
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Resource, Stakes, fields,
    model::name::aws::LOG_GROUP,
    outputs,
    permission::{Call, Look, Permission, Which},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A log group: where logs are kept, for how long, and with which key.
///
/// Deleting it, or replacing it by another name or class, loses every log in it, so both need consent. What still writes into it
/// may make it anew by itself, without its settings and tags; whatever writes goes first, and needs no permission to make groups.
///
/// # Reads
/// `DescribeLogGroups` names up to 50 groups in a call; `ListTagsForResource` is made once for each group that is looked at. `CloudWatch`
/// Logs has no list by tag: looking for all groups of a stack reads the tags of every group in the region.
///
/// # Permissions
/// `logs:DescribeLogGroups`, `logs:ListTagsForResource`; `logs:CreateLogGroup` with `logs:TagResource`, and with a key
/// `logs:AssociateKmsKey`; `logs:PutRetentionPolicy`, `logs:DeleteRetentionPolicy`, `logs:AssociateKmsKey`,
/// `logs:DisassociateKmsKey`, `logs:PutLogGroupDeletionProtection`, `logs:TagResource`, `logs:UntagResource`;
/// `logs:DeleteLogGroup`.
///
/// # Cost
/// Paid by the amount of data that comes in and that is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogGroup {
    /// Its name, such as `/network/flow-logs`. Another one replaces it.
    pub name: String,
    /// What can be done with its logs, and at what price. Another class replaces it.
    pub class: Option<LogClass>,
    /// For how long logs are kept. New groups keep them for ever.
    pub retention: Option<Retention>,
    /// With which key logs are encrypted. Another one is for what comes in from then on.
    pub encryption: Option<LogEncryption>,
    /// Whether AWS refuses to delete it. While it is on, nothing here deletes it either: it has to be switched off first.
    pub deletion_protection: Option<bool>,
}

/// What can be done with the logs of a group, and at what price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogClass {
    /// Everything.
    Standard,
    /// Less, for less.
    InfrequentAccess,
    /// Passing on logs of Lambda alone, which are kept for a day or two.
    Delivery,
}

/// For how long logs are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retention {
    /// For so many days: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653.
    Days(u16),
    /// Until they are deleted.
    Forever,
}

impl Retention {
    /// The numbers of days to choose from.
    ///
    /// Source: Amazon `CloudWatch` Logs API Reference, `PutRetentionPolicy`.
    pub const DAYS: [u16; 22] = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
        3653,
    ];
}

/// With which key logs are encrypted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogEncryption {
    /// One that AWS keeps.
    AwsOwned,
    /// This one; its policy has to let `CloudWatch` Logs use it.
    Key(Input<KeyArn>),
}

impl LogGroup {
    /// A group with this name, and all else as AWS makes it.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), class: None, retention: None, encryption: None, deletion_protection: None }
    }

    /// What can be done with its logs, and at what price.
    #[must_use]
    pub fn class(mut self, class: LogClass) -> Self {
        self.class = Some(class);
        self
    }

    /// For how long logs are kept.
    #[must_use]
    pub fn retention(mut self, retention: Retention) -> Self {
        self.retention = Some(retention);
        self
    }

    /// Keeps logs for so many days; see [`Retention::DAYS`].
    #[must_use]
    pub fn days(self, days: u16) -> Self {
        self.retention(Retention::Days(days))
    }

    /// With which key logs are encrypted.
    #[must_use]
    pub fn encrypted_with(mut self, key: impl Into<Input<KeyArn>>) -> Self {
        self.encryption = Some(LogEncryption::Key(key.into()));
        self
    }

    /// Whether AWS refuses to delete it.
    #[must_use]
    pub fn deletion_protection(mut self, enabled: bool) -> Self {
        self.deletion_protection = Some(enabled);
        self
    }
}

/// What is known of a log group once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogGroupDetails {
    /// Its ARN: what policies about the group itself name.
    pub arn: LogGroupArn,
    /// Its ARN with `:*`: what policies about the streams in it name.
    pub streams_arn: String,
}

outputs! {
    /// What a declared log group tells once it is made.
    pub trait LogGroupOutputs for LogGroup {
        /// Its ARN: what policies about the group itself name.
        arn: LogGroupArn,
        /// Its ARN with `:*`: what policies about the streams in it name.
        streams_arn: String,
    }
}

impl LogGroupDetails {
    fn of(arn: &str) -> Self {
        let arn = arn.strip_suffix(":*").unwrap_or(arn);
        Self { arn: LogGroupArn::new(arn), streams_arn: format!("{arn}:*") }
    }
}

impl Resource for LogGroup {
    type Provider = Aws;
    type Id = LogGroupName;
    type Outputs = LogGroupDetails;

    const FAMILY: &'static str = "aws.logs.log-group";
    const STAKES: Stakes = Stakes::Data;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Sources: Amazon `CloudWatch` Logs API Reference, `CreateLogGroup` (the class cannot be changed), `PutRetentionPolicy`,
    /// `DeleteRetentionPolicy`, `AssociateKmsKey`, `DisassociateKmsKey`, `PutLogGroupDeletionProtection`.
    const FIELDS: Fields<Self> = fields!(LogGroup {
        name: Replace,
        class: Replace,
        retention: Update,
        encryption: Update,
        deletion_protection: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.name))
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        if let Err(error) = LOG_GROUP.check(&self.name) {
            findings.push(Diagnostic::new("name.form", error.to_string()).at("/name").fix(error.hint()));
        }
        if let Some(Retention::Days(days)) = self.retention
            && !Retention::DAYS.contains(&days)
        {
            let next = Retention::DAYS.into_iter().find(|more| *more > days);
            let why = format!("logs cannot be kept for {days} days");
            let fix = next.map_or_else(
                || "keep them for ever".into(),
                |next| format!("keep them for {next} days, or another number of the list"),
            );
            findings.push(Diagnostic::new("logs.retention", why).at("/retention").fix(fix));
        }
        if self.class == Some(LogClass::Delivery) && self.retention.is_some() {
            let why = "AWS itself says how long logs of this class are kept";
            let fix = "leave the retention out, or choose another class";
            findings.push(Diagnostic::new("logs.retention", why).at("/retention").fix(fix));
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "log-group";
        const TAGS: &str = "logs:ListTagsForResource";
        let on = |action: &'static str, name: &str| Permission::new(action).on(TYPE, Which::One(name.into()));
        match call {
            Call::Find(Look::One(Some(id))) => {
                lists(["logs:DescribeLogGroups"]).into_iter().chain([on(TAGS, id.as_str())]).collect()
            }
            // No list tells tags: every group of the region is asked for them.
            Call::Find(_) => {
                let tags = Permission::new(TAGS).on(TYPE, Which::Any);
                lists(["logs:DescribeLogGroups"]).into_iter().chain([tags]).collect()
            }
            Call::Create(spec) => {
                let mut all = vec![
                    on("logs:CreateLogGroup", &spec.name).claims(),
                    on("logs:TagResource", &spec.name)
                        .claims()
                        .because("the tags that the create call writes"),
                ];
                if matches!(spec.encryption, Some(LogEncryption::Key(_))) {
                    all.push(
                        on("logs:AssociateKmsKey", &spec.name).because("the key that the create call names"),
                    );
                }
                if matches!(spec.retention, Some(Retention::Days(_))) {
                    let keep = on("logs:PutRetentionPolicy", &spec.name).ours();
                    all.push(keep.because("new groups keep logs for ever"));
                }
                all
            }
            Call::Change { object, to, fields } => {
                let one = |field: &String| match (field.as_str(), &to.retention, &to.encryption) {
                    ("retention", Some(Retention::Days(_)), _) => "logs:PutRetentionPolicy",
                    ("retention", ..) => "logs:DeleteRetentionPolicy",
                    ("encryption", _, Some(LogEncryption::Key(_))) => "logs:AssociateKmsKey",
                    ("encryption", ..) => "logs:DisassociateKmsKey",
                    _ => "logs:PutLogGroupDeletionProtection",
                };
                fields.iter().map(one).map(|action| on(action, &object.spec.name).ours()).collect()
            }
            Call::Retag { object, set, unset } => {
                let set = set.then(|| on("logs:TagResource", &object.spec.name).ours());
                let unset = unset.then(|| on("logs:UntagResource", &object.spec.name).ours());
                set.into_iter().chain(unset).collect()
            }
            Call::Delete(object) => vec![on("logs:DeleteLogGroup", &object.spec.name).ours()],
            _ => vec![],
        }
    }

    fn simulate(&self, _: u64) -> (LogGroupName, LogGroupDetails) {
        let arn = format!("arn:aws:logs:memory-1:123456789012:log-group:{}", self.name);
        (LogGroupName::new(&self.name), LogGroupDetails::of(&arn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(group: &LogGroup) -> Vec<String> {
        group.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn the_name_is_the_id() {
        let group = LogGroup::new("/network/flow-logs");
        let (id, details) = group.simulate(1);
        assert_eq!(group.key(), Some(Key::of(&id)));
        assert_eq!(details.streams_arn, format!("{}:*", details.arn));
        assert_eq!(LogGroupDetails::of(&details.streams_arn), details);
    }

    #[test]
    fn logs_are_kept_for_some_numbers_of_days_alone() {
        for (days, right) in [(1, true), (2, false), (31, false), (400, true), (3653, true), (3654, false)] {
            assert_eq!(codes(&LogGroup::new("x").days(days)).is_empty(), right, "{days}");
        }
        let finding = &LogGroup::new("x").days(31).validate()[0];
        assert!(finding.fix.contains("60 days"), "{finding}");
        assert!(codes(&LogGroup::new("x").retention(Retention::Forever)).is_empty());
    }

    #[test]
    fn what_aws_refuses_is_found() {
        assert_eq!(codes(&LogGroup::new("aws/mine")), ["name.form"]);
        assert_eq!(codes(&LogGroup::new("a b")), ["name.form"]);
        let passed_on = LogGroup::new("x").class(LogClass::Delivery);
        assert!(codes(&passed_on).is_empty());
        assert_eq!(codes(&passed_on.days(1)), ["logs.retention"]);
    }

    #[test]
    fn name_and_class_replace_it() {
        let replacing = LogGroup::FIELDS.iter().filter(|f| matches!(f.class, deathstar_core::Class::Replace));
        assert_eq!(replacing.map(|field| field.name).collect::<Vec<_>>(), ["name", "class"]);
    }
}
