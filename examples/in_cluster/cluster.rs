//! A kind of resource of this program's own: a Kubernetes cluster on this machine, which the same plan makes that fills it.

use deathstar_core::{
    Connection, Fields, Identity, Key, Provider, Resource, Stakes, Verb, fields, outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

/// Whoever makes clusters on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local;

/// This machine: there is nothing to choose.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ThisMachine;

impl Provider for Local {
    const NAME: &'static str = "local";
    type Config = ThisMachine;
}

impl Connection for ThisMachine {
    type Provider = Local;
}

/// A cluster on this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LocalCluster {
    /// Its name.
    pub(crate) name: String,
    /// How many nodes it has.
    pub(crate) nodes: usize,
}

/// What is known of a cluster once it is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LocalClusterValues {
    /// The URL of its API server.
    pub(crate) endpoint: String,
    /// The certificate of who signs for the API server, as PEM.
    pub(crate) authority: String,
}

outputs! {
    /// What a cluster tells once it is made.
    pub(crate) trait LocalClusterOutputs for LocalCluster {
        /// The URL of its API server.
        endpoint: String,
        /// The certificate of who signs for the API server, as PEM.
        authority: String,
    }
}

impl Resource for LocalCluster {
    type Provider = Local;
    type Id = String;
    type Outputs = LocalClusterValues;

    const FAMILY: &'static str = "local.cluster";
    const STAKES: Stakes = Stakes::Cluster;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    const FIELDS: Fields<Self> = fields!(LocalCluster { name: Replace, nodes: Replace });

    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.name))
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        match call.verb() {
            Verb::Create | Verb::Delete => vec![Permission::new("local:run-programs")],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (String, LocalClusterValues) {
        let endpoint = format!("https://127.0.0.1:{}", 40_000 + serial % 10_000);
        (self.name.clone(), LocalClusterValues { endpoint, authority: "-----BEGIN CERTIFICATE-----".into() })
    }
}
