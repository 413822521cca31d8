//! A program as a user writes one: a small stack on the in-memory cloud, as a command line.

use clap::{Args, ValueEnum};
use deathstar_core::{
    cli::{self, Problem, Program, Setup},
    component::Gate,
    memory::Latency,
    prelude::*,
};
use deathstar_tests::kinds::{Cluster, Gateway, Net, Quota, Region, Segment, kinds};
use std::process::ExitCode;

struct Shop;

/// What a user can choose.
#[derive(Debug, Args)]
struct Options {
    /// The range of the network
    #[arg(long, default_value = "10.0.0.0/16")]
    range: String,
    /// The label of the network
    #[arg(long, default_value = "shop")]
    label: String,
    /// Declares what cannot be right
    #[arg(long)]
    wrong: bool,
    /// What the cloud is like
    #[arg(long, default_value = "quick")]
    cloud: CloudKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CloudKind {
    /// Answers at once; waiting takes no time
    Quick,
    /// Answers at once
    Real,
    /// Never answers to the creation of a cluster
    Stuck,
}

impl Program for Shop {
    type Options = Options;

    fn stack(&self, options: &Options) -> Result<Stack, Problem> {
        let mut stack = Stack::new("shop");
        let on = stack.on(Region::new("north"));
        let zones = stack.add(&on, "zones", Gate(Quota { needed: 3 }));
        let net = Net { range: options.range.clone(), label: Some(options.label.clone()) };
        let network = stack.add(&on, "network/net", net);
        for zone in 0..3 {
            let range = format!("10.0.{}.0/24", if options.wrong { 0 } else { zone });
            let zone_name = zones.nth(zone).into();
            let segment = Segment { net: network.id().into(), range, zone: zone_name, public: false };
            stack.add(&on, format!("network/zone-{zone}/segment"), segment);
        }
        stack.add(&on, "network/gateway", Gateway { net: network.id().into() });
        let cluster = Cluster { name: "shop".into(), net: network.id().into(), version: 30 };
        let cluster = stack.add(&on, "cluster", cluster);
        stack.export("network", &network.id());
        stack.export("cluster", &cluster.id());
        Ok(stack)
    }

    async fn engine(&self, options: &Options, setup: &Setup) -> Result<Engine, Problem> {
        let store = FileStore::open(setup.state())?;
        let cloud = match options.cloud {
            CloudKind::Quick => Memory::instant(),
            CloudKind::Real => Memory::instant().in_real_time(),
            CloudKind::Stuck => {
                let hour = 3_600_000;
                Memory::instant().in_real_time().latency(Latency::none().family(
                    "imagined.cluster",
                    hour,
                    hour,
                ))
            }
        };
        let file = setup.state().with_extension("cloud");
        let cloud = cloud.with(kinds()).in_file(&file).map_err(|error| {
            Problem::new(format!("the cloud in {} cannot be opened", file.display())).cause(error.to_string())
        })?;
        Ok(Engine::new(store, cloud))
    }
}

fn main() -> ExitCode {
    cli::run(&Shop)
}
