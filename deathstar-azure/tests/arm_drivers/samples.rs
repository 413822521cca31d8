//! One spec of each kind, what an update of it reaches, and others beside it; and what they stand on.

use crate::expectations::apply;
use crate::world::{World, subscription};
use deathstar_arm_server::SUBSCRIPTION;
use deathstar_azure::{
    authorization::{Role, RoleAssignment},
    id::{
        NatGatewayId, NetworkSecurityGroupId, NetworkWatcherId, PrincipalId, PrivateDnsZoneId,
        PrivateEndpointId, ResourceGroupId, ResourceId, RouteTableId, StorageAccountId, SubnetId,
        UserAssignedIdentityId, VirtualNetworkId,
    },
    managed_identity::{FederatedIdentityCredential, UserAssignedIdentity},
    networking::{
        ApplicationSecurityGroup, FlowLog, FlowLogTarget, NatGateway, NetworkSecurityGroup, NetworkWatcher,
        NextHop, PrivateDnsZoneGroup, PrivateEndpoint, Protocol, PublicIpAddress, PublicIpPrefix, Route,
        RouteTable, SecurityRule, Subnet, VirtualNetwork,
    },
    operational_insights::Workspace,
    private_dns::{PrivateDnsZone, RecordSet, VirtualNetworkLink},
    resources::{ResourceGroup, ResourceGroupOutputs},
    storage::{StorageAccount, StorageSku},
};
use deathstar_core::{Stack, model::IpCidr};
use std::net::Ipv4Addr;

/// How many specs of a kind there are: more than two pages.
pub const MANY: u8 = 7;

/// A kind's specs: the first is the sample.
pub struct Sample<R> {
    pub specs: Vec<R>,
    /// What an update of the sample reaches.
    pub changed: Option<R>,
}

/// Makes what the samples stand on.
pub async fn ground(world: &World) {
    let mut stack = Stack::new("ground");
    let azure = stack.on(subscription());
    let group = stack.add(&azure, "group", ResourceGroup::new("ground"));
    let group = || group.group_id();
    for number in 0..MANY {
        let network = VirtualNetwork::new(
            group(),
            format!("net-{number}"),
            [range(&format!("10.{}.0.0/16", 200 + number))],
        );
        let network = stack.add(&azure, format!("net-{number}"), network);
        let subnet = Subnet::new(network.id(), "ground", [range(&format!("10.{}.255.0/24", 200 + number))]);
        stack.add(&azure, format!("subnet-{number}"), subnet);
    }
    stack.add(&azure, "web", NetworkSecurityGroup::new(group(), "web"));
    stack.add(&azure, "table", RouteTable::new(group(), "table"));
    let address = stack.add(&azure, "address", PublicIpAddress::new(group(), "address"));
    let gateway = NatGateway::zonal(group(), "gateway", None).public_ip_addresses([address.id()]);
    stack.add(&azure, "gateway", gateway);
    stack.add(&azure, "account", StorageAccount::new(group(), "groundaccount", StorageSku::StandardLrs));
    stack.add(&azure, "watcher", NetworkWatcher::new(group(), "watcher"));
    stack.add(&azure, "zone", PrivateDnsZone::new(group(), "ground.example"));
    stack.add(&azure, "identity", UserAssignedIdentity::new(group(), "identity"));
    apply(&world.engine, &stack).await;
    // It names what is there by then.
    let mut endpoint = private_endpoint().specs.remove(0);
    "ground".clone_into(&mut endpoint.name);
    stack.add(&azure, "endpoint", endpoint);
    apply(&world.engine, &stack).await;
}

fn range(text: &str) -> IpCidr {
    text.parse().unwrap()
}

fn group() -> ResourceGroupId {
    ResourceGroupId::new(format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/ground"))
}

fn at(path: &str) -> String {
    format!("{}/providers/{path}", group())
}

fn network(number: u8) -> VirtualNetworkId {
    VirtualNetworkId::new(at(&format!("Microsoft.Network/virtualNetworks/net-{number}")))
}

fn ground_subnet(number: u8) -> SubnetId {
    SubnetId::new(format!("{}/subnets/ground", network(number)))
}

fn account() -> StorageAccountId {
    StorageAccountId::new(at("Microsoft.Storage/storageAccounts/groundaccount"))
}

fn of<R: Clone>(make: impl Fn(u8) -> R, change: impl Fn(R) -> Option<R>) -> Sample<R> {
    let specs: Vec<R> = (0..MANY).map(make).collect();
    let changed = change(specs[0].clone());
    Sample { specs, changed }
}

pub fn resource_group() -> Sample<ResourceGroup> {
    of(|n| ResourceGroup::new(format!("sample-{n}")), |_| None)
}

pub fn virtual_network() -> Sample<VirtualNetwork> {
    let make = |n| VirtualNetwork::new(group(), format!("sample-{n}"), [range(&format!("10.{n}.0.0/16"))]);
    of(make, |spec| Some(spec.flow_timeout_in_minutes(9)))
}

pub fn subnet() -> Sample<Subnet> {
    let make = |n| Subnet::new(network(0), format!("sample-{n}"), [range(&format!("10.200.{n}.0/24"))]);
    let gateway = NatGatewayId::new(at("Microsoft.Network/natGateways/gateway"));
    of(make, |spec| Some(spec.nat_gateway(Some(gateway.clone()))))
}

pub fn network_security_group() -> Sample<NetworkSecurityGroup> {
    of(
        |n| NetworkSecurityGroup::new(group(), format!("sample-{n}")),
        |spec| Some(spec.flush_connection(true)),
    )
}

pub fn application_security_group() -> Sample<ApplicationSecurityGroup> {
    of(|n| ApplicationSecurityGroup::new(group(), format!("sample-{n}")), |_| None)
}

pub fn security_rule() -> Sample<SecurityRule> {
    let web = || NetworkSecurityGroupId::new(at("Microsoft.Network/networkSecurityGroups/web"));
    let make =
        |n| SecurityRule::inbound(web(), format!("sample-{n}"), 100 + u16::from(n)).on(Protocol::Tcp, 443);
    of(make, |spec| Some(spec.on(Protocol::Tcp, 8443)))
}

pub fn route_table() -> Sample<RouteTable> {
    let make = |n| RouteTable::new(group(), format!("sample-{n}"));
    of(make, |spec| Some(spec.disable_bgp_route_propagation(true)))
}

pub fn route() -> Sample<Route> {
    let route = |n: u8, hop| {
        let table = RouteTableId::new(at("Microsoft.Network/routeTables/table"));
        Route::new(table, format!("sample-{n}"), range(&format!("192.0.{n}.0/24")), hop)
    };
    of(|n| route(n, NextHop::Internet), |_| Some(route(0, NextHop::Nowhere)))
}

pub fn nat_gateway() -> Sample<NatGateway> {
    let make = |n| NatGateway::zonal(group(), format!("sample-{n}"), None);
    of(make, |spec| Some(spec.idle_timeout_in_minutes(10)))
}

pub fn public_ip_address() -> Sample<PublicIpAddress> {
    of(
        |n| PublicIpAddress::new(group(), format!("sample-{n}")),
        |spec| Some(spec.idle_timeout_in_minutes(10)),
    )
}

pub fn public_ip_prefix() -> Sample<PublicIpPrefix> {
    of(|n| PublicIpPrefix::ipv4(group(), format!("sample-{n}"), 30), |_| None)
}

pub fn private_endpoint() -> Sample<PrivateEndpoint> {
    let service = || ResourceId::new(account().as_str());
    let make =
        |n| PrivateEndpoint::new(group(), format!("sample-{n}"), ground_subnet(1), service(), ["blob"]);
    of(make, |_| None)
}

/// An endpoint has one group.
pub fn private_dns_zone_group() -> Sample<PrivateDnsZoneGroup> {
    let endpoint = PrivateEndpointId::new(at("Microsoft.Network/privateEndpoints/ground"));
    let zone = PrivateDnsZoneId::new(at("Microsoft.Network/privateDnsZones/ground.example"));
    Sample { specs: vec![PrivateDnsZoneGroup::new(endpoint, zone)], changed: None }
}

/// A location has one watcher.
pub fn network_watcher() -> Sample<NetworkWatcher> {
    const LOCATIONS: [&str; 5] = ["northeurope", "germanywestcentral", "eastus", "westus", "ukwest"];
    let watcher = |(n, location): (usize, &&str)| {
        NetworkWatcher::new(group(), format!("sample-{n}")).location(*location)
    };
    Sample { specs: LOCATIONS.iter().enumerate().map(watcher).collect(), changed: None }
}

pub fn flow_log() -> Sample<FlowLog> {
    let watcher = || NetworkWatcherId::new(at("Microsoft.Network/networkWatchers/watcher"));
    let make = |n: u8| {
        FlowLog::new(
            watcher(),
            format!("sample-{n}"),
            FlowLogTarget::Subnet(ground_subnet(n).into()),
            account(),
        )
    };
    of(make, |spec| Some(spec.retention_days(9)))
}

pub fn private_dns_zone() -> Sample<PrivateDnsZone> {
    of(|n| PrivateDnsZone::new(group(), format!("sample-{n}.example")), |_| None)
}

fn zone() -> PrivateDnsZoneId {
    PrivateDnsZoneId::new(at("Microsoft.Network/privateDnsZones/ground.example"))
}

pub fn virtual_network_link() -> Sample<VirtualNetworkLink> {
    let make = |n: u8| VirtualNetworkLink::new(zone(), format!("sample-{n}"), network(n));
    of(make, |spec| Some(spec.registration_enabled(true)))
}

pub fn record_set() -> Sample<RecordSet> {
    let make = |n: u8| RecordSet::a(zone(), format!("sample-{n}"), [Ipv4Addr::new(10, 0, 0, n)]);
    of(make, |spec| Some(spec.ttl(60)))
}

pub fn user_assigned_identity() -> Sample<UserAssignedIdentity> {
    of(|n| UserAssignedIdentity::new(group(), format!("sample-{n}")), |_| None)
}

pub fn federated_identity_credential() -> Sample<FederatedIdentityCredential> {
    let credential = |n: u8, account: &str| {
        let identity =
            UserAssignedIdentityId::new(at("Microsoft.ManagedIdentity/userAssignedIdentities/identity"));
        let issuer = "https://issuer.example".to_owned();
        FederatedIdentityCredential::service_account(
            identity,
            format!("sample-{n}"),
            issuer,
            ("shop", account),
        )
    };
    of(|n| credential(n, &format!("web-{n}")), |_| Some(credential(0, "other")))
}

pub fn role_assignment() -> Sample<RoleAssignment> {
    let make = |n: u8| {
        let principal = PrincipalId::new(format!("00000000-0000-4000-8000-0000000000{n:02}"));
        RoleAssignment::new(ResourceId::new(group().as_str()), Role::READER, principal)
    };
    of(make, |spec| Some(spec.description("to look")))
}

pub fn workspace() -> Sample<Workspace> {
    let make = |n: u8| Workspace::new(group(), format!("sample-{n}")).retention_in_days(30);
    of(make, |spec| Some(spec.retention_in_days(60)))
}

pub fn storage_account() -> Sample<StorageAccount> {
    let make = |n: u8| StorageAccount::new(group(), format!("sample{n}"), StorageSku::StandardLrs);
    of(make, |spec| Some(spec.allow_shared_key_access(false)))
}

/// Calls a macro with all samples: `name: Kind => what shows it`.
macro_rules! every_sample {
    ($with:ident) => {
        $with! {
            resource_group: ResourceGroup;
            virtual_network: VirtualNetwork;
            subnet: Subnet => VirtualNetwork;
            network_security_group: NetworkSecurityGroup;
            application_security_group: ApplicationSecurityGroup;
            security_rule: SecurityRule => NetworkSecurityGroup;
            route_table: RouteTable;
            route: Route => RouteTable;
            nat_gateway: NatGateway;
            public_ip_address: PublicIpAddress;
            public_ip_prefix: PublicIpPrefix;
            private_endpoint: PrivateEndpoint;
            private_dns_zone_group: PrivateDnsZoneGroup;
            network_watcher: NetworkWatcher;
            flow_log: FlowLog;
            private_dns_zone: PrivateDnsZone;
            virtual_network_link: VirtualNetworkLink;
            record_set: RecordSet;
            user_assigned_identity: UserAssignedIdentity;
            federated_identity_credential: FederatedIdentityCredential;
            role_assignment: RoleAssignment;
            workspace: Workspace;
            storage_account: StorageAccount;
        }
    };
}
pub(crate) use every_sample;

/// The kinds, for the macro.
pub mod kinds {
    pub use deathstar_azure::{
        authorization::RoleAssignment,
        managed_identity::{FederatedIdentityCredential, UserAssignedIdentity},
        networking::{
            ApplicationSecurityGroup, FlowLog, NatGateway, NetworkSecurityGroup, NetworkWatcher,
            PrivateDnsZoneGroup, PrivateEndpoint, PublicIpAddress, PublicIpPrefix, Route, RouteTable,
            SecurityRule, Subnet, VirtualNetwork,
        },
        operational_insights::Workspace,
        private_dns::{PrivateDnsZone, RecordSet, VirtualNetworkLink},
        resources::ResourceGroup,
        storage::StorageAccount,
    };
}
