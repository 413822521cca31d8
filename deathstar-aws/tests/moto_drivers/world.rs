//! An account of one test, and an engine on it.

use crate::server::{TestAccount, moto};
use deathstar_aws::Aws;
use deathstar_core::{Engine, On, Stack, state::MemoryStore};

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
}
