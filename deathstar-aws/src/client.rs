//! What makes the calls in one region of one account.

use aws_config::SdkConfig;
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// Makes the calls in one region of one account; [`Credentials`](crate::Credentials) open it.
///
/// It implements [`Driver`](deathstar_core::Driver) for every kind of this crate. SDK retries are off: retry is the
/// engine's. The services share credentials, connections and endpoint. IAM and Route 53 have one endpoint per partition, which
/// follows from the region.
#[derive(Clone)]
pub struct Client {
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) region: String,
    services: Arc<Services>,
}

/// Clients of other services than EC2, each made when it is first needed.
struct Services {
    config: SdkConfig,
    iam: OnceLock<aws_sdk_iam::Client>,
    kms: OnceLock<aws_sdk_kms::Client>,
    logs: OnceLock<aws_sdk_cloudwatchlogs::Client>,
    route53: OnceLock<aws_sdk_route53::Client>,
    sts: OnceLock<aws_sdk_sts::Client>,
}

impl Client {
    pub(crate) fn new(config: &SdkConfig, region: &str) -> Self {
        let services = Services {
            config: config.clone(),
            iam: OnceLock::new(),
            kms: OnceLock::new(),
            logs: OnceLock::new(),
            route53: OnceLock::new(),
            sts: OnceLock::new(),
        };
        Self { ec2: aws_sdk_ec2::Client::new(config), region: region.into(), services: Arc::new(services) }
    }

    pub(crate) fn iam(&self) -> &aws_sdk_iam::Client {
        self.services.iam.get_or_init(|| aws_sdk_iam::Client::new(&self.services.config))
    }

    pub(crate) fn kms(&self) -> &aws_sdk_kms::Client {
        self.services.kms.get_or_init(|| aws_sdk_kms::Client::new(&self.services.config))
    }

    pub(crate) fn logs(&self) -> &aws_sdk_cloudwatchlogs::Client {
        self.services.logs.get_or_init(|| aws_sdk_cloudwatchlogs::Client::new(&self.services.config))
    }

    pub(crate) fn route53(&self) -> &aws_sdk_route53::Client {
        self.services.route53.get_or_init(|| aws_sdk_route53::Client::new(&self.services.config))
    }

    pub(crate) fn sts(&self) -> &aws_sdk_sts::Client {
        self.services.sts.get_or_init(|| aws_sdk_sts::Client::new(&self.services.config))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("region", &self.region).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_iam::config::endpoint::ResolveEndpoint as _;
    use aws_sdk_route53::config::endpoint::ResolveEndpoint as _;

    /// Services without regions have an endpoint per partition, which the SDK knows.
    #[tokio::test]
    async fn a_region_leads_to_the_endpoints_of_its_partition() {
        for (region, iam, route53) in [
            ("eu-west-1", "https://iam.amazonaws.com", "https://route53.amazonaws.com"),
            ("cn-north-1", "https://iam.cn-north-1.amazonaws.com.cn", "https://route53.amazonaws.com.cn"),
            ("us-gov-west-1", "https://iam.us-gov.amazonaws.com", "https://route53.us-gov.amazonaws.com"),
        ] {
            let params = aws_sdk_iam::config::endpoint::Params::builder().region(region).build().unwrap();
            let resolver = aws_sdk_iam::config::endpoint::DefaultResolver::new();
            assert_eq!(resolver.resolve_endpoint(&params).await.unwrap().url(), iam);
            let params = aws_sdk_route53::config::endpoint::Params::builder().region(region).build().unwrap();
            let resolver = aws_sdk_route53::config::endpoint::DefaultResolver::new();
            assert_eq!(resolver.resolve_endpoint(&params).await.unwrap().url(), route53);
        }
    }
}
