//! The guided tour: the life of the webshop's network on the in-memory cloud, in a temporary directory, with no account.

use crate::{memory, webshop::webshop};
use deathstar_aws::{Nat, id::VpcId};
use deathstar_core::{
    Stack,
    apply::{Patience, Quiet, Report},
    cli::{Bars, Problem},
    component::NetworkRefs,
    memory::MemoryObject,
    plan::{Plan, RenderOptions},
    prelude::*,
};
use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::Duration,
};

const REGION: &str = "eu-west-1";

/// Takes the tour and cleans up after it.
pub(crate) async fn run() -> ExitCode {
    let directory = std::env::temp_dir().join(format!("deathstar-tour-{}", std::process::id()));
    let toured = tour(&directory).await;
    // What the tour leaves is worth nothing; a directory that cannot be removed is the system's to clear.
    let _ = std::fs::remove_dir_all(&directory);
    match toured {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("\nThe tour ended early: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// What every stop of the tour needs.
struct Tour {
    directory: PathBuf,
    engine: Engine,
    cloud: Memory,
    stop: u8,
}

type Step<T> = Result<T, Problem>;

async fn tour(directory: &Path) -> Step<()> {
    let cloud = memory(directory)?;
    let patience = Patience::default().missing(Duration::from_secs(1));
    let engine = Engine::new(FileStore::open(directory)?, cloud.clone()).patience(patience);
    let mut tour = Tour { directory: directory.to_owned(), engine, cloud, stop: 0 };
    println!("The webshop's network on the in-memory cloud: no account, nothing that costs.");

    let (stack, network) = webshop(REGION, 2, Nat::Single);
    tour.head(
        "Plan",
        "two zones, one NAT gateway; every finding of the whole stack would be told here, before any call",
    );
    let plan = tour.plan(&stack).await?;
    tour.head(
        "Apply",
        "intent is written before each call, and each object carries our owner tag from its create call on",
    );
    let report = tour.apply(plan).await?;
    let vpc: VpcId = report.value(&network.id()).map_err(|error| Problem::new(error.to_string()))?;
    println!("The VPC is {vpc}, as a typed value.");

    let (stack, _) = webshop(REGION, 2, Nat::PerZone);
    tour.head("Change", "a NAT gateway per zone: no subnet moves, one route changes");
    let plan = tour.plan(&stack).await?;
    tour.apply(plan).await?;

    tour.head("Drift", "somebody makes a subnet public and deletes a route in the console");
    tour.drift()?;
    let plan = tour.plan(&stack).await?;
    tour.head("Repair", "apply brings the cloud back to what is declared");
    tour.apply(plan).await?;

    tour.head("Kill", "a child process adds a third zone, and gets SIGKILL in the middle");
    tour.kill().await?;
    // Before a second create, an object without a token has to stay invisible for half a minute: a virtual clock jumps over it.
    let cloud = Memory::seeded(7).with(deathstar_aws::kinds()).in_file(directory.join("cloud"));
    tour.cloud =
        cloud.map_err(|error| Problem::new("the in-memory cloud cannot be read").cause(error.to_string()))?;
    tour.engine = Engine::new(FileStore::open(directory)?, tour.cloud.clone());
    let (stack, _) = webshop(REGION, 3, Nat::PerZone);
    let plan = tour.plan(&stack).await?;
    tour.apply(plan).await?;
    let empty = tour.engine.plan(&stack).await?.is_empty();
    println!(
        "The work is finished, nothing was made twice: another plan is {}.",
        if empty { "empty" } else { "not empty" }
    );

    tour.head("Destroy", "what holds a network ends only with consent; the end is a proof");
    let plan = tour.engine.destroy(&stack).await?;
    println!("{}", summary(&plan));
    let report = tour.engine.apply(plan.consent_to_all(), Quiet).await?;
    println!("{report}");
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
    fn head(&mut self, name: &str, about: &str) {
        self.stop += 1;
        let line = format!("{}. {name}: {about}", self.stop);
        println!("\n{}\n{}", line, "-".repeat(line.chars().count().min(100)));
    }

    async fn plan<'s>(&self, stack: &'s Stack) -> Step<Plan<'s>> {
        let plan = self.engine.plan(stack).await?;
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        print!("{}", plan.render(&RenderOptions { colour, ..RenderOptions::default() }));
        Ok(plan)
    }

    async fn apply(&self, plan: Plan<'_>) -> Step<Report> {
        let report = if std::io::stderr().is_terminal() {
            self.engine.apply(plan, Bars::stderr(true)).await?
        } else {
            self.engine.apply(plan, Quiet).await?
        };
        println!("{report}");
        if report.is_success() { Ok(report) } else { Err(Problem::new("the apply did not succeed")) }
    }

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

fn summary(plan: &Plan<'_>) -> String {
    let sum = plan.summary();
    let losses: Vec<_> =
        plan.losses().map(|step| format!("{} ({})", step.address, step.stakes.name())).collect();
    format!("{} objects will be deleted; it needs consent for {}.", sum.delete, losses.join(", "))
}
