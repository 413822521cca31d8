//! Conversions of the kinds of [`networking`](crate::networking) to and from the models of `azure_mgmt_network`.
//!
//! A model is of the version 2024-03-01 of the API. Nothing is lost on the way to it: a spec with something newer is an error. On the
//! way back a spec takes what it knows, as it does from Azure.

use crate::{
    arm::{self, ArmId, ArmResource, Document},
    id::ResourceId,
    networking::{
        ApplicationSecurityGroup, FlowLog, NatGateway, NetworkSecurityGroup, NetworkWatcher,
        PrivateDnsZoneGroup, PrivateEndpoint, PublicIpAddress, PublicIpPrefix, Route, RouteTable,
        SecurityRule, Subnet, VirtualNetwork,
    },
};
use azure_mgmt_network::package_2024_03::models;
use deathstar_core::{Error, Meaning, Result};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

fn invalid(why: String) -> Error {
    Error::new(Meaning::Invalid, why)
}

/// The model of a spec.
fn model<R: ArmResource, M: Serialize + DeserializeOwned>(spec: &R) -> Result<M> {
    let id = arm::id(spec).ok_or_else(|| invalid("it stands in what is not known yet".into()))?;
    let id = id.in_subscription(arm::SIMULATED);
    let mut document = Document::new();
    spec.write(&mut document)?;
    document.insert("id".into(), id.as_str().into());
    document.insert("name".into(), id.name().into());
    let document = Value::Object(document);
    let model: M = serde_json::from_value(document.clone())
        .map_err(|error| invalid(format!("`{id}` has no model")).because(error))?;
    let shown = serde_json::to_value(&model).map_err(|error| invalid(error.to_string()).because(error))?;
    match lost(&document, &shown, "") {
        Some(at) => Err(invalid(format!("the model of `{id}` has no place for `{at}`"))
            .hint("leave it out, or write the document instead")),
        None => Ok(model),
    }
}

/// The spec that a model shows.
fn spec<R: ArmResource>(model: &impl Serialize) -> Result<R> {
    let shown = serde_json::to_value(model).map_err(|error| invalid(error.to_string()).because(error))?;
    let document = match shown {
        Value::Object(document) => document,
        other => return Err(invalid(format!("a model is an object, and not `{other}`"))),
    };
    let id = document.get("id").and_then(Value::as_str);
    let id = id.ok_or_else(|| invalid("a model without an id is of no resource".into()))?;
    let id = ResourceId::new(id);
    if id.resource_type().is_none_or(|found| !found.eq_ignore_ascii_case(&R::TYPE.to_string())) {
        return Err(invalid(format!("`{id}` is no id of the type `{}`", R::TYPE)));
    }
    R::read(&id, &document)
}

/// Where something of a document is not in another one. A member that is empty and one that is left out are the same.
fn lost(before: &Value, after: &Value, at: &str) -> Option<String> {
    match (before, after) {
        (Value::Object(members), Value::Object(others)) => members.iter().find_map(|(name, value)| {
            lost(value, others.get(name).unwrap_or(&Value::Null), &format!("{at}/{name}"))
        }),
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => items
            .iter()
            .zip(others)
            .enumerate()
            .find_map(|(number, (item, other))| lost(item, other, &format!("{at}/{number}"))),
        (Value::Object(members), Value::Null) => {
            members.iter().find_map(|(name, value)| lost(value, &Value::Null, &format!("{at}/{name}")))
        }
        (Value::Array(items), Value::Null) if items.is_empty() => None,
        _ => (before != after).then(|| at.to_owned()),
    }
}

macro_rules! models {
    ($($kind:ident)*) => {$(
        impl TryFrom<&$kind> for models::$kind {
            type Error = Error;

            fn try_from(spec: &$kind) -> Result<Self> {
                model(spec)
            }
        }

        impl TryFrom<&models::$kind> for $kind {
            type Error = Error;

            fn try_from(model: &models::$kind) -> Result<Self> {
                spec(model)
            }
        }
    )*};
}

models! {
    ApplicationSecurityGroup FlowLog NatGateway NetworkSecurityGroup NetworkWatcher PrivateDnsZoneGroup PrivateEndpoint
    PublicIpAddress PublicIpPrefix Route RouteTable SecurityRule Subnet VirtualNetwork
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{NatGatewayId, PublicIpAddressId, ResourceGroupId};
    use serde_json::json;

    const GROUP: &str = "/subscriptions/s/resourceGroups/g";

    fn gateway() -> NatGateway {
        NatGateway::zonal(ResourceGroupId::new(GROUP), "out", Some("1".parse().unwrap()))
    }

    #[test]
    fn a_spec_comes_back_from_its_model() {
        let gateway = gateway().location("westeurope").idle_timeout_in_minutes(9);
        let model = models::NatGateway::try_from(&gateway).unwrap();
        assert_eq!(model.resource.name.as_deref(), Some("out"));
        assert_eq!(model.zones, ["1"]);
        assert_eq!(model.properties.as_ref().unwrap().idle_timeout_in_minutes, Some(9));
        assert_eq!(NatGateway::try_from(&model).unwrap(), gateway);
    }

    #[test]
    fn what_is_newer_than_the_models_is_told() {
        let address =
            PublicIpAddressId::new(format!("{GROUP}/providers/Microsoft.Network/publicIPAddresses/a"));
        let gateway = NatGateway::zone_redundant(ResourceGroupId::new(GROUP), "out");
        let error = models::NatGateway::try_from(&gateway.public_ip_addresses_v6([address])).unwrap_err();
        assert!(error.message().contains("`/properties/publicIpAddressesV6"), "{error}");
    }

    #[test]
    fn a_model_is_of_one_resource_of_its_type() {
        let mut model = models::NatGateway::try_from(&gateway()).unwrap();
        model.resource.id = Some(format!("{GROUP}/providers/Microsoft.Network/virtualNetworks/out"));
        let error = NatGateway::try_from(&model).unwrap_err();
        assert!(error.message().contains("`Microsoft.Network/natGateways`"), "{error}");
        model.resource.id = None;
        assert!(NatGateway::try_from(&model).is_err());
    }

    #[test]
    fn what_is_not_known_yet_has_no_model() {
        let mut stack = deathstar_core::Stack::new("s");
        let azure = stack.on(crate::Subscription::new(arm::SIMULATED, "westeurope"));
        let group = stack.add(&azure, "group", crate::resources::ResourceGroup::new("g"));
        let gateway =
            NatGateway::zone_redundant(crate::resources::ResourceGroupOutputs::group_id(&group), "out");
        assert!(models::NatGateway::try_from(&gateway).is_err());
        let subnet = stack.add(&azure, "gateway", gateway);
        let network = crate::id::VirtualNetworkId::new(format!(
            "{GROUP}/providers/Microsoft.Network/virtualNetworks/n"
        ));
        let subnet = Subnet::new(network.clone(), "a", []).nat_gateway(Some(subnet.id()));
        assert!(models::Subnet::try_from(&subnet).is_err());
        let known = NatGatewayId::new(format!("{GROUP}/providers/Microsoft.Network/natGateways/out"));
        assert!(models::Subnet::try_from(&Subnet::new(network, "a", []).nat_gateway(Some(known))).is_ok());
    }

    #[test]
    fn what_is_lost_is_found() {
        let found = |before: Value, after: Value| lost(&before, &after, "");
        assert_eq!(found(json!({"a": [], "b": {"c": []}}), json!({})), None);
        assert_eq!(found(json!({"a": 1}), json!({"a": 1, "b": 2})), None);
        for (before, after, at) in [
            (json!({"a": {"b": 1}}), json!({}), "/a/b"),
            (json!({"a": {"b": 1}}), json!({"a": {"b": "1"}}), "/a/b"),
            (json!({"a": [1, 2]}), json!({"a": [1]}), "/a"),
            (json!({"a": [{"b": 2}]}), json!({"a": [{}]}), "/a/0/b"),
            (json!({"a": [1]}), json!({}), "/a"),
        ] {
            assert_eq!(found(before, after).as_deref(), Some(at));
        }
    }
}
