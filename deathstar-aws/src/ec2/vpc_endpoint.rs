//! A VPC endpoint.

use crate::{
    Aws,
    iam::{PolicyDocument, PolicyUse},
    id::{NetworkInterfaceId, PrefixListId, RouteTableId, SecurityGroupId, SubnetId, VpcEndpointId, VpcId},
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Resource, fields,
    model::Set,
    outputs,
    permission::{Call, Permission, Which},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;
mod service;

pub use service::EndpointService;

/// A VPC endpoint: the way to a service of AWS that does not lead over the internet.
///
/// A gateway endpoint is a route in route tables, for S3 and DynamoDB. An interface endpoint is a network interface in each of
/// its subnets, for most services.
///
/// ```
/// use deathstar_aws::{ec2::VpcEndpoint, id::{SecurityGroupId, SubnetId, VpcId}};
///
/// let vpc = VpcId::new("vpc-0a1b2c3d4e5f60718");
/// let endpoint = VpcEndpoint::interface(
///     vpc,
///     "ecr.api",
///     [SubnetId::new("subnet-0a1b2c3d4e5f60718").into()],
///     [SecurityGroupId::new("sg-0a1b2c3d4e5f60718").into()],
/// )
/// .private_dns(true);
/// ```
///
/// # Permissions
/// `ec2:DescribeVpcEndpoints`, `ec2:DescribeManagedPrefixLists`; `ec2:CreateVpcEndpoint` with `ec2:CreateTags`, and
/// `route53:AssociateVPCWithHostedZone` where it has private names; `ec2:ModifyVpcEndpoint`, `ec2:CreateTags`,
/// `ec2:DeleteTags`; `ec2:DeleteVpcEndpoints`.
///
/// # Cost
/// A gateway endpoint costs nothing. An interface endpoint is paid by the hour and zone, and by the amount of data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VpcEndpoint {
    /// Its VPC. Another one replaces it.
    pub vpc: Input<VpcId>,
    /// The service. Another one replaces it.
    pub service: EndpointService,
    /// How it leads there. The other way replaces it.
    pub kind: EndpointKind,
    /// A gateway's route tables. Added and removed in place.
    pub route_tables: Option<Set<Input<RouteTableId>>>,
    /// An interface endpoint's subnets, at most one in each zone. Added and removed in place.
    pub subnets: Option<Set<Input<SubnetId>>>,
    /// The security groups of an interface endpoint's network interfaces. Added and removed in place.
    pub security_groups: Option<Set<Input<SecurityGroupId>>>,
    /// Whether the service's public names lead to an interface endpoint. It needs the VPC's resolver and names. Changed in place.
    pub private_dns: Option<bool>,
    /// The families of an interface endpoint's addresses. New endpoints have those of their subnets. Changed in place.
    pub ip_address_type: Option<AddressFamilies>,
    /// What may be asked for by it. New endpoints let everything through. Changed in place.
    pub policy: Option<PolicyDocument>,
}

/// How an endpoint leads to its service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EndpointKind {
    /// By routes.
    Gateway,
    /// By network interfaces.
    Interface,
    /// Something else that others made. It is seen and cannot be declared.
    Other,
}

/// The families of an endpoint's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressFamilies {
    /// IPv4.
    Ipv4,
    /// IPv4 and IPv6.
    Dualstack,
    /// IPv6.
    Ipv6,
}

impl VpcEndpoint {
    /// A gateway to a service from what these route tables serve. Each gets a route to the service's ranges.
    pub fn gateway(
        vpc: impl Into<Input<VpcId>>,
        service: impl Into<EndpointService>,
        route_tables: impl IntoIterator<Item = Input<RouteTableId>>,
    ) -> Self {
        Self {
            vpc: vpc.into(),
            service: service.into(),
            kind: EndpointKind::Gateway,
            route_tables: Some(Set::of(route_tables)),
            subnets: None,
            security_groups: None,
            private_dns: None,
            ip_address_type: None,
            policy: None,
        }
    }

    /// A network interface in each of these subnets, that lets in what these groups do.
    pub fn interface(
        vpc: impl Into<Input<VpcId>>,
        service: impl Into<EndpointService>,
        subnets: impl IntoIterator<Item = Input<SubnetId>>,
        security_groups: impl IntoIterator<Item = Input<SecurityGroupId>>,
    ) -> Self {
        Self {
            vpc: vpc.into(),
            service: service.into(),
            kind: EndpointKind::Interface,
            route_tables: None,
            subnets: Some(Set::of(subnets)),
            security_groups: Some(Set::of(security_groups)),
            private_dns: None,
            ip_address_type: None,
            policy: None,
        }
    }

    /// Whether the service's public names lead to an interface endpoint.
    #[must_use]
    pub fn private_dns(mut self, enabled: bool) -> Self {
        self.private_dns = Some(enabled);
        self
    }

    /// What may be asked for by it.
    #[must_use]
    pub fn policy(mut self, document: PolicyDocument) -> Self {
        self.policy = Some(document);
        self
    }

    /// The families of an interface endpoint's addresses.
    #[must_use]
    pub fn ip_address_type(mut self, families: AddressFamilies) -> Self {
        self.ip_address_type = Some(families);
        self
    }
}

/// What is known of an endpoint once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VpcEndpointDetails {
    /// The names that lead to an interface endpoint: its own first, then those of each zone.
    pub dns_names: Vec<String>,
    /// An interface endpoint's network interfaces.
    pub network_interfaces: Vec<NetworkInterfaceId>,
    /// The list of the ranges that a gateway leads to: a peer for rules of security groups.
    pub prefix_list: Option<PrefixListId>,
}

outputs! {
    /// What a declared endpoint tells once it is made.
    pub trait VpcEndpointOutputs for VpcEndpoint {
        /// The names that lead to an interface endpoint: its own first, then those of each zone.
        dns_names: Vec<String>,
        /// An interface endpoint's network interfaces.
        network_interfaces: Vec<NetworkInterfaceId>,
        /// The list of the ranges that a gateway leads to: a peer for rules of security groups.
        prefix_list: PrefixListId,
    }
}

impl Resource for VpcEndpoint {
    type Provider = Aws;
    type Id = VpcEndpointId;
    type Outputs = VpcEndpointDetails;

    const FAMILY: &'static str = "aws.ec2.vpc-endpoint";
    const IDENTITY: Identity = Identity::Token;
    /// Source: Amazon EC2 API Reference, `ModifyVpcEndpoint`; no operation changes VPC, service or kind.
    const FIELDS: Fields<Self> = fields!(VpcEndpoint {
        vpc: Replace,
        service: Replace,
        kind: Replace,
        route_tables: Update,
        subnets: Moves(&["dns_names", "network_interfaces"]),
        security_groups: Update,
        private_dns: Moves(&["dns_names"]),
        ip_address_type: Update,
        policy: Update,
    });

    /// A service has one gateway in a route table, and its public names lead to one place in a VPC.
    fn holds(&self) -> Vec<Hold> {
        let tables = self.route_tables.iter().flatten();
        let routes =
            tables.map(|table| Hold::life("gateway-endpoint-in-route-table", (&self.service, table)));
        let names = (self.private_dns == Some(true))
            .then(|| Hold::life("names-of-service-in-vpc", (&self.vpc, &self.service)));
        routes.chain(names).collect()
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = self.service.check("/service").into_iter().collect();
        let policy = self.policy.iter();
        findings.extend(policy.flat_map(|policy| policy.validate(PolicyUse::Endpoint, "/policy")));
        let of_other_kind = |path: &str, set: bool, what: &str, fix: &str| {
            set.then(|| {
                Diagnostic::new("vpc-endpoint.kind", format!("{what} of another kind of endpoint"))
                    .at(path)
                    .fix(fix)
            })
        };
        let interface_only = "leave it out, or make it an interface endpoint";
        match self.kind {
            EndpointKind::Gateway => findings.extend(
                [
                    of_other_kind("/subnets", self.subnets.is_some(), "subnets are", interface_only),
                    of_other_kind(
                        "/security_groups",
                        self.security_groups.is_some(),
                        "security groups are",
                        interface_only,
                    ),
                    of_other_kind(
                        "/private_dns",
                        self.private_dns.is_some(),
                        "private names are",
                        interface_only,
                    ),
                ]
                .into_iter()
                .flatten(),
            ),
            EndpointKind::Interface => {
                let fix = "leave it out, or make it a gateway";
                findings.extend(of_other_kind(
                    "/route_tables",
                    self.route_tables.is_some(),
                    "route tables are",
                    fix,
                ));
                for (path, empty) in [
                    ("/subnets", self.subnets.as_ref().is_some_and(Set::is_empty)),
                    ("/security_groups", self.security_groups.as_ref().is_some_and(Set::is_empty)),
                ] {
                    if empty {
                        let why = "nothing could reach the service by it";
                        let fix = "name at least one";
                        findings.push(Diagnostic::new("vpc-endpoint.empty", why).at(path).fix(fix));
                    }
                }
            }
            EndpointKind::Other => {
                let why = "this kind of endpoint is seen, and cannot be declared";
                let fix = "declare a gateway or an interface endpoint";
                findings.push(Diagnostic::new("vpc-endpoint.kind", why).at("/kind").fix(fix));
            }
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "vpc-endpoint";
        /// A call is authorised on all that it connects.
        fn connects(action: &'static str, spec: &VpcEndpoint) -> Vec<Permission> {
            fn of<T: ToString>(
                kind: &'static str,
                set: Option<&Set<Input<T>>>,
            ) -> Vec<(&'static str, Which)> {
                set.into_iter().flatten().map(|one| (kind, one.into())).collect()
            }
            let named = [
                of("route-table", spec.route_tables.as_ref()),
                of("subnet", spec.subnets.as_ref()),
                of("security-group", spec.security_groups.as_ref()),
            ];
            named.into_iter().flatten().map(|(kind, which)| Permission::new(action).on(kind, which)).collect()
        }
        let names = |spec: &Self| {
            let names = Permission::new("route53:AssociateVPCWithHostedZone").on("hostedzone", Which::Any);
            (spec.private_dns == Some(true)).then(|| names.because("private names are a zone of Amazon's"))
        };
        match call {
            Call::Find(_) => lists(["ec2:DescribeVpcEndpoints", "ec2:DescribeManagedPrefixLists"]),
            Call::Create(spec) => {
                const CREATE: &str = "ec2:CreateVpcEndpoint";
                let mut all = creates(CREATE, TYPE);
                all.push(Permission::new(CREATE).on("vpc", &spec.vpc));
                all.extend(connects(CREATE, spec));
                all.extend(names(spec));
                let asked = lists(["ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"]);
                all.extend(
                    asked.into_iter().map(|one| one.because("EC2 looks at what the endpoint connects")),
                );
                all
            }
            Call::Change { object, to, fields } => {
                const MODIFY: &str = "ec2:ModifyVpcEndpoint";
                let mut all = vec![on_own(MODIFY, TYPE, object.id)];
                all.extend(connects(MODIFY, object.spec));
                all.extend(connects(MODIFY, to));
                all.extend(names(to).filter(|_| fields.contains("private_dns")));
                all
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![on_own("ec2:DeleteVpcEndpoints", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (VpcEndpointId, VpcEndpointDetails) {
        let id = VpcEndpointId::simulated(serial);
        let count = self.subnets.as_ref().map_or(0, Set::len);
        let interface =
            |number: usize| NetworkInterfaceId::simulated(serial * 64 + u64::try_from(number).unwrap_or(0));
        let name = format!("{id}.{}.memory-1.vpce.amazonaws.com", self.service);
        let details = VpcEndpointDetails {
            dns_names: (self.kind == EndpointKind::Interface).then_some(name).into_iter().collect(),
            network_interfaces: (0..count).map(interface).collect(),
            prefix_list: (self.kind == EndpointKind::Gateway).then(|| PrefixListId::simulated(serial)),
        };
        (id, details)
    }
}

#[cfg(test)]
mod tests;
