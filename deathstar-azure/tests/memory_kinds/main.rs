//! Every kind of Azure on the in-memory cloud: no account, no SDK.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]

#[path = "../every_kind/mod.rs"]
mod every_kind;
#[path = "../../../tests/shared/expectations.rs"]
mod expectations;

mod consent;
mod lives;
mod replaced;
mod taken;

use deathstar_azure::{Azure, Subscription, kinds};
use deathstar_core::{Engine, Memory, On, Stack};
use expectations::{acts, apply, in_memory};

fn declared(declare: impl FnOnce(&mut Stack, &On<Azure>)) -> Stack {
    let mut stack = Stack::new("webshop");
    let azure = stack.on(Subscription::new("11111111-2222-3333-4444-555555555555", "westeurope"));
    declare(&mut stack, &azure);
    stack
}

fn world() -> (Engine, Memory) {
    in_memory(kinds())
}
