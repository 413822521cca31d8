//! Names on Azure.
//!
//! Azure compares the names of resources without regard to case. The source of a rule is, where nothing else is said,
//! Azure Resource Manager, "Naming rules and restrictions for Azure resources".

use super::{CharSet, NameRule};

/// What the names of most network resources have.
const fn network(what: &'static str, min: usize, max: usize) -> NameRule {
    NameRule::new(what, min, max, CharSet::ALPHANUMERIC.with("_.-"))
        .first(CharSet::ALPHANUMERIC)
        .last(CharSet::ALPHANUMERIC.with("_"))
        .folds_case()
}

/// The name of a resource group.
///
/// Source: ARM naming rules, `resourcegroups`.
pub const RESOURCE_GROUP: NameRule =
    NameRule::new("resource group name", 1, 90, CharSet::UNICODE_ALPHANUMERIC.with("_().-"))
        .last(CharSet::UNICODE_ALPHANUMERIC.with("_()-"))
        .folds_case();

/// The name of a virtual network.
///
/// Source: ARM naming rules, `virtualNetworks`.
pub const VIRTUAL_NETWORK: NameRule = network("virtual network name", 2, 64);

/// The name of a subnet.
///
/// Source: ARM naming rules, `virtualNetworks/subnets`.
pub const SUBNET: NameRule = network("subnet name", 1, 80);

/// The name of a network security group.
///
/// Source: ARM naming rules, `networkSecurityGroups`.
pub const NETWORK_SECURITY_GROUP: NameRule = network("network security group name", 1, 80);

/// The name of a rule of a network security group.
///
/// Source: ARM naming rules, `networkSecurityGroups/securityRules`.
pub const SECURITY_RULE: NameRule = network("security rule name", 1, 80);

/// The name of an application security group.
///
/// Source: ARM naming rules, `applicationSecurityGroups`.
pub const APPLICATION_SECURITY_GROUP: NameRule = network("application security group name", 1, 80);

/// The name of a route table.
///
/// Source: ARM naming rules, `routeTables`.
pub const ROUTE_TABLE: NameRule = network("route table name", 1, 80);

/// The name of a route.
///
/// Source: ARM naming rules, `routeTables/routes`.
pub const ROUTE: NameRule = network("route name", 1, 80);

/// The name of a NAT gateway.
///
/// Source: ARM naming rules, the network resources.
pub const NAT_GATEWAY: NameRule = network("NAT gateway name", 1, 80);

/// The name of a public IP address.
///
/// Source: ARM naming rules, `publicIPAddresses`.
pub const PUBLIC_IP: NameRule = network("public IP address name", 1, 80);

/// The name of a public IP prefix.
///
/// Source: ARM naming rules, `publicIPPrefixes`.
pub const PUBLIC_IP_PREFIX: NameRule = network("public IP prefix name", 1, 80);

/// The name of a private endpoint.
///
/// Source: ARM naming rules, `privateEndpoints`.
pub const PRIVATE_ENDPOINT: NameRule = network("private endpoint name", 2, 64);

/// The name of the private DNS zones of a private endpoint.
///
/// Source: ARM naming rules, the network resources.
pub const PRIVATE_DNS_ZONE_GROUP: NameRule = network("private DNS zone group name", 1, 80);

/// The name of a link of a private DNS zone to a virtual network.
///
/// Source: ARM naming rules, `privateDnsZones/virtualNetworkLinks`.
pub const PRIVATE_DNS_LINK: NameRule = network("virtual network link name", 1, 80);

/// The name of a network watcher.
///
/// Source: ARM naming rules, `networkWatchers`.
pub const NETWORK_WATCHER: NameRule = network("network watcher name", 1, 80);

/// The name of a flow log.
///
/// Source: ARM naming rules, the network resources.
pub const FLOW_LOG: NameRule = network("flow log name", 1, 80);

/// The name of an AKS cluster.
///
/// Source: ARM naming rules and type description, `managedClusters`.
pub const AKS_CLUSTER: NameRule = NameRule::new("AKS cluster name", 1, 63, CharSet::ALPHANUMERIC.with("-_"))
    .first(CharSet::ALPHANUMERIC)
    .last(CharSet::ALPHANUMERIC)
    .folds_case();

/// The name of an AKS node pool of Linux nodes.
///
/// Source: ARM naming rules and type description, `managedClusters/agentPools`.
pub const AKS_LINUX_POOL: NameRule =
    NameRule::new("AKS Linux node pool name", 1, 12, CharSet::LOWER_ALPHANUMERIC).first(CharSet::LOWER);

/// The name of an AKS node pool of Windows nodes.
///
/// Source: AKS documentation, "Create node pools": the name becomes part of a Windows computer name.
pub const AKS_WINDOWS_POOL: NameRule = AKS_LINUX_POOL.called("AKS Windows node pool name").lengths(1, 6);

/// The name of a storage account, unique in all of Azure.
///
/// Source: ARM naming rules and type description, `storageAccounts`.
pub const STORAGE_ACCOUNT: NameRule =
    NameRule::new("storage account name", 3, 24, CharSet::LOWER_ALPHANUMERIC);

/// The name of a key vault, unique in all of Azure.
///
/// Source: ARM naming rules, `vaults`.
pub const KEY_VAULT: NameRule = NameRule::new("key vault name", 3, 24, CharSet::ALPHANUMERIC.with("-"))
    .first(CharSet::LETTERS)
    .last(CharSet::ALPHANUMERIC)
    .never(&["--"])
    .folds_case();

/// The name of a container registry, unique in all of Azure.
///
/// Source: ARM naming rules and type description, `registries`.
pub const CONTAINER_REGISTRY: NameRule =
    NameRule::new("container registry name", 5, 50, CharSet::ALPHANUMERIC).folds_case();

/// The name of a user-assigned identity.
///
/// Source: ARM naming rules, `userAssignedIdentities`.
pub const USER_ASSIGNED_IDENTITY: NameRule =
    NameRule::new("user-assigned identity name", 3, 128, CharSet::ALPHANUMERIC.with("-_"))
        .first(CharSet::ALPHANUMERIC)
        .folds_case();

/// The name of a federated credential of a user-assigned identity.
///
/// Source: type description, `userAssignedIdentities/federatedIdentityCredentials`.
pub const FEDERATED_CREDENTIAL: NameRule =
    USER_ASSIGNED_IDENTITY.called("federated credential name").lengths(3, 120);

/// The name of a Log Analytics workspace.
///
/// Source: ARM naming rules and type description, `workspaces`.
pub const LOG_ANALYTICS_WORKSPACE: NameRule =
    NameRule::new("Log Analytics workspace name", 4, 63, CharSet::ALPHANUMERIC.with("-"))
        .first(CharSet::ALPHANUMERIC)
        .last(CharSet::ALPHANUMERIC)
        .folds_case();
