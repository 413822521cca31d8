//! What runs in the network: clusters, pools, machines.

use super::{NetworkId, SegmentId};
use crate::kinds::{Imagined, ids};
use deathstar_core::{Fields, Hold, Identity, Input, Key, Resource, Stakes, fields};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

ids! {
    /// Of a pool.
    PoolId "pool",
    /// Of a machine.
    MachineId "machine",
}

/// Of a cluster: its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClusterId(pub String);

/// A cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The network.
    pub network: Input<NetworkId>,
    /// Where its control plane is reached.
    pub segments: Vec<Input<SegmentId>>,
    /// The range of its services.
    pub service_range: String,
    /// Which logs it writes.
    pub logs: Vec<String>,
    /// Whether it answers from outside.
    pub public: bool,
}

/// What a cluster tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterValues {
    /// Where it answers.
    pub endpoint: String,
    /// Who signs its tokens.
    pub issuer: String,
}

impl Resource for Cluster {
    type Provider = Imagined;
    type Id = ClusterId;
    type Outputs = ClusterValues;
    const FAMILY: &'static str = "bench.cluster";
    const STAKES: Stakes = Stakes::Cluster;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    const FIELDS: Fields<Self> = fields!(Cluster {
        name: Replace,
        version: Update,
        network: Replace,
        segments: Update,
        service_range: Replace,
        logs: Update,
        public: Update,
    });
    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.name))
    }
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::operation("cluster", &self.name)]
    }
    fn simulate(&self, _: u64) -> (ClusterId, ClusterValues) {
        let values = ClusterValues {
            endpoint: format!("https://{}.clusters.example", self.name),
            issuer: format!("https://issuer.example/{}", self.name),
        };
        (ClusterId(self.name.clone()), values)
    }
}

/// A pool of a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    /// The cluster.
    pub cluster: Input<ClusterId>,
    /// Its version.
    pub version: Input<String>,
    /// Where its nodes stand.
    pub segment: Input<SegmentId>,
    /// How large its nodes are.
    pub sizes: Vec<String>,
    /// How many nodes it has at the least.
    pub least: u32,
    /// How many nodes it has at the most.
    pub most: u32,
    /// What its nodes are labelled with.
    pub labels: BTreeMap<String, String>,
}

impl Resource for Pool {
    type Provider = Imagined;
    type Id = PoolId;
    type Outputs = ();
    const FAMILY: &'static str = "bench.pool";
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> = fields!(Pool {
        cluster: Replace,
        version: Update,
        segment: Replace,
        sizes: Replace,
        least: Update,
        most: Update,
        labels: Update,
    });
    fn simulate(&self, serial: u64) -> (PoolId, ()) {
        (PoolId::nth(serial), ())
    }
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Where it stands.
    pub segment: Input<SegmentId>,
    /// What runs on it.
    pub image: String,
    /// How large it is.
    pub size: String,
    /// How large its disk is, in GiB.
    pub disk: u32,
    /// What its disk is.
    pub disk_kind: String,
    /// Whether it is watched closely.
    pub monitoring: bool,
    /// What it does at its start.
    pub script: String,
    /// The address of another machine that it is told.
    pub peer: Option<Input<String>>,
}

/// What a machine tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachineValues {
    /// Its address.
    pub address: String,
}

impl Resource for Machine {
    type Provider = Imagined;
    type Id = MachineId;
    type Outputs = MachineValues;
    const FAMILY: &'static str = "bench.machine";
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> = fields!(Machine {
        segment: Replace,
        image: Replace,
        size: Update,
        disk: Update,
        disk_kind: Update,
        monitoring: Update,
        script: Update,
        peer: Update,
    });
    fn simulate(&self, serial: u64) -> (MachineId, MachineValues) {
        let values = MachineValues {
            address: format!("10.{}.{}.{}", serial >> 16 & 255, serial >> 8 & 255, serial & 255),
        };
        (MachineId::nth(serial), values)
    }
}
