//! Processes that are killed while they make and end the network of `examples/portable` on Azure Resource Manager: the next one finishes
//! the work, nothing is lost, and nothing stands that should not.
//!
//! A process is killed by SIGKILL, when the server has one of its calls, before or after the effect; which one follows from a seed, that
//! a failure tells. `DEATHSTAR_CASES` says how many networks are made and ended.
//!
//! What it cannot show: that two objects are made of one, since every object of Azure has the name that we give it; and the loss of
//! power, which is the journal's own test.

#![cfg(all(feature = "client", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]
#![allow(missing_docs, unreachable_pub, dead_code, reason = "a test has no users")]

#[path = "../../tests/shared/counterpart.rs"]
mod counterpart;
#[path = "../../examples/portable/network.rs"]
mod network;
#[path = "arm_drivers/others.rs"]
mod others;
#[path = "arm_drivers/world.rs"]
mod world;

use deathstar_arm_server::{ArmServer, Fault, Injection, Moment, Settings};
use deathstar_azure::Azure;
use deathstar_core::{
    Engine, Stack,
    apply::{Patience, Quiet},
    clock::Clock,
    component::Egress,
    state::FileStore,
};
use fastrand::Rng;
use std::{
    collections::BTreeSet,
    env,
    io::{Read as _, Write as _},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};
use world::{backend, subscription};

const URL: &str = "DEATHSTAR_TEST_URL";
const STATE: &str = "DEATHSTAR_TEST_STATE";
const GOAL: &str = "DEATHSTAR_TEST_GOAL";
const SIGKILL: i32 = 9;

fn stack() -> Stack {
    network::webshop::<Azure>(subscription(), Egress::PerZone).0
}

fn engine(url: &str, state: &Path) -> Engine {
    let engine = Engine::new(FileStore::open(state).unwrap(), backend(url, &Clock::virtual_time()));
    engine.patience(Patience::default().missing(Duration::from_secs(1)))
}

/// What a process does that others start and kill.
#[tokio::test]
#[ignore = "a process that other tests start"]
async fn process() {
    let text = |name| env::var_os(name).expect("another test starts it").into_string().unwrap();
    let (url, state) = (text(URL), text(STATE));
    let (engine, stack) = (engine(&url, Path::new(&state)), stack());
    let plan = match text(GOAL).as_str() {
        "apply" => engine.plan(&stack).await.unwrap(),
        _ => engine.destroy(&stack).await.unwrap(),
    };
    let report = engine.apply(plan.consent_to_all(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
}

/// What stands beside what was there before.
fn standing(server: &ArmServer) -> BTreeSet<String> {
    let all = server.standing().into_iter().map(|one| one.id);
    // What a zone says of itself is Azure's, and the watcher somebody else's.
    all.filter(|id| !id.contains("/SOA/") && !id.to_ascii_lowercase().contains("networkwatcher")).collect()
}

/// Runs a process that is killed at a call, if it comes so far; says whether it was.
fn run(server: &ArmServer, state: &Path, goal: &str, random: &mut Rng) -> bool {
    let child: Arc<Mutex<Option<Child>>> = Arc::default();
    let hook = {
        let child = Arc::clone(&child);
        move || {
            if let Some(child) = &mut *child.lock().unwrap() {
                // One that has ended by itself cannot be killed.
                let _ = child.kill();
            }
        }
    };
    let moment = if random.bool() { Moment::Before } else { Moment::After };
    let injection = match random.u8(..4) {
        0 => Injection::new("GET", "*", Fault::kill(moment, hook)).nth(random.usize(1..60)),
        _ => Injection::write("*", Fault::kill(moment, hook)).nth(random.usize(1..24)),
    };
    server.inject(injection);
    let mut output = {
        // Nobody is killed before it is known who.
        let mut child = child.lock().unwrap();
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "process", "--ignored", "--nocapture"]);
        command.env(URL, server.url()).env(STATE, state).env(GOAL, goal);
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let started = child.insert(started.unwrap());
        (started.stdout.take().unwrap(), started.stderr.take().unwrap())
    };
    // Both end with the process.
    let mut said = String::new();
    output.1.read_to_string(&mut said).unwrap();
    output.0.read_to_string(&mut said).unwrap();
    let status = child.lock().unwrap().as_mut().unwrap().wait().unwrap();
    server.clear_injections();
    let killed = status.signal() == Some(SIGKILL);
    assert!(killed || status.success(), "{goal}: {status}\n{said}");
    killed
}

/// How many networks are made and ended.
#[expect(clippy::disallowed_methods, reason = "the long form is chosen by this variable")]
fn cases() -> u64 {
    env::var("DEATHSTAR_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_is_followed_by_one_that_finishes_its_work() {
    let whole = {
        let (server, directory) =
            (ArmServer::start(Settings::default()).unwrap(), tempfile::tempdir().unwrap());
        others::watcher(server.url());
        let engine = engine(server.url(), directory.path());
        let stack = stack();
        let report = engine.apply(engine.plan(&stack).await.unwrap(), Quiet).await.unwrap();
        assert!(report.is_success(), "{report}");
        standing(&server)
    };
    let (mut while_applying, mut while_ending) = (0, 0);
    for seed in 0..cases() {
        let mut random = Rng::with_seed(seed);
        let (server, directory) =
            (ArmServer::start(Settings::default()).unwrap(), tempfile::tempdir().unwrap());
        others::watcher(server.url());
        while run(&server, directory.path(), "apply", &mut random) {
            while_applying += 1;
        }
        assert_eq!(standing(&server), whole, "seed {seed}");
        {
            let (engine, stack) = (engine(server.url(), directory.path()), stack());
            let again = engine.plan(&stack).await.unwrap();
            assert!(again.is_empty(), "seed {seed}: {again}");
        }
        while run(&server, directory.path(), "destroy", &mut random) {
            while_ending += 1;
        }
        assert_eq!(standing(&server), BTreeSet::new(), "seed {seed}");
    }
    let told = format!("killed {while_applying} times while applying, {while_ending} times while ending\n");
    std::io::stderr().write_all(told.as_bytes()).unwrap();
    assert!(while_applying > 0 && while_ending > 0, "{told}");
}
