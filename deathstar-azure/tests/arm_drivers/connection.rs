//! Which subscription is worked in, and by whom.

use crate::world::{Entra, World, credentials, subscription};
use deathstar_arm_server::{ArmServer, SUBSCRIPTION, Settings};
use deathstar_azure::{Credentials, Subscription};
use deathstar_core::{Connect, Meaning};
use std::sync::Arc;

const OTHER: &str = "99999999-9999-4999-8999-999999999999";

#[tokio::test]
async fn the_right_subscription_is_asked_for_and_no_more() {
    let world = World::new();
    world.client().await;
    let calls = world.server.calls();
    assert_eq!(
        calls.iter().map(|call| call.path.clone()).collect::<Vec<_>>(),
        [format!("/subscriptions/{SUBSCRIPTION}")]
    );
}

#[tokio::test]
async fn another_tenant_or_subscription_stops_before_the_first_other_call() {
    let server = ArmServer::start(Settings::default()).unwrap();
    let expecting = Subscription::new(SUBSCRIPTION, "westeurope").expect_tenant(OTHER);
    let unknown = Subscription::new(OTHER, "westeurope");
    let foreign = Credentials::with_token(Arc::new(Entra(OTHER))).endpoint(server.url());
    for (credentials, subscription) in [
        (credentials(server.url()), expecting),
        (credentials(server.url()), unknown),
        (foreign, subscription()),
    ] {
        let error = credentials.connect(&subscription).await.unwrap_err();
        assert!(matches!(error.meaning(), Meaning::Denied { .. }), "{error:?}");
        assert!(error.advice().is_some(), "{error:?}");
    }
    assert_eq!(server.calls().len(), 3);
}

#[tokio::test]
async fn no_token_leaves_the_machine_without_tls() {
    let credentials = Credentials::with_token(Arc::new(Entra(OTHER))).endpoint("http://management.example");
    let error = credentials.connect(&subscription()).await.unwrap_err();
    assert_eq!(*error.meaning(), Meaning::Invalid);
}
