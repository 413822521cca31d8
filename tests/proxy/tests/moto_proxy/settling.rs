//! Settling: everybody who waits for an object of one kind shares one look, however many they are.
//!
//! It cannot show that looks meet in one instant on the system's clock, where they wait 50 ms for each other.

use crate::{
    bench::Bench,
    conformance::{Held, Unknowing},
    rules::vpc,
};
use deathstar_aws::{Aws, ec2::Subnet, id::VpcId, kinds};
use deathstar_aws_proxy::{OnClock, Quotas, Settings};
use deathstar_core::{
    Backend, Engine, Stack, apply::Quiet, clock::Clock, model::ZoneName, state::MemoryStore,
};
use std::{io::Write, sync::Arc};

/// How many subnets settle at once.
const SUBNETS: usize = 60;
/// For how many looks each of them is pending.
const PENDING: u32 = 4;
/// How many of them a page shows.
const PAGE: usize = 25;

#[tokio::test]
async fn sixty_subnets_settle_with_one_call_for_each_page_of_a_tick() {
    let settings = Settings::default().quotas(Quotas::ample()).pending(PENDING).page(PAGE);
    let Some(bench) = Bench::new(settings).await else { return };
    let home = VpcId::new(vpc(&bench.outside().await, "10.0.0.0/16").await);
    let mut stack = Stack::new("webshop");
    let aws = stack.on(bench.declared());
    for number in 0..SUBNETS {
        let zone = ZoneName::new(format!("eu-west-1{}", ["a", "b", "c"][number % 3])).unwrap();
        let range = format!("10.0.{number}.0/24").parse().unwrap();
        stack.add(&aws, format!("subnet-{number}"), Subnet::new(home.clone(), range, zone));
    }
    let clock = Clock::virtual_time();
    // Or those beyond EC2's burst of 50 would be made apart from the others.
    let open = Arc::new(Unknowing(OnClock::new(bench.credentials(), &clock)));
    let catalogue = kinds().connect::<_, Aws>(&open).driver::<Held, Subnet>();
    let engine = Engine::new(MemoryStore::new(), Backend::real(catalogue).on(&clock));

    let plan = engine.plan(&stack).await.unwrap();
    let before = bench.proxy.calls().len();
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report:?}");
    let calls = bench.proxy.calls().since(before).filter(|call| call.is_of(&bench.account));
    assert_eq!(calls.of("ec2", "CreateSubnet").len(), SUBNETS);

    // The look at once, and one for each tick until nothing is pending any more.
    let (ticks, pages) = (1 + PENDING as usize, SUBNETS.div_ceil(PAGE));
    let (expected, actual) = (ticks * pages, calls.of("ec2", "DescribeSubnets").len());
    let alone = ticks * SUBNETS;
    let mut out = std::io::stderr();
    writeln!(
        out,
        "settling {SUBNETS} subnets: {ticks} ticks of {pages} pages\n\
         | ec2:DescribeSubnets | expected | actual | if each looked alone |\n\
         |---|---|---|---|\n\
         | calls | {expected} | {actual} | {alone} |"
    )
    .unwrap();
    assert_eq!(actual, expected, "{:?}", calls.count_by_name());
    assert_eq!(calls.len(), SUBNETS + expected, "nothing else is asked: {:?}", calls.count_by_name());
}
