//! Pods that find no node.
//!
//! The scheduler says why in text alone: for each group of nodes a phrase of one of its plugins. Source of the
//! phrases: the scheduler of Kubernetes 1.35 (`pkg/scheduler/framework/plugins`).

use super::Cause;
use crate::kube::view::View;
use std::collections::BTreeSet;

/// What the scheduler says of nodes, and what to do.
const PHRASES: &[(&str, &str)] = &[
    ("untolerated taint", "tolerate the taint, or give it nodes without one"),
    ("node affinity/selector", "no node has the labels that its `nodeSelector` or node affinity asks for"),
    ("pod affinity rules", "no node runs the pods that its affinity asks to be near to"),
    ("pod anti-affinity rules", "its anti-affinity needs more nodes or zones than there are"),
    ("topology spread constraints", "its spread constraints need more nodes or zones than there are"),
    ("didn't have free ports", "each node has its host ports in use: give it more nodes, or no host port"),
    ("volume node affinity conflict", "its volume is in a zone or on a node where it may not run"),
    ("unbound immediate PersistentVolumeClaims", "a claim that it uses has no volume: look at the claim"),
    ("max volume count", "each node has as many volumes as it takes: give it more nodes"),
    ("were unschedulable", "nodes are cordoned: uncordon them, or add others"),
];

/// That no node takes the pod, by what is lacking.
pub(super) fn trouble(pod: View<'_>) -> Option<Cause> {
    let unscheduled = pod.condition("PodScheduled").filter(|condition| condition.is_false())?;
    if unscheduled.reason() != "Unschedulable" {
        return None;
    }
    let message = unscheduled.message();
    let lacking = lacking(message);
    let mut fixes = Vec::new();
    if !lacking.is_empty() {
        let requested: Vec<String> = lacking.iter().map(|resource| requested(pod, resource)).collect();
        fixes.push(format!("nodes lack {}: add capacity, or request less", requested.join(", ")));
    }
    let said = PHRASES.iter().filter(|(phrase, _)| message.contains(phrase));
    fixes.extend(said.map(|(_, fix)| (*fix).to_owned()));
    Some(Cause::may_pass("Unschedulable", format!("pod `{}`: {message}", pod.name())).fix(fixes.join("; ")))
}

/// The resources of which nodes have too little: `2 Insufficient cpu, 1 Too many pods`.
fn lacking(message: &str) -> BTreeSet<&str> {
    let words = message.split("Insufficient ").skip(1).filter_map(|rest| rest.split([',', ' ']).next());
    let mut lacking: BTreeSet<&str> = words.map(|word| word.trim_end_matches('.')).collect();
    if message.contains("Too many pods") {
        lacking.insert("pods");
    }
    lacking
}

/// A resource, with what each container asks of it.
fn requested(pod: View<'_>, resource: &str) -> String {
    let asked = |container: View<'_>| {
        let amount = container.at("/resources/requests")?.get(resource)?;
        let amount = amount.as_str().map_or_else(|| amount.to_string(), ToOwned::to_owned);
        Some(format!("`{}` asks for {amount}", container.word("/name")))
    };
    let asked: Vec<String> = pod.list("/spec/containers").filter_map(asked).collect();
    if asked.is_empty() { resource.into() } else { format!("{resource} ({})", asked.join(", ")) }
}
