//! The calls of an egress-only internet gateway.

use super::EgressOnlyInternetGateway;
use crate::{
    client::Client,
    error::{incomplete, read, write},
    id::{EgressOnlyInternetGatewayId, VpcId},
    lookup::is_wanted,
    tags::{created, filters, seen as seen_tags, specification},
};
use aws_sdk_ec2::types::{self, AttachmentStatus, Filter, ResourceType};
use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};

impl Driver<EgressOnlyInternetGateway> for Client {
    /// The API has no filter of ids, and a region has few of these gateways: for ids all of them are listed. What comes is sorted
    /// out once more, for filters of it are not known everywhere.
    async fn find(&self, cx: &Cx, want: &Want<EgressOnlyInternetGatewayId>, found: &mut Found) -> Result<()> {
        let by = match want {
            Want::Ids(_) => vec![],
            other => filters(cx, "", other),
        };
        for gateway in self.list_egress_only_gateways(by).await? {
            let Some(seen) = show(&gateway)? else { continue };
            let wanted = match want {
                Want::Ids(ids) => ids.contains(&seen.id),
                other => is_wanted(cx, other, &seen.tags),
            };
            if wanted {
                found.push(seen);
            }
        }
        Ok(())
    }

    async fn create(
        &self,
        cx: &Cx,
        spec: &Ready<EgressOnlyInternetGateway>,
    ) -> Result<Made<EgressOnlyInternetGatewayId>> {
        const OPERATION: &str = "ec2:CreateEgressOnlyInternetGateway";
        let call = self
            .ec2
            .create_egress_only_internet_gateway()
            .vpc_id(spec.vpc.known()?.as_str())
            .client_token(&*cx.token)
            .tag_specifications(specification(cx, ResourceType::EgressOnlyInternetGateway));
        let made = write(OPERATION, call.send()).await?;
        let gateway = made.egress_only_internet_gateway();
        let id = created(OPERATION, gateway.and_then(|gateway| gateway.egress_only_internet_gateway_id()))?;
        Ok(EgressOnlyInternetGatewayId::new(id).into())
    }

    async fn delete(&self, _: &Cx, seen: &Seen<EgressOnlyInternetGateway>) -> Result<Option<Op>> {
        let call =
            self.ec2.delete_egress_only_internet_gateway().egress_only_internet_gateway_id(seen.id.as_str());
        write("ec2:DeleteEgressOnlyInternetGateway", call.send()).await?;
        Ok(None)
    }

    async fn retag(
        &self,
        _: &Cx,
        seen: &Seen<EgressOnlyInternetGateway>,
        set: &Tags,
        unset: &[String],
    ) -> Result<()> {
        self.retag_object(seen.id.as_str(), set, unset).await
    }
}

impl Client {
    async fn list_egress_only_gateways(
        &self,
        by: Vec<Filter>,
    ) -> Result<Vec<types::EgressOnlyInternetGateway>> {
        let pages = self.ec2.describe_egress_only_internet_gateways().set_filters(Some(by)).into_paginator();
        let all = pages.items().send().collect::<Result<Vec<_>, _>>();
        read("ec2:DescribeEgressOnlyInternetGateways", all).await
    }
}

/// A gateway that is attached: one that is detached is on its way out, and cannot be attached again.
fn show(gateway: &types::EgressOnlyInternetGateway) -> Result<Option<Seen<EgressOnlyInternetGateway>>> {
    let id = gateway.egress_only_internet_gateway_id();
    let id = id.ok_or_else(|| incomplete("ec2:DescribeEgressOnlyInternetGateways", "id"))?;
    let Some(attachment) = gateway.attachments().first() else { return Ok(None) };
    let state = match attachment.state() {
        Some(AttachmentStatus::Detached) => return Ok(None),
        Some(state @ (AttachmentStatus::Attaching | AttachmentStatus::Detaching)) => {
            SeenState::Pending(state.as_str().into())
        }
        _ => SeenState::Ready,
    };
    let Some(vpc) = attachment.vpc_id() else { return Ok(None) };
    Ok(Some(Seen {
        id: EgressOnlyInternetGatewayId::new(id),
        tags: seen_tags(gateway.tags()),
        spec: EgressOnlyInternetGateway::of(VpcId::new(vpc)),
        outputs: (),
        state,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::InternetGatewayAttachment;

    fn gateway(state: Option<AttachmentStatus>) -> types::EgressOnlyInternetGateway {
        let attachment =
            state.map(|state| InternetGatewayAttachment::builder().vpc_id("vpc-1").state(state).build());
        types::EgressOnlyInternetGateway::builder()
            .egress_only_internet_gateway_id("eigw-1")
            .set_attachments(attachment.map(|attachment| vec![attachment]))
            .build()
    }

    #[test]
    fn a_gateway_is_there_while_it_is_attached() {
        let state = |state| show(&gateway(Some(state))).unwrap().map(|seen| seen.state);
        assert_eq!(state(AttachmentStatus::Attached), Some(SeenState::Ready));
        assert_eq!(state(AttachmentStatus::Attaching), Some(SeenState::Pending("attaching".into())));
        assert_eq!(state(AttachmentStatus::Detaching), Some(SeenState::Pending("detaching".into())));
        assert_eq!(state(AttachmentStatus::Detached), None);
        assert!(show(&gateway(None)).unwrap().is_none());
    }
}
