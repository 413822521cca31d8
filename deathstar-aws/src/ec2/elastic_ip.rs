//! An elastic IP address.

use super::{BY_TAG, simulated_address};
use crate::{
    Aws,
    id::AllocationId,
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Fields, Identity, Resource, fields, outputs,
    permission::{Call, Permission, Which},
};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// An elastic IP address: a public IPv4 address that stays the same until it is released.
///
/// # Permissions
/// `ec2:DescribeAddresses`; `ec2:AllocateAddress` with `ec2:CreateTags`; `ec2:CreateTags`, `ec2:DeleteTags`;
/// `ec2:ReleaseAddress`.
///
/// # Cost
/// Paid by the hour, in use or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ElasticIp {
    /// The pool that it is taken from, such as one of addresses that the account brought along. Another one replaces it.
    pub public_ipv4_pool: Option<String>,
}

impl ElasticIp {
    /// An address of Amazon's pool.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes it from another pool.
    #[must_use]
    pub fn pool(mut self, pool: impl Into<String>) -> Self {
        self.public_ipv4_pool = Some(pool.into());
        self
    }
}

/// What is known of an address once it is allocated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ElasticIpDetails {
    /// The address.
    pub public_ip: Ipv4Addr,
}

outputs! {
    /// What a declared address tells once it is allocated.
    pub trait ElasticIpOutputs for ElasticIp {
        /// The address.
        public_ip: Ipv4Addr,
    }
}

impl Resource for ElasticIp {
    type Provider = Aws;
    type Id = AllocationId;
    type Outputs = ElasticIpDetails;

    const FAMILY: &'static str = "aws.ec2.elastic-ip";
    const IDENTITY: Identity = BY_TAG;
    /// Source: Amazon EC2 API Reference, `AllocateAddress`; no operation moves an address to another pool.
    const FIELDS: Fields<Self> = fields!(ElasticIp { public_ipv4_pool: Replace });

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "elastic-ip";
        match call {
            Call::Find(_) => lists(["ec2:DescribeAddresses"]),
            Call::Create(spec) => {
                let mut all = creates("ec2:AllocateAddress", TYPE);
                if let Some(pool) = &spec.public_ipv4_pool {
                    all.push(
                        Permission::new("ec2:AllocateAddress").on("ipv4pool-ec2", Which::One(pool.clone())),
                    );
                }
                all
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![on_own("ec2:ReleaseAddress", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (AllocationId, ElasticIpDetails) {
        (AllocationId::simulated(serial), ElasticIpDetails { public_ip: simulated_address(serial) })
    }
}

#[cfg(feature = "client")]
mod driver {
    use super::{ElasticIp, ElasticIpDetails};
    use crate::{
        client::Client,
        error::{incomplete, read, write},
        id::AllocationId,
        tags::{created, filters, seen as seen_tags, specification},
    };
    use aws_sdk_ec2::types::{self, DomainType, ResourceType};
    use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};

    impl Driver<ElasticIp> for Client {
        /// `DescribeAddresses` has no pages.
        async fn find(&self, cx: &Cx, want: &Want<AllocationId>, found: &mut Found) -> Result<()> {
            for wanted in filters(cx, "allocation-id", want) {
                let call = self.ec2.describe_addresses().filters(wanted);
                for address in read("ec2:DescribeAddresses", call.send()).await?.addresses() {
                    found.push(show(address)?);
                }
            }
            Ok(())
        }

        async fn create(&self, cx: &Cx, spec: &Ready<ElasticIp>) -> Result<Made<AllocationId>> {
            const OPERATION: &str = "ec2:AllocateAddress";
            let call = self
                .ec2
                .allocate_address()
                .domain(DomainType::Vpc)
                .set_public_ipv4_pool(spec.public_ipv4_pool.clone())
                .tag_specifications(specification(cx, ResourceType::ElasticIp));
            let made = write(OPERATION, call.send()).await?;
            Ok(AllocationId::new(created(OPERATION, made.allocation_id())?).into())
        }

        async fn delete(&self, _: &Cx, seen: &Seen<ElasticIp>) -> Result<Option<Op>> {
            let call = self.ec2.release_address().allocation_id(seen.id.as_str());
            write("ec2:ReleaseAddress", call.send()).await?;
            Ok(None)
        }

        async fn retag(&self, _: &Cx, seen: &Seen<ElasticIp>, set: &Tags, unset: &[String]) -> Result<()> {
            self.retag_object(seen.id.as_str(), set, unset).await
        }
    }

    fn show(address: &types::Address) -> Result<Seen<ElasticIp>> {
        let missing = |what| incomplete("ec2:DescribeAddresses", what);
        let public_ip = address.public_ip().and_then(|text| text.parse().ok());
        Ok(Seen {
            id: AllocationId::new(address.allocation_id().ok_or_else(|| missing("id"))?),
            tags: seen_tags(address.tags()),
            spec: ElasticIp { public_ipv4_pool: address.public_ipv4_pool().map(Into::into) },
            outputs: ElasticIpDetails { public_ip: public_ip.ok_or_else(|| missing("address"))? },
            state: SeenState::Ready,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_is_not_managed_unless_it_is_named() {
        assert_eq!(serde_json::to_string(&ElasticIp::new()).unwrap(), r#"{"public_ipv4_pool":null}"#);
        assert_eq!(
            ElasticIp::new().pool("ipv4pool-ec2-1").public_ipv4_pool.as_deref(),
            Some("ipv4pool-ec2-1")
        );
    }
}
