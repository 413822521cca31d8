//! The calls of a flow log.

use super::{
    FileLayout, FlowLog, FlowLogDestination, FlowLogDetails, FlowLogInterval, FlowLogSource, FlowLogTraffic,
};
use crate::{
    client::Client,
    error::{incomplete, of_part, read, write},
    id::{BucketArn, FlowLogId, LogGroupName, NetworkInterfaceId, RoleArn, SubnetId, VpcId},
    tags::{created, filters, seen as seen_tags, specifications},
};
use aws_sdk_ec2::types::{
    self, DestinationFileFormat, DestinationOptionsRequest, FlowLogsResourceType, LogDestinationType,
    ResourceType, TrafficType, UnsuccessfulItem,
};
use deathstar_core::{Cx, Driver, Error, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};

/// What AWS shows of a flow log whose logs do not arrive.
const FAILED: &str = "FAILED";

impl Driver<FlowLog> for Client {
    async fn find(&self, cx: &Cx, want: &Want<FlowLogId>, found: &mut Found) -> Result<()> {
        for filter in filters(cx, "flow-log-id", want) {
            let pages = self.ec2.describe_flow_logs().filter(filter).into_paginator();
            let all = pages.items().send().collect::<Result<Vec<_>, _>>();
            for log in read("ec2:DescribeFlowLogs", all).await? {
                found.push(show(&log)?);
            }
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<FlowLog>) -> Result<Made<FlowLogId>> {
        const OPERATION: &str = "ec2:CreateFlowLogs";
        let (kind, of) = source(&spec.source)?;
        let call = self
            .ec2
            .create_flow_logs()
            .resource_type(kind)
            .resource_ids(of)
            .traffic_type(match spec.traffic {
                FlowLogTraffic::All => TrafficType::All,
                FlowLogTraffic::Accepted => TrafficType::Accept,
                FlowLogTraffic::Rejected => TrafficType::Reject,
            })
            .set_log_format(spec.fields.as_deref().map(format))
            .set_max_aggregation_interval(spec.interval.map(|interval| match interval {
                FlowLogInterval::Minute => 60,
                FlowLogInterval::TenMinutes => 600,
            }))
            .client_token(&*cx.token)
            .set_tag_specifications(specifications(cx, ResourceType::VpcFlowLog));
        let call = match &spec.destination {
            FlowLogDestination::LogGroup { group, role } => call
                .log_destination_type(LogDestinationType::CloudWatchLogs)
                .log_group_name(group.known()?.as_str())
                .deliver_logs_permission_arn(role.known()?.as_str()),
            FlowLogDestination::Bucket { bucket, folder, layout } => {
                let bucket = bucket.known()?;
                let destination = folder
                    .as_ref()
                    .map_or_else(|| bucket.to_string(), |folder| format!("{bucket}/{folder}/"));
                let format = if layout.parquet {
                    DestinationFileFormat::Parquet
                } else {
                    DestinationFileFormat::PlainText
                };
                let options = DestinationOptionsRequest::builder()
                    .file_format(format)
                    .hive_compatible_partitions(layout.hive)
                    .per_hour_partition(layout.hourly);
                call.log_destination_type(LogDestinationType::S3)
                    .log_destination(destination)
                    .destination_options(options.build())
            }
            FlowLogDestination::Other(arn) => return Err(undeclarable(arn)),
        };
        let made = write(OPERATION, call.send()).await?;
        refused(OPERATION, made.unsuccessful())?;
        let id = created(OPERATION, made.flow_log_ids().first().map(String::as_str))?;
        Ok(FlowLogId::new(id).into())
    }

    async fn delete(&self, _: &Cx, seen: &Seen<FlowLog>) -> Result<Option<Op>> {
        const OPERATION: &str = "ec2:DeleteFlowLogs";
        let call = self.ec2.delete_flow_logs().flow_log_ids(seen.id.as_str());
        refused(OPERATION, write(OPERATION, call.send()).await?.unsuccessful())?;
        Ok(None)
    }

    async fn retag(&self, _: &Cx, seen: &Seen<FlowLog>, set: &Tags, unset: &[String]) -> Result<()> {
        self.retag_object(seen.id.as_str(), set, unset).await
    }
}

fn undeclarable(what: &str) -> Error {
    Error::internal(format!("`{what}` cannot be declared in a flow log"))
}

/// A call about several flow logs is answered well even when all of them are refused.
fn refused(operation: &'static str, items: &[UnsuccessfulItem]) -> Result<()> {
    let Some(item) = items.first() else { return Ok(()) };
    let error = item.error();
    Err(of_part(operation, error.and_then(|error| error.code()), error.and_then(|error| error.message())))
}

fn source(of: &FlowLogSource) -> Result<(FlowLogsResourceType, String)> {
    Ok(match of {
        FlowLogSource::Vpc(id) => (FlowLogsResourceType::Vpc, id.known()?.to_string()),
        FlowLogSource::Subnet(id) => (FlowLogsResourceType::Subnet, id.known()?.to_string()),
        FlowLogSource::NetworkInterface(id) => {
            (FlowLogsResourceType::NetworkInterface, id.known()?.to_string())
        }
        FlowLogSource::Other(id) => return Err(undeclarable(id)),
    })
}

/// `${version} ${srcaddr}`
fn format(fields: &[String]) -> String {
    fields.iter().map(|field| format!("${{{field}}}")).collect::<Vec<_>>().join(" ")
}

fn fields(format: &str) -> Vec<String> {
    let name = |field: &str| {
        field.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(field).to_owned()
    };
    format.split_whitespace().map(name).collect()
}

fn show(log: &types::FlowLog) -> Result<Seen<FlowLog>> {
    const OPERATION: &str = "ec2:DescribeFlowLogs";
    let id = log.flow_log_id().ok_or_else(|| incomplete(OPERATION, "id"))?;
    let of = log.resource_id().ok_or_else(|| incomplete(OPERATION, "resource"))?;
    let source = match of.split_once('-') {
        Some((VpcId::PREFIX, _)) => FlowLogSource::Vpc(VpcId::new(of).into()),
        Some((SubnetId::PREFIX, _)) => FlowLogSource::Subnet(SubnetId::new(of).into()),
        Some((NetworkInterfaceId::PREFIX, _)) => {
            FlowLogSource::NetworkInterface(NetworkInterfaceId::new(of).into())
        }
        _ => FlowLogSource::Other(of.into()),
    };
    let failed = log.deliver_logs_status() == Some(FAILED);
    let delivery_error = log.deliver_logs_error_message().filter(|_| failed).map(Into::into);
    Ok(Seen {
        id: FlowLogId::new(id),
        tags: seen_tags(log.tags()),
        spec: FlowLog {
            source,
            destination: destination(log),
            traffic: match log.traffic_type() {
                Some(TrafficType::Accept) => FlowLogTraffic::Accepted,
                Some(TrafficType::Reject) => FlowLogTraffic::Rejected,
                _ => FlowLogTraffic::All,
            },
            fields: log.log_format().map(fields),
            interval: Some(match log.max_aggregation_interval() {
                Some(60) => FlowLogInterval::Minute,
                _ => FlowLogInterval::TenMinutes,
            }),
        },
        outputs: FlowLogDetails { delivery_error },
        state: SeenState::Ready,
    })
}

fn destination(log: &types::FlowLog) -> FlowLogDestination {
    let arn = log.log_destination().unwrap_or_default();
    match log.log_destination_type() {
        Some(LogDestinationType::S3) => {
            let (bucket, folder) = arn.split_once('/').unwrap_or((arn, ""));
            let folder = folder.trim_matches('/');
            FlowLogDestination::Bucket {
                bucket: BucketArn::new(bucket).into(),
                folder: (!folder.is_empty()).then(|| folder.to_owned()),
                layout: log.destination_options().map_or_else(FileLayout::default, layout),
            }
        }
        Some(LogDestinationType::CloudWatchLogs) | None => {
            // One that was made by ARN may be shown by ARN alone.
            let of_arn = arn.split_once(":log-group:").map(|(_, name)| name.trim_end_matches(":*"));
            let role = log.deliver_logs_permission_arn();
            match (log.log_group_name().or(of_arn), role) {
                (Some(group), Some(role)) => {
                    FlowLogDestination::log_group(LogGroupName::new(group), RoleArn::new(role))
                }
                _ => FlowLogDestination::Other(arn.into()),
            }
        }
        Some(_) => FlowLogDestination::Other(arn.into()),
    }
}

fn layout(options: &types::DestinationOptionsResponse) -> FileLayout {
    FileLayout {
        parquet: options.file_format() == Some(&DestinationFileFormat::Parquet),
        hive: options.hive_compatible_partitions() == Some(true),
        hourly: options.per_hour_partition() == Some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deathstar_core::Meaning;
    use types::builders::FlowLogBuilder;

    fn log() -> FlowLogBuilder {
        types::FlowLog::builder()
            .flow_log_id("fl-1")
            .resource_id("vpc-1")
            .log_destination_type(LogDestinationType::CloudWatchLogs)
            .log_group_name("flows")
            .deliver_logs_permission_arn("arn:role")
            .log_format("${version} ${srcaddr}")
    }

    fn shown(log: FlowLogBuilder) -> FlowLog {
        show(&log.build()).unwrap().spec
    }

    #[test]
    fn it_is_shown_in_the_shape_of_a_spec() {
        let destination =
            || FlowLogDestination::log_group(LogGroupName::new("flows"), RoleArn::new("arn:role"));
        let expected = FlowLog::new(FlowLogSource::Vpc(VpcId::new("vpc-1").into()), destination())
            .fields(["version", "srcaddr"])
            .interval(FlowLogInterval::TenMinutes);
        assert_eq!(shown(log()), expected);
        let by_arn = log().set_log_group_name(None).log_destination("arn:aws:logs:r:1:log-group:flows:*");
        assert_eq!(shown(by_arn), expected);
        assert_eq!(format(&["version".into(), "srcaddr".into()]), "${version} ${srcaddr}");
        let minute = log().max_aggregation_interval(60).traffic_type(TrafficType::Reject);
        assert_eq!(shown(minute).interval, Some(FlowLogInterval::Minute));
    }

    #[test]
    fn sources_are_told_apart() {
        let of = |id: &str| shown(log().resource_id(id)).source;
        assert_eq!(of("subnet-1"), FlowLogSource::Subnet(SubnetId::new("subnet-1").into()));
        assert_eq!(of("eni-1"), FlowLogSource::NetworkInterface(NetworkInterfaceId::new("eni-1").into()));
        assert_eq!(of("tgw-1"), FlowLogSource::Other("tgw-1".into()));
    }

    #[test]
    fn a_bucket_has_a_folder_and_a_layout() {
        let s3 = |arn: &str| log().log_destination_type(LogDestinationType::S3).log_destination(arn);
        assert_eq!(
            shown(s3("arn:aws:s3:::b")).destination,
            FlowLogDestination::bucket(BucketArn::new("arn:aws:s3:::b"))
        );
        let options = types::DestinationOptionsResponse::builder()
            .file_format(DestinationFileFormat::Parquet)
            .per_hour_partition(true);
        let expected = FlowLogDestination::Bucket {
            bucket: BucketArn::new("arn:aws:s3:::b").into(),
            folder: Some("flows/vpc".into()),
            layout: FileLayout { parquet: true, hive: false, hourly: true },
        };
        assert_eq!(
            shown(s3("arn:aws:s3:::b/flows/vpc/").destination_options(options.build())).destination,
            expected
        );
        let firehose =
            log().log_destination_type(LogDestinationType::KinesisDataFirehose).log_destination("arn:f");
        assert_eq!(shown(firehose).destination, FlowLogDestination::Other("arn:f".into()));
    }

    #[test]
    fn logs_that_do_not_arrive_are_told() {
        let error = |log: FlowLogBuilder| show(&log.build()).unwrap().outputs.delivery_error;
        let failed = log().deliver_logs_error_message("Access error");
        assert_eq!(error(failed.clone().deliver_logs_status("SUCCESS")), None);
        assert_eq!(error(failed.deliver_logs_status(FAILED)), Some("Access error".into()));
    }

    #[test]
    fn a_refusal_inside_a_good_answer_is_an_error() {
        assert!(refused("ec2:DeleteFlowLogs", &[]).is_ok());
        let error = types::UnsuccessfulItemError::builder().code("InvalidFlowLogId.NotFound").message("gone");
        let item = UnsuccessfulItem::builder().error(error.build()).build();
        let error = refused("ec2:DeleteFlowLogs", &[item]).unwrap_err();
        assert_eq!(*error.meaning(), Meaning::NotFound);
        assert_eq!(error.operation_name(), Some("ec2:DeleteFlowLogs"));
    }
}
