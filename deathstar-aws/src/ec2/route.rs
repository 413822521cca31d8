//! A route.

use super::RouteTable;
use crate::{
    Aws,
    id::{
        EgressOnlyInternetGatewayId, InternetGatewayId, NatGatewayId, NetworkInterfaceId, RouteTableId,
        TransitGatewayId, VpcEndpointId, VpcPeeringConnectionId, VpnGatewayId,
    },
    permission::lists,
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, fields,
    model::IpCidr,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;
#[cfg(feature = "client")]
pub(super) use driver::show;

/// One route of a route table: where what is sent to a range goes.
///
/// It carries no tags: it is ours by table and destination, while its table is.
///
/// # Permissions
/// `ec2:DescribeRouteTables`; `ec2:CreateRoute`; `ec2:ReplaceRoute`; `ec2:DeleteRoute`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Route {
    /// Its table. Another one replaces it.
    pub table: Input<RouteTableId>,
    /// The range that it is about, IPv4 or IPv6. Another one replaces it.
    pub destination: IpCidr,
    /// Where it leads. Changed in place, without a gap.
    pub via: Target,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Target {
    /// An internet gateway.
    InternetGateway(Input<InternetGatewayId>),
    /// An internet gateway for IPv6 that lets nothing in.
    EgressOnlyInternetGateway(Input<EgressOnlyInternetGatewayId>),
    /// A NAT gateway.
    NatGateway(Input<NatGatewayId>),
    /// A transit gateway.
    TransitGateway(Input<TransitGatewayId>),
    /// Another VPC.
    VpcPeeringConnection(Input<VpcPeeringConnectionId>),
    /// A virtual private gateway.
    VpnGateway(Input<VpnGatewayId>),
    /// A network interface.
    NetworkInterface(Input<NetworkInterfaceId>),
    /// An endpoint of a Gateway Load Balancer. Gateway endpoints make their routes themselves.
    VpcEndpoint(Input<VpcEndpointId>),
    /// Something else that was put there by others. It is seen and cannot be declared.
    Other(String),
}

impl Route {
    /// What is sent to a range goes there.
    pub fn new(table: impl Into<Input<RouteTableId>>, destination: IpCidr, via: Target) -> Self {
        Self { table: table.into(), destination, via }
    }
}

/// A route's id: its table, and the range that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RouteId(pub RouteTableId, pub IpCidr);

impl Resource for Route {
    type Provider = Aws;
    type Id = RouteId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.ec2.route";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Amazon EC2 API Reference, `ReplaceRoute`.
    const FIELDS: Fields<Self> = fields!(Route { table: Replace, destination: Replace, via: Update });
    const SHOWN_BY: &'static str = RouteTable::FAMILY;

    fn shown_in(&self) -> Option<Key> {
        Some(Key::of(&self.table))
    }

    fn key(&self) -> Option<Key> {
        Some(Key::of((&self.table, self.destination)))
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        let four = self.destination.net().addr().is_ipv4();
        match &self.via {
            Target::EgressOnlyInternetGateway(_) if four => {
                let why = format!(
                    "an egress-only internet gateway carries IPv6 alone, and `{}` is IPv4",
                    self.destination
                );
                findings.push(Diagnostic::new("route.family", why).at("/via").fix("use a NAT gateway"));
            }
            Target::Other(id) => {
                let why = format!("`{id}` is seen as a target, and cannot be declared as one");
                findings.push(
                    Diagnostic::new("route.target", why).at("/via").fix("use one of the typed targets"),
                );
            }
            _ => {}
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        let on = |action: &'static str, table: &Input<RouteTableId>| {
            vec![Permission::new(action).on("route-table", table)]
        };
        match call {
            Call::Find(_) => lists(["ec2:DescribeRouteTables"]),
            Call::Create(spec) => on("ec2:CreateRoute", &spec.table),
            Call::Change { to, .. } => on("ec2:ReplaceRoute", &to.table),
            Call::Delete(object) => on("ec2:DeleteRoute", &object.spec.table),
            _ => vec![],
        }
    }

    fn simulate(&self, _: u64) -> (RouteId, ()) {
        let table = self.table.value().cloned().unwrap_or_else(|| RouteTableId::simulated(0));
        (RouteId(table, self.destination), ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(destination: &str, via: Target) -> Route {
        Route::new(RouteTableId::new("rtb-1"), destination.parse().unwrap(), via)
    }

    fn nat() -> Target {
        Target::NatGateway(NatGatewayId::new("nat-1").into())
    }

    #[test]
    fn the_id_is_the_key() {
        let route = route("0.0.0.0/0", nat());
        let (id, ()) = route.simulate(7);
        assert_eq!(serde_json::to_string(&id).unwrap(), r#"["rtb-1","0.0.0.0/0"]"#);
        assert_eq!(route.key(), Some(Key::of(&id)));
        assert_eq!(route.shown_in(), Some(Key::of(&id.0)));
    }

    #[test]
    fn only_the_target_changes_in_place() {
        assert!(matches!(Route::FIELDS[2].class, deathstar_core::Class::Update));
        assert!(Route::FIELDS[..2].iter().all(|field| matches!(field.class, deathstar_core::Class::Replace)));
    }

    #[test]
    fn ipv4_does_not_leave_by_an_egress_only_gateway() {
        let gateway = || Target::EgressOnlyInternetGateway(EgressOnlyInternetGatewayId::new("eigw-1").into());
        assert_eq!(route("0.0.0.0/0", gateway()).validate().len(), 1);
        assert!(route("::/0", gateway()).validate().is_empty());
    }

    #[test]
    fn what_is_only_seen_cannot_be_declared() {
        let findings = route("0.0.0.0/0", Target::Other("cagw-1".into())).validate();
        assert_eq!(findings[0].code, "route.target");
        assert!(route("0.0.0.0/0", nat()).validate().is_empty());
    }
}
