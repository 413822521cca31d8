//! The life of a network on the in-memory cloud, in any cloud: what tests of backends have in common.

use crate::expectations::{apply, destroy, in_memory};
use deathstar_core::{
    Catalogue, Engine, Memory, PlanError, Stack,
    apply::Report,
    component::{FlowRecords, IpFamilies, NetworkRefs, NetworkSpec},
    model::{Traffic, traffic::Service},
    plan::{Action, PlanData, RenderOptions, Step},
};
use std::collections::BTreeSet;

pub(crate) struct Life {
    pub(crate) engine: Engine,
    pub(crate) cloud: Memory,
}

impl Life {
    pub(crate) fn of(kinds: Catalogue) -> Self {
        let (engine, cloud) = in_memory(kinds);
        Self { engine, cloud }
    }

    pub(crate) async fn plan(&self, stack: &Stack) -> PlanData {
        self.engine.plan(stack).await.unwrap().data().clone()
    }

    pub(crate) async fn apply(&self, stack: &Stack) -> Report {
        apply(&self.engine, stack).await
    }

    /// Lives with a network, and then tells how a plan would change it.
    pub(crate) async fn change(&self, before: Stack, after: Stack) -> Changes {
        self.apply(&before).await;
        let plan = self.plan(&after).await;
        self.apply(&after).await;
        Changes(plan)
    }

    /// Lives with a network and then under another address, and tells how a plan changes it: every object stays.
    pub(crate) async fn rename(&self, before: &Stack, after: &Stack) -> Changes {
        let ids = || self.cloud.objects().iter().map(|object| object.id.to_string()).collect::<BTreeSet<_>>();
        self.apply(before).await;
        let kept = ids();
        let plan = Changes(self.plan(after).await);
        assert!(plan.of(&Action::Create).is_empty() && plan.of(&Action::Delete).is_empty());
        self.apply(after).await;
        assert_eq!(kept, ids());
        plan
    }

    /// Lives with a network that has not more ranges than a cloud gives one, and ends with nothing left.
    pub(crate) async fn live(&self, (stack, refs): (Stack, impl NetworkRefs)) {
        self.apply(&stack).await;
        assert!(refs.ranges().len() <= 3);
        self.end(&stack).await;
    }

    /// Ends a stack, with nothing left.
    pub(crate) async fn end(&self, stack: &Stack) {
        destroy(&self.engine, stack).await;
        assert!(self.cloud.objects().is_empty());
    }

    /// What is wrong with a stack, by address and code, before any call.
    pub(crate) async fn findings(&self, stack: &Stack) -> Vec<(String, String)> {
        let Err(PlanError::Findings(findings)) = self.engine.plan(stack).await else {
            panic!("there are findings")
        };
        assert!(self.cloud.calls().is_empty());
        let mut told: Vec<_> =
            findings.0.iter().map(|finding| (finding.address.clone(), finding.code.clone())).collect();
        told.sort_unstable();
        told
    }
}

/// A plan, by what it does.
pub(crate) struct Changes(pub(crate) PlanData);

impl Changes {
    pub(crate) fn of(&self, action: &Action) -> Vec<&str> {
        let steps = self.0.steps.iter().filter(|step| step.action == *action);
        steps.map(|step| step.address.as_str()).collect()
    }

    /// Everything that touches the cloud and makes nothing new.
    pub(crate) fn others(&self) -> BTreeSet<String> {
        let steps = self.0.steps.iter().filter(|step| matches!(step.action, Action::Update | Action::Delete));
        steps.map(|step| format!("{:?} {}", step.action, step.address)).collect()
    }
}

fn is_rule(address: &str) -> bool {
    address.contains("/in/") || address.contains("/out/")
}

/// How many of these are rules.
pub(crate) fn rules(all: &[&str]) -> usize {
    all.iter().filter(|address| is_rule(address)).count()
}

/// Expects that a plan for the shop's network tells who asked for each rule, but for those that close everything else; answers what a
/// person reads.
pub(crate) fn expect_reasons(plan: &PlanData) -> String {
    let asked = |step: &&Step| {
        let address = step.address.as_str();
        is_rule(address) && !address.ends_with("nothing-else")
    };
    for step in plan.steps.iter().filter(asked) {
        assert!(!step.notes.is_empty(), "{}", step.address);
    }
    let text = plan.render(&RenderOptions { full: true, ..RenderOptions::default() });
    assert!(text.contains("# nodes to database, tcp 5432: the shop keeps its orders"), "{text}");
    text
}

/// A network in neutral words, with the choices that the networks of all clouds have.
pub(crate) fn neutral() -> NetworkSpec {
    NetworkSpec::new("10.20.0.0/16")
        .zones(2)
        .pods("100.64.0.0/16")
        .families(IpFamilies::DualStack)
        .flow_records(FlowRecords::Off)
        .private_zone("shop.internal")
        .traffic(more_traffic())
}

/// What a network allows beside what every cluster needs.
pub(crate) fn more_traffic() -> Traffic {
    Traffic::new().allow("nodes", "control-plane", Service::tcp(8443), "more")
}

/// Expects that two networks are declared alike, and that references to one lead to what a neutral one has.
pub(crate) fn expect_alike(neutral: &(Stack, impl NetworkRefs), native: &(Stack, impl NetworkRefs)) {
    let addresses = |stack: &Stack| stack.addresses().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(addresses(&neutral.0), addresses(&native.0));
    let refs = &neutral.1;
    assert!(refs.group("nodes").is_some() && refs.group("pods").is_some() && refs.group("nobody").is_none());
    assert!(refs.private_zone().is_some());
}
