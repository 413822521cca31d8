//! Groups of workloads.

use super::ClientPorts;
use crate::model::Tier;
use serde::{Deserialize, Serialize};

/// A group of workloads in one tier: a security group on AWS, an application security group on Azure.
///
/// It stands in one tier alone, so that rules about the tier and rules about the group never admit more together than each does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Group {
    /// Its name, a segment of an address.
    pub name: String,
    /// Where its members stand.
    pub tier: Tier,
    /// From which ports its members send.
    pub client_ports: ClientPorts,
    /// What it is, for people.
    pub about: String,
}

impl Group {
    /// The group of the private endpoints of the cloud's APIs, which a network with endpoints has by itself.
    pub const ENDPOINTS: &'static str = "endpoints";

    /// A group of Linux machines in a tier.
    pub fn new(name: impl Into<String>, tier: Tier) -> Self {
        let name = name.into();
        Self { about: name.clone(), name, tier, client_ports: ClientPorts::default() }
    }

    /// From which ports its members send: those of Linux unless said otherwise.
    #[must_use]
    pub fn client_ports(mut self, ports: ClientPorts) -> Self {
        self.client_ports = ports;
        self
    }

    /// What it is, for people.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }
}
