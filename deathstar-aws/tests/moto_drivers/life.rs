//! The life of the network: made, changed, found drifted, repaired, destroyed.

use crate::expectations::{apply, destroy, planned};
use crate::world::World;
use aws_sdk_ec2::types::{AttributeBooleanValue, Filter, Tag};
use deathstar_aws::{
    ExistingVpc, FlowLogs, Nat, Vpc, VpcRefs,
    id::{SubnetId, VpcId},
};
use deathstar_core::{
    Engine, Error, Stack,
    apply::{Quiet, Report},
    component::NetworkRefs,
    model::{Tier, Traffic},
    plan::Action,
    state::MemoryStore,
};

impl World {
    pub fn stack(&self, vpc: Vpc) -> (Stack, VpcRefs) {
        let (mut stack, aws) = self.declared();
        // Rules and records have tests of their own; moto loses the types of ICMP entries.
        let vpc = vpc.only_traffic(Traffic::new()).flow_logs(FlowLogs::Off);
        let refs = stack.add(&aws, "network", vpc);
        (stack, refs)
    }

    /// Destroys a network: the proof names its eight kinds that carry tags.
    pub async fn destroy_network(&self, stack: &Stack) {
        let proof = destroy(&self.engine, stack).await;
        assert_eq!(proof.listed.len(), 8, "{proof:?}");
    }
}

pub fn by(name: &str, value: impl Into<String>) -> Filter {
    Filter::builder().name(name).values(value).build()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_is_made_and_destroyed_with_proof() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = world.stack(Vpc::new("10.20.0.0/16"));
    let report = apply(&world.engine, &stack).await;
    assert_eq!(report.steps.len(), stack.len());

    let outside = world.account.outside().await;
    let vpc = report.value(&refs.id()).unwrap();
    let of_vpc = || by("vpc-id", vpc.as_str());
    let subnets = outside.describe_subnets().filters(of_vpc()).send().await.unwrap();
    let mut ranges: Vec<_> = subnets.subnets().iter().filter_map(|subnet| subnet.cidr_block()).collect();
    ranges.sort_unstable();
    assert_eq!(ranges.len(), 9);
    assert_eq!(ranges[0], "10.20.0.0/20");
    let zones: std::collections::BTreeSet<_> =
        subnets.subnets().iter().filter_map(|subnet| subnet.availability_zone()).collect();
    assert_eq!(zones.into_iter().collect::<Vec<_>>(), ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    let public: Vec<SubnetId> =
        refs.subnet_ids(Tier::Public).iter().map(|id| report.value(id).unwrap()).collect();
    for subnet in subnets.subnets() {
        let is_public = public.iter().any(|id| Some(id.as_str()) == subnet.subnet_id());
        assert_eq!(subnet.map_public_ip_on_launch(), Some(is_public));
        let tag = |key: &str| subnet.tags().iter().find(|tag| tag.key() == Some(key)).and_then(Tag::value);
        assert_eq!(tag("kubernetes.io/role/elb").is_some(), is_public);
        assert_eq!(tag("team"), Some("shop"));
        assert!(tag("Name").unwrap().starts_with("webshop-network-"), "{:?}", tag("Name"));
        assert_eq!(tag("deathstar:stack"), Some("webshop"));
    }
    let groups = outside.describe_security_groups().filters(of_vpc()).send().await.unwrap();
    let [group] = groups.security_groups() else { panic!("one group: {groups:?}") };
    assert!(group.ip_permissions().is_empty() && group.ip_permissions_egress().is_empty());
    let gateways = outside.describe_nat_gateways().filter(of_vpc()).send().await.unwrap();
    let mut seen: Vec<_> = gateways
        .nat_gateways()
        .iter()
        .filter_map(|gateway| gateway.nat_gateway_addresses().first()?.public_ip())
        .map(str::to_owned)
        .collect();
    let mut told: Vec<String> =
        refs.nat_addresses().iter().map(|address| report.value(address).unwrap().to_string()).collect();
    seen.sort_unstable();
    told.sort_unstable();
    assert_eq!(seen, told);

    world.destroy_network(&stack).await;
    let vpcs = outside.describe_vpcs().filters(of_vpc()).send().await.unwrap();
    assert!(vpcs.vpcs().is_empty());
    assert!(outside.describe_addresses().send().await.unwrap().addresses().is_empty());
    let tables = outside.describe_route_tables().filters(of_vpc()).send().await.unwrap();
    assert!(tables.route_tables().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_grows_without_moving() {
    let Some(world) = World::new() else { return };
    let vpc = |zones| Vpc::new("10.20.0.0/16").zones(zones);
    let (stack, _) = world.stack(vpc(2).nat(Nat::Single).without(Tier::Intra));
    apply(&world.engine, &stack).await;

    let (stack, _) = world.stack(vpc(2).nat(Nat::PerZone).without(Tier::Intra));
    let planned = planned(&world.engine, &stack).await;
    let expected = [
        "Create network/public/1/nat-address",
        "Create network/public/1/nat-gateway",
        "Update network/private/1/default-route via",
    ];
    assert_eq!(planned, expected);
    apply(&world.engine, &stack).await;

    let (stack, refs) = world.stack(vpc(3).nat(Nat::PerZone));
    let plan = world.engine.plan(&stack).await.unwrap();
    let grows = |step: &&deathstar_core::plan::Step| {
        // The endpoint takes the tables of the new zone in.
        matches!(step.action, Action::Create | Action::Ask) || step.address.as_str() == "network/endpoints/s3"
    };
    assert!(plan.data().steps.iter().all(|step| grows(&step)), "{}", plan.data().to_json());
    let report = apply(&world.engine, &stack).await;
    assert_eq!(refs.subnets().iter().filter(|subnet| report.value(&subnet.id).is_ok()).count(), 9);

    let (stack, _) = world.stack(vpc(3).nat(Nat::None));
    apply(&world.engine, &stack).await;
    let outside = world.account.outside().await;
    assert!(outside.describe_addresses().send().await.unwrap().addresses().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_found_by_field_and_repaired() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = world.stack(Vpc::new("10.20.0.0/16").nat(Nat::Single));
    let report = apply(&world.engine, &stack).await;
    let outside = world.account.outside().await;
    let vpc = report.value(&refs.id()).unwrap();
    let off = || AttributeBooleanValue::builder().value(false).build();
    outside.modify_vpc_attribute().vpc_id(vpc.as_str()).enable_dns_hostnames(off()).send().await.unwrap();

    let group =
        report.value::<String>(&refs.resource().unwrap().output("/outputs/default_security_group")).unwrap();
    let open = aws_sdk_ec2::types::IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(22)
        .to_port(22)
        .ip_ranges(aws_sdk_ec2::types::IpRange::builder().cidr_ip("0.0.0.0/0").build());
    outside
        .authorize_security_group_ingress()
        .group_id(group)
        .ip_permissions(open.build())
        .send()
        .await
        .unwrap();

    let public = report.value(&refs.subnet_ids(Tier::Public)[0]).unwrap();
    outside
        .modify_subnet_attribute()
        .subnet_id(public.as_str())
        .map_public_ip_on_launch(off())
        .send()
        .await
        .unwrap();
    let private = report.value(&refs.subnet_ids(Tier::Private)[0]).unwrap();
    let team = Tag::builder().key("team").build();
    outside.delete_tags().resources(private.as_str()).tags(team).send().await.unwrap();

    let table = |tier, zone| {
        let of = refs.route_tables().iter().find(|table| table.tier == tier && table.zone == zone);
        report.value(&of.unwrap().id).unwrap()
    };
    let (closed, intra) = (table(Tier::Private, Some(1)), table(Tier::Intra, None));
    let gateways = outside
        .describe_internet_gateways()
        .filters(by("attachment.vpc-id", vpc.as_str()))
        .send()
        .await
        .unwrap();
    let gateway = gateways.internet_gateways()[0].internet_gateway_id().unwrap().to_owned();
    let everywhere = "0.0.0.0/0";
    let replace = outside.replace_route().route_table_id(closed.as_str()).destination_cidr_block(everywhere);
    replace.gateway_id(&gateway).send().await.unwrap();
    let foreign =
        outside.create_route().route_table_id(intra.as_str()).destination_cidr_block("10.99.0.0/16");
    foreign.gateway_id(&gateway).send().await.unwrap();
    let moved = report.value(&refs.subnet_ids(Tier::Private)[2]).unwrap();
    let tables = outside
        .describe_route_tables()
        .filters(by("association.subnet-id", moved.as_str()))
        .send()
        .await
        .unwrap();
    let association =
        tables.route_tables()[0].associations().iter().find(|a| a.subnet_id() == Some(moved.as_str()));
    let association = association.and_then(|a| a.route_table_association_id()).unwrap();
    let made = outside.create_route_table().vpc_id(vpc.as_str()).send().await.unwrap();
    let theirs = made.route_table().and_then(|table| table.route_table_id()).unwrap().to_owned();
    let other = outside.replace_route_table_association().association_id(association).route_table_id(&theirs);
    other.send().await.unwrap();

    let planned = planned(&world.engine, &stack).await;
    let expected = [
        "Update network/private/0/subnet tags.team",
        "Update network/private/1/default-route via",
        "Update network/private/2/association table",
        "Update network/public/0/subnet map_public_ip_on_launch",
        "Update network/vpc enable_dns_hostnames, default_ingress",
    ];
    assert_eq!(planned, expected);
    apply(&world.engine, &stack).await;

    // What others put into our table is theirs, and stays.
    let tables =
        outside.describe_route_tables().filters(by("route-table-id", intra.as_str())).send().await.unwrap();
    let routes = tables.route_tables()[0].routes();
    assert!(routes.iter().any(|route| route.destination_cidr_block() == Some("10.99.0.0/16")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_behind_our_back_is_made_again() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = world.stack(Vpc::new("10.20.0.0/16").zones(1).nat(Nat::Single));
    let report = apply(&world.engine, &stack).await;
    let outside = world.account.outside().await;
    let gateways = outside.describe_nat_gateways().send().await.unwrap();
    let gateway = gateways.nat_gateways()[0].nat_gateway_id().unwrap();
    outside.delete_nat_gateway().nat_gateway_id(gateway).send().await.unwrap();
    // AWS frees the address itself.
    let addresses = outside.describe_addresses().send().await.unwrap();
    let used = addresses.addresses()[0].association_id().unwrap();
    outside.disassociate_address().association_id(used).send().await.unwrap();
    let table = refs.route_tables().iter().find(|table| table.tier == Tier::Public).unwrap();
    let table = report.value(&table.id).unwrap();
    let gone = outside.delete_route().route_table_id(table.as_str()).destination_cidr_block("0.0.0.0/0");
    gone.send().await.unwrap();

    let planned = planned(&world.engine, &stack).await;
    let expected = [
        "Create network/public/0/nat-gateway",
        "Create network/public/default-route",
        "Update network/private/0/default-route via",
    ];
    assert_eq!(planned, expected);
    apply(&world.engine, &stack).await;
    world.destroy_network(&stack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_zones_than_the_region_has_are_told_with_both_numbers() {
    let Some(world) = World::new() else { return };
    let (stack, _) = world.stack(Vpc::new("10.20.0.0/16").zones(4));
    let plan = world.engine.plan(&stack).await.unwrap();
    let text = plan.data().to_json();
    assert!(text.contains("region `eu-west-1` has 3 zones that can be used, and 4 are needed"), "{text}");
    assert!(world.engine.apply(plan, Quiet).await.is_err(), "it cannot be applied");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_of_others_is_built_on_and_left_alone() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = world.stack(Vpc::new("10.20.0.0/16").zones(2).nat(Nat::None).without(Tier::Intra));
    let made = apply(&world.engine, &stack).await;
    let vpc = made.value(&refs.id()).unwrap();

    let guest = |existing: ExistingVpc| {
        let mut stack = Stack::new("guest");
        let aws = stack.on(world.account.declared());
        let refs = stack.add(&aws, "network", existing);
        (stack, refs)
    };
    let engine = Engine::new(MemoryStore::new(), world.account.credentials());
    let (stack, found) = guest(Vpc::existing(vpc.clone()).zones(2));
    let plan = engine.plan(&stack).await.unwrap();
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success());
    assert_eq!(report.value(&found.id()).unwrap(), vpc);
    for tier in [Tier::Public, Tier::Private] {
        let ids = |refs: &VpcRefs, report: &Report| -> Vec<SubnetId> {
            refs.subnet_ids(tier).iter().map(|id| report.value(id).unwrap()).collect()
        };
        assert_eq!(ids(&found, &report), ids(&refs, &made));
    }
    let plan = engine.destroy(&stack).await.unwrap();
    assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
    let outside = world.account.outside().await;
    let left = outside.describe_subnets().filters(by("vpc-id", vpc.as_str())).send().await.unwrap();
    assert_eq!(left.subnets().len(), 4);

    for (existing, why) in [
        (Vpc::existing(vpc).zones(3), "3 zones are needed"),
        (Vpc::existing(VpcId::new("vpc-0123456789abcdef0")), "there is no VPC"),
    ] {
        let engine = Engine::new(MemoryStore::new(), world.account.credentials());
        let (stack, _) = guest(existing);
        let text =
            engine.plan(&stack).await.map_or_else(|error| error.to_string(), |plan| plan.data().to_json());
        assert!(text.contains(why), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_call_tells_operation_code_and_request() {
    let Some(world) = World::new() else { return };
    let (first, _) = world.stack(Vpc::new("10.20.0.0/16").zones(1).nat(Nat::None));
    apply(&world.engine, &first).await;
    // Somebody takes the range of a subnet that is to come.
    let outside = world.account.outside().await;
    let vpcs = outside.describe_vpcs().filters(by("tag:deathstar:stack", "webshop")).send().await.unwrap();
    let vpc = vpcs.vpcs()[0].vpc_id().unwrap();
    outside.create_subnet().vpc_id(vpc).cidr_block("10.20.16.0/20").send().await.unwrap();
    let (stack, _) = world.stack(Vpc::new("10.20.0.0/16").zones(2).nat(Nat::None));
    let plan = world.engine.plan(&stack).await.unwrap().consent_to_all();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    let failures: Vec<(String, Error)> =
        report.failures().map(|(step, error)| (step.address.to_string(), error.clone())).collect();
    let [(address, error)] = &failures[..] else { panic!("one failure: {failures:?}") };
    assert_eq!(address, "network/private/1/subnet");
    assert_eq!(error.operation_name(), Some("ec2:CreateSubnet"));
    assert_eq!(error.api_code(), Some("InvalidSubnet.Conflict"));
    assert!(error.request_id().is_some());
}
