//! The guided tour: the life of the webshop's network on the in-memory cloud, in a temporary directory, with no account.

use crate::{memory, webshop::webshop};
use deathstar_aws::{Nat, id::VpcId};
use deathstar_core::{
    apply::Patience, cli::Problem, component::NetworkRefs, memory::MemoryObject, prelude::*,
};
use deathstar_examples::Guide;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

const REGION: &str = "eu-west-1";

/// What every stop of the tour needs.
struct Tour {
    directory: PathBuf,
    engine: Engine,
    cloud: Memory,
    guide: Guide,
}

type Step<T> = Result<T, Problem>;

/// The tour, with everything that it keeps in a directory.
pub(crate) async fn tour(directory: &Path) -> Step<()> {
    let cloud = memory(directory)?;
    let patience = Patience::default().missing(Duration::from_secs(1));
    let engine = Engine::new(FileStore::open(directory)?, cloud.clone()).patience(patience);
    let mut tour = Tour { directory: directory.to_owned(), engine, cloud, guide: Guide::default() };
    println!("The webshop's network on the in-memory cloud: no account, nothing that costs.");

    let (stack, network) = webshop(REGION, 2, Nat::Single);
    tour.guide.head(
        "Plan",
        "two zones, one NAT gateway; every finding of the whole stack would be told here, before any call",
    );
    let plan = tour.guide.plan(&tour.engine, &stack).await?;
    tour.guide.head(
        "Apply",
        "intent is written before each call, and each object carries our owner tag from its create call on",
    );
    let report = tour.guide.apply(&tour.engine, plan).await?;
    let vpc: VpcId = report.value(&network.id()).map_err(|error| Problem::new(error.to_string()))?;
    println!("The VPC is {vpc}, as a typed value.");

    let (stack, _) = webshop(REGION, 2, Nat::PerZone);
    tour.guide.head("Change", "a NAT gateway per zone: no subnet moves, one route changes");
    let plan = tour.guide.plan(&tour.engine, &stack).await?;
    tour.guide.apply(&tour.engine, plan).await?;

    tour.guide.head("Drift", "somebody makes a subnet public and deletes a route in the console");
    tour.drift()?;
    let plan = tour.guide.plan(&tour.engine, &stack).await?;
    tour.guide.head("Repair", "apply brings the cloud back to what is declared");
    tour.guide.apply(&tour.engine, plan).await?;

    tour.guide.head("Kill", "a child process adds a third zone, and gets SIGKILL in the middle");
    tour.kill().await?;
    // Before a second create, an object without a token has to stay invisible for half a minute: a virtual clock jumps over it.
    let cloud = Memory::seeded(7).with(deathstar_aws::kinds()).in_file(directory.join("cloud"));
    tour.cloud =
        cloud.map_err(|error| Problem::new("the in-memory cloud cannot be read").cause(error.to_string()))?;
    tour.engine = Engine::new(FileStore::open(directory)?, tour.cloud.clone());
    let (stack, _) = webshop(REGION, 3, Nat::PerZone);
    let plan = tour.guide.plan(&tour.engine, &stack).await?;
    tour.guide.apply(&tour.engine, plan).await?;
    let empty = tour.engine.plan(&stack).await?.is_empty();
    println!(
        "The work is finished, nothing was made twice: another plan is {}.",
        if empty { "empty" } else { "not empty" }
    );

    let engine = tour.engine.clone();
    tour.guide.destroy(&engine, &stack).await?;
    println!("Objects left in the cloud: {}.", tour.cloud.len());

    println!(
        "\nHow to go on:\n  \
         cargo run --example quickstart -- plan            the same program as a command line; try apply, drift, graph, destroy\n  \
         cargo run --example quickstart -- --help          what it can do\n  \
         cargo run --example quickstart --features aws -- --cloud aws plan   the same network in your AWS account\n  \
         examples/quickstart/webshop.rs                    the whole declaration"
    );
    Ok(())
}

impl Tour {
    /// Changes the cloud behind the engine's back.
    fn drift(&self) -> Step<()> {
        let failed = |error: std::io::Error| {
            Problem::new("the in-memory cloud cannot be written").cause(error.to_string())
        };
        let private = |object: &&MemoryObject| {
            object.family == "aws.ec2.subnet"
                && object.tags.get("Name").is_some_and(|name| name.contains("private"))
        };
        let objects = self.cloud.objects();
        if let Some(subnet) = objects.iter().find(private) {
            let id = subnet.id.as_str().unwrap_or_default();
            self.cloud
                .tamper(&subnet.family, id, |subnet| subnet.spec["map_public_ip_on_launch"] = true.into())
                .map_err(failed)?;
        }
        if let Some(route) = objects.iter().find(|object| object.family == "aws.ec2.route") {
            self.cloud.remove(&route.family, &route.id.to_string()).map_err(failed)?;
        }
        Ok(())
    }

    /// Starts this program once more, and kills it when a part of its work is done.
    async fn kill(&self) -> Step<()> {
        let failed =
            |error: std::io::Error| Problem::new("no child process can be started").cause(error.to_string());
        let before = self.cloud.len();
        let mut child = Command::new(std::env::current_exe().map_err(failed)?)
            .args(["--zones", "3", "--nat", "per-zone", "--progress", "none", "--state"])
            .arg(&self.directory)
            .args(["apply", "--yes"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        loop {
            if self.cloud.len() >= before + 3 {
                child.kill().map_err(failed)?;
            }
            if let Some(status) = child.try_wait().map_err(failed)? {
                let made = self.cloud.len() - before;
                println!("The child process has ended ({status}); {made} of its objects exist.");
                break;
            }
            pause().await;
        }
        let recorded = self.engine.recorded().await?.recorded;
        let unfinished: Vec<_> = recorded
            .rows()
            .filter(|row| row.phase.name() != "live")
            .map(|row| format!("{} ({})", row.address, row.phase.name()))
            .collect();
        println!("The journal knows what was under way: {}.\n", unfinished.join(", "));
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "a child process is waited for in real time")]
async fn pause() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}
