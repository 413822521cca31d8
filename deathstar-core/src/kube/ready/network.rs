//! What gives addresses: services, ingresses, and the Gateway API.
//!
//! Sources: Kubernetes documentation, "Service" and "Ingress"; Gateway API specification, "Conditions".
//! A service is not waited for until pods are behind it (Pulumi does): services come before the workloads that serve them.

use super::{Around, Cause, Readiness, conditions, events};
use crate::kube::view::{Condition, View};

/// Events of those who make load balancers: the cloud controller manager, and the AWS load balancer controller.
const REFUSED: [&str; 3] = ["SyncLoadBalancerFailed", "FailedBuildModel", "FailedDeployModel"];

/// Reasons of the Gateway API that only say that its controller has not come to it.
const NOT_SEEN: [&str; 2] = ["Pending", "NotReconciled"];

/// A load balancer is ready when it has an address; all other services when they exist.
pub(super) fn service(object: View<'_>, around: &Around<'_>) -> Readiness {
    if object.word("/spec/type") != "LoadBalancer" || has_address(object) {
        return Readiness::Ready;
    }
    addressless(object, around)
}

/// Ready when it has an address. kstatus does not wait for it; whoever serves it without telling an address needs a
/// [`Rule`](super::Rule) for the kind.
pub(super) fn ingress(object: View<'_>, around: &Around<'_>) -> Readiness {
    if has_address(object) {
        return Readiness::Ready;
    }
    addressless(object, around)
}

fn has_address(object: View<'_>) -> bool {
    let mut addresses = object.list("/status/loadBalancer/ingress");
    addresses.any(|address| address.text("/ip").or(address.text("/hostname")).is_some())
}

fn addressless(object: View<'_>, around: &Around<'_>) -> Readiness {
    if let Some(event) = events::last_of(object, around, &REFUSED) {
        let cause = Cause::may_pass(event.word("/reason"), event.word("/message"));
        return Readiness::Failed(
            cause.fix("the load balancer cannot be made as it is declared: see the message"),
        );
    }
    let class = object.text("/spec/ingressClassName").or(object.text("/spec/loadBalancerClass"));
    let by = class.map_or_else(String::new, |class| format!(" from class `{class}`"));
    Readiness::Pending(format!("has no address{by} yet"))
}

/// Gateways are accepted and programmed, classes accepted, and routes accepted by each parent with all references resolved.
pub(super) fn gateway_api(kind: &str, object: View<'_>) -> Readiness {
    match kind {
        "Gateway" => demand(object, "/status/conditions", &["Accepted", "Programmed"]),
        "GatewayClass" => demand(object, "/status/conditions", &["Accepted"]),
        kind if kind.ends_with("Route") => route(object),
        _ => conditions::common(object),
    }
}

/// Each parent that it names has to answer.
fn route(object: View<'_>) -> Readiness {
    let answers = |parent: View<'_>| {
        let mut told = object.list("/status/parents");
        told.position(|told| same_parent(parent, View(told.at("/parentRef").unwrap_or(told.0))))
    };
    for parent in object.list("/spec/parentRefs") {
        let Some(place) = answers(parent) else {
            return Readiness::Pending(format!("parent `{}` has not answered yet", parent.word("/name")));
        };
        let conditions = format!("/status/parents/{place}/conditions");
        match demand(object, &conditions, &["Accepted", "ResolvedRefs"]) {
            Readiness::Ready => {}
            other => return other,
        }
    }
    Readiness::Ready
}

fn same_parent(asked: View<'_>, told: View<'_>) -> bool {
    let parts = ["/name", "/namespace", "/sectionName", "/port"];
    parts.iter().all(|part| asked.at(part).is_none() || asked.at(part) == told.at(part))
}

/// Whether all these conditions are true of the object as it is.
fn demand(object: View<'_>, pointer: &str, wanted: &[&str]) -> Readiness {
    for r#type in wanted {
        let told = object.condition_in(pointer, r#type).filter(|&told| conditions::is_current(object, told));
        match told {
            Some(told) if told.is_true() => {}
            Some(told) if told.is_false() && !NOT_SEEN.contains(&told.reason()) => {
                return Readiness::Failed(refused(r#type, told));
            }
            Some(told) => return Readiness::Pending(format!("condition `{type}`: {}", told.told())),
            None => return Readiness::Pending(format!("condition `{type}` is not told yet")),
        }
    }
    Readiness::Ready
}

fn refused(r#type: &str, told: Condition<'_>) -> Cause {
    let fix = match r#type {
        "ResolvedRefs" => {
            "something that it names is missing, or may not be named from its namespace (`ReferenceGrant`)"
        }
        "Programmed" => "its controller cannot serve it: see the message",
        _ => "its controller does not accept it: see the message",
    };
    Cause::may_pass(told.reason(), told.message()).fix(fix)
}
