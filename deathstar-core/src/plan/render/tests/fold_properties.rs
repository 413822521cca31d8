//! What holds for every plan that is shortened.

use super::{change, plan, raw, shown, step};
use crate::{
    Stakes,
    driver::Check,
    graph::Address,
    plan::{Action, Blocker, PlanData, RenderOptions, Step},
};
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Steps in a few scopes, most of them plain. Each name is unlike all others.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let action = prop_oneof![5 => Just(Action::Create), 5 => Just(Action::Delete), 1 => Just(Action::Update)];
    let scope =
        prop_oneof![Just(""), Just("a/"), Just("a/in/"), Just("a/out/"), Just("b/c/d/"), Just("e/1/")];
    let odd = prop_oneof![12 => Just(0_u8), 1 => 1_u8..8];
    let one = (action, scope, "[a-z]{0,9}(-[a-z]{1,20})?", 0..3_usize, odd, 0..3_usize);
    proptest::collection::vec(one, 0..150).prop_map(|all| {
        let step = |(index, (action, scope, tail, kind, odd, reasons))| {
            let kind = ["aws.kind-one", "aws.kind-two", "aws.kind-six"][kind];
            let step = step(action, &format!("{scope}n{index}.{tail}"), kind);
            made_odd(Step { notes: vec!["because".into(); reasons], ..step }, odd)
        };
        all.into_iter().enumerate().map(step).collect()
    })
}

fn made_odd(mut step: Step, how: u8) -> Step {
    match how {
        1 => step.conditional = true,
        2 => step.notes.push("its provider warns".into()),
        3 => step.gone = Some(1),
        4 => step.changes = vec![change("field", json!(1), json!(2))],
        5 => step.stakes = Stakes::Network,
        6 => step.pass = 1,
        7 => step.check = Some(Check::not("nobody is there")),
        _ => {}
    }
    step.target = Some(raw(&json!({"field": "value"})));
    step
}

/// A fold as it was read: what it counts, the names that it shows, and how many more it says that there are.
struct Read {
    sign: String,
    kind: String,
    count: usize,
    shown: Vec<String>,
    more: usize,
}

/// Reads a line as a fold, behind a heading or not.
fn read(line: &str) -> Option<Read> {
    let line = line.rsplit_once("/ ").map_or(line, |(_, line)| line).trim_start();
    let (sign, line) = line.split_once(' ').filter(|(sign, _)| ["+", "-"].contains(sign))?;
    let (count, line) = line.trim_start().split_once(' ')?;
    let count = count.parse().ok()?;
    let (kind, names) = line.split_once(": ").unwrap_or((line, ""));
    let (names, more) = match names.rsplit_once(" and ") {
        Some((names, more)) => (names, more.strip_suffix(" more")?.parse().ok()?),
        None if names.is_empty() => ("", count),
        None => (names, 0),
    };
    let shown = names.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Some(Read { sign: sign.into(), kind: kind.into(), count, shown, more })
}

/// The lines of the steps, without what stands before and behind them.
fn tree(text: &str) -> Vec<&str> {
    let ends = ["The", "Checked ", "Needs ", "Plan:"];
    text.lines().skip(2).take_while(|line| !ends.iter().any(|end| line.starts_with(end))).collect()
}

fn widest<'t>(lines: impl Iterator<Item = &'t str>) -> usize {
    lines.map(|line| line.chars().count()).max().unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_step_is_shown_or_counted_in_one_fold(steps in steps(), full in any::<bool>(), width in 0_usize..160) {
        let plan = plan(steps);
        let text = shown(&plan, &RenderOptions { colour: false, full, width });
        let lines = tree(&text);
        let folds: Vec<_> = lines.iter().filter_map(|line| read(line)).collect();
        prop_assert!(!full || folds.is_empty(), "{text}");
        let mut hidden: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut folded = BTreeSet::new();
        for fold in folds {
            prop_assert_eq!(fold.count, fold.shown.len() + fold.more, "{}", text);
            prop_assert!(fold.count > 1, "{}", text);
            for name in &fold.shown {
                let step = plan.steps.iter().find(|step| step.address.name() == name);
                prop_assert_eq!(step.map(|step| &step.kind), Some(&fold.kind), "{}", text);
                prop_assert!(folded.insert(name.clone()), "{name} twice in {text}");
            }
            *hidden.entry((fold.sign, fold.kind)).or_default() += fold.more;
        }
        let mut unseen: BTreeMap<(String, String), usize> = BTreeMap::new();
        let words: Vec<_> = lines.iter().flat_map(|line| line.split([' ', ','])).collect();
        for step in &plan.steps {
            let name = step.address.name();
            let times = words.iter().filter(|word| **word == name).count();
            prop_assert!(times < 2, "{name} {times} times in {text}");
            let sign = super::super::Symbol::of(&step.action).sign().to_owned();
            if times == 0 {
                *unseen.entry((sign, step.kind.clone())).or_default() += 1;
            }
            let says = step.notes.iter().any(|note| note != "because") || !step.changes.is_empty();
            let odd = says || step.conditional || step.gone.is_some() || step.stakes != Stakes::None;
            if odd || step.action == Action::Update {
                prop_assert!(times == 1 && !folded.contains(name), "{name} in {text}");
            }
        }
        hidden.retain(|_, count| *count > 0);
        prop_assert_eq!(&hidden, &unseen, "{}", text);
        let left_out: usize = hidden.values().sum();
        let said = text.replace('\n', " ").contains(&format!("{left_out} name"));
        prop_assert!(left_out == 0 || said, "{left_out} names in {text}");
    }

    #[test]
    fn no_line_is_wider_than_asked_for_or_than_without_folds(steps in steps(), width in 0_usize..160) {
        let options = RenderOptions { colour: false, full: false, width };
        let folded = shown(&plan(steps.clone()), &options);
        // The same with a kind of its own for each, which none is alike.
        let unlike = steps.into_iter().enumerate().map(|(n, step)| Step { kind: format!("aws.kind-{n:03}"), ..step });
        let apart = shown(&plan(unlike.collect()), &options);
        prop_assert!(!tree(&apart).iter().any(|line| read(line).is_some()), "{}", apart);
        let most = width.max(widest(apart.lines()));
        prop_assert!(widest(folded.lines()) <= most, "{width}: {folded}\n{apart}");
        prop_assert!(tree(&folded).len() <= tree(&apart).len(), "{folded}\n{apart}");
    }

    #[test]
    fn what_forbids_a_plan_is_shown(steps in steps(), at in any::<proptest::sample::Index>()) {
        prop_assume!(!steps.is_empty());
        let mut plan: PlanData = plan(steps);
        let address: Address = at.get(&plan.steps).address.clone();
        plan.blockers = vec![Blocker { address: address.clone(), why: "it is refused".into(), fix: String::new() }];
        let text = shown(&plan, &RenderOptions::default());
        let alone = |line: &&str| read(line).is_none() && line.split(' ').any(|word| word == address.name());
        prop_assert!(tree(&text).iter().any(alone), "{address} in {text}");
    }
}
