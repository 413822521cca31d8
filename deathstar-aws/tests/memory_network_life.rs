//! The life of a complete network on the in-memory cloud: what a change of mind changes, and what it leaves alone.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]

#[path = "../../tests/shared/expectations.rs"]
mod expectations;
#[path = "../../tests/shared/life.rs"]
mod life;
mod webshop;

use deathstar_aws::{Account, FlowLogs, Nat, Vpc, VpcRefs, ec2::DhcpOptions, id::BucketArn, kinds};
use deathstar_core::{
    Stack,
    apply::Quiet,
    component::{IpFamilies, NetworkRefs, PrivateEndpoints},
    memory::MemoryObject,
    model::{
        Tier, Traffic,
        traffic::{Party, RuleLimits, Service},
    },
    plan::{Action, PlanData, RenderOptions, Step},
};
use life::{Changes, Life, expect_alike, expect_reasons, more_traffic, neutral, rules};
use std::collections::BTreeSet;
use webshop::{cache_traffic, quiet, surroundings, webshop};

fn stack(vpc: Vpc) -> (Stack, VpcRefs) {
    let mut stack = Stack::new("webshop");
    let aws = stack.on(Account::region("eu-west-1"));
    let refs = stack.add(&aws, "network", vpc);
    surroundings(&mut stack, &aws, &refs);
    (stack, refs)
}

/// Lives with a network, and then tells how a plan would change it.
async fn change(life: &Life, before: Vpc, after: Vpc) -> Changes {
    life.change(stack(before).0, stack(after).0).await
}

#[tokio::test]
async fn a_declaration_more_only_adds_rules() {
    let more = Traffic::new().allow("nodes", "database", Service::tcp(636), "the shop asks who people are");
    let changes = change(&Life::of(kinds()), webshop(), webshop().traffic(more)).await;
    assert!(changes.others().is_empty(), "{:?}", changes.others());
    let made = changes.of(&Action::Create);
    assert_eq!(rules(&made), made.len());
    assert!(made.contains(&"network/groups/nodes/out/tcp-636-database"));
    assert!(made.contains(&"network/groups/database/in/tcp-636-nodes"));
    assert!(made.contains(&"network/private/acl/out/tcp-636-10.20.52.0_22"));
    assert!(made.contains(&"network/intra/acl/in/tcp-636-10.20.32.0_20"));
}

#[tokio::test]
async fn a_zone_more_changes_no_rule() {
    let changes = change(&Life::of(kinds()), webshop(), webshop().zones(3)).await;
    let made = changes.of(&Action::Create);
    assert_eq!(rules(&made), 0);
    assert!(made.contains(&"network/private/2/acl") && made.contains(&"network/intra/2/subnet"));
    let others: Vec<_> = changes.others().into_iter().collect();
    assert_eq!(others, ["Update network/endpoints/s3"], "it takes the table of the new zone in");
}

#[tokio::test]
async fn a_tier_more_changes_no_rule_of_others() {
    let changes = change(&Life::of(kinds()), quiet().without(Tier::Intra), quiet()).await;
    let made = changes.of(&Action::Create);
    assert!(made.contains(&"network/intra/0/subnet") && made.contains(&"network/intra/acl/acl"));
    assert_eq!(rules(&made), 0);
    let others: Vec<_> = changes.others().into_iter().collect();
    assert_eq!(others, ["Update network/endpoints/s3"]);

    let changes = change(&Life::of(kinds()), quiet(), quiet().pods("100.64.0.0/16")).await;
    let made = changes.of(&Action::Create);
    assert!(made.contains(&"network/pods-range") && made.contains(&"network/pods/1/default-route"));
    let others: Vec<_> = changes.others().into_iter().collect();
    assert_eq!(others, ["Update network/endpoints/s3"]);
}

#[tokio::test]
async fn nat_per_zone_changes_one_route() {
    let changes = change(&Life::of(kinds()), webshop(), webshop().nat(Nat::PerZone)).await;
    let others: Vec<_> = changes.others().into_iter().collect();
    assert_eq!(others, ["Update network/private/1/default-route"]);
    assert_eq!(changes.of(&Action::Create), ["network/public/1/nat-address", "network/public/1/nat-gateway"]);
}

#[tokio::test]
async fn ipv6_is_added_in_place() {
    let webshop = || webshop().rule_limits(RuleLimits::AWS.filter_entries(40));
    let changes = change(&Life::of(kinds()), webshop(), webshop().families(IpFamilies::DualStack)).await;
    assert!(changes.of(&Action::Delete).is_empty());
    let others: Vec<_> = changes.others().into_iter().collect();
    let subnets: Vec<_> = ["intra", "private", "public"]
        .into_iter()
        .flat_map(|tier| (0..2).map(move |zone| format!("Update network/{tier}/{zone}/subnet")))
        .collect();
    assert_eq!(others, subnets, "no rule and no route that was there");
    let made = changes.of(&Action::Create);
    assert!(made.contains(&"network/egress-only-gateway"));
    assert!(made.contains(&"network/private/1/default-route-ipv6"));
    assert!(made.contains(&"network/intra/acl/in/tcp-443-private-ipv6"));
}

#[tokio::test]
async fn endpoints_come_and_go_alone() {
    let life = Life::of(kinds());
    let changes =
        change(&life, webshop(), webshop().private_endpoints(PrivateEndpoints::Cluster).endpoint("dynamodb"))
            .await;
    assert!(changes.others().is_empty(), "{:?}", changes.others());
    let made = changes.of(&Action::Create);
    let endpoints = made.iter().filter(|address| address.starts_with("network/endpoints/")).count();
    assert_eq!(endpoints, 12);
    assert!(made.contains(&"network/groups/endpoints/in/tcp-443-nodes"));
    assert!(made.contains(&"network/groups/nodes/out/tcp-443-endpoints"));

    let (fewer, _) = stack(webshop().endpoint("sts"));
    let plan = Changes(life.plan(&fewer).await);
    let gone = plan.of(&Action::Delete);
    assert_eq!(gone.len(), 11, "{gone:?}");
    assert!(gone.iter().all(|address| address.starts_with("network/endpoints/")));
    life.apply(&fewer).await;
}

#[tokio::test]
async fn a_group_goes_with_its_rules_and_nothing_else() {
    let changes = change(&Life::of(kinds()), webshop().traffic(cache_traffic()), webshop()).await;
    let gone = changes.of(&Action::Delete);
    assert!(gone.contains(&"network/groups/cache/group"));
    assert!(gone.iter().all(|address| address.contains("cache") || address.contains("/acl/")), "{gone:?}");
}

#[tokio::test]
async fn a_scope_is_renamed_without_replacing_what_carries_a_name() {
    let life = Life::of(kinds());
    let mut renamed = Stack::new("webshop");
    let aws = renamed.on(Account::region("eu-west-1"));
    renamed.renamed("network", "platform/network");
    let refs = renamed.add(&aws, "platform/network", webshop().named("network"));
    surroundings(&mut renamed, &aws, &refs);
    life.rename(&stack(webshop()).0, &renamed).await;
}

#[tokio::test]
async fn every_choice_lives_and_leaves_nothing() {
    let all = || {
        webshop()
            .zones(3)
            .nat(Nat::PerZone)
            .families(IpFamilies::DualStack)
            .pods("100.64.0.0/16")
            .private_endpoints(PrivateEndpoints::Cluster)
            .private_zone("shop.internal")
            .dhcp_options(DhcpOptions::new().domain_name("shop.internal").amazon_name_server())
            .cluster("shop")
            .rule_limits(RuleLimits::AWS.filter_entries(40))
    };
    let bare = || Vpc::new("10.20.0.0/16").private_endpoints(PrivateEndpoints::Cluster);
    let variants = [
        webshop(),
        all(),
        all().families(IpFamilies::Ipv6Only),
        bare().nat(Nat::None).without(Tier::Public),
        bare().without(Tier::Intra).flow_logs(FlowLogs::Off),
        bare().without(Tier::Private).nat(Nat::None),
        webshop().flow_logs(FlowLogs::Bucket(BucketArn::new("arn:aws:s3:::flow-logs").into())),
    ];
    for vpc in variants {
        Life::of(kinds()).live(stack(vpc)).await;
    }
}

#[tokio::test]
async fn controllers_find_what_is_theirs() {
    let life = Life::of(kinds());
    life.apply(&stack(webshop().cluster("shop")).0).await;
    let tagged = |key: &str| -> Vec<String> {
        let carries = |object: &&MemoryObject| object.tags.contains_key(key);
        let mut all: Vec<_> =
            life.cloud.objects().iter().filter(carries).map(|object| object.tags["Name"].clone()).collect();
        all.sort();
        all
    };
    assert_eq!(
        tagged("kubernetes.io/role/elb"),
        ["webshop-network-public-0-subnet", "webshop-network-public-1-subnet"]
    );
    assert_eq!(
        tagged("kubernetes.io/role/internal-elb"),
        ["webshop-network-private-0-subnet", "webshop-network-private-1-subnet"]
    );
    assert_eq!(tagged("kubernetes.io/cluster/shop"), ["webshop-network-groups-nodes-group"]);
    assert_eq!(
        tagged("karpenter.sh/discovery"),
        [
            "webshop-network-groups-nodes-group",
            "webshop-network-private-0-subnet",
            "webshop-network-private-1-subnet"
        ]
    );
}

#[tokio::test]
async fn flow_logs_are_on_and_written_as_a_role_that_can_do_nothing_else() {
    let life = Life::of(kinds());
    let (stack, _) = stack(webshop());
    life.apply(&stack).await;
    let objects = life.cloud.objects();
    let one = |family: &str| objects.iter().find(|object| object.family == family).unwrap();
    assert_eq!(one("aws.ec2.flow-log").spec["traffic"], "all");
    assert_eq!(one("aws.logs.log-group").spec["name"], "/vpc/webshop/network/flow-logs");
    assert_eq!(one("aws.logs.log-group").spec["retention"]["days"], 90);
    let trust = one("aws.iam.role").spec["trust"].to_string();
    assert!(trust.contains("vpc-flow-logs.amazonaws.com") && trust.contains("aws:SourceAccount"), "{trust}");
    let policy = one("aws.iam.role-policy").spec["document"].to_string();
    assert!(policy.contains(":log-group:/vpc/webshop/network/flow-logs:*"), "{policy}");
    assert!(!policy.contains("CreateLogGroup") && !policy.contains(r#""Resource":"*""#), "{policy}");
}

#[tokio::test]
async fn nothing_goes_while_others_use_the_network() {
    let life = Life::of(kinds());
    let (stack, _) = stack(webshop());
    life.apply(&stack).await;
    let plan = life.engine.destroy(&stack).await.unwrap();
    let gate = plan.at("network/no-foreign-interfaces").next().unwrap();
    assert_eq!(gate.action, Action::Over);
    let of_network = |step: &&Step| step.address.starts_with("network") && step.action == Action::Delete;
    for step in plan.steps.iter().filter(of_network) {
        assert!(plan.waits(step.id, gate.id), "{} does not wait", step.address);
    }
}

#[tokio::test]
async fn a_part_goes_without_asking_about_the_whole() {
    let changes = change(&Life::of(kinds()), webshop().zones(3).traffic(cache_traffic()), webshop()).await;
    assert!(changes.of(&Action::Delete).contains(&"network/private/2/subnet"));
    assert!(changes.of(&Action::Over).is_empty(), "machines of a cluster may stand in the VPC");
    let vpc = |range: &str| Vpc::new(range).zones(1).nat(Nat::None);
    let changes = change(&Life::of(kinds()), vpc("10.20.0.0/16"), vpc("10.30.0.0/16")).await;
    assert!(!changes.of(&Action::Over).is_empty(), "another VPC takes the place of this one");
}

#[tokio::test]
async fn the_first_plan_is_short_enough_to_read() {
    let life = Life::of(kinds());
    let (stack, _) = stack(webshop());
    let plan = life.engine.plan(&stack).await.unwrap();
    let text = plan.to_string();
    assert!(plan.steps.len() > 100 && text.lines().count() < 110, "{text}");
    assert!(!text.contains("# "), "reasons are left out: {text}");
    assert!(text.contains(" reasons and "), "and it is said: {text}");
    assert!(text.lines().all(|line| line.chars().count() <= RenderOptions::default().width), "{text}");
    let data = PlanData::read(&plan.to_json()).unwrap();
    assert!(data.to_string().contains("# "), "without its stack nobody knows what a reason is");
    assert_eq!(data.with(&stack).to_string(), text);
    life.apply(&stack).await;
    let end = life.engine.destroy(&stack).await.unwrap();
    let text = end.to_string();
    assert!(end.steps.len() > 100 && text.lines().count() < 140, "{text}");
}

#[tokio::test]
async fn the_plan_shows_for_each_rule_who_asked_for_it() {
    let life = Life::of(kinds());
    let (stack, _) = stack(webshop());
    let plan = life.plan(&stack).await;
    let text = expect_reasons(&plan);
    assert!(text.contains("# answers to client ports 1024-65535 of nodes to database, tcp 5432"), "{text}");
    life.apply(&stack).await;
    let descriptions: Vec<_> = life
        .cloud
        .objects()
        .iter()
        .filter(|object| object.family == "aws.ec2.security-group-rule")
        .map(|object| object.spec["description"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(descriptions.contains(&"nodes to database, tcp 5432: the shop keeps its orders".to_owned()));
    assert!(descriptions.iter().all(|text| !text.is_empty()));
}

#[tokio::test]
async fn what_opens_nothing_more_is_remarked() {
    let life = Life::of(kinds());
    let shadow = Traffic::new().allow("nodes", "nodes", Service::tcp(8081), "metrics");
    let plan = life.plan(&stack(webshop().traffic(shadow)).0).await;
    let expected = "network: declared traffic `nodes to nodes, tcp 8081: metrics` opens nothing beside `nodes to nodes, tcp 1024-65535: pods talk to pods, and to kubelets`";
    assert_eq!(plan.notes, [expected]);
    assert!(life.plan(&stack(webshop()).0).await.notes.is_empty());
}

#[tokio::test]
async fn what_is_wrong_with_traffic_is_told_before_any_call() {
    let life = Life::of(kinds());
    let wrong = Traffic::new()
        .allow(Party::Internet, "database", Service::tcp(5432), "reports")
        .allow("shop", "database", Service::tcp(5432), "orders")
        .never(Tier::Public, Tier::Private, Service::tcp(8080), "not from there");
    let (stack, _) = stack(webshop().traffic(wrong));
    let told = life.findings(&stack).await;
    let told: Vec<_> = told.iter().map(|(address, code)| (&**address, &**code)).collect();
    let expected = [
        ("network", "traffic.contradiction"),
        ("network", "traffic.no-route"),
        ("network", "traffic.unknown-party"),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn one_stack_spans_regions() {
    let life = Life::of(kinds());
    let mut stack = Stack::new("webshop");
    let ireland = stack.on(Account::region("eu-west-1"));
    let virginia = stack.connect("aws-us", Account::region("us-east-1"));
    let here = stack.add(&ireland, "network", webshop());
    let there = stack.add(&virginia, "network-us", webshop());
    let plan = life.engine.plan(&stack).await.unwrap();
    let report = life.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{}", report.to_json());
    assert_ne!(report.value(&here.id()).unwrap(), report.value(&there.id()).unwrap());
    assert!(life.engine.plan(&stack).await.unwrap().is_empty());

    let recorded = life.engine.recorded().await.unwrap().recorded;
    let region = |scope: &str| -> BTreeSet<String> {
        let rows = recorded.rows().filter(|row| row.address.as_str().starts_with(scope));
        rows.filter_map(|row| recorded.connection(row.connection))
            .map(|connection| connection.name.to_string())
            .collect()
    };
    assert_eq!(region("network/"), BTreeSet::from(["aws".to_owned()]));
    assert_eq!(region("network-us/"), BTreeSet::from(["aws-us".to_owned()]));

    // One of the two goes alone.
    let mut one = Stack::new("webshop");
    let ireland = one.on(Account::region("eu-west-1"));
    one.add(&ireland, "network", webshop());
    life.apply(&one).await;
    let vpcs = life.cloud.objects().iter().filter(|object| object.family == "aws.ec2.vpc").count();
    assert_eq!(vpcs, 1);
}

#[tokio::test]
async fn the_neutral_spec_has_every_choice() {
    let spec = neutral().private_endpoints(PrivateEndpoints::Cluster);
    let native = Vpc::new("10.20.0.0/16")
        .zones(2)
        .pods("100.64.0.0/16")
        .families(IpFamilies::DualStack)
        .private_endpoints(PrivateEndpoints::Cluster)
        .flow_logs(FlowLogs::Off)
        .private_zone("shop.internal")
        .traffic(more_traffic());
    let neutral = stack(spec.into());
    expect_alike(&neutral, &stack(native));
    assert_eq!((neutral.1.ranges().len(), neutral.1.egress_addresses().len()), (3, 2));
}
