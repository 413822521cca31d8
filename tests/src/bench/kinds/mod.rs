//! Kinds with specs as large as those of a real cloud: a network of three tiers, and the clusters, pools and machines in it.

mod compute;
mod network;

pub use compute::{Cluster, ClusterId, ClusterValues, Machine, MachineId, MachineValues, Pool, PoolId};
pub use network::{
    Association, Gateway, GatewayId, Nat, NatId, Network, NetworkId, PublicAddress, PublicAddressId, Route,
    Segment, SegmentId, Table, TableId, Target,
};

use deathstar_core::Catalogue;

/// All kinds of the benchmarks.
pub fn kinds() -> Catalogue {
    Catalogue::new()
        .kind::<Network>()
        .kind::<Segment>()
        .kind::<Gateway>()
        .kind::<PublicAddress>()
        .kind::<Nat>()
        .kind::<Table>()
        .kind::<Route>()
        .kind::<Association>()
        .kind::<Cluster>()
        .kind::<Pool>()
        .kind::<Machine>()
}
