//! The webshop's network: over several zones, with public, private and intra subnets, NAT gateways and routes.
//!
//! ```text
//! cargo run --example quickstart                     a guided tour on the in-memory cloud
//! cargo run --example quickstart -- plan             the same program as a command line
//! cargo run --example quickstart --features aws -- --cloud aws plan
//! ```
#![allow(clippy::print_stdout, reason = "a program that talks to people")]

mod tour;
mod webshop;

use clap::{Args, ValueEnum};
use deathstar_aws::Nat;
use deathstar_core::{
    cli::{self, Problem, Program, Setup},
    memory::Latency,
    prelude::*,
};
use std::{path::Path, process::ExitCode, time::Duration};

/// What a user of this program can choose.
#[derive(Clone, Debug, Args)]
struct Options {
    /// Where the network lives
    #[arg(long, global = true, default_value = "memory")]
    cloud: CloudKind,
    /// The region
    #[arg(long, global = true, default_value = "eu-west-1")]
    region: String,
    /// Over how many zones
    #[arg(long, global = true, default_value_t = 3)]
    zones: u8,
    /// How private subnets reach the internet
    #[arg(long, global = true, default_value = "per-zone")]
    nat: NatKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CloudKind {
    /// In a file beside the state; no account is needed
    Memory,
    /// In the AWS account of the environment's credentials
    Aws,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum NatKind {
    /// Not at all
    None,
    /// Through one gateway
    Single,
    /// Through one gateway per zone
    PerZone,
}

impl From<NatKind> for Nat {
    fn from(kind: NatKind) -> Self {
        match kind {
            NatKind::None => Self::None,
            NatKind::Single => Self::Single,
            NatKind::PerZone => Self::PerZone,
        }
    }
}

struct Webshop;

impl Program for Webshop {
    type Options = Options;

    fn stack(&self, options: &Options) -> Result<Stack, Problem> {
        Ok(webshop::webshop(&options.region, options.zones, options.nat.into()).0)
    }

    async fn engine(&self, options: &Options, setup: &Setup) -> Result<Engine, Problem> {
        let store = FileStore::open(setup.state())?;
        match options.cloud {
            CloudKind::Memory => Ok(Engine::new(store, memory(setup.state())?)),
            CloudKind::Aws => aws(store),
        }
    }

    async fn without_command(&self, _: &Options, _: &Setup) -> Option<ExitCode> {
        Some(deathstar_examples::run("tour", async |directory| tour::tour(&directory).await).await)
    }
}

/// The in-memory cloud of this program.
fn memory(state: &Path) -> Result<Memory, Problem> {
    let latency = Latency::between(10, 60);
    deathstar_examples::memory(state, deathstar_aws::kinds(), latency, Duration::from_millis(100))
}

#[cfg(feature = "aws")]
#[expect(clippy::unnecessary_wraps, reason = "built without the feature it fails")]
fn aws(store: FileStore) -> Result<Engine, Problem> {
    Ok(Engine::new(store, deathstar_aws::Credentials::from_env()))
}

#[cfg(not(feature = "aws"))]
fn aws(_: FileStore) -> Result<Engine, Problem> {
    Err(Problem::new("this program was built without AWS")
        .hint("build it with the AWS SDK: cargo run --example quickstart --features aws -- --cloud aws plan"))
}

fn main() -> ExitCode {
    cli::run(&Webshop)
}
