//! An internet gateway.

use super::BY_TAG;
use crate::{
    Aws,
    id::{InternetGatewayId, VpcId},
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Fields, Hold, Identity, Input, Resource, fields,
    permission::{Call, Permission, Which},
};
use serde::{Deserialize, Serialize};

/// An internet gateway: the way between a VPC and the internet for what has a public address.
///
/// # Permissions
/// `ec2:DescribeInternetGateways`; `ec2:CreateInternetGateway` with `ec2:CreateTags`; `ec2:AttachInternetGateway`,
/// `ec2:DetachInternetGateway`, `ec2:CreateTags`, `ec2:DeleteTags`; `ec2:DetachInternetGateway`,
/// `ec2:DeleteInternetGateway`.
///
/// # Cost
/// None; traffic is paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InternetGateway {
    /// The VPC that it is attached to. It is attached, and moved to another one, in place.
    pub vpc: Option<Input<VpcId>>,
}

impl InternetGateway {
    /// The gateway of a VPC.
    pub fn of(vpc: impl Into<Input<VpcId>>) -> Self {
        Self { vpc: Some(vpc.into()) }
    }
}

impl Resource for InternetGateway {
    type Provider = Aws;
    type Id = InternetGatewayId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.ec2.internet-gateway";
    const IDENTITY: Identity = BY_TAG;
    /// Source: Amazon EC2 API Reference, `AttachInternetGateway` and `DetachInternetGateway`.
    const FIELDS: Fields<Self> = fields!(InternetGateway { vpc: Update });

    fn holds(&self) -> Vec<Hold> {
        self.vpc.iter().map(|vpc| Hold::life("internet-gateway-of-vpc", vpc)).collect()
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "internet-gateway";
        /// A call between a gateway and its VPC is authorised on both.
        fn both(
            action: &'static str,
            id: Option<&InternetGatewayId>,
            vpc: impl Into<Which>,
        ) -> [Permission; 2] {
            [on_own(action, TYPE, id), Permission::new(action).on("vpc", vpc)]
        }
        match call {
            Call::Find(_) => lists(["ec2:DescribeInternetGateways"]),
            Call::Create(spec) => {
                let attach = spec.vpc.iter().flat_map(|vpc| both("ec2:AttachInternetGateway", None, vpc));
                creates("ec2:CreateInternetGateway", TYPE).into_iter().chain(attach).collect()
            }
            Call::Change { object, to, .. } => {
                let detach = object.spec.vpc.iter();
                let detach = detach.flat_map(|vpc| both("ec2:DetachInternetGateway", object.id, vpc));
                let attach = to.vpc.iter();
                let attach = attach.flat_map(|vpc| both("ec2:AttachInternetGateway", object.id, vpc));
                detach.chain(attach).collect()
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => {
                let vpc = object.spec.vpc.as_ref().map_or(Which::Any, Into::into);
                let detach = both("ec2:DetachInternetGateway", object.id, vpc);
                detach.into_iter().chain([on_own("ec2:DeleteInternetGateway", TYPE, object.id)]).collect()
            }
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (InternetGatewayId, ()) {
        (InternetGatewayId::simulated(serial), ())
    }
}

#[cfg(feature = "client")]
mod driver {
    use super::InternetGateway;
    use crate::{
        client::Client,
        error::{incomplete, read, write},
        id::{InternetGatewayId, VpcId},
        tags::{created, filters, seen as seen_tags, specification},
    };
    use aws_sdk_ec2::types::{self, AttachmentStatus, ResourceType};
    use deathstar_core::{Cx, Driver, Found, Made, Meaning, Op, Ready, Result, Seen, SeenState, Tags, Want};

    impl Driver<InternetGateway> for Client {
        async fn find(&self, cx: &Cx, want: &Want<InternetGatewayId>, found: &mut Found) -> Result<()> {
            for filter in filters(cx, "internet-gateway-id", want) {
                let pages = self.ec2.describe_internet_gateways().filters(filter).into_paginator();
                let all = pages.items().send().collect::<Result<Vec<_>, _>>();
                for gateway in read("ec2:DescribeInternetGateways", all).await? {
                    found.push(show(&gateway)?);
                }
            }
            Ok(())
        }

        async fn create(&self, cx: &Cx, _: &Ready<InternetGateway>) -> Result<Made<InternetGatewayId>> {
            const OPERATION: &str = "ec2:CreateInternetGateway";
            let tags = specification(cx, ResourceType::InternetGateway);
            let made =
                write(OPERATION, self.ec2.create_internet_gateway().tag_specifications(tags).send()).await?;
            let id = created(
                OPERATION,
                made.internet_gateway().and_then(types::InternetGateway::internet_gateway_id),
            )?;
            Ok(InternetGatewayId::new(id).into())
        }

        async fn change(
            &self,
            _: &Cx,
            seen: &Seen<InternetGateway>,
            to: &Ready<InternetGateway>,
        ) -> Result<Option<Op>> {
            match (&seen.spec.vpc, &to.vpc) {
                (Some(attached), _) => self.detach(&seen.id, attached.known()?).await?,
                (None, Some(vpc)) => {
                    let call = self
                        .ec2
                        .attach_internet_gateway()
                        .internet_gateway_id(seen.id.as_str())
                        .vpc_id(vpc.known()?.as_str());
                    match write("ec2:AttachInternetGateway", call.send()).await {
                        // What was seen is older than the last call: the next look shows where it is attached.
                        Err(error) if *error.meaning() == Meaning::AlreadyExists => {}
                        attached => attached.map(|_| ())?,
                    }
                }
                (None, None) => {}
            }
            Ok(None)
        }

        /// Detaches it, then deletes it.
        async fn delete(&self, _: &Cx, seen: &Seen<InternetGateway>) -> Result<Option<Op>> {
            if let Some(attached) = &seen.spec.vpc {
                self.detach(&seen.id, attached.known()?).await?;
            } else {
                let call = self.ec2.delete_internet_gateway().internet_gateway_id(seen.id.as_str());
                write("ec2:DeleteInternetGateway", call.send()).await?;
            }
            Ok(None)
        }

        async fn retag(
            &self,
            _: &Cx,
            seen: &Seen<InternetGateway>,
            set: &Tags,
            unset: &[String],
        ) -> Result<()> {
            self.retag_object(seen.id.as_str(), set, unset).await
        }
    }

    impl Client {
        async fn detach(&self, gateway: &InternetGatewayId, from: &VpcId) -> Result<()> {
            let call = self
                .ec2
                .detach_internet_gateway()
                .internet_gateway_id(gateway.as_str())
                .vpc_id(from.as_str());
            write("ec2:DetachInternetGateway", call.send()).await.map(|_| ())
        }
    }

    fn show(gateway: &types::InternetGateway) -> Result<Seen<InternetGateway>> {
        let id =
            gateway.internet_gateway_id().ok_or_else(|| incomplete("ec2:DescribeInternetGateways", "id"))?;
        let attachment = gateway
            .attachments()
            .iter()
            .find(|attachment| attachment.state() != Some(&AttachmentStatus::Detached));
        let state = match attachment.and_then(|attachment| attachment.state()) {
            Some(state @ (AttachmentStatus::Attaching | AttachmentStatus::Detaching)) => {
                SeenState::Pending(state.as_str().into())
            }
            _ => SeenState::Ready,
        };
        let vpc = attachment.and_then(|attachment| attachment.vpc_id());
        Ok(Seen {
            id: InternetGatewayId::new(id),
            tags: seen_tags(gateway.tags()),
            spec: InternetGateway { vpc: vpc.map(|vpc| VpcId::new(vpc).into()) },
            outputs: (),
            state,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vpc_has_one_gateway() {
        let holds = |vpc| InternetGateway::of(VpcId::new(vpc)).holds();
        assert_eq!(holds("vpc-1"), holds("vpc-1"));
        assert_ne!(holds("vpc-1"), holds("vpc-2"));
        assert!(InternetGateway { vpc: None }.holds().is_empty());
    }
}
