//! Each kind of IAM, KMS, `CloudWatch` Logs and Route 53, and flow logs, on trial by the public suite.
//!
//! Moto loses no answers, has no pages worth the name outside of Route 53 and hides nothing: those rules are left to a proxy.

use crate::{scripted::Scripted, server::TestAccount, world::World};
use aws_sdk_route53::types as dns;
use deathstar_aws::{
    Client,
    ec2::{FlowLog, FlowLogDestination, FlowLogSource, FlowLogTraffic},
    iam::{IamPolicy, IamRole, IamRolePolicy, IamRolePolicyAttachment, PolicyDocument, Principal, Statement},
    id::{HostedZoneId, KeyId, LogGroupName, PolicyArn, RoleArn, RoleName, VpcId},
    kms::{KmsAlias, KmsKey, Rotation},
    logs::{LogGroup, Retention},
    route53::{HostedZone, RecordSet, RecordType},
};
use deathstar_core::{
    Connect, Driver, Resource,
    conformance::{Rule, Suite, Trial},
};
use std::time::Duration;

/// An account of one trial, and a server that answers with a web page.
pub struct Bench {
    pub account: TestAccount,
    pub page: Scripted,
}

impl Bench {
    pub fn new() -> Option<Self> {
        Some(Self { account: World::new()?.account, page: Scripted::web_page() })
    }

    pub async fn client(&self) -> Client {
        self.account.credentials().connect(&self.account.declared()).await.unwrap()
    }

    /// Puts a kind on trial: a spec, what an update of it reaches, and others beside it. Answers the rules that were checked.
    pub async fn tries<R: Resource>(&self, sample: R, variant: Option<R>, many: Vec<R>) -> Vec<Rule>
    where
        Client: Driver<R>,
    {
        self.tries_but(&[], sample, variant, many).await
    }

    /// The same, where moto, or AWS itself, breaks some rules.
    pub async fn tries_but<R: Resource>(
        &self,
        broken: &[Rule],
        sample: R,
        variant: Option<R>,
        many: Vec<R>,
    ) -> Vec<Rule>
    where
        Client: Driver<R>,
    {
        let trial = self.trial(sample, variant, many).await;
        Self::judge(trial, broken).await
    }

    /// A trial, to be given more.
    pub async fn trial<R: Resource>(&self, sample: R, variant: Option<R>, many: Vec<R>) -> Trial<Client, R>
    where
        Client: Driver<R>,
    {
        let trial = Suite::new(self.client().await)
            .sample(sample)
            .many(many)
            .refused("a web page", self.page.client().await)
            .poll(Duration::from_millis(20));
        match variant {
            Some(variant) => trial.variant(variant),
            None => trial,
        }
    }

    /// Runs a trial in which moto, or AWS itself, breaks some rules. Answers the rules that were checked.
    pub async fn judge<R: Resource>(trial: Trial<Client, R>, broken: &[Rule]) -> Vec<Rule>
    where
        Client: Driver<R>,
    {
        let verdicts = Box::pin(trial.run()).await;
        assert!(verdicts.left_behind.is_empty() && verdicts.interrupted.is_none(), "{verdicts}");
        let found: Vec<Rule> = verdicts.findings.iter().map(|violation| violation.rule).collect();
        assert_eq!(found, broken, "{verdicts}");
        assert!(verdicts.checked.contains(&Rule::ErrorsAreTold), "{verdicts}");
        verdicts.checked
    }
}

fn trust(service: &str) -> PolicyDocument {
    PolicyDocument::trusting(Principal::service(service))
}

fn may(action: &str) -> PolicyDocument {
    PolicyDocument::of([Statement::allow(action).on("*")])
}

const OTHERS: [&str; 4] = ["one", "two", "three", "four"];

#[tokio::test(flavor = "multi_thread")]
async fn a_log_group_keeps_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let variant = LogGroup::new("sample").retention(Retention::Forever);
    let others = OTHERS.map(LogGroup::new).to_vec();
    let checked = bench.tries(LogGroup::new("sample").days(7), Some(variant), others).await;
    assert!(checked.contains(&Rule::OnlyOurs), "{checked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_keeps_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let role = |name: &str| IamRole::new(name, trust("ec2.amazonaws.com")).description("first");
    let variant = IamRole::new("sample", trust("eks.amazonaws.com")).description("second").max_session(7_200);
    let checked = bench.tries(role("sample"), Some(variant), OTHERS.map(role).to_vec()).await;
    assert!(checked.contains(&Rule::OnlyOurs), "{checked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_of_roles_keep_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let iam = aws_sdk_iam::Client::new(&bench.account.outside_config().await);
    let json = trust("ec2.amazonaws.com").to_json();
    iam.create_role().role_name("role").assume_role_policy_document(json).send().await.unwrap();
    let role = || RoleName::new("role");
    let policy = |name: &str| IamRolePolicy::new(role(), name, may("s3:GetObject"));
    let variant = IamRolePolicy::new(role(), "sample", may("s3:PutObject"));
    bench.tries(policy("sample"), Some(variant), OTHERS.map(policy).to_vec()).await;
    let managed = |name: &str| {
        IamRolePolicyAttachment::new(role(), PolicyArn::new(format!("arn:aws:iam::aws:policy/{name}")))
    };
    let others = [
        "AmazonEC2ReadOnlyAccess",
        "AmazonVPCReadOnlyAccess",
        "AmazonSQSReadOnlyAccess",
        "IAMReadOnlyAccess",
    ];
    bench.tries(managed("AmazonS3ReadOnlyAccess"), None, others.map(managed).to_vec()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_managed_policy_keeps_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let policy = |name: &str| IamPolicy::new(name, may("s3:GetObject")).path("/a/");
    let variant = IamPolicy::new("sample", may("s3:PutObject")).path("/a/");
    bench.tries(policy("sample"), Some(variant), OTHERS.map(policy).to_vec()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_aliases_keep_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let key = || KmsKey::symmetric().description("first").deletion_window(7);
    let variant = key().description("second").rotation(Rotation::YEARLY).enabled(false).deletion_window(8);
    let others = OTHERS.map(|name| key().description(name)).to_vec();
    let checked = bench.tries(key(), Some(variant), others).await;
    assert!(checked.contains(&Rule::OnlyOurs), "{checked:?}");
    let kms = aws_sdk_kms::Client::new(&bench.account.outside_config().await);
    let made = async || KeyId::new(kms.create_key().send().await.unwrap().key_metadata.unwrap().key_id());
    let (first, second) = (made().await, made().await);
    let alias = |name: &str| KmsAlias::new(format!("alias/{name}"), first.clone());
    bench
        .tries(alias("sample"), Some(KmsAlias::new("alias/sample", second)), OTHERS.map(alias).to_vec())
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_log_keeps_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let ec2 = bench.account.outside().await;
    let logs = aws_sdk_cloudwatchlogs::Client::new(&bench.account.outside_config().await);
    let mut vpcs = vec![];
    for number in 0..5 {
        let vpc =
            ec2.create_vpc().cidr_block(format!("10.{number}.0.0/16")).send().await.unwrap().vpc.unwrap();
        vpcs.push(VpcId::new(vpc.vpc_id().unwrap()));
    }
    logs.create_log_group().log_group_name("flows").send().await.unwrap();
    let log = |vpc: &VpcId| {
        let role = RoleArn::new("arn:aws:iam::123456789012:role/flows");
        let to = FlowLogDestination::log_group(LogGroupName::new("flows"), role);
        FlowLog::new(FlowLogSource::Vpc(vpc.clone().into()), to)
            .traffic(FlowLogTraffic::Rejected)
            .fields(["version", "action"])
    };
    // Moto knows no tokens: it takes the repetition for another flow log to the same place.
    let others = vpcs[1..].iter().map(log).collect();
    let checked = bench.tries_but(&[Rule::CreateRepeats], log(&vpcs[0]), None, others).await;
    assert!(checked.contains(&Rule::OnlyOurs), "{checked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn zones_and_records_keep_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let zone = |name: &str| HostedZone::public(format!("{name}.example")).comment("first");
    let variant = HostedZone::public("sample.example").comment("second");
    // `CreateHostedZone` takes no tags; and moto makes a second zone for one caller reference.
    let broken = [Rule::CreateTags, Rule::CreateRepeats];
    bench.tries_but(&broken, zone("sample"), Some(variant), OTHERS.map(zone).to_vec()).await;
    let id = zone_of(&bench).await;
    let record = |name: &str| {
        RecordSet::new(id.clone(), format!("{name}.records.example"), RecordType::A, ["192.0.2.1"])
    };
    let variant = RecordSet::new(id.clone(), "*.records.example", RecordType::A, ["192.0.2.2"]).ttl(60);
    bench.tries(record("*"), Some(variant), OTHERS.map(record).to_vec()).await;
}

async fn zone_of(bench: &Bench) -> HostedZoneId {
    let route53 = aws_sdk_route53::Client::new(&bench.account.outside_config().await);
    let made =
        route53.create_hosted_zone().name("records.example").caller_reference("x").send().await.unwrap();
    let id = made.hosted_zone().map(dns::HostedZone::id).unwrap();
    HostedZoneId::new(id.trim_start_matches("/hostedzone/"))
}
