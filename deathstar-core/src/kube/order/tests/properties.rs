//! Laws over sets of objects.

use super::{arranged, definition, object};
use crate::kube::order::Arrangement;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Kinds that name each other in all directions that are legal.
fn any_object() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec!["a", "b", "c"]);
    let spaces = prop::sample::select(vec!["a", "b"]);
    let groups = prop::sample::select(vec!["g.example", "h.example"]);
    (0..10_u8, names.clone(), names, spaces, groups).prop_map(|(kind, name, other, space, group)| match kind {
        0 => object("v1", "Namespace", "", space, &json!({})),
        1 => definition(group, "Widget"),
        2 => object(&format!("{group}/v1"), "Widget", space, name, &json!({"spec": {"x": other}})),
        3 => object("v1", "ResourceQuota", space, name, &json!({})),
        4 => object("v1", "Secret", space, name, &json!({})),
        5 => object("v1", "Service", space, name, &json!({"spec": {"selector": {"app": other}}})),
        6 => object("apps/v1", "Deployment", space, name, &json!({"spec": {"template": {
            "metadata": {"labels": {"app": name}}, "spec": {"volumes": [{"secret": {"secretName": other}}]}}}})),
        7 => object("cert-manager.io/v1", "Certificate", space, name, &json!({"spec": {"secretName": other}})),
        8 => object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", name, &json!({"webhooks": [
            {"clientConfig": {"service": {"namespace": space, "name": other}}, "rules": [{"apiGroups": [group, "cert-manager.io"]}]}]})),
        _ => object("rbac.authorization.k8s.io/v1", "RoleBinding", space, name, &json!({
            "roleRef": {"kind": "Role", "name": other}, "subjects": [{"kind": "ServiceAccount", "name": "default"}]})),
    })
}

proptest! {
    #[test]
    fn ranks_make_no_cycle_and_each_comes_after_what_it_needs(objects in prop::collection::vec(any_object(), 0..24)) {
        let Arrangement { edges, order } = arranged(&objects);
        let mut all = order.clone();
        all.sort_unstable();
        prop_assert!(all.iter().copied().eq(0..objects.len()), "each is there once");
        let place = |index: usize| order.iter().position(|at| *at == index).unwrap();
        for edge in edges {
            prop_assert!(place(edge.to) < place(edge.from), "{edge:?}");
        }
    }

    #[test]
    fn a_custom_resource_is_never_before_its_definition(objects in prop::collection::vec(any_object(), 0..24)) {
        let order = arranged(&objects).order;
        for (place, index) in order.iter().enumerate() {
            if objects[*index]["kind"] != "Widget" {
                continue;
            }
            let group = objects[*index]["apiVersion"].as_str().unwrap().split('/').next().unwrap();
            // Of two definitions of one group and kind, which no server would take, the last counts.
            let defined = objects.iter().rposition(|object| object["kind"] == "CustomResourceDefinition" && object["spec"]["group"] == group);
            if let Some(defined) = defined {
                prop_assert!(order.iter().position(|at| *at == defined).unwrap() < place);
            }
        }
    }
}
