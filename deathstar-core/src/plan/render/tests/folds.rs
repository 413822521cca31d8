//! Siblings on one line.

use super::{change, create, padding, plan, raw, shown, step};
use crate::{
    Stakes,
    driver::Check,
    graph::Address,
    plan::{Action, Blocker, Drift, Foreign, PlanData, RenderOptions, Step},
};
use serde_json::{Value, json};

/// Rules in a scope beside their group, in a plan that is long enough to be shortened.
fn rules(action: &Action, count: usize) -> PlanData {
    let mut steps = padding(action);
    steps.push(step(action.clone(), "net/group", "aws.group"));
    steps.extend((0..count).map(|n| step(action.clone(), &format!("net/rule-{n}"), "aws.rule")));
    plan(steps)
}

fn text(all: &PlanData) -> String {
    let steps = plan(all.steps.clone()).steps;
    shown(&PlanData { steps, ..all.clone() }, &RenderOptions::default())
}

#[test]
fn a_few_siblings_have_a_line_each_and_more_are_one_line() {
    let few = text(&rules(&Action::Create, 3));
    assert!(
        few.contains("\nnet/\n  + group   aws.group\n  + rule-0  aws.rule\n  + rule-1  aws.rule\n"),
        "{few}"
    );
    let many = text(&rules(&Action::Create, 4));
    let line = "\nnet/\n  + group  aws.group\n  + 4 aws.rule: rule-0, rule-1, rule-2, rule-3\n\n";
    assert!(many.contains(line), "{many}");
    let gone = text(&rules(&Action::Delete, 4));
    let line = "\nnet/\n  - group  aws.group  it-1\n  - 4 aws.rule: rule-0, rule-1, rule-2, rule-3\n\n";
    assert!(gone.contains(line), "{gone}");
}

#[test]
fn a_scope_that_holds_one_line_is_that_line() {
    let mut steps = padding(&Action::Create);
    let mut add = |address: &str, kind: &str| steps.push(step(Action::Create, address, kind));
    add("net/alone/in/rule", "aws.rule");
    add("net/two/a", "aws.rule");
    add("net/two/b", "aws.rule");
    add("net/both/a", "aws.rule");
    add("net/both/b", "aws.group");
    let brief = text(&plan(steps));
    let lines = "
net/
  alone/in/  + rule  aws.rule
  two/       + 2 aws.rule: a, b
  both/
    + a  aws.rule
    + b  aws.group
";
    assert!(brief.contains(lines), "{brief}");
}

#[test]
fn a_line_beside_its_heading_is_not_wider_than_asked_for() {
    let mut steps = padding(&Action::Create);
    steps.push(step(Action::Create, "network/of-the-shop/address", "aws.address"));
    let text = |width| plan(steps.clone()).render(&RenderOptions { width, ..RenderOptions::default() });
    let beside = "network/of-the-shop/  + address  aws.address";
    assert!(text(beside.len()).contains(&format!("\n{beside}\n")));
    let below = text(beside.len() - 1);
    assert!(below.contains("\nnetwork/of-the-shop/\n  + address  aws.address\n"), "{below}");
}

#[test]
fn folds_take_no_column_of_names() {
    let mut plan = rules(&Action::Create, 4);
    plan.steps.push(create("net/wide-name-of-a-rule", "aws.other", &Value::Null));
    plan.steps
        .extend((0..4).map(|n| step(Action::Create, &format!("net/wider-name-of-a-rule-{n}"), "aws.rule")));
    plan.steps.push(step(Action::Ask, "net/zones", "aws.zones"));
    let text = text(&plan);
    assert!(text.contains("\n  +  group                aws.group\n  +  8 aws.rule: rule-0, "), "{text}");
}

type Edit<'e> = &'e dyn Fn(&mut Step);

/// What a plan says about one more rule beside four that are alike.
#[test]
fn what_a_person_has_to_see_stands_on_a_line_of_its_own() {
    let fold = "4 aws.rule: rule-0, rule-1, rule-2, rule-3\n";
    let with = |action: &Action, edit: Edit<'_>| {
        let mut plan = rules(action, 4);
        let mut odd = Step { id: 99, ..step(action.clone(), "net/odd", "aws.rule") };
        edit(&mut odd);
        plan.steps.push(odd);
        plan
    };
    let alone = |plan: &PlanData, why: &str| {
        let text = text(plan);
        assert!(text.contains(fold), "{why}: {text}");
        assert!(text.lines().any(|line| line.trim_start().split(' ').nth(1) == Some("odd")), "{why}: {text}");
    };
    let same = text(&with(&Action::Create, &|_| {}));
    assert!(same.contains("5 aws.rule: rule-0, rule-1, rule-2, rule-3, odd\n"), "{same}");
    let edits: [(&str, Action, Edit<'_>); 10] = [
        ("conditional", Action::Create, &|odd| odd.conditional = true),
        ("half of a replacement", Action::Create, &|odd| odd.other_half = Some(7)),
        ("changes", Action::Create, &|odd| odd.changes = vec![change("a", json!(1), json!(2))]),
        ("in the place of what is gone", Action::Create, &|odd| odd.gone = Some(1)),
        ("a remark", Action::Create, &|odd| odd.notes = vec!["its provider warns: old".into()]),
        ("another check", Action::Create, &|odd| odd.check = Some(Check::not("it is refused"))),
        ("another kind", Action::Create, &|odd| odd.kind = "aws.other".into()),
        ("a loss", Action::Delete, &|odd| odd.stakes = Stakes::Data),
        ("a remark", Action::Delete, &|odd| odd.notes = vec!["its deletion was interrupted".into()]),
        ("not declared", Action::Delete, &|odd| odd.notes = vec!["it is no longer declared".into()]),
    ];
    for (why, action, edit) in edits {
        alone(&with(&action, edit), why);
    }
    let others = [
        Action::Update,
        Action::Rename { from: Address::unchecked("from") },
        Action::Forget,
        Action::Release,
        Action::Import,
        Action::Recover,
        Action::Record,
        Action::Ask,
        Action::Over,
    ];
    for action in others {
        alone(&with(&Action::Create, &|odd| odd.action = action.clone()), &format!("{action:?}"));
    }
    let said = |say: &dyn Fn(&mut PlanData, Address)| {
        let mut plan = with(&Action::Create, &|_| {});
        say(&mut plan, Address::unchecked("net/odd"));
        plan
    };
    let blocker = |address| Blocker { address, why: "it is refused".into(), fix: String::new() };
    alone(&said(&|plan, odd| plan.blockers.push(blocker(odd))), "blocked");
    let drift = |address| Drift {
        address,
        kind: "aws.rule".into(),
        id: json!("r-1"),
        field: String::new(),
        path: String::new(),
        recorded: Value::Null,
        found: Value::Null,
        by: None,
    };
    alone(&said(&|plan, odd| plan.drift.push(drift(odd))), "drifted");
    let foreign = |within| Foreign { within, kind: "k".into(), id: json!("f-1"), found: Value::Null };
    alone(&said(&|plan, odd| plan.foreign.push(foreign(odd))), "others in it");
    let below = |plan: &mut PlanData, _| plan.steps.push(step(Action::Create, "net/odd/part", "aws.part"));
    alone(&said(&below), "something below");
    let twice = |plan: &mut PlanData, _| plan.steps.push(step(Action::Delete, "net/odd", "aws.rule"));
    alone(&said(&twice), "two steps");
}

#[test]
fn siblings_of_other_passes_and_scopes_have_lines_of_their_own() {
    let mut passes = rules(&Action::Create, 6);
    passes.steps.iter_mut().skip(45).for_each(|step| step.pass = 1);
    let text_of_passes = text(&passes);
    assert!(!text_of_passes.contains("6 aws.rule"), "{text_of_passes}");
    assert_eq!(text_of_passes.matches("  + rule-").count(), 3, "{text_of_passes}");
    let mut scopes = rules(&Action::Create, 2);
    scopes.steps.push(step(Action::Create, "net/below/rule-2", "aws.rule"));
    scopes.steps.push(step(Action::Create, "net/below/rule-3", "aws.rule"));
    let scopes = text(&scopes);
    assert!(scopes.contains("\n  + rule-1  aws.rule\n  below/  + 2 aws.rule: rule-2, rule-3\n"), "{scopes}");
}

#[test]
fn what_is_no_longer_declared_is_said_once() {
    let mut plan = rules(&Action::Delete, 4);
    let noted = |step: &mut Step| step.notes = vec!["it is no longer declared".into()];
    plan.steps.iter_mut().skip(41).for_each(noted);
    let text = text(&plan);
    let lines = "
  - group  aws.group  it-1
      # it is no longer declared
  - 4 aws.rule: rule-0, rule-1, rule-2, rule-3
      # they are no longer declared
";
    assert!(text.contains(lines), "{text}");
}

#[test]
fn everything_is_shown_on_request() {
    for action in [Action::Create, Action::Delete] {
        let plan = rules(&action, 9);
        let text = plan.render(&RenderOptions { full: true, ..RenderOptions::default() });
        for step in &plan.steps {
            let line = format!(" {} ", step.address.name());
            assert_eq!(text.matches(&line).count(), 1, "{}: {text}", step.address);
        }
        assert!(!text.contains("left out") && !text.contains(" more"), "{text}");
    }
}

/// A network as it is first made, and as it ends.
fn network(action: &Action) -> PlanData {
    let mut steps = vec![];
    let mut add = |address: String, kind: &str| {
        let target = raw(&json!({"name": address}));
        steps.push(Step { target: Some(target), ..step(action.clone(), &address, kind) });
    };
    for zone in 0..2 {
        for part in ["subnet", "association", "route-table"] {
            add(format!("network/private/{zone}/{part}"), &format!("aws.ec2.{part}"));
        }
    }
    add("network/private/acl/acl".into(), "aws.ec2.network-acl");
    for port in 0..17 {
        add(format!("network/private/acl/in/tcp-{port}-10.20.0.0_19"), "aws.ec2.network-acl-entry");
        add(format!("network/private/acl/out/tcp-{port}-anywhere-ipv4"), "aws.ec2.network-acl-entry");
    }
    add("network/endpoints/s3".into(), "aws.ec2.vpc-endpoint");
    add("network/vpc".into(), "aws.ec2.vpc");
    for step in &mut steps {
        if *action == Action::Delete && ["vpc", "subnet"].contains(&step.address.name()) {
            step.stakes = Stakes::Network;
        }
        if *action == Action::Create && step.address.as_str().contains("acl/") {
            step.notes = vec!["because: pods ask".into()];
        }
    }
    PlanData { destroy: *action == Action::Delete, ..plan(steps) }
}

#[test]
fn a_network_is_read_at_a_glance() {
    insta::assert_snapshot!(text(&network(&Action::Create)));
}

#[test]
fn the_end_of_a_network_is_read_at_a_glance() {
    insta::assert_snapshot!(text(&network(&Action::Delete)));
}

#[test]
fn a_narrow_window_takes_fewer_names() {
    let options = RenderOptions { width: 50, ..RenderOptions::default() };
    insta::assert_snapshot!(shown(&network(&Action::Create), &options));
}
