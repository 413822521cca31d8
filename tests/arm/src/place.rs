//! Regions, and the zones of a subscription in them.

use serde_json::{Value, json};

/// Regions with their names for people, and whether they have zones.
const REGIONS: [(&str, &str, bool); 6] = [
    ("westeurope", "West Europe", true),
    ("northeurope", "North Europe", true),
    ("germanywestcentral", "Germany West Central", true),
    ("eastus", "East US", true),
    ("westus", "West US", false),
    ("ukwest", "UK West", false),
];

/// Whether there is such a region.
pub(crate) fn is_region(name: &str) -> bool {
    REGIONS.iter().any(|(own, _, _)| *own == name)
}

/// Whether a region has zones.
pub(crate) fn has_zones(name: &str) -> bool {
    REGIONS.iter().any(|(own, _, zones)| *own == name && *zones)
}

/// The names of all regions for people.
pub(crate) fn titles() -> Vec<&'static str> {
    REGIONS.iter().map(|(_, title, _)| *title).collect()
}

/// The names of regions with zones for people.
pub(crate) fn titles_with_zones() -> Vec<&'static str> {
    REGIONS.iter().filter(|(_, _, zones)| *zones).map(|(_, title, _)| *title).collect()
}

/// The list of a subscription's regions.
///
/// Source: Azure Resource Manager REST API, "Subscriptions - List Locations".
pub(crate) fn list(subscription: &str) -> Vec<Value> {
    let region = |(name, title, zones): &(&str, &str, bool)| {
        let mut region = json!({
            "id": format!("/subscriptions/{subscription}/locations/{name}"),
            "name": name,
            "type": "Region",
            "displayName": title,
            "regionalDisplayName": format!("({title}) {title}"),
            "metadata": { "regionType": "Physical", "regionCategory": if *zones { "Recommended" } else { "Other" } },
        });
        if *zones {
            let zone = |zone: u8| json!({ "logicalZone": zone.to_string(), "physicalZone": format!("{name}-az{zone}") });
            region["availabilityZoneMappings"] = (1..=3).map(zone).collect();
        }
        region
    };
    REGIONS.iter().map(region).collect()
}
