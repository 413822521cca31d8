//! The table of faults: nothing lost and nothing doubled, whatever befalls which call of which driver.
//!
//! A process that is killed is a future that is dropped, with its journal kept, or one of the operating system that is ended by SIGKILL.

use crate::{
    bench::Bench,
    conformance::Held,
    process::{Cloud, Job, name_of},
    samples::{self, Outside, Sample, every_sample, kinds::*},
};
use deathstar_aws::{Account, Aws, Client, Credentials, id::AllocationId};
use deathstar_aws_proxy::{
    OnClock, Quotas, Settings,
    table::{Kind, Step, Subject, Table, run},
};
use deathstar_core::{
    Backend, Catalogue, Connect, Cx, Driver, Error, Found, Made, Op, Ready, Resource, Result, Seen, Stack,
    Tags, Want, clock::Clock,
};
use futures_util::{
    future::{BoxFuture, FutureExt},
    stream::{self, StreamExt},
};
use std::{io::Write, sync::Arc};
use tempfile::TempDir;

/// How many samples live at once.
const AT_ONCE: usize = 8;

/// A sample as the subject of a table.
fn subject<R: Resource<Provider = Aws>>(
    name: &'static str,
    sample: Sample<R>,
    cloud: &Cloud,
    journals: &TempDir,
) -> Subject
where
    Client: Driver<R>,
{
    let Sample { spec, changed, .. } = sample;
    let can_change = changed.is_some() || R::IDENTITY.tagged();
    let at = move |step| match &changed {
        Some(later) if step != Step::Create => later.clone(),
        _ => spec.clone(),
    };
    let (of_stack, of_job) = (cloud.clone(), cloud.clone());
    let here = at.clone();
    let subject = Subject::new(
        name.replace('_', "-"),
        &cloud.account,
        move |step| of_stack.stack(here(step), step),
        cloud.backend(),
    );
    let subject = subject.in_processes(journals.path(), move |step, directory| {
        let job = Job {
            cloud: of_job.clone(),
            sample: name.into(),
            spec: serde_json::to_value(at(step)).unwrap(),
            step: name_of(step),
            directory: directory.into(),
        };
        job.command(&directory.with_extension("job"))
    });
    if can_change { subject } else { subject.unchanging() }
}

/// What befalls the calls of a sample: in every run the faults after which least is known, and for one sample of each identity (tag,
/// token, key) processes that are really killed. All faults take minutes: `DEATHSTAR_FAULTS=all` asks for that.
fn faults(sample: &str) -> Vec<Kind> {
    const KILLED: [&str; 3] = ["elastic_ip", "nat_gateway", "iam_role"];
    if std::env::var_os("DEATHSTAR_FAULTS").is_some_and(|faults| faults == "all") {
        return Kind::ALL.to_vec();
    }
    let killed = KILLED.contains(&sample).then_some(Kind::EndedAndHidden);
    [Kind::LostAnswer, Kind::KilledAndHidden].into_iter().chain(killed).collect()
}

/// Whether a sample is tried: all are, or those that `DEATHSTAR_FAULTS_OF` names.
fn is_tried(sample: &str) -> bool {
    let named = std::env::var("DEATHSTAR_FAULTS_OF");
    named.map_or(true, |named| named.split(',').any(|name| name == sample))
}

/// All samples, each in an account of its own; and those whose life cannot be lived even without a fault.
async fn all() -> (Table, Vec<String>) {
    let mut kinds: Vec<BoxFuture<'_, std::result::Result<Table, String>>> = vec![];
    macro_rules! tried {
        ($($name:ident: $kind:ty $(=> $shower:ty)?;)*) => {
            $(
                if is_tried(stringify!($name)) { kinds.push(
                    async {
                        let settings = Settings::default().hidden(1).quotas(Quotas::ample());
                        let Some(bench) = Bench::new(settings).await else { return Ok(Table::default()) };
                        let sample = samples::$name(&Outside::of(&bench).await, 0).await;
                        let journals = tempfile::tempdir().unwrap();
                        let subject = subject::<$kind>(stringify!($name), sample, &Cloud::of(&bench), &journals);
                        run(&bench.proxy, &subject, &faults(stringify!($name))).await
                    }
                    .boxed(),
                ); }
            )*
        };
    }
    every_sample!(tried!);
    let (mut all, mut unlived) = (Table::default(), vec![]);
    let mut lives = stream::iter(kinds).buffered(AT_ONCE);
    while let Some(lived) = lives.next().await {
        match lived {
            Ok(table) => all.extend(table),
            Err(why) => unlived.push(why),
        }
    }
    (all, unlived)
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_doubled() {
    let (all, mut failures) = all().await;
    let mut out = std::io::stderr();
    writeln!(out, "{all}").unwrap();
    failures.extend(all.failures());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    // Only a process that is killed needs another one.
    let runs = |kind: Kind| if kind.kills() { 2 } else { 1 };
    assert!(all.entries.iter().all(|entry| entry.outcome == Ok(runs(entry.kind))), "{all}");
}

/// A driver that says of every failed create call that nothing happened.
struct Careless(Held);

impl Driver<ElasticIp> for Careless {
    async fn find(&self, cx: &Cx, want: &Want<AllocationId>, found: &mut Found) -> Result<()> {
        Driver::<ElasticIp>::find(&self.0, cx, want, found).await
    }

    async fn create(&self, cx: &Cx, spec: &Ready<ElasticIp>) -> Result<Made<AllocationId>> {
        let made = self.0.create(cx, spec).await;
        made.map_err(|error| Error::new(error.meaning().clone(), error.message()))
    }

    async fn delete(&self, cx: &Cx, seen: &Seen<ElasticIp>) -> Result<Option<Op>> {
        self.0.delete(cx, seen).await
    }

    async fn retag(&self, cx: &Cx, seen: &Seen<ElasticIp>, set: &Tags, unset: &[String]) -> Result<()> {
        self.0.retag(cx, seen, set, unset).await
    }
}

/// Opens careless clients.
struct Opens(OnClock<Credentials>);

impl Connect<Aws> for Opens {
    type Client = Careless;

    async fn connect(&self, account: &Account) -> Result<Careless> {
        Ok(Careless(self.0.connect(account).await?))
    }
}

#[tokio::test]
async fn who_repeats_a_create_whose_answer_was_lost_is_caught() {
    let Some(bench) = Bench::new(Settings::default().quotas(Quotas::ample())).await else { return };
    let (declared, credentials, clock) = (bench.declared(), bench.credentials(), Clock::virtual_time());
    let stack = move |_| {
        let mut stack = Stack::new("webshop");
        let aws = stack.on(declared.clone());
        stack.add(&aws, "object", ElasticIp::new());
        stack
    };
    let backend = move || {
        let open = Arc::new(Opens(OnClock::new(credentials.clone(), &clock)));
        Backend::real(Catalogue::new().connect::<_, Aws>(&open).driver::<Careless, ElasticIp>()).on(&clock)
    };
    let subject = Subject::new("careless", &bench.account, stack, backend).unchanging();
    let table = run(&bench.proxy, &subject, &[Kind::Throttled, Kind::LostAnswer]).await.unwrap();
    let failures = table.failures();
    assert!(
        failures.len() == 1
            && failures[0].starts_with("careless, Create, ec2:AllocateAddress (1), lost answer"),
        "{table}"
    );
}
