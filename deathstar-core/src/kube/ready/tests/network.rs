//! What lets in: services, ingresses, gateways and routes.

use super::{alone, condition, event, object, told};
use crate::kube::ready::Around;
use serde_json::{Value, json};

#[test]
fn services_and_ingresses() {
    let balancer = json!({"type": "LoadBalancer"});
    let address = json!({"loadBalancer": {"ingress": [{"hostname": "h"}]}});
    assert_eq!(alone("v1", "Service", &json!({"type": "ClusterIP"}), &json!({})), "ready");
    assert_eq!(alone("v1", "Service", &balancer, &json!({"loadBalancer": {"ingress": [{}]}})), "pending");
    assert_eq!(alone("v1", "Service", &balancer, &address), "ready");
    assert_eq!(alone("networking.k8s.io/v1", "Ingress", &json!({}), &json!({})), "pending");
    assert_eq!(alone("networking.k8s.io/v1", "Ingress", &json!({}), &address), "ready");
    for reason in ["SyncLoadBalancerFailed", "FailedBuildModel", "FailedDeployModel"] {
        let service = object("v1", "Service", &balancer, &json!({}));
        assert_eq!(
            told(
                &service,
                &Around { events: &[event(reason, "Service", "Warning", "1")], ..Around::default() }
            ),
            reason
        );
    }
}

#[test]
fn gateways_and_routes() {
    let is =
        |kind: &str, spec: &Value, status: &Value| alone("gateway.networking.k8s.io/v1", kind, spec, status);
    let yes = |r#type: &str| condition(r#type, "True", "");
    let none = json!({});
    assert_eq!(is("GatewayClass", &none, &json!({"conditions": [yes("Accepted")]})), "ready");
    assert_eq!(is("Gateway", &none, &json!({"conditions": [yes("Accepted")]})), "pending");
    assert_eq!(is("Gateway", &none, &json!({"conditions": [yes("Accepted"), yes("Programmed")]})), "ready");
    assert_eq!(
        is(
            "Gateway",
            &none,
            &json!({"conditions": [yes("Accepted"), condition("Programmed", "False", "AddressNotAssigned")]})
        ),
        "AddressNotAssigned"
    );
    assert_eq!(
        is("Gateway", &none, &json!({"conditions": [condition("Accepted", "False", "Pending")]})),
        "pending"
    );
    let old = json!({"type": "Accepted", "status": "True", "observedGeneration": 1});
    assert_eq!(is("GatewayClass", &none, &json!({"conditions": [old]})), "pending");
    let parents = json!({"parentRefs": [{"name": "a"}, {"name": "b", "sectionName": "s"}]});
    let answer = |name: &str, resolved: &str| json!({"parentRef": {"name": name, "sectionName": "s"}, "conditions": [yes("Accepted"), condition("ResolvedRefs", resolved, "BackendNotFound")]});
    assert_eq!(is("HTTPRoute", &parents, &json!({"parents": [answer("a", "True")]})), "pending");
    assert_eq!(
        is("HTTPRoute", &parents, &json!({"parents": [answer("a", "True"), answer("b", "True")]})),
        "ready"
    );
    assert_eq!(
        is("HTTPRoute", &parents, &json!({"parents": [answer("a", "True"), answer("b", "False")]})),
        "BackendNotFound"
    );
}
