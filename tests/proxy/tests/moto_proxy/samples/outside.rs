//! AWS's own SDK past the proxy: what samples stand on, made behind its back.

use crate::{
    bench::Bench,
    rules::{subnet, table, vpc},
};
use aws_config::SdkConfig;
use deathstar_aws::id::{
    HostedZoneId, KeyId, NetworkAclId, PolicyArn, RouteTableId, SecurityGroupId, SubnetId, VpcId,
};

/// Clients past the proxy.
pub struct Outside {
    pub ec2: aws_sdk_ec2::Client,
    pub iam: aws_sdk_iam::Client,
    pub kms: aws_sdk_kms::Client,
    pub logs: aws_sdk_cloudwatchlogs::Client,
    pub route53: aws_sdk_route53::Client,
}

impl Outside {
    pub async fn of(bench: &Bench) -> Self {
        Self::with(&bench.outside_config().await)
    }

    pub fn with(config: &SdkConfig) -> Self {
        Self {
            ec2: aws_sdk_ec2::Client::new(config),
            iam: aws_sdk_iam::Client::new(config),
            kms: aws_sdk_kms::Client::new(config),
            logs: aws_sdk_cloudwatchlogs::Client::new(config),
            route53: aws_sdk_route53::Client::new(config),
        }
    }

    /// The VPC `10.0.0.0/16`.
    pub async fn vpc(&self) -> VpcId {
        self.vpcs(1).await.remove(0)
    }

    /// So many VPCs.
    pub async fn vpcs(&self, count: usize) -> Vec<VpcId> {
        let mut all = vec![];
        for number in 0..count {
            all.push(VpcId::new(vpc(&self.ec2, &format!("10.{number}.0.0/16")).await));
        }
        all
    }

    /// So many subnets of the VPC `10.0.0.0/16`.
    pub async fn subnets(&self, vpc: &VpcId, count: usize) -> Vec<SubnetId> {
        let mut all = vec![];
        for number in 0..count {
            let range = format!("10.0.{number}.0/24");
            all.push(SubnetId::new(subnet(&self.ec2, vpc.as_str(), &range).await));
        }
        all
    }

    pub async fn route_table(&self, vpc: &VpcId) -> RouteTableId {
        RouteTableId::new(table(&self.ec2, vpc.as_str()).await)
    }

    pub async fn security_group(&self, vpc: &VpcId, name: &str) -> SecurityGroupId {
        let call = self.ec2.create_security_group().vpc_id(vpc.as_str()).group_name(name).description(name);
        SecurityGroupId::new(call.send().await.unwrap().group_id().unwrap())
    }

    pub async fn network_acl(&self, vpc: &VpcId) -> NetworkAclId {
        let made = self.ec2.create_network_acl().vpc_id(vpc.as_str()).send().await.unwrap();
        NetworkAclId::new(made.network_acl().unwrap().network_acl_id().unwrap())
    }

    pub async fn role(&self, name: &str, trust: &str) -> String {
        let call = self.iam.create_role().role_name(name).assume_role_policy_document(trust);
        call.send().await.unwrap().role().unwrap().arn().to_owned()
    }

    pub async fn policy(&self, name: &str, document: &str) -> PolicyArn {
        let call = self.iam.create_policy().policy_name(name).policy_document(document);
        PolicyArn::new(call.send().await.unwrap().policy().unwrap().arn().unwrap())
    }

    pub async fn key(&self) -> KeyId {
        let made = self.kms.create_key().send().await.unwrap();
        KeyId::new(made.key_metadata().unwrap().key_id())
    }

    pub async fn log_group(&self, name: &str) {
        self.logs.create_log_group().log_group_name(name).send().await.unwrap();
    }

    pub async fn zone(&self, name: &str) -> HostedZoneId {
        let made = self.route53.create_hosted_zone().name(name).caller_reference(name).send().await.unwrap();
        HostedZoneId::new(made.hosted_zone().unwrap().id().trim_start_matches("/hostedzone/"))
    }
}
