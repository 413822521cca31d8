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

/// The name of a route table.
///
/// Source: ARM naming rules, `routeTables`.
pub const ROUTE_TABLE: NameRule = network("route table name", 1, 80);

/// The name of a NAT gateway.
///
/// Source: ARM naming rules, the network resources.
pub const NAT_GATEWAY: NameRule = network("NAT gateway name", 1, 80);

/// The name of a public IP address.
///
/// Source: ARM naming rules, `publicIPAddresses`.
pub const PUBLIC_IP: NameRule = network("public IP address name", 1, 80);

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
