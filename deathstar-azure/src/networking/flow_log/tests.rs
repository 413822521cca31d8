use super::*;
use crate::arm::testing::{change, document, read};
use deathstar_core::Class;

const GROUP: &str = "/subscriptions/s/resourceGroups/g/providers";
const WATCHER: &str = "/subscriptions/s/resourceGroups/w/providers/Microsoft.Network/networkWatchers/w";

fn network(name: &str) -> FlowLogTarget {
    let id = format!("{GROUP}/Microsoft.Network/virtualNetworks/{name}");
    FlowLogTarget::VirtualNetwork(VirtualNetworkId::new(id).into())
}

fn subnet() -> FlowLogTarget {
    FlowLogTarget::Subnet(
        SubnetId::new(format!("{GROUP}/Microsoft.Network/virtualNetworks/v/subnets/a")).into(),
    )
}

fn interface() -> FlowLogTarget {
    FlowLogTarget::NetworkInterface(
        NetworkInterfaceId::new(format!("{GROUP}/Microsoft.Network/networkInterfaces/n")).into(),
    )
}

fn storage() -> StorageAccountId {
    StorageAccountId::new(format!("{GROUP}/Microsoft.Storage/storageAccounts/flows"))
}

fn analytics() -> TrafficAnalytics {
    let workspace = WorkspaceId::new(format!("{GROUP}/Microsoft.OperationalInsights/workspaces/w"));
    TrafficAnalytics::new(workspace, "westeurope").every(AnalyticsInterval::TenMinutes)
}

fn log(target: FlowLogTarget) -> FlowLog {
    FlowLog::new(NetworkWatcherId::new(WATCHER), "flows", target, storage()).location("westeurope")
}

fn back(document: &Value) -> FlowLog {
    read(&format!("{WATCHER}/flowLogs/flows"), document)
}

fn paths(log: &FlowLog) -> Vec<String> {
    log.validate().into_iter().map(|finding| finding.path).collect()
}

#[test]
fn every_target_is_written_and_read_back() {
    for target in [network("v"), subnet(), interface()] {
        let log = log(target).analytics(Some(analytics()));
        assert_eq!(back(&document(&log)), log);
        assert!(paths(&log).is_empty());
    }
    let written = document(&log(network("v")).analytics(Some(analytics())));
    let configuration = json!({"enabled": true, "workspaceRegion": "westeurope", "trafficAnalyticsInterval": 10,
        "workspaceResourceId": format!("{GROUP}/Microsoft.OperationalInsights/workspaces/w")});
    assert_eq!(
        written["properties"],
        json!({
            "targetResourceId": format!("{GROUP}/Microsoft.Network/virtualNetworks/v"), "storageId": storage(), "enabled": true,
            "retentionPolicy": {"enabled": true, "days": 90}, "format": {"type": "JSON", "version": 2},
            "flowAnalyticsConfiguration": {"networkWatcherFlowAnalyticsConfiguration": configuration},
        })
    );
}

#[test]
fn records_are_kept_for_ever_without_a_policy() {
    let mut written = document(&log(network("v")).retention_days(0));
    assert_eq!(written["properties"]["retentionPolicy"], json!({"enabled": false, "days": 0}));
    assert_eq!(back(&written).retention_days, 0);
    written["properties"]["retentionPolicy"]["days"] = json!(7);
    assert_eq!(back(&written).retention_days, 0, "the days of a policy that is off count for nothing");
}

#[test]
fn the_analysis_can_be_left_alone_taken_out_and_turned_off_by_others() {
    let mut seen = document(&log(network("v")).analytics(Some(analytics())));
    let place = "/properties/flowAnalyticsConfiguration/networkWatcherFlowAnalyticsConfiguration";
    seen.pointer_mut(place).unwrap()["workspaceId"] = json!("guid");
    assert_eq!(change(&log(network("v")), &seen), seen);
    let kept = change(&log(network("v")).analytics(Some(analytics().every(AnalyticsInterval::Hour))), &seen);
    assert_eq!(kept.pointer(place).unwrap()["workspaceId"], json!("guid"));
    assert_eq!(kept.pointer(place).unwrap()["trafficAnalyticsInterval"], json!(60));
    let out = change(&log(network("v")).analytics(None), &seen);
    assert_eq!(out["properties"].get("flowAnalyticsConfiguration"), None);
    seen.pointer_mut(place).unwrap()["enabled"] = json!(false);
    assert_eq!(back(&seen).analytics, Setting::Unmanaged);
}

#[test]
fn another_sort_of_target_replaces_it() {
    let target = FlowLog::FIELDS.iter().find(|field| field.name == "target").unwrap();
    let Class::By(verdict) = target.class else { panic!("it depends on the values") };
    assert_eq!(verdict(&log(network("v")), &log(network("w"))), Verdict::Update);
    assert_eq!(verdict(&log(network("v")), &log(subnet())), Verdict::Replace);
    assert_eq!(verdict(&log(interface()), &log(subnet())), Verdict::Replace);
}

#[test]
fn a_target_has_one_log() {
    let other = FlowLog { name: "other".into(), ..log(network("v")) };
    assert_eq!(log(network("v")).holds(), other.holds());
    assert_ne!(log(network("w")).holds(), other.holds());
}

#[test]
fn logs_of_security_groups_are_seen_and_not_declared() {
    let mut seen = document(&log(network("v")));
    let group = format!("{GROUP}/Microsoft.Network/networkSecurityGroups/web");
    seen["properties"]["targetResourceId"] = json!(group);
    let log = back(&seen);
    assert_eq!(log.target, FlowLogTarget::Other(group));
    assert_eq!(paths(&log), ["/target"]);
}

#[test]
fn what_azure_refuses_is_found_before() {
    for (days, right) in [(0, true), (365, true), (366, false)] {
        assert_eq!(paths(&log(network("v")).retention_days(days)).is_empty(), right, "{days}");
    }
    let wrong = TrafficAnalytics { workspace_region: Location::new("?"), ..analytics() };
    assert_eq!(paths(&log(network("v")).analytics(Some(wrong))), ["/analytics"]);
    let odd = analytics().every(AnalyticsInterval::from(30));
    assert_eq!(paths(&log(network("v")).analytics(Some(odd))), ["/analytics"]);
}

#[test]
fn it_needs_the_keys_of_its_account_and_of_its_workspace() {
    let actions =
        |log: &FlowLog| log.links().into_iter().map(|link| link.action.to_string()).collect::<Vec<_>>();
    let plain = actions(&log(network("v")));
    assert!(plain.contains(&"Microsoft.Storage/storageAccounts/listKeys/action".to_owned()));
    assert!(plain.contains(&"Microsoft.Network/virtualNetworks/read".to_owned()));
    let more = actions(&log(network("v")).analytics(Some(analytics())));
    assert_eq!(
        &more[plain.len()..],
        [
            "Microsoft.OperationalInsights/workspaces/read",
            "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
        ]
    );
}
