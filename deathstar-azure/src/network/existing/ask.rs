//! The call behind the look-up of a virtual network that others own.

use super::{VnetLookup, VnetTiers};
use crate::{
    arm::{Document, look},
    client::Client,
    id::{ResourceId, VirtualNetworkId},
    networking::API_VERSION,
};
use deathstar_core::{Answered, Ask, Result, model::IpCidr};
use serde_json::Value;

impl Ask<VnetLookup> for Client {
    async fn holds(&self, fact: &VnetLookup) -> Result<Answered<VnetTiers>> {
        let vnet = fact.vnet.known()?;
        let id = ResourceId::from(vnet.clone());
        let Some(document) = self.get(&id, VirtualNetworkId::TYPE, API_VERSION).await? else {
            return Ok(Answered::No(format!("there is no virtual network `{vnet}`")));
        };
        Ok(match sort(fact, vnet, &document) {
            Ok(tiers) => Answered::Yes(tiers),
            Err(why) => Answered::No(format!("virtual network `{vnet}` cannot be built on: {why}")),
        })
    }

    async fn over(&self, _: &VnetLookup) -> Result<Answered<()>> {
        Ok(Answered::Yes(()))
    }
}

/// What a document tells; else what it lacks.
fn sort(fact: &VnetLookup, vnet: &VirtualNetworkId, document: &Document) -> Result<VnetTiers, String> {
    let texts = |at: &str, member: &str| -> Vec<String> {
        let list = look(document, at).and_then(Value::as_array).into_iter().flatten();
        let text = |item: &Value| item.pointer(member).and_then(Value::as_str).map(str::to_owned);
        list.filter_map(text).collect()
    };
    let ranges = texts("/properties/addressSpace/addressPrefixes", "");
    let range = ranges.iter().filter_map(|text| text.parse().ok()).find(is_ipv4);
    let range = range.ok_or("it has no IPv4 range")?;
    let there = texts("/properties/subnets", "/name");
    let missing = |name: &&String| !there.iter().any(|own| own.eq_ignore_ascii_case(name));
    if let Some((tier, name)) = fact.tiers.iter().find(|(_, name)| missing(name)) {
        return Err(format!("it has no subnet `{name}` for tier {tier}, only {}", there.join(", ")));
    }
    Ok(VnetTiers { vnet: vnet.clone(), range, subnets: fact.subnets(vnet) })
}

fn is_ipv4(range: &IpCidr) -> bool {
    range.net().addr().is_ipv4()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::ExistingVnet;
    use deathstar_core::model::Tier;
    use serde_json::json;

    const HUB: &str = "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub";

    fn sorted(document: &Value, subnet: &str) -> Result<VnetTiers, String> {
        let hub = VirtualNetworkId::new(HUB);
        let fact = ExistingVnet::new(hub.clone()).tier(Tier::Private, subnet).lookup;
        sort(&fact, &hub, document.as_object().unwrap())
    }

    #[test]
    fn subnets_are_found_by_name() {
        let document = json!({"properties": {
            "addressSpace": {"addressPrefixes": ["10.1.0.0/16", "fd00::/48"]},
            "subnets": [{"name": "Snet-Nodes"}, {"name": "data"}],
        }});
        let tiers = sorted(&document, "snet-nodes").unwrap();
        assert_eq!(tiers.range.to_string(), "10.1.0.0/16");
        assert_eq!(tiers.subnets[&Tier::Private].as_str(), format!("{HUB}/subnets/snet-nodes"));
        let why = sorted(&document, "nodes").unwrap_err();
        assert!(why.contains("no subnet `nodes` for tier private, only Snet-Nodes, data"), "{why}");
        assert!(sorted(&json!({"properties": {}}), "nodes").is_err());
    }
}
