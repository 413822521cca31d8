//! A declaration with every kind of this crate that the server of tests serves, and what can be changed in it.

use deathstar_azure::{
    Azure,
    authorization::{HasRole, Role, RoleAssignment},
    id::ResourceId,
    managed_identity::{FederatedIdentityCredential, UserAssignedIdentity, UserAssignedIdentityOutputs},
    networking::{
        FlowLog, FlowLogTarget, NatGateway, NetworkSecurityGroup, NetworkWatcher, NextHop,
        PrivateDnsZoneGroup, PrivateEndpoint, Protocol, PublicIpAddress, PublicIpPrefix, Route, RouteTable,
        SecurityRule, Subnet, VirtualNetwork,
    },
    operational_insights::Workspace,
    private_dns::{PrivateDnsZone, RecordSet, VirtualNetworkLink},
    resources::{ResourceGroup, ResourceGroupOutputs},
    storage::{StorageAccount, StorageSku},
};
use deathstar_core::{On, Stack, component::Gate};

/// What can be chosen.
#[derive(Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) minutes: u8,
    pub(crate) gateway: bool,
    pub(crate) priority: u16,
    pub(crate) ttl: u32,
    pub(crate) idle: u8,
    pub(crate) retention: u16,
    pub(crate) space: &'static str,
    pub(crate) team: &'static str,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            minutes: 4,
            gateway: true,
            priority: 100,
            ttl: 300,
            idle: 4,
            retention: 30,
            space: "10.0.0.0/16",
            team: "shop",
        }
    }
}

/// What each change of one field is planned as.
pub(crate) fn changes() -> Vec<(Choice, &'static str)> {
    let plain = Choice::default();
    vec![
        (Choice { minutes: 9, ..plain }, "Update network-net flow_timeout_in_minutes"),
        (Choice { space: "10.0.0.0/15", ..plain }, "Update network-net address_prefixes"),
        (Choice { gateway: false, ..plain }, "Update network-nodes nat_gateway"),
        (Choice { priority: 200, ..plain }, "Update network-web-https priority"),
        (Choice { ttl: 60, ..plain }, "Update dns-api ttl"),
        (Choice { idle: 10, ..plain }, "Update network-gateway idle_timeout_in_minutes"),
        (Choice { retention: 60, ..plain }, "Update logs-workspace retention_in_days"),
    ]
}

/// Declares every kind.
pub(crate) fn declare(stack: &mut Stack, azure: &On<Azure>, choice: Choice) {
    stack.tag("team", choice.team);
    let group = stack.add(azure, "group", ResourceGroup::new("webshop"));
    let group = || group.group_id();

    let net = VirtualNetwork::new(group(), "net", [choice.space.parse().unwrap()]);
    let net = stack.add(azure, "network-net", net.flow_timeout_in_minutes(choice.minutes));
    let web = stack.add(azure, "network-web", NetworkSecurityGroup::new(group(), "web"));
    let https = SecurityRule::inbound(web.id(), "https", choice.priority).on(Protocol::Tcp, 443);
    stack.add(azure, "network-web-https", https);
    let table = stack.add(azure, "network-table", RouteTable::new(group(), "table"));
    let out: deathstar_core::model::IpCidr = "192.0.2.0/24".parse().unwrap();
    stack.add(azure, "network-out", Route::new(table.id(), "out", out, NextHop::Internet));
    let prefix = stack.add(azure, "network-prefix", PublicIpPrefix::ipv4(group(), "prefix", 30));
    let address = stack.add(azure, "network-address", PublicIpAddress::new(group(), "address"));
    let gateway = NatGateway::zonal(group(), "gateway", None)
        .public_ip_addresses([address.id()])
        .public_ip_prefixes([prefix.id()])
        .idle_timeout_in_minutes(choice.idle);
    let gateway = stack.add(azure, "network-gateway", gateway);
    let nodes = Subnet::new(net.id(), "nodes", ["10.0.0.0/24".parse().unwrap()])
        .network_security_group(Some(web.id()))
        .route_table(Some(table.id()))
        .nat_gateway(choice.gateway.then(|| gateway.id()));
    let nodes = stack.add(azure, "network-nodes", nodes);
    stack.add(azure, "network-pods", Subnet::new(net.id(), "pods", ["10.0.1.0/24".parse().unwrap()]));

    let account = StorageAccount::new(group(), "webshopflows", StorageSku::StandardLrs);
    let account = stack.add(azure, "logs-account", account);
    let workspace = Workspace::new(group(), "logs").retention_in_days(choice.retention);
    stack.add(azure, "logs-workspace", workspace);
    let watcher = stack.add(azure, "logs-watcher", NetworkWatcher::new(group(), "watcher"));
    let flows =
        FlowLog::new(watcher.id(), "flows", FlowLogTarget::VirtualNetwork(net.id().into()), account.id());
    stack.add(azure, "logs-flows", flows);

    let zone = stack.add(azure, "dns-zone", PrivateDnsZone::new(group(), "shop.internal"));
    stack.add(azure, "dns-link", VirtualNetworkLink::new(zone.id(), "link", net.id()));
    let api = RecordSet::a(zone.id(), "api", ["10.0.0.9".parse::<std::net::Ipv4Addr>().unwrap()]);
    stack.add(azure, "dns-api", api.ttl(choice.ttl));
    let blob =
        stack.add(azure, "dns-blob", PrivateDnsZone::new(group(), "privatelink.blob.core.windows.net"));
    let service = deathstar_core::Output::<ResourceId>::from_expr(account.id().expr().clone());
    let endpoint = PrivateEndpoint::new(group(), "blob", nodes.id(), service, ["blob"]);
    let endpoint = stack.add(azure, "network-endpoint", endpoint);
    stack.add(azure, "network-endpoint-zones", PrivateDnsZoneGroup::new(endpoint.id(), blob.id()));

    let identity = stack.add(azure, "identity-web", UserAssignedIdentity::new(group(), "web"));
    let credential = FederatedIdentityCredential::service_account(
        identity.id(),
        "web",
        "https://issuer.example".to_owned(),
        ("shop", "web"),
    );
    stack.add(azure, "identity-credential", credential);
    let scope = deathstar_core::Output::<ResourceId>::from_expr(group().expr().clone());
    let role = RoleAssignment::new(&scope, Role::READER, identity.principal_id());
    let role = stack.add(azure, "identity-role", role);
    stack.add(
        azure,
        "identity-has-role",
        Gate(HasRole::new(identity.principal_id(), Role::READER, &scope)).on(&role),
    );
}
