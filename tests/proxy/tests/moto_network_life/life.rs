//! The life of the network: made, changed in every way that a team changes its mind, and gone; with no more than its own policies.

use crate::expectations::{end, settle};
use crate::{oracle::Allowed, webshop::webshop, world::World};
use deathstar_aws::{Nat, Vpc};
use deathstar_aws_proxy::{Quotas, Settings};
use deathstar_core::{
    component::{IpFamilies, PrivateEndpoints},
    model::traffic::RuleLimits,
    plan::{Action, Plan},
};

/// The network with what all its states share.
fn network() -> Vpc {
    webshop().private_zone("shop.internal").rule_limits(RuleLimits::AWS.filter_entries(40))
}

/// A change of mind: what it is called, where the network stands in the program then, and how many objects that are there already
/// are changed and deleted by it.
struct Stage {
    name: &'static str,
    scope: &'static str,
    vpc: Vpc,
    updates: usize,
    deletes: usize,
}

fn stages() -> Vec<Stage> {
    let stage = |name, vpc, updates| Stage { name, scope: "network", vpc, updates, deletes: 0 };
    let larger = || network().zones(3);
    let pods = || larger().pods("100.64.0.0/16");
    let per_zone = || pods().nat(Nat::PerZone);
    let dual = || per_zone().families(IpFamilies::DualStack);
    let private = || dual().private_endpoints(PrivateEndpoints::Cluster);
    let fewer = || dual().endpoint("sts").endpoint("dynamodb");
    vec![
        stage("made", network(), 0),
        stage("a zone more", larger(), 1),
        stage("a tier more", pods(), 1),
        stage("NAT per zone", per_zone(), 4),
        stage("dual stack", dual(), 12),
        stage("private endpoints", private(), 0),
        Stage { deletes: 10, ..stage("other endpoints", fewer(), 0) },
        Stage { scope: "platform/network", ..stage("renamed", fewer().named("network"), 0) },
    ]
}

fn count(plan: &Plan<'_>, action: &Action) -> usize {
    plan.steps.iter().filter(|step| step.action == *action).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_lives_its_whole_life_with_no_more_than_its_policies() {
    // An ACL with both address families needs what AWS grants to who asks for it.
    let settings = Settings::default().quotas(Quotas { entries_per_network_acl: 40, ..Quotas::default() });
    let Some(world) = World::new(settings).await else { return };
    let mut allowed = Allowed::default();
    for Stage { name, scope, vpc, updates, deletes } in stages() {
        let begun = world.calls().len();
        let (stack, _) = world.declared(scope, vpc, "shop");
        let plan = world.engine.plan(&stack).await.unwrap();
        let told = (count(&plan, &Action::Update), count(&plan, &Action::Delete));
        assert_eq!(told, (updates, deletes), "{name}: {plan}");
        allowed.by(&plan);
        settle(&world.engine, &stack, plan.consent_to_all()).await;
        let calls = world.calls();
        allowed.judge(&calls.since(begun), name);
    }
    let Stage { scope, vpc, .. } = stages().remove(7);
    let (stack, _) = world.declared(scope, vpc, "platform");
    let begun = world.calls().len();
    let plan = world.engine.plan(&stack).await.unwrap();
    allowed.by(&plan);
    assert_eq!(allowed.creates(), ["ec2:CreateTags"], "new tags make nothing new");
    settle(&world.engine, &stack, plan.consent_to_all()).await;
    allowed.judge(&world.calls().since(begun), "tagged anew");
    let plan = world.engine.destroy(&stack).await.unwrap();
    allowed.by(&plan);
    let begun = world.calls().len();
    let proof = end(&world.engine, plan.consent_to_all()).await;
    allowed.judge(&world.calls().since(begun), "destroyed");
    assert_eq!(proof.listed.len(), 16, "{proof:?}");
    assert_eq!(world.standing().await, Vec::<String>::new());
    allowed.all_was_called(&world.calls());
}
