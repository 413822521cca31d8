//! A moto server of this test binary, and accounts of its own for each test.

use crate::counterpart::named;
use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, sts::AssumeRoleProvider};
use aws_credential_types::{Credentials as Keys, provider::SharedCredentialsProvider};
use deathstar_aws::{Account, Credentials};
use std::{
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

/// The region of all tests; moto has three zones there.
pub const REGION: &str = "eu-west-1";

/// A server that ends with its last user.
#[derive(Debug)]
pub struct Moto(deathstar_aws_proxy::Moto);

/// The server of this binary, while a test uses it; none where moto is not installed.
pub fn moto() -> Option<Arc<Moto>> {
    static RUNNING: Mutex<Weak<Moto>> = Mutex::new(Weak::new());
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(moto) = running.upgrade() {
        return Some(moto);
    }
    let moto = own_moto()?;
    *running = Arc::downgrade(&moto);
    Some(moto)
}

/// A server that nobody else uses; none where moto is not installed.
pub fn own_moto() -> Option<Arc<Moto>> {
    let program = named("DEATHSTAR_MOTO")?;
    let variables = [("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")];
    let moto = deathstar_aws_proxy::Moto::start(&program, &variables).unwrap();
    Some(Arc::new(Moto(moto)))
}

impl Moto {
    /// Its endpoint.
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// An account that no other test knows.
    pub fn account(self: &Arc<Self>) -> TestAccount {
        let id = 100_000_000_000 + RandomState::new().hash_one("account") % 900_000_000_000;
        TestAccount { moto: Arc::clone(self), id: id.to_string() }
    }
}

/// An account of one test.
#[derive(Debug)]
pub struct TestAccount {
    moto: Arc<Moto>,
    pub id: String,
}

impl TestAccount {
    /// The account as a program declares it: its keys come from a role, which moto lets anyone assume.
    pub fn declared(&self) -> Account {
        Account::region(REGION).expect_account(&self.id).assume_role(self.role())
    }

    fn role(&self) -> String {
        format!("arn:aws:iam::{}:role/test", self.id)
    }

    pub fn credentials(&self) -> Credentials {
        Credentials::with_keys("AKIDEXAMPLE", "secret".to_owned())
            .endpoint(self.moto.url())
            .poll(Duration::from_millis(20))
    }

    /// A client of EC2 of AWS's own SDK, for what happens behind our back.
    pub async fn outside(&self) -> aws_sdk_ec2::Client {
        aws_sdk_ec2::Client::new(&self.outside_config().await)
    }

    /// What clients of AWS's own SDK are made of, for what happens behind our back.
    pub async fn outside_config(&self) -> SdkConfig {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .retry_config(RetryConfig::disabled())
            .credentials_provider(Keys::new("AKIDEXAMPLE", "secret", None, None, "test"))
            .endpoint_url(self.moto.url())
            .load()
            .await;
        let role =
            AssumeRoleProvider::builder(self.role()).session_name("outside").configure(&config).build().await;
        config.to_builder().credentials_provider(SharedCredentialsProvider::new(role)).build()
    }
}
