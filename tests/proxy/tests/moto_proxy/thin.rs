//! What it is to be a proxy: calls go through, are recorded, and a web page is no answer.

use crate::bench::{Bench, code};

#[tokio::test]
async fn calls_go_through_and_are_recorded() {
    let Some(bench) = Bench::strict().await else { return };
    let ec2 = bench.ec2().await;
    let made = ec2.create_vpc().cidr_block("10.0.0.0/16").send().await.unwrap();
    let vpc = made.vpc().unwrap().vpc_id().unwrap().to_owned();
    let seen = ec2.describe_vpcs().vpc_ids(&vpc).send().await.unwrap();
    assert_eq!(seen.vpcs()[0].cidr_block(), Some("10.0.0.0/16"));
    let calls = bench.proxy.calls().filter(|call| call.is_of(&bench.account));
    assert_eq!(calls.names(), ["ec2:CreateVpc", "ec2:DescribeVpcs"]);
    let call = &calls.of("ec2", "CreateVpc").iter().next().unwrap().clone();
    assert_eq!(call.parameters.get("CidrBlock"), Some("10.0.0.0/16"));
    assert_eq!(
        (call.status, &call.made[..], call.place.region.as_str()),
        (Some(200), &[vpc][..], "eu-west-1")
    );
    assert!(call.request_id.is_some() && call.reached && !call.reads);
}

#[tokio::test]
async fn a_web_page_is_a_violation_and_no_answer() {
    let Some(bench) = Bench::strict().await else { return };
    let ec2 = bench.ec2().await;
    let answer = ec2.create_ipam().send().await;
    assert_eq!(code(answer), "ProxyViolation");
    let violations = bench.proxy.take_violations();
    assert!(violations.len() == 1 && violations[0].contains("ec2:CreateIpam"), "{violations:?}");
}

#[tokio::test]
#[should_panic(expected = "the proxy saw what must not happen")]
async fn a_violation_that_nobody_looked_at_fails_the_test() {
    let Some(bench) = Bench::strict().await else { panic!("the proxy saw what must not happen: nothing") };
    let _ = bench.ec2().await.create_ipam().send().await;
}
