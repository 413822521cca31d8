//! Tokens of calls and of pages.

use super::{by, subnet, vpc};
use crate::bench::{Bench, code};
use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};
use deathstar_aws_proxy::Settings;

#[tokio::test]
async fn a_token_is_one_call() {
    let Some(bench) = Bench::strict().await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let make = |token: &str, key: &str| {
        let tag = Tag::builder().key(key).value("1").build();
        let tags = TagSpecification::builder().resource_type(ResourceType::RouteTable).tags(tag).build();
        ec2.create_route_table().vpc_id(&vpc).client_token(token).tag_specifications(tags).send()
    };
    let id = |made: &aws_sdk_ec2::operation::create_route_table::CreateRouteTableOutput| {
        made.route_table().unwrap().route_table_id().unwrap().to_owned()
    };
    let (first, again, other) =
        (make("a", "k").await.unwrap(), make("a", "k").await.unwrap(), make("b", "k").await.unwrap());
    assert_eq!(id(&first), id(&again));
    assert_ne!(id(&first), id(&other));
    assert_eq!(code(make("a", "another").await), "IdempotentParameterMismatch");
    let tables = ec2.describe_route_tables().filters(by("vpc-id", &vpc)).send().await.unwrap();
    assert_eq!(tables.route_tables().len(), 3);
}

#[tokio::test]
async fn lists_are_cut_into_pages() {
    let Some(bench) = Bench::new(Settings::default().page(3)).await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let mut ids = vec![];
    for number in 0..7 {
        ids.push(subnet(&ec2, &vpc, &format!("10.0.{number}.0/24")).await);
    }
    let list = || ec2.describe_subnets().filters(by("vpc-id", &vpc));
    let first = list().send().await.unwrap();
    assert_eq!(first.subnets().len(), 3);
    let token = first.next_token().unwrap();
    let all = list().into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    let mut seen: Vec<_> = all.iter().map(|subnet| subnet.subnet_id().unwrap().to_owned()).collect();
    seen.sort_unstable();
    ids.sort_unstable();
    assert_eq!(seen, ids);
    let pages: Vec<_> =
        bench.proxy.calls().of("ec2", "DescribeSubnets").iter().map(|call| call.page).collect();
    assert_eq!(pages, [1, 1, 2, 3]);
    assert_eq!(code(list().next_token("abc").send().await), "InvalidNextToken");
    assert_eq!(
        code(ec2.describe_subnets().next_token(token).send().await),
        "InvalidNextToken",
        "of another list"
    );
    assert_eq!(code(list().max_results(4).send().await), "InvalidParameterValue", "fewer than 5");
    let by_ids = ec2.describe_subnets().set_subnet_ids(Some(ids)).send().await.unwrap();
    assert_eq!((by_ids.subnets().len(), by_ids.next_token()), (7, None));
}
