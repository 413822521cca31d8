//! What the service refuses beyond what the table says.

use super::egress;
use crate::{
    answer::Refusal,
    pointer,
    world::{Object, Objects},
};
use ipnet::IpNet;
use serde_json::Value;

/// Where a network's document has its ranges.
const SPACE: &str = "/properties/addressSpace/addressPrefixes/*";

/// The ranges that a document names, by several pointers.
fn ranges(document: &Value, pointers: &[&str]) -> Vec<(String, Option<IpNet>)> {
    let named = pointers.iter().flat_map(|pointer| pointer::find(document, pointer));
    named.filter_map(Value::as_str).map(|text| (text.to_owned(), text.parse().ok())).collect()
}

/// Ranges have to be ranges, whose address is their first.
fn judge_ranges(found: &[(String, Option<IpNet>)]) -> Result<Vec<IpNet>, Refusal> {
    let judge = |(text, range): &(String, Option<IpNet>)| {
        let range = range.ok_or_else(|| {
            let why = format!("Address prefix {text} has invalid format.");
            Refusal::new(400, "InvalidAddressPrefixFormat", why)
        })?;
        if range.addr() != range.network() {
            let why = format!(
                "The address prefix {text} has an invalid CIDR notation. For the given prefix length, the address prefix \
                 should be {}.",
                range.trunc()
            );
            return Err(Refusal::new(400, "InvalidCIDRNotation", why));
        }
        Ok(range)
    };
    found.iter().map(judge).collect()
}

/// A network has ranges that do not overlap.
pub(super) fn virtual_network(_: &Objects, object: &Object) -> Result<(), Refusal> {
    let found = ranges(&object.document, &[SPACE]);
    let own = judge_ranges(&found)?;
    for (index, range) in own.iter().enumerate() {
        if own[..index].iter().any(|other| overlap(range, other)) {
            let why = format!("The address space of '{}' contains overlapping prefixes.", object.id.name());
            return Err(Refusal::new(400, "NetcfgAddressSpaceOverlap", why));
        }
    }
    Ok(())
}

/// A subnet lies in its network, and on no other of it.
pub(super) fn subnet(objects: &Objects, object: &Object) -> Result<(), Refusal> {
    let pointers = ["/properties/addressPrefix", "/properties/addressPrefixes/*"];
    let own = judge_ranges(&ranges(&object.document, &pointers))?;
    let network = object.id.root();
    let invalid = |why: &str| {
        let (name, network) = (object.id.name(), network.name());
        Refusal::new(
            400,
            "NetcfgInvalidSubnet",
            format!("Subnet '{name}' is not valid in virtual network '{network}'.{why}"),
        )
    };
    if own.is_empty() {
        return Err(invalid(" It has no address prefix."));
    }
    let space =
        objects.get(&network.key()).map(|network| ranges(&network.document, &[SPACE])).unwrap_or_default();
    let space: Vec<IpNet> = space.into_iter().filter_map(|(_, range)| range).collect();
    if !own.iter().all(|range| space.iter().any(|whole| whole.contains(range))) {
        return Err(invalid(""));
    }
    for other in objects.siblings(object) {
        let theirs = ranges(&other.document, &pointers);
        if theirs
            .iter()
            .filter_map(|(_, range)| *range)
            .any(|theirs| own.iter().any(|own| overlap(own, &theirs)))
        {
            let why = format!(
                "Subnet '{}' is not valid because its IP address range overlaps with that of an existing subnet in \
                 virtual network '{}'. [{}]",
                object.id.name(),
                network.name(),
                other.id
            );
            return Err(Refusal::new(400, "NetcfgSubnetRangesOverlap", why));
        }
    }
    egress::spans(objects, object)
}

fn overlap(one: &IpNet, other: &IpNet) -> bool {
    one.contains(other) || other.contains(one)
}
