//! The life of a virtual network on the in-memory cloud: what a change of mind changes, and what it leaves alone.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]

#[path = "../../tests/shared/expectations.rs"]
mod expectations;
#[path = "../../tests/shared/life.rs"]
mod life;
#[path = "../../tests/shared/shop.rs"]
mod shop;

use deathstar_azure::{
    FlowLogs, Nat, PrivateTarget, Subscription, Vnet, VnetRefs,
    id::{ResourceGroupId, ResourceId, VirtualNetworkId},
    kinds,
    networking::NextHop,
};
use deathstar_core::{
    Stack,
    component::{IpFamilies, NetworkRefs, PrivateEndpoints},
    model::{
        Tier, TierSize, Traffic,
        traffic::{Group, Party, Service},
    },
    plan::Action,
};
use life::{Changes, Life, expect_alike, expect_reasons, more_traffic, neutral, rules};
use shop::{cache_traffic, quiet_traffic, shop_traffic};

const SUBSCRIPTION: &str = "11111111-2222-3333-4444-555555555555";
const API_SERVERS: &str = "Microsoft.ContainerService/managedClusters";

fn subscription() -> Subscription {
    Subscription::new(SUBSCRIPTION, "westeurope")
}

fn stack(vnet: impl Into<Vnet>) -> (Stack, VnetRefs) {
    let mut stack = Stack::new("webshop");
    let azure = stack.on(subscription());
    let refs = stack.add(&azure, "network", vnet.into());
    (stack, refs)
}

fn webshop() -> Vnet {
    Vnet::new("10.20.0.0/16").nat(Nat::Single).traffic(shop_traffic())
}

fn quiet() -> Vnet {
    Vnet::new("10.20.0.0/16").only_traffic(quiet_traffic())
}

fn registry() -> PrivateTarget {
    let id = format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/images"
    );
    PrivateTarget::registry(ResourceId::new(id))
}

/// Lives with a network, and then tells how a plan would change it.
async fn change(before: Vnet, after: Vnet) -> Changes {
    Life::of(kinds()).change(stack(before).0, stack(after).0).await
}

async fn findings(vnet: Vnet) -> Vec<String> {
    let told = Life::of(kinds()).findings(&stack(vnet).0).await;
    told.into_iter().map(|(_, code)| code).collect()
}

fn others(changes: &Changes) -> Vec<String> {
    changes.others().into_iter().collect()
}

#[tokio::test]
async fn a_declaration_more_only_adds_rules() {
    let more = Traffic::new().allow("nodes", "database", Service::tcp(636), "the shop asks who people are");
    let changes = change(webshop(), webshop().traffic(more)).await;
    assert!(changes.others().is_empty(), "{:?}", changes.others());
    let expected = ["network/groups/nodes/out/tcp-636-database", "network/groups/database/in/tcp-636-nodes"];
    assert_eq!(changes.of(&Action::Create), expected);
}

#[tokio::test]
async fn a_zone_more_changes_nothing_where_subnets_span_zones() {
    let changes = change(webshop().zones(2), webshop().zones(3)).await;
    assert!(changes.0.is_empty());
    let changes = change(webshop().subnets_per_zone().zones(2), webshop().subnets_per_zone().zones(3)).await;
    assert_eq!(changes.of(&Action::Create), ["network/private/2/subnet"]);
    assert!(changes.others().is_empty(), "{:?}", changes.others());
}

#[tokio::test]
async fn a_tier_more_changes_no_rule_of_others() {
    let changes = change(quiet().without(Tier::Intra), quiet()).await;
    let made = changes.of(&Action::Create);
    assert!(made.contains(&"network/intra/subnet") && made.contains(&"network/intra/security-group/group"));
    assert_eq!(rules(&made), 2, "what closes it");
    assert!(changes.others().is_empty());

    let changes = change(quiet(), quiet().pods("100.64.0.0/16")).await;
    assert!(changes.of(&Action::Create).contains(&"network/pods/subnet"));
    assert_eq!(others(&changes), ["Update network/vnet"], "it takes one range in");
}

#[tokio::test]
async fn another_way_out_changes_the_subnets_that_take_it_and_nothing_else() {
    let changes = change(webshop(), webshop().nat(Nat::PerZone)).await;
    let expected = ["network/egress/address", "network/egress/gateway"];
    assert_eq!(changes.of(&Action::Create), expected);
    let gone =
        "Delete network/egress/0/address, Delete network/egress/0/gateway, Update network/private/subnet";
    assert_eq!(others(&changes).join(", "), gone);

    let zonal = || webshop().subnets_per_zone();
    let changes = change(zonal(), zonal().nat(Nat::PerZone)).await;
    assert_eq!(changes.of(&Action::Create).len(), 4);
    assert_eq!(others(&changes), ["Update network/private/1/subnet", "Update network/private/2/subnet"]);
}

#[tokio::test]
async fn ipv6_is_added_in_place() {
    let before = || webshop().nat(Nat::PerZone);
    let changes = change(before(), before().families(IpFamilies::DualStack)).await;
    assert!(changes.of(&Action::Delete).is_empty());
    let expected = "Update network/egress/gateway, Update network/intra/subnet, Update network/private/subnet, \
                    Update network/public/subnet, Update network/vnet";
    assert_eq!(others(&changes).join(", "), expected, "no rule that was there");
    let made = changes.of(&Action::Create);
    assert!(made.contains(&"network/egress/address-ipv6"));
    assert!(made.contains(&"network/groups/nodes/out/tcp-443-anywhere-ipv6"));
}

#[tokio::test]
async fn endpoints_come_and_go_alone() {
    let changes = change(webshop(), webshop().private_endpoint("images", registry())).await;
    assert!(changes.others().is_empty(), "{:?}", changes.others());
    let made = changes.of(&Action::Create);
    for address in [
        "network/endpoints/images/endpoint",
        "network/endpoints/images/names",
        "network/endpoints/zones/privatelink.azurecr.io/link",
        "network/endpoints/zones/privatelink.azurecr.io/zone",
        "network/groups/endpoints/group",
        "network/groups/endpoints/in/tcp-443-nodes",
        "network/groups/nodes/out/tcp-443-endpoints",
    ] {
        assert!(made.contains(&address), "{address} in {made:?}");
    }
    assert_eq!(made.len(), 7);
    let changes = change(webshop().private_endpoint("images", registry()), webshop()).await;
    assert_eq!(changes.of(&Action::Delete).len(), 7);
}

#[tokio::test]
async fn a_group_goes_with_its_rules_and_nothing_else() {
    let changes = change(webshop().traffic(cache_traffic()), webshop()).await;
    let gone = changes.of(&Action::Delete);
    assert!(gone.contains(&"network/groups/cache/group"));
    assert!(gone.iter().all(|address| address.contains("cache")), "{gone:?}");
}

#[tokio::test]
async fn a_scope_is_renamed_without_replacing_what_carries_a_name() {
    let life = Life::of(kinds());
    let vnet = || webshop().families(IpFamilies::DualStack).nat(Nat::PerZone);
    let mut renamed = Stack::new("webshop");
    let azure = renamed.on(subscription());
    renamed.renamed("network", "platform/network");
    renamed.add(&azure, "platform/network", vnet().named("network"));
    let changes = life.rename(&stack(vnet()).0, &renamed).await;
    assert!(changes.others().is_empty(), "{:?}", changes.others());
}

#[tokio::test]
async fn every_choice_lives_and_leaves_nothing() {
    let all = || {
        webshop()
            .nat(Nat::PerZone)
            .families(IpFamilies::DualStack)
            .ipv6_range("2001:db8:12::/48")
            .pods("100.64.0.0/16")
            .private_endpoint("images", registry())
            .private_endpoints(PrivateEndpoints::Cluster)
            .service_endpoint("Microsoft.Sql")
            .private_zone("shop.internal")
            .dns_servers(["10.20.52.5".parse().unwrap()])
            .route("10.0.0.0/8".parse().unwrap(), NextHop::VirtualNetworkGateway)
    };
    let bare = || Vnet::new("10.20.0.0/16");
    let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/shared");
    let variants = [
        bare(),
        webshop(),
        all(),
        webshop().subnets_per_zone().nat(Nat::PerZone).pods("100.64.0.0/16"),
        bare().nat(Nat::None).without(Tier::Public),
        bare().without(Tier::Intra).flow_logs(FlowLogs::Off),
        bare().without(Tier::Private),
        bare().delegate(Tier::Intra, API_SERVERS),
        bare().resource_group(ResourceGroupId::new(group)),
    ];
    for vnet in variants {
        Life::of(kinds()).live(stack(vnet)).await;
    }
}

#[tokio::test]
async fn nothing_stands_in_a_subnet_before_its_rules_close() {
    let life = Life::of(kinds());
    let (stack, _) = stack(webshop());
    let plan = life.engine.plan(&stack).await.unwrap();
    for tier in Tier::CONVENTIONAL {
        for way in ["in", "out"] {
            let closed = format!("network/{tier}/security-group/{way}/nothing-else");
            assert!(plan.order(&closed, &format!("network/{tier}/subnet")), "{closed}");
        }
    }
}

#[tokio::test]
async fn every_subnet_is_private_and_names_its_filter_and_its_way_out() {
    let life = Life::of(kinds());
    let (stack, refs) =
        stack(Vnet::new("10.20.0.0/16").pods("100.64.0.0/16").delegate(Tier::Intra, API_SERVERS));
    let report = life.apply(&stack).await;
    for subnet in life.cloud.objects().iter().filter(|object| object.family == "azure.network.subnet") {
        let spec = &subnet.spec;
        let name = spec["name"].as_str().unwrap();
        assert_eq!(spec["default_outbound_access"], false, "{name}");
        let filter = spec["network_security_group"].as_str().unwrap();
        assert!(filter.ends_with(&format!("/networkSecurityGroups/webshop-network-{name}")), "{filter}");
        assert_eq!(spec["nat_gateway"].is_string(), ["private", "pods"].contains(&name), "{name}");
        assert_eq!(spec["delegations"].is_array(), name == "intra");
        assert_eq!(spec["service_endpoints"][0], "Microsoft.Storage");
    }
    let zones: Vec<_> = refs.zones().iter().map(|zone| report.value(zone).unwrap().to_string()).collect();
    assert_eq!(zones, ["1", "2", "3"]);
    assert_eq!(refs.egress_addresses().len(), 1);
    let vnet = report.value(&refs.id()).unwrap();
    assert!(vnet.as_str().ends_with(
        "/resourceGroups/webshop-network/providers/Microsoft.Network/virtualNetworks/webshop-network"
    ));
}

#[tokio::test]
async fn the_plan_shows_for_each_rule_who_asked_for_it() {
    let life = Life::of(kinds());
    let (stack, _) = stack(webshop());
    let plan = life.plan(&stack).await;
    expect_reasons(&plan);
}

#[tokio::test]
async fn what_azure_cannot_do_is_told_before_any_call() {
    let vnet = || Vnet::new("10.20.0.0/16");
    let codes = async |vnet: Vnet| findings(vnet).await.join(" ");
    assert_eq!(codes(vnet().zones(4)).await, "zones.count");
    assert_eq!(codes(vnet().zones(0)).await, "zones.count");
    assert_eq!(codes(vnet().families(IpFamilies::Ipv6Only)).await, "network.families");
    assert_eq!(codes(vnet().ipv6_range("fd00::/48")).await, "network.families");
    assert_eq!(codes(vnet().families(IpFamilies::DualStack).nat(Nat::Single)).await, "network.nat");
    assert_eq!(codes(vnet().families(IpFamilies::DualStack).subnets_per_zone()).await, "network.nat");
    assert_eq!(codes(vnet().families(IpFamilies::DualStack).ipv6_range("fd00::/60")).await, "cidr.ipv6");
    assert_eq!(codes(vnet().private_endpoints(PrivateEndpoints::Cluster)).await, "network.endpoints");
    let neither = vnet().without(Tier::Private).without(Tier::Intra).private_endpoint("images", registry());
    assert_eq!(codes(neither).await, "network.endpoints");
    assert_eq!(
        codes(vnet().without(Tier::Intra).delegate(Tier::Intra, API_SERVERS)).await,
        "network.delegation"
    );
    let shared = vnet().traffic(shop_traffic()).delegate(Tier::Intra, API_SERVERS);
    assert_eq!(codes(shared).await, "traffic.ungrouped");
    let nothing = vnet().without(Tier::Public).without(Tier::Private).without(Tier::Intra);
    assert_eq!(codes(nothing).await, "network.tiers");
    assert_eq!(codes(vnet().pods("100.64.0.0/16").without(Tier::Pods)).await, "network.pods");
    assert_eq!(codes(Vnet::new("10.20.3.7/16")).await, "cidr.host-bits");
    assert_eq!(codes(Vnet::new("10.20.0.0/30")).await, "cidr.block-size");
    assert_eq!(codes(vnet().size(Tier::Private, TierSize::Prefix(30))).await, "cidr.subnet-size");
    assert_eq!(codes(vnet().pods("10.20.128.0/17")).await, "cidr.overlap");
    let icmpv6 = Traffic::new().allow("nodes", "nodes", Service::protocol(4), "tunnels");
    assert_eq!(codes(vnet().traffic(icmpv6)).await, "traffic.no-word");
    let wrong = Traffic::new()
        .group(Group::new("database", Tier::Intra))
        .allow(Party::Internet, "database", Service::tcp(5432), "reports")
        .allow("shop", "database", Service::tcp(5432), "orders");
    assert_eq!(codes(vnet().traffic(wrong)).await, "traffic.no-route traffic.unknown-party");
}

#[tokio::test]
async fn clients_come_through_load_balancers_and_are_asked_about() {
    let needs = Traffic::new()
        .allow(Party::Internet, "nodes", Service::tcp(443), "clients reach the ingress")
        .allow(Party::Probes, "nodes", Service::tcp(10256), "load balancers ask nodes");
    let life = Life::of(kinds());
    let (stack, _) = stack(webshop().traffic(needs));
    life.apply(&stack).await;
    let rule = |name: &str| {
        let objects = life.cloud.objects();
        let of = objects.iter().find(|object| object.spec["name"] == name);
        of.unwrap_or_else(|| panic!("{name}")).spec.clone()
    };
    assert_eq!(rule("in_nodes_tcp-10256-probes")["source"]["service-tag"], "AzureLoadBalancer");
    assert_eq!(rule("in_nodes_tcp-443-anywhere-ipv4")["source"]["ranges"][0], "0.0.0.0/0");
    assert_eq!(rule("out_nodes_tcp-443-object-storage")["destination"]["service-tag"], "Storage.westeurope");
}

#[tokio::test]
async fn what_rules_cannot_say_exactly_is_remarked() {
    let ping = Traffic::new().allow("nodes", "database", Service::ping(), "are you there");
    let plan = Life::of(kinds()).plan(&stack(webshop().traffic(ping)).0).await;
    assert!(plan.notes[0].contains("opens all of ICMP"), "{:?}", plan.notes);
    assert!(Life::of(kinds()).plan(&stack(webshop()).0).await.notes.is_empty());
}

#[tokio::test]
async fn the_neutral_spec_has_every_choice() {
    let native = Vnet::new("10.20.0.0/16")
        .zones(2)
        .pods("100.64.0.0/16")
        .families(IpFamilies::DualStack)
        .flow_logs(FlowLogs::Off)
        .private_zone("shop.internal")
        .traffic(more_traffic());
    let neutral = stack(neutral());
    expect_alike(&neutral, &stack(native));
    let refs = &neutral.1;
    assert_eq!(
        (refs.ranges().len(), refs.egress_addresses().len(), refs.egress_ipv6_addresses().len()),
        (3, 1, 1)
    );
}

#[tokio::test]
async fn networks_of_two_subscriptions_have_ipv6_ranges_of_their_own() {
    let of = |subscription: &str| {
        let mut stack = Stack::new("webshop");
        let azure = stack.on(Subscription::new(subscription, "westeurope"));
        let refs = stack.add(&azure, "network", Vnet::new("10.20.0.0/16").families(IpFamilies::DualStack));
        refs.ranges()[1].value().unwrap().to_string()
    };
    assert_ne!(of(SUBSCRIPTION), of("11111111-2222-3333-4444-555555555556"));
    assert!(of(SUBSCRIPTION).starts_with("fd") && of(SUBSCRIPTION).ends_with("::/48"));
}

#[tokio::test]
async fn an_existing_network_declares_one_question() {
    const HUB: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub";
    let mut stack = Stack::new("webshop");
    let azure = stack.on(subscription());
    let vnet = Vnet::existing(VirtualNetworkId::new(HUB)).tier(Tier::Private, "snet-nodes").zones(2);
    let refs = stack.add(&azure, "network", vnet);
    assert_eq!(stack.addresses().map(ToString::to_string).collect::<Vec<_>>(), ["network/lookup"]);
    assert_eq!((refs.subnets().len(), refs.zones().len()), (1, 2));
    assert!(refs.tier(Tier::Intra).is_empty() && refs.resource().is_none());
    let life = Life::of(kinds());
    stack.export("subnet", &refs.subnet_ids(Tier::Private)[0]);
    let report = life.apply(&stack).await;
    assert_eq!(report.exports()["subnet"], format!("{HUB}/subnets/snet-nodes"));
}
