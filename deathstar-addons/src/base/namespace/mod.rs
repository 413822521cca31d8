//! A namespace that is closed until something is declared.

mod declare;

use super::{
    Account, Budget, Environment, Grant, Group, Limits, PodSecurity, Priority, Quota, Role, SizeClass,
    metadata::{Texts, check, check_labels},
};
use deathstar_core::{Diagnostic, model::name::kubernetes};

/// A namespace that is closed until something is declared.
///
/// It takes restricted pods alone, nothing talks to them or is talked to, nobody but the platform's own may do anything, no pod has
/// a token, and what all use together is limited.
///
/// ```
/// use deathstar_addons::base::{Account, Bytes, Cpu, Group, Namespace, Quota, Role};
///
/// let shop = Namespace::new("shop")
///     .quota(Quota::new(Cpu::cores(8), Bytes::gibi(32)).load_balancers(1))
///     .grant(Role::Developer, Group::new("shop-developers"))
///     .account(Account::new("web"));
/// ```
#[derive(Clone, Debug)]
#[must_use = "it is declared with a platform base"]
pub struct Namespace {
    pub(super) name: String,
    labels: Texts,
    pod_security: PodSecurity,
    quota: Option<Quota>,
    limits: Option<Limits>,
    size: Option<SizeClass>,
    highest: Priority,
    grants: Vec<Grant>,
    accounts: Vec<Account>,
    budgets: Vec<Budget>,
}

impl Namespace {
    /// A namespace of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            labels: Texts::new(),
            pod_security: PodSecurity::default(),
            quota: None,
            limits: None,
            size: None,
            highest: Priority::Critical,
            grants: vec![],
            accounts: vec![],
            budgets: vec![],
        }
    }

    /// Which pods it takes: restricted ones unless said otherwise.
    pub const fn pod_security(mut self, level: PodSecurity) -> Self {
        self.pod_security = level;
        self
    }

    /// How much it may use, in one word: what the environment says unless said otherwise.
    pub const fn size(mut self, size: SizeClass) -> Self {
        self.size = Some(size);
        self
    }

    /// How much it may use, in numbers.
    pub const fn quota(mut self, quota: Quota) -> Self {
        self.quota = Some(quota);
        self
    }

    /// How much each of its containers may use, in numbers.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// The highest priority that its pods may have: critical unless said otherwise. Above it, a quota of no pods at all.
    pub const fn highest_priority(mut self, priority: Priority) -> Self {
        self.highest = priority;
        self
    }

    /// Gives a group a role in it.
    pub fn grant(self, role: Role, group: Group) -> Self {
        self.granted(Grant::new(role, group))
    }

    /// Gives a group a role in it, with what is not part of the role.
    pub fn granted(mut self, grant: Grant) -> Self {
        self.grants.push(grant);
        self
    }

    /// Adds a service account. The account `default` is there already, without a token.
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Adds a budget for pods that something else declares, such as a chart.
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budgets.push(budget);
        self
    }

    /// Adds a label.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    fn all_limits(&self, environment: Environment) -> (Quota, Limits) {
        let size = self.size.unwrap_or_else(|| environment.size_class());
        (self.quota.unwrap_or_else(|| size.quota()), self.limits.unwrap_or_else(|| size.limits()))
    }

    fn findings(&self, environment: Environment) -> Vec<Diagnostic> {
        const CODE: &str = "base.namespace";
        let mut findings: Vec<_> =
            check(&kubernetes::DNS_LABEL, CODE, "a namespace", &self.name).into_iter().collect();
        if self.name == "default" || self.name.starts_with("kube-") {
            let why = format!("`{}` is a namespace of Kubernetes itself", self.name);
            findings.push(Diagnostic::new(CODE, why).fix("give the namespace another name"));
        }
        findings.extend(check_labels(CODE, "a label", &self.labels));
        for key in self.labels.keys().filter(|key| key.starts_with("pod-security.kubernetes.io/")) {
            let why = format!("the label `{key}` goes round what the namespace says of Pod Security");
            findings.push(Diagnostic::new(CODE, why).fix("use `Namespace::pod_security`"));
        }
        let (quota, limits) = self.all_limits(environment);
        findings.extend(quota.findings());
        findings.extend(limits.findings());
        findings.extend(self.accounts.iter().flat_map(Account::findings));
        findings.extend(self.grants.iter().flat_map(Grant::findings));
        findings.extend(self.budgets.iter().flat_map(Budget::findings));
        findings
    }
}
