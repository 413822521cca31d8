//! A workload, and what is asked of it before it is let into production.

mod check;
mod container;
mod kind;
mod pods;
#[cfg(test)]
mod tests;

pub use check::Check;
pub use kind::WorkloadKind;

use super::{Budget, Disruption, Judgement, NamespaceRefs};
use deathstar_core::{
    Diagnostic, Handle, Scope,
    component::{Component, ResourceExt},
    kube::{FieldValue, Kubernetes, Object},
    model::Size,
};
use std::collections::BTreeMap;

/// A workload in a namespace of the base, with its disruption budget.
///
/// What is asked of it ([`Check`]) is told with the plan, all at once: where others rely on it, findings refuse the plan; in
/// development they are remarks. A check can be waived with a reason, which plans show. Checks read what is declared here: what
/// [`set`](Self::set) puts in later is not looked at.
///
/// ```no_run
/// # use deathstar_addons::base::{BaseRefs, Check, Disruption, Workload};
/// # use k8s_openapi::api::apps::v1::Deployment;
/// # fn example(base: &BaseRefs, stack: &mut deathstar_core::Stack, cluster: &deathstar_core::On<deathstar_core::kube::Kubernetes>, web: Deployment) {
/// let web = Workload::new(&base.namespace("shop"), web)
///     .budget(Disruption::ONE)
///     .waive(Check::ReadOnlyRoot, "the image compiles its templates in place");
/// stack.add(cluster, "web", web);
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a component declares nothing until it is added to a stack"]
pub struct Workload {
    namespace: NamespaceRefs,
    kind: WorkloadKind,
    budget: Option<Disruption>,
    scaled: Option<Size>,
    waived: BTreeMap<Check, String>,
    set: Vec<(String, FieldValue)>,
    take_over: bool,
}

impl Workload {
    /// A workload in a namespace of the base.
    pub fn new(namespace: &NamespaceRefs, kind: impl Into<WorkloadKind>) -> Self {
        Self {
            namespace: namespace.clone(),
            kind: kind.into(),
            budget: None,
            scaled: None,
            waived: BTreeMap::new(),
            set: vec![],
            take_over: false,
        }
    }

    /// How many of its pods may be away at once when nodes are drained.
    pub const fn budget(mut self, disruption: Disruption) -> Self {
        self.budget = Some(disruption);
        self
    }

    /// Says that an autoscaler, which is declared elsewhere, decides on the number of its pods.
    pub const fn scaled(mut self, size: Size) -> Self {
        self.scaled = Some(size);
        self
    }

    /// Leaves a check out, for a reason that plans show.
    pub fn waive(mut self, check: Check, reason: impl Into<String>) -> Self {
        self.waived.insert(check, reason.into());
        self
    }

    /// Sets a field to what is known only after something else is made; see [`Object::set`].
    pub fn set(mut self, pointer: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        self.set.push((pointer.into(), value.into()));
        self
    }

    /// Consents to take declared fields over from whoever manages them now; see [`Object::take_over`].
    pub const fn take_over(mut self) -> Self {
        self.take_over = true;
        self
    }

    /// Tells what the checks find, and what was waived.
    fn judge(&self, scope: &mut Scope<'_, Kubernetes>) {
        let beside = pods::Beside { budget: self.budget.is_some(), scaled: self.scaled };
        let found = pods::check(&self.kind, beside);
        for (check, reason) in &self.waived {
            if reason.trim().is_empty() {
                let why = format!("the check `{check}` is waived without a reason");
                scope.finding(Diagnostic::new("workload.waiver", why).fix("say why, for whoever asks later"));
            } else if found.iter().any(|finding| finding.check == *check) {
                scope.remark(format!("the check `{check}` is waived: {reason}"));
            } else {
                scope.remark(format!("the check `{check}` finds nothing any more; its waiver can go"));
            }
        }
        for finding in found.into_iter().filter(|finding| !self.waived.contains_key(&finding.check)) {
            match self.namespace.environment.judgement() {
                Judgement::Refuse => scope.finding(
                    Diagnostic::new(finding.check.code(), finding.why)
                        .at(finding.path)
                        .fix(finding.check.fix()),
                ),
                Judgement::Remark => {
                    scope.remark(format!("{} [{}]", finding.why, finding.check));
                }
            }
        }
    }
}

impl Component for Workload {
    type Provider = Kubernetes;
    type Refs = Handle<Object>;

    fn declare(self, scope: &mut Scope<'_, Kubernetes>) -> Handle<Object> {
        const CODE: &str = "base.namespace";
        self.judge(scope);
        let place = self.namespace.name.clone();
        let metadata = self.kind.metadata();
        let name = metadata.name.clone().unwrap_or_default();
        if let Some(other) = metadata.namespace.as_ref().filter(|other| **other != place) {
            let why =
                format!("the workload says that it stands in namespace `{other}`, and is added to `{place}`");
            scope.finding(Diagnostic::new(CODE, why).at("/metadata/namespace").fix("leave it out"));
        }
        let Some(namespace) = &self.namespace.object else {
            let why = format!("the base does not declare the namespace `{place}`");
            scope.finding(Diagnostic::new(CODE, why).fix("declare it with `PlatformBase::namespace`"));
            return scope.add("workload", self.kind.object().within(place));
        };
        if let Some(disruption) = self.budget {
            let budget = Budget::of(&name, self.kind.labels(), disruption);
            for finding in budget.findings() {
                scope.finding(finding);
            }
            scope.add("budget", budget.object(&place).after(namespace));
        }
        let object = self.kind.object().within(place);
        let object = self.set.into_iter().fold(object, |object, (at, value)| object.set(&at, value));
        let object = if self.take_over { object.take_over() } else { object };
        scope.add("workload", object.after(namespace))
    }
}
