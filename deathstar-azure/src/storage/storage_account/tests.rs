use super::*;
use crate::arm::testing::{change, document, read};
use deathstar_core::Class;

const ID: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/flows";
const SUBNET: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a";

fn account(sku: StorageSku) -> StorageAccount {
    StorageAccount::new(ResourceGroupId::new("/subscriptions/s/resourceGroups/g"), "flows", sku)
}

fn codes(account: &StorageAccount) -> Vec<String> {
    account.validate().into_iter().map(|finding| finding.code).collect()
}

fn verdict(field: &str) -> fn(&StorageAccount, &StorageAccount) -> Verdict {
    let field = StorageAccount::FIELDS.iter().find(|known| known.name == field).unwrap();
    let Class::By(verdict) = field.class else { panic!("it depends on the values") };
    verdict
}

#[test]
fn the_struct_is_the_document_and_reads_back() {
    let rules =
        NetworkRules::closed().ranges(["192.0.2.7/32", "198.51.100.0/24"].map(|text| text.parse().unwrap()));
    let account = account(StorageSku::StandardZrs).location("westeurope").access_tier(AccessTier::Cool);
    let account = account.network_acls(rules.subnets([SubnetId::new(SUBNET)])).allow_shared_key_access(true);
    let account = account.public_network_access(PublicNetworkAccess::Enabled).hierarchical_namespace(true);
    let written = document(&account);
    assert_eq!(
        written,
        json!({"location": "westeurope", "sku": {"name": "Standard_ZRS"}, "kind": "StorageV2", "properties": {
        "accessTier": "Cool", "supportsHttpsTrafficOnly": true, "minimumTlsVersion": "TLS1_2",
        "allowBlobPublicAccess": false, "allowSharedKeyAccess": true, "publicNetworkAccess": "Enabled",
        "isHnsEnabled": true, "networkAcls": {
            "defaultAction": "Deny", "bypass": "AzureServices",
            "ipRules": [{"value": "192.0.2.7", "action": "Allow"}, {"value": "198.51.100.0/24", "action": "Allow"}],
            "virtualNetworkRules": [{"id": SUBNET, "action": "Allow"}],
        }}})
    );
    assert_eq!(read::<StorageAccount>(ID, &written), account);
}

#[test]
fn a_change_keeps_the_rules_that_it_does_not_know() {
    let mut seen = document(&account(StorageSku::StandardLrs).network_acls(NetworkRules::closed()));
    seen["properties"]["networkAcls"]["bypass"] = json!("Logging, AzureServices");
    seen["properties"]["networkAcls"]["resourceAccessRules"] = json!([{"tenantId": "t"}]);
    seen["properties"]["primaryEndpoints"] = json!({"blob": "https://flows"});
    let seen_account: StorageAccount = read(ID, &seen);
    assert_eq!(seen_account.network_acls, Some(NetworkRules::closed()));
    let changed = change(&account(StorageSku::StandardLrs).network_acls(NetworkRules::closed()), &seen);
    assert_eq!(changed["properties"]["networkAcls"]["resourceAccessRules"], json!([{"tenantId": "t"}]));
    assert_eq!(changed["properties"].get("primaryEndpoints"), None);
    let left = change(&account(StorageSku::StandardLrs), &seen);
    assert_eq!(left["properties"]["networkAcls"]["bypass"], "Logging, AzureServices");
}

#[test]
fn copies_in_another_region_come_in_place_and_in_other_zones_replace_it() {
    let verdict = verdict("sku");
    for (prior, want, expected) in [
        (StorageSku::StandardLrs, StorageSku::StandardGrs, Verdict::Update),
        (StorageSku::StandardRagrs, StorageSku::StandardLrs, Verdict::Update),
        (StorageSku::StandardZrs, StorageSku::StandardGzrs, Verdict::Update),
        (StorageSku::StandardLrs, StorageSku::StandardZrs, Verdict::Replace),
        (StorageSku::StandardGzrs, StorageSku::StandardGrs, Verdict::Replace),
        (StorageSku::StandardLrs, StorageSku::PremiumLrs, Verdict::Replace),
    ] {
        assert_eq!(verdict(&account(prior.clone()), &account(want.clone())), expected, "{prior} to {want}");
    }
}

#[test]
fn older_kinds_become_the_general_one_in_place() {
    let of = |kind: StorageKind| account(StorageSku::StandardLrs).kind(kind);
    let older = |word: &str| of(StorageKind::Other(word.into()));
    let verdict = verdict("kind");
    assert_eq!(verdict(&older("BlobStorage"), &of(StorageKind::StorageV2)), Verdict::Update);
    assert_eq!(verdict(&older("Storage"), &of(StorageKind::StorageV2)), Verdict::Update);
    assert_eq!(verdict(&of(StorageKind::StorageV2), &of(StorageKind::FileStorage)), Verdict::Replace);
    assert_eq!(codes(&older("BlobStorage")).len(), 2);
}

#[test]
fn what_azure_refuses_is_found_before() {
    assert!(codes(&account(StorageSku::StandardLrs)).is_empty());
    assert_eq!(
        codes(&StorageAccount { name: "Flows".into(), ..account(StorageSku::StandardLrs) }),
        ["azure.name"]
    );
    assert_eq!(codes(&account(StorageSku::PremiumLrs)), ["storage-account.kind"]);
    assert!(codes(&account(StorageSku::PremiumLrs).kind(StorageKind::BlockBlobStorage)).is_empty());
    assert_eq!(
        codes(&account(StorageSku::StandardLrs).kind(StorageKind::FileStorage)),
        ["storage-account.kind"]
    );
    for (range, right) in
        [("192.0.2.7/32", true), ("192.0.2.0/30", true), ("192.0.2.0/31", false), ("2001:db8::/32", false)]
    {
        let rules = NetworkRules::closed().ranges([range.parse().unwrap()]);
        assert_eq!(codes(&account(StorageSku::StandardLrs).network_acls(rules)).is_empty(), right, "{range}");
    }
}

#[test]
fn a_name_is_taken_once_in_all_of_azure() {
    let elsewhere = ResourceGroupId::new("/subscriptions/s/resourceGroups/other");
    let other = StorageAccount { resource_group: elsewhere.into(), ..account(StorageSku::StandardGrs) };
    assert_eq!(account(StorageSku::StandardLrs).holds(), other.holds());
    assert_eq!(
        account(StorageSku::StandardLrs).simulate(1).1.blob_endpoint.unwrap(),
        "https://flows.blob.core.windows.net/"
    );
    let shown = json!({"properties": {"primaryEndpoints": {"blob": "https://flows/"}}});
    let details = StorageAccount::outputs(&ResourceId::new(ID), shown.as_object().unwrap()).unwrap();
    assert_eq!(details.blob_endpoint.as_deref(), Some("https://flows/"));
    let rules = NetworkRules::closed().subnets([SubnetId::new(SUBNET)]);
    let links = account(StorageSku::StandardLrs).network_acls(rules).links();
    assert_eq!(links[0].action, "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action");
}
