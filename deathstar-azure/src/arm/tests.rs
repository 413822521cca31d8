//! What holds for the documents of all kinds.

use super::document::strip;
use super::*;
use crate::{
    id::{ResourceGroupId, VirtualNetworkId},
    networking::{Subnet, VirtualNetwork},
    resources::ResourceGroup,
};
use deathstar_core::{Expr, Input, Key, Resource, SeenState};
use proptest::prelude::*;
use serde_json::{Value, json};

fn object(value: Value) -> Document {
    serde_json::from_value(value).unwrap()
}

#[test]
fn an_object_is_ready_when_its_provisioning_has_ended() {
    let state =
        |state: Value| ResourceGroup::state(&object(json!({"properties": {"provisioningState": state}})));
    assert_eq!(state("Succeeded".into()), SeenState::Ready);
    assert_eq!(state(Value::Null), SeenState::Ready);
    assert_eq!(ResourceGroup::state(&Document::new()), SeenState::Ready);
    for running in ["Accepted", "Creating", "Updating", "Deleting", "Whatever"] {
        assert!(matches!(state(running.into()), SeenState::Pending(_)), "{running}");
    }
    for ended in ["Failed", "Canceled"] {
        assert!(matches!(state(ended.into()), SeenState::Failed(_)), "{ended}");
    }
}

#[test]
fn a_key_is_the_id_or_a_claim_of_the_name() {
    let pending = |at: &str| Input::<ResourceGroupId>::Pending(Expr::Lit(at.into()));
    let network =
        |group: Input<ResourceGroupId>, name: &str| VirtualNetwork::new(group, name, []).key().unwrap();
    assert_eq!(network(pending("a"), "v"), network(pending("a"), "v"));
    assert_ne!(network(pending("a"), "v"), network(pending("b"), "v"));
    assert_ne!(network(pending("a"), "v"), network(pending("a"), "w"));
    let group = ResourceGroupId::new("/subscriptions/s/resourceGroups/g");
    let id = VirtualNetworkId::new(
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v",
    );
    assert_eq!(network(group.into(), "v"), Key::of(id));
}

#[test]
fn a_place_leads_through_objects_alone() {
    let mut document = object(json!({"properties": {"list": [1], "nothing": null}}));
    put(&mut document, "/properties/nothing/a", 1.into()).unwrap();
    put(&mut document, "/other/b", 2.into()).unwrap();
    assert!(put(&mut document, "/properties/list/a", 1.into()).is_err());
    assert_eq!(
        Value::Object(document),
        json!({"properties": {"list": [1], "nothing": {"a": 1}}, "other": {"b": 2}})
    );
}

#[test]
fn what_is_taken_out_leaves_no_empty_object() {
    let mut document =
        object(json!({"properties": {"a": {"b": {"c": 1}}, "gateway": {"id": "x", "name": "y"}}}));
    take(&mut document, "/properties/a/b/c");
    take(&mut document, "/properties/gateway/id");
    take(&mut document, "/properties/none/id");
    assert_eq!(Value::Object(document), json!({"properties": {}}));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "[a-z/]{0,6}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let name = prop_oneof![
            "[a-z]{1,3}",
            Just("etag".to_owned()),
            Just("properties".to_owned()),
            Just("id".to_owned())
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_unknown_survives_a_change(value in any_value()) {
        let mut document = object(json!({"etag": "1", "properties": {"unknown": value, "provisioningState": "Succeeded"}}));
        let (before, mut expected) = (document.clone(), object(json!({"unknown": value})));
        strip::<VirtualNetwork>(&mut document);
        let etags = serde_json::to_string(&document).unwrap().contains("\"etag\":");
        prop_assert!(!etags);
        strip::<VirtualNetwork>(&mut expected);
        if !serde_json::to_string(&value).unwrap().contains("\"etag\"") {
            prop_assert_eq!(&document["properties"]["unknown"], &before["properties"]["unknown"]);
        }
        let unmanaged = VirtualNetwork::new(ResourceGroupId::new("g"), "v", []);
        unmanaged.write(&mut document).unwrap();
        prop_assert_eq!(document["properties"].get("unknown"), expected.get("unknown"));
    }

    #[test]
    fn only_the_case_of_ids_is_made_the_same(upper in any::<bool>(), name in "[a-z]{1,8}", other in "[a-z]{1,8}") {
        let id = |name: &str| VirtualNetworkId::new(format!("/subscriptions/s/resourceGroups/{name}/providers/Microsoft.Network/virtualNetworks/v"));
        let want = Subnet::new(id(&name), "a", []);
        let seen = Subnet::new(id(&if upper { other.to_uppercase() } else { other.clone() }), "A", []);
        let managed = managed(&want, seen.clone());
        if name == other {
            prop_assert_eq!(&managed.virtual_network, &want.virtual_network);
        } else {
            prop_assert_eq!(&managed.virtual_network, &seen.virtual_network);
        }
        prop_assert_eq!(managed.name, "A");
    }
}
