//! Faults, as AWS's own SDK sees them, and whether the call had an effect.

use crate::{
    bench::{Bench, code},
    rules::vpc,
};
use aws_sdk_ec2::error::SdkError;
use deathstar_aws_proxy::{Bucket, Fault, Injection, Moment, Settings, Throttle};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

#[tokio::test]
async fn each_fault_is_seen_and_has_its_effect_or_none() {
    let Some(bench) = Bench::strict().await else { return };
    let ec2 = bench.ec2().await;
    let hooked = Arc::new(AtomicU64::new(0));
    let hook = |moment| {
        let hooked = Arc::clone(&hooked);
        Fault::kill(moment, move || {
            hooked.fetch_add(1, Ordering::SeqCst);
        })
    };
    let refused = Fault::Refused("InsufficientAddressCapacity".into(), "none".into());
    let cases = [
        (Fault::Throttled, "RequestLimitExceeded", false),
        (Fault::Unavailable, "Unavailable", false),
        (refused, "InsufficientAddressCapacity", false),
        (Fault::FailedAfter, "InternalError", true),
        (Fault::ResetBefore, "", false),
        (Fault::ResetAfter, "", true),
        (Fault::LostAnswer, "", true),
        (hook(Moment::Before), "", false),
        (hook(Moment::After), "", true),
    ];
    for (fault, expected, effect) in cases {
        let name = fault.name();
        bench.proxy.inject(Injection::new("ec2:CreateInternetGateway", fault).in_account(&bench.account));
        let before = ec2.describe_internet_gateways().send().await.unwrap().internet_gateways().len();
        let answer = ec2.create_internet_gateway().send().await;
        let broken = matches!(answer, Err(SdkError::DispatchFailure(_) | SdkError::ResponseError(_)));
        assert_eq!(broken, expected.is_empty(), "{name}: {answer:?}");
        assert_eq!(code(answer), expected, "{name}");
        let seen = ec2.describe_internet_gateways().send().await.unwrap();
        assert_eq!(seen.internet_gateways().len() > before, effect, "{name}");
        for gateway in seen.internet_gateways() {
            let id = gateway.internet_gateway_id().unwrap();
            ec2.delete_internet_gateway().internet_gateway_id(id).send().await.unwrap();
        }
        let calls = bench.proxy.calls().of("ec2", "CreateInternetGateway");
        assert_eq!(calls.iter().last().unwrap().fault.as_deref(), Some(name.as_str()));
    }
    assert_eq!(hooked.load(Ordering::SeqCst), 2);
    assert_eq!(bench.proxy.waiting_injections(), 0);
}

#[tokio::test]
async fn a_lost_answer_can_hide_what_it_made() {
    let Some(bench) = Bench::strict().await else { return };
    let ec2 = bench.ec2().await;
    bench.proxy.inject(Injection::new("ec2:CreateVpc", Fault::LostAnswer).hiding(2));
    assert!(ec2.create_vpc().cidr_block("10.0.0.0/16").send().await.is_err());
    let seen = || async { ec2.describe_vpcs().send().await.unwrap().vpcs().len() };
    assert_eq!([seen().await, seen().await, seen().await], [1, 1, 2]);
}

#[tokio::test]
async fn a_bucket_is_for_each_api_of_an_account() {
    let time = Arc::new(AtomicU64::new(0));
    let now = Arc::clone(&time);
    let throttle = Throttle::new(move || Duration::from_secs(now.load(Ordering::SeqCst)))
        .mutating(Bucket { size: 2.0, refill: 1.0 });
    let Some(bench) = Bench::new(Settings::default().throttle(throttle)).await else { return };
    let ec2 = bench.ec2().await;
    let make = || async { code(ec2.create_internet_gateway().send().await) };
    assert_eq!([make().await, make().await, make().await], ["", "", "RequestLimitExceeded"]);
    vpc(&ec2, "10.0.0.0/16").await;
    time.store(1, Ordering::SeqCst);
    assert_eq!([make().await, make().await], ["", "RequestLimitExceeded"]);
}
