//! The component that declares all of it.

#[cfg(test)]
mod tests;

use super::{
    BaseRefs, Dns, Environment, Grant, Group, Namespace, Priority, Role, Storage,
    network::{self, Declared},
    role::{self, Reach},
};
use deathstar_core::{
    Input, Scope,
    component::{Component, NetworkRefs, NetworkTraffic},
    kube::{Kubernetes, Object},
    model::{
        IpCidr, Traffic,
        traffic::{AddressRange, Terrain},
    },
};
use std::collections::BTreeMap;

/// What a production cluster needs on its first day: namespaces that are closed until something is declared, with policies, quotas,
/// accounts and roles; priorities; and storage.
///
/// | address | what |
/// |---|---|
/// | `namespaces/NAME/...` | a namespace with its parts |
/// | `priorities/NAME` | the priority classes |
/// | `roles/NAME`, `grants/ROLE-GROUP` | what each role may do, and who has one in all namespaces |
/// | `storage/classes/NAME`, `storage/snapshot-class` | where claims find storage |
///
/// # Traffic
/// Each namespace is closed in both directions but for questions for names, and opened by what is declared of its pods: the
/// [`Traffic`] that the network's groups and filters are computed from too. Each policy carries who asked for it, as an
/// annotation and in the plan.
///
/// A policy is exact where a group or a filter of the network is not: pods are told apart by namespace and labels, and the internet
/// is without the ranges that it does not carry, so that neither the network's own addresses nor those of the link are open with it.
/// It can name what is no pod of the cluster only by addresses. It says nothing about ICMP and other protocols but TCP, UDP and
/// SCTP: the cluster's network plugin decides on those, and has to enforce policies at all.
///
/// Sources: Kubernetes documentation, "Network Policies", "Multi-tenancy", "Security Checklist".
#[derive(Clone, Debug)]
#[must_use = "a component declares nothing until it is added to a stack"]
pub struct PlatformBase {
    environment: Environment,
    namespaces: Vec<Namespace>,
    grants: Vec<Grant>,
    storage: Option<Storage>,
    declared: Declared,
}

impl PlatformBase {
    /// Priorities and roles, with the defaults of an environment.
    pub fn new(environment: Environment) -> Self {
        let (namespaces, grants) = (vec![], vec![]);
        Self { environment, namespaces, grants, storage: None, declared: Declared::default() }
    }

    /// Adds a namespace.
    pub fn namespace(mut self, namespace: Namespace) -> Self {
        self.namespaces.push(namespace);
        self
    }

    /// Gives a group a role in all namespaces. But for platform admins, who may do everything, it reads what belongs to the cluster
    /// too; operators cordon its nodes.
    pub fn grant(self, role: Role, group: Group) -> Self {
        self.granted(Grant::new(role, group))
    }

    /// Gives a group a role in all namespaces, with what is not part of the role.
    pub fn granted(mut self, grant: Grant) -> Self {
        self.grants.push(grant);
        self
    }

    /// Where claims find storage: nowhere unless said otherwise.
    pub fn storage(mut self, storage: Storage) -> Self {
        self.storage = Some(storage);
        self
    }

    /// What may be said to each other, beside what was said before. What concerns none of the cluster's pods is no matter here.
    pub fn traffic(mut self, traffic: Traffic) -> Self {
        self.declared.traffic = self.declared.traffic.and(traffic);
        self
    }

    /// The network in which the cluster stands: what is declared there counts here, as far as it concerns the cluster's pods, and its
    /// addresses are known.
    pub fn network(mut self, network: &impl NetworkRefs) -> Self {
        let NetworkTraffic { traffic, terrain, chosen } = network.traffic().clone();
        self.declared.traffic = traffic.and(self.declared.traffic);
        self.declared.terrain = terrain;
        self.declared.ranges.extend(chosen);
        self
    }

    /// The network in which the cluster stands: the addresses of its tiers, by which policies name what is no pod.
    pub fn terrain(mut self, terrain: Terrain) -> Self {
        self.declared.terrain = terrain;
        self
    }

    /// A range of the terrain that is known only when the network is made.
    pub fn range(mut self, range: AddressRange, known: impl Into<Input<IpCidr>>) -> Self {
        self.declared.ranges.insert(range, known.into());
        self
    }

    /// Who answers the questions of pods for names: the cluster's `CoreDNS` unless said otherwise.
    pub fn dns(mut self, dns: Dns) -> Self {
        self.declared.dns = dns;
        self
    }
}

impl Component for PlatformBase {
    type Provider = Kubernetes;
    type Refs = BaseRefs;

    fn declare(self, scope: &mut Scope<'_, Kubernetes>) -> BaseRefs {
        let Self { environment, namespaces, grants, storage, declared } = self;
        for priority in Priority::ALL {
            scope.add(format!("priorities/{priority}"), Object::of(priority.object()));
        }
        for (at, role) in role::roles() {
            scope.add(format!("roles/{at}"), role);
        }
        for grant in &grants {
            for finding in grant.findings() {
                scope.finding(finding);
            }
            for (at, binding) in role::bindings(grant, &Reach::Cluster) {
                scope.add(format!("grants/{at}"), binding);
            }
        }
        if let Some(storage) = storage {
            for finding in storage.findings() {
                scope.finding(finding);
            }
            for (at, object) in storage.objects(environment) {
                scope.add(format!("storage/{at}"), object);
            }
        }
        let names: Vec<String> = namespaces.iter().map(|namespace| namespace.name.clone()).collect();
        let (mut policies, findings) = network::policies(&declared, names.iter().map(String::as_str));
        for finding in findings {
            scope.finding(finding);
        }
        for text in network::remarks(&declared, &names) {
            scope.remark(text);
        }
        let mut refs = BaseRefs { environment, namespaces: BTreeMap::new() };
        for namespace in namespaces {
            let (name, policies) =
                (namespace.name.clone(), policies.remove(&*namespace.name).unwrap_or_default());
            let own = scope.add(format!("namespaces/{name}"), namespace.placed(environment, policies));
            refs.namespaces.insert(name, own);
        }
        refs
    }
}
