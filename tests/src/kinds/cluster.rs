//! Clusters and their pools: one version at a time.

use super::{Imagined, NetId, ids};
use deathstar_core::{
    Fields, Hold, Identity, Input, Key, Repair, Resource, Stakes, fields, outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

ids! {
    /// Of a pool.
    PoolId "pool",
}

/// Of a cluster: its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClusterId(pub String);

/// A cluster: identified by its name, updated one version at a time, one operation at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// The network.
    pub net: Input<NetId>,
    /// Its version.
    pub version: u32,
}

/// What a cluster tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterValues {
    /// Where it answers.
    pub endpoint: String,
}

outputs! {
    /// What a cluster tells.
    pub trait ClusterOutputs for Cluster {
        /// Where it answers.
        endpoint: String,
    }
}

impl Resource for Cluster {
    type Provider = Imagined;
    type Id = ClusterId;
    type Outputs = ClusterValues;
    const FAMILY: &'static str = "imagined.cluster";
    const STAKES: Stakes = Stakes::Cluster;
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    const FIELDS: Fields<Self> = fields!(Cluster { name: Replace, net: Replace, version: Update });
    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.name))
    }
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::operation("cluster", &self.name)]
    }
    fn toward(&self, prior: &Self) -> Self {
        Self { version: self.version.min(prior.version + 1), ..self.clone() }
    }
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        super::permissions(call)
    }
    fn simulate(&self, _: u64) -> (ClusterId, ClusterValues) {
        (ClusterId(self.name.clone()), ClusterValues { endpoint: format!("https://{}.example", self.name) })
    }
}

/// A pool of a cluster, whose version follows the cluster's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    /// The cluster.
    pub cluster: Input<ClusterId>,
    /// Its version.
    pub version: Input<u32>,
    /// How many nodes it has.
    pub nodes: u32,
}

impl Resource for Pool {
    type Provider = Imagined;
    type Id = PoolId;
    type Outputs = ();
    const FAMILY: &'static str = "imagined.pool";
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> = fields!(Pool { cluster: Replace, version: Update, nodes: Update });
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::operation("cluster", &self.cluster)]
    }
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        super::permissions(call)
    }
    fn simulate(&self, serial: u64) -> (PoolId, ()) {
        (PoolId::nth(serial), ())
    }
}
