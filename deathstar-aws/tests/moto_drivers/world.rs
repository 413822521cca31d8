//! An account of one test, and an engine on it.

use crate::server::{TestAccount, moto};
use deathstar_aws::Aws;
use deathstar_core::{
    Engine, On, Stack,
    apply::{Proof, Quiet, Report},
    plan::Action,
    state::MemoryStore,
};

/// An account of one test, and an engine on it.
pub struct World {
    pub account: TestAccount,
    pub engine: Engine,
}

impl World {
    /// An account that no other test knows; none where moto is not installed.
    pub fn new() -> Option<Self> {
        let account = moto()?.account();
        let engine = Engine::new(MemoryStore::new(), account.credentials());
        Some(Self { account, engine })
    }

    /// A stack with a tag, and its connection to the account.
    pub fn declared(&self) -> (Stack, On<Aws>) {
        let mut stack = Stack::new("webshop");
        stack.tag("team", "shop");
        let aws = stack.on(self.account.declared());
        (stack, aws)
    }

    /// Applies, and expects that nothing is left to do then.
    pub async fn apply(&self, stack: &Stack) -> Report {
        let plan = self.engine.plan(stack).await.unwrap().consent_to_all();
        let report = self.engine.apply(plan, Quiet).await.unwrap();
        expect_success(&report);
        let again = self.engine.plan(stack).await.unwrap();
        assert!(again.is_empty(), "{}", again.data().to_json());
        report
    }

    /// What a plan would do in the cloud, as `ACTION ADDRESS field, ..`.
    pub async fn planned(&self, stack: &Stack) -> Vec<String> {
        let plan = self.engine.plan(stack).await.unwrap();
        let mut lines: Vec<_> = plan
            .data()
            .steps
            .iter()
            .filter(|step| !matches!(step.action, Action::Forget | Action::Record))
            .map(|step| {
                let fields: Vec<_> = step.changes.iter().map(|change| change.field.as_str()).collect();
                format!("{:?} {} {}", step.action, step.address, fields.join(", "))
            })
            .collect();
        lines.sort();
        lines
    }

    /// Destroys, and expects the proof that nothing is left.
    pub async fn destroy(&self, stack: &Stack) -> Proof {
        let plan = self.engine.destroy(stack).await.unwrap().consent_to_all();
        let report = self.engine.apply(plan, Quiet).await.unwrap();
        expect_success(&report);
        let proof = report.proof.expect("a destroy ends with a proof");
        assert!(proof.leftovers.is_empty(), "{proof:?}");
        proof
    }
}

fn expect_success(report: &Report) {
    let failures: Vec<_> =
        report.failures().map(|(step, error)| format!("{}: {error}", step.address)).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}
