//! Plans written by hand, as they are shown.

use crate::{
    Raw, Stakes,
    graph::Address,
    plan::{Action, Base, Blocker, Drift, FieldChange, PLAN_VERSION, PlanData, Purpose, RenderOptions, Step},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn plan(steps: Vec<Step>) -> PlanData {
    let steps = (0_u32..).zip(steps).map(|(id, step)| Step { id, ..step }).collect();
    PlanData {
        version: PLAN_VERSION,
        stack: "webshop".into(),
        base: Base::default(),
        graph: "g".into(),
        destroy: false,
        purpose: Purpose::default(),
        targets: vec![],
        steps,
        drift: vec![],
        foreign: vec![],
        blockers: vec![],
        exports: false,
        unchanged: 0,
        notes: vec![],
        unseen: vec![],
        connections: vec![],
    }
}

fn step(action: Action, address: &str, kind: &str) -> Step {
    Step {
        id: 0,
        address: Address::unchecked(address),
        generation: 1,
        kind: kind.into(),
        object: matches!(action, Action::Update | Action::Delete).then(|| raw(&json!("it-1"))),
        action,
        after: vec![],
        pass: 0,
        conditional: false,
        other_half: None,
        changes: vec![],
        notes: vec![],
        stakes: Stakes::None,
        target: None,
        gone: None,
        answer: None,
        row: None,
        check: None,
        adds: vec![],
    }
}

fn create(address: &str, kind: &str, target: &Value) -> Step {
    Step { target: Some(raw(target)), ..step(Action::Create, address, kind) }
}

fn update(address: &str, kind: &str, changes: Vec<FieldChange>) -> Step {
    Step { changes, ..step(Action::Update, address, kind) }
}

fn raw(value: &Value) -> Raw {
    Raw::encode(value).unwrap()
}

fn change(field: &str, before: Value, after: Value) -> FieldChange {
    FieldChange { field: field.into(), path: String::new(), before, after, replaces: false, by: None }
}

fn replaces(field: &str, before: Value, after: Value) -> FieldChange {
    FieldChange { replaces: true, ..change(field, before, after) }
}

fn reference(at: &str, path: &str) -> Value {
    json!({"$deathstar": {"ref": ["webshop", at, path]}})
}

fn secret(digest: &str) -> Value {
    json!({"$deathstar": {"secret": digest}})
}

fn subnet(name: &str, cidr: &str) -> Step {
    create(
        name,
        "aws.subnet",
        &json!({"cidr": cidr, "vpc": reference("network/vpc", "/id"), "public": true, "ipv6": null}),
    )
}

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
fn drift_and_blockers_are_told_apart_from_steps() {
    let entry = |address: &str, field: &str, recorded, found| Drift {
        address: Address::unchecked(address),
        kind: "aws.vpc".into(),
        id: json!("vpc-1"),
        field: field.into(),
        path: String::new(),
        recorded,
        found,
        by: None,
    };
    let mut plan = plan(vec![update(
        "network/vpc",
        "aws.vpc",
        vec![change("dns_hostnames", json!(false), json!(true))],
    )]);
    plan.drift = vec![
        entry("network/peer", "", Value::Null, Value::Null),
        entry("network/vpc", "dns_hostnames", json!(true), json!(false)),
        entry("network/vpc", "routes", json!(["a", "b"]), json!(["a"])),
        entry("network/vpc", "tags.env", json!("prod"), Value::Null),
    ];
    plan.blockers = vec![Blocker {
        address: Address::unchecked("network/vpc"),
        why: "it is protected and would be replaced".into(),
        fix: "take the protection away in a change of its own, apply that, and plan again".into(),
    }];
    insta::assert_snapshot!(plan);
}

#[test]
fn a_destroy_says_so_and_lists_what_is_lost() {
    let mut plan = plan(vec![
        step(Action::Delete, "network/zone-a/subnet", "aws.subnet"),
        step(Action::Delete, "network/gateway", "aws.internet-gateway"),
        Step { stakes: Stakes::Network, ..step(Action::Delete, "network/vpc", "aws.vpc") },
    ]);
    plan.destroy = true;
    insta::assert_snapshot!(plan);
}

#[test]
fn an_empty_plan_says_why_it_is_empty() {
    let text =
        |unchanged, exports, destroy| PlanData { destroy, exports, unchanged, ..plan(vec![]) }.to_string();
    assert_eq!(text(0, false, false), "No changes. Nothing is declared, and nothing is recorded.\n");
    assert_eq!(text(1, false, false), "No changes. The one declared object is as it should be.\n");
    assert_eq!(text(23, false, false), "No changes. All 23 declared objects are as they should be.\n");
    assert_eq!(text(0, false, true), "No changes. Nothing is recorded, so there is nothing to destroy.\n");
    assert_eq!(text(23, true, false), "The exports of the stack change.\n\nNo resource changes.\n");
}

#[test]
fn many_creates_are_one_line_each_unless_all_is_asked_for() {
    let steps = |count| (0..count).map(|n| subnet(&format!("zone-{n}/subnet"), "10.0.0.0/24")).collect();
    let at_most = plan(steps(super::MOST_CREATES)).to_string();
    assert!(at_most.contains("cidr:"), "{at_most}");
    let many = plan(steps(super::MOST_CREATES + 1));
    let brief = many.to_string();
    assert!(!brief.contains("cidr:"), "{brief}");
    assert!(brief.contains("The fields of 41 new objects are left out"), "{brief}");
    let full = many.render(&RenderOptions { full: true, ..RenderOptions::default() });
    assert_eq!(full.matches("cidr:").count(), 41);
}

#[test]
fn long_lists_and_texts_are_cut_unless_all_is_asked_for() {
    let list: Vec<_> =
        (0..30).map(|n| json!({"range": format!("10.0.{n}.0/24"), "description": "office"})).collect();
    let text: String = (0..30).map(|n| ["line ", &n.to_string(), "\n"].concat()).collect();
    let plan = plan(vec![create("group", "aws.security-group", &json!({"allow": list, "text": text}))]);
    insta::assert_snapshot!(plan);
    let full = plan.render(&RenderOptions { full: true, ..RenderOptions::default() });
    assert!(full.contains("[29]:") && full.contains("| line 29"), "{full}");
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

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "([a-c]{0,2}\n){0,4}[a-c]{0,1}".prop_map(Value::from),
        "5ec4e7[0-9a-f]{26}".prop_map(|digest| secret(&digest)),
        Just(secret("?")),
        ("[a-z/]{0,9}", "(/(id|outputs|spec|[0-9]|~1))*").prop_map(|(at, path)| reference(&at, &path)),
        "[a-z]{1,4}".prop_map(
            |name| json!({"$deathstar": {"call": [name, [{"lit": {"$deathstar": {"secret": "5ec4e7"}}}]]}})
        ),
        "[a-z]{0,5}".prop_map(|word| json!({"$deathstar": word, "5ec4e7": 1})),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map("[a-d]{1,2}|\\PC{0,3}", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_step(count: u32) -> impl Strategy<Value = Step> {
    let action = prop_oneof![
        Just(Action::Create),
        Just(Action::Update),
        Just(Action::Delete),
        Just(Action::Rename { from: Address::unchecked("from/here") }),
        Just(Action::Forget),
        Just(Action::Record),
        Just(Action::Ask),
        Just(Action::Over),
    ];
    let stakes =
        prop_oneof![Just(Stakes::None), Just(Stakes::Network), Just(Stakes::Cluster), Just(Stakes::Data)];
    let change =
        ("[a-z.]{0,6}", value(), value(), any::<bool>()).prop_map(|(field, before, after, replaces)| {
            FieldChange { field, path: String::new(), before, after, replaces, by: None }
        });
    (
        (action, "[a-c]{0,2}(/[a-c]{0,2}){0,4}", any::<String>(), stakes, 0..3_u16, any::<bool>()),
        proptest::option::of(0..count + 2),
        proptest::collection::vec(0..count + 2, 0..3),
        proptest::collection::vec(change, 0..4),
        proptest::option::of(value()),
        proptest::option::of(value()),
    )
        .prop_map(
            |(
                (action, address, note, stakes, pass, conditional),
                other_half,
                after,
                changes,
                target,
                answer,
            )| Step {
                other_half,
                after,
                changes,
                stakes,
                pass,
                conditional,
                notes: vec![note],
                target: target.as_ref().map(raw),
                answer: answer.as_ref().map(raw),
                ..step(action, &address, "kind")
            },
        )
}

proptest! {
    #[test]
    fn no_plan_breaks_the_text_or_shows_a_secret(
        steps in proptest::collection::vec(any_step(6), 0..6),
        drift in proptest::collection::vec(("[a-c]{0,2}", value(), value()), 0..3),
        full in any::<bool>(),
        width in 0_usize..200,
    ) {
        let mut plan = plan(steps);
        plan.drift = drift.into_iter().map(|(field, recorded, found)| Drift {
            address: Address::unchecked("a"),
            kind: "k".into(),
            id: recorded.clone(),
            field,
            path: String::new(),
            recorded,
            found,
            by: None,
        }).collect();
        let text = plan.render(&RenderOptions { colour: false, full, width });
        prop_assert!(!text.contains("5ec4e7"), "{text}");
        prop_assert!(!text.contains("$deathstar"), "{text}");
        prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        prop_assert!(text.ends_with('\n'));
        for step in &plan.steps {
            prop_assert!(text.contains(step.address.name()), "{} in {text}", step.address);
        }
    }
}
