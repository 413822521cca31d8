//! A NAT gateway.

use super::simulated_address;
use crate::{
    Aws,
    id::{AllocationId, NatGatewayId, NetworkInterfaceId, SubnetId},
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Fields, Hold, Identity, Input, Resource, fields, outputs,
    permission::{Call, Permission, Which},
};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// A NAT gateway in one zone: the way out for what has no public address.
///
/// A public one can be made only where the VPC has an internet gateway attached.
///
/// # Permissions
/// `ec2:DescribeNatGateways`; `ec2:CreateNatGateway` with `ec2:CreateTags`; `ec2:CreateTags`, `ec2:DeleteTags`;
/// `ec2:DeleteNatGateway`.
///
/// # Cost
/// Paid by the hour and by the amount of data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NatGateway {
    /// The subnet that it stands in. Another one replaces it.
    pub subnet: Input<SubnetId>,
    /// Where it leads to. Something else replaces it.
    pub connectivity: Connectivity,
}

/// Where a NAT gateway leads to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connectivity {
    /// The internet, from this elastic IP address.
    Public(Input<AllocationId>),
    /// Other networks, from a private address of its subnet.
    Private,
}

impl NatGateway {
    /// A way to the internet, from a subnet with a route to the internet gateway.
    pub fn public(subnet: impl Into<Input<SubnetId>>, address: impl Into<Input<AllocationId>>) -> Self {
        Self { subnet: subnet.into(), connectivity: Connectivity::Public(address.into()) }
    }

    /// A way to other networks.
    pub fn private(subnet: impl Into<Input<SubnetId>>) -> Self {
        Self { subnet: subnet.into(), connectivity: Connectivity::Private }
    }
}

/// What is known of a NAT gateway once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NatGatewayDetails {
    /// The address that the internet sees.
    pub public_ip: Option<Ipv4Addr>,
    /// Its address in the subnet.
    pub private_ip: Option<Ipv4Addr>,
    /// Its network interface.
    pub network_interface: Option<NetworkInterfaceId>,
}

outputs! {
    /// What a declared NAT gateway tells once it is made.
    pub trait NatGatewayOutputs for NatGateway {
        /// The address that the internet sees; a private gateway has none.
        public_ip: Ipv4Addr,
        /// Its address in the subnet.
        private_ip: Ipv4Addr,
        /// Its network interface.
        network_interface: NetworkInterfaceId,
    }
}

impl Resource for NatGateway {
    type Provider = Aws;
    type Id = NatGatewayId;
    type Outputs = NatGatewayDetails;

    const FAMILY: &'static str = "aws.ec2.nat-gateway";
    const IDENTITY: Identity = Identity::Token;
    /// Source: Amazon EC2 API Reference, `CreateNatGateway`; no operation moves a gateway or changes its first address.
    const FIELDS: Fields<Self> = fields!(NatGateway { subnet: Replace, connectivity: Replace });

    fn holds(&self) -> Vec<Hold> {
        match &self.connectivity {
            Connectivity::Public(address) => vec![Hold::life("use-of-elastic-ip", address)],
            Connectivity::Private => vec![],
        }
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "natgateway";
        const CREATE: &str = "ec2:CreateNatGateway";
        match call {
            Call::Find(_) => lists(["ec2:DescribeNatGateways"]),
            Call::Create(spec) => {
                let mut all = creates(CREATE, TYPE);
                all.push(Permission::new(CREATE).on("subnet", &spec.subnet));
                // The subnet says which VPC it is, and that may be one of others.
                all.push(Permission::new(CREATE).on("vpc", Which::Any));
                if let Connectivity::Public(address) = &spec.connectivity {
                    all.push(Permission::new(CREATE).on("elastic-ip", address));
                }
                all
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![on_own("ec2:DeleteNatGateway", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (NatGatewayId, NatGatewayDetails) {
        let public = matches!(self.connectivity, Connectivity::Public(_));
        let low = u8::try_from(serial % 250).unwrap_or(0) + 4;
        let details = NatGatewayDetails {
            public_ip: public.then(|| simulated_address(serial)),
            private_ip: Some(Ipv4Addr::new(10, 0, 0, low)),
            network_interface: Some(NetworkInterfaceId::simulated(serial)),
        };
        (NatGatewayId::simulated(serial), details)
    }
}

#[cfg(feature = "client")]
mod driver {
    use super::{Connectivity, NatGateway, NatGatewayDetails};
    use crate::{
        client::Client,
        error::{incomplete, read, write},
        id::{AllocationId, NatGatewayId, NetworkInterfaceId, SubnetId},
        tags::{created, filter, filters, seen as seen_tags, specification},
    };
    use aws_sdk_ec2::types::{self, ConnectivityType, Filter, NatGatewayState, ResourceType};
    use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};

    /// All states but `deleted`: a deleted gateway stays visible for about an hour.
    const ALIVE: [&str; 4] = ["pending", "available", "failed", "deleting"];

    impl Driver<NatGateway> for Client {
        async fn find(&self, cx: &Cx, want: &Want<NatGatewayId>, found: &mut Found) -> Result<()> {
            for wanted in filters(cx, "nat-gateway-id", want) {
                for gateway in self.list_nat_gateways([filter("state", ALIVE), wanted]).await? {
                    if let Some(state) = alive(&gateway) {
                        found.push(show(&gateway, state)?);
                    }
                }
            }
            Ok(())
        }

        async fn create(&self, cx: &Cx, spec: &Ready<NatGateway>) -> Result<Made<NatGatewayId>> {
            const OPERATION: &str = "ec2:CreateNatGateway";
            let call = self
                .ec2
                .create_nat_gateway()
                .subnet_id(spec.subnet.known()?.as_str())
                .client_token(&*cx.token)
                .tag_specifications(specification(cx, ResourceType::Natgateway));
            let call = match &spec.connectivity {
                Connectivity::Public(address) => {
                    call.connectivity_type(ConnectivityType::Public).allocation_id(address.known()?.as_str())
                }
                Connectivity::Private => call.connectivity_type(ConnectivityType::Private),
            };
            let made = write(OPERATION, call.send()).await?;
            let id = created(OPERATION, made.nat_gateway().and_then(types::NatGateway::nat_gateway_id))?;
            Ok(NatGatewayId::new(id).into())
        }

        async fn delete(&self, _: &Cx, seen: &Seen<NatGateway>) -> Result<Option<Op>> {
            let call = self.ec2.delete_nat_gateway().nat_gateway_id(seen.id.as_str());
            write("ec2:DeleteNatGateway", call.send()).await?;
            Ok(None)
        }

        async fn retag(&self, _: &Cx, seen: &Seen<NatGateway>, set: &Tags, unset: &[String]) -> Result<()> {
            self.retag_object(seen.id.as_str(), set, unset).await
        }
    }

    impl Client {
        pub(crate) async fn list_nat_gateways(
            &self,
            by: impl IntoIterator<Item = Filter>,
        ) -> Result<Vec<types::NatGateway>> {
            let by = by.into_iter().collect();
            let pages = self.ec2.describe_nat_gateways().set_filter(Some(by)).into_paginator();
            read("ec2:DescribeNatGateways", pages.items().send().collect::<Result<Vec<_>, _>>()).await
        }
    }

    /// The state of a gateway that is there.
    fn alive(gateway: &types::NatGateway) -> Option<SeenState> {
        Some(match gateway.state() {
            Some(NatGatewayState::Deleted) => return None,
            Some(NatGatewayState::Failed) => {
                let code = gateway.failure_code().unwrap_or("failed");
                SeenState::Failed(
                    gateway.failure_message().map_or_else(|| code.into(), |text| format!("{code}: {text}")),
                )
            }
            Some(state @ (NatGatewayState::Pending | NatGatewayState::Deleting)) => {
                SeenState::Pending(state.as_str().into())
            }
            _ => SeenState::Ready,
        })
    }

    fn show(gateway: &types::NatGateway, state: SeenState) -> Result<Seen<NatGateway>> {
        let missing = |what| incomplete("ec2:DescribeNatGateways", what);
        let addresses = gateway.nat_gateway_addresses();
        let address =
            addresses.iter().find(|address| address.is_primary() == Some(true)).or(addresses.first());
        let ip = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        let connectivity = if gateway.connectivity_type() == Some(&ConnectivityType::Private) {
            Connectivity::Private
        } else {
            // One that failed or is on its way out may have lost its address.
            let id = address.and_then(|address| address.allocation_id()).unwrap_or_default();
            Connectivity::Public(AllocationId::new(id).into())
        };
        Ok(Seen {
            id: NatGatewayId::new(gateway.nat_gateway_id().ok_or_else(|| missing("id"))?),
            tags: seen_tags(gateway.tags()),
            spec: NatGateway {
                subnet: SubnetId::new(gateway.subnet_id().ok_or_else(|| missing("subnet"))?).into(),
                connectivity,
            },
            outputs: NatGatewayDetails {
                public_ip: ip(address.and_then(|address| address.public_ip())),
                private_ip: ip(address.and_then(|address| address.private_ip())),
                network_interface: address
                    .and_then(|address| address.network_interface_id())
                    .map(NetworkInterfaceId::new),
            },
            state,
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn gateway(state: NatGatewayState) -> types::NatGateway {
            let address =
                types::NatGatewayAddress::builder().allocation_id("eipalloc-1").public_ip("192.0.2.7");
            types::NatGateway::builder()
                .nat_gateway_id("nat-1")
                .subnet_id("subnet-1")
                .state(state)
                .failure_code("Gateway.NotAttached")
                .failure_message("no gateway")
                .nat_gateway_addresses(address.build())
                .build()
        }

        #[test]
        fn a_deleted_gateway_is_not_there() {
            assert_eq!(alive(&gateway(NatGatewayState::Deleted)), None);
        }

        #[test]
        fn states_are_told_apart() {
            let state = |state| alive(&gateway(state)).unwrap();
            assert_eq!(state(NatGatewayState::Available), SeenState::Ready);
            assert_eq!(state(NatGatewayState::Pending), SeenState::Pending("pending".into()));
            assert_eq!(state(NatGatewayState::Deleting), SeenState::Pending("deleting".into()));
            let failed = SeenState::Failed("Gateway.NotAttached: no gateway".into());
            assert_eq!(state(NatGatewayState::Failed), failed);
        }

        #[test]
        fn the_address_is_shown_in_the_shape_of_a_spec() {
            let seen = show(&gateway(NatGatewayState::Available), SeenState::Ready).unwrap();
            assert_eq!(
                seen.spec,
                NatGateway::public(SubnetId::new("subnet-1"), AllocationId::new("eipalloc-1"))
            );
            assert_eq!(seen.outputs.public_ip, Some("192.0.2.7".parse().unwrap()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_used_once() {
        let public =
            |address| NatGateway::public(SubnetId::new("subnet-1"), AllocationId::new(address)).holds();
        assert_eq!(public("eipalloc-1"), public("eipalloc-1"));
        assert_ne!(public("eipalloc-1"), public("eipalloc-2"));
        assert!(NatGateway::private(SubnetId::new("subnet-1")).holds().is_empty());
    }

    #[test]
    fn only_a_public_one_has_a_public_address() {
        let (_, public) = NatGateway::public(SubnetId::new("s"), AllocationId::new("a")).simulate(1);
        let (_, private) = NatGateway::private(SubnetId::new("s")).simulate(1);
        assert!(public.public_ip.is_some() && private.public_ip.is_none());
    }
}
