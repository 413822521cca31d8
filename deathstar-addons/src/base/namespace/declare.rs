//! How a namespace declares its parts.
//!
//! | address | what |
//! |---|---|
//! | `namespace` | the namespace, with its Pod Security level |
//! | `policies/NAME` | its network policies: `default-deny`, `dns`, and of each group of pods `GROUP-in` and `GROUP-out` |
//! | `quota`, `limits`, `priorities` | what all of it, each container, and pods of each priority may use |
//! | `accounts/NAME` | its service accounts, `default` among them |
//! | `grants/ROLE-GROUP` | who may do what in it |
//! | `budgets/NAME` | budgets of pods that something else declares |

use super::Namespace;
use crate::base::{
    Account, Environment, NamespaceRefs,
    metadata::named,
    network::Policy,
    priority,
    role::{self, Reach},
};
use deathstar_core::{
    Handle, Scope,
    component::{Component, ResourceExt, With},
    kube::{Kubernetes, Object},
};
use k8s_openapi::api::core::v1 as core;
use std::collections::BTreeMap;

/// A namespace in its base.
pub(in crate::base) struct Placed {
    namespace: Namespace,
    environment: Environment,
    policies: Vec<Policy>,
}

impl Namespace {
    pub(in crate::base) const fn placed(self, environment: Environment, policies: Vec<Policy>) -> Placed {
        Placed { namespace: self, environment, policies }
    }
}

impl Component for Placed {
    type Provider = Kubernetes;
    type Refs = NamespaceRefs;

    fn declare(self, scope: &mut Scope<'_, Kubernetes>) -> NamespaceRefs {
        let Self { namespace: chosen, environment, policies } = self;
        for finding in chosen.findings(environment) {
            scope.finding(finding);
        }
        let name = chosen.name.clone();
        let mut metadata = named(&name);
        let mut labels = chosen.labels.clone();
        labels.extend(chosen.pod_security.labels());
        metadata.labels = Some(labels);
        let namespace = core::Namespace { metadata, ..core::Namespace::default() };
        let namespace = scope.add("namespace", Object::of(namespace));

        let mut parts = Parts { scope, namespace };
        for (policy, object) in policies.into_iter().map(Policy::declared) {
            parts.add(&format!("policies/{policy}"), object);
        }
        let (quota, limits) = chosen.all_limits(environment);
        parts.add("quota", Object::of(quota.object(&name)));
        parts.add("limits", Object::of(limits.object(&name)));
        parts.add("priorities", Object::of(priority::quota(&name, chosen.highest)));
        // The namespace's own account is made by a controller, before or after us.
        let own = Account::new("default").object(&name).adopt();
        let mut accounts: BTreeMap<_, _> =
            [("default".to_owned(), parts.add("accounts/default", own))].into();
        for account in chosen.accounts {
            let of = account.name().to_owned();
            let handle = parts.add(&format!("accounts/{of}"), account.object(&name));
            accounts.insert(of, handle);
        }
        for grant in &chosen.grants {
            for (at, binding) in role::bindings(grant, &Reach::Namespace(name.clone())) {
                parts.add(&format!("grants/{at}"), binding);
            }
        }
        for budget in chosen.budgets {
            let at = format!("budgets/{}", budget.name());
            parts.add(&at, budget.object(&name));
        }
        NamespaceRefs { name, environment, object: Some(parts.namespace), accounts }
    }
}

struct Parts<'a, 's> {
    scope: &'a mut Scope<'s, Kubernetes>,
    namespace: Handle<Object>,
}

impl Parts<'_, '_> {
    fn add(&mut self, at: &str, object: impl ResourceExt<Kind = Object>) -> Handle<Object> {
        let object: With<Object> = object.after(&self.namespace);
        self.scope.add(at, object)
    }
}
