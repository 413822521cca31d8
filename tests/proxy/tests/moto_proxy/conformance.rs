//! The conformance suite over HTTP: the drivers of this workspace against the proxy's rules, with its records as the witness.

use crate::{
    bench::{Bench, REGION},
    rules::{address, gateway, nat, subnet, table, vpc},
};
use deathstar_aws::{
    Account, Aws, Client, Credentials,
    ec2::{
        DhcpOptions, EgressOnlyInternetGateway, ElasticIp, InternetGateway, NatGateway, NetworkAcl, Route,
        RouteTable, RouteTableAssociation, Subnet, Target, Vpc,
    },
    id::{AllocationId, InternetGatewayId, NatGatewayId, RouteTableId, SubnetId, VpcId},
};
use deathstar_aws_proxy::{Fault, Injection, OnClock, Proxy, Quotas, Settings};
use deathstar_core::{
    Connect, Driver, Pace, Resource, Result,
    clock::Clock,
    conformance::{Rule, Suite, Trial, Verdicts},
    model::ZoneName,
};

/// How many entries a page has.
pub const PAGE: usize = 3;
/// How many specs beside the sample fill a page and tell objects apart.
pub const MANY: usize = 7;

pub type Held = OnClock<Client>;

/// Opens clients and says nothing of what AWS takes, so that calls are not spaced before they have to be.
pub struct Unknowing(pub OnClock<Credentials>);

impl Connect<Aws> for Unknowing {
    type Client = Held;

    async fn connect(&self, account: &Account) -> Result<Held> {
        self.0.connect(account).await
    }

    fn pace(&self) -> Pace {
        self.0.pace()
    }
}

/// A bench for the suite: the proxy with all rules, and two in front of it that refuse and that lose answers.
pub struct Stand {
    pub bench: Bench,
    pub clock: Clock,
    refusing: Vec<(&'static str, Proxy)>,
    lossy: Proxy,
}

impl Stand {
    pub async fn new(settings: Settings) -> Option<Self> {
        let bench = Bench::new(settings.quotas(Quotas::ample()).page(PAGE)).await?;
        let front = |fault: Fault| {
            let url = bench.proxy.url().to_owned();
            async move {
                let proxy = Proxy::start(&url, Settings::recording()).await.unwrap();
                proxy.inject(Injection::new("ec2:*", fault).always());
                proxy
            }
        };
        let refusing = vec![
            ("a 404 of something else", front(Fault::WebPage(404)).await),
            ("not implemented", front(Fault::WebPage(500)).await),
            ("no permission", front(Fault::Refused("UnauthorizedOperation".into(), "no".into())).await),
        ];
        let lossy = front(Fault::LostAnswer).await;
        Some(Self { bench, clock: Clock::virtual_time(), refusing, lossy })
    }

    pub async fn client_at(&self, url: &str) -> Held {
        let account = self.bench.declared().endpoint(url);
        OnClock::new(self.bench.credentials().connect(&account).await.unwrap(), &self.clock)
    }

    /// The endpoint that answers everything with a web page.
    pub fn refusing_url(&self) -> &str {
        self.refusing[0].1.url()
    }

    /// A trial with everything but a variant.
    pub async fn trial<R: Resource>(&self, sample: R, many: Vec<R>) -> Trial<Held, R>
    where
        Client: Driver<R>,
    {
        self.trial_at(self.bench.proxy.url(), sample, many).await
    }

    /// The same, where the driver under test calls something in front of the proxy.
    pub async fn trial_at<R: Resource>(&self, url: &str, sample: R, many: Vec<R>) -> Trial<Held, R>
    where
        Client: Driver<R>,
    {
        let mut trial = Suite::new(self.client_at(url).await).sample(sample).many(many).page(PAGE);
        for (why, proxy) in &self.refusing {
            trial = trial.refused(*why, self.client_at(proxy.url()).await);
        }
        trial
            .lossy(self.client_at(self.lossy.url()).await)
            .witness(self.bench.proxy.witness(&self.bench.account))
            .clock(&self.clock)
    }
}

/// All rules have to be kept, and only these may be left unchecked.
fn keeps(verdicts: Verdicts, but: &[Rule]) {
    let verdicts = verdicts.assert().unwrap_or_else(|verdicts| panic!("{verdicts}"));
    let unchecked: Vec<Rule> = verdicts.skipped.iter().map(|skipped| skipped.rule).collect();
    let never = [Rule::OperationHandle, Rule::PollEnds];
    let expected: Vec<Rule> =
        Rule::ALL.iter().copied().filter(|rule| but.contains(rule) || never.contains(rule)).collect();
    assert_eq!(unchecked, expected, "{verdicts}");
}

/// Nothing can be changed in place.
const NO_CHANGE: [Rule; 2] = [Rule::ChangeConverges, Rule::ChangeOneCall];
/// The kind carries no tags, and its objects are known by a key.
const UNTAGGED: [Rule; 4] = [Rule::CreateTags, Rule::OnlyOurs, Rule::RetagExact, Rule::RetagCalls];
/// The create call takes no token.
const NO_TOKEN: [Rule; 1] = [Rule::CreateRepeats];

fn slow() -> Settings {
    Settings::default().hidden(1)
}

fn zone() -> ZoneName {
    ZoneName::new(format!("{REGION}a")).unwrap()
}

#[tokio::test]
async fn vpc_keeps_the_contract() {
    let Some(stand) = Stand::new(slow()).await else { return };
    let kind = |number: usize| Vpc::new(format!("10.{number}.0.0/16").parse().unwrap());
    let trial = stand.trial(kind(0), (1..=MANY).map(kind).collect()).await;
    let variant = kind(0).dns_hostnames(true).empty_default_security_group();
    keeps(trial.variant(variant).run().await, &NO_TOKEN);
}

#[tokio::test]
async fn subnet_keeps_the_contract() {
    let Some(stand) = Stand::new(slow()).await else { return };
    let vpc = VpcId::new(vpc(&stand.bench.outside().await, "10.0.0.0/16").await);
    let kind =
        |number: usize| Subnet::new(vpc.clone(), format!("10.0.{number}.0/24").parse().unwrap(), zone());
    let trial = stand.trial(kind(0), (1..=MANY).map(kind).collect()).await;
    keeps(trial.variant(kind(0).map_public_ip_on_launch(true)).run().await, &NO_TOKEN);
}

#[tokio::test]
async fn internet_gateway_keeps_the_contract() {
    let Some(stand) = Stand::new(slow()).await else { return };
    let outside = stand.bench.outside().await;
    let mut kinds = vec![];
    for number in 0..=MANY {
        kinds.push(InternetGateway::of(VpcId::new(vpc(&outside, &format!("10.{number}.0.0/16")).await)));
    }
    let variant = InternetGateway::of(VpcId::new(vpc(&outside, "10.200.0.0/16").await));
    let sample = kinds.remove(0);
    keeps(stand.trial(sample, kinds).await.variant(variant).run().await, &NO_TOKEN);
}

#[tokio::test]
async fn elastic_ip_keeps_the_contract() {
    let Some(stand) = Stand::new(slow()).await else { return };
    let trial = stand.trial(ElasticIp::new(), vec![ElasticIp::new(); MANY]).await;
    keeps(trial.run().await, &[&NO_CHANGE[..], &NO_TOKEN].concat());
}

#[tokio::test]
async fn nat_gateway_keeps_the_contract() {
    let Some(stand) = Stand::new(slow()).await else { return };
    let outside = stand.bench.outside().await;
    let vpc = vpc(&outside, "10.0.0.0/16").await;
    gateway(&outside, Some(&vpc)).await;
    let subnet = SubnetId::new(subnet(&outside, &vpc, "10.0.0.0/24").await);
    let mut kinds = vec![];
    for _ in 0..=MANY {
        kinds.push(NatGateway::public(subnet.clone(), AllocationId::new(address(&outside).await)));
    }
    let sample = kinds.remove(0);
    keeps(stand.trial(sample, kinds).await.run().await, &NO_CHANGE);
}

#[tokio::test]
async fn route_table_keeps_the_contract() {
    let Some(stand) = Stand::new(slow()).await else { return };
    let vpc = VpcId::new(vpc(&stand.bench.outside().await, "10.0.0.0/16").await);
    let trial = stand.trial(RouteTable::of(vpc.clone()), vec![RouteTable::of(vpc); MANY]).await;
    keeps(trial.run().await, &NO_CHANGE);
}

#[tokio::test]
async fn route_keeps_the_contract() {
    let Some(stand) = Stand::new(slow()).await else { return };
    let outside = stand.bench.outside().await;
    let vpc = vpc(&outside, "10.0.0.0/16").await;
    let internet = InternetGatewayId::new(gateway(&outside, Some(&vpc)).await);
    let subnet = subnet(&outside, &vpc, "10.0.0.0/24").await;
    let nat = NatGatewayId::new(nat(&outside, &subnet, &address(&outside).await).await);
    let table = RouteTableId::new(table(&outside, &vpc).await);
    let route =
        |number: usize, via| Route::new(table.clone(), format!("{number}.0.0.0/8").parse().unwrap(), via);
    let to_internet = |number| route(number, Target::InternetGateway(internet.clone().into()));
    let trial = stand.trial(to_internet(20), (21..=20 + MANY).map(to_internet).collect()).await;
    let trial = trial.variant(route(20, Target::NatGateway(nat.into()))).shown_by::<RouteTable>();
    keeps(trial.run().await, &UNTAGGED);
}

#[tokio::test]
async fn route_table_association_keeps_the_contract() {
    let Some(stand) = Stand::new(slow()).await else { return };
    let outside = stand.bench.outside().await;
    let vpc = vpc(&outside, "10.0.0.0/16").await;
    let (one, other) = (table(&outside, &vpc).await, table(&outside, &vpc).await);
    let mut subnets = vec![];
    for number in 0..=MANY {
        subnets.push(SubnetId::new(subnet(&outside, &vpc, &format!("10.0.{number}.0/24")).await));
    }
    let kind =
        |subnet: &SubnetId, table: &str| RouteTableAssociation::new(subnet.clone(), RouteTableId::new(table));
    let many = subnets[1..].iter().map(|subnet| kind(subnet, &one)).collect();
    let trial = stand.trial(kind(&subnets[0], &one), many).await.variant(kind(&subnets[0], &other));
    keeps(trial.run().await, &UNTAGGED);
}

#[tokio::test]
async fn egress_only_internet_gateway_keeps_the_contract() {
    let Some(stand) = Stand::new(slow()).await else { return };
    let vpc = VpcId::new(vpc(&stand.bench.outside().await, "10.0.0.0/16").await);
    let kind = || EgressOnlyInternetGateway::of(vpc.clone());
    keeps(stand.trial(kind(), vec![kind(); MANY]).await.run().await, &NO_CHANGE);
}

#[tokio::test]
async fn network_acl_keeps_the_contract() {
    let Some(stand) = Stand::new(slow()).await else { return };
    let vpc = VpcId::new(vpc(&stand.bench.outside().await, "10.0.0.0/16").await);
    let kind = || NetworkAcl::of(vpc.clone());
    keeps(stand.trial(kind(), vec![kind(); MANY]).await.run().await, &NO_CHANGE);
}

#[tokio::test]
async fn dhcp_options_keep_the_contract() {
    let Some(stand) = Stand::new(slow()).await else { return };
    let kind =
        |number: usize| DhcpOptions::new().domain_name(format!("n{number}.internal")).amazon_name_server();
    let trial = stand.trial(kind(0), (1..=MANY).map(kind).collect()).await;
    keeps(trial.run().await, &[&NO_CHANGE[..], &NO_TOKEN].concat());
}
