//! Who may do what.

mod rules;
#[cfg(test)]
mod tests;

use super::metadata::{named, within};
use deathstar_core::{Diagnostic, kube::Object, model::name::kubernetes};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, RoleBinding, RoleRef, Subject};
use std::{collections::BTreeSet, fmt};

const API_GROUP: &str = "rbac.authorization.k8s.io";

/// What a group of people may do, in one namespace or in all of them.
///
/// | | may | may not |
/// |---|---|---|
/// | viewer | read workloads, their logs, events, settings and limits | read secrets, change anything |
/// | developer | also change workloads, services, settings, volumes, routes and budgets | read secrets, run commands in pods, change roles, quotas, policies or accounts |
/// | operator | also run commands in pods and forward their ports, read and write secrets, evict pods, change policies and accounts; of the cluster, cordon nodes | change roles or quotas |
/// | platform admin | everything | |
///
/// No role but the last has a wildcard, and none of the others may `escalate`, `bind` or `impersonate`, ask for the tokens of
/// accounts, or read who has which role. Who may make pods in a namespace reaches whatever pods of that namespace reach, its
/// secrets among it: keep apart in namespaces what people are kept apart from.
///
/// Sources: Kubernetes documentation, "Role Based Access Control Good Practices" and "Using RBAC Authorization" (privilege
/// escalation prevention).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads, but no secrets.
    Viewer,
    /// Changes what runs.
    Developer,
    /// Keeps it running.
    Operator,
    /// Does everything, also gives roles: for few, and for emergencies.
    PlatformAdmin,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Developer, Self::Operator, Self::PlatformAdmin];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Developer => "developer",
            Self::Operator => "operator",
            Self::PlatformAdmin => "platform-admin",
        }
    }

    fn cluster_role(self) -> String {
        format!("{PREFIX}{self}")
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is part of no role below operator, and can be given beside one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Allowance {
    /// Run commands in pods.
    Exec,
    /// Forward ports of pods.
    PortForward,
    /// Read and write secrets.
    Secrets,
}

impl Allowance {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Exec, Self::PortForward, Self::Secrets];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Exec => "exec",
            Self::PortForward => "port-forward",
            Self::Secrets => "secrets",
        }
    }

    fn cluster_role(self) -> String {
        format!("{PREFIX}may-{}", self.as_str())
    }
}

/// A group of people, by the name that whoever authenticates them gives it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(String);

impl Group {
    /// The group of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// As an address and a name have it.
    fn slug(&self) -> String {
        kubernetes::DNS_LABEL.derive(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A role, given to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it is declared with a platform base"]
pub struct Grant {
    role: Role,
    group: Group,
    more: BTreeSet<Allowance>,
}

impl Grant {
    /// Gives a role to a group.
    pub const fn new(role: Role, group: Group) -> Self {
        Self { role, group, more: BTreeSet::new() }
    }

    /// With what is not part of the role.
    pub fn may(mut self, allowance: Allowance) -> Self {
        self.more.insert(allowance);
        self
    }

    pub(super) fn findings(&self) -> Vec<Diagnostic> {
        const CODE: &str = "base.group";
        let Group(name) = &self.group;
        let everyone = ["system:authenticated", "system:unauthenticated", "system:serviceaccounts"];
        let (why, fix) = if name.trim().is_empty() {
            (
                "a role is given to a group without a name".into(),
                "name the group as your identity provider does",
            )
        } else if everyone.contains(&name.as_str()) || name.starts_with("system:serviceaccounts:") {
            let why = format!("the role {} is given to `{name}`, which nobody is kept out of", self.role);
            (why, "name a group of people")
        } else if name.starts_with("system:") {
            let why = format!("the role {} is given to `{name}`, a group of Kubernetes itself", self.role);
            (why, "name a group of people")
        } else {
            return vec![];
        };
        vec![Diagnostic::new(CODE, why).fix(fix)]
    }
}

/// Where a grant counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// In one namespace.
    Namespace(String),
    /// In all namespaces, and for what belongs to the cluster.
    Cluster,
}

const PREFIX: &str = "deathstar:";
/// The role that reads what belongs to the cluster.
const CLUSTER_VIEWER: &str = "deathstar:cluster-viewer";
/// The role that cordons nodes.
const CLUSTER_OPERATOR: &str = "deathstar:cluster-operator";

/// All roles, with their addresses.
pub(super) fn roles() -> Vec<(String, Object)> {
    let roles = Role::ALL.map(|role| (role.cluster_role(), rules::of(role)));
    let more = Allowance::ALL.map(|one| (one.cluster_role(), rules::allowance(one)));
    let of_cluster = [
        (CLUSTER_VIEWER.to_owned(), rules::cluster_viewer()),
        (CLUSTER_OPERATOR.to_owned(), rules::cluster_operator()),
    ];
    let all = roles.into_iter().chain(more).chain(of_cluster);
    all.map(|(name, rules)| {
        let at = name.trim_start_matches(PREFIX).to_owned();
        let role = ClusterRole { metadata: named(&name), rules: Some(rules), aggregation_rule: None };
        (at, Object::of(role))
    })
    .collect()
}

/// The bindings of a grant, with their addresses.
pub(super) fn bindings(grant: &Grant, reach: &Reach) -> Vec<(String, Object)> {
    let Grant { role, group, more } = grant;
    let mut names = vec![(role.to_string(), role.cluster_role())];
    names.extend(more.iter().map(|one| (format!("may-{}", one.as_str()), one.cluster_role())));
    if *reach == Reach::Cluster && *role != Role::PlatformAdmin {
        names.push(("cluster-viewer".into(), CLUSTER_VIEWER.into()));
        if *role == Role::Operator {
            names.push(("cluster-operator".into(), CLUSTER_OPERATOR.into()));
        }
    }
    let bind = |(word, role): (String, String)| {
        let at = format!("{word}-{}", group.slug());
        let name = format!("{PREFIX}{word}:{}", group.slug());
        let subject = Subject {
            api_group: Some(API_GROUP.into()),
            kind: "Group".into(),
            name: group.to_string(),
            namespace: None,
        };
        let role_ref = RoleRef { api_group: API_GROUP.into(), kind: "ClusterRole".into(), name: role };
        let subjects = Some(vec![subject]);
        let binding = match reach {
            Reach::Namespace(namespace) => {
                Object::of(RoleBinding { metadata: within(namespace, &name), role_ref, subjects })
            }
            Reach::Cluster => Object::of(ClusterRoleBinding { metadata: named(&name), role_ref, subjects }),
        };
        (at, binding)
    };
    names.into_iter().map(bind).collect()
}
