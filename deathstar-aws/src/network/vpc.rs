//! What a user says about a VPC for a cluster.

use super::{ExistingVpc, FlowLogs};
use crate::{
    ec2::{DhcpOptions, EndpointService, Target},
    id::VpcId,
};
use deathstar_core::{
    Input,
    component::{Egress as Nat, IpFamilies, NetworkChoices, PrivateEndpoints},
    model::{IpCidr, Tier, traffic::RuleLimits},
    network_choices,
};
use std::collections::BTreeSet;

/// A VPC for a cluster: tiers of subnets over several zones, with their ways out, and rules that open what is declared.
///
/// ```
/// use deathstar_aws::{Account, Nat, Vpc};
/// use deathstar_core::{Stack, model::traffic::{Service, Traffic}};
///
/// let mut stack = Stack::new("webshop");
/// let aws = stack.on(Account::region("eu-west-1"));
/// let webhooks = Traffic::new().allow("control-plane", "nodes", Service::tcp(9443), "the load balancer controller's webhook");
/// let network = Vpc::new("10.20.0.0/16").zones(3).nat(Nat::PerZone).traffic(webhooks);
/// let network = stack.add(&aws, "network", network);
/// ```
///
/// Unless it is said otherwise there are three tiers, in each zone one subnet of each:
///
/// - *public*, with a route to the internet gateway: load balancers and NAT gateways;
/// - *private*, with a route to a NAT gateway, if there is one: nodes and pods;
/// - *intra*, without any way out: the control plane's network interfaces.
///
/// The default security group has no rules, names are resolved, and every object has a `Name`. All traffic is recorded. No subnet
/// moves when a zone is added, a tier is left out or taken in, or when the NAT gateways change.
///
/// # Traffic
/// Security groups and network ACLs open what is declared, in both directions, and nothing else: what every Kubernetes cluster
/// needs ([`KubernetesTraffic`](deathstar_core::model::traffic::KubernetesTraffic)), and what [`Vpc::traffic`] adds. The full plan
/// shows for each rule who asked for it. AWS filters no traffic with its resolver, its clock and the instance metadata, so that these
/// need no rule (Amazon VPC User Guide, "Security groups" and "Network ACLs").
///
/// # End
/// Nothing of it is deleted while a network interface of others stands in the VPC: those are named.
///
/// # Cost
/// NAT gateways and their addresses are paid by the hour, interface endpoints by the hour and zone, flow logs by the amount, a
/// private DNS zone by the month; the rest costs nothing.
#[derive(Clone, Debug)]
#[must_use = "a component declares nothing until it is added to a stack"]
pub struct Vpc {
    pub(super) choices: NetworkChoices,
    pub(super) endpoints: BTreeSet<EndpointService>,
    pub(super) flow_logs: FlowLogs,
    pub(super) dhcp: Option<DhcpOptions>,
    pub(super) routes: Vec<(IpCidr, Target)>,
    pub(super) cluster: Option<String>,
}

network_choices!(Vpc);

/// The interface endpoints that a cluster without a way to the internet calls.
///
/// `X-Ray` is left out, which few clusters use ([`Vpc::endpoint`] adds it). There is none for Route 53, IAM and pricing:
/// external-dns cannot write there, and Karpenter uses its own list of prices.
///
/// Source: Amazon EKS User Guide, "Deploy private clusters with limited internet access".
const PRIVATE_CLUSTER: [&str; 11] = [
    "autoscaling",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "logs",
    "sqs",
    "ssm",
    "sts",
];

impl Vpc {
    /// A VPC with this IPv4 range, over three zones with a NAT gateway in each.
    pub fn new(range: impl Into<String>) -> Self {
        Self::of(NetworkChoices::new(range, RuleLimits::AWS))
    }

    pub(super) fn of(choices: NetworkChoices) -> Self {
        Self {
            choices,
            endpoints: BTreeSet::new(),
            flow_logs: FlowLogs::default(),
            dhcp: None,
            routes: vec![],
            cluster: None,
        }
    }

    /// A VPC that others own: nothing in it is made, changed or deleted.
    pub fn existing(id: impl Into<Input<VpcId>>) -> ExistingVpc {
        ExistingVpc::new(id)
    }

    /// Over how many zones: 3 unless said otherwise. One that is added gets its subnets beside the others.
    pub fn zones(mut self, zones: u8) -> Self {
        self.choices.zones = zones;
        self
    }

    /// The address families: IPv4 unless said otherwise. IPv6 that is taken in later is added in place.
    ///
    /// Amazon chooses the IPv6 range. With IPv6 the private tier, and that of pods, reach the internet by an egress-only gateway.
    pub fn families(mut self, families: IpFamilies) -> Self {
        self.choices.families = families;
        self
    }

    /// The way out of the private tier: a gateway per zone unless said otherwise.
    pub fn nat(mut self, nat: Nat) -> Self {
        self.choices.egress = nat;
        self
    }

    /// Which services of AWS are reached without the internet: S3 unless said otherwise, which always is.
    ///
    /// For a private cluster that are also Auto Scaling, EC2, ECR, EKS and its Pod Identity, Elastic Load Balancing,
    /// `CloudWatch` Logs, SQS, Systems Manager and STS.
    pub fn private_endpoints(mut self, endpoints: PrivateEndpoints) -> Self {
        if endpoints == PrivateEndpoints::Cluster {
            self.endpoints.extend(PRIVATE_CLUSTER.map(EndpointService::new));
        }
        self
    }

    /// One more service of AWS that is reached without the internet, by its short name: `kms`, `dynamodb`.
    pub fn endpoint(mut self, service: impl Into<EndpointService>) -> Self {
        self.endpoints.insert(service.into());
        self
    }

    /// Where traffic is recorded: in a log group, for 90 days, unless said otherwise.
    pub fn flow_logs(mut self, logs: FlowLogs) -> Self {
        self.flow_logs = logs;
        self
    }

    /// What machines are told about names and time, instead of what AWS tells them.
    pub fn dhcp_options(mut self, options: DhcpOptions) -> Self {
        self.dhcp = Some(options);
        self
    }

    /// Leads what is sent to a range from every tier another way: to another VPC, to a transit gateway.
    pub fn route(mut self, range: IpCidr, via: Target) -> Self {
        self.routes.push((range, via));
        self
    }

    /// The name of the cluster that will stand in it, by whose tags controllers find the subnets and the group of its nodes.
    ///
    /// The group carries `kubernetes.io/cluster/NAME=owned`, by which the load balancer controller finds it to write rules
    /// for its own load balancers: they stay. Private subnets and the group carry `karpenter.sh/discovery=NAME`.
    pub fn cluster(mut self, name: impl Into<String>) -> Self {
        self.cluster = Some(name.into());
        self
    }

    /// How many rules AWS takes in this account, where it has granted more than others have.
    ///
    /// Both address families together, and a tier of pods, need more than the 20 entries of an ACL that every account has. AWS
    /// grants up to 40.
    pub fn rule_limits(mut self, limits: RuleLimits) -> Self {
        self.choices.limits = limits;
        self
    }

    /// In how many zones there are NAT gateways.
    pub(super) fn nat_zones(&self, zones: u8) -> u8 {
        match self.choices.egress {
            _ if !self.choices.has(Tier::Public) || !self.translates() => 0,
            Nat::None => 0,
            Nat::Single => zones.min(1),
            Nat::PerZone => zones,
        }
    }

    /// Whether a tier needs NAT gateways.
    pub(super) fn translates(&self) -> bool {
        let choices = &self.choices;
        [Tier::Private, Tier::Pods].into_iter().any(|tier| choices.goes_out(tier) && choices.has_ipv4(tier))
    }

    /// Whether there is an egress-only gateway for IPv6.
    pub(super) fn egress_only(&self) -> bool {
        let choices = &self.choices;
        choices.families.has_ipv6() && choices.egress != Nat::None && choices.needs_gateways()
    }

    /// Where interface endpoints stand.
    pub(super) fn endpoint_tier(&self) -> Option<Tier> {
        [Tier::Private, Tier::Intra].into_iter().find(|tier| self.choices.has(*tier))
    }

    /// The services that have an endpoint in subnets.
    pub(super) fn interfaces(&self) -> impl Iterator<Item = &EndpointService> {
        self.endpoints.iter().filter(|service| !is_gateway(service))
    }

    /// The services that have an endpoint in route tables.
    pub(super) fn gateways(&self) -> BTreeSet<EndpointService> {
        let chosen = self.endpoints.iter().filter(|service| is_gateway(service)).cloned();
        chosen.chain([EndpointService::new(S3)]).collect()
    }
}

/// The short name of S3.
pub(super) const S3: &str = "s3";

/// Whether a service has gateway endpoints: S3 and DynamoDB, and no other.
///
/// Source: Amazon VPC User Guide, "Gateway endpoints".
fn is_gateway(service: &EndpointService) -> bool {
    [S3, "dynamodb"].contains(&service.as_str())
}
