//! An engine's work can be given to any executor, also to one with many threads.
#![allow(clippy::unwrap_used, reason = "a test")]

use deathstar_core::{Engine, Forget, Memory, Recover, Stack, apply::Quiet, state::MemoryStore};

fn sendable<T: Send>(work: T) -> T {
    work
}

#[tokio::test]
async fn planning_and_applying_can_be_spawned() {
    let engine = Engine::new(MemoryStore::new(), Memory::seeded(1));
    let work = sendable(async move {
        let stack = Stack::new("empty");
        let plan = engine.plan(&stack).await.unwrap();
        let _ = engine.import(&stack, []).await.unwrap();
        let _ = engine.recover(&stack, Recover::default()).await.unwrap();
        let _ = engine.forget(&stack, Forget::default()).await.unwrap();
        engine.apply(plan, Quiet).await.unwrap().is_success()
    });
    assert!(work.await);
}
