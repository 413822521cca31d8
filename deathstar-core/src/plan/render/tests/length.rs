//! What of long plans is shown, and what they say that they leave out.

use super::{create, plan, raw, shown, step, subnet};
use crate::{
    Stakes,
    driver::Check,
    plan::{
        Action, PlanData, RenderOptions, Step,
        render::brief::{LeftOut, MOST_IN_FULL, names},
    },
};
use serde_json::json;

fn full() -> RenderOptions {
    RenderOptions { full: true, ..RenderOptions::default() }
}

#[test]
fn many_creates_are_one_line_each_unless_all_is_asked_for() {
    let steps = |count| (0..count).map(|n| subnet(&format!("zone-{n}/subnet"), "10.0.0.0/24")).collect();
    let at_most = plan(steps(MOST_IN_FULL)).to_string();
    assert!(at_most.contains("cidr:") && !at_most.contains("left out"), "{at_most}");
    let many = plan(steps(MOST_IN_FULL + 1));
    let brief = many.to_string();
    assert!(!brief.contains("cidr:"), "{brief}");
    assert!(
        brief.contains("\nThe fields of 41 new objects are left out; the full plan shows them.\n"),
        "{brief}"
    );
    let full = many.render(&full());
    assert_eq!(full.matches("cidr:").count(), 41);
    assert!(!full.contains("left out"), "{full}");
}

#[test]
fn creates_and_deletes_are_shortened_each_where_there_are_many_of_them() {
    let steps = |action: &Action, scope: &str, count| {
        let one = |n| Step {
            target: Some(raw(&json!({"cidr": "10.0.0.0/24"}))),
            ..step(action.clone(), &format!("{scope}/s{n}"), "aws.subnet")
        };
        (0..count).map(one).collect::<Vec<_>>()
    };
    let text = |creates, deletes| {
        let mut all = steps(&Action::Create, "new", creates);
        all.extend(steps(&Action::Delete, "old", deletes));
        plan(all).to_string()
    };
    let deletes = text(5, MOST_IN_FULL + 1);
    assert!(deletes.contains("\nold/  - 41 aws.subnet: s0, ") && deletes.contains("cidr:"), "{deletes}");
    assert!(deletes.contains("\nThe ids of 41 objects to delete and "), "{deletes}");
    let creates = text(MOST_IN_FULL + 1, 5);
    assert!(creates.contains("\nnew/\n") || creates.contains("\nnew/  + 41 aws.subnet: s0, "), "{creates}");
    assert_eq!(creates.matches("aws.subnet  it-1").count(), 5, "{creates}");
    let neither = text(MOST_IN_FULL, MOST_IN_FULL);
    assert!(!neither.contains("left out"), "{neither}");
}

#[test]
fn reasons_are_left_out_and_what_else_is_to_be_said_is_not() {
    let noted = |name: &str, notes: &[&str]| Step {
        notes: notes.iter().map(|note| (*note).to_owned()).collect(),
        ..subnet(name, "10.0.0.0/24")
    };
    let mut steps = super::padding(&Action::Create);
    steps.push(noted("net/asked", &["because: b", "because: a"]));
    steps.push(noted("net/gone", &["because: c", "it is gone from the cloud"]));
    let plan = plan(steps);
    let brief = shown(&plan, &RenderOptions::default());
    assert!(!brief.contains("because"), "{brief}");
    assert!(brief.contains("  + gone   aws.subnet\n      # it is gone from the cloud\n"), "{brief}");
    assert!(brief.contains("new objects, 3 reasons and "), "{brief}");
    let all = shown(&plan, &full());
    assert_eq!(all.matches("# because").count(), 3, "{all}");
    // Without the stack nobody can tell one from the other.
    assert_eq!(plan.to_string().matches("# because").count(), 3);
}

#[test]
fn what_is_lost_stands_behind_what_goes_and_is_explained_once() {
    let mut steps = super::padding(&Action::Delete);
    steps.push(Step { stakes: Stakes::Data, ..step(Action::Delete, "volume", "aws.volume") });
    let mut plan = plan(steps);
    plan.destroy = true;
    let brief = plan.to_string();
    assert!(brief.contains("\n- volume  aws.volume  it-1  ! holds data\n"), "{brief}");
    assert_eq!(brief.matches("what is not kept elsewhere is lost").count(), 1, "{brief}");
    let narrow = plan.render(&RenderOptions { width: 39, ..RenderOptions::default() });
    assert!(narrow.contains("\n- volume  aws.volume  it-1\n    ! holds data: what"), "{narrow}");
}

#[test]
fn checks_name_as_many_objects_as_a_line_takes() {
    let check = |why: &str| Some(Check::not(why));
    let mut steps = super::padding(&Action::Create);
    for step in &mut steps {
        step.check = check("nobody is there");
    }
    steps[7].check = check("its namespace does not exist yet");
    let brief = plan(steps.clone()).to_string();
    let line = "  40 not, nobody is there:\n      rest/s0, rest/s1, rest/s2, rest/s3, rest/s4, rest/s5, rest/s6, rest/s8, rest/s9 and 31 more\n";
    assert!(brief.contains(line), "{brief}");
    assert!(brief.contains("  1 not, its namespace does not exist yet:\n      rest/s7\n"), "{brief}");
    let few = plan(steps.split_off(35)).to_string();
    assert!(few.contains("  6 not, nobody is there:\n      rest/s35\n      rest/s36\n"), "{few}");
}

#[test]
fn a_line_takes_as_many_names_as_there_is_room_for() {
    let all = ["one", "two", "three"];
    let text = |room| names(&all, room);
    assert_eq!(text(15), (Some("one, two, three".into()), 0));
    assert_eq!(text(14), (Some("one and 2 more".into()), 2), "`one, two and 1 more` has 19");
    assert_eq!(text(13), (None, 3));
    let all = ["one", "two", "three-and-more"];
    assert_eq!(names(&all, 19), (Some("one, two and 1 more".into()), 1));
    assert_eq!(names(&["a\nb"], 3), (None, 1), "it is written as `a\\nb`");
    assert_eq!(names(&["a\nb"], 4), (Some("a\nb".into()), 0));
    assert_eq!(names(&[], 9), (None, 0));
}

#[test]
fn what_is_left_out_is_said_in_one_sentence() {
    let text = |fields, ids, reasons, names| LeftOut { fields, ids, reasons, names }.sentence();
    let says = |what: &str| Some(format!("{what}; the full plan shows them."));
    assert_eq!(text(0, 0, 0, 0), None);
    assert_eq!(text(41, 0, 0, 0), says("The fields of 41 new objects are left out"));
    assert_eq!(text(41, 0, 0, 7), says("The fields of 41 new objects and 7 names are left out"));
    assert_eq!(text(41, 0, 9, 7), says("The fields of 41 new objects, 9 reasons and 7 names are left out"));
    assert_eq!(text(0, 5, 0, 1), says("The ids of 5 objects to delete and 1 name are left out"));
    assert_eq!(text(0, 0, 0, 1).unwrap(), "1 name is left out; the full plan shows it.");
    let mut sum = LeftOut { fields: 1, ids: 2, reasons: 3, names: 4 };
    sum += sum;
    assert_eq!(sum, LeftOut { fields: 2, ids: 4, reasons: 6, names: 8 });
}

#[test]
fn the_sentence_is_broken_between_words() {
    let options = RenderOptions { width: 40, ..RenderOptions::default() };
    let text = plan(super::padding(&Action::Create)).render(&options);
    let end = "\nThe fields of 41 new objects and 39\nnames are left out; the full plan shows\nthem.\n";
    assert!(text.contains(end), "{text}");
}

#[test]
fn long_lists_and_texts_are_cut_unless_all_is_asked_for() {
    let list: Vec<_> =
        (0..30).map(|n| json!({"range": format!("10.0.{n}.0/24"), "description": "office"})).collect();
    let text: String = (0..30).map(|n| ["line ", &n.to_string(), "\n"].concat()).collect();
    let plan: PlanData =
        plan(vec![create("group", "aws.security-group", &json!({"allow": list, "text": text}))]);
    insta::assert_snapshot!(plan);
    let full = plan.render(&full());
    assert!(full.contains("[29]:") && full.contains("| line 29"), "{full}");
}
