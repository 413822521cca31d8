//! A storage account.

use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, ById, Document},
    choice::choices,
    id::{ResourceGroupId, ResourceId, StorageAccountId, SubnetId},
    names,
    permission::{self, on},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, Stakes, Verdict, fields,
    model::{IpCidr, Set, name::azure::STORAGE_ACCOUNT},
    outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A storage account: blobs, files, queues and tables under one name.
///
/// It is closed to what has no encryption and to anonymous readers, unless said otherwise, as Azure's own security baseline has it.
/// Flow logs need one in the location of what they record, of the kind `StorageV2` and the tier `Standard`, whose
/// [keys](StorageAccount::allow_shared_key_access) may be used, and whose firewall, if there is one,
/// [lets Azure's own services in](NetworkRules::bypass_azure_services).
///
/// # Permissions
/// `Microsoft.Storage/storageAccounts/read`, `/write`, `/delete`; to let a subnet in,
/// `Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// Paid by what is kept in it, and by the number of operations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StorageAccount {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in all of Azure. Another one replaces it.
    pub name: String,
    /// Its location: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
    /// How often and where its data is kept. Copies in another region come and go in place; another tier, and copies in other zones
    /// of its region, replace it.
    pub sku: StorageSku,
    /// What it keeps. Older kinds become `StorageV2` in place; all else replaces it.
    pub kind: StorageKind,
    /// How often data in it is read.
    pub access_tier: Option<AccessTier>,
    /// Whether callers have to encrypt.
    pub supports_https_traffic_only: Option<bool>,
    /// The oldest version of TLS that callers may use.
    pub minimum_tls_version: Option<TlsVersion>,
    /// Whether containers in it can be opened to everybody.
    pub allow_blob_public_access: Option<bool>,
    /// Whether its keys count, and not only identities.
    pub allow_shared_key_access: Option<bool>,
    /// Whether it can be reached by other ways than private endpoints.
    pub public_network_access: Option<PublicNetworkAccess>,
    /// Who may reach it by these ways.
    pub network_acls: Option<NetworkRules>,
    /// Whether it has directories, as a data lake. Another choice replaces it.
    pub is_hns_enabled: Option<bool>,
}

choices! {
    /// How often and where data is kept.
    pub enum StorageSku {
        /// Three times in one place.
        StandardLrs = "Standard_LRS",
        /// Once in each of three zones.
        StandardZrs = "Standard_ZRS",
        /// Three times in one place, and three times in another region.
        StandardGrs = "Standard_GRS",
        /// The same, and the other region can be read.
        StandardRagrs = "Standard_RAGRS",
        /// Once in each of three zones, and three times in another region.
        StandardGzrs = "Standard_GZRS",
        /// The same, and the other region can be read.
        StandardRagzrs = "Standard_RAGZRS",
        /// Three times in one place, on fast disks.
        PremiumLrs = "Premium_LRS",
        /// Once in each of three zones, on fast disks.
        PremiumZrs = "Premium_ZRS",
    }

    /// What an account keeps.
    pub enum StorageKind {
        /// Blobs, files, queues and tables.
        StorageV2 = "StorageV2",
        /// Blobs in blocks, on fast disks.
        BlockBlobStorage = "BlockBlobStorage",
        /// Files, on fast disks.
        FileStorage = "FileStorage",
    }

    /// How often data is read.
    pub enum AccessTier {
        /// Often.
        Hot = "Hot",
        /// Seldom.
        Cool = "Cool",
        /// Hardly ever.
        Cold = "Cold",
    }

    /// A version of TLS.
    pub enum TlsVersion {
        /// TLS 1.2.
        Tls12 = "TLS1_2",
        /// TLS 1.3.
        Tls13 = "TLS1_3",
    }

    /// Whether something can be reached by other ways than private endpoints.
    pub enum PublicNetworkAccess {
        /// It can.
        Enabled = "Enabled",
        /// It cannot.
        Disabled = "Disabled",
    }

    /// What becomes of callers whom no rule names.
    pub enum DefaultAction {
        /// They are let in.
        Allow = "Allow",
        /// They are refused.
        Deny = "Deny",
    }
}

/// Who may reach an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct NetworkRules {
    /// What becomes of callers whom no rule names.
    pub default_action: DefaultAction,
    /// Whether Azure's own services are let in, such as those that write flow logs.
    pub bypass_azure_services: bool,
    /// Public addresses that are let in.
    pub ranges: Set<IpCidr>,
    /// Subnets that are let in, by their service endpoint `Microsoft.Storage`.
    pub subnets: Set<ById<SubnetId>>,
}

impl NetworkRules {
    /// Nobody but Azure's own services.
    pub fn closed() -> Self {
        Self {
            default_action: DefaultAction::Deny,
            bypass_azure_services: true,
            ranges: Set::default(),
            subnets: Set::default(),
        }
    }

    /// These public addresses too.
    #[must_use]
    pub fn ranges(mut self, ranges: impl IntoIterator<Item = IpCidr>) -> Self {
        self.ranges = Set::of(ranges);
        self
    }

    /// These subnets too.
    #[must_use]
    pub fn subnets<I: Into<Input<SubnetId>>>(mut self, subnets: impl IntoIterator<Item = I>) -> Self {
        self.subnets = subnets.into_iter().map(ById::new).collect();
        self
    }
}

impl StorageAccount {
    /// A general account that is encrypted on all ways and closed to anonymous readers.
    pub fn new(
        resource_group: impl Into<Input<ResourceGroupId>>,
        name: impl Into<String>,
        sku: StorageSku,
    ) -> Self {
        Self {
            resource_group: resource_group.into(),
            name: name.into(),
            location: None,
            sku,
            kind: StorageKind::StorageV2,
            access_tier: None,
            supports_https_traffic_only: Some(true),
            minimum_tls_version: Some(TlsVersion::Tls12),
            allow_blob_public_access: Some(false),
            allow_shared_key_access: None,
            public_network_access: None,
            network_acls: None,
            is_hns_enabled: None,
        }
    }

    /// Its location.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// What it keeps.
    #[must_use]
    pub fn kind(mut self, kind: StorageKind) -> Self {
        self.kind = kind;
        self
    }

    /// How often data in it is read.
    #[must_use]
    pub fn access_tier(mut self, tier: AccessTier) -> Self {
        self.access_tier = Some(tier);
        self
    }

    /// Whether its keys count, and not only identities.
    #[must_use]
    pub fn allow_shared_key_access(mut self, allowed: bool) -> Self {
        self.allow_shared_key_access = Some(allowed);
        self
    }

    /// Whether it can be reached by other ways than private endpoints.
    #[must_use]
    pub fn public_network_access(mut self, access: PublicNetworkAccess) -> Self {
        self.public_network_access = Some(access);
        self
    }

    /// Who may reach it by these ways.
    #[must_use]
    pub fn network_acls(mut self, rules: NetworkRules) -> Self {
        self.network_acls = Some(rules);
        self
    }

    /// Whether it has directories, as a data lake.
    #[must_use]
    pub fn hierarchical_namespace(mut self, enabled: bool) -> Self {
        self.is_hns_enabled = Some(enabled);
        self
    }
}

/// What is known of a storage account once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StorageAccountDetails {
    /// The address of its blobs.
    pub blob_endpoint: Option<String>,
}

outputs! {
    /// What a declared storage account tells once it is made.
    pub trait StorageAccountOutputs for StorageAccount {
        /// The address of its blobs.
        blob_endpoint: String,
    }
}

impl StorageSku {
    /// The tier, and whether it is in several zones.
    fn tier(&self) -> (&str, bool) {
        let (tier, copies) = self.as_str().split_once('_').unwrap_or((self.as_str(), ""));
        (tier, copies.ends_with("ZRS"))
    }
}

/// Source: Azure Storage documentation, "Change how a storage account is replicated": copies in other zones come and go by a migration
/// that takes days and is asked for by hand.
fn copies(prior: &StorageAccount, want: &StorageAccount) -> Verdict {
    if prior.sku.tier() == want.sku.tier() { Verdict::Update } else { Verdict::Replace }
}

/// Source: Azure Storage documentation, "Upgrade to a general-purpose v2 storage account".
fn older_kind(prior: &StorageAccount, want: &StorageAccount) -> Verdict {
    let older = ["Storage", "BlobStorage"].contains(&prior.kind.as_str());
    if older && want.kind == StorageKind::StorageV2 { Verdict::Update } else { Verdict::Replace }
}

impl Resource for StorageAccount {
    type Provider = Azure;
    type Id = StorageAccountId;
    type Outputs = StorageAccountDetails;

    const FAMILY: &'static str = "azure.storage.account";
    const STAKES: Stakes = Stakes::Data;
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure REST API, "Storage Accounts - Update", and what is said beside the functions.
    const FIELDS: Fields<Self> = fields!(StorageAccount {
        resource_group: Replace,
        name: Replace,
        location: Replace,
        sku: By(copies),
        kind: By(older_kind),
        access_tier: Update,
        supports_https_traffic_only: Update,
        minimum_tls_version: Update,
        allow_blob_public_access: Update,
        allow_shared_key_access: Update,
        public_network_access: Update,
        network_acls: Update,
        is_hns_enabled: Replace,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("storage-account-name", &self.name)]
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&STORAGE_ACCOUNT, &self.name).into_iter().collect();
        findings.extend(names::check_location(self.location.as_ref()));
        findings.extend(self.sku.check("/sku"));
        findings.extend(self.kind.check("/kind"));
        findings.extend(self.access_tier.as_ref().and_then(|tier| tier.check("/access_tier")));
        findings.extend(self.minimum_tls_version.as_ref().and_then(|tls| tls.check("/minimum_tls_version")));
        let access = self.public_network_access.as_ref();
        findings.extend(access.and_then(|access| access.check("/public_network_access")));
        let rules = self.network_acls.as_ref();
        findings.extend(rules.and_then(|rules| rules.default_action.check("/network_acls/default-action")));
        let premium = self.sku.tier().0 == "Premium";
        // Source: Azure Storage documentation, "Storage account overview", types of storage accounts.
        if premium != (self.kind != StorageKind::StorageV2) {
            let why = format!("an account of the kind `{}` cannot be `{}`", self.kind, self.sku);
            let fix = "take `StorageV2` for the standard tier, and another kind for the premium one";
            findings.push(Diagnostic::new("storage-account.kind", why).at("/kind").fix(fix));
        }
        // Source: Azure Storage documentation, "Create an IP network rule": public IPv4 addresses, as single ones or up to a /30.
        let ranges = rules.into_iter().flat_map(|rules| rules.ranges.iter());
        findings.extend(ranges.filter_map(|range| {
            let net = range.net();
            let why = if net.addr().is_ipv6() {
                format!("`{range}` is IPv6, and rules of accounts are about IPv4")
            } else if net.prefix_len() == 31 {
                format!("`{range}` has two addresses, and a range of a rule has four at least")
            } else {
                return None;
            };
            let fix = "name public IPv4 addresses, singly or as ranges up to a /30";
            Some(Diagnostic::new("storage-account.range", why).at("/network_acls/ranges").fix(fix))
        }));
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (StorageAccountId, StorageAccountDetails) {
        let blob_endpoint = Some(format!("https://{}.blob.core.windows.net/", self.name));
        (arm::simulated(self), StorageAccountDetails { blob_endpoint })
    }
}

const RULES: &str = "/properties/networkAcls";

/// An address alone, or a range.
fn rule_value(range: &IpCidr) -> String {
    let net = range.net();
    if net.prefix_len() == 32 { net.addr().to_string() } else { range.to_string() }
}

impl ArmResource for StorageAccount {
    const TYPE: ArmType = StorageAccountId::TYPE;
    const API_VERSION: &'static str = "2025-08-01";
    const PLACES: &'static [(&'static str, &'static str)] = &[("sku", "/sku/name")];
    const READ_ONLY: &'static [&'static str] = &[
        "/identity/principalId",
        "/identity/tenantId",
        "/identity/userAssignedIdentities/*/clientId",
        "/identity/userAssignedIdentities/*/principalId",
        "/sku/tier",
        "/properties/accountMigrationInProgress",
        "/properties/blobRestoreStatus",
        "/properties/creationTime",
        "/properties/encryption/services/*/lastEnabledTime",
        "/properties/encryption/keyvaultproperties/currentVersionedKeyExpirationTimestamp",
        "/properties/encryption/keyvaultproperties/currentVersionedKeyIdentifier",
        "/properties/encryption/keyvaultproperties/lastKeyRotationTimestamp",
        "/properties/failoverInProgress",
        "/properties/geoReplicationStats",
        "/properties/isSkuConversionBlocked",
        "/properties/keyCreationTime",
        "/properties/lastGeoFailoverTime",
        "/properties/networkAcls/virtualNetworkRules/*/state",
        "/properties/primaryEndpoints",
        "/properties/primaryLocation",
        "/properties/privateEndpointConnections",
        "/properties/secondaryEndpoints",
        "/properties/secondaryLocation",
        "/properties/statusOfPrimary",
        "/properties/statusOfSecondary",
        "/properties/storageAccountSkuConversionStatus",
    ];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn write(&self, document: &mut Document) -> Result<()> {
        let seen = arm::look(document, RULES).cloned();
        arm::write(self, document)?;
        let Some(rules) = &self.network_acls else { return Ok(()) };
        let mut all = seen.unwrap_or_else(|| json!({}));
        all["defaultAction"] = json!(rules.default_action);
        all["bypass"] = if rules.bypass_azure_services { json!("AzureServices") } else { json!("None") };
        let range = |range: &IpCidr| json!({"value": rule_value(range), "action": "Allow"});
        all["ipRules"] = rules.ranges.iter().map(range).collect();
        let subnet = |subnet: &ById<SubnetId>| json!({"id": subnet.id, "action": "Allow"});
        all["virtualNetworkRules"] = rules.subnets.iter().map(subnet).collect();
        arm::put(document, RULES, all)
    }

    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        let mut plain = document.clone();
        if let Some(rules) = arm::look(document, RULES).filter(|rules| rules.is_object()) {
            let list = |member: &str| rules[member].as_array().cloned().unwrap_or_default();
            let range = |rule: &Value| crate::networking::range(rule["value"].as_str()?);
            let bypass = rules["bypass"].as_str().unwrap_or_default();
            let rules = NetworkRules {
                default_action: rules["defaultAction"].as_str().unwrap_or("Allow").to_owned().into(),
                bypass_azure_services: bypass.split(',').any(|word| word.trim() == "AzureServices"),
                ranges: list("ipRules").iter().filter_map(range).collect(),
                subnets: list("virtualNetworkRules")
                    .iter()
                    .filter_map(|rule| Some(ById::new(SubnetId::new(rule["id"].as_str()?))))
                    .collect(),
            };
            arm::put(&mut plain, RULES, json!(rules))?;
        }
        arm::read(id, &plain)
    }

    fn outputs(_: &ResourceId, document: &Document) -> Result<StorageAccountDetails> {
        let blob = arm::look(document, "/properties/primaryEndpoints/blob").and_then(Value::as_str);
        Ok(StorageAccountDetails { blob_endpoint: blob.map(str::to_owned) })
    }

    fn links(&self) -> Vec<Permission> {
        let subnets = self.network_acls.iter().flat_map(|rules| rules.subnets.iter());
        subnets.map(|subnet| on(SubnetId::TYPE, "joinViaServiceEndpoint/action", &subnet.id)).collect()
    }
}

#[cfg(test)]
mod tests;
