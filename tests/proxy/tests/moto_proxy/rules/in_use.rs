//! What is in use is not deleted.

use super::states::nat_state;
use super::{address, by, gateway, group, nat, subnet, table, vpc};
use crate::bench::{Bench, code};
use aws_sdk_ec2::types::{IpPermission, UserIdGroupPair, VpcEndpointType};
use deathstar_aws_proxy::{Quotas, Settings};

#[tokio::test]
async fn what_is_in_use_is_not_deleted() {
    let Some(bench) = Bench::new(Settings::default().pending(0).quotas(Quotas::ample())).await else {
        return;
    };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let delete_vpc = || async { code(ec2.delete_vpc().vpc_id(&vpc).send().await) };
    let subnet_id = subnet(&ec2, &vpc, "10.0.0.0/24").await;
    assert_eq!(delete_vpc().await, "DependencyViolation", "a subnet");
    let internet = gateway(&ec2, Some(&vpc)).await;
    let address = address(&ec2).await;
    let nat_id = nat(&ec2, &subnet_id, &address).await;
    let detach = || async {
        code(ec2.detach_internet_gateway().internet_gateway_id(&internet).vpc_id(&vpc).send().await)
    };
    let release = || async { code(ec2.release_address().allocation_id(&address).send().await) };
    let delete_subnet = || async { code(ec2.delete_subnet().subnet_id(&subnet_id).send().await) };
    for when in ["available", "deleting"] {
        assert_eq!(detach().await, "DependencyViolation", "mapped addresses, {when}");
        assert_eq!(release().await, "InvalidIPAddress.InUse", "{when}");
        assert_eq!(delete_subnet().await, "DependencyViolation", "a gateway, {when}");
        ec2.delete_nat_gateway().nat_gateway_id(&nat_id).send().await.unwrap();
    }
    assert_eq!(nat_state(&ec2, &nat_id).await, "deleting");
    assert_eq!(nat_state(&ec2, &nat_id).await, "deleted");
    assert_eq!([release().await, detach().await], ["", ""]);

    let endpoint = ec2.create_vpc_endpoint().vpc_id(&vpc).vpc_endpoint_type(VpcEndpointType::Interface);
    let group_id = group(&ec2, &vpc, "endpoints").await;
    let endpoint = endpoint
        .service_name("com.amazonaws.eu-west-1.ecr.api")
        .subnet_ids(&subnet_id)
        .security_group_ids(&group_id);
    let endpoint =
        endpoint.send().await.unwrap().vpc_endpoint().unwrap().vpc_endpoint_id().unwrap().to_owned();
    let delete_group = |id: String| async { code(ec2.delete_security_group().group_id(id).send().await) };
    assert_eq!(delete_subnet().await, "DependencyViolation", "an endpoint");
    assert_eq!(delete_group(group_id.clone()).await, "DependencyViolation", "an endpoint");
    ec2.delete_vpc_endpoints().vpc_endpoint_ids(&endpoint).send().await.unwrap();
    assert_eq!(delete_subnet().await, "DependencyViolation", "an endpoint that is deleting");
    let seen = ec2.describe_vpc_endpoints().vpc_endpoint_ids(&endpoint).send().await.unwrap();
    assert_eq!(seen.vpc_endpoints()[0].state().unwrap().as_str().to_ascii_lowercase(), "deleting");
    assert_eq!(
        code(ec2.describe_vpc_endpoints().vpc_endpoint_ids(&endpoint).send().await),
        "InvalidVpcEndpointId.NotFound"
    );
    assert_eq!(delete_subnet().await, "");

    let other = group(&ec2, &vpc, "other").await;
    let pair = UserIdGroupPair::builder().group_id(&group_id).build();
    let rule =
        IpPermission::builder().ip_protocol("tcp").from_port(1).to_port(2).user_id_group_pairs(pair).build();
    ec2.authorize_security_group_ingress().group_id(&other).ip_permissions(rule).send().await.unwrap();
    assert_eq!(delete_group(group_id.clone()).await, "DependencyViolation", "a rule");
    assert_eq!(delete_vpc().await, "DependencyViolation", "a security group");
    assert_eq!([delete_group(other).await, delete_group(group_id).await], ["", ""]);
    let groups = ec2.describe_security_groups().filters(by("vpc-id", &vpc)).send().await.unwrap();
    let default = groups.security_groups()[0].group_id().unwrap().to_owned();
    assert_eq!(delete_group(default).await, "CannotDelete");

    let acl = ec2.create_network_acl().vpc_id(&vpc).send().await.unwrap();
    let acl = acl.network_acl().unwrap().network_acl_id().unwrap().to_owned();
    assert_eq!(delete_vpc().await, "DependencyViolation", "a network ACL");
    ec2.delete_network_acl().network_acl_id(&acl).send().await.unwrap();
    let acls = ec2.describe_network_acls().filters(by("vpc-id", &vpc)).send().await.unwrap();
    let default = acls.network_acls()[0].network_acl_id().unwrap();
    assert_eq!(code(ec2.delete_network_acl().network_acl_id(default).send().await), "InvalidParameterValue");

    let table_id = table(&ec2, &vpc).await;
    assert_eq!(delete_vpc().await, "DependencyViolation", "a route table");
    ec2.delete_route_table().route_table_id(&table_id).send().await.unwrap();
    let tables = ec2.describe_route_tables().filters(by("vpc-id", &vpc)).send().await.unwrap();
    let main = tables.route_tables()[0].route_table_id().unwrap();
    assert_eq!(code(ec2.delete_route_table().route_table_id(main).send().await), "DependencyViolation");

    let egress = ec2.create_egress_only_internet_gateway().vpc_id(&vpc).send().await.unwrap();
    let egress =
        egress.egress_only_internet_gateway().unwrap().egress_only_internet_gateway_id().unwrap().to_owned();
    assert_eq!(delete_vpc().await, "DependencyViolation", "an egress-only gateway");
    ec2.delete_egress_only_internet_gateway().egress_only_internet_gateway_id(egress).send().await.unwrap();
    let again = gateway(&ec2, Some(&vpc)).await;
    assert_eq!(delete_vpc().await, "DependencyViolation", "an internet gateway");
    ec2.detach_internet_gateway().internet_gateway_id(again).vpc_id(&vpc).send().await.unwrap();
    assert_eq!(delete_vpc().await, "");
}
