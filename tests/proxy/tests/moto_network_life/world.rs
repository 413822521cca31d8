//! An account of one test with the webshop in it, and an engine on it.

use crate::{bench::Bench, webshop::surroundings};
use deathstar_aws::{Aws, Vpc, VpcRefs, kinds_on};
use deathstar_aws_proxy::{Calls, OnClock, Settings};
use deathstar_core::{Backend, Engine, Stack, clock::Clock, state::MemoryStore};
use std::sync::Arc;

pub type Client = OnClock<deathstar_aws::Client>;

/// An account of one test, and an engine on it.
pub struct World {
    pub bench: Bench,
    pub engine: Engine,
}

impl World {
    /// An account that no other test knows; none where moto is not installed.
    pub async fn new(settings: Settings) -> Option<Self> {
        let bench = Bench::new(settings).await?;
        let engine = engine(&bench, &Clock::virtual_time());
        Some(Self { bench, engine })
    }

    /// An engine on the same account whose journal was lost.
    pub fn forgetful(&self) -> Engine {
        engine(&self.bench, self.engine.clock())
    }

    /// The webshop, with its network in this scope, and whose it is.
    pub fn declared(&self, scope: &str, vpc: Vpc, team: &str) -> (Stack, VpcRefs) {
        let mut stack = Stack::new("webshop");
        stack.tag("team", team);
        let aws = stack.on(self.bench.declared());
        if scope != "network" {
            stack.renamed("network", scope);
        }
        let refs = stack.add(&aws, scope, vpc);
        surroundings(&mut stack, &aws, &refs);
        (stack, refs)
    }

    /// What stands of all that was made, by id.
    pub async fn standing(&self) -> Vec<String> {
        self.bench.proxy.standing(&self.calls()).await
    }

    /// The calls of this account.
    pub fn calls(&self) -> Calls {
        self.bench.proxy.calls().filter(|call| call.is_of(&self.bench.account))
    }
}

fn engine(bench: &Bench, clock: &Clock) -> Engine {
    let open = Arc::new(OnClock::new(bench.credentials(), clock));
    let catalogue = kinds_on::<Client>().connect::<_, Aws>(&open);
    Engine::new(MemoryStore::new(), Backend::real(catalogue).on(clock))
}
