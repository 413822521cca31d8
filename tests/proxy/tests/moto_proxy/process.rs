//! The process that is killed: this test program once more, which carries out the job in a file.

use crate::{
    bench::{Bench, REGION, credentials, declared},
    samples::{every_sample, kinds::*},
};
use deathstar_aws::{Account, Aws, Client, Credentials, kinds};
use deathstar_aws_proxy::{
    OnClock, Settings,
    table::{Step, carry_out},
};
use deathstar_core::{
    Backend, Connect, Engine, Resource, Result, Stack, clock::Clock, driver::Pace, state::FileStore,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};
use tokio::sync::OnceCell;

/// Where a process finds its job.
const JOB: &str = "DEATHSTAR_PROXY_JOB";
/// The test that carries it out.
const TEST: &str = "process::a_process_carries_out_its_job";

/// One object in an account behind a proxy: what an engine is told of it, here or in a process of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cloud {
    pub account: String,
    pub url: String,
}

impl Cloud {
    pub fn of(bench: &Bench) -> Self {
        Self { account: bench.account.clone(), url: bench.proxy.url().to_owned() }
    }

    /// A stack of one object.
    pub fn stack<R: Resource<Provider = Aws>>(&self, spec: R, step: Step) -> Stack {
        let mut stack = Stack::new("webshop");
        stack.tag("step", if step == Step::Create { "create" } else { "change" });
        let aws = stack.on(declared(&self.account));
        stack.add(&aws, "object", spec);
        stack
    }

    /// What engines need to get there; they share a client.
    pub fn backend(&self) -> impl Fn() -> Backend + Send + Sync + 'static {
        let clock = Clock::virtual_time();
        let shared = Shared { credentials: credentials(&self.url), opened: OnceCell::new() };
        let open = Arc::new(OnClock::new(shared, &clock));
        move || {
            let catalogue = kinds().connect::<_, Aws>(&open);
            macro_rules! on_clock {
                ($($name:ident: $kind:ty $(=> $shower:ty)?;)*) => {
                    catalogue$(.driver::<OnClock<Client>, $kind>())*
                };
            }
            Backend::real(every_sample!(on_clock!)).on(&clock)
        }
    }
}

/// Credentials that open one client for all: making one takes longer than many calls.
struct Shared {
    credentials: Credentials,
    opened: OnceCell<Client>,
}

impl Connect<Aws> for Shared {
    type Client = Client;

    async fn connect(&self, account: &Account) -> Result<Client> {
        self.opened.get_or_try_init(|| self.credentials.connect(account)).await.cloned()
    }

    fn pace(&self) -> Pace {
        self.credentials.pace()
    }
}

/// What a process does.
#[derive(Debug, Serialize, Deserialize)]
pub struct Job {
    pub cloud: Cloud,
    /// The sample, by its name.
    pub sample: String,
    pub spec: Value,
    pub step: String,
    pub directory: PathBuf,
}

const STEPS: [(&str, Step); 3] =
    [("create", Step::Create), ("change", Step::Change), ("destroy", Step::Destroy)];

pub fn name_of(step: Step) -> String {
    STEPS.iter().find(|(_, of)| *of == step).unwrap().0.to_owned()
}

impl Job {
    /// The command that carries it out.
    pub fn command(&self, file: &Path) -> Command {
        std::fs::write(file, serde_json::to_vec(self).unwrap()).unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([TEST, "--exact", "--nocapture"]).env(JOB, file);
        command
    }

    async fn carry_out(self) {
        let Self { cloud, sample, spec, step, directory } = self;
        let step = STEPS.iter().find(|(name, _)| *name == step).unwrap().1;
        macro_rules! declared {
            ($($name:ident: $kind:ty $(=> $shower:ty)?;)*) => {
                match sample.as_str() {
                    $(stringify!($name) => cloud.stack::<$kind>(serde_json::from_value(spec).unwrap(), step),)*
                    other => panic!("there is no sample `{other}`"),
                }
            };
        }
        let stack = every_sample!(declared!);
        let engine = Engine::new(FileStore::open(&directory).unwrap(), cloud.backend()());
        carry_out(&engine, &stack, step == Step::Destroy).await.unwrap();
    }
}

/// Where no job is given, it gives one to another process, which nobody kills.
#[tokio::test]
async fn a_process_carries_out_its_job() {
    if let Some(file) = std::env::var_os(JOB) {
        let job: Job = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        return job.carry_out().await;
    }
    let Some(bench) = Bench::new(Settings::default()).await else { return };
    let directory = tempfile::tempdir().unwrap();
    let spec = serde_json::to_value(ElasticIp::new()).unwrap();
    for (step, standing) in [("create", 1), ("destroy", 0)] {
        let job = Job {
            cloud: Cloud::of(&bench),
            sample: "elastic_ip".into(),
            spec: spec.clone(),
            step: step.into(),
            directory: directory.path().join("journal"),
        };
        let mut command = job.command(&directory.path().join("job"));
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let calls = bench.proxy.calls();
        assert!(calls.iter().any(|call| call.place.region == REGION));
        assert_eq!(bench.proxy.standing(&calls).await.len(), standing, "{step}");
    }
}
