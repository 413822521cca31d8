//! Changes that Azure does not take in place.

use crate::{acts, apply, declared, world};
use deathstar_azure::{
    authorization::{Role, RoleAssignment},
    id::{
        NetworkWatcherId, PrincipalId, PrivateDnsZoneId, ResourceGroupId, ResourceId, StorageAccountId,
        SubnetId, VirtualNetworkId,
    },
    networking::{
        FlowLog, FlowLogTarget, NatGateway, PrivateEndpoint, PublicIpAddress, PublicIpPrefix, PublicIpSku,
        Subnet, VirtualNetwork,
    },
    private_dns::RecordSet,
    resources::{ResourceGroup, ResourceGroupOutputs},
};
use deathstar_core::{Resource, Stack};

const GROUP: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g";

pub(crate) fn group() -> ResourceGroupId {
    ResourceGroupId::new(GROUP)
}

pub(crate) fn at(path: &str) -> String {
    format!("{GROUP}/providers/{path}")
}

/// What becomes of an object whose declaration changes.
async fn becomes<R: Resource<Provider = deathstar_azure::Azure>>(first: R, then: R) -> Vec<String> {
    let (engine, _) = world();
    apply(&engine, &declared(|stack, azure| drop(stack.add(azure, "one", first)))).await;
    let stack = declared(|stack, azure| drop(stack.add(azure, "one", then)));
    let found = acts(&engine.plan(&stack).await.unwrap());
    apply(&engine, &stack).await;
    found
}

fn replaced(by: &str) -> [String; 2] {
    ["Delete one".to_owned(), format!("Create one {by}")]
}

#[tokio::test]
async fn a_nat_gateway_keeps_its_zone_and_its_sort() {
    let zonal =
        |zone: Option<&str>| NatGateway::zonal(group(), "out", zone.map(|zone| zone.parse().unwrap()));
    assert_eq!(becomes(zonal(Some("1")), zonal(Some("2"))).await, replaced("sku"));
    assert_eq!(becomes(zonal(None), NatGateway::zone_redundant(group(), "out")).await, replaced("sku"));
}

#[tokio::test]
async fn a_public_address_keeps_what_it_was_made_with() {
    let address = || PublicIpAddress::new(group(), "out");
    let zones = |zones: &[&str]| zones.iter().map(|zone| zone.parse().unwrap()).collect::<Vec<_>>();
    assert_eq!(becomes(address(), address().sku(PublicIpSku::StandardV2)).await, replaced("sku"));
    assert_eq!(
        becomes(address().zones(zones(&["1"])), address().zones(zones(&["2"]))).await,
        replaced("zones")
    );
    assert_eq!(becomes(address(), address().ipv6()).await, replaced("public_ip_address_version"));
    assert_eq!(
        becomes(PublicIpPrefix::ipv4(group(), "out", 30), PublicIpPrefix::ipv4(group(), "out", 29)).await,
        replaced("prefix_length")
    );
}

#[tokio::test]
async fn an_endpoint_stays_in_its_subnet() {
    let endpoint = |subnet: &str| {
        let subnet = SubnetId::new(at(&format!("Microsoft.Network/virtualNetworks/n/subnets/{subnet}")));
        PrivateEndpoint::new(
            group(),
            "one",
            subnet,
            ResourceId::new(at("Microsoft.Storage/storageAccounts/a")),
            ["blob"],
        )
    };
    assert_eq!(becomes(endpoint("a"), endpoint("b")).await, replaced("subnet"));
}

#[tokio::test]
async fn a_flow_log_takes_another_target_of_the_same_sort() {
    let watcher = || NetworkWatcherId::new(at("Microsoft.Network/networkWatchers/w"));
    let network =
        |name: &str| VirtualNetworkId::new(at(&format!("Microsoft.Network/virtualNetworks/{name}")));
    let log = |target| {
        FlowLog::new(
            watcher(),
            "log",
            target,
            StorageAccountId::new(at("Microsoft.Storage/storageAccounts/a")),
        )
    };
    let whole = |name| log(FlowLogTarget::VirtualNetwork(network(name).into()));
    let subnet = log(FlowLogTarget::Subnet(SubnetId::new(format!("{}/subnets/s", network("a"))).into()));
    assert_eq!(becomes(whole("a"), whole("b")).await, ["Update one target"]);
    assert_eq!(becomes(whole("a"), subnet).await, replaced("target"));
}

#[tokio::test]
async fn records_of_another_type_are_another_record_set() {
    let zone = || PrivateDnsZoneId::new(at("Microsoft.Network/privateDnsZones/shop.internal"));
    let four = |last: u8| RecordSet::a(zone(), "api", [std::net::Ipv4Addr::new(10, 0, 0, last)]);
    let text = || RecordSet::txt(zone(), "api", ["web"]);
    assert_eq!(becomes(four(1), four(2)).await, ["Update one records"]);
    assert_eq!(becomes(four(1), text()).await, ["Create one records", "Delete one"]);
}

#[tokio::test]
async fn a_role_is_given_anew() {
    let role = |role, principal: &str| {
        let scope = ResourceId::new(GROUP);
        RoleAssignment::new(scope, role, PrincipalId::new(principal))
    };
    let (one, other) = ("00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002");
    assert_eq!(
        becomes(role(Role::READER, one), role(Role::READER, other)).await,
        ["Create one principal", "Delete one"]
    );
    assert_eq!(
        becomes(role(Role::READER, one), role(Role::CONTRIBUTOR, one)).await,
        ["Create one role", "Delete one"]
    );
    let described = role(Role::READER, one).description("to look");
    assert_eq!(becomes(role(Role::READER, one), described).await, ["Update one description"]);
}

/// A gateway with an address, and a subnet that goes out by it.
fn way_out(zone: &'static str, gateway: &'static str, address: &'static str) -> Stack {
    declared(|stack, azure| {
        let group = stack.add(azure, "group", ResourceGroup::new("g"));
        let network = VirtualNetwork::new(group.group_id(), "net", ["10.0.0.0/16".parse().unwrap()]);
        let network = stack.add(azure, "net", network);
        let address = stack.add(azure, address, PublicIpAddress::new(group.group_id(), address));
        let gateway = NatGateway::zonal(group.group_id(), gateway, Some(zone.parse().unwrap()));
        let gateway = stack.add(azure, "gateway", gateway.public_ip_addresses([address.id()]));
        let subnet = Subnet::new(network.id(), "nodes", ["10.0.0.0/24".parse().unwrap()]);
        stack.add(azure, "nodes", subnet.nat_gateway(Some(gateway.id())));
    })
}

/// Subnets let go of a gateway by an update. Where its successor takes its name or its address, the update cannot come first.
#[tokio::test]
async fn a_gateway_of_another_name_and_address_takes_over_from_one_in_use() {
    let first = || way_out("1", "out", "one");
    for (then, expected) in [
        (
            way_out("2", "out", "one"),
            vec!["Delete nodes", "Delete gateway", "Create gateway sku", "Create nodes nat_gateway"],
        ),
        (
            way_out("2", "out-2", "one"),
            vec!["Delete nodes", "Delete gateway", "Create gateway name, sku", "Create nodes nat_gateway"],
        ),
        (
            way_out("2", "out-2", "two"),
            vec![
                "Create two",
                "Create gateway name, sku, public_ip_addresses",
                "Update nodes nat_gateway",
                "Delete gateway",
                "Delete one",
            ],
        ),
    ] {
        let (engine, memory) = world();
        apply(&engine, &first()).await;
        assert_eq!(acts(&engine.plan(&then).await.unwrap()), expected);
        apply(&engine, &then).await;
        assert_eq!(memory.objects().len(), then.len());
    }
}
