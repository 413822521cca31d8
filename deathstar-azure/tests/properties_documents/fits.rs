//! Every kind's documents fit their description, read back, and lose nothing of what Azure shows.

use crate::{
    described::{full, wrong},
    specs,
};
use deathstar_azure::arm::{self, ArmId, ArmResource, Document, Placement};
use proptest::prelude::*;
use serde_json::Value;
use std::fmt::Debug;

/// The document of a new object, as the driver sends it.
fn document<R: ArmResource>(spec: &R) -> Document {
    let mut document = Document::new();
    spec.write(&mut document).unwrap();
    let location = match R::PLACEMENT {
        Placement::Region => "westeurope",
        Placement::Global => "global",
        Placement::Parent => return document,
    };
    document.entry("location").or_insert_with(|| location.into());
    document
}

/// What is at a pointer of one and not of another, but for what a spec decides on its own.
fn lost(before: &Value, after: &Value, decided: &[&str], at: &str, found: &mut Vec<String>) {
    if decided.contains(&at) {
        return;
    }
    let below = |name: &str| format!("{at}/{name}");
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, value) in before {
                match after.get(name) {
                    Some(other) => lost(value, other, decided, &below(name), found),
                    None if decided.contains(&&*below(name)) => {}
                    None => found.push(below(name)),
                }
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            for (number, value) in before.iter().enumerate() {
                match after.get(number) {
                    Some(other) => lost(value, other, decided, &below(&number.to_string()), found),
                    None => found.push(below(&number.to_string())),
                }
            }
        }
        _ => {}
    }
}

fn fits<R: ArmResource + Debug>(spec: &R, decided: &[&str]) -> Result<(), TestCaseError> {
    let (of, id) = (spec.type_of().to_string(), arm::id(spec).unwrap().in_subscription("s"));
    let mut written = Document::new();
    spec.write(&mut written).unwrap();
    prop_assert_eq!(&R::read(&id, &written).unwrap(), spec);
    prop_assert_eq!(wrong(&of, R::API_VERSION, &document(spec)), Vec::<String>::new());

    let Some((shown, writable)) = full(&of, R::API_VERSION) else { return Ok(()) };
    let changed = arm::changed(spec, shown.clone()).unwrap();
    prop_assert_eq!(wrong(&of, R::API_VERSION, &changed), Vec::<String>::new(), "into what is there");
    let seen = spec.managed(R::read(&id, &changed).unwrap());
    for field in R::FIELDS {
        let want = (field.get)(spec);
        if !want.is_null() {
            prop_assert_eq!((field.get)(&seen), want, "{} after it was written", field.name);
        }
    }
    let same = R::read(&id, &shown).unwrap();
    let kept = Value::Object(arm::changed(&same, shown).unwrap());
    let mut gone = vec![];
    // The address of the request says the name, and its condition the etag.
    lost(&writable, &kept, &[&["/name", "/etag"], decided].concat(), "", &mut gone);
    prop_assert_eq!(gone, Vec::<String>::new(), "lost");
    Ok(())
}

macro_rules! every_kind {
    ($($test:ident($strategy:expr, $decided:expr);)*) => {$(
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(24))]
            #[test]
            fn $test(spec in $strategy) {
                fits(&spec, &$decided)?;
            }
        }
    )*};
}

every_kind! {
    resource_groups(specs::resource_group(), []);
    virtual_networks(specs::virtual_network(), []);
    // One range and several ranges have members of their own.
    subnets(specs::subnet(), ["/properties/addressPrefix", "/properties/addressPrefixes"]);
    network_security_groups(specs::network_security_group(), []);
    // Each end has three members, of which one counts; a reference is its id.
    security_rules(specs::security_rule(), [
        "/properties/sourceAddressPrefix", "/properties/sourceAddressPrefixes",
        "/properties/destinationAddressPrefix", "/properties/destinationAddressPrefixes",
        "/properties/sourcePortRange", "/properties/sourcePortRanges",
        "/properties/destinationPortRange", "/properties/destinationPortRanges",
        "/properties/sourceApplicationSecurityGroups/0", "/properties/destinationApplicationSecurityGroups/0",
    ]);
    application_security_groups(specs::application_security_group(), []);
    route_tables(specs::route_table(), []);
    // It goes with an appliance alone.
    routes(specs::route(), ["/properties/nextHopIpAddress"]);
    nat_gateways(specs::nat_gateway(), []);
    public_ip_addresses(specs::public_ip_address(), []);
    public_ip_prefixes(specs::public_ip_prefix(), []);
    // An endpoint has one connection; a reference is its id.
    private_endpoints(specs::private_endpoint(), [
        "/properties/manualPrivateLinkServiceConnections", "/properties/applicationSecurityGroups/0",
    ]);
    private_dns_zone_groups(specs::private_dns_zone_group(), []);
    network_watchers(specs::network_watcher(), []);
    flow_logs(specs::flow_log(), []);
    private_dns_zones(specs::private_dns_zone(), []);
    virtual_network_links(specs::virtual_network_link(), []);
    record_sets(specs::record_set(), []);
    user_assigned_identities(specs::user_assigned_identity(), []);
    federated_identity_credentials(specs::federated_identity_credential(), []);
    role_assignments(specs::role_assignment(), []);
    workspaces(specs::workspace(), []);
    storage_accounts(specs::storage_account(), []);
}

#[test]
fn what_is_lost_is_found() {
    let found = |before: &str, after: &str| {
        let mut found = vec![];
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        lost(&read(before), &read(after), &["/c"], "", &mut found);
        found
    };
    assert_eq!(
        found(r#"{"a": {"b": [1, 2]}, "c": 1}"#, r#"{"a": {"b": [3, 4], "d": 1}}"#),
        Vec::<String>::new()
    );
    assert_eq!(found(r#"{"a": {"b": [1, 2]}}"#, r#"{"a": {"b": [1]}}"#), ["/a/b/1"]);
    assert_eq!(found(r#"{"a": {"b": 1, "e": 2}}"#, r#"{"a": {"b": 1}}"#), ["/a/e"]);
}

/// Each mistake that a kind could make in its documents is one that the description tells.
#[test]
fn planted_mistakes_are_found() {
    if crate::described::schemas().is_none() {
        return;
    }
    let of = "Microsoft.Network/natGateways";
    let gateway = specs::example_nat_gateway();
    let good = document(&gateway);
    assert_eq!(wrong(of, "2025-07-01", &good), Vec::<String>::new());
    let with = |at: &str, value: Value| {
        let mut bad = good.clone();
        arm::put(&mut bad, at, value).unwrap();
        wrong(of, "2025-07-01", &bad).len()
    };
    for (at, value) in [
        ("/properties/idleTimeoutInMinute", 4.into()),
        ("/properties/idleTimeoutInMinutes", "4".into()),
        ("/properties/provisioningState", "Succeeded".into()),
        ("/properties/publicIpAddresses", serde_json::json!({"id": "x"})),
        ("/sku/name", "standard".into()),
        ("/zone", "1".into()),
    ] {
        assert_eq!(with(at, value), 1, "{at}");
    }
    let mut missing = document(&specs::example_security_rule());
    arm::take(&mut missing, "/properties/protocol");
    assert_eq!(
        wrong("Microsoft.Network/networkSecurityGroups/securityRules", "2025-07-01", &missing).len(),
        1
    );
}
