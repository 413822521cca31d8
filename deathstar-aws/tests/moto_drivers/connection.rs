//! Connecting: the right account, the wrong one, and none.

use crate::server::{REGION, moto};
use deathstar_aws::{Account, Credentials};
use deathstar_core::{Connect, Meaning};
use std::net::TcpListener;

#[tokio::test]
async fn an_assumed_role_leads_to_its_account() {
    let Some(moto) = moto() else { return };
    let account = moto.account();
    account.credentials().connect(&account.declared()).await.unwrap();
}

#[tokio::test]
async fn another_account_stops_before_the_first_call() {
    let Some(moto) = moto() else { return };
    let account = moto.account();
    let declared = Account::region(REGION).expect_account("999999999999");
    let error = account.credentials().connect(&declared).await.unwrap_err();
    assert_eq!(*error.meaning(), Meaning::Denied { action: String::new() });
    assert_eq!(error.operation_name(), Some("sts:GetCallerIdentity"));
    // Moto's own account is the one of unknown keys.
    assert!(error.message().contains("123456789012") && error.message().contains("999999999999"), "{error}");
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_told_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let credentials = Credentials::with_keys("AKIDEXAMPLE", "secret".to_owned());
    let declared = Account::region(REGION).endpoint(&url);
    let error = credentials.connect(&declared.clone().expect_account("123456789012")).await.unwrap_err();
    assert_eq!(*error.meaning(), Meaning::Transient);
    assert!(error.message().starts_with("no connection to the endpoint"), "{error}");
    let error =
        credentials.connect(&declared.assume_role("arn:aws:iam::123456789012:role/x")).await.unwrap_err();
    assert_eq!(
        (error.meaning(), error.operation_name()),
        (&Meaning::Transient, Some("sts:AssumeRole")),
        "{error}"
    );
}
