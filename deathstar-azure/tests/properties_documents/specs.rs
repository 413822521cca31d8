//! Specs of every kind, with every field that can be there.

use deathstar_azure::{
    Location,
    authorization::{PrincipalType, Role, RoleAssignment},
    id::{
        ApplicationSecurityGroupId, NatGatewayId, NetworkInterfaceId, NetworkSecurityGroupId,
        NetworkWatcherId, PrincipalId, PrivateDnsZoneId, PrivateEndpointId, PublicIpAddressId,
        PublicIpPrefixId, ResourceGroupId, ResourceId, RouteTableId, StorageAccountId, SubnetId,
        UserAssignedIdentityId, VirtualNetworkId, WorkspaceId,
    },
    managed_identity::{FederatedIdentityCredential, IsolationScope, UserAssignedIdentity},
    networking::*,
    operational_insights::{DailyQuota, Workspace, WorkspaceAccess, WorkspaceSku},
    private_dns::{
        DomainName, MailExchange, PrivateDnsZone, RecordSet, Records, ResolutionPolicy, ServiceRecord,
        VirtualNetworkLink,
    },
    resources::ResourceGroup,
    storage::{
        AccessTier, DefaultAction, NetworkRules, PublicNetworkAccess, StorageAccount, StorageKind,
        StorageSku, TlsVersion,
    },
};
use deathstar_core::{
    Input,
    model::{IpCidr, Set, Setting, ZoneName},
};
use proptest::{collection::btree_map, collection::vec, option, prelude::*, sample::select};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const GROUP: &str = "/subscriptions/s/resourceGroups/g";

fn group() -> ResourceGroupId {
    ResourceGroupId::new(GROUP)
}

fn id(path: &str, name: &str) -> String {
    format!("{GROUP}/providers/{path}/{name}")
}

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{2,11}"
}

fn location() -> impl Strategy<Value = Option<Location>> {
    option::of(select(vec!["westeurope", "northeurope"]).prop_map(Location::from))
}

fn range4() -> impl Strategy<Value = IpCidr> {
    (any::<[u8; 4]>(), 8u8..=29).prop_map(|(octets, length)| {
        let net = ipnet::IpNet::new(Ipv4Addr::from(octets).into(), length).unwrap();
        IpCidr::truncated(net)
    })
}

fn range6() -> impl Strategy<Value = IpCidr> {
    any::<[u8; 16]>()
        .prop_map(|octets| IpCidr::truncated(ipnet::IpNet::new(Ipv6Addr::from(octets).into(), 64).unwrap()))
}

fn zones() -> impl Strategy<Value = Set<ZoneName>> {
    vec(select(vec!["1", "2", "3"]).prop_map(|zone| zone.parse().unwrap()), 1..4).prop_map(Set::of)
}

/// One of the choices that can be declared.
fn choice<T: Clone + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    select(all.to_vec())
}

macro_rules! by_id {
    ($name:ident: $id:ident = $path:literal) => {
        fn $name() -> impl Strategy<Value = $id> {
            name().prop_map(|name| $id::new(id($path, &name)))
        }
    };
}

by_id!(network_id: VirtualNetworkId = "Microsoft.Network/virtualNetworks");
by_id!(subnet_id: SubnetId = "Microsoft.Network/virtualNetworks/v/subnets");
by_id!(security_group_id: NetworkSecurityGroupId = "Microsoft.Network/networkSecurityGroups");
by_id!(application_id: ApplicationSecurityGroupId = "Microsoft.Network/applicationSecurityGroups");
by_id!(table_id: RouteTableId = "Microsoft.Network/routeTables");
by_id!(gateway_id: NatGatewayId = "Microsoft.Network/natGateways");
by_id!(address_id: PublicIpAddressId = "Microsoft.Network/publicIPAddresses");
by_id!(prefix_id: PublicIpPrefixId = "Microsoft.Network/publicIPPrefixes");
by_id!(interface_id: NetworkInterfaceId = "Microsoft.Network/networkInterfaces");
by_id!(endpoint_id: PrivateEndpointId = "Microsoft.Network/privateEndpoints");
by_id!(watcher_id: NetworkWatcherId = "Microsoft.Network/networkWatchers");
by_id!(zone_id: PrivateDnsZoneId = "Microsoft.Network/privateDnsZones");
by_id!(identity_id: UserAssignedIdentityId = "Microsoft.ManagedIdentity/userAssignedIdentities");
by_id!(workspace_id: WorkspaceId = "Microsoft.OperationalInsights/workspaces");
by_id!(account_id: StorageAccountId = "Microsoft.Storage/storageAccounts");

fn setting<T: std::fmt::Debug + Clone + 'static>(
    of: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Setting<T>> {
    prop_oneof![Just(Setting::Unmanaged), of.prop_map(Setting::Value)]
}

pub(crate) fn resource_group() -> impl Strategy<Value = ResourceGroup> {
    (name(), location()).prop_map(|(name, location)| {
        let mut group = ResourceGroup::new(name);
        group.location = location;
        group
    })
}

pub(crate) fn virtual_network() -> impl Strategy<Value = VirtualNetwork> {
    let servers = option::of(vec(any::<[u8; 4]>().prop_map(IpAddr::from), 0..3));
    (name(), location(), vec(range4(), 1..4), servers, option::of(4u8..=30)).prop_map(
        |(name, location, ranges, servers, minutes)| {
            let mut network = VirtualNetwork::new(group(), name, ranges);
            network.location = location;
            network.dns_servers = servers.map(Set::of);
            network.flow_timeout_in_minutes = minutes;
            network
        },
    )
}

pub(crate) fn subnet() -> impl Strategy<Value = Subnet> {
    let policies = select(vec![
        PrivateEndpointPolicies::Disabled,
        PrivateEndpointPolicies::Enabled,
        PrivateEndpointPolicies::NetworkSecurityGroupEnabled,
        PrivateEndpointPolicies::RouteTableEnabled,
    ]);
    let services = || option::of(vec(select(vec!["Microsoft.Storage", "Microsoft.KeyVault"]), 0..3));
    (
        (name(), vec(range4(), 1..3)),
        (setting(security_group_id()), setting(table_id()), setting(gateway_id())),
        (services(), services(), option::of(policies), option::of(any::<bool>())),
    )
        .prop_map(
            |((name, ranges), (security, table, gateway), (endpoints, delegations, policies, outbound))| {
                fn input<T>(setting: Setting<T>) -> Setting<Input<T>> {
                    match setting {
                        Setting::Value(id) => Setting::Value(id.into()),
                        Setting::Absent => Setting::Absent,
                        Setting::Unmanaged => Setting::Unmanaged,
                    }
                }
                let all = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect();
                let network = VirtualNetworkId::new(id("Microsoft.Network/virtualNetworks", "v"));
                let mut subnet = Subnet::new(network, name, ranges);
                subnet.network_security_group = input(security);
                subnet.route_table = input(table);
                subnet.nat_gateway = input(gateway);
                subnet.service_endpoints = endpoints.map(all);
                subnet.delegations = delegations.map(all);
                subnet.private_endpoint_network_policies = policies;
                subnet.default_outbound_access = outbound;
                subnet
            },
        )
}

pub(crate) fn network_security_group() -> impl Strategy<Value = NetworkSecurityGroup> {
    (name(), location(), option::of(any::<bool>())).prop_map(|(name, location, flush)| {
        let mut group = NetworkSecurityGroup::new(self::group(), name);
        group.location = location;
        group.flush_connection = flush;
        group
    })
}

fn peer() -> impl Strategy<Value = RulePeer> {
    prop_oneof![
        Just(RulePeer::Any),
        vec(range4(), 1..4).prop_map(RulePeer::ranges),
        vec(range6(), 1..3).prop_map(RulePeer::ranges),
        select(vec!["VirtualNetwork", "Internet", "AzureLoadBalancer", "Storage.WestEurope"])
            .prop_map(RulePeer::tag),
        vec(application_id(), 1..3).prop_map(RulePeer::groups),
    ]
}

fn ports() -> impl Strategy<Value = RulePorts> {
    let range = (any::<u16>(), 0u16..50).prop_map(|(first, more)| first..=first.saturating_add(more));
    prop_oneof![Just(RulePorts::Any), vec(range, 1..4).prop_map(RulePorts::ranges)]
}

pub(crate) fn security_rule() -> impl Strategy<Value = SecurityRule> {
    (
        (name(), 100u16..=4096, choice(Direction::ALL), choice(Access::ALL), choice(Protocol::ALL)),
        (peer(), ports(), peer(), ports(), option::of("[a-z ]{0,30}")),
    )
        .prop_map(
            |((name, priority, direction, access, protocol), (source, from, destination, to, text))| {
                let group = NetworkSecurityGroupId::new(id("Microsoft.Network/networkSecurityGroups", "web"));
                let mut rule = SecurityRule::inbound(group, name, priority).from(source).from_ports(from);
                rule = rule.on(protocol, to).to(destination);
                (rule.direction, rule.access, rule.description) = (direction, access, text);
                rule
            },
        )
}

pub(crate) fn example_security_rule() -> SecurityRule {
    let group = NetworkSecurityGroupId::new(id("Microsoft.Network/networkSecurityGroups", "web"));
    SecurityRule::inbound(group, "web", 100).on(Protocol::Tcp, 443)
}

pub(crate) fn application_security_group() -> impl Strategy<Value = ApplicationSecurityGroup> {
    (name(), location()).prop_map(|(name, location)| {
        let mut group = ApplicationSecurityGroup::new(self::group(), name);
        group.location = location;
        group
    })
}

pub(crate) fn route_table() -> impl Strategy<Value = RouteTable> {
    (name(), location(), option::of(any::<bool>())).prop_map(|(name, location, disabled)| {
        let mut table = RouteTable::new(group(), name);
        table.location = location;
        table.disable_bgp_route_propagation = disabled;
        table
    })
}

pub(crate) fn route() -> impl Strategy<Value = Route> {
    let destination = prop_oneof![
        range4().prop_map(Destination::from),
        range6().prop_map(Destination::from),
        Just(Destination::from("Storage.WestEurope")),
    ];
    let hop = prop_oneof![
        Just(NextHop::VirtualNetworkGateway),
        Just(NextHop::VirtualNetwork),
        Just(NextHop::Internet),
        Just(NextHop::Nowhere),
        any::<[u8; 4]>().prop_map(|octets| NextHop::VirtualAppliance(octets.into())),
    ];
    (name(), destination, hop).prop_map(|(name, destination, hop)| {
        Route::new(RouteTableId::new(id("Microsoft.Network/routeTables", "out")), name, destination, hop)
    })
}

pub(crate) fn nat_gateway() -> impl Strategy<Value = NatGateway> {
    let sku = prop_oneof![
        option::of(select(vec!["1", "2"]))
            .prop_map(|zone| NatGatewaySku::Zonal(zone.map(|zone| zone.parse().unwrap()))),
        Just(NatGatewaySku::ZoneRedundant),
    ];
    let addresses = || option::of(vec(address_id(), 0..3));
    let prefixes = || option::of(vec(prefix_id(), 0..3));
    ((name(), location(), sku, option::of(4u8..=120)), (addresses(), addresses(), prefixes(), prefixes()))
        .prop_map(|((name, location, sku, minutes), (four, six, prefixes, prefixes6))| {
            let mut gateway = NatGateway::zone_redundant(group(), name);
            (gateway.location, gateway.sku, gateway.idle_timeout_in_minutes) = (location, sku, minutes);
            if let Some(all) = four {
                gateway = gateway.public_ip_addresses(all);
            }
            if let Some(all) = six {
                gateway = gateway.public_ip_addresses_v6(all);
            }
            if let Some(all) = prefixes {
                gateway = gateway.public_ip_prefixes(all);
            }
            if let Some(all) = prefixes6 {
                gateway = gateway.public_ip_prefixes_v6(all);
            }
            gateway
        })
}

pub(crate) fn example_nat_gateway() -> NatGateway {
    let address = PublicIpAddressId::new(id("Microsoft.Network/publicIPAddresses", "out"));
    NatGateway::zone_redundant(group(), "out").public_ip_addresses([address]).idle_timeout_in_minutes(10)
}

pub(crate) fn public_ip_address() -> impl Strategy<Value = PublicIpAddress> {
    (
        (name(), location(), choice(PublicIpSku::ALL), option::of(zones()), choice(IpVersion::ALL)),
        (option::of(prefix_id()), option::of(4u8..=30), option::of(name())),
    )
        .prop_map(|((name, location, sku, zones, version), (prefix, minutes, label))| {
            let mut address = PublicIpAddress::new(group(), name).sku(sku);
            (address.location, address.zones, address.public_ip_address_version) = (location, zones, version);
            address.public_ip_prefix = prefix.map(Into::into);
            (address.idle_timeout_in_minutes, address.domain_name_label) = (minutes, label);
            address
        })
}

pub(crate) fn public_ip_prefix() -> impl Strategy<Value = PublicIpPrefix> {
    (name(), location(), choice(PublicIpSku::ALL), option::of(zones()), any::<bool>(), 24u8..=31).prop_map(
        |(name, location, sku, zones, six, length)| {
            let mut prefix = if six {
                PublicIpPrefix::ipv6(group(), name, length + 96)
            } else {
                PublicIpPrefix::ipv4(group(), name, length)
            };
            (prefix.location, prefix.sku, prefix.zones) = (location, sku, zones);
            prefix
        },
    )
}

pub(crate) fn private_endpoint() -> impl Strategy<Value = PrivateEndpoint> {
    let approval = prop_oneof![Just(Approval::Automatic), "[a-z ]{1,20}".prop_map(Approval::Manual)];
    (
        (name(), location(), subnet_id(), account_id(), vec(name(), 0..3)),
        (approval, option::of(vec(application_id(), 0..3)), option::of(name())),
    )
        .prop_map(|((name, location, subnet, service, groups), (approval, applications, interface))| {
            let service = ResourceId::from(service);
            let mut endpoint = PrivateEndpoint::new(group(), name, subnet, service, groups);
            (endpoint.location, endpoint.approval) = (location, approval);
            endpoint.custom_network_interface_name = interface;
            match applications {
                Some(all) => endpoint.application_security_groups(all),
                None => endpoint,
            }
        })
}

pub(crate) fn private_dns_zone_group() -> impl Strategy<Value = PrivateDnsZoneGroup> {
    (name(), endpoint_id(), btree_map(name(), zone_id(), 1..4)).prop_map(|(name, endpoint, zones)| {
        let first = zones.values().next().unwrap().clone();
        let mut group = PrivateDnsZoneGroup::new(endpoint, first);
        group.name = name;
        group.private_dns_zones = zones.into_iter().map(|(name, zone)| (name, zone.into())).collect();
        group
    })
}

pub(crate) fn network_watcher() -> impl Strategy<Value = NetworkWatcher> {
    (name(), location()).prop_map(|(name, location)| {
        let mut watcher = NetworkWatcher::new(group(), name);
        watcher.location = location;
        watcher
    })
}

pub(crate) fn flow_log() -> impl Strategy<Value = FlowLog> {
    let target = prop_oneof![
        network_id().prop_map(|id| FlowLogTarget::VirtualNetwork(id.into())),
        subnet_id().prop_map(|id| FlowLogTarget::Subnet(id.into())),
        interface_id().prop_map(|id| FlowLogTarget::NetworkInterface(id.into())),
    ];
    let interval = select(vec![AnalyticsInterval::TenMinutes, AnalyticsInterval::Hour]);
    let analytics = (workspace_id(), interval)
        .prop_map(|(workspace, interval)| TrafficAnalytics::new(workspace, "westeurope").every(interval));
    (name(), location(), watcher_id(), target, account_id(), any::<bool>(), 0u16..=365, setting(analytics))
        .prop_map(|(name, location, watcher, target, storage, enabled, days, analytics)| {
            let mut log = FlowLog::new(watcher, name, target, storage).enabled(enabled).retention_days(days);
            (log.location, log.analytics) = (location, analytics);
            log
        })
}

pub(crate) fn private_dns_zone() -> impl Strategy<Value = PrivateDnsZone> {
    (name(), name())
        .prop_map(|(one, other)| PrivateDnsZone::new(group(), DomainName::new(format!("{one}.{other}"))))
}

pub(crate) fn virtual_network_link() -> impl Strategy<Value = VirtualNetworkLink> {
    (name(), zone_id(), network_id(), any::<bool>(), option::of(choice(ResolutionPolicy::ALL))).prop_map(
        |(name, zone, network, registers, policy)| {
            let mut link = VirtualNetworkLink::new(zone, name, network).registration_enabled(registers);
            link.resolution_policy = policy;
            link
        },
    )
}

pub(crate) fn record_set() -> impl Strategy<Value = RecordSet> {
    let host = || name().prop_map(|name| DomainName::new(format!("{name}.example")));
    let mail =
        (any::<u16>(), host()).prop_map(|(preference, exchange)| MailExchange { preference, exchange });
    let service = (any::<u16>(), any::<u16>(), any::<u16>(), host())
        .prop_map(|(priority, weight, port, target)| ServiceRecord { priority, weight, port, target });
    let records = prop_oneof![
        vec(any::<[u8; 4]>(), 1..4)
            .prop_map(|all| Records::A(all.into_iter().map(|ip| Ipv4Addr::from(ip).into()).collect())),
        vec(any::<[u8; 16]>(), 1..4)
            .prop_map(|all| Records::Aaaa(all.into_iter().map(|ip| Ipv6Addr::from(ip).into()).collect())),
        host().prop_map(|host| Records::Cname(host.into())),
        vec(mail, 1..3).prop_map(|all| Records::Mx(all.into())),
        vec(host(), 1..3).prop_map(|all| Records::Ptr(all.into())),
        vec(service, 1..3).prop_map(|all| Records::Srv(all.into())),
        vec("[ -~é]{0,600}", 1..3).prop_map(|all| Records::Txt(all.into())),
    ];
    (name(), zone_id(), 1u32..100_000, records)
        .prop_map(|(name, zone, ttl, records)| RecordSet::new(zone, name.as_str(), records).ttl(ttl))
}

pub(crate) fn user_assigned_identity() -> impl Strategy<Value = UserAssignedIdentity> {
    (name(), location(), option::of(choice(IsolationScope::ALL))).prop_map(|(name, location, scope)| {
        let mut identity = UserAssignedIdentity::new(group(), name);
        (identity.location, identity.isolation_scope) = (location, scope);
        identity
    })
}

pub(crate) fn federated_identity_credential() -> impl Strategy<Value = FederatedIdentityCredential> {
    (name(), identity_id(), "https://[a-z]{1,8}/", "[a-z:]{1,20}", vec("[a-z:/]{1,9}", 1..3)).prop_map(
        |(name, identity, issuer, subject, audiences)| {
            let mut credential = FederatedIdentityCredential::new(identity, name, issuer, subject);
            credential.audiences = audiences.into();
            credential
        },
    )
}

pub(crate) fn role_assignment() -> impl Strategy<Value = RoleAssignment> {
    let role = select(vec![Role::READER, Role::OWNER, Role::NETWORK_CONTRIBUTOR]);
    let principal =
        (0u64..1 << 40).prop_map(|number| PrincipalId::new(format!("00000000-0000-4000-8000-{number:012x}")));
    let text = || option::of("[a-z ]{1,20}");
    (network_id(), role, principal, choice(PrincipalType::ALL), text(), text()).prop_map(
        |(scope, role, principal, of, description, condition)| {
            let mut assignment =
                RoleAssignment::new(ResourceId::from(scope), role, principal).principal_type(of);
            (assignment.description, assignment.condition) = (description, condition);
            assignment
        },
    )
}

pub(crate) fn workspace() -> impl Strategy<Value = Workspace> {
    let sku = prop_oneof![Just(WorkspaceSku::PayAsYouGo), Just(WorkspaceSku::Commitment(100))];
    let quota = prop_oneof![
        Just(DailyQuota::Unlimited),
        (1u16..500).prop_map(|n| DailyQuota::Gigabytes(f64::from(n) / 4.0))
    ];
    let access = || option::of(choice(WorkspaceAccess::ALL));
    (
        (
            name().prop_map(|name| format!("{name}1")),
            location(),
            sku,
            option::of(30u16..=730),
            option::of(quota),
        ),
        (access(), access(), option::of(any::<bool>())),
    )
        .prop_map(|((name, location, sku, days, quota), (ingestion, query, local))| {
            let mut workspace = Workspace::new(group(), name).sku(sku);
            (workspace.location, workspace.retention_in_days, workspace.daily_quota_gb) =
                (location, days, quota);
            workspace.public_network_access_for_ingestion = ingestion;
            workspace.public_network_access_for_query = query;
            workspace.disable_local_auth = local;
            workspace
        })
}

fn network_rules() -> impl Strategy<Value = NetworkRules> {
    (choice(DefaultAction::ALL), any::<bool>(), vec(range4(), 0..3), vec(subnet_id(), 0..3)).prop_map(
        |(action, bypass, ranges, subnets)| {
            let mut rules = NetworkRules::closed().ranges(ranges).subnets(subnets);
            (rules.default_action, rules.bypass_azure_services) = (action, bypass);
            rules
        },
    )
}

pub(crate) fn storage_account() -> impl Strategy<Value = StorageAccount> {
    let flag = || option::of(any::<bool>());
    (
        (
            name(),
            location(),
            choice(StorageSku::ALL),
            choice(StorageKind::ALL),
            option::of(choice(AccessTier::ALL)),
        ),
        (flag(), option::of(choice(TlsVersion::ALL)), flag(), flag(), flag()),
        (option::of(choice(PublicNetworkAccess::ALL)), option::of(network_rules())),
    )
        .prop_map(
            |((name, location, sku, kind, tier), (https, tls, blobs, keys, directories), (access, rules))| {
                let mut account = StorageAccount::new(group(), name, sku).kind(kind);
                (account.location, account.access_tier) = (location, tier);
                (account.supports_https_traffic_only, account.minimum_tls_version) = (https, tls);
                (account.allow_blob_public_access, account.allow_shared_key_access) = (blobs, keys);
                (account.is_hns_enabled, account.public_network_access) = (directories, access);
                account.network_acls = rules;
                account
            },
        )
}
