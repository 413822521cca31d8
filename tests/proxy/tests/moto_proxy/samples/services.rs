//! Samples of logs and names.

use super::{Outside, Sample, kinds::*, permissions::trust};
use deathstar_aws::{
    ec2::{FlowLogDestination, FlowLogSource, FlowLogTraffic},
    id::{LogGroupName, RoleArn},
    logs::Retention,
    route53::RecordType,
};
use deathstar_core::{Verb, conformance::Rule};

pub async fn log_group(_: &Outside, others: usize) -> Sample<LogGroup> {
    let group = |number| LogGroup::new(format!("/network/{number}")).days(7);
    Sample::numbered(others, group).becomes(LogGroup::new("/network/0").retention(Retention::Forever))
}

pub async fn flow_log(outside: &Outside, others: usize) -> Sample<FlowLog> {
    outside.log_group("flows").await;
    let role = outside.role("flows", &trust("vpc-flow-logs.amazonaws.com").to_json()).await;
    let vpcs = outside.vpcs(1 + others).await;
    Sample::each(vpcs, |vpc| {
        let to = FlowLogDestination::log_group(LogGroupName::new("flows"), RoleArn::new(&role));
        FlowLog::new(FlowLogSource::Vpc(vpc.into()), to)
            .traffic(FlowLogTraffic::Rejected)
            .fields(["version", "action"])
    })
}

/// `CreateHostedZone` takes no tags, so that they follow with the next call; and zones of nobody cannot be told by them.
const ZONE: &[Rule] = &[Rule::CreateTags];

pub async fn public_zone(_: &Outside, others: usize) -> Sample<HostedZone> {
    let zone = |number| HostedZone::public(format!("n{number}.example")).comment("first");
    let changed = HostedZone::public("n0.example").comment("second");
    Sample::numbered(others, zone).becomes(changed).breaking(ZONE).working_on(&[Verb::Create])
}

pub async fn private_zone(outside: &Outside, others: usize) -> Sample<HostedZone> {
    let vpcs = outside.vpcs(2).await;
    let zone = |number| HostedZone::private(format!("n{number}.internal"), vpcs[0].clone());
    Sample::numbered(others, zone)
        .becomes(zone(0).and_in(vpcs[1].clone()))
        .breaking(ZONE)
        .working_on(&[Verb::Create, Verb::Change])
}

pub async fn record_set(outside: &Outside, others: usize) -> Sample<RecordSet> {
    let zone = outside.zone("records.example").await;
    let record = |number: usize, address: &str| {
        let name = if number == 0 { "*".to_owned() } else { format!("n{number}") };
        RecordSet::new(zone.clone(), format!("{name}.records.example"), RecordType::A, [address])
    };
    Sample::numbered(others, |number| record(number, "192.0.2.1"))
        .becomes(record(0, "192.0.2.2").ttl(60))
        .working_on(&[Verb::Create, Verb::Change, Verb::Delete])
}
