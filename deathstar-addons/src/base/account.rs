//! Service accounts.

use super::metadata::{check, within};
use deathstar_core::{
    Diagnostic,
    kube::{FieldValue, Object},
    model::name::kubernetes,
};
use k8s_openapi::api::core::v1::ServiceAccount;

/// A service account, whose pods get no token unless they ask for one themselves.
///
/// A token in a pod is a way to the API server that most programs never need (Kubernetes documentation, "Configure Service Accounts
/// for Pods", opting out of API credential automounting). The identity of a cloud comes by an annotation:
///
/// ```
/// use deathstar_addons::base::Account;
///
/// let web = Account::new("web").annotation("eks.amazonaws.com/role-arn", "arn:aws:iam::111122223333:role/web");
/// ```
#[derive(Clone, Debug)]
#[must_use = "it is declared with its namespace"]
pub struct Account {
    name: String,
    annotations: Vec<(String, FieldValue)>,
}

impl Account {
    /// An account of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), annotations: vec![] }
    }

    /// Adds an annotation, whose value may be an output: the role that a cloud gives to its pods.
    pub fn annotation(mut self, key: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        self.annotations.push((key.into(), value.into()));
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// As an object.
    pub(super) fn object(self, namespace: &str) -> Object {
        let account = ServiceAccount {
            metadata: within(namespace, &self.name),
            automount_service_account_token: Some(false),
            ..ServiceAccount::default()
        };
        self.annotations.into_iter().fold(Object::of(account), |object, (key, value)| {
            object.set(&format!("/metadata/annotations/{}", key.replace('~', "~0").replace('/', "~1")), value)
        })
    }

    pub(super) fn findings(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> =
            check(&kubernetes::DNS_SUBDOMAIN, "base.account", "a service account", &self.name)
                .into_iter()
                .collect();
        if self.name == "default" {
            let why = "the account `default` is every namespace's own, and is declared with it";
            findings.push(
                Diagnostic::new("base.account", why).fix("give each workload an account of its own name"),
            );
        }
        for (key, _) in &self.annotations {
            findings.extend(check(&kubernetes::ANNOTATION_KEY, "base.account", "an annotation", key));
        }
        findings
    }
}
