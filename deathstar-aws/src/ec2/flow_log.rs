//! A flow log.

use crate::{
    Aws,
    id::{BucketArn, FlowLogId, LogGroupName, NetworkInterfaceId, RoleArn, SubnetId, VpcId},
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Resource, fields, outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A flow log: a record of the traffic of a VPC, a subnet or a network interface.
///
/// AWS has no call that changes one. Of its replacement the new half comes first where the destination is another one; otherwise
/// there is a gap of some minutes in the record.
///
/// Delivery is AWS's: whether logs arrive is told by [`FlowLogDetails::delivery_error`], and no reason to replace anything.
///
/// # Permissions
/// `ec2:DescribeFlowLogs`; `ec2:CreateFlowLogs` with `ec2:CreateTags`, `iam:PassRole` for the role, and for S3
/// `logs:CreateLogDelivery`; `ec2:CreateTags`, `ec2:DeleteTags`; `ec2:DeleteFlowLogs`, and for S3 `logs:DeleteLogDelivery`.
///
/// # Cost
/// Paid by the amount of logs that are delivered, and by where they are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FlowLog {
    /// Whose traffic is recorded. Another one replaces it.
    pub source: FlowLogSource,
    /// Where the record goes. Another destination replaces it.
    pub destination: FlowLogDestination,
    /// Which traffic is recorded. Another choice replaces it.
    pub traffic: FlowLogTraffic,
    /// The fields of a line, in order, as AWS names them (`srcaddr`). Other fields replace it; AWS's version 2 unless said otherwise.
    pub fields: Option<Vec<String>>,
    /// Over how long traffic is summed up in one line. Another interval replaces it; ten minutes unless said otherwise.
    pub interval: Option<FlowLogInterval>,
}

/// Whose traffic is recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FlowLogSource {
    /// All of a VPC's.
    Vpc(Input<VpcId>),
    /// All of a subnet's.
    Subnet(Input<SubnetId>),
    /// A network interface's.
    NetworkInterface(Input<NetworkInterfaceId>),
    /// Something else's. It is seen and cannot be declared.
    Other(String),
}

/// Where the record goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FlowLogDestination {
    /// A log group of the same account and region.
    LogGroup {
        /// Its name.
        group: Input<LogGroupName>,
        /// What AWS writes as; `vpc-flow-logs.amazonaws.com` has to be trusted to assume it.
        role: Input<RoleArn>,
    },
    /// A bucket, whose policy has to let `delivery.logs.amazonaws.com` write.
    Bucket {
        /// The bucket.
        bucket: Input<BucketArn>,
        /// The folder in it.
        folder: Option<String>,
        /// How files are written.
        layout: FileLayout,
    },
    /// Somewhere else. It is seen and cannot be declared.
    Other(String),
}

/// How files of flow logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FileLayout {
    /// As Parquet, rather than as text.
    pub parquet: bool,
    /// Under names that Hive understands.
    pub hive: bool,
    /// A folder for each hour, rather than for each day.
    pub hourly: bool,
}

/// Which traffic is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowLogTraffic {
    /// All.
    #[default]
    All,
    /// What was let through.
    Accepted,
    /// What was not let through.
    Rejected,
}

/// Over how long traffic is summed up in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowLogInterval {
    /// A minute.
    Minute,
    /// Ten minutes.
    TenMinutes,
}

impl FlowLog {
    /// A record of all traffic, with AWS's own fields and interval.
    pub fn new(source: FlowLogSource, destination: FlowLogDestination) -> Self {
        Self { source, destination, traffic: FlowLogTraffic::All, fields: None, interval: None }
    }

    /// Which traffic is recorded.
    #[must_use]
    pub fn traffic(mut self, traffic: FlowLogTraffic) -> Self {
        self.traffic = traffic;
        self
    }

    /// The fields of a line, in order, as AWS names them (`srcaddr`).
    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.fields = Some(fields.into_iter().map(Into::into).collect());
        self
    }

    /// Over how long traffic is summed up in one line.
    #[must_use]
    pub fn interval(mut self, interval: FlowLogInterval) -> Self {
        self.interval = Some(interval);
        self
    }
}

impl FlowLogDestination {
    /// A log group, and the role that AWS writes as.
    pub fn log_group(group: impl Into<Input<LogGroupName>>, role: impl Into<Input<RoleArn>>) -> Self {
        Self::LogGroup { group: group.into(), role: role.into() }
    }

    /// A bucket, in text files by day.
    pub fn bucket(bucket: impl Into<Input<BucketArn>>) -> Self {
        Self::Bucket { bucket: bucket.into(), folder: None, layout: FileLayout::default() }
    }
}

/// What is known of a flow log once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FlowLogDetails {
    /// Why logs do not arrive, as AWS says it: `Access error`, `Rate limited`, `Unknown error`.
    pub delivery_error: Option<String>,
}

outputs! {
    /// What a declared flow log tells once it is made.
    pub trait FlowLogOutputs for FlowLog {
        /// Why logs do not arrive, as AWS says it; nothing while they do.
        delivery_error: Option<String>,
    }
}

impl Resource for FlowLog {
    type Provider = Aws;
    type Id = FlowLogId;
    type Outputs = FlowLogDetails;

    const FAMILY: &'static str = "aws.ec2.flow-log";
    const IDENTITY: Identity = Identity::Token;
    /// Source: Amazon VPC User Guide, "Flow logs limitations": a flow log cannot be changed after it was created.
    const FIELDS: Fields<Self> = fields!(FlowLog {
        source: Replace,
        destination: Replace,
        traffic: Replace,
        fields: Replace,
        interval: Replace
    });

    /// AWS has one flow log of a source to a destination.
    fn holds(&self) -> Vec<Hold> {
        match &self.destination {
            FlowLogDestination::LogGroup { group, .. } => vec![Hold::life("flow-log", (&self.source, group))],
            FlowLogDestination::Bucket { bucket, folder, .. } => {
                vec![Hold::life("flow-log", (&self.source, bucket, folder))]
            }
            FlowLogDestination::Other(_) => vec![],
        }
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        let mut find = |path: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new("flow-log.form", why).at(path).fix(fix));
        };
        if let FlowLogSource::Other(id) = &self.source {
            find(
                "/source",
                format!("`{id}` is seen as a source, and cannot be declared as one"),
                "use a typed source",
            );
        }
        if let FlowLogDestination::Other(arn) = &self.destination {
            let why = format!("`{arn}` is seen as a destination, and cannot be declared as one");
            find("/destination", why, "use a log group or a bucket");
        }
        if let FlowLogDestination::Bucket { folder: Some(folder), .. } = &self.destination
            && (folder.is_empty() || folder.starts_with('/') || folder.ends_with('/') || folder == "AWSLogs")
        {
            let why = format!("`{folder}` cannot be the folder of flow logs");
            find("/destination", why, "name it without slashes around it; `AWSLogs` is AWS's own");
        }
        for field in self.fields.iter().flatten() {
            if field.is_empty()
                || !field.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            {
                let why = format!("`{field}` is no field of a flow log");
                find("/fields", why, "write it like `srcaddr`, without `${}`");
            }
        }
        if self.fields.as_ref().is_some_and(Vec::is_empty) {
            find(
                "/fields",
                "a line without fields says nothing".into(),
                "name at least one, or leave them to AWS",
            );
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "vpc-flow-log";
        const CREATE: &str = "ec2:CreateFlowLogs";
        match call {
            Call::Find(_) => lists(["ec2:DescribeFlowLogs"]),
            Call::Create(spec) => {
                let mut all = creates(CREATE, TYPE);
                let source = Permission::new(CREATE);
                all.extend(match &spec.source {
                    FlowLogSource::Vpc(id) => Some(source.on("vpc", id)),
                    FlowLogSource::Subnet(id) => Some(source.on("subnet", id)),
                    FlowLogSource::NetworkInterface(id) => Some(source.on("network-interface", id)),
                    FlowLogSource::Other(_) => None,
                });
                match &spec.destination {
                    FlowLogDestination::LogGroup { role, .. } => {
                        let pass = Permission::new("iam:PassRole").on("role", role);
                        all.push(pass.when(
                            "StringEquals",
                            "iam:PassedToService",
                            ["vpc-flow-logs.amazonaws.com"],
                        ));
                    }
                    FlowLogDestination::Bucket { .. } => all.extend(lists(["logs:CreateLogDelivery"])),
                    FlowLogDestination::Other(_) => {}
                }
                all
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => {
                let mut all = vec![on_own("ec2:DeleteFlowLogs", TYPE, object.id)];
                if matches!(object.spec.destination, FlowLogDestination::Bucket { .. }) {
                    all.extend(lists(["logs:DeleteLogDelivery"]));
                }
                all
            }
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (FlowLogId, FlowLogDetails) {
        (FlowLogId::simulated(serial), FlowLogDetails { delivery_error: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> FlowLog {
        let to = FlowLogDestination::log_group(LogGroupName::new("flows"), RoleArn::new("arn"));
        FlowLog::new(FlowLogSource::Vpc(VpcId::new("vpc-1").into()), to)
    }

    fn codes(log: &FlowLog) -> usize {
        log.validate().len()
    }

    #[test]
    fn everything_replaces_it() {
        assert!(FlowLog::FIELDS.iter().all(|field| matches!(field.class, deathstar_core::Class::Replace)));
    }

    #[test]
    fn a_source_has_one_log_to_a_destination() {
        assert_eq!(log().holds(), log().traffic(FlowLogTraffic::Rejected).holds());
        let bucket = |folder: Option<&str>| {
            let layout = FileLayout::default();
            let bucket = BucketArn::new("arn:aws:s3:::b").into();
            FlowLog {
                destination: FlowLogDestination::Bucket { bucket, folder: folder.map(Into::into), layout },
                ..log()
            }
        };
        assert_ne!(log().holds(), bucket(None).holds());
        assert_ne!(bucket(Some("a")).holds(), bucket(None).holds());
        let other = FlowLog { source: FlowLogSource::Subnet(SubnetId::new("subnet-1").into()), ..log() };
        assert_ne!(log().holds(), other.holds());
        for (folder, findings) in [("a/b", 0), ("/a", 1), ("a/", 1), ("", 1), ("AWSLogs", 1)] {
            assert_eq!(codes(&bucket(Some(folder))), findings, "{folder}");
        }
    }

    #[test]
    fn what_is_only_seen_cannot_be_declared() {
        assert_eq!(codes(&log()), 0);
        assert_eq!(codes(&FlowLog { source: FlowLogSource::Other("tgw-1".into()), ..log() }), 1);
        assert_eq!(codes(&FlowLog { destination: FlowLogDestination::Other("arn".into()), ..log() }), 1);
    }

    #[test]
    fn fields_are_named_as_aws_names_them() {
        assert_eq!(codes(&log().fields(["version", "pkt-srcaddr"])), 0);
        assert_eq!(codes(&log().fields(["${version}", "Srcaddr"])), 2);
        let none: [&str; 0] = [];
        assert_eq!(codes(&log().fields(none)), 1);
    }
}
