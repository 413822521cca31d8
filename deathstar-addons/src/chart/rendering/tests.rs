use super::*;
use crate::chart::stand_in::{stand_ins, unknowns};
use deathstar_core::{Input, Output};
use proptest::prelude::*;
use serde_json::json;

fn unknown(number: usize, shape: Option<Shape>) -> Unknown {
    let output = Output::<String>::import("other", &format!("value-{number}"));
    let values =
        json!({ format!("v{number}"): serde_json::to_value(Input::<String>::from(output)).unwrap() });
    unknowns(&values, |_| shape, &BTreeMap::new()).remove(0)
}

fn texts() -> Vec<Unknown> {
    (0..3).map(|number| unknown(number, Some(Shape::Text))).collect()
}

/// A text with values in it, as a template makes it.
fn written(template: &[Result<String, usize>], value: impl Fn(usize) -> String) -> String {
    template.iter().map(|part| part.clone().unwrap_or_else(&value)).collect()
}

/// What the engine makes of a leaf once the values are known.
fn resolved(leaf: &Leaf, unknowns: &[Unknown], values: &[String]) -> Option<String> {
    let Leaf::Holds(Expr::Call(name, arguments)) = leaf else { return None };
    assert_eq!(name, "concat");
    let text = |argument: &Expr| match argument {
        Expr::Lit(Value::String(text)) => text.clone(),
        expr => values[unknowns.iter().position(|one| one.expr == *expr).unwrap()].clone(),
    };
    Some(arguments.iter().map(text).collect())
}

fn template() -> impl Strategy<Value = Vec<Result<String, usize>>> {
    let part = prop_oneof!["[a-zA-Z0-9:/ .\"\\\\{}$é-]{0,6}".prop_map(Ok), (0_usize..3).prop_map(Err)];
    proptest::collection::vec(part, 0..6)
}

proptest! {
    #[test]
    fn a_leaf_that_holds_values_is_the_text_with_the_real_ones(
        template in template(), values in proptest::collection::vec("[a-z0-9:/-]{0,12}", 3),
    ) {
        let unknowns = texts();
        let painted = |paint| {
            Value::from(written(&template, |index| unknowns[index].painted(paint).as_str().unwrap().to_owned()))
        };
        let leaf = leaf(&painted(Paint::First), &painted(Paint::Second), &unknowns);
        let expected = written(&template, |index| values[index].clone());
        prop_assert_eq!(resolved(&leaf, &unknowns, &values), Some(expected));
    }

    #[test]
    fn what_stands_in_for_two_places_differs(one in "(/[a-z]{1,8}){1,3}", other in "(/[a-z]{1,8}){1,3}") {
        prop_assume!(one != other);
        let (texts, others) = (stand_ins(&one, Shape::Text), stand_ins(&other, Shape::Text));
        prop_assert!(texts[0] != others[0] && texts[1] != others[1] && texts[0] != texts[1]);
        let [Some(first), Some(second)] = stand_ins(&one, Shape::Number).map(|value| value.as_u64()) else { unreachable!() };
        prop_assert!(first != second && first < 65_536 && second < 65_536);
    }
}

#[test]
fn what_is_made_of_a_value_is_told_by_a_rendering_alone() {
    let unknowns = texts();
    let [first, second] = &unknowns[0].stand_ins;
    let (first, second) = (first.as_str().unwrap(), second.as_str().unwrap());
    let made = |first: Value, second: Value| leaf(&first, &second, &unknowns) == Leaf::Made;
    assert!(made(first.to_uppercase().into(), second.to_uppercase().into()));
    assert!(made(first[..5].into(), second[..5].into()));
    assert!(made(first.len().into(), second.len().into()));
    // A template that forgets to quote.
    assert!(made(first.into(), second.parse::<u64>().unwrap().into()));
    // Once as it is, and once as something else.
    assert!(made(format!("{first}-{}", first.len()).into(), format!("{second}-{}", second.len()).into()));
    assert!(!made(first.into(), second.into()));
}

#[test]
fn a_number_is_held_as_a_number_alone() {
    let unknowns = [unknown(0, Some(Shape::Number))];
    let [first, second] = unknowns[0].stand_ins.clone();
    assert_eq!(leaf(&first, &second, &unknowns), Leaf::Holds(unknowns[0].expr.clone()));
    let (one, other) = (Value::from(first.to_string()), Value::from(second.to_string()));
    assert_eq!(leaf(&one, &other, &unknowns), Leaf::Made);
    let (one, other) = (Value::from(format!("http://a:{first}")), Value::from(format!("http://a:{second}")));
    assert_eq!(leaf(&one, &other, &unknowns), Leaf::Made);
}

#[test]
fn a_whole_value_of_no_known_type_is_told_by_a_rendering() {
    let unknowns = [unknown(0, None)];
    let [first, second] = unknowns[0].stand_ins.clone();
    assert_eq!(leaf(&first, &second, &unknowns), Leaf::Made);
    let within = |value: &Value| Value::from(format!("arn:{}", value.as_str().unwrap()));
    assert!(matches!(leaf(&within(&first), &within(&second), &unknowns), Leaf::Holds(_)));
}
