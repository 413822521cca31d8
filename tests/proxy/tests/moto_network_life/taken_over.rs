//! A network that others made becomes ours.

use crate::{
    boto::Others,
    world::{World, expect_success},
};
use deathstar_aws::{Nat, Vpc};
use deathstar_aws_proxy::Settings;
use deathstar_core::{
    Stack,
    apply::Quiet,
    model::{Tier, Traffic},
    plan::Action,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The network as it is declared.
fn network() -> Vpc {
    Vpc::new("10.20.0.0/16").zones(2).nat(Nat::Single).without(Tier::Intra).only_traffic(Traffic::new())
}

/// What somebody made by hand, by the address that it gets: as ids.
struct Found(BTreeMap<&'static str, String>);

impl Found {
    fn import(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(address, id)| (*address, id.as_str()))
    }
}

fn text(made: &Value, pointer: &str) -> String {
    made.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} of {made}")).to_owned()
}

/// Makes a network as people do it by hand.
fn made_by_hand(others: &Others) -> Found {
    let vpc = text(&others.ec2("create_vpc", json!({"CidrBlock": "10.20.0.0/16"})), "/Vpc/VpcId");
    let mut all = BTreeMap::from([("network/vpc", vpc.clone())]);
    let gateway =
        text(&others.ec2("create_internet_gateway", json!({})), "/InternetGateway/InternetGatewayId");
    others.ec2("attach_internet_gateway", json!({"VpcId": vpc, "InternetGatewayId": gateway}));
    let mut public = vec![];
    for (address, table, zone, range) in [
        ("network/public/0/subnet", "network/public/route-table", "eu-west-1a", "10.20.48.0/24"),
        ("network/public/1/subnet", "network/public/route-table", "eu-west-1b", "10.20.49.0/24"),
        ("network/private/0/subnet", "network/private/0/route-table", "eu-west-1a", "10.20.0.0/20"),
        ("network/private/1/subnet", "network/private/1/route-table", "eu-west-1b", "10.20.16.0/20"),
    ] {
        let with = json!({"VpcId": vpc, "CidrBlock": range, "AvailabilityZone": zone});
        let subnet = text(&others.ec2("create_subnet", with), "/Subnet/SubnetId");
        let table = all.entry(table).or_insert_with(|| {
            text(&others.ec2("create_route_table", json!({"VpcId": vpc})), "/RouteTable/RouteTableId")
        });
        others.ec2("associate_route_table", json!({"RouteTableId": table, "SubnetId": subnet}));
        if address.contains("public") {
            public.push(subnet.clone());
        }
        all.insert(address, subnet);
    }
    let everywhere = "0.0.0.0/0";
    let way = |table: &str, name: &str, id: &str| {
        others.ec2(
            "create_route",
            json!({"RouteTableId": table, "DestinationCidrBlock": everywhere, name: id}),
        );
    };
    way(&all["network/public/route-table"], "GatewayId", &gateway);
    let address = text(&others.ec2("allocate_address", json!({"Domain": "vpc"})), "/AllocationId");
    let with = json!({"SubnetId": public[0], "AllocationId": address});
    let nat = text(&others.ec2("create_nat_gateway", with), "/NatGateway/NatGatewayId");
    others.ec2("describe_nat_gateways", json!({"NatGatewayIds": [nat]})); // It is pending for one look.
    way(&all["network/private/0/route-table"], "NatGatewayId", &nat);
    all.extend([
        ("network/internet-gateway", gateway),
        ("network/public/0/nat-address", address),
        ("network/public/0/nat-gateway", nat),
    ]);
    Found(all)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_made_by_hand_becomes_ours_unless_it_is_of_others() {
    let Some(world) = World::new(Settings::default()).await else { return };
    let others = Others::of(&world.bench);
    let found = made_by_hand(&others);
    let declared = |name: &str| {
        let mut stack = Stack::new(name);
        let aws = stack.on(world.bench.declared());
        stack.add(&aws, "network", network());
        stack
    };
    let stack = declared("webshop");
    let plan = world.engine.import(&stack, found.import()).await.unwrap();
    eprintln!("{plan}");
    let of = |action: &Action| plan.steps.iter().filter(|step| step.action == *action).count();
    assert_eq!((of(&Action::Import), plan.creates(), plan.deletes()), (found.0.len(), 0, 0), "{plan}");
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    expect_success(&report);
    let plan = world.engine.plan(&stack).await.unwrap();
    eprintln!("{plan}");
}
