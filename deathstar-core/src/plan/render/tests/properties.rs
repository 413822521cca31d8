//! What holds for every plan.

use super::{plan, raw, reference, secret, step};
use crate::{
    Stakes,
    graph::Address,
    plan::{Action, Drift, FieldChange, RenderOptions, Step},
};
use proptest::prelude::*;
use serde_json::{Value, json};

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
