//! The life of every kind: made, changed, found drifted, destroyed.

use crate::expectations::{apply, destroy, planned};
use crate::{
    every_kind::{Choice, changes, declare},
    world::{World, declared},
};
use deathstar_arm_server::Settings;
use deathstar_core::Stack;

fn stack(choice: Choice) -> Stack {
    let (mut stack, azure) = declared();
    declare(&mut stack, &azure, choice);
    stack
}

#[tokio::test]
async fn every_kind_is_made_and_leaves_nothing() {
    let world = World::with(Settings::default().lower_case().unregistered("Microsoft.Network"));
    let stack = stack(Choice::default());
    apply(&world.engine, &stack).await;
    let made = world.server.standing().into_iter().map(|one| one.id);
    // What a zone says of itself is Azure's.
    let ids: Vec<String> = made.filter(|id| !id.contains("/SOA/")).collect();
    assert_eq!(ids.len(), stack.len() - 1, "all but the gate: {ids:#?}");
    let before = world.server.calls().len();
    assert!(world.engine.plan(&stack).await.unwrap().is_empty());
    let reads = world.server.calls().since(before);
    assert!(reads.mutating().is_empty(), "looking changes nothing");
    destroy(&world.engine, &stack).await;
    assert!(world.server.standing().is_empty());
}

#[tokio::test]
async fn each_of_these_fields_changes_in_place() {
    let world = World::new();
    apply(&world.engine, &stack(Choice::default())).await;
    for (choice, expected) in changes() {
        assert_eq!(planned(&world.engine, &stack(choice)).await, [expected]);
        apply(&world.engine, &stack(choice)).await;
        apply(&world.engine, &stack(Choice::default())).await;
    }
}

#[tokio::test]
async fn tags_are_written_without_touching_those_of_others() {
    let world = World::new();
    apply(&world.engine, &stack(Choice::default())).await;
    let stack = stack(Choice { team: "web", ..Choice::default() });
    let before = world.server.calls().len();
    apply(&world.engine, &stack).await;
    let writes = world.server.calls().since(before).mutating();
    assert!(writes.filter(|call| call.method != "PATCH").is_empty(), "tags alone are written");
    let standing = world.server.standing();
    assert!(standing.iter().filter(|one| !one.tags.is_empty()).all(|one| one.tags["team"] == "web"));
}

/// Every call that is made is one that was said before.
#[tokio::test]
async fn no_call_needs_more_than_is_said() {
    let world = World::new();
    let all = stack(Choice::default());
    let said = world.engine.permissions(&all).await.unwrap();
    let actions = said.actions();
    apply(&world.engine, &all).await;
    apply(&world.engine, &stack(Choice { gateway: false, minutes: 9, team: "web", ..Choice::default() }))
        .await;
    destroy(&world.engine, &all).await;
    let needed = world.server.calls().permissions();
    // Groups have other words in roles, tags are written by an operation of their own, and operations have no words here.
    let missing: Vec<String> = needed
        .iter()
        .map(|action| {
            action.replace(
                "Microsoft.Resources/resourceGroups",
                "Microsoft.Resources/subscriptions/resourceGroups",
            )
        })
        .filter(|action| !actions.contains(action.as_str()) && !action.contains("peration"))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}
