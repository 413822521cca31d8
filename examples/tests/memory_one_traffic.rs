//! Traffic that is declared once: the network's groups and filters, and the policies of the cluster in it, follow from it.
#![allow(clippy::unwrap_used, reason = "a test fails by panic")]

use deathstar_addons::base::{Environment, Namespace, PlatformBase};
use deathstar_aws::{Account, Nat, Vpc};
use deathstar_core::{
    apply::Quiet,
    component::IpFamilies,
    kube::Cluster,
    model::{
        Tier,
        traffic::{Group, Pods, RuleLimits, Service, Traffic},
    },
    prelude::*,
    state::MemoryStore,
};

fn stack(families: IpFamilies) -> Stack {
    let traffic = Traffic::new()
        .group(Group::new("database", Tier::Intra))
        .with_pods(Pods::of("orders", "shop").label("app", "orders"))
        .allow("orders", "database", Service::tcp(5432), "orders are kept")
        .allow("control-plane", "orders", Service::tcp(9443), "the API server asks a webhook");
    let mut stack = Stack::new("webshop");
    let aws = stack.on(Account::region("eu-west-1"));
    let network = Vpc::new("10.20.0.0/16").zones(2).nat(Nat::Single).families(families).traffic(traffic);
    let network = stack.add(&aws, "network", network.rule_limits(RuleLimits::AWS.filter_entries(40)));
    let cluster = stack.on(Cluster::at("shop", "https://shop.example.com"));
    let base = PlatformBase::new(Environment::Production).namespace(Namespace::new("shop")).network(&network);
    stack.add(&cluster, "base", base);
    stack
}

fn engine() -> Engine {
    let kinds = deathstar_aws::kinds().merge(deathstar_core::kube::kinds());
    Engine::new(MemoryStore::new(), Memory::seeded(7).with(kinds))
}

#[tokio::test]
async fn one_declaration_opens_groups_and_policies_with_its_reason() {
    let stack = stack(IpFamilies::Ipv4);
    let plan = engine().plan(&stack).await.unwrap();
    let json: serde_json::Value = serde_json::from_str(&plan.to_json()).unwrap();
    let steps = json["steps"].as_array().unwrap();
    let at = |address: &str| {
        let step = steps.iter().find(|step| step["address"] == address);
        step.unwrap_or_else(|| panic!("there is no {address}")).to_string()
    };
    let why = "orders to database, tcp 5432: orders are kept";
    // In the network, pods are nodes; in the cluster, the database is the room of its tier.
    let group = at("network/groups/nodes/out/tcp-5432-database");
    let policy = at("base/namespaces/shop/policies/orders-out");
    assert!(group.contains(why) && policy.contains(why), "{group}\n{policy}");
    assert!(policy.contains("10.20.52.0/22") && policy.contains("5432"), "{policy}");
    let webhook = at("base/namespaces/shop/policies/orders-in");
    assert!(webhook.contains("9443") && webhook.contains("10.20.52.0/22"), "{webhook}");
}

#[tokio::test]
async fn ranges_that_the_cloud_chooses_reach_the_policies() {
    let (engine, stack) = (engine(), stack(IpFamilies::DualStack));
    let report = engine.apply(engine.plan(&stack).await.unwrap(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let recorded = engine.recorded().await.unwrap().recorded;
    let policy =
        recorded.rows().find(|row| row.address.as_str() == "base/namespaces/shop/policies/orders-out");
    let policy: serde_json::Value = policy.unwrap().phase.spec().decode().unwrap();
    let peers = policy["body"]["spec"]["egress"].as_array().unwrap();
    let ranges: Vec<_> = peers.iter().filter_map(|rule| rule["to"][0]["ipBlock"]["cidr"].as_str()).collect();
    assert!(
        ranges.contains(&"10.20.52.0/22") && ranges.iter().any(|range| range.contains("::/")),
        "{ranges:?}"
    );
    assert!(engine.plan(&stack).await.unwrap().is_empty());
}
