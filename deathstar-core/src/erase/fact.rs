//! The kind of a fact, erased: a question, which is no object.

use super::{
    AnyDriver, Change, Weight,
    kind::{About, AnyKind, Role},
    permission::policies,
    text::{decode, encode},
};
use crate::{
    Diagnostic, Error, Fact, Hold, Identity, Key, Memory, Need, Raw, Repair, Result, Stakes,
    driver::{Foresight, Standing},
    graph::Provider,
    permission::{AnyCall, AnyNeeded, Permission, Policy, Verb},
};
use serde_json::Value;
use std::{any::Any, borrow::Cow, collections::BTreeSet, marker::PhantomData, sync::Arc};

struct FactOf<F>(PhantomData<fn() -> F>);

pub(crate) fn fact<F: Fact>() -> &'static dyn AnyKind {
    &FactOf::<F>(PhantomData)
}

impl<F: Fact> FactOf<F> {
    const ABOUT: About = About {
        family: F::FAMILY,
        provider: <F::Provider as crate::Provider>::NAME,
        version: 1,
        stakes: Stakes::None,
        repair: Repair::Replace,
        identity: Identity::Key { tagged: false },
        shown_by: F::FAMILY,
        rehearsed: false,
        consistent: false,
        exclusive: false,
        held: true,
        arranged: false,
        role: Role::Fact { frozen: F::FROZEN },
    };
}

impl<F: Fact> AnyKind for FactOf<F> {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn name(&self, _: &str) -> Cow<'static, str> {
        Cow::Borrowed(F::FAMILY)
    }

    fn declared_name(&self, _: &dyn Any) -> Cow<'static, str> {
        Cow::Borrowed(F::FAMILY)
    }

    fn validate(&self, value: &dyn Any) -> Vec<Diagnostic> {
        value.downcast_ref::<F>().map_or_else(Vec::new, F::validate)
    }

    fn declared_holds(&self, _: &dyn Any) -> Vec<Hold> {
        vec![]
    }

    fn holds(&self, _: &str) -> Result<Vec<Hold>> {
        Ok(vec![])
    }

    fn arrange(&self, _: &[&dyn Any], _: &[(usize, usize)]) -> Result<Vec<Need>, Diagnostic> {
        Ok(vec![])
    }

    fn key(&self, _: &str) -> Result<Option<Key>> {
        Ok(None)
    }

    fn adopts(&self, _: &str) -> Result<bool> {
        Ok(false)
    }

    fn shown_in(&self, _: &str) -> Result<Option<Key>> {
        Ok(None)
    }

    fn compare(&self, prior: &str, want: &str) -> Result<Vec<Change>> {
        if prior == want {
            return Ok(vec![]);
        }
        let change = Change {
            field: "question",
            weight: Weight::Update,
            moves: &["*"],
            write_only: false,
            before: serde_json::from_str(prior).unwrap_or_default(),
            after: serde_json::from_str(want).unwrap_or_default(),
            parts: vec![],
        };
        Ok(vec![change])
    }

    fn managed(&self, _: &str, seen: &Raw) -> Result<Raw> {
        Ok(seen.clone())
    }

    fn toward(&self, _: &str, _: &str) -> Result<Option<Raw>> {
        Ok(None)
    }

    fn migrate(&self, _: u16, spec: &Raw) -> Result<Raw> {
        Ok(spec.clone())
    }

    fn canonical(&self, spec: &Value) -> Result<Raw> {
        encode(spec, F::FAMILY)
    }

    fn read_id(&self, _: &str) -> Result<Raw> {
        Err(Error::internal(format!("{} is a question and has no id", F::FAMILY)))
    }

    fn simulate(&self, spec: &str, _: u64) -> Result<(Raw, Raw)> {
        let answer = decode::<F>(spec, F::FAMILY)?.simulate();
        Ok((Raw::null(), encode(&answer, F::FAMILY)?))
    }

    fn provider(&self) -> &'static str {
        F::Provider::NAME
    }

    fn updatable(&self, _: &str) -> Result<BTreeSet<String>> {
        Ok(BTreeSet::new())
    }

    fn permissions(&self, call: &AnyCall<'_>) -> Result<Vec<Permission>> {
        match call {
            AnyCall::Ask(question) => Ok(decode::<F>(question, F::FAMILY)?.permissions(Verb::Ask)),
            AnyCall::Over(question) => Ok(decode::<F>(question, F::FAMILY)?.permissions(Verb::Over)),
            _ => Err(Error::internal(format!("{} is a fact, which is only asked", F::FAMILY))),
        }
    }

    fn foresee(&self, steps: &[&str], _: &[(&str, Standing)]) -> Result<Vec<Foresight>> {
        Ok(steps.iter().map(|_| Foresight::Ask(None)).collect())
    }

    fn policies(&self, stack: &str, needed: &[AnyNeeded<'_>]) -> Result<Vec<Policy>> {
        policies::<F::Provider>(stack, needed)
    }

    fn on_memory(&self, memory: &Memory) -> Arc<dyn AnyDriver> {
        super::driver::ask_memory::<F>(memory)
    }
}
