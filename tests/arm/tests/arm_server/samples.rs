//! One object of every type, in an order in which they can be made.

use crate::client::Client;
use serde_json::{Value, json};

/// An object to make, and what a second document changes.
pub struct Sample {
    pub kind: &'static str,
    pub path: String,
    pub body: Value,
    /// A pointer into the document, and what a change puts there; none for what cannot be changed.
    pub change: Option<(&'static str, Value)>,
}

pub const PRINCIPAL: &str = "44444444-4444-4444-8444-444444444444";
pub const ROLE: &str = "4d97b98b-1d4f-4787-a291-c67834d212e7";

fn sample(kind: &'static str, names: &[&str], body: Value, change: Option<(&'static str, Value)>) -> Sample {
    let mut words = kind.split('/');
    let namespace = words.next().unwrap();
    let chain = words.zip(names).fold(String::new(), |chain, (word, name)| chain + "/" + word + "/" + name);
    Sample { kind, path: format!("/resourceGroups/g/providers/{namespace}{chain}"), body, change }
}

/// A reference to a sample's object.
pub fn reference(path: &str) -> Value {
    json!({ "id": Client::id(&format!("/resourceGroups/g/providers/{path}")) })
}

fn id(path: &str) -> Value {
    reference(path)["id"].clone()
}

fn located(mut body: Value) -> Value {
    body["location"] = json!("westeurope");
    body["tags"] = json!({ "made-by": "samples" });
    body
}

fn everywhere(mut body: Value) -> Value {
    body["location"] = json!("global");
    body
}

/// All samples; the resource group that they stand in is the first.
pub fn all() -> Vec<Sample> {
    let tag = || Some(("/tags/changed", json!("yes")));
    let mut all = vec![Sample {
        kind: "Microsoft.Resources/resourceGroups",
        path: "/resourceGroups/g".to_owned(),
        body: json!({ "location": "westeurope", "tags": {} }),
        change: tag(),
    }];
    all.extend(network());
    all.extend(private());
    all.extend(others());
    all
}

fn network() -> Vec<Sample> {
    vec![
        sample(
            "Microsoft.Network/virtualNetworks",
            &["n"],
            located(
                json!({ "properties": { "addressSpace": { "addressPrefixes": ["10.0.0.0/16", "fd00::/48"] } } }),
            ),
            Some(("/properties/flowTimeoutInMinutes", json!(10))),
        ),
        sample(
            "Microsoft.Network/networkSecurityGroups",
            &["sg"],
            located(json!({})),
            Some(("/properties/flushConnection", json!(true))),
        ),
        sample(
            "Microsoft.Network/networkSecurityGroups/securityRules",
            &["sg", "web"],
            json!({ "properties": {
                "protocol": "Tcp", "access": "Allow", "direction": "Inbound", "priority": 100, "description": "the web",
                "sourceAddressPrefix": "10.0.0.0/16", "sourcePortRange": "*", "destinationAddressPrefix": "*",
                "destinationPortRanges": ["80", "443"],
            }}),
            Some(("/properties/priority", json!(200))),
        ),
        sample("Microsoft.Network/applicationSecurityGroups", &["asg"], located(json!({})), tag()),
        sample(
            "Microsoft.Network/routeTables",
            &["rt"],
            located(json!({})),
            Some(("/properties/disableBgpRoutePropagation", json!(true))),
        ),
        sample(
            "Microsoft.Network/routeTables/routes",
            &["rt", "out"],
            json!({ "properties": { "addressPrefix": "0.0.0.0/0", "nextHopType": "Internet" } }),
            Some(("/properties/nextHopType", json!("None"))),
        ),
        sample(
            "Microsoft.Network/publicIPPrefixes",
            &["prefix"],
            located(
                json!({ "sku": { "name": "Standard" }, "zones": ["1"], "properties": { "prefixLength": 30, "publicIPAddressVersion": "IPv4" } }),
            ),
            Some(("/tags/changed", json!("yes"))),
        ),
        sample(
            "Microsoft.Network/publicIPAddresses",
            &["address"],
            located(
                json!({ "sku": { "name": "Standard", "tier": "Regional" }, "zones": ["1", "2", "3"], "properties": { "publicIPAllocationMethod": "Static" } }),
            ),
            Some(("/properties/idleTimeoutInMinutes", json!(10))),
        ),
        sample(
            "Microsoft.Network/natGateways",
            &["nat"],
            located(json!({ "sku": { "name": "Standard" }, "zones": ["1"], "properties": {
                "publicIpAddresses": [reference("Microsoft.Network/publicIPAddresses/address")],
                "publicIpPrefixes": [reference("Microsoft.Network/publicIPPrefixes/prefix")],
            }})),
            Some(("/properties/idleTimeoutInMinutes", json!(10))),
        ),
        sample(
            "Microsoft.Network/virtualNetworks/subnets",
            &["n", "a"],
            json!({ "properties": {
                "addressPrefix": "10.0.1.0/24", "defaultOutboundAccess": false,
                "networkSecurityGroup": reference("Microsoft.Network/networkSecurityGroups/sg"),
                "routeTable": reference("Microsoft.Network/routeTables/rt"),
                "natGateway": reference("Microsoft.Network/natGateways/nat"),
                "serviceEndpoints": [{ "service": "Microsoft.Storage" }],
            }}),
            Some(("/properties/privateEndpointNetworkPolicies", json!("Enabled"))),
        ),
    ]
}

fn private() -> Vec<Sample> {
    let record = |kind: &'static str, records: Value| {
        let mut properties = records;
        properties["ttl"] = json!(60);
        sample(
            kind,
            &["example.internal", "www"],
            json!({ "properties": properties }),
            Some(("/properties/ttl", json!(120))),
        )
    };
    vec![
        sample(
            "Microsoft.Network/privateDnsZones",
            &["example.internal"],
            everywhere(json!({})),
            Some(("/tags/changed", json!("yes"))),
        ),
        sample(
            "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
            &["example.internal", "l"],
            everywhere(
                json!({ "properties": { "virtualNetwork": reference("Microsoft.Network/virtualNetworks/n"), "registrationEnabled": false } }),
            ),
            Some(("/properties/registrationEnabled", json!(true))),
        ),
        record("Microsoft.Network/privateDnsZones/A", json!({ "aRecords": [{ "ipv4Address": "10.0.1.4" }] })),
        record(
            "Microsoft.Network/privateDnsZones/AAAA",
            json!({ "aaaaRecords": [{ "ipv6Address": "fd00::4" }] }),
        ),
        record(
            "Microsoft.Network/privateDnsZones/CNAME",
            json!({ "cnameRecord": { "cname": "example.org" } }),
        ),
        record(
            "Microsoft.Network/privateDnsZones/MX",
            json!({ "mxRecords": [{ "preference": 1, "exchange": "mail.example.org" }] }),
        ),
        record(
            "Microsoft.Network/privateDnsZones/PTR",
            json!({ "ptrRecords": [{ "ptrdname": "example.org" }] }),
        ),
        record(
            "Microsoft.Network/privateDnsZones/SRV",
            json!({ "srvRecords": [{ "priority": 1, "weight": 1, "port": 1, "target": "example.org" }] }),
        ),
        record("Microsoft.Network/privateDnsZones/TXT", json!({ "txtRecords": [{ "value": ["text"] }] })),
        sample(
            "Microsoft.Network/privateEndpoints",
            &["pe"],
            located(json!({ "properties": {
                "subnet": reference("Microsoft.Network/virtualNetworks/n/subnets/a"),
                "privateLinkServiceConnections": [{ "name": "c", "properties": {
                    "privateLinkServiceId": id("Microsoft.Storage/storageAccounts/samples"), "groupIds": ["blob"],
                }}],
            }})),
            Some(("/tags/changed", json!("yes"))),
        ),
        sample(
            "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
            &["pe", "default"],
            json!({ "properties": { "privateDnsZoneConfigs": [{ "name": "one", "properties": {
                "privateDnsZoneId": id("Microsoft.Network/privateDnsZones/example.internal"),
            }}]}}),
            Some(("/properties/privateDnsZoneConfigs/0/name", json!("two"))),
        ),
    ]
}

fn others() -> Vec<Sample> {
    vec![
        sample(
            "Microsoft.ManagedIdentity/userAssignedIdentities",
            &["identity"],
            located(json!({})),
            Some(("/tags/changed", json!("yes"))),
        ),
        sample(
            "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
            &["identity", "credential"],
            json!({ "properties": {
                "issuer": "https://issuer.example.org/1/", "subject": "system:serviceaccount:n:a", "audiences": ["api://AzureADTokenExchange"],
            }}),
            Some(("/properties/subject", json!("system:serviceaccount:n:b"))),
        ),
        sample(
            "Microsoft.Authorization/roleAssignments",
            &["55555555-5555-4555-8555-555555555555"],
            json!({ "properties": {
                "principalId": PRINCIPAL, "principalType": "ServicePrincipal",
                "roleDefinitionId": Client::id(&format!("/providers/Microsoft.Authorization/roleDefinitions/{ROLE}")),
            }}),
            None,
        ),
        sample(
            "Microsoft.OperationalInsights/workspaces",
            &["logs"],
            located(json!({ "properties": { "sku": { "name": "PerGB2018" }, "retentionInDays": 30 } })),
            Some(("/properties/retentionInDays", json!(60))),
        ),
        sample(
            "Microsoft.Storage/storageAccounts",
            &["samples"],
            located(
                json!({ "sku": { "name": "Standard_ZRS" }, "kind": "StorageV2", "properties": { "minimumTlsVersion": "TLS1_2" } }),
            ),
            Some(("/properties/allowSharedKeyAccess", json!(false))),
        ),
        sample(
            "Microsoft.Network/networkWatchers",
            &["watcher"],
            located(json!({ "properties": {} })),
            Some(("/tags/changed", json!("yes"))),
        ),
        sample(
            "Microsoft.Network/networkWatchers/flowLogs",
            &["watcher", "flows"],
            located(json!({ "properties": {
                "targetResourceId": id("Microsoft.Network/virtualNetworks/n"), "storageId": id("Microsoft.Storage/storageAccounts/samples"),
                "enabled": true, "format": { "type": "JSON", "version": 2 },
                "flowAnalyticsConfiguration": { "networkWatcherFlowAnalyticsConfiguration": {
                    "enabled": true, "trafficAnalyticsInterval": 10, "workspaceResourceId": id("Microsoft.OperationalInsights/workspaces/logs"),
                }},
            }})),
            Some(("/properties/retentionPolicy", json!({ "days": 7, "enabled": true }))),
        ),
    ]
}

/// Sets what a pointer names, whose parent is there or is made.
pub fn set(document: &mut Value, pointer: &str, value: Value) {
    let mut place = document;
    for token in pointer.split('/').skip(1) {
        place = match token.parse::<usize>() {
            Ok(index) => &mut place[index],
            Err(_) => &mut place[token],
        };
    }
    *place = value;
}
