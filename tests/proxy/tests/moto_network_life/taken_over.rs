//! A network that others made becomes ours.

use crate::expectations::{end, settle};
use crate::{boto::Others, world::World};
use aws_sdk_ec2::types::Filter;
use deathstar_aws::{FlowLogs, Nat, Vpc};
use deathstar_aws_proxy::Settings;
use deathstar_core::{
    ApplyError, PlanOptions, Stack,
    apply::Quiet,
    model::{Tier, Traffic},
    plan::Action,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The network as it is declared.
fn network() -> Vpc {
    let closed = Vpc::new("10.20.0.0/16").only_traffic(Traffic::new());
    closed.zones(2).nat(Nat::Single).without(Tier::Intra).flow_logs(FlowLogs::Off)
}

/// The ids of what somebody made by hand, by the addresses that it gets.
type Found = BTreeMap<String, String>;

fn text(made: &Value, pointer: &str) -> String {
    made.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} of {made}")).to_owned()
}

/// Makes a network as people do it by hand.
fn made_by_hand(others: &Others) -> Found {
    let mut all = Found::new();
    let vpc = text(&others.ec2("create_vpc", json!({"CidrBlock": "10.20.0.0/16"})), "/Vpc/VpcId");
    let gateway =
        text(&others.ec2("create_internet_gateway", json!({})), "/InternetGateway/InternetGatewayId");
    others.ec2("attach_internet_gateway", json!({"VpcId": vpc, "InternetGatewayId": gateway}));
    for (tier, zone, table, range) in [
        ("public", 0, "public", "10.20.48.0/24"),
        ("public", 1, "public", "10.20.49.0/24"),
        ("private", 0, "private/0", "10.20.0.0/20"),
        ("private", 1, "private/1", "10.20.16.0/20"),
    ] {
        let name = ["eu-west-1a", "eu-west-1b"][zone];
        let made =
            others.ec2("create_subnet", json!({"VpcId": vpc, "CidrBlock": range, "AvailabilityZone": name}));
        let subnet = text(&made, "/Subnet/SubnetId");
        let table = all.entry(format!("{table}/route-table")).or_insert_with(|| {
            text(&others.ec2("create_route_table", json!({"VpcId": vpc})), "/RouteTable/RouteTableId")
        });
        others.ec2("associate_route_table", json!({"RouteTableId": table, "SubnetId": subnet}));
        let acl = all.entry(format!("{tier}/acl/acl")).or_insert_with(|| {
            text(&others.ec2("create_network_acl", json!({"VpcId": vpc})), "/NetworkAcl/NetworkAclId")
        });
        let by = json!([{"Name": "association.subnet-id", "Values": [subnet]}]);
        let seen = others.ec2("describe_network_acls", json!({"Filters": by}));
        let associations = seen["NetworkAcls"][0]["Associations"].as_array().unwrap();
        let own = associations.iter().find(|one| one["SubnetId"] == subnet.as_str()).unwrap();
        let own = &own["NetworkAclAssociationId"];
        others.ec2("replace_network_acl_association", json!({"AssociationId": own, "NetworkAclId": acl}));
        for part in ["subnet", "association", "acl"] {
            all.insert(format!("{tier}/{zone}/{part}"), subnet.clone());
        }
    }
    let address = text(&others.ec2("allocate_address", json!({"Domain": "vpc"})), "/AllocationId");
    let with = json!({"SubnetId": all["public/0/subnet"], "AllocationId": address});
    let nat = text(&others.ec2("create_nat_gateway", with), "/NatGateway/NatGatewayId");
    // It is pending for one look.
    others.ec2("describe_nat_gateways", json!({"NatGatewayIds": [nat]}));
    let tables = ["public", "private/0", "private/1"];
    for (place, name, to) in [
        ("public", "GatewayId", &gateway),
        ("private/0", "NatGatewayId", &nat),
        ("private/1", "NatGatewayId", &nat),
    ] {
        let table = all[&format!("{place}/route-table")].clone();
        others.ec2(
            "create_route",
            json!({"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", name: to}),
        );
        all.insert(format!("{place}/default-route"), json!([table, "0.0.0.0/0"]).to_string());
    }
    let tables = tables.map(|place| all[&format!("{place}/route-table")].clone());
    let s3 = json!({
        "VpcId": vpc, "ServiceName": "com.amazonaws.eu-west-1.s3", "VpcEndpointType": "Gateway", "RouteTableIds": tables,
    });
    let s3 = text(&others.ec2("create_vpc_endpoint", s3), "/VpcEndpoint/VpcEndpointId");
    let rest = [
        ("vpc", vpc),
        ("internet-gateway", gateway),
        ("public/0/nat-address", address),
        ("public/0/nat-gateway", nat),
        ("endpoints/s3", s3),
    ];
    all.extend(rest.map(|(address, id)| (address.to_owned(), id)));
    all.into_iter().map(|(address, id)| (format!("network/{address}"), id)).collect()
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
    let import = || {
        let all = found.iter();
        all.fold(PlanOptions::default(), |options, (address, id)| options.import(address, id))
    };
    let stack = declared("webshop");
    let plan = world.engine.plan_with(&stack, import()).await.unwrap();
    let of = |action: &Action| plan.steps.iter().filter(|step| step.action == *action).count();
    assert_eq!(
        (of(&Action::Import), of(&Action::Ask)),
        (found.len(), plan.steps.len() - found.len()),
        "{plan}"
    );
    settle(&world.engine, &stack, plan.consent_to_all()).await;

    let outside = world.bench.outside().await;
    let by = Filter::builder().name("key").values("deathstar:address").build();
    let tags = outside.describe_tags().filters(by).send().await.unwrap();
    let written =
        tags.tags().iter().filter_map(|tag| Some((tag.value()?.to_owned(), tag.resource_id()?.to_owned())));
    let keyed = |address: &str| {
        let untagged = ["/0/acl", "/1/acl", "/association", "/default-route"];
        untagged.iter().any(|end| address.ends_with(end))
    };
    let tagged = found.clone().into_iter().filter(|(address, _)| !keyed(address));
    assert_eq!(written.collect::<Found>(), tagged.collect::<Found>());

    // Another stack, with a journal of its own, cannot have it.
    let (guest, engine) = (declared("guest"), world.forgetful());
    let begun = world.calls().len();
    let plan = engine.plan_with(&guest, import()).await.unwrap();
    let foreign =
        plan.blockers.iter().filter(|blocker| blocker.why.contains("belongs to stack `webshop`")).count();
    assert_eq!((plan.blockers.len(), foreign), (found.len(), 14), "{plan}");
    assert!(matches!(engine.apply(plan, Quiet).await, Err(ApplyError::Blocked(_))));
    assert!(world.calls().since(begun).mutating().is_empty());

    let plan = world.engine.destroy(&stack).await.unwrap();
    end(&world.engine, plan.consent_to_all()).await;
    assert_eq!(world.standing().await, Vec::<String>::new());
}
