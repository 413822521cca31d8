//! What makes the calls in one region of one account.

use std::fmt;

/// Makes the calls in one region of one account; [`Credentials`](crate::Credentials) open it.
///
/// It implements [`Driver`](deathstar_core::Driver) for every kind of this crate. SDK retries are off: retry is the
/// engine's.
#[derive(Clone)]
pub struct Client {
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) region: String,
}

impl Client {
    pub(crate) fn new(config: &aws_config::SdkConfig, region: &str) -> Self {
        Self { ec2: aws_sdk_ec2::Client::new(config), region: region.into() }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("region", &self.region).finish_non_exhaustive()
    }
}
