//! Definitions of custom roles.

use crate::Azure;
use deathstar_core::{
    Provider,
    permission::{Needed, Policy},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What the first call of each run needs.
const CONNECTING: &str = "Microsoft.Resources/subscriptions/read";

/// How providers tell how operations go.
///
/// Source: Azure permissions for Networking, `Microsoft.Network`.
const OPERATIONS: [&str; 2] =
    ["Microsoft.Network/locations/operationResults/read", "Microsoft.Network/locations/operations/read"];

/// The same, of private DNS zones.
const DNS_OPERATIONS: [&str; 2] = [
    "Microsoft.Network/privateDnsOperationResults/read",
    "Microsoft.Network/privateDnsOperationStatuses/read",
];

/// The definitions of custom roles that allow what is needed: one for each subscription, in the form that
/// `az role definition create` takes.
///
/// Azure's roles cannot tell one object of a type from another, nor by its tags: they limit where, and not what. Resource groups are
/// listed and made in the subscription, so that is where the role can be assigned.
pub(crate) fn policies(stack: &str, needed: &[Needed<'_, Azure>]) -> Vec<Policy> {
    let mut by_subscription: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in needed {
        let actions = by_subscription.entry(one.config.id()).or_default();
        actions.insert(CONNECTING);
        actions.extend(one.needs.iter().map(|need| &*need.permission.action));
        let mut goes_on = |of: &str, more: [&'static str; 2]| {
            if actions.iter().any(|action| action.starts_with(of) && !action.ends_with("/read")) {
                actions.extend(more);
            }
        };
        goes_on("Microsoft.Network/", OPERATIONS);
        goes_on("Microsoft.Network/privateDnsZones/", DNS_OPERATIONS);
    }
    let several = by_subscription.len() > 1;
    let role = |(subscription, actions): (&str, BTreeSet<&str>)| {
        let name = if several { format!("{stack}-{subscription}") } else { stack.to_owned() };
        let document = json!({
            "Name": format!("deathstar-{name}"),
            "IsCustom": true,
            "Description": format!("What the stack `{stack}` needs."),
            "Actions": actions,
            "NotActions": [],
            "DataActions": [],
            "NotDataActions": [],
            "AssignableScopes": [format!("/subscriptions/{subscription}")],
        });
        let grantee = format!("whoever makes the calls, in subscription {subscription}");
        Policy::new(Azure::NAME, name, grantee, document).note(
            "roles of Azure cannot be limited to objects with the stack's owner tag: what they allow, they allow on all of the subscription",
        )
    };
    by_subscription.into_iter().map(role).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Subscription, kinds,
        networking::{Subnet, VirtualNetwork},
        resources::{ResourceGroup, ResourceGroupOutputs},
    };
    use deathstar_core::{Engine, Memory, Stack, state::MemoryStore};

    const ID: &str = "11111111-2222-3333-4444-555555555555";

    #[tokio::test]
    async fn a_plan_says_what_its_role_has_to_allow() {
        let mut stack = Stack::new("webshop");
        let azure = stack.on(Subscription::new(ID, "westeurope"));
        let group = stack.add(&azure, "group", ResourceGroup::new("webshop"));
        let network = VirtualNetwork::new(group.group_id(), "net", ["10.0.0.0/16".parse().unwrap()]);
        let network = stack.add(&azure, "network", network);
        let gateway = crate::id::NatGatewayId::new(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/natGateways/n",
        );
        let nodes =
            Subnet::new(network.id(), "nodes", ["10.0.0.0/24".parse().unwrap()]).nat_gateway(Some(gateway));
        stack.add(&azure, "nodes", nodes);
        let engine = Engine::new(MemoryStore::new(), Memory::seeded(7).with(kinds()));
        let permissions = engine.plan(&stack).await.unwrap().permissions().unwrap();
        let policies = permissions.policies().unwrap();
        let [role] = &policies[..] else { panic!("{policies:?}") };
        assert_eq!(role.document["AssignableScopes"], json!([format!("/subscriptions/{ID}")]));
        let actions: BTreeSet<&str> = role.document["Actions"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|action| action.as_str())
            .collect();
        for action in [
            "Microsoft.Resources/subscriptions/read",
            "Microsoft.Resources/subscriptions/resourceGroups/write",
            "Microsoft.Network/register/action",
            "Microsoft.Network/virtualNetworks/write",
            "Microsoft.Network/virtualNetworks/subnets/write",
            "Microsoft.Network/natGateways/join/action",
            "Microsoft.Network/locations/operations/read",
        ] {
            assert!(actions.contains(action), "{action} in {actions:?}");
        }
        assert!(!actions.iter().any(|action| action.ends_with("/delete")), "nothing is deleted: {actions:?}");
    }
}
