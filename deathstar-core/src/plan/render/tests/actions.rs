//! What each action looks like.

use super::{change, create, plan, raw, reference, replaces, secret, step, subnet, update};
use crate::{
    Stakes,
    graph::Address,
    plan::{Action, PlanData, RenderOptions, Step},
};
use serde_json::{Value, json};

fn first_apply() -> PlanData {
    let zones = Step {
        target: Some(raw(&json!({"count": 3}))),
        answer: Some(raw(&json!({"names": ["eu-west-1a", "eu-west-1b", "eu-west-1c"]}))),
        ..step(Action::Ask, "network/zones", "aws.zones")
    };
    let ready = Step {
        target: Some(raw(&json!({"endpoint": reference("cluster/control-plane", "/outputs/endpoint")}))),
        ..step(Action::Ask, "cluster/ready", "kubernetes.ready")
    };
    let mut plan = plan(vec![
        zones,
        create(
            "network/vpc",
            "aws.vpc",
            &json!({"cidr": "10.20.0.0/16", "dns_hostnames": true, "dns_support": true}),
        ),
        subnet("network/zone-a/public/subnet", "10.20.0.0/20"),
        subnet("network/zone-a/private/subnet", "10.20.16.0/20"),
        create(
            "network/zone-a/public/routes",
            "aws.route-table",
            &json!({
                "vpc": reference("network/vpc", "/id"),
                "routes": [
                    {"to": "0.0.0.0/0", "through": {"gateway": reference("network/gateway", "/id")}, "note": "to the internet"},
                    {"to": "::/0", "through": {"gateway": reference("network/gateway", "/id")}, "note": "to the internet, by IPv6"},
                ],
            }),
        ),
        create(
            "cluster/control-plane",
            "aws.eks",
            &json!({
                "version": "1.33",
                "role": {"$deathstar": {"call": ["concat", [{"lit": "arn:"}, {"ref": ["webshop", "cluster/role", "/outputs/arn"]}]]}},
                "password": secret("0123456789abcdef0123456789abcdef"),
                "zone": reference("network/zones", "/outputs/names/0"),
                "peer": {"$deathstar": {"ref": ["base", "vpc", "/export", true]}},
                "boot": "#!/bin/sh\nset -e\necho hello\n",
                "args": [],
            }),
        ),
        ready,
    ]);
    plan.exports = true;
    plan.notes = vec!["a torn last record was dropped".into()];
    plan
}

fn every_change() -> PlanData {
    let vpc_old = Step {
        other_half: Some(1),
        stakes: Stakes::Network,
        notes: vec!["it stands in the way".into()],
        ..step(Action::Delete, "network/vpc", "aws.vpc")
    };
    let vpc_new = Step {
        generation: 2,
        after: vec![0],
        other_half: Some(0),
        changes: vec![
            replaces("cidr", json!("10.20.0.0/16"), json!("10.30.0.0/16")),
            change("tags.env", Value::Null, json!("prod")),
        ],
        target: Some(raw(&json!({"cidr": "10.30.0.0/16"}))),
        ..step(Action::Create, "network/vpc", "aws.vpc")
    };
    let pool_new = Step {
        other_half: Some(3),
        conditional: true,
        changes: vec![replaces(
            "subnet",
            json!("subnet-1"),
            reference("network/zone-a/public/subnet", "/id"),
        )],
        ..step(Action::Create, "cluster/pool", "aws.node-pool")
    };
    let pool_old = Step {
        after: vec![2],
        other_half: Some(2),
        conditional: true,
        ..step(Action::Delete, "cluster/pool", "aws.node-pool")
    };
    let routes = update(
        "network/zone-a/public/routes",
        "aws.route-table",
        vec![
            change(
                "routes",
                json!([{"to": "0.0.0.0/0", "through": "igw-1"}, {"to": "10.0.0.0/8", "through": "pcx-1"}, {"to": "::/0", "through": "igw-1"}]),
                json!([{"to": "0.0.0.0/0", "through": "igw-2"}, {"to": "::/0", "through": "igw-1"}, {"to": "172.16.0.0/12", "through": reference("network/peering", "/id")}]),
            ),
            change("tags.owner", json!("platform"), Value::Null),
            change(
                "policy",
                json!({"version": 1, "allow": {"read": ["a", "b"], "write": ["a"]}}),
                json!({"version": 1, "allow": {"read": ["a", "b", "c"], "write": ["a"]}}),
            ),
        ],
    );
    let dragged = Step {
        conditional: true,
        notes: vec!["it stands on network/vpc, which has to go before its successor can be made".into()],
        ..update("network/zone-a/public/association", "aws.association", vec![])
    };
    let database = Step {
        changes: vec![
            change(
                "password",
                secret("0123456789abcdef0123456789abcdef"),
                secret("fedcba9876543210fedcba9876543210"),
            ),
            change("token", secret("?"), secret("?")),
            change(
                "setup",
                json!("create a;\ncreate b;\ncreate c;\n"),
                json!("create a;\ncreate B;\ncreate c;\n"),
            ),
            change(
                "description",
                json!("a text that is long enough to be shown on a line of its own, below its field"),
                json!("another text that is long enough to be shown on a line of its own, below its field"),
            ),
        ],
        ..step(Action::Update, "database", "aws.database")
    };
    let mut plan = plan(vec![
        vpc_old,
        vpc_new,
        pool_new,
        pool_old,
        routes,
        dragged,
        database,
        step(
            Action::Rename { from: Address::unchecked("edge/address") },
            "network/address",
            "aws.elastic-ip",
        ),
        Step {
            notes: vec!["it is retained: it stays in the cloud and is no longer recorded".into()],
            ..step(Action::Forget, "archive", "aws.bucket")
        },
        Step {
            notes: vec!["it is no longer declared".into()],
            stakes: Stakes::Data,
            ..step(Action::Delete, "volume", "aws.volume")
        },
        step(Action::Record, "network/gateway", "aws.internet-gateway"),
        Step {
            target: Some(raw(&json!({"vpc": "vpc-1"}))),
            ..step(Action::Over, "network/interfaces", "aws.no-foreign-interfaces")
        },
        Step { stakes: Stakes::Cluster, ..step(Action::Delete, "old-cluster", "aws.eks") },
    ]);
    plan.unchanged = 14;
    plan
}

#[test]
fn a_first_apply_is_a_tree_of_creates() {
    insta::assert_snapshot!(first_apply());
}

#[test]
fn every_action_reads_as_what_it_does() {
    insta::assert_snapshot!(every_change());
}

#[test]
fn colours_are_a_layer_over_the_same_text() {
    let plain = every_change().render(&RenderOptions::default());
    let coloured = every_change().render(&RenderOptions { colour: true, ..RenderOptions::default() });
    insta::assert_snapshot!(coloured.replace('\u{1b}', "<ESC>"));
    let mut stripped = String::new();
    for (index, part) in coloured.split('\u{1b}').enumerate() {
        stripped.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(stripped, plain);
}

#[test]
fn passes_stand_one_below_the_other() {
    let version = |pass, from: &str, to: &str| Step {
        pass,
        ..update("cluster/control-plane", "aws.eks", vec![change("version", json!(from), json!(to))])
    };
    let pool = |pass, from: &str, to: &str| Step {
        pass,
        conditional: true,
        ..update("cluster/pools/apps", "aws.node-pool", vec![change("version", json!(from), json!(to))])
    };
    let plan = plan(vec![
        version(0, "1.33", "1.34"),
        pool(0, "1.33", "1.34"),
        version(1, "1.34", "1.35"),
        pool(1, "1.34", "1.35"),
    ]);
    insta::assert_snapshot!(plan);
}

#[test]
fn the_order_of_a_replacement_follows_from_its_edges() {
    let halves = |create_waits: bool| {
        let half = |action, id: u32| Step { other_half: Some(1 - id), ..step(action, "x", "kind") };
        let (first, second) =
            if create_waits { (Action::Delete, Action::Create) } else { (Action::Create, Action::Delete) };
        plan(vec![half(first, 0), Step { after: vec![0], ..half(second, 1) }]).to_string()
    };
    assert!(halves(true).contains("\n-/+ x"), "{}", halves(true));
    assert!(halves(false).contains("\n+/- x"), "{}", halves(false));
    assert!(halves(false).contains("Plan: 1 to replace."));
}
