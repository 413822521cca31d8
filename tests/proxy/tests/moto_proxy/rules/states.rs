//! Beginnings and ends that take time, and failures.

use super::{address, by, gateway, nat, subnet, table, vpc};
use crate::bench::{Bench, code};
use aws_sdk_ec2::Client;
use deathstar_aws_proxy::Settings;

pub async fn nat_state(ec2: &Client, id: &str) -> String {
    let seen = ec2.describe_nat_gateways().nat_gateway_ids(id).send().await.unwrap();
    seen.nat_gateways()[0].state().unwrap().as_str().to_owned()
}

#[tokio::test]
async fn objects_begin_and_end_slowly() {
    let Some(bench) = Bench::new(Settings::default().pending(2).deleting(2)).await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let subnet_id = subnet(&ec2, &vpc, "10.0.0.0/24").await;
    gateway(&ec2, Some(&vpc)).await;
    let nat_id = nat(&ec2, &subnet_id, &address(&ec2).await).await;
    let table_id = table(&ec2, &vpc).await;
    let route = || {
        ec2.create_route()
            .route_table_id(&table_id)
            .destination_cidr_block("0.0.0.0/0")
            .nat_gateway_id(&nat_id)
            .send()
    };
    assert_eq!(code(route().await), "InvalidNatGatewayID.NotFound");
    let available = || ec2.describe_nat_gateways().filter(by("state", "available")).send();
    assert!(available().await.unwrap().nat_gateways().is_empty(), "it is pending, and not looked at");
    for state in ["pending", "pending", "available"] {
        assert_eq!(nat_state(&ec2, &nat_id).await, state);
    }
    assert_eq!(available().await.unwrap().nat_gateways().len(), 1);
    assert_eq!(code(route().await), "");
    ec2.delete_nat_gateway().nat_gateway_id(&nat_id).send().await.unwrap();
    for state in ["deleting", "deleting", "deleted"] {
        assert_eq!(nat_state(&ec2, &nat_id).await, state);
    }
    let vpcs = || async {
        let seen = ec2.describe_vpcs().vpc_ids(&vpc).send().await.unwrap();
        seen.vpcs()[0].state().unwrap().as_str().to_owned()
    };
    assert_eq!([vpcs().await, vpcs().await, vpcs().await], ["pending", "pending", "available"]);
}

#[tokio::test]
async fn a_nat_gateway_fails_as_told_or_without_a_way_out() {
    let Some(bench) = Bench::new(Settings::default().pending(1)).await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let subnet_id = subnet(&ec2, &vpc, "10.0.0.0/24").await;
    let look = |id: String| {
        let ec2 = &ec2;
        async move {
            let seen = ec2.describe_nat_gateways().nat_gateway_ids(id).send().await.unwrap();
            let nat = &seen.nat_gateways()[0];
            (nat.state().unwrap().as_str().to_owned(), nat.failure_code().map(str::to_owned))
        }
    };
    let first = nat(&ec2, &subnet_id, &address(&ec2).await).await;
    assert_eq!(look(first.clone()).await, ("pending".into(), None));
    assert_eq!(look(first).await, ("failed".into(), Some("Gateway.NotAttached".into())));
    gateway(&ec2, Some(&vpc)).await;
    bench.proxy.fail_nat_gateway("InsufficientFreeAddressesInSubnet", "full");
    let second = nat(&ec2, &subnet_id, &address(&ec2).await).await;
    look(second.clone()).await;
    assert_eq!(look(second).await, ("failed".into(), Some("InsufficientFreeAddressesInSubnet".into())));
    let third = nat(&ec2, &subnet_id, &address(&ec2).await).await;
    look(third.clone()).await;
    assert_eq!(look(third).await, ("available".into(), None));
}

#[tokio::test]
async fn a_new_object_is_shown_late() {
    let Some(bench) = Bench::new(Settings::default().hidden(2).pending(0)).await else { return };
    let ec2 = bench.ec2().await;
    let vpc_id = vpc(&ec2, "10.0.0.0/16").await;
    let by_id = || async { code(ec2.describe_vpcs().vpc_ids(&vpc_id).send().await) };
    assert_eq!(
        [by_id().await, by_id().await, by_id().await],
        ["InvalidVpcID.NotFound", "InvalidVpcID.NotFound", ""]
    );
    let other = vpc(&ec2, "10.1.0.0/16").await;
    let listed =
        || async { ec2.describe_vpcs().filters(by("vpc-id", &other)).send().await.unwrap().vpcs().len() };
    assert_eq!(listed().await, 0);
    let use_it = || async { code(ec2.create_subnet().vpc_id(&other).cidr_block("10.1.0.0/24").send().await) };
    assert_eq!([use_it().await, use_it().await], ["InvalidVpcID.NotFound", ""]);
    assert_eq!(listed().await, 1);
}

#[tokio::test]
async fn a_new_role_cannot_be_used_at_once() {
    let Some(bench) = Bench::new(Settings::default().hidden(1).unusable_roles(1)).await else { return };
    let config = bench.config().await;
    let (iam, sts) = (aws_sdk_iam::Client::new(&config), aws_sdk_sts::Client::new(&config));
    iam.create_role().role_name("a").assume_role_policy_document("{}").send().await.unwrap();
    let role = || async {
        iam.get_role()
            .role_name("a")
            .send()
            .await
            .err()
            .map(|e| e.into_service_error().is_no_such_entity_exception())
    };
    assert_eq!([role().await, role().await], [Some(true), None]);
    let arn = format!("arn:aws:iam::{}:role/a", bench.account);
    let assume = || async { sts.assume_role().role_arn(&arn).role_session_name("x").send().await.is_ok() };
    assert_eq!([assume().await, assume().await], [false, true]);
}
