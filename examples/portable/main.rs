//! One network on two clouds: the same function, compiled for AWS and for Azure.
//!
//! ```text
//! cargo run --example portable                        a guided tour of both on the in-memory cloud
//! cargo run --example portable -- --cloud azure plan  the same program as a command line
//! cargo run --example portable --features azure -- --cloud azure --live --subscription ID plan
//! ```
#![allow(clippy::print_stdout, reason = "a program that talks to people")]

mod clouds;
mod network;
mod tour;

use clap::{Args, ValueEnum};
use clouds::{CloudKind, NOBODYS, Place};
use deathstar_core::{
    cli::{self, Problem, Program, Setup},
    component::Egress,
    memory::Latency,
    prelude::*,
};
use std::{process::ExitCode, time::Duration};

/// What a user of this program can choose.
#[derive(Clone, Debug, Args)]
struct Options {
    /// The cloud
    #[arg(long, global = true, default_value = "aws")]
    cloud: CloudKind,
    /// The region: `eu-west-1`, or `westeurope`, unless said otherwise
    #[arg(long, global = true)]
    region: Option<String>,
    /// The subscription, on Azure
    #[arg(long, global = true, default_value = NOBODYS)]
    subscription: String,
    /// How private subnets reach the internet
    #[arg(long, global = true, default_value = "per-zone")]
    egress: EgressKind,
    /// Call the cloud itself with the environment's credentials, instead of the in-memory cloud
    #[arg(long, global = true)]
    live: bool,
    /// Call it at another URL, such as that of an emulator on this machine
    #[arg(long, global = true, requires = "live")]
    endpoint: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum EgressKind {
    /// Not at all
    None,
    /// Through one gateway in one zone
    Single,
    /// So that no zone's failure cuts off another
    PerZone,
}

impl From<EgressKind> for Egress {
    fn from(kind: EgressKind) -> Self {
        match kind {
            EgressKind::None => Self::None,
            EgressKind::Single => Self::Single,
            EgressKind::PerZone => Self::PerZone,
        }
    }
}

struct Portable;

impl Program for Portable {
    type Options = Options;

    fn stack(&self, options: &Options) -> Result<Stack, Problem> {
        let Options { cloud, region, subscription, egress, endpoint, .. } = options.clone();
        Ok(Place { cloud, region, subscription, endpoint }.webshop(egress.into()))
    }

    async fn engine(&self, options: &Options, setup: &Setup) -> Result<Engine, Problem> {
        let store = FileStore::open(setup.state())?;
        match (options.live, options.cloud) {
            (false, cloud) => {
                let (latency, poll) = (Latency::between(10, 60), Duration::from_millis(100));
                Ok(Engine::new(
                    store,
                    deathstar_examples::memory(setup.state(), cloud.kinds(), latency, poll)?,
                ))
            }
            (true, CloudKind::Aws) => aws(store, options),
            (true, CloudKind::Azure) => azure(store, options),
        }
    }

    async fn without_command(&self, _: &Options, _: &Setup) -> Option<ExitCode> {
        Some(deathstar_examples::run("portable", async |directory| tour::tour(&directory).await).await)
    }
}

#[cfg(feature = "aws")]
#[expect(clippy::unnecessary_wraps, reason = "built without the feature it fails")]
fn aws(store: FileStore, options: &Options) -> Result<Engine, Problem> {
    let credentials = deathstar_aws::Credentials::from_env();
    Ok(Engine::new(
        store,
        match &options.endpoint {
            Some(url) => credentials.endpoint(url),
            None => credentials,
        },
    ))
}

#[cfg(not(feature = "aws"))]
fn aws(_: FileStore, _: &Options) -> Result<Engine, Problem> {
    Err(missing("AWS", "aws"))
}

#[cfg(feature = "azure")]
#[expect(clippy::unnecessary_wraps, reason = "built without the feature it fails")]
fn azure(store: FileStore, _: &Options) -> Result<Engine, Problem> {
    Ok(Engine::new(store, deathstar_azure::Credentials::from_env()))
}

#[cfg(not(feature = "azure"))]
fn azure(_: FileStore, _: &Options) -> Result<Engine, Problem> {
    Err(missing("Azure", "azure"))
}

#[cfg(not(all(feature = "aws", feature = "azure")))]
fn missing(cloud: &str, feature: &str) -> Problem {
    let command =
        format!("cargo run --example portable --features {feature} -- --cloud {feature} --live plan");
    Problem::new(format!("this program was built without {cloud}"))
        .hint(format!("build it with its SDK: {command}"))
}

fn main() -> ExitCode {
    cli::run(&Portable)
}
