//! The records of a virtual network's traffic.

use super::{Parts, derived};
use crate::{
    id::StorageAccountId,
    network::FlowLogs,
    networking::{FlowLog, FlowLogTarget, NetworkWatcherLookup, TrafficAnalytics},
    operational_insights::Workspace,
    storage::{StorageAccount, StorageSku},
};
use deathstar_core::{
    Input,
    component::Gate,
    model::name::azure::{FLOW_LOG, LOG_ANALYTICS_WORKSPACE, STORAGE_ACCOUNT},
};

/// For how many days a workspace can keep what is in it.
///
/// Source: Azure Monitor Logs, "Manage data retention in a Log Analytics workspace".
const KEPT: (u16, u16) = (30, 730);

impl Parts<'_, '_> {
    /// Declares the flow log, and what it writes into.
    pub(super) fn records(&mut self) {
        match self.choice.flow_logs.clone() {
            FlowLogs::Off => {}
            FlowLogs::Existing { account, days } => self.flow_log(account, days, None),
            FlowLogs::Account { days } => {
                // Unique in all of Azure: the name follows from the subscription too.
                let name = derived(&STORAGE_ACCOUNT, &format!("{}/flow-logs/{}", self.base, self.unique));
                let account = StorageAccount::new(self.resource_group.clone(), name, StorageSku::StandardLrs);
                let account = self.add("flow-logs/account", account).id().into();
                let name = self.name(&LOG_ANALYTICS_WORKSPACE, "flow-logs");
                let workspace = Workspace::new(self.resource_group.clone(), name);
                let workspace = workspace.retention_in_days(days.clamp(KEPT.0, KEPT.1));
                let workspace = self.add("flow-logs/workspace", workspace).id();
                let analytics =
                    self.location.clone().map(|location| TrafficAnalytics::new(workspace, location));
                self.flow_log(account, days, analytics);
            }
        }
    }

    /// All traffic of the network. Azure makes the watcher with the first virtual network of a location.
    fn flow_log(&mut self, account: Input<StorageAccountId>, days: u16, analytics: Option<TrafficAnalytics>) {
        let watcher = Gate(NetworkWatcherLookup::new()).on(&self.vnet);
        let watcher = self.scope.add("flow-logs/network-watcher", watcher);
        let of = FlowLogTarget::VirtualNetwork(self.vnet.id().into());
        let log = FlowLog::new(watcher, self.name(&FLOW_LOG, "flow-logs"), of, account);
        self.add("flow-logs/flow-log", log.retention_days(days).analytics(analytics));
    }
}
