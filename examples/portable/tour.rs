//! The guided tour: the life of one network on two clouds, in memory, in a temporary directory, with no account.

use crate::clouds::{Accident, CloudKind, Place};
use deathstar_core::{
    apply::Patience,
    cli::Problem,
    component::Egress,
    memory::{Latency, MemoryObject},
    prelude::*,
};
use deathstar_examples::Guide;
use std::{collections::BTreeMap, path::Path, time::Duration};

type Step<T> = Result<T, Problem>;

/// The tour, with everything that it keeps in a directory.
pub(crate) async fn tour(directory: &Path) -> Step<()> {
    println!("The webshop's network on AWS and on Azure, from one function: no account, nothing that costs.");
    for cloud in [CloudKind::Aws, CloudKind::Azure] {
        println!("\n=== {} ===", cloud.name());
        Box::pin(life(&directory.join(cloud.name()), cloud)).await?;
    }
    println!(
        "\nHow to go on:\n  \
         cargo run --example portable -- --cloud azure plan   the same program as a command line; try apply, drift, graph, destroy\n  \
         cargo run --example portable -- --help               what it can do\n  \
         examples/portable/network.rs                         the whole declaration, which knows no cloud"
    );
    Ok(())
}

/// The life of the network on one cloud, to the proof that nothing is left.
async fn life(directory: &Path, cloud: CloudKind) -> Step<()> {
    let latency = Latency::between(2, 15);
    let memory = deathstar_examples::memory(directory, cloud.kinds(), latency, Duration::from_millis(20))?;
    let patience = Patience::default().missing(Duration::from_secs(1));
    let engine = Engine::new(FileStore::open(directory)?, memory.clone()).patience(patience);
    let place = Place::of_tour(cloud);
    let mut guide = Guide::default();

    let stack = place.webshop(Egress::Single);
    guide.head("Plan", "three zones and one way out; what the function became on this cloud");
    let plan = engine.plan(&stack).await?;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for step in &plan.data().steps {
        *kinds.entry(&*step.kind).or_default() += 1;
    }
    for (kind, count) in kinds {
        println!("{count:5} {kind}");
    }
    guide.head("Apply", "the same engine, the same journal, the same guarantees");
    let report = guide.apply(&engine, plan).await?;
    if let Some(network) = report.exports().get("network").and_then(|id| id.as_str()) {
        println!("The network is {network}");
    }
    guide.settled(&engine, &stack).await?;

    let stack = place.webshop(Egress::PerZone);
    guide.head("Change", "a way out that no zone's failure cuts off: each cloud makes it in its own way");
    let plan = guide.plan(&engine, &stack).await?;
    guide.apply(&engine, plan).await?;

    guide.head("Drift", "somebody opens a subnet and deletes a rule in the console");
    drift(&memory, &cloud.accident())
        .map_err(|error| Problem::new("the in-memory cloud cannot be written").cause(error.to_string()))?;
    let plan = guide.plan(&engine, &stack).await?;
    guide.head("Repair", "apply brings the cloud back to what is declared");
    guide.apply(&engine, plan).await?;
    guide.settled(&engine, &stack).await?;

    guide.destroy(&engine, &stack).await?;
    println!("Objects left in the cloud: {}.", memory.len());
    if memory.is_empty() { Ok(()) } else { Err(Problem::new("something is left")) }
}

/// Changes the cloud behind the engine's back.
fn drift(cloud: &Memory, accident: &Accident) -> std::io::Result<()> {
    let objects = cloud.objects();
    let of = |family: &str| {
        let named = |object: &&MemoryObject| object.family == family;
        objects
            .iter()
            .find(named)
            .map(|object| object.id.as_str().map_or_else(|| object.id.to_string(), str::to_owned))
    };
    if let Some(subnet) = of(accident.subnet) {
        cloud.tamper(accident.subnet, &subnet, |subnet| subnet.spec[accident.field] = Accident::OPEN)?;
    }
    if let Some(rule) = of(accident.rule) {
        cloud.remove(accident.rule, &rule)?;
    }
    Ok(())
}
