//! Random stacks, edits, faults and deaths on the in-memory cloud. It shows the engine's own rules; it cannot show how a real API
//! behaves.
#![allow(clippy::unwrap_used, reason = "a test")]

use deathstar_core::{
    Meaning, Permissions,
    apply::{Event, Events, Quiet},
    driver::tags,
    memory::{Call, CallRecord, Fault},
    permission::{Need, Target, Verb, Which},
    plan::PlanData,
    prelude::*,
};
use deathstar_tests::{
    kinds::kinds,
    shapes::{Gene, stack},
};
use proptest::prelude::*;
use std::{
    collections::BTreeMap,
    future::Future,
    pin::pin,
    sync::{Arc, Mutex},
    task::Poll,
};

fn genes() -> impl Strategy<Value = Vec<Gene>> {
    let gene = (0..14_u8, 0..8_u8, any::<u8>(), 0..12_u8, 0..12_u8)
        .prop_map(|(name, kind, parent, fixed, value)| Gene { name, kind, parent, fixed, value });
    // Networks first, or little would fit.
    (proptest::collection::vec((14..17_u8, 0..6_u8, 0..12_u8), 1..3), proptest::collection::vec(gene, 0..24))
        .prop_map(|(nets, genes)| {
            let nets =
                nets.into_iter().map(|(name, fixed, value)| Gene { name, kind: 0, parent: 0, fixed, value });
            nets.chain(genes).collect()
        })
}

/// Small edits of a stack: values, parents, fixed values, leaving out.
fn edited() -> impl Strategy<Value = (Vec<Gene>, Vec<Gene>)> {
    let edit = (any::<prop::sample::Index>(), 0..5_u8, any::<u8>());
    (genes(), proptest::collection::vec(edit, 0..6), genes()).prop_map(|(genes, edits, others)| {
        let mut after = genes.clone();
        for (at, what, value) in edits {
            if after.is_empty() {
                break;
            }
            let at = at.index(after.len());
            match what {
                0 => after[at].value = value % 12,
                1 => after[at].fixed = value % 12,
                2 => after[at].parent = value,
                3 => {
                    after.remove(at);
                }
                _ => after.extend(others.get(usize::from(value) % others.len().max(1))),
            }
        }
        (genes, after)
    })
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The cloud holds each declared object once and nothing else.
fn matches(cloud: &Memory, stack: &Stack) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for object in cloud.objects() {
        if let Some(address) = object.tags.get(tags::ADDRESS) {
            *seen.entry(address.clone()).or_default() += 1;
        }
    }
    assert!(seen.values().all(|count| *count == 1), "doubled: {seen:?}");
    assert_eq!(cloud.len(), stack.len(), "objects: {:#?}", cloud.objects());
}

/// Applies, and answers how often a call met a conflict: a step that came too early.
async fn apply(engine: &Engine, stack: &Stack) -> usize {
    let plan = engine.plan(stack).await.unwrap();
    let conflicts = Arc::new(Mutex::new(0));
    let observer = {
        let conflicts = Arc::clone(&conflicts);
        Events(move |event: &Event<'_>| {
            if let Event::StepRetrying { error, .. } = event
                && !matches!(error.meaning(), Meaning::Transient | Meaning::Throttled)
            {
                *conflicts.lock().unwrap() += 1;
            }
        })
    };
    let json = plan.to_json();
    let report = engine.apply(plan.consent_to_all(), observer).await.unwrap();
    assert!(report.is_success(), "{report}\n{json}");
    let again = engine.plan(stack).await.unwrap();
    assert!(again.is_empty(), "not empty after apply: {}", again.to_json());

    *conflicts.lock().unwrap()
}

async fn destroy(engine: &Engine, stack: &Stack, cloud: &Memory) {
    let plan = engine.destroy(stack).await.unwrap();
    let report = engine.apply(plan.consent_to_all(), Quiet).await.unwrap();
    assert!(report.is_success() && report.proof.is_some(), "{report}");
    assert_eq!(cloud.objects(), []);
    assert!(engine.recorded().await.unwrap().recorded.is_empty());
}

/// Every call, with every id that it names, is among what is allowed.
fn all_allowed(calls: &[CallRecord], allowed: &Permissions, plan: &PlanData) {
    for call in calls {
        let action = format!("{}:{}", call.family, call.call.name());
        let of_action: Vec<_> =
            allowed.needs().filter(|(_, need)| need.permission.action == action).collect();
        assert!(!of_action.is_empty(), "{call:?} is not allowed\n{}", plan.to_json());
        for id in &call.ids {
            let names = |need: &Need| match &need.permission.target {
                Target::Objects { which: Which::One(one), .. } => one == id,
                Target::Objects { which: Which::Any, .. } => true,
                _ => false,
            };
            assert!(of_action.iter().any(|(_, need)| names(need)), "{call:?} is not allowed on {id}");
        }
    }
}

/// Whatever is allowed to change something does: only a step that may turn out needless makes no call.
fn nothing_more(calls: &[CallRecord], allowed: &Permissions, plan: &PlanData) {
    for (_, need) in allowed.needs() {
        let family = need.permission.action.split(':').next().unwrap();
        for one in need.uses.iter().filter(|one| !matches!(one.verb, Verb::Find | Verb::Ask | Verb::Over)) {
            let made = |call: &CallRecord| {
                call.family == family && call.call.name() == one.verb.name() && call.address == one.address
            };
            let conditional = plan.at(&one.address).any(|step| step.conditional);
            assert!(
                conditional || calls.iter().any(made),
                "{need:?} is allowed for no call\n{}",
                plan.to_json()
            );
        }
    }
}

/// Polls until the work is done, or a call of the cloud hangs: then it is dropped, as if the process had died.
async fn until_death(cloud: &Memory, work: impl Future) -> bool {
    let mut work = pin!(work);
    std::future::poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(_) => Poll::Ready(false),
        Poll::Pending if cloud.hung() => Poll::Ready(true),
        Poll::Pending => Poll::Pending,
    })
    .await
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(std::env::var_os("PROPTEST_CASES").map_or(400, |_| ProptestConfig::default().cases)))]

    #[test]
    fn any_edit_converges_in_order_and_everything_goes((before, after) in edited(), seed in 0..1000_u64) {
        run(async {
            let cloud = Memory::seeded(seed).with(kinds());
            let engine = Engine::new(MemoryStore::new(), cloud.clone());
            let (before, after) = (stack(&before), stack(&after));
            assert_eq!(apply(&engine, &before).await, 0, "a step came before what it needs");
            matches(&cloud, &before);
            assert_eq!(apply(&engine, &after).await, 0, "a step came before what it needs");
            matches(&cloud, &after);
            destroy(&engine, &after, &cloud).await;
        });
    }

    #[test]
    fn a_death_at_any_call_loses_nothing(
        (before, after) in edited(),
        call in prop_oneof![Just(Call::Create), Just(Call::Change), Just(Call::Delete), Just(Call::Find)],
        family in prop_oneof![
            Just("*"), Just("imagined.net"), Just("imagined.machine"), Just("imagined.route"), Just("imagined.cluster"),
        ],
        after_effect in any::<bool>(),
        hidden in 0..6_u32,
        first in any::<bool>(),
    ) {
        run(async {
            let cloud = Memory::seeded(3).with(kinds());
            let engine = Engine::new(MemoryStore::new(), cloud.clone());
            let (before, after) = (stack(&before), stack(&after));
            let dies = |stack| {
                let (engine, cloud) = (engine.clone(), cloud.clone());
                async move {
                    cloud.on_each("imagined.machine", Call::Create, Fault::Hidden(hidden), 2);
                    cloud.on(family, call, if after_effect { Fault::Hangs } else { Fault::HangsBefore });
                    let plan = engine.plan(stack);
                    let mut plan = pin!(plan);
                    let planned = std::future::poll_fn(|cx| match plan.as_mut().poll(cx) {
                        Poll::Ready(plan) => Poll::Ready(Some(plan)),
                        Poll::Pending if cloud.hung() => Poll::Ready(None),
                        Poll::Pending => Poll::Pending,
                    })
                    .await;
                    if let Some(plan) = planned {
                        until_death(&cloud, engine.apply(plan.unwrap().consent_to_all(), Quiet)).await;
                    }
                    cloud.heal();
                }
            };
            if first {
                dies(&before).await;
            } else {
                apply(&engine, &before).await;
                dies(&after).await;
            }
            apply(&engine, &after).await;
            matches(&cloud, &after);
            destroy(&engine, &after, &cloud).await;
        });
    }

    #[test]
    fn the_calls_of_a_plan_are_allowed_and_nothing_else_is((before, after) in edited(), seed in 0..1000_u64) {
        run(async {
            let cloud = Memory::seeded(seed).with(kinds());
            let engine = Engine::new(MemoryStore::new(), cloud.clone());
            let (before, after) = (stack(&before), stack(&after));
            for stack in [&before, &after, &after] {
                let life = engine.permissions(stack).await.unwrap();
                let allowed = engine.plan(stack).await.unwrap().permissions().unwrap();
                cloud.forget_calls();
                let plan = engine.plan(stack).await.unwrap();
                let data = plan.data().clone();
                assert!(engine.apply(plan.consent_to_all(), Quiet).await.unwrap().is_success());
                all_allowed(&cloud.calls(), &allowed, &data);
                all_allowed(&cloud.calls(), &life, &data);
                nothing_more(&cloud.calls(), &allowed, &data);
            }
            let (plan, life) = (engine.destroy(&after).await.unwrap(), engine.permissions(&after).await.unwrap());
            let (allowed, data) = (plan.permissions().unwrap(), plan.data().clone());
            cloud.forget_calls();
            let plan = engine.destroy(&after).await.unwrap();
            assert!(engine.apply(plan.consent_to_all(), Quiet).await.unwrap().is_success());
            all_allowed(&cloud.calls(), &allowed, &data);
            all_allowed(&cloud.calls(), &life, &data);
            nothing_more(&cloud.calls(), &allowed, &data);
        });
    }

    #[test]
    fn the_same_seed_gives_the_same_calls(genes in genes(), seed in 0..1000_u64) {
        let calls = || run(async {
            let cloud = Memory::seeded(seed).with(kinds());
            let engine = Engine::new(MemoryStore::new(), cloud.clone());
            apply(&engine, &stack(&genes)).await;
            cloud.calls()
        });
        let of = |calls: Vec<deathstar_core::memory::CallRecord>| -> Vec<_> {
            calls.into_iter().map(|call| (call.family, call.call, call.address, call.at)).collect()
        };
        prop_assert_eq!(of(calls()), of(calls()));
    }
}
