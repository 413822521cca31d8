//! A sample of every kind of the backend, on ground that is made past the proxy: what conformance runs and the table of faults try.

mod filters;
mod network;
mod outside;
mod permissions;
mod services;

pub use outside::Outside;

pub use filters::*;
pub use network::*;
pub use permissions::*;
pub use services::*;

use deathstar_core::{Resource, Verb, conformance::Rule};
use std::collections::BTreeSet;

/// A kind on trial.
pub struct Sample<R> {
    /// What is made.
    pub spec: R,
    /// What it becomes, where something of it changes in place.
    pub changed: Option<R>,
    /// What can exist beside it, as many as were asked for.
    pub others: Vec<R>,
    /// What AWS itself does not let a driver keep.
    pub breaks: &'static [Rule],
    /// Which calls AWS answers before their work is done.
    pub operations: &'static [Verb],
}

impl<R> Sample<R> {
    /// A spec, and others beside it: the numbers from 0 on, of which 0 is the sample's.
    pub fn numbered(others: usize, spec: impl Fn(usize) -> R) -> Self {
        Self {
            spec: spec(0),
            changed: None,
            others: (1..=others).map(spec).collect(),
            breaks: &[],
            operations: &[],
        }
    }

    /// One for each of what they stand on, the sample first.
    pub fn each<G>(ground: Vec<G>, spec: impl FnMut(G) -> R) -> Self {
        let mut all: Vec<R> = ground.into_iter().map(spec).collect();
        Self { spec: all.remove(0), changed: None, others: all, breaks: &[], operations: &[] }
    }

    /// What it becomes.
    pub fn becomes(mut self, changed: R) -> Self {
        self.changed = Some(changed);
        self
    }

    /// What AWS itself does not let a driver keep.
    pub fn breaking(mut self, rules: &'static [Rule]) -> Self {
        self.breaks = rules;
        self
    }

    /// Which calls AWS answers before their work is done.
    pub fn working_on(mut self, verbs: &'static [Verb]) -> Self {
        self.operations = verbs;
        self
    }
}

/// Hands every sample to a macro, each as `name: Kind;`, or `name: Kind => Shower;` where another kind's `find` shows it. The function
/// of this module that makes a sample has its name.
macro_rules! every_sample {
    ($($hand_to:tt)*) => {
        $($hand_to)* {
            vpc: Vpc;
            subnet: Subnet;
            subnet_of_both_families: Subnet;
            vpc_cidr_block: VpcCidrBlock;
            vpc_cidr_block_of_amazon: VpcCidrBlock;
            internet_gateway: InternetGateway;
            egress_only_internet_gateway: EgressOnlyInternetGateway;
            elastic_ip: ElasticIp;
            nat_gateway: NatGateway;
            route_table: RouteTable;
            route: Route => RouteTable;
            route_table_association: RouteTableAssociation;
            security_group: SecurityGroup;
            security_group_rule: SecurityGroupRule => SecurityGroup;
            network_acl: NetworkAcl;
            network_acl_entry: NetworkAclEntry => NetworkAcl;
            network_acl_association: NetworkAclAssociation;
            gateway_endpoint: VpcEndpoint;
            interface_endpoint: VpcEndpoint;
            dhcp_options: DhcpOptions;
            dhcp_options_association: DhcpOptionsAssociation;
            flow_log: FlowLog;
            log_group: LogGroup;
            iam_role: IamRole;
            iam_role_policy: IamRolePolicy;
            iam_role_policy_attachment: IamRolePolicyAttachment;
            iam_policy: IamPolicy;
            kms_key: KmsKey;
            kms_alias: KmsAlias;
            public_zone: HostedZone;
            private_zone: HostedZone;
            record_set: RecordSet;
        }
    };
}

pub(crate) use every_sample;

/// The kinds themselves, for what is made of the list.
pub mod kinds {
    pub use deathstar_aws::{
        ec2::{
            DhcpOptions, DhcpOptionsAssociation, EgressOnlyInternetGateway, ElasticIp, FlowLog,
            InternetGateway, NatGateway, NetworkAcl, NetworkAclAssociation, NetworkAclEntry, Route,
            RouteTable, RouteTableAssociation, SecurityGroup, SecurityGroupRule, Subnet, Vpc, VpcCidrBlock,
            VpcEndpoint,
        },
        iam::{IamPolicy, IamRole, IamRolePolicy, IamRolePolicyAttachment},
        kms::{KmsAlias, KmsKey},
        logs::LogGroup,
        route53::{HostedZone, RecordSet},
    };
}

/// Facts change nothing, so that no fault can lose or double what they make.
fn facts() -> [&'static str; 4] {
    use deathstar_aws::{
        CallerIdentity,
        ec2::{NoForeignNetworkInterfaces, Zones},
    };
    use deathstar_core::Fact;
    [CallerIdentity::FAMILY, NoForeignNetworkInterfaces::FAMILY, Zones::FAMILY, "aws.network.existing-vpc"]
}

#[test]
fn every_kind_of_the_backend_has_a_sample() {
    use kinds::*;
    macro_rules! families {
        ($($name:ident: $kind:ty $(=> $shower:ty)?;)*) => {
            BTreeSet::from([$(<$kind as Resource>::FAMILY),*])
        };
    }
    let mut sampled = every_sample!(families!);
    sampled.extend(facts());
    // The families of the catalogue, as its text lists them.
    let families = format!("{:?}", deathstar_aws::kinds());
    let families: BTreeSet<&str> = families.split('"').filter(|part| part.starts_with("aws.")).collect();
    assert_eq!(sampled, families);
}
