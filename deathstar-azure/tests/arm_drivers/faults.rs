//! The table of faults: nothing lost and nothing doubled, whatever befalls which call of the driver, with every kind.
//!
//! It cannot show what becomes of processes that the operating system ends: here a process is a future that is dropped.

use crate::{
    samples::{self, Sample, every_sample, ground},
    world::{World, backend, declared},
};
use async_trait::async_trait;
use deathstar_arm_server::{ArmServer, Fault, Injection, Moment, Recorded, SUBSCRIPTION, Settings};
use deathstar_core::{Identity, Resource};
use deathstar_fault_table::{Called, End, Kind, Stage, Step, Subject, Table, Trial, run};
use std::{collections::BTreeSet, io::Write as _};

/// A server, and what stood on it before.
struct Bed<'w> {
    server: &'w ArmServer,
    ground: BTreeSet<String>,
}

impl<'w> Bed<'w> {
    fn on(server: &'w ArmServer) -> Self {
        Self { server, ground: server.standing().into_iter().map(|one| one.id).collect() }
    }
}

/// What the paths of all samples begin with.
fn beginning() -> String {
    format!("/subscriptions/{SUBSCRIPTION}/")
}

#[async_trait]
impl Stage for Bed<'_> {
    fn arrived(&self) -> usize {
        self.server.calls().len()
    }

    /// The addresses of operations are other ones in each life.
    fn calls(&self, since: usize, _: &str) -> Vec<Called> {
        let calls = self.server.calls().since(since);
        let within = |path: &str| {
            let path = path.strip_prefix(&beginning())?;
            match path.rsplit_once('/') {
                Some((operations, _)) if operations.to_ascii_lowercase().contains("operation") => {
                    Some(format!("{operations}/*"))
                }
                _ => Some(path.to_owned()),
            }
        };
        calls
            .iter()
            .filter_map(|call| {
                Some(Called { name: format!("{} {}", call.method, within(&call.path)?), reads: call.reads() })
            })
            .collect()
    }

    fn befall(&self, trial: &Trial, _: &str, end: End) {
        let (method, path) = trial.call.split_once(' ').unwrap();
        let path = format!("{}{path}", beginning());
        let fault = match trial.kind {
            Kind::Throttled => Fault::Throttled(1),
            Kind::Unavailable => Fault::Unavailable,
            Kind::FailedAfter => Fault::FailedAfter,
            Kind::ResetBefore => Fault::ResetBefore,
            Kind::ResetAfter => Fault::ResetAfter,
            Kind::LostAnswer => Fault::LostAnswer,
            Kind::KilledBefore => Fault::kill(Moment::Before, end),
            Kind::KilledAfter | Kind::KilledAndHidden | Kind::EndedAndHidden => {
                Fault::kill(Moment::After, end)
            }
            Kind::Busy => Fault::refused(409, "AnotherOperationInProgress", "something else goes on"),
            Kind::Hidden => Fault::Hidden(2),
            Kind::OperationFails => Fault::fails(2, "RetryableError", "try again"),
            Kind::OperationForgotten => Fault::Forgotten,
        };
        self.server.inject(Injection::new(method, path, fault).nth(trial.nth));
    }

    fn waiting(&self) -> usize {
        self.server.waiting_injections()
    }

    fn clear(&self) {
        self.server.clear_injections();
    }

    async fn standing(&self, _: usize, _: &str) -> Vec<String> {
        let standing = self.server.standing().into_iter().map(|one| one.id);
        // What a zone says of itself is Azure's.
        standing.filter(|id| !self.ground.contains(id) && !id.contains("/SOA/")).collect()
    }
}

/// Whether all faults are tried with all kinds, which takes minutes.
fn all_are_tried() -> bool {
    std::env::var_os("DEATHSTAR_FAULTS").is_some_and(|faults| faults == "all")
}

/// What befalls the calls of a kind: in every run the faults after which least is known.
fn faults() -> Vec<Kind> {
    if all_are_tried() {
        let all = Kind::ALL.into_iter().filter(|kind| *kind != Kind::EndedAndHidden);
        return all.chain(Kind::OF_OPERATIONS).collect();
    }
    vec![Kind::LostAnswer, Kind::KilledAfter, Kind::OperationFails]
}

/// Whether a sample is tried: those that `DEATHSTAR_FAULTS_OF` names; without it, in every run one of each style of operation.
#[expect(clippy::disallowed_methods, reason = "it is said for a run of the tests")]
fn is_tried(sample: &str) -> bool {
    const STYLES: [&str; 4] = ["resource_group", "subnet", "role_assignment", "storage_account"];
    match std::env::var("DEATHSTAR_FAULTS_OF") {
        Ok(named) => named.split(',').any(|name| name == sample),
        Err(_) => all_are_tried() || STYLES.contains(&sample),
    }
}

/// A sample as the subject of a table.
fn subject<R: Resource<Provider = deathstar_azure::Azure>>(
    name: &str,
    sample: Sample<R>,
    world: &World,
) -> Subject {
    let Sample { mut specs, changed } = sample;
    let spec = specs.remove(0);
    let can_change = changed.is_some() || R::IDENTITY.tagged();
    assert!(matches!(R::IDENTITY, Identity::Key { .. }), "{name}");
    let stack = move |step: Step| {
        let (mut stack, azure) = declared();
        let later = step != Step::Create;
        stack.tag("step", if later { "later" } else { "first" });
        let spec = changed.clone().filter(|_| later).unwrap_or_else(|| spec.clone());
        stack.add(&azure, "sample", spec);
        stack
    };
    let (url, clock) = (world.server.url().to_owned(), world.clock.clone());
    let subject = Subject::new(name.replace('_', "-"), SUBSCRIPTION, stack, move || backend(&url, &clock));
    if can_change { subject } else { subject.unchanging() }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_doubled() {
    let (mut all, mut failures) = (Table::default(), vec![]);
    macro_rules! tried {
        ($($name:ident: $kind:ty $(=> $shower:ty)?;)*) => {
            $(if is_tried(stringify!($name)) {
                let world = World::unchecked(Settings::default());
                ground(&world).await;
                let bed = Bed::on(&world.server);
                let subject = subject(stringify!($name), samples::$name(), &world);
                match Box::pin(run(&bed, &subject, &faults())).await {
                    Ok(table) => all.extend(table),
                    Err(why) => failures.push(why),
                }
                // Every write is tried; what begins no operation has none that could fail, and its trial shows nothing.
                let violations = world.server.take_violations().into_iter();
                failures.extend(violations.filter(|one| !one.ends_with("which begins no operation")));
            })*
        };
    }
    every_sample!(tried);
    writeln!(std::io::stderr(), "{all}").unwrap();
    failures.extend(all.failures());
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), all.entries.len(), failures.join("\n"));
    assert!(all.entries.len() > 10, "{}", all.entries.len());
}
