//! What holds data is not deleted without consent.

use crate::{acts, apply, declared, replaced::group, world};
use deathstar_azure::{
    operational_insights::Workspace,
    storage::{StorageAccount, StorageSku},
};
use deathstar_core::{ApplyError, Stack, apply::Quiet};

fn stack(sku: StorageSku) -> Stack {
    declared(|stack, azure| {
        stack.add(azure, "account", StorageAccount::new(group(), "shop", sku));
        stack.add(azure, "workspace", Workspace::new(group(), "logs"));
    })
}

#[tokio::test]
async fn what_holds_data_is_deleted_with_consent_alone() {
    let (engine, memory) = world();
    let stack = stack(StorageSku::StandardLrs);
    apply(&engine, &stack).await;
    let plan = engine.destroy(&stack).await.unwrap();
    let Err(ApplyError::NoConsent(steps)) = engine.apply(plan, Quiet).await else {
        panic!("consent is needed")
    };
    assert_eq!(steps.len(), 2);
    assert_eq!(memory.objects().len(), 2);
    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
    assert!(memory.objects().is_empty());
}

#[tokio::test]
async fn an_account_is_copied_elsewhere_in_place_and_spread_over_zones_by_another_one() {
    let (engine, _) = world();
    apply(&engine, &stack(StorageSku::StandardLrs)).await;
    let copied = stack(StorageSku::StandardGrs);
    assert_eq!(acts(&engine.plan(&copied).await.unwrap()), ["Update account sku"]);
    let spread = stack(StorageSku::StandardZrs);
    let plan = engine.plan(&spread).await.unwrap();
    assert_eq!(acts(&plan), ["Delete account", "Create account sku"]);
    assert!(matches!(engine.apply(plan, Quiet).await, Err(ApplyError::NoConsent(steps)) if steps.len() == 1));
    apply(&engine, &spread).await;
}
