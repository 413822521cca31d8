//! One stack in several accounts and regions, and credentials of the wrong account.
//!
//! Moto lets anyone assume any role, so it cannot show that one account may act in another.

use crate::{
    bench::{Bench, REGION},
    conformance::Held,
};
use deathstar_aws::{
    Account, Aws,
    ec2::{InternetGateway, Subnet, Vpc},
    kinds_on,
};
use deathstar_aws_proxy::{OnClock, Place, Recorded, Settings};
use deathstar_core::{
    Backend, Engine, Stack, apply::Quiet, clock::Clock, model::ZoneName, state::MemoryStore,
};
use std::{collections::BTreeMap, sync::Arc};

/// The other region.
const FAR: &str = "us-east-1";

/// An account in a region, whose keys come from a role in it.
fn declared(account: &str, region: &str) -> Account {
    Account::region(region).expect_account(account).assume_role(format!("arn:aws:iam::{account}:role/test"))
}

/// A network in each place.
fn networks(places: &[(&str, &str)]) -> Stack {
    let mut stack = Stack::new("webshop");
    for (number, (account, region)) in places.iter().enumerate() {
        let aws = stack.connect(&format!("place-{number}"), declared(account, region));
        let scope = |name: &str| format!("{name}-{number}");
        let vpc = stack.add(&aws, scope("vpc"), Vpc::new(format!("10.{number}.0.0/16").parse().unwrap()));
        let zone = ZoneName::new(format!("{region}a")).unwrap();
        let range = format!("10.{number}.0.0/24").parse().unwrap();
        stack.add(&aws, scope("subnet"), Subnet::new(vpc.id(), range, zone));
        stack.add(&aws, scope("internet"), InternetGateway::of(vpc.id()));
    }
    stack
}

fn engine(bench: &Bench) -> Engine {
    let clock = Clock::virtual_time();
    let open = Arc::new(OnClock::new(bench.credentials(), &clock));
    let catalogue = kinds_on::<Held>().connect::<_, Aws>(&open);
    Engine::new(MemoryStore::new(), Backend::real(catalogue).on(&clock))
}

#[tokio::test]
async fn one_stack_lives_in_two_accounts_and_two_regions() {
    let Some(bench) = Bench::new(Settings::default()).await else { return };
    let other = Bench::another_account();
    let places = [(&*bench.account, REGION), (&*bench.account, FAR), (&*other, REGION)];
    let (stack, engine) = (networks(&places), engine(&bench));

    let plan = engine.plan(&stack).await.unwrap();
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{:?}", report.failures().next());
    let calls = bench.proxy.calls();
    let mut made: BTreeMap<Place, Vec<String>> = BTreeMap::new();
    for call in &calls.filter(|call| !call.made.is_empty()) {
        made.entry(call.place.clone()).or_default().push(call.name());
    }
    for (account, region) in places {
        let place = Place { account: account.to_owned(), region: region.to_owned() };
        let mut here = made.remove(&place).unwrap_or_default();
        here.sort_unstable();
        let expected = ["ec2:CreateInternetGateway", "ec2:CreateSubnet", "ec2:CreateVpc"];
        assert_eq!(here, expected, "{place}");
    }
    assert!(made.is_empty(), "nowhere else: {made:?}");

    let again = engine.plan(&stack).await.unwrap();
    assert!(again.is_empty(), "{}", again.data().to_json());

    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{:?}", report.failures().next());
    let proof = report.proof.expect("a destroy ends with a proof");
    assert!(proof.leftovers.is_empty(), "{proof:?}");
    assert!(bench.proxy.standing(&bench.proxy.calls()).await.is_empty());
}

#[tokio::test]
async fn credentials_of_the_wrong_account_stop_a_stack_before_its_first_call() {
    let Some(bench) = Bench::new(Settings::default()).await else { return };
    let other = Bench::another_account();
    let mut stack = networks(&[(&bench.account, REGION)]);
    // The role leads to one account, and another one is expected.
    let keys = Account::region(FAR).expect_account(&other);
    let aws = stack.connect("wrong", keys);
    stack.add(&aws, "elsewhere", Vpc::new("10.9.0.0/16".parse().unwrap()));
    let engine = engine(&bench);
    let plan = engine.plan(&stack).await.unwrap();
    let report = engine.apply(plan, Quiet).await.unwrap();
    let failures: Vec<String> =
        report.failures().map(|(step, error)| format!("{}: {error}", step.address)).collect();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures[0].starts_with("elsewhere: sts:GetCallerIdentity") && failures[0].contains(&other));
    let calls = bench.proxy.calls().filter(|call| call.place.region == FAR && call.service != "sts");
    assert!(calls.is_empty(), "{calls}");
    // What stands on the right account is made all the same.
    assert_eq!(bench.proxy.calls().filter(|call| call.is_of(&bench.account)).of("ec2", "CreateVpc").len(), 1);
}
