//! The guided tour: the life of a cluster and of what stands in it, in a temporary directory.

use crate::{
    cloud::memory,
    launcher::Launcher,
    platform::{Day, platform},
    shop::Care,
};
use deathstar_core::{apply::Patience, cli::Problem, memory::MemoryObject, prelude::*};
use deathstar_examples::Guide;
use std::{path::Path, time::Duration};

type Step<T> = Result<T, Problem>;

/// Where the tour goes.
enum World {
    Memory(Memory),
    ControlPlane(Launcher),
}

struct Tour {
    world: World,
    engine: Engine,
    guide: Guide,
}

/// The tour, with everything that it keeps in a directory.
pub(crate) async fn tour(directory: &Path, control_plane: bool) -> Step<()> {
    let store = FileStore::open(directory)?;
    let (world, engine) = if control_plane {
        let launcher = Launcher::new(directory)?;
        let engine = Engine::new(store, launcher.backend());
        println!("A cluster and what it needs on its first day: a real control plane, on this machine.");
        (World::ControlPlane(launcher), engine)
    } else {
        let cloud = memory(directory)?;
        let engine = Engine::new(store, cloud.clone());
        println!("A cluster and what it needs on its first day, on the in-memory cloud: nothing is started.");
        (World::Memory(cloud), engine)
    };
    let engine = engine.patience(Patience::default().missing(Duration::from_secs(1)));
    let mut tour = Tour { world, engine, guide: Guide::default() };
    let first = Day { release: "1.4.0", payments: false, take_back: false, care: Care::All };

    tour.guide.head(
        "Check",
        "the team brings a workload as it ran on somebody's machine; all findings come at once",
    );
    let careless = declare(Day { care: Care::None, ..first })?;
    match tour.engine.plan(&careless).await {
        Ok(_) => return Err(Problem::new("the careless workload was not refused")),
        Err(findings) => println!("{findings}"),
    }

    let stack = declare(first)?;
    tour.guide.head(
        "Plan",
        "from nothing: the cluster, and all that will stand in it, before there is a cluster to ask",
    );
    let plan = tour.guide.plan(&tour.engine, &stack).await?;
    tour.guide.head(
        "Apply",
        "the cluster is made, its outputs open the connection, and objects follow in their order",
    );
    let report = tour.guide.apply(&tour.engine, plan).await?;
    if let Some(endpoint) = report.exports().get("endpoint").and_then(|value| value.as_str()) {
        println!("The API server answers at {endpoint}.");
    }
    tour.guide.settled(&tour.engine, &stack).await?;

    if let World::ControlPlane(launcher) = &tour.world {
        tour.guide.head("Try", "the API server refuses who comes against it");
        for attempt in [
            "run intruder --image=registry.example.com/intruder:1 --namespace=shop",
            "create service loadbalancer open --tcp=443 --namespace=shop",
            "auth can-i get secrets --namespace=shop --as=somebody --as-group=support",
            "auth can-i create pods --subresource=exec --namespace=shop --as=somebody --as-group=shop-developers",
            "auth can-i update deployments --namespace=shop --as=somebody --as-group=shop-developers",
        ] {
            println!("$ kubectl {attempt}");
            let arguments: Vec<_> = attempt.split(' ').collect();
            let (Ok(said) | Err(said)) = launcher.kubectl(&arguments).await;
            println!("{}", said.trim_end());
        }
    }

    tour.guide
        .head("Change", "another release, and payments: one path more is declared, and its policy follows");
    let second = Day { release: "1.5.0", payments: true, ..first };
    let stack = declare(second)?;
    let plan = tour.guide.plan(&tour.engine, &stack).await?;
    tour.guide.apply(&tour.engine, plan).await?;

    tour.guide.head("Drift", "somebody opens a namespace, and scales the shop by hand");
    tour.drift().await?;
    tour.guide.plan(&tour.engine, &stack).await?;

    tour.guide.head(
        "Repair",
        "what a person manages now is taken back with consent: `take_over`, on that object alone",
    );
    let stack = declare(Day { take_back: true, ..second })?;
    let plan = tour.guide.plan(&tour.engine, &stack).await?;
    tour.guide.apply(&tour.engine, plan).await?;
    tour.guide.settled(&tour.engine, &stack).await?;

    let engine = tour.engine.clone();
    tour.guide.destroy(&engine, &stack).await?;
    match &tour.world {
        World::Memory(cloud) => println!("Objects left in the cloud: {}.", cloud.len()),
        World::ControlPlane(launcher) if launcher.runs().await => {
            return Err(Problem::new("the control plane still runs"));
        }
        World::ControlPlane(_) => println!("The control plane has ended, and its files are gone."),
    }
    println!(
        "\nHow to go on:\n  \
         cargo run --example in_cluster -- plan              the same program as a command line; try apply, drift, graph, destroy\n  \
         cargo run --example in_cluster --features control-plane -- --control-plane\n  \
         \x20                                                  the tour against a real Kubernetes control plane\n  \
         examples/in_cluster/platform.rs                     the whole declaration"
    );
    Ok(())
}

fn declare(day: Day) -> Step<Stack> {
    platform(day).map_err(|error| Problem::new(error.to_string()))
}

impl Tour {
    /// Changes the cluster behind the engine's back.
    async fn drift(&self) -> Step<()> {
        match &self.world {
            World::Memory(cloud) => tamper(cloud).map_err(|error| {
                Problem::new("the in-memory cloud cannot be written").cause(error.to_string())
            }),
            World::ControlPlane(launcher) => {
                for arguments in [
                    &["delete", "networkpolicy", "default-deny", "--namespace=shop"][..],
                    &["scale", "deployment", "web", "--replicas=1", "--namespace=shop"][..],
                ] {
                    println!("$ kubectl {}", arguments.join(" "));
                    let said = launcher.kubectl(arguments).await;
                    print!("{}", said.map_err(|said| Problem::new("kubectl failed").cause(said))?);
                }
                Ok(())
            }
        }
    }
}

fn tamper(cloud: &Memory) -> std::io::Result<()> {
    let of = |kind: &str, name: &str| {
        let is = |object: &&MemoryObject| {
            object.spec["kind"] == kind && object.spec["name"] == name && object.spec["namespace"] == "shop"
        };
        cloud.objects().iter().find(is).map(|object| (object.family.clone(), object.id.to_string()))
    };
    if let Some((family, id)) = of("NetworkPolicy", "default-deny") {
        cloud.remove(&family, &id)?;
    }
    if let Some((family, id)) = of("Deployment", "web") {
        cloud.tamper(&family, &id, |web| web.spec["body"]["spec"]["replicas"] = 1.into())?;
    }
    Ok(())
}
