//! What is asked of a workload, and of its pods as a whole.

use super::{
    WorkloadKind,
    check::{Check, Finding},
    container::{self, PODS},
};
use deathstar_core::model::Size;

/// What is declared beside the workload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside {
    pub(super) budget: bool,
    pub(super) scaled: Option<Size>,
}

/// All that the checks find.
pub(super) fn check(workload: &WorkloadKind, beside: Beside) -> Vec<Finding> {
    let mut found = vec![];
    let mut push = |check: Check, path: String, why: String| found.push(Finding::new(check, path, why));
    let own = |field: &str| format!("{PODS}/{field}");
    let several = workload.replicas().map(i64::from);
    if let Some(replicas) = several {
        let fewest = beside.scaled.map_or(replicas, |size| size.min().into());
        if fewest < 2 {
            let why = format!("there may be {fewest} pod: with its node, or an update, the workload is away");
            push(Check::Replicas, "/spec/replicas".into(), why);
        }
        if !beside.budget {
            let why = "nothing keeps all of its pods from being taken away at once when nodes are drained";
            push(Check::Budget, String::new(), why.into());
        }
    }
    let Some(pods) = workload.pods() else { return found };
    if several.is_some() {
        let affinity = pods.affinity.as_ref().and_then(|affinity| affinity.pod_anti_affinity.as_ref());
        let spread = pods.topology_spread_constraints.as_ref().is_some_and(|all| !all.is_empty());
        if !spread && affinity.is_none() {
            let why = "all of its pods may stand on one node: with that node, the workload is away";
            push(Check::Spread, own("topologySpreadConstraints"), why.into());
        }
    }
    if pods.priority_class_name.as_ref().is_none_or(String::is_empty) {
        let why = "it does not say how important it is when there is too little room";
        push(Check::Priority, own("priorityClassName"), why.into());
    }
    if pods.service_account_name.as_deref().is_none_or(|name| ["", "default"].contains(&name)) {
        let why = "it shares the account of everything in its namespace that has none";
        push(Check::Account, own("serviceAccountName"), why.into());
    }
    if pods.automount_service_account_token != Some(false) {
        let why = "a token of the API server may lie in its pods, for whoever breaks in";
        push(Check::Token, own("automountServiceAccountToken"), why.into());
    }
    if pods.termination_grace_period_seconds.is_none_or(|seconds| seconds < 1) {
        let why = "it does not say how long it takes to end, and is killed in the middle of its work";
        push(Check::Termination, own("terminationGracePeriodSeconds"), why.into());
    }
    container::check(pods, &mut found);
    found
}
