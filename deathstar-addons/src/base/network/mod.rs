//! Network policies, from declared traffic.

mod policy;
#[cfg(test)]
mod tests;

use deathstar_core::{
    Diagnostic, Input,
    component::{ResourceExt, With},
    kube::Object,
    model::{
        IpCidr, Traffic,
        traffic::{AddressRange, Direction, GroupRule, Party, Pods, Service, Terrain},
    },
};
use std::collections::BTreeMap;

/// Who answers the questions of pods for names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dns {
    /// The pods of these labels in a namespace: of a cluster's `CoreDNS` unless said otherwise.
    Pods(Pods),
    /// A cache on each node, at this address: `NodeLocal DNSCache`.
    NodeLocal(IpCidr),
}

impl Default for Dns {
    /// `CoreDNS` as every distribution installs it: in `kube-system`, with the label `k8s-app=kube-dns`.
    fn default() -> Self {
        Self::Pods(Pods::of("cluster-dns", "kube-system").label("k8s-app", "kube-dns"))
    }
}

/// What is declared, and where.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared {
    pub(super) traffic: Traffic,
    pub(super) terrain: Terrain,
    pub(super) ranges: BTreeMap<AddressRange, Input<IpCidr>>,
    pub(super) dns: Dns,
}

/// One policy, and who asked for what it opens.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    name: String,
    object: Object,
    reasons: Vec<String>,
}

impl Policy {
    /// Its name, and the resource that it is.
    pub(super) fn declared(self) -> (String, With<Object>) {
        (self.name, self.reasons.into_iter().fold(self.object.with(), ResourceExt::because))
    }
}

/// The policies of namespaces: closed, but for names and what is declared.
pub(super) fn policies<'a>(
    declared: &Declared,
    namespaces: impl Iterator<Item = &'a str>,
) -> (BTreeMap<&'a str, Vec<Policy>>, Vec<Diagnostic>) {
    let (rules, mut findings) = declared.traffic.pod_rules(&declared.terrain);
    let mut all = BTreeMap::new();
    for namespace in namespaces {
        let mut own = vec![policy::closed(namespace)];
        own.extend(names(declared, namespace));
        for pods in declared.traffic.pods().iter().filter(|pods| pods.namespace == namespace) {
            for direction in [Direction::In, Direction::Out] {
                let of_pods: Vec<&GroupRule> = rules
                    .iter()
                    .filter(|rule| rule.group == pods.name && rule.direction == direction)
                    .collect();
                let name = format!("{}-{}", pods.name, direction.as_str());
                let made = policy::of_pods(declared, &declared.traffic, &name, pods, direction, &of_pods);
                match made {
                    Ok(Some(policy)) => own.push(policy),
                    Ok(None) => {}
                    Err(finding) => findings.push(finding),
                }
            }
        }
        all.insert(namespace, own);
    }
    (all, findings)
}

/// What a person should know of traffic that policies do not decide on.
pub(super) fn remarks(declared: &Declared, namespaces: &[String]) -> Vec<String> {
    let mut remarks = vec![];
    let pods = declared.traffic.pods();
    for group in pods.iter().filter(|group| !namespaces.contains(&group.namespace)) {
        let Pods { name, namespace, .. } = group;
        remarks.push(format!(
            "pods `{name}` stand in namespace `{namespace}`, which is not declared here: no policy closes or opens their side"
        ));
    }
    let is_of_pods = |party: &Party| pods.iter().any(|group| *party == Party::Group(group.name.clone()));
    for declaration in declared.traffic.declarations() {
        let unheard = declaration.services.0.iter().filter(|service| !policy::can_say(service.packets()));
        let unheard: Vec<_> = unheard.map(ToString::to_string).collect();
        if !unheard.is_empty() && [&declaration.from, &declaration.to].into_iter().any(is_of_pods) {
            remarks.push(format!(
                "policies say nothing about {}, which the network plugin decides on: {declaration}",
                unheard.join(" and ")
            ));
        }
    }
    remarks
}

/// All pods of a namespace may ask for names.
fn names(declared: &Declared, namespace: &str) -> Option<Policy> {
    let everyone = Pods::of("all-pods", namespace);
    let traffic = Traffic::new().with_pods(everyone.clone());
    let why = "pods ask for names";
    let traffic = match &declared.dns {
        Dns::Pods(pods) => {
            traffic.with_pods(pods.clone()).allow("all-pods", &*pods.name, Service::dns(), why)
        }
        Dns::NodeLocal(range) => traffic.allow("all-pods", *range, Service::dns(), why),
    };
    let (rules, _) = traffic.pod_rules(&Terrain::default());
    let rules: Vec<&GroupRule> = rules.iter().filter(|rule| rule.direction == Direction::Out).collect();
    policy::of_pods(declared, &traffic, "dns", &everyone, Direction::Out, &rules).ok().flatten()
}
