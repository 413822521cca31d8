//! The table of what a server serves, against what a server says.

use crate::bench::{VERSION, World};
use deathstar_addons::chart::served_by;
use std::collections::BTreeSet;

/// By group and version, and by kind; beside what other tests have defined.
#[tokio::test]
async fn charts_are_told_what_the_server_serves() {
    let Some(world) = World::of("served", &[]).await else { return };
    let raw = |path: &str| {
        let answer = world.kubectl(&["get", "--raw", path], "");
        serde_json::from_slice::<serde_json::Value>(&answer.stdout).unwrap()
    };
    let mut served = BTreeSet::from(["v1".to_owned()]);
    let groups = raw("/apis");
    for group in groups["groups"].as_array().unwrap() {
        for version in group["versions"].as_array().unwrap() {
            let name = version["groupVersion"].as_str().unwrap();
            if !name.contains("example.com") {
                served.insert(name.to_owned());
            }
        }
    }
    let groups = served.clone();
    for group in &groups {
        let path = if group == "v1" { "/api/v1".to_owned() } else { format!("/apis/{group}") };
        for kind in raw(&path)["resources"].as_array().unwrap() {
            let of = |key: &str| kind[key].as_str().filter(|text| !text.is_empty());
            let version = match (of("group"), of("version")) {
                (Some(other), Some(version)) => format!("{other}/{version}"),
                (None, Some(version)) => version.to_owned(),
                _ => group.clone(),
            };
            served.insert(format!("{version}/{}", of("kind").unwrap()));
        }
    }
    let told = served_by(VERSION);
    let missing: Vec<_> = served.difference(&told).collect();
    let beyond: Vec<_> = told.difference(&served).collect();
    assert_eq!((missing, beyond), (vec![], vec![]));
}
