//! A Log Analytics workspace.

use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, Document},
    choice::{choices, unknown},
    id::{ResourceGroupId, ResourceId, WorkspaceId, guid},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, Result, Stakes, fields,
    model::name::azure::LOG_ANALYTICS_WORKSPACE,
    outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A Log Analytics workspace: what logs are kept in and asked for.
///
/// One that is deleted can be had back for 14 days: made again under the same name, in the same resource group and location, it has
/// its logs again. Until then its name is taken.
///
/// # Permissions
/// `Microsoft.OperationalInsights/workspaces/read`, `/write`, `/delete`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// Paid by the amount of logs that arrive, and for what is kept longer than 31 days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Workspace {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in the resource group. Another one replaces it.
    pub name: String,
    /// Its location: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
    /// How it is paid.
    pub sku: WorkspaceSku,
    /// For how many days logs are kept, from 30 to 730. Azure's own choice is 30.
    pub retention_in_days: Option<u16>,
    /// How many gigabytes may arrive in a day.
    pub daily_quota_gb: Option<DailyQuota>,
    /// Whether logs may arrive by other ways than private links.
    pub public_network_access_for_ingestion: Option<WorkspaceAccess>,
    /// Whether logs may be asked for by other ways than private links.
    pub public_network_access_for_query: Option<WorkspaceAccess>,
    /// Whether identities alone count, and not its keys.
    pub disable_local_auth: Option<bool>,
}

/// How a workspace is paid.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WorkspaceSku {
    /// By what arrives.
    PayAsYouGo,
    /// For so many gigabytes a day, whether they arrive or not.
    Commitment(u32),
    /// Something else, such as the tier of a cluster. It is seen and cannot be declared.
    Other(String),
}

choices! {
    /// Whether a workspace can be reached by other ways than private links.
    pub enum WorkspaceAccess {
        /// It can.
        Enabled = "Enabled",
        /// It cannot.
        Disabled = "Disabled",
    }
}

/// How many gigabytes may arrive in a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "f64", into = "f64")]
pub enum DailyQuota {
    /// As many as come.
    Unlimited,
    /// So many; what comes later is not kept.
    Gigabytes(f64),
}

impl From<f64> for DailyQuota {
    fn from(gigabytes: f64) -> Self {
        if gigabytes < 0.0 { Self::Unlimited } else { Self::Gigabytes(gigabytes) }
    }
}

impl From<DailyQuota> for f64 {
    fn from(quota: DailyQuota) -> Self {
        match quota {
            DailyQuota::Unlimited => -1.0,
            DailyQuota::Gigabytes(gigabytes) => gigabytes,
        }
    }
}

impl Workspace {
    /// A workspace that is paid by what arrives.
    pub fn new(resource_group: impl Into<Input<ResourceGroupId>>, name: impl Into<String>) -> Self {
        Self {
            resource_group: resource_group.into(),
            name: name.into(),
            location: None,
            sku: WorkspaceSku::PayAsYouGo,
            retention_in_days: None,
            daily_quota_gb: None,
            public_network_access_for_ingestion: None,
            public_network_access_for_query: None,
            disable_local_auth: None,
        }
    }

    /// Its location.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// How it is paid.
    #[must_use]
    pub fn sku(mut self, sku: WorkspaceSku) -> Self {
        self.sku = sku;
        self
    }

    /// For how many days logs are kept.
    #[must_use]
    pub fn retention_in_days(mut self, days: u16) -> Self {
        self.retention_in_days = Some(days);
        self
    }

    /// How many gigabytes may arrive in a day.
    #[must_use]
    pub fn daily_quota_gb(mut self, quota: DailyQuota) -> Self {
        self.daily_quota_gb = Some(quota);
        self
    }

    /// Whether logs may arrive, and may be asked for, by other ways than private links.
    #[must_use]
    pub fn public_network_access(mut self, ingestion: WorkspaceAccess, query: WorkspaceAccess) -> Self {
        self.public_network_access_for_ingestion = Some(ingestion);
        self.public_network_access_for_query = Some(query);
        self
    }

    /// Whether identities alone count, and not its keys.
    #[must_use]
    pub fn disable_local_auth(mut self, disabled: bool) -> Self {
        self.disable_local_auth = Some(disabled);
        self
    }
}

/// What is known of a workspace once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WorkspaceDetails {
    /// The id by which agents and queries know it.
    pub customer_id: Option<String>,
}

outputs! {
    /// What a declared workspace tells once it is made.
    pub trait WorkspaceOutputs for Workspace {
        /// The id by which agents and queries know it.
        customer_id: String,
    }
}

/// The levels to which a user can commit, in gigabytes a day.
///
/// Source: Azure Monitor documentation, "Azure Monitor Logs cost calculations and options", commitment tiers.
const LEVELS: [u32; 10] = [100, 200, 300, 400, 500, 1000, 2000, 5000, 10_000, 25_000];

impl Resource for Workspace {
    type Provider = Azure;
    type Id = WorkspaceId;
    type Outputs = WorkspaceDetails;

    const FAMILY: &'static str = "azure.operational-insights.workspace";
    const STAKES: Stakes = Stakes::Data;
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure REST API, "Workspaces - Create Or Update".
    const FIELDS: Fields<Self> = fields!(Workspace {
        resource_group: Replace,
        name: Replace,
        location: Replace,
        sku: Update,
        retention_in_days: Update,
        daily_quota_gb: Update,
        public_network_access_for_ingestion: Update,
        public_network_access_for_query: Update,
        disable_local_auth: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&LOG_ANALYTICS_WORKSPACE, &self.name).into_iter().collect();
        findings.extend(names::check_location(self.location.as_ref()));
        let mut tell = |at: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new("workspace.form", why).at(at).fix(fix));
        };
        if let Some(days) = self.retention_in_days.filter(|days| !(30..=730).contains(days)) {
            let why = format!("logs are kept for 30 to 730 days, and not for {days}");
            tell("/retention_in_days", why, "choose 30 to 730; tables can keep theirs longer");
        }
        if let WorkspaceSku::Commitment(level) = self.sku
            && !LEVELS.contains(&level)
        {
            let why = format!("nobody can commit to {level} gigabytes a day");
            tell("/sku", why, "choose 100, 200, 300, 400, 500, 1000, 2000, 5000, 10000 or 25000");
        }
        // Source: Azure Monitor documentation, "Set daily cap on Log Analytics workspace".
        if let Some(DailyQuota::Gigabytes(gigabytes)) = self.daily_quota_gb
            && !(gigabytes.is_finite() && gigabytes >= 0.023)
        {
            let why = format!("at least 0.023 gigabytes may arrive in a day, and not {gigabytes}");
            tell("/daily_quota_gb", why, "choose more, or none");
        }
        if let WorkspaceSku::Other(word) = &self.sku {
            findings.push(unknown(word, ["PerGB2018", "CapacityReservation"].into_iter(), "/sku"));
        }
        let ingestion = self.public_network_access_for_ingestion.as_ref();
        findings.extend(ingestion.and_then(|access| access.check("/public_network_access_for_ingestion")));
        let query = self.public_network_access_for_query.as_ref();
        findings.extend(query.and_then(|access| access.check("/public_network_access_for_query")));
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, serial: u64) -> (WorkspaceId, WorkspaceDetails) {
        let customer_id = Some(guid::simulated(serial));
        (arm::simulated(self), WorkspaceDetails { customer_id })
    }
}

const SKU: &str = "/properties/sku";

impl ArmResource for Workspace {
    const TYPE: ArmType = WorkspaceId::TYPE;
    const API_VERSION: &'static str = "2025-07-01";
    const PLACES: &'static [(&'static str, &'static str)] = &[
        ("sku", SKU),
        ("daily_quota_gb", "/properties/workspaceCapping/dailyQuotaGb"),
        ("disable_local_auth", "/properties/features/disableLocalAuth"),
    ];
    const READ_ONLY: &'static [&'static str] = &[
        "/identity/principalId",
        "/identity/tenantId",
        "/identity/userAssignedIdentities/*/clientId",
        "/identity/userAssignedIdentities/*/principalId",
        "/properties/createdDate",
        "/properties/customerId",
        "/properties/failover/lastModifiedDate",
        "/properties/failover/state",
        "/properties/features/associations",
        "/properties/features/unifiedSentinelBillingOnly",
        "/properties/modifiedDate",
        "/properties/privateLinkScopedResources",
        "/properties/replication/createdDate",
        "/properties/replication/lastModifiedDate",
        "/properties/sku/lastSkuUpdate",
        "/properties/workspaceCapping/dataIngestionStatus",
        "/properties/workspaceCapping/quotaNextResetTime",
    ];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn write(&self, document: &mut Document) -> Result<()> {
        let seen = arm::look(document, SKU).cloned();
        arm::write(self, document)?;
        let word = match &self.sku {
            WorkspaceSku::PayAsYouGo => "PerGB2018",
            WorkspaceSku::Commitment(_) => "CapacityReservation",
            WorkspaceSku::Other(word) => word,
        };
        let mut sku = seen.filter(Value::is_object).unwrap_or_else(|| json!({}));
        sku["name"] = json!(word);
        if let WorkspaceSku::Commitment(level) = self.sku {
            sku["capacityReservationLevel"] = json!(level);
        } else if let Value::Object(members) = &mut sku
            && self.sku == WorkspaceSku::PayAsYouGo
        {
            members.remove("capacityReservationLevel");
        }
        arm::put(document, SKU, sku)
    }

    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        let seen = arm::look(document, SKU).unwrap_or(&Value::Null);
        let word = seen["name"].as_str().unwrap_or_default();
        let level = seen["capacityReservationLevel"].as_u64().and_then(|level| level.try_into().ok());
        let sku = match (word.to_ascii_lowercase().as_str(), level) {
            ("pergb2018", _) => WorkspaceSku::PayAsYouGo,
            ("capacityreservation", Some(level)) => WorkspaceSku::Commitment(level),
            _ => WorkspaceSku::Other(word.into()),
        };
        let mut plain = document.clone();
        arm::put(&mut plain, SKU, json!(sku))?;
        arm::read(id, &plain)
    }

    fn outputs(_: &ResourceId, document: &Document) -> Result<WorkspaceDetails> {
        let id = arm::look(document, "/properties/customerId").and_then(Value::as_str);
        Ok(WorkspaceDetails { customer_id: id.map(str::to_owned) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{change, document, read};
    use deathstar_core::Class;

    const ID: &str =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/logs";

    fn workspace() -> Workspace {
        Workspace::new(ResourceGroupId::new("/subscriptions/s/resourceGroups/g"), "logs")
    }

    fn paths(workspace: &Workspace) -> Vec<String> {
        workspace.validate().into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn the_struct_is_the_document_and_reads_back() {
        let workspace = workspace().location("westeurope").sku(WorkspaceSku::Commitment(100));
        let workspace = workspace.retention_in_days(90).daily_quota_gb(DailyQuota::Gigabytes(1.5));
        let access = |workspace: Workspace| {
            workspace.public_network_access(WorkspaceAccess::Disabled, WorkspaceAccess::Enabled)
        };
        let workspace = access(workspace).disable_local_auth(true);
        let written = document(&workspace);
        assert_eq!(
            written,
            json!({"location": "westeurope", "properties": {
                "sku": {"name": "CapacityReservation", "capacityReservationLevel": 100},
                "retentionInDays": 90, "workspaceCapping": {"dailyQuotaGb": 1.5},
                "publicNetworkAccessForIngestion": "Disabled", "publicNetworkAccessForQuery": "Enabled",
                "features": {"disableLocalAuth": true},
            }})
        );
        assert_eq!(read::<Workspace>(ID, &written), workspace);
        let unlimited = document(&self::workspace().daily_quota_gb(DailyQuota::Unlimited));
        assert_eq!(unlimited["properties"]["workspaceCapping"]["dailyQuotaGb"], json!(-1.0));
        assert_eq!(read::<Workspace>(ID, &unlimited).daily_quota_gb, Some(DailyQuota::Unlimited));
    }

    #[test]
    fn other_ways_to_pay_are_seen_and_what_azure_adds_is_kept() {
        let seen = json!({"location": "westeurope", "properties": {"sku": {"name": "pergb2018", "lastSkuUpdate": "d"},
            "features": {"legacy": 0, "unifiedSentinelBillingOnly": false}, "customerId": "c", "retentionInDays": 30}});
        assert_eq!(read::<Workspace>(ID, &seen).sku, WorkspaceSku::PayAsYouGo);
        let changed = change(&workspace().disable_local_auth(true), &seen);
        assert_eq!(changed["properties"]["features"], json!({"legacy": 0, "disableLocalAuth": true}));
        assert_eq!(changed["properties"]["sku"], json!({"name": "PerGB2018"}));
        let cluster = json!({"properties": {"sku": {"name": "LACluster"}}});
        assert_eq!(paths(&read::<Workspace>(ID, &cluster)), ["/sku"]);
    }

    #[test]
    fn only_its_place_and_name_replace_it() {
        let replaces = Workspace::FIELDS.iter().filter(|field| matches!(field.class, Class::Replace));
        assert_eq!(
            replaces.map(|field| field.name).collect::<Vec<_>>(),
            ["resource_group", "name", "location"]
        );
        assert!(workspace().simulate(7).1.customer_id.is_some());
        let shown = json!({"properties": {"customerId": "c"}});
        let details = Workspace::outputs(&ResourceId::new(ID), shown.as_object().unwrap()).unwrap();
        assert_eq!(details.customer_id.as_deref(), Some("c"));
    }

    #[test]
    fn what_azure_refuses_is_found_before() {
        assert!(paths(&workspace()).is_empty());
        for (days, right) in [(29, false), (30, true), (730, true), (731, false)] {
            assert_eq!(paths(&workspace().retention_in_days(days)).is_empty(), right, "{days}");
        }
        for (level, right) in [(99, false), (100, true), (25_000, true)] {
            assert_eq!(paths(&workspace().sku(WorkspaceSku::Commitment(level))).is_empty(), right, "{level}");
        }
        for (quota, right) in [(0.0, false), (0.023, true), (f64::INFINITY, false)] {
            let quota = DailyQuota::Gigabytes(quota);
            assert_eq!(paths(&workspace().daily_quota_gb(quota)).is_empty(), right, "{quota:?}");
        }
        assert_eq!(paths(&Workspace { name: "abc".into(), ..workspace() }), ["/name"]);
    }
}
