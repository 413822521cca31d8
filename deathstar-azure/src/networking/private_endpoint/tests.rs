use super::*;
use crate::arm::testing::{change, document, read};

const GROUP: &str = "/subscriptions/s/resourceGroups/g";
const ID: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/store";
const STORE: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/store";
const SUBNET_ID: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a";

fn endpoint() -> PrivateEndpoint {
    PrivateEndpoint::new(
        ResourceGroupId::new(GROUP),
        "store",
        SubnetId::new(SUBNET_ID),
        ResourceId::new(STORE),
        ["blob"],
    )
}

fn codes(endpoint: &PrivateEndpoint) -> Vec<String> {
    endpoint.validate().into_iter().map(|finding| finding.code).collect()
}

#[test]
fn a_connection_stands_in_the_list_of_who_approves_it() {
    let connection = |message: Option<&str>| {
        let mut one =
            json!({"name": "store", "properties": {"privateLinkServiceId": STORE, "groupIds": ["blob"]}});
        if let Some(message) = message {
            one["properties"]["requestMessage"] = json!(message);
        }
        json!([one])
    };
    let automatic = endpoint().location("westeurope");
    let written = document(&automatic);
    assert_eq!(
        written,
        json!({"location": "westeurope", "properties": {
            "subnet": {"id": SUBNET_ID}, "privateLinkServiceConnections": connection(None)}})
    );
    assert_eq!(read::<PrivateEndpoint>(ID, &written), automatic);
    let manual = endpoint().ask_for_approval("the shop's pictures").custom_network_interface_name("nic");
    let written = document(&manual);
    assert_eq!(
        written["properties"]["manualPrivateLinkServiceConnections"],
        connection(Some("the shop's pictures"))
    );
    assert_eq!(written["properties"].get("privateLinkServiceConnections"), None);
    assert_eq!(read::<PrivateEndpoint>(ID, &written), manual);
}

#[test]
fn a_change_keeps_what_azure_says_of_the_connection() {
    let group = ApplicationSecurityGroupId::new(format!(
        "{GROUP}/providers/Microsoft.Network/applicationSecurityGroups/web"
    ));
    let mut seen = document(&endpoint());
    let state = json!({"status": "Approved", "description": "d"});
    seen["properties"]["privateLinkServiceConnections"][0]["properties"]["privateLinkServiceConnectionState"] =
        state.clone();
    seen["properties"]["privateLinkServiceConnections"][0]["name"] = json!("its-own");
    seen["properties"]["manualPrivateLinkServiceConnections"] = json!([]);
    seen["properties"]["networkInterfaces"] = json!([{"id": "n"}]);
    let changed = change(&endpoint().application_security_groups([group.clone()]), &seen);
    let one = &changed["properties"]["privateLinkServiceConnections"][0];
    assert_eq!(
        (&one["name"], &one["properties"]["privateLinkServiceConnectionState"]),
        (&json!("its-own"), &state)
    );
    assert_eq!(changed["properties"]["applicationSecurityGroups"], json!([{"id": group}]));
    assert_eq!(changed["properties"].get("networkInterfaces"), None);
}

#[test]
fn one_whose_connection_ended_is_broken() {
    let state = |status: &str| {
        let mut seen = document(&endpoint());
        seen["properties"]["provisioningState"] = json!("Succeeded");
        seen["properties"]["privateLinkServiceConnections"][0]["properties"]["privateLinkServiceConnectionState"] =
            json!({"status": status});
        PrivateEndpoint::state(seen.as_object().unwrap())
    };
    assert_eq!(state("Approved"), SeenState::Ready);
    assert_eq!(state("Pending"), SeenState::Ready);
    assert_eq!(state("Rejected"), SeenState::Failed("its connection is `Rejected`".into()));
    assert_eq!(state("Disconnected"), SeenState::Failed("its connection is `Disconnected`".into()));
}

#[test]
fn it_tells_its_interface_and_addresses() {
    let shown = json!({"properties": {
        "networkInterfaces": [{"id": format!("{GROUP}/providers/Microsoft.Network/networkInterfaces/n")}],
        "customDnsConfigs": [{"fqdn": "store.blob.core.windows.net", "ipAddresses": ["10.0.0.4"]}],
    }});
    let details = PrivateEndpoint::outputs(&ResourceId::new(ID), shown.as_object().unwrap()).unwrap();
    assert!(details.network_interface.unwrap().is_well_formed());
    assert_eq!(details.addresses[0].ip_addresses, ["10.0.0.4".parse::<IpAddr>().unwrap()]);
    assert!(endpoint().simulate(1).1.network_interface.unwrap().is_well_formed());
}

#[test]
fn it_approves_what_it_leads_to_itself() {
    let actions = |endpoint: &PrivateEndpoint| {
        endpoint.links().into_iter().map(|link| link.action.to_string()).collect::<Vec<_>>()
    };
    let join = "Microsoft.Network/virtualNetworks/subnets/join/action".to_owned();
    let approve = "Microsoft.Storage/storageAccounts/PrivateEndpointConnectionsApproval/action".to_owned();
    assert_eq!(actions(&endpoint()), [join.clone(), approve]);
    assert_eq!(actions(&endpoint().ask_for_approval("please")), [join]);
}

#[test]
fn what_azure_refuses_is_found_before() {
    assert!(codes(&endpoint()).is_empty());
    assert_eq!(codes(&endpoint().ask_for_approval("")), ["private-endpoint.message"]);
    assert_eq!(codes(&endpoint().ask_for_approval("m".repeat(141))), ["private-endpoint.message"]);
    assert_eq!(
        codes(&PrivateEndpoint { service: ResourceId::new("store").into(), ..endpoint() }),
        ["id.form"]
    );
}
