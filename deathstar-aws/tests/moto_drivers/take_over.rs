//! Journals that are rebuilt from AWS, and objects of others that become ours.

use crate::expectations::apply;
use crate::{life::by, world::World};
use aws_sdk_ec2::types::Tag;
use deathstar_aws::{Nat, Vpc};
use deathstar_core::{Engine, Forget, Recover, apply::Quiet, model::Tier, plan::Action, state::MemoryStore};

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_journal_of_a_network_is_rebuilt_and_the_next_plan_is_empty() {
    let Some(world) = World::new() else { return };
    let (stack, _) = world.stack(Vpc::new("10.20.0.0/16").zones(2));
    apply(&world.engine, &stack).await;
    let lost = world.engine.recorded().await.unwrap().recorded;
    let engine = Engine::new(MemoryStore::new(), world.account.credentials());
    let plan = engine.recover(&stack, Recover::default()).await.unwrap();
    assert_eq!(plan.notes, ["After this the next plan is empty."], "{plan}");
    assert!(plan.unseen.is_empty() && plan.steps.iter().all(|step| step.action == Action::Recover), "{plan}");
    assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
    let found = engine.recorded().await.unwrap().recorded;
    let rows = |recorded: &deathstar_core::state::Recorded| {
        let mut rows: Vec<_> = recorded
            .rows()
            .map(|row| {
                (row.address.to_string(), row.phase.id().cloned(), row.needs.clone(), row.tags.clone())
            })
            .collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows
    };
    assert_eq!(rows(&found), rows(&lost));
    let world = World { engine, ..world };
    apply(&world.engine, &stack).await;
    world.destroy_network(&stack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_of_nobody_becomes_ours_and_can_be_let_go() {
    let Some(world) = World::new() else { return };
    let outside = world.account.outside().await;
    let made = outside.create_vpc().cidr_block("10.20.0.0/16").send().await.unwrap();
    let vpc = made.vpc().and_then(|vpc| vpc.vpc_id()).unwrap().to_owned();
    let subnet = outside.create_subnet().vpc_id(&vpc).cidr_block("10.20.0.0/20");
    let subnet = subnet.availability_zone("eu-west-1a").send().await.unwrap();
    let subnet = subnet.subnet().and_then(|subnet| subnet.subnet_id()).unwrap().to_owned();
    let gateway = outside.create_internet_gateway().send().await.unwrap();
    let gateway = gateway.internet_gateway().and_then(|it| it.internet_gateway_id()).unwrap().to_owned();
    outside.attach_internet_gateway().vpc_id(&vpc).internet_gateway_id(&gateway).send().await.unwrap();

    let (stack, _) = world.stack(Vpc::new("10.20.0.0/16").zones(1).nat(Nat::None).without(Tier::Intra));
    let objects = [
        ("network/vpc", vpc.as_str()),
        ("network/private/0/subnet", subnet.as_str()),
        ("network/internet-gateway", gateway.as_str()),
    ];
    let plan = world.engine.import(&stack, objects).await.unwrap();
    let imports = plan.steps.iter().filter(|step| step.action == Action::Import).count();
    assert_eq!((imports, plan.creates(), plan.deletes()), (3, 0, 0), "{plan}");
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    apply(&world.engine, &stack).await;
    let vpcs = outside.describe_vpcs().filters(by("tag:deathstar:stack", "webshop")).send().await.unwrap();
    let [ours] = vpcs.vpcs() else { panic!("one VPC: {vpcs:?}") };
    assert_eq!(ours.vpc_id(), Some(vpc.as_str()));
    let address = ours.tags().iter().find(|tag| tag.key() == Some("deathstar:address")).and_then(Tag::value);
    assert_eq!(address, Some("network/vpc"));

    let plan = world.engine.forget(&stack, Forget::at("network").release()).await.unwrap();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let tagged = outside.describe_tags().filters(by("key", "deathstar:stack")).send().await.unwrap();
    assert!(tagged.tags().is_empty(), "{tagged:?}");
    let vpcs = outside.describe_vpcs().filters(by("vpc-id", vpc)).send().await.unwrap();
    assert_eq!(vpcs.vpcs().len(), 1, "and everything stays");
}
