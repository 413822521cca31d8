//! The calls of a record set.

use super::{FailoverRole, RecordData, RecordSet, RecordSetId, RecordType, Routing};
use crate::{
    client::Client,
    error::{read, write},
    id::HostedZoneId,
    lookup::{one_by_one, present, unbuilt},
    route53::{DomainName, calls::under_way},
};
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet,
    ResourceRecordSetFailover, ResourceRecordSetRegion, RrType,
};
use deathstar_core::{
    Cx, Driver, Error, Found, Input, Made, Meaning, Op, Progress, Ready, Result, Seen, SeenState, Tags, Want,
};
use std::collections::BTreeMap;

/// How many records a page has.
const PAGE: i32 = 300;

const CHANGE: &str = "route53:ChangeResourceRecordSets";
/// What Route 53 calls every batch that it refuses.
const REFUSED: &str = "InvalidChangeBatch";

impl Driver<RecordSet> for Client {
    async fn find(&self, _: &Cx, want: &Want<RecordSetId>, found: &mut Found) -> Result<()> {
        // A record carries no tags: nothing says of which stack one is.
        let Want::Ids(ids) = want else { return Ok(()) };
        let mut zones: BTreeMap<&HostedZoneId, Vec<&RecordSetId>> = BTreeMap::new();
        for id in ids {
            zones.entry(&id.0).or_default().push(id);
        }
        let zones = zones.into_iter().map(|(zone, ids)| self.records_of_zone(zone, ids));
        for seen in one_by_one(zones).await?.into_iter().flatten() {
            found.push(seen);
        }
        Ok(())
    }

    /// Route 53 has one code for all batches that it refuses: whether the record is taken is looked up.
    async fn create(&self, _: &Cx, spec: &Ready<RecordSet>) -> Result<Made<RecordSetId>> {
        let zone = spec.zone.known()?;
        let identifier = spec.routing.identifier().map(str::to_owned);
        let id = RecordSetId(zone.clone(), spec.name.clone(), spec.record_type, identifier);
        match self.change_records(zone, ChangeAction::Create, written(spec, None)?).await {
            Ok(op) => Ok(Made { id, op }),
            Err(error) if error.api_code() == Some(REFUSED) && self.record(&id).await?.is_some() => {
                let taken =
                    Error::new(Meaning::AlreadyExists, error.message()).operation(CHANGE).code(REFUSED);
                Err(taken.because(error))
            }
            Err(error) => Err(error),
        }
    }

    async fn change(&self, _: &Cx, seen: &Seen<RecordSet>, to: &Ready<RecordSet>) -> Result<Option<Op>> {
        let record = written(to, seen.spec.health_check.as_ref())?;
        self.change_records(&seen.id.0, ChangeAction::Upsert, record).await
    }

    /// Route 53 deletes what it is shown exactly as it stands, so it is read once more.
    async fn delete(&self, _: &Cx, seen: &Seen<RecordSet>) -> Result<Option<Op>> {
        match self.record(&seen.id).await? {
            Some(record) => self.change_records(&seen.id.0, ChangeAction::Delete, record).await,
            None => Ok(None),
        }
    }

    async fn poll(&self, op: &Op) -> Result<Progress> {
        self.progress_of_change(op).await
    }
}

impl Client {
    async fn change_records(
        &self,
        zone: &HostedZoneId,
        action: ChangeAction,
        record: ResourceRecordSet,
    ) -> Result<Option<Op>> {
        let change = Change::builder().action(action).resource_record_set(record).build().map_err(unbuilt)?;
        let batch = ChangeBatch::builder().changes(change).build().map_err(unbuilt)?;
        let call =
            self.route53().change_resource_record_sets().hosted_zone_id(zone.as_str()).change_batch(batch);
        let done = write(CHANGE, call.send()).await?;
        Ok(under_way(done.change_info()))
    }

    /// A record set as it stands.
    async fn record(&self, wanted: &RecordSetId) -> Result<Option<ResourceRecordSet>> {
        let zone = &wanted.0;
        let page = self.page_of_zone(zone, wanted).await?.unwrap_or_default();
        Ok(page.into_iter().find(|record| id(zone, record).as_ref() == Some(wanted)))
    }

    /// A page of the zone's records that begins with this one, if it is there; none when the zone is gone.
    async fn page_of_zone(
        &self,
        zone: &HostedZoneId,
        first: &RecordSetId,
    ) -> Result<Option<Vec<ResourceRecordSet>>> {
        let RecordSetId(_, name, record_type, identifier) = first;
        let call = self
            .route53()
            .list_resource_record_sets()
            .hosted_zone_id(zone.as_str())
            .start_record_name(name.absolute())
            .start_record_type(RrType::from(record_type.as_str()))
            .set_start_record_identifier(identifier.clone())
            .max_items(PAGE);
        let page = present(read("route53:ListResourceRecordSets", call.send()).await)?;
        Ok(page.map(|page| page.resource_record_sets))
    }

    /// These records of a zone, where they are there. Each page is asked for from the first record that is still missing; in the
    /// order of the list, so that one page tells of many.
    async fn records_of_zone(
        &self,
        zone: &HostedZoneId,
        mut ids: Vec<&RecordSetId>,
    ) -> Result<Option<Vec<Seen<RecordSet>>>> {
        ids.sort_by_cached_key(|id| {
            let labels: Vec<String> = id.1.labels_from_root().into_iter().map(str::to_owned).collect();
            (labels, id.2.as_str(), id.3.clone())
        });
        let mut all = vec![];
        while let Some(first) = ids.first().copied() {
            let Some(page) = self.page_of_zone(zone, first).await? else { return Ok(None) };
            ids.remove(0);
            for seen in page.iter().filter_map(|record| show(zone, record)) {
                if seen.id == *first {
                    all.push(seen);
                } else if let Some(at) = ids.iter().position(|id| **id == seen.id) {
                    ids.remove(at);
                    all.push(seen);
                }
            }
        }
        Ok(Some(all))
    }
}

fn known(text: &Input<String>) -> Result<&str> {
    text.known().map(String::as_str)
}

/// A record as Route 53 takes it; `health_check` is the one that it has.
fn written(spec: &RecordSet, health_check: Option<&Input<String>>) -> Result<ResourceRecordSet> {
    let undeclarable = |what: &str| Error::internal(format!("{what} cannot be declared in a record set"));
    let check = spec.health_check.as_ref().or(health_check);
    let record = ResourceRecordSet::builder()
        .name(spec.name.absolute())
        .r#type(RrType::from(spec.record_type.as_str()))
        .set_set_identifier(spec.routing.identifier().map(str::to_owned))
        .set_health_check_id(check.map(known).transpose()?.map(str::to_owned));
    let record = match &spec.routing {
        Routing::Simple => record,
        Routing::Weighted { weight, .. } => record.weight((*weight).into()),
        Routing::Latency { region, .. } => record.region(ResourceRecordSetRegion::from(region.as_str())),
        Routing::Failover { role: FailoverRole::Primary, .. } => {
            record.failover(ResourceRecordSetFailover::Primary)
        }
        Routing::Failover { role: FailoverRole::Secondary, .. } => {
            record.failover(ResourceRecordSetFailover::Secondary)
        }
        Routing::Several { .. } => record.multi_value_answer(true),
        Routing::Other { identifier } => return Err(undeclarable(identifier)),
    };
    let record = match &spec.data {
        RecordData::Values { ttl, values } => {
            let value = |text| ResourceRecord::builder().value(known(text)?).build().map_err(unbuilt);
            let values: Vec<_> = values.iter().map(value).collect::<Result<_>>()?;
            record.ttl((*ttl).into()).set_resource_records(Some(values))
        }
        RecordData::Alias { name, zone, evaluate_health } => {
            let target = AliasTarget::builder()
                .dns_name(name.known()?.absolute())
                .hosted_zone_id(zone.known()?.as_str())
                .evaluate_target_health(*evaluate_health);
            record.alias_target(target.build().map_err(unbuilt)?)
        }
        RecordData::Other(what) => return Err(undeclarable(what)),
    };
    record.build().map_err(unbuilt)
}

/// The id of a record whose type is known here.
fn id(zone: &HostedZoneId, record: &ResourceRecordSet) -> Option<RecordSetId> {
    let record_type = RecordType::ALL.into_iter().find(|one| one.as_str() == record.r#type().as_str())?;
    let identifier = record.set_identifier().map(str::to_owned);
    Some(RecordSetId(zone.clone(), DomainName::new(record.name()), record_type, identifier))
}

fn show(zone: &HostedZoneId, record: &ResourceRecordSet) -> Option<Seen<RecordSet>> {
    let id = id(zone, record)?;
    let data = if let Some(target) = record.alias_target() {
        RecordData::Alias {
            name: DomainName::new(target.dns_name()).into(),
            zone: HostedZoneId::new(target.hosted_zone_id()).into(),
            evaluate_health: target.evaluate_target_health(),
        }
    } else if let Some(policy) = record.traffic_policy_instance_id() {
        RecordData::Other(format!("the traffic policy instance `{policy}`"))
    } else {
        let values =
            record.resource_records().iter().map(|one| Input::Known(id.2.canonical(one.value().into())));
        let ttl = record.ttl().and_then(|ttl| u32::try_from(ttl).ok()).unwrap_or_default();
        RecordData::Values { ttl, values: values.collect() }
    };
    let spec = RecordSet {
        zone: zone.clone().into(),
        name: id.1.clone(),
        record_type: id.2,
        routing: routing(record),
        data,
        health_check: record.health_check_id().map(|check| check.to_owned().into()),
    };
    Some(Seen { id, tags: Tags::new(), spec, outputs: (), state: SeenState::Ready })
}

fn routing(record: &ResourceRecordSet) -> Routing {
    let Some(identifier) = record.set_identifier().map(str::to_owned) else { return Routing::Simple };
    if let Some(weight) = record.weight().and_then(|weight| u8::try_from(weight).ok()) {
        Routing::Weighted { identifier, weight }
    } else if let Some(region) = record.region() {
        Routing::Latency { identifier, region: region.as_str().into() }
    } else if let Some(role) = record.failover() {
        let primary = *role == ResourceRecordSetFailover::Primary;
        Routing::Failover {
            identifier,
            role: if primary { FailoverRole::Primary } else { FailoverRole::Secondary },
        }
    } else if record.multi_value_answer() == Some(true) {
        Routing::Several { identifier }
    } else {
        Routing::Other { identifier }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> HostedZoneId {
        HostedZoneId::new("Z1")
    }

    fn record(record_type: RecordType, values: &[&str]) -> RecordSet {
        RecordSet::new(zone(), "*.example.com", record_type, values.iter().copied())
    }

    fn survives(spec: &RecordSet) {
        let seen = show(&zone(), &written(spec, None).unwrap()).unwrap();
        assert_eq!(seen.spec, *spec);
        assert_eq!(Some(deathstar_core::Key::of(seen.id)), deathstar_core::Resource::key(spec));
    }

    #[test]
    fn what_is_written_is_what_is_seen() {
        let one = || record(RecordType::A, &["192.0.2.1"]);
        survives(&one().ttl(60).health_check("check".to_owned()));
        survives(&record(RecordType::Cname, &["Web.Example.com."]));
        survives(&one().weighted("blue", 0));
        let identifier = || "x".to_owned();
        survives(&one().routing(Routing::Latency { identifier: identifier(), region: "eu-west-1".into() }));
        for role in [FailoverRole::Primary, FailoverRole::Secondary] {
            survives(&one().routing(Routing::Failover { identifier: identifier(), role }));
        }
        survives(&one().routing(Routing::Several { identifier: identifier() }));
        let target = (DomainName::new("lb.example.com"), HostedZoneId::new("Z2"));
        survives(&RecordSet::alias(zone(), "x.example.com", RecordType::A, target).while_healthy());
    }

    #[test]
    fn what_cannot_be_declared_is_seen() {
        let base =
            || ResourceRecordSet::builder().name(r"\052.Example.com.").r#type(RrType::A).set_identifier("x");
        let seen = show(&zone(), &base().traffic_policy_instance_id("t").build().unwrap()).unwrap();
        assert_eq!(seen.id.1.as_str(), "*.example.com");
        assert!(matches!(seen.spec.data, RecordData::Other(_)));
        assert!(matches!(seen.spec.routing, Routing::Other { .. }));
        assert!(written(&seen.spec, None).is_err());
        assert!(show(&zone(), &base().r#type(RrType::from("NEW")).build().unwrap()).is_none());
    }

    #[test]
    fn a_health_check_that_is_not_managed_stays() {
        let check = "check".to_owned().into();
        let kept = written(&record(RecordType::A, &["192.0.2.1"]), Some(&check)).unwrap();
        assert_eq!(kept.health_check_id(), Some("check"));
    }
}
