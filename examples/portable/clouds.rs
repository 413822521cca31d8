//! The clouds of this program, and what each calls its parts.

use crate::network::webshop;
use clap::ValueEnum;
use deathstar_aws::{Account, Aws};
use deathstar_azure::{Azure, Subscription};
use deathstar_core::{Catalogue, component::Egress, prelude::*};
use serde_json::Value;

/// A cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CloudKind {
    /// Amazon Web Services
    Aws,
    /// Microsoft Azure
    Azure,
}

/// Where the network is made.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) cloud: CloudKind,
    pub(crate) region: Option<String>,
    /// On Azure.
    pub(crate) subscription: String,
    /// Instead of the cloud's own.
    pub(crate) endpoint: Option<String>,
}

impl CloudKind {
    /// All kinds of objects that it has.
    pub(crate) fn kinds(self) -> Catalogue {
        match self {
            Self::Aws => deathstar_aws::kinds(),
            Self::Azure => deathstar_azure::kinds(),
        }
    }

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
        }
    }

    /// What somebody does there by hand: opens a subnet, by this field of this kind, and deletes a rule of this kind.
    pub(crate) fn accident(self) -> Accident {
        match self {
            Self::Aws => Accident {
                subnet: "aws.ec2.subnet",
                field: "map_public_ip_on_launch",
                rule: "aws.ec2.security-group-rule",
            },
            Self::Azure => Accident {
                subnet: "azure.network.subnet",
                field: "default_outbound_access",
                rule: "azure.network.security-rule",
            },
        }
    }
}

/// What somebody does by hand.
pub(crate) struct Accident {
    pub(crate) subnet: &'static str,
    pub(crate) field: &'static str,
    pub(crate) rule: &'static str,
}

impl Accident {
    /// What the field says then.
    pub(crate) const OPEN: Value = Value::Bool(true);
}

impl Place {
    /// The tour's place in a cloud.
    pub(crate) fn of_tour(cloud: CloudKind) -> Self {
        Self { cloud, region: None, subscription: NOBODYS.into(), endpoint: None }
    }

    /// The webshop's stack there.
    pub(crate) fn webshop(&self, egress: Egress) -> Stack {
        match self.cloud {
            CloudKind::Aws => {
                let region = self.region.as_deref().unwrap_or("eu-west-1");
                webshop::<Aws>(Account::region(region), egress).0
            }
            CloudKind::Azure => {
                let location = self.region.as_deref().unwrap_or("westeurope");
                let subscription = Subscription::new(&self.subscription, location);
                let subscription = match &self.endpoint {
                    Some(url) => subscription.endpoint(url),
                    None => subscription,
                };
                webshop::<Azure>(subscription, egress).0
            }
        }
    }
}

/// The subscription of the in-memory cloud.
pub(crate) const NOBODYS: &str = "11111111-2222-3333-4444-555555555555";
