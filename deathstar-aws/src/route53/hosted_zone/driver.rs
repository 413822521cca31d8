//! The calls of a hosted zone.

use super::{HostedZone, HostedZoneDetails, Visibility, ZoneVpc};
use crate::{
    client::Client,
    error::{incomplete, read, write},
    id::{HostedZoneId, VpcId},
    lookup::{is_wanted, one_by_one, present},
    route53::calls::{bare, under_way},
};
use aws_sdk_route53::{
    operation::get_hosted_zone::GetHostedZoneOutput,
    types::{self, HostedZoneConfig, Tag, TagResourceType, VpcRegion},
};
use deathstar_core::{
    Cx, Driver, Error, Found, Made, Meaning, Op, Progress, Ready, Result, Seen, SeenState, Tags, Want,
    driver::tags::TOKEN,
};
use std::collections::HashMap;

/// The tags of how many zones one call tells.
///
/// Source: Amazon Route 53 API Reference, `ListTagsForResources`.
const ZONES: usize = 10;

const GET: &str = "route53:GetHostedZone";

impl Driver<HostedZone> for Client {
    async fn find(&self, cx: &Cx, want: &Want<HostedZoneId>, found: &mut Found) -> Result<()> {
        let ids = match want {
            Want::Ids(ids) => ids.clone(),
            Want::Owned { token } => {
                let mut zones = self.list_zones().await?;
                zones.retain(|zone| zone.caller_reference() == token);
                zones.iter().map(|zone| HostedZoneId::new(bare(zone.id()))).collect()
            }
            Want::All => {
                self.list_zones().await?.iter().map(|zone| HostedZoneId::new(bare(zone.id()))).collect()
            }
        };
        let mut tags = self.tags_of_zones(&ids).await?;
        let wanted = ids.iter().filter(|id| match want {
            Want::All => tags.get(*id).is_some_and(|tags| is_wanted(cx, want, tags)),
            Want::Ids(_) | Want::Owned { .. } => tags.contains_key(*id),
        });
        let wanted: Vec<&HostedZoneId> = wanted.collect();
        for answer in one_by_one(wanted.into_iter().map(|id| self.read_zone(id))).await? {
            let id = HostedZoneId::new(bare(answer.hosted_zone().map_or("", types::HostedZone::id)));
            let tags = tags.remove(&id).unwrap_or_default();
            found.push(show(&answer, tags, &self.region)?);
        }
        Ok(())
    }

    /// The token is the caller reference. Route 53 refuses one that it knows, rather than to answer the same zone again; that zone
    /// is looked for then. Where it is not listed yet, it is there all the same, and the call has to be repeated.
    async fn create(&self, cx: &Cx, spec: &Ready<HostedZone>) -> Result<Made<HostedZoneId>> {
        const OPERATION: &str = "route53:CreateHostedZone";
        let first = match &spec.visibility {
            Visibility::Public => None,
            Visibility::Private(vpcs) => vpcs.iter().next(),
        };
        let config = HostedZoneConfig::builder()
            .set_comment(spec.comment.clone())
            .private_zone(matches!(spec.visibility, Visibility::Private(_)));
        let call = self
            .route53()
            .create_hosted_zone()
            .name(spec.name.absolute())
            .caller_reference(&*cx.token)
            .hosted_zone_config(config.build())
            .set_vpc(first.map(|vpc| self.vpc_of_zone(vpc)).transpose()?);
        let made = match write(OPERATION, call.send()).await {
            Ok(made) => made,
            Err(error) if *error.meaning() == Meaning::AlreadyExists => {
                let zones = self.list_zones().await?;
                let same = zones.iter().find(|zone| zone.caller_reference() == &*cx.token);
                return same.map(|zone| HostedZoneId::new(bare(zone.id())).into()).ok_or_else(|| {
                    let text = "the zone that an earlier call made is not listed yet";
                    Error::new(Meaning::Transient, text).operation(OPERATION).because(error).effect_unknown()
                });
            }
            Err(error) => return Err(error),
        };
        let id = made.hosted_zone().map(|zone| bare(zone.id())).filter(|id| !id.is_empty());
        let id = HostedZoneId::new(id.ok_or_else(|| incomplete(OPERATION, "id"))?);
        Ok(Made { id, op: under_way(made.change_info()) })
    }

    /// VPCs are added before others are removed: the last one cannot be.
    async fn change(&self, _: &Cx, seen: &Seen<HostedZone>, to: &Ready<HostedZone>) -> Result<Option<Op>> {
        let zone = seen.id.as_str();
        if let (Visibility::Private(is), Visibility::Private(want)) = (&seen.spec.visibility, &to.visibility)
        {
            if let Some(vpc) = want.without(is).next() {
                let vpc = self.vpc_of_zone(vpc)?;
                let call = self.route53().associate_vpc_with_hosted_zone().hosted_zone_id(zone).vpc(vpc);
                let done = write("route53:AssociateVPCWithHostedZone", call.send()).await?;
                return Ok(under_way(done.change_info()));
            }
            if let Some(vpc) = is.without(want).next() {
                let vpc = self.vpc_of_zone(vpc)?;
                let call = self.route53().disassociate_vpc_from_hosted_zone().hosted_zone_id(zone).vpc(vpc);
                let done = write("route53:DisassociateVPCFromHostedZone", call.send()).await?;
                return Ok(under_way(done.change_info()));
            }
        }
        let call = self.route53().update_hosted_zone_comment().id(zone).set_comment(to.comment.clone());
        write("route53:UpdateHostedZoneComment", call.send()).await?;
        Ok(None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<HostedZone>) -> Result<Option<Op>> {
        let call = self.route53().delete_hosted_zone().id(seen.id.as_str());
        write("route53:DeleteHostedZone", call.send()).await?;
        Ok(None)
    }

    async fn retag(&self, _: &Cx, seen: &Seen<HostedZone>, set: &Tags, unset: &[String]) -> Result<()> {
        let add = set.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
        let call = self
            .route53()
            .change_tags_for_resource()
            .resource_type(TagResourceType::Hostedzone)
            .resource_id(seen.id.as_str())
            .set_add_tags((!set.is_empty()).then(|| add.collect()))
            .set_remove_tag_keys((!unset.is_empty()).then(|| unset.to_vec()));
        write("route53:ChangeTagsForResource", call.send()).await.map(|_| ())
    }

    async fn poll(&self, op: &Op) -> Result<Progress> {
        self.progress_of_change(op).await
    }
}

impl Client {
    async fn list_zones(&self) -> Result<Vec<types::HostedZone>> {
        let pages = self.route53().list_hosted_zones().into_paginator();
        read("route53:ListHostedZones", pages.items().send().collect::<Result<Vec<_>, _>>()).await
    }

    async fn read_zone(&self, id: &HostedZoneId) -> Result<Option<GetHostedZoneOutput>> {
        present(read(GET, self.route53().get_hosted_zone().id(id.as_str()).send()).await)
    }

    /// The tags of zones that are there.
    async fn tags_of_zones(&self, ids: &[HostedZoneId]) -> Result<HashMap<HostedZoneId, Tags>> {
        let mut all = HashMap::with_capacity(ids.len());
        let mut left: Vec<&[HostedZoneId]> = ids.chunks(ZONES).collect();
        while let Some(some) = left.pop() {
            let call = self
                .route53()
                .list_tags_for_resources()
                .resource_type(TagResourceType::Hostedzone)
                .set_resource_ids(Some(some.iter().map(ToString::to_string).collect()));
            match present(read("route53:ListTagsForResources", call.send()).await)? {
                Some(answer) => {
                    let sets = answer.resource_tag_sets().iter();
                    let told = |set: &types::ResourceTagSet| {
                        Some((HostedZoneId::new(set.resource_id()?), seen_tags(set.tags())))
                    };
                    all.extend(sets.filter_map(told));
                }
                // One that is gone fails the call for all of them.
                None if some.len() > 1 => left.extend(some.chunks(1)),
                None => {}
            }
        }
        Ok(all)
    }

    fn vpc_of_zone(&self, vpc: &ZoneVpc) -> Result<types::Vpc> {
        let region = vpc.region.as_deref().unwrap_or(&self.region);
        Ok(types::Vpc::builder()
            .vpc_id(vpc.vpc.known()?.as_str())
            .vpc_region(VpcRegion::from(region))
            .build())
    }
}

fn seen_tags(tags: &[Tag]) -> Tags {
    let pair = |tag: &Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
    tags.iter().filter_map(pair).collect()
}

/// A zone. Its caller reference is the token of the call that made it, and stands for the tag until one is written.
fn show(answer: &GetHostedZoneOutput, mut tags: Tags, region: &str) -> Result<Seen<HostedZone>> {
    let zone = answer.hosted_zone().ok_or_else(|| incomplete(GET, "zone"))?;
    tags.entry(TOKEN.into()).or_insert_with(|| zone.caller_reference().into());
    let config = zone.config();
    let visibility = if config.is_some_and(HostedZoneConfig::private_zone) {
        let vpcs = answer.vpcs().iter().filter_map(|vpc| {
            let elsewhere = vpc.vpc_region().map(VpcRegion::as_str).filter(|other| *other != region);
            Some(ZoneVpc { vpc: VpcId::new(vpc.vpc_id()?).into(), region: elsewhere.map(Into::into) })
        });
        Visibility::Private(vpcs.collect())
    } else {
        Visibility::Public
    };
    let servers = answer.delegation_set().map(|set| set.name_servers().to_vec()).unwrap_or_default();
    Ok(Seen {
        id: HostedZoneId::new(bare(zone.id())),
        tags,
        spec: HostedZone {
            name: zone.name().into(),
            visibility,
            comment: Some(config.and_then(HostedZoneConfig::comment).unwrap_or_default().into()),
        },
        outputs: HostedZoneDetails { name_servers: servers },
        state: SeenState::Ready,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(private: bool) -> GetHostedZoneOutput {
        let config = HostedZoneConfig::builder().private_zone(private).comment("c").build();
        let zone = types::HostedZone::builder()
            .id("/hostedzone/Z1")
            .name("Internal.Example.")
            .caller_reference("token")
            .config(config)
            .build()
            .unwrap();
        let vpc = |id: &str, region: &str| types::Vpc::builder().vpc_id(id).vpc_region(region.into()).build();
        let servers = types::DelegationSet::builder().name_servers("ns-1").build().unwrap();
        let answer = GetHostedZoneOutput::builder().hosted_zone(zone);
        if private {
            answer.vpcs(vpc("vpc-2", "us-east-1")).vpcs(vpc("vpc-1", "eu-west-1")).build()
        } else {
            answer.delegation_set(servers).build()
        }
    }

    #[test]
    fn it_is_shown_in_the_shape_of_a_spec() {
        let seen = show(&answer(true), Tags::new(), "eu-west-1").unwrap();
        let elsewhere = ZoneVpc { vpc: VpcId::new("vpc-2").into(), region: Some("us-east-1".into()) };
        let expected =
            HostedZone::private("internal.example", VpcId::new("vpc-1")).and_in(elsewhere).comment("c");
        assert_eq!((seen.id.as_str(), seen.spec), ("Z1", expected));
        let seen = show(&answer(false), Tags::new(), "eu-west-1").unwrap();
        assert_eq!(seen.spec, HostedZone::public("internal.example").comment("c"));
        assert_eq!(seen.outputs.name_servers, ["ns-1"]);
    }

    #[test]
    fn the_caller_reference_proves_whose_it_is_until_a_tag_does() {
        let token = |tags| show(&answer(false), tags, "eu-west-1").unwrap().tags.remove(TOKEN);
        assert_eq!(token(Tags::new()).as_deref(), Some("token"));
        assert_eq!(token(Tags::from([(TOKEN.into(), "imported".into())])).as_deref(), Some("imported"));
    }
}
