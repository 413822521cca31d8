//! The network of a cluster: a VPC that is made, or one that others own.

mod declare;
mod existing;
mod layout;
mod refs;
mod vpc;

pub use existing::{ExistingVpc, TierTag, VpcLookup, VpcTiers};
pub use refs::{RouteTableRefs, VpcRefs};
pub use vpc::{Nat, Vpc};

use crate::Aws;
use deathstar_core::component::{Egress, Network, NetworkSpec, PortableNetwork};

impl From<NetworkSpec> for Vpc {
    fn from(spec: NetworkSpec) -> Self {
        let nat = match spec.egress {
            Egress::None => Nat::None,
            Egress::Single => Nat::Single,
            Egress::PerZone => Nat::PerZone,
        };
        Self::new(spec.range).zones(spec.zones).nat(nat)
    }
}

impl Network for Vpc {}

impl PortableNetwork for Aws {
    type Network = Vpc;
}
