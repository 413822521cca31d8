//! A statement of a policy document.

use super::{
    principal::{Principal, Principals},
    text::{PolicyText, PolicyTexts},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever others allow.
    Deny,
}

/// One statement: what is allowed or denied, to whom, on what, and when.
///
/// ```
/// use deathstar_aws::iam::{Principal, Statement};
///
/// let deliver = Statement::allow("logs:PutLogEvents").and_action("logs:CreateLogStream").on("*");
/// let trust = Statement::allow("sts:AssumeRole").by(Principal::service("ec2.amazonaws.com"));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Statement {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<String>,
    pub(super) effect: Effect,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) principal: Option<Principals>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) not_principal: Option<Principals>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<PolicyTexts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) not_action: Option<PolicyTexts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) resource: Option<PolicyTexts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) not_resource: Option<PolicyTexts>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) condition: BTreeMap<String, BTreeMap<String, PolicyTexts>>,
}

impl Statement {
    /// Allows an action.
    pub fn allow(action: impl Into<PolicyText>) -> Self {
        Self::allow_all([action])
    }

    /// Denies an action.
    pub fn deny(action: impl Into<PolicyText>) -> Self {
        Self::deny_all([action])
    }

    /// Allows these actions.
    pub fn allow_all(actions: impl IntoIterator<Item = impl Into<PolicyText>>) -> Self {
        Self { action: Some(PolicyTexts::of(actions)), ..Self::new(Effect::Allow) }
    }

    /// Denies these actions.
    pub fn deny_all(actions: impl IntoIterator<Item = impl Into<PolicyText>>) -> Self {
        Self { action: Some(PolicyTexts::of(actions)), ..Self::new(Effect::Deny) }
    }

    /// Denies everything but these actions. There is no way to allow like that here: it allows what is not known yet.
    pub fn deny_all_but(actions: impl IntoIterator<Item = impl Into<PolicyText>>) -> Self {
        Self { not_action: Some(PolicyTexts::of(actions)), ..Self::new(Effect::Deny) }
    }

    fn new(effect: Effect) -> Self {
        Self {
            sid: None,
            effect,
            principal: None,
            not_principal: None,
            action: None,
            not_action: None,
            resource: None,
            not_resource: None,
            condition: BTreeMap::new(),
        }
    }

    /// One more action.
    #[must_use]
    pub fn and_action(mut self, action: impl Into<PolicyText>) -> Self {
        let actions = if self.not_action.is_some() { &mut self.not_action } else { &mut self.action };
        actions.get_or_insert_default().extend(&PolicyTexts::of([action]));
        self
    }

    /// Names it. Policies of identities take letters and digits alone.
    #[must_use]
    pub fn sid(mut self, sid: impl Into<String>) -> Self {
        self.sid = Some(sid.into());
        self
    }

    /// On this, too: an ARN, with `*` and `?` where any text will do.
    #[must_use]
    pub fn on(self, resource: impl Into<PolicyText>) -> Self {
        self.on_all([resource])
    }

    /// On these, too.
    #[must_use]
    pub fn on_all(mut self, resources: impl IntoIterator<Item = impl Into<PolicyText>>) -> Self {
        self.resource.get_or_insert_default().extend(&PolicyTexts::of(resources));
        self
    }

    /// On everything but these.
    #[must_use]
    pub fn on_all_but(mut self, resources: impl IntoIterator<Item = impl Into<PolicyText>>) -> Self {
        self.resource = None;
        self.not_resource.get_or_insert_default().extend(&PolicyTexts::of(resources));
        self
    }

    /// By this one, too. Policies of identities name nobody: they are about whom they are attached to.
    #[must_use]
    pub fn by(mut self, principal: Principal) -> Self {
        self.principal = Some(self.principal.take().unwrap_or_else(Principals::none).add(principal));
        self
    }

    /// By everyone but this one.
    #[must_use]
    pub fn by_all_but(mut self, principal: Principal) -> Self {
        self.principal = None;
        self.not_principal = Some(self.not_principal.take().unwrap_or_else(Principals::none).add(principal));
        self
    }

    /// Only when a value of the request compares so: `StringEquals`, `aws:ResourceTag/team`, `shop`. All conditions have to hold.
    #[must_use]
    pub fn when(self, operator: &str, key: &str, value: impl Into<PolicyText>) -> Self {
        self.when_any(operator, key, [value])
    }

    /// Only when a value of the request compares so with one of these.
    #[must_use]
    pub fn when_any(
        mut self,
        operator: &str,
        key: &str,
        values: impl IntoIterator<Item = impl Into<PolicyText>>,
    ) -> Self {
        let keys = self.condition.entry(operator.to_owned()).or_default();
        keys.entry(key.to_owned()).or_default().extend(&PolicyTexts::of(values));
        self
    }

    /// Whether it allows or denies.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// The actions that it names.
    pub fn actions(&self) -> impl Iterator<Item = &PolicyText> {
        self.action.iter().flat_map(PolicyTexts::iter)
    }

    /// The resources that it names.
    pub fn resources(&self) -> impl Iterator<Item = &PolicyText> {
        self.resource.iter().flat_map(PolicyTexts::iter)
    }

    /// Its conditions: operator, key, values.
    pub fn conditions(&self) -> impl Iterator<Item = (&str, &str, &PolicyTexts)> {
        self.condition.iter().flat_map(|(operator, keys)| {
            keys.iter().map(move |(key, values)| (operator.as_str(), key.as_str(), values))
        })
    }

    pub(super) fn is_known(&self) -> bool {
        let texts = [&self.action, &self.not_action, &self.resource, &self.not_resource];
        let principals = [&self.principal, &self.not_principal];
        texts.into_iter().flatten().all(PolicyTexts::is_known)
            && principals.into_iter().flatten().all(Principals::is_known)
            && self.conditions().all(|(_, _, values)| values.is_known())
    }
}
