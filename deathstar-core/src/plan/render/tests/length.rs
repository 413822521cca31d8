//! What of long plans is shown.

use super::{create, plan, subnet};
use crate::plan::{RenderOptions, render::MOST_CREATES};
use serde_json::json;

#[test]
fn many_creates_are_one_line_each_unless_all_is_asked_for() {
    let steps = |count| (0..count).map(|n| subnet(&format!("zone-{n}/subnet"), "10.0.0.0/24")).collect();
    let at_most = plan(steps(MOST_CREATES)).to_string();
    assert!(at_most.contains("cidr:"), "{at_most}");
    let many = plan(steps(MOST_CREATES + 1));
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
