//! Many stacks at once in one account, whose API throttles: all are made, none starves, and few calls are in vain.
//!
//! Calls are counted as AWS counts them: those that were throttled too. Time is virtual; it stands still while a call is under way, so
//! the buckets are filled by waiting alone. It cannot show how AWS's own buckets differ from what is documented.

use crate::{
    bench::{Bench, REGION},
    conformance::{Held, Unknowing},
};
use deathstar_aws::{
    Aws,
    ec2::{InternetGateway, Route, RouteTable, RouteTableAssociation, SecurityGroup, Subnet, Target, Vpc},
    kinds_on,
};
use deathstar_aws_proxy::{OnClock, Settings, Throttle};
use deathstar_core::{
    Backend, Engine, Stack, apply::Quiet, clock::Clock, model::ZoneName, state::MemoryStore,
};
use futures_util::future::join_all;
use std::{io::Write, sync::Arc, time::Duration};

/// How many stacks there are.
const STACKS: usize = 20;

/// A small network.
fn network(bench: &Bench, number: usize) -> Stack {
    let mut stack = Stack::new(format!("shop-{number}"));
    let aws = stack.on(bench.declared());
    let vpc = stack.add(&aws, "vpc", Vpc::new(format!("10.{number}.0.0/16").parse().unwrap()));
    let internet = stack.add(&aws, "internet", InternetGateway::of(vpc.id()));
    let table = stack.add(&aws, "table", RouteTable::of(vpc.id()));
    let everywhere = "0.0.0.0/0".parse().unwrap();
    stack.add(
        &aws,
        "route",
        Route::new(table.id(), everywhere, Target::InternetGateway(internet.id().into())),
    );
    for (index, zone) in ["a", "b", "c"].into_iter().enumerate() {
        let zone = ZoneName::new(format!("{REGION}{zone}")).unwrap();
        let range = format!("10.{number}.{index}.0/24").parse().unwrap();
        let subnet = stack.add(&aws, format!("subnet-{index}"), Subnet::new(vpc.id(), range, zone));
        let association = RouteTableAssociation::new(subnet.id(), table.id());
        stack.add(&aws, format!("association-{index}"), association);
    }
    for name in ["web", "data"] {
        stack.add(&aws, name, SecurityGroup::new(vpc.id(), name, name));
    }
    stack
}

/// What became of stacks that were applied at once.
struct Crowd {
    calls: usize,
    throttled: usize,
    /// When each stack was done.
    done: Vec<Duration>,
    /// How long the call takes of which the API takes the fewest.
    least: Duration,
}

/// Applies stacks at once.
async fn applied(stacks: usize, limits: &Limits) -> Option<Crowd> {
    let clock = Clock::virtual_time();
    let now = clock.clone();
    let throttle = Throttle::new(move || now.now()).times(limits.factor);
    // What else is refused is for other tests.
    let settings = Settings::recording().pending(1).throttle(throttle.clone());
    let bench = Bench::new(settings).await?;
    let open = OnClock::new(bench.credentials(), &clock);
    let catalogue = kinds_on::<Held>();
    let catalogue = if limits.known {
        catalogue.connect::<_, Aws>(&Arc::new(open))
    } else {
        catalogue.connect::<_, Aws>(&Arc::new(Unknowing(open)))
    };
    let cloud = Backend::real(catalogue).on(&clock);
    let one = |number: usize| {
        let (stack, engine) = (network(&bench, number), Engine::new(MemoryStore::new(), cloud.clone()));
        let clock = clock.clone();
        async move {
            let plan = engine.plan(&stack).await.unwrap();
            let report = engine.apply(plan, Quiet).await.unwrap();
            assert!(report.is_success(), "{:?}", report.failures().next());
            clock.now()
        }
    };
    let done = join_all((0..stacks).map(one)).await;
    let calls = bench.proxy.calls().filter(|call| call.is_of(&bench.account));
    let (throttled, let_in) =
        (calls.filter(|call| call.fault.is_some()), calls.filter(|call| call.fault.is_none()));
    let longest = |(call, times): (&String, &usize)| throttle.time_of(call, *times);
    let least = let_in.count_by_name().iter().map(longest).max().unwrap_or_default();
    Some(Crowd { calls: calls.len(), throttled: throttled.len(), done, least })
}

/// What the API takes, and what is known of that.
struct Limits {
    name: &'static str,
    /// So many times EC2's own.
    factor: f64,
    known: bool,
    /// How many calls there may be for each that one stack alone makes: a fraction.
    most: (usize, usize),
}

/// EC2's own limits, known beforehand: nothing is throttled.
const KNOWN: Limits = Limits { name: "EC2's own, known", factor: 1.0, known: true, most: (11, 10) };
/// What has to be found out. Where limits are tighter, objects of one stack settle apart, and share fewer looks.
const FOUND_OUT: [Limits; 2] = [
    Limits { name: "EC2's own, not known", factor: 1.0, known: false, most: (11, 10) },
    Limits { name: "half, others take the rest", factor: 0.5, known: true, most: (5, 4) },
];

/// `DEATHSTAR_CROWD=all` asks for limits that have to be found out too, which takes a minute.
fn limits() -> Vec<Limits> {
    let all = std::env::var_os("DEATHSTAR_CROWD").is_some_and(|crowd| crowd == "all");
    let found_out = FOUND_OUT.into_iter().filter(|_| all);
    [KNOWN].into_iter().chain(found_out).collect()
}

#[tokio::test]
async fn twenty_stacks_at_once_are_made_with_few_calls_in_vain() {
    let Some(alone) = applied(1, &KNOWN).await else { return };
    let expected = STACKS * alone.calls;
    let mut out = std::io::stderr();
    let mut wrong = vec![];
    writeln!(
        out,
        "{STACKS} stacks at once; one alone: {} calls, {:.2?}\n\
         | limits | calls | of these throttled | alone x {STACKS} | of that | first done | last done | fastest possible |\n\
         |---|---|---|---|---|---|---|---|",
        alone.calls, alone.done[0],
    )
    .unwrap();
    for limits in limits() {
        let Some(crowd) = applied(STACKS, &limits).await else { return };
        let (first, last) = (crowd.done.iter().min().unwrap(), crowd.done.iter().max().unwrap());
        let percent = crowd.calls * 100 / expected;
        let possible = alone.done[0] + crowd.least;
        writeln!(
            out,
            "| {} | {} | {} | {expected} | {percent} % | {first:.2?} | {last:.2?} | {possible:.2?} |",
            limits.name, crowd.calls, crowd.throttled,
        )
        .unwrap();
        let surprised = limits.known && limits.factor >= 1.0 && crowd.throttled > 0;
        let (most, of) = limits.most;
        if crowd.calls * of > expected * most || surprised || *last > possible * 2 {
            wrong.push(limits.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
