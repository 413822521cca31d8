//! A flow log.

use super::{API_VERSION, lane};
use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, Document},
    id::{
        FlowLogId, NetworkInterfaceId, NetworkWatcherId, ResourceId, StorageAccountId, SubnetId,
        VirtualNetworkId, WorkspaceId,
    },
    names,
    permission::{self, on},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, Verdict, fields,
    model::{Setting, name::azure::FLOW_LOG},
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A flow log: a record of the traffic of a virtual network, a subnet or a network interface, in a storage account.
///
/// This is the current sort, "virtual network flow logs". The former one, of network security groups, takes no new logs since
/// 30 June 2025 and ends on 30 September 2027; so one of a group is seen here and cannot be declared. It recorded what passed the
/// rules of groups alone; this one records all traffic, with or without a group, and whether it was encrypted.
///
/// Records are kept for the [days](FlowLog::retention_days) that it says, and in addition analysed in a workspace where it
/// [says so](FlowLog::analytics).
///
/// # Permissions
/// `Microsoft.Network/networkWatchers/flowLogs/read`, `/write`, `/delete`, `Microsoft.Network/networkWatchers/configureFlowLog/action`;
/// `Microsoft.Storage/storageAccounts/listServiceSas/action`, `/listAccountSas/action`, `/listKeys/action` of the account; reading what
/// it records; for analytics `Microsoft.OperationalInsights/workspaces/read` and `/sharedKeys/action`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// Paid by the amount of records, by their storage and by what is analysed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FlowLog {
    /// The network watcher of its location. Another one replaces it.
    pub network_watcher: Input<NetworkWatcherId>,
    /// Its name, unique in the watcher. Another one replaces it.
    pub name: String,
    /// Its location, which is that of what it records: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
    /// Whose traffic is recorded. Another one of the same sort is taken in place, one of another sort replaces it.
    pub target: FlowLogTarget,
    /// Where records go: an account of the same location, of the standard tier and of the kind `StorageV2`.
    pub storage: Input<StorageAccountId>,
    /// Whether it records.
    pub enabled: bool,
    /// For how many days records are kept, up to 365; 0 is for ever.
    pub retention_days: u16,
    /// The analysis of records in a workspace.
    #[serde(default)]
    pub analytics: Setting<TrafficAnalytics>,
}

/// Whose traffic is recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FlowLogTarget {
    /// All of a virtual network's.
    VirtualNetwork(Input<VirtualNetworkId>),
    /// All of a subnet's.
    Subnet(Input<SubnetId>),
    /// A network interface's.
    NetworkInterface(Input<NetworkInterfaceId>),
    /// Something else's, such as a network security group's. It is seen and cannot be declared.
    Other(String),
}

/// The analysis of records in a workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TrafficAnalytics {
    /// The workspace.
    pub workspace_resource_id: Input<WorkspaceId>,
    /// The workspace's location.
    pub workspace_region: Location,
    /// How often records are looked at.
    pub traffic_analytics_interval: AnalyticsInterval,
}

/// How often records are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "u16", into = "u16")]
#[non_exhaustive]
pub enum AnalyticsInterval {
    /// Every ten minutes.
    TenMinutes,
    /// Every hour.
    Hour,
    /// Every so many minutes. It is seen and cannot be declared.
    Other(u16),
}

impl From<u16> for AnalyticsInterval {
    fn from(minutes: u16) -> Self {
        match minutes {
            10 => Self::TenMinutes,
            60 => Self::Hour,
            other => Self::Other(other),
        }
    }
}

impl From<AnalyticsInterval> for u16 {
    fn from(interval: AnalyticsInterval) -> Self {
        match interval {
            AnalyticsInterval::TenMinutes => 10,
            AnalyticsInterval::Hour => 60,
            AnalyticsInterval::Other(minutes) => minutes,
        }
    }
}

impl TrafficAnalytics {
    /// An analysis every hour, in a workspace at a location.
    pub fn new(workspace: impl Into<Input<WorkspaceId>>, location: impl Into<Location>) -> Self {
        Self {
            workspace_resource_id: workspace.into(),
            workspace_region: location.into(),
            traffic_analytics_interval: AnalyticsInterval::Hour,
        }
    }

    /// How often records are looked at.
    #[must_use]
    pub fn every(mut self, interval: AnalyticsInterval) -> Self {
        self.traffic_analytics_interval = interval;
        self
    }
}

impl FlowLog {
    /// A record that is kept for 90 days.
    pub fn new(
        network_watcher: impl Into<Input<NetworkWatcherId>>,
        name: impl Into<String>,
        target: FlowLogTarget,
        storage: impl Into<Input<StorageAccountId>>,
    ) -> Self {
        Self {
            network_watcher: network_watcher.into(),
            name: name.into(),
            location: None,
            target,
            storage: storage.into(),
            enabled: true,
            retention_days: 90,
            analytics: Setting::Unmanaged,
        }
    }

    /// Its location.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Whether it records.
    #[must_use]
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// For how many days records are kept; 0 is for ever.
    #[must_use]
    pub fn retention_days(mut self, days: u16) -> Self {
        self.retention_days = days;
        self
    }

    /// The analysis of records in a workspace; none, where there is to be none.
    #[must_use]
    pub fn analytics(mut self, analytics: Option<TrafficAnalytics>) -> Self {
        self.analytics = Setting::of(analytics);
        self
    }
}

impl FlowLogTarget {
    /// Where it is among the sorts, and its id.
    fn of(id: &str) -> Self {
        let (network, subnet, nic) =
            (VirtualNetworkId::new(id), SubnetId::new(id), NetworkInterfaceId::new(id));
        if network.is_well_formed() {
            Self::VirtualNetwork(network.into())
        } else if subnet.is_well_formed() {
            Self::Subnet(subnet.into())
        } else if nic.is_well_formed() {
            Self::NetworkInterface(nic.into())
        } else {
            Self::Other(id.into())
        }
    }

    fn id(&self) -> Value {
        match self {
            Self::VirtualNetwork(id) => json!(id),
            Self::Subnet(id) => json!(id),
            Self::NetworkInterface(id) => json!(id),
            Self::Other(id) => json!(id),
        }
    }
}

fn of_the_same_sort(prior: &FlowLog, want: &FlowLog) -> Verdict {
    if std::mem::discriminant(&prior.target) == std::mem::discriminant(&want.target) {
        Verdict::Update
    } else {
        Verdict::Replace
    }
}

impl Resource for FlowLog {
    type Provider = Azure;
    type Id = FlowLogId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.network.flow-log";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure REST API, "Flow Logs - Create Or Update".
    const FIELDS: Fields<Self> = fields!(FlowLog {
        network_watcher: Replace,
        name: Replace,
        location: Replace,
        target: By(of_the_same_sort),
        storage: Update,
        enabled: Update,
        retention_days: Update,
        analytics: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    /// A target has one flow log, and a watcher makes one at a time: Azure refuses more with `AnotherOperationInProgress`.
    fn holds(&self) -> Vec<Hold> {
        vec![lane(&self.network_watcher), Hold::life("flow-log-of-target", self.target.id())]
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&FLOW_LOG, &self.name).into_iter().collect();
        findings.extend(names::check_location(self.location.as_ref()));
        let mut tell = |at: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new("flow-log.form", why).at(at).fix(fix));
        };
        if let FlowLogTarget::Other(id) = &self.target {
            let why = format!("flow logs of `{id}` are seen, and no new ones can be made");
            tell("/target", why, "record its virtual network, its subnet or its network interface");
        }
        if self.retention_days > 365 {
            let why = format!(
                "records are kept for up to 365 days or for ever, and not for {}",
                self.retention_days
            );
            tell("/retention_days", why, "choose 1 to 365, or 0 for ever");
        }
        let analytics = self.analytics.value();
        if let Some(AnalyticsInterval::Other(minutes)) =
            analytics.map(|analytics| analytics.traffic_analytics_interval)
        {
            let why = format!("records are looked at every 10 or 60 minutes, and not every {minutes}");
            tell("/analytics", why, "choose one of these");
        }
        findings.extend(
            analytics
                .and_then(|analytics| names::check_location(Some(&analytics.workspace_region)))
                .map(|finding| finding.at("/analytics")),
        );
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (FlowLogId, ()) {
        (arm::simulated(self), ())
    }
}

const TARGET: &str = "/properties/targetResourceId";
const DAYS: &str = "/properties/retentionPolicy/days";
const ANALYTICS: &str = "/properties/flowAnalyticsConfiguration/networkWatcherFlowAnalyticsConfiguration";

impl ArmResource for FlowLog {
    const TYPE: ArmType = FlowLogId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PARENT: &'static str = "network_watcher";
    const PLACES: &'static [(&'static str, &'static str)] = &[
        ("target", TARGET),
        ("storage", "/properties/storageId"),
        ("retention_days", DAYS),
        ("analytics", ANALYTICS),
    ];
    const READ_ONLY: &'static [&'static str] = &[
        "/identity/principalId",
        "/identity/tenantId",
        "/identity/userAssignedIdentities/*/clientId",
        "/identity/userAssignedIdentities/*/principalId",
        "/properties/targetResourceGuid",
    ];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.network_watcher)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    /// Version 2 of the format tells bytes and packets, and is the only one that virtual networks have.
    fn write(&self, document: &mut Document) -> Result<()> {
        let seen = arm::look(document, ANALYTICS).cloned();
        arm::write(self, document)?;
        arm::put(document, TARGET, self.target.id())?;
        arm::put(document, "/properties/retentionPolicy/enabled", json!(self.retention_days > 0))?;
        arm::put(document, "/properties/format", json!({"type": "JSON", "version": 2}))?;
        if let Setting::Value(analytics) = &self.analytics {
            let mut all = seen.unwrap_or_else(|| json!({}));
            all["enabled"] = json!(true);
            all["workspaceResourceId"] = json!(analytics.workspace_resource_id);
            all["workspaceRegion"] = json!(analytics.workspace_region);
            all["trafficAnalyticsInterval"] = json!(analytics.traffic_analytics_interval);
            arm::put(document, ANALYTICS, all)?;
        }
        Ok(())
    }

    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        let mut plain = document.clone();
        let target = arm::look(document, TARGET).and_then(Value::as_str).unwrap_or_default();
        arm::put(&mut plain, TARGET, json!(FlowLogTarget::of(target)))?;
        if arm::look(document, "/properties/retentionPolicy/enabled") != Some(&Value::Bool(true)) {
            arm::put(&mut plain, DAYS, json!(0))?;
        }
        if arm::look(document, "/properties/enabled").is_none() {
            arm::put(&mut plain, "/properties/enabled", json!(false))?;
        }
        let analytics = arm::look(document, ANALYTICS);
        if analytics.is_none_or(|analytics| analytics["enabled"] != json!(true)) {
            arm::take(&mut plain, ANALYTICS);
        }
        arm::read(id, &plain)
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }

    /// Source: Azure Network Watcher documentation, "Azure RBAC permissions required to use Network Watcher capabilities".
    fn links(&self) -> Vec<Permission> {
        let mut all = vec![on(NetworkWatcherId::TYPE, "configureFlowLog/action", &self.network_watcher)];
        let account = ["read", "listServiceSas/action", "listAccountSas/action", "listKeys/action"];
        all.extend(account.map(|deed| on(StorageAccountId::TYPE, deed, &self.storage)));
        all.extend(match &self.target {
            FlowLogTarget::VirtualNetwork(id) => Some(on(VirtualNetworkId::TYPE, "read", id)),
            FlowLogTarget::Subnet(id) => Some(on(SubnetId::TYPE, "read", id)),
            FlowLogTarget::NetworkInterface(id) => Some(on(NetworkInterfaceId::TYPE, "read", id)),
            FlowLogTarget::Other(_) => None,
        });
        if let Some(analytics) = self.analytics.value() {
            let workspace = ["read", "sharedKeys/action"];
            all.extend(workspace.map(|deed| on(WorkspaceId::TYPE, deed, &analytics.workspace_resource_id)));
        }
        all
    }
}

#[cfg(test)]
mod tests;
