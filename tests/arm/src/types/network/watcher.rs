//! Network watchers and their flow logs.

use super::{Back, Ends, NETWORK, Put, Reference, SUBNET, Style, Type, VIRTUAL_NETWORK, security};
use crate::{
    answer::Refusal,
    id::Key,
    types::Immutable,
    world::{Object, Objects},
};
use serde_json::{Map, Value};

pub(super) const WATCHERS: Type = Type {
    name: "Microsoft.Network/networkWatchers",
    put: Put { created: 201, replaced: 200, style: Style::Sync, again: Style::Sync },
    check: watcher,
    ..NETWORK
};

pub(super) const FLOW_LOGS: Type = Type {
    name: "Microsoft.Network/networkWatchers/flowLogs",
    lane: false,
    required: &["/properties/targetResourceId", "/properties/storageId"],
    defaults: &[
        ("/properties/enabled", "true"),
        ("/properties/retentionPolicy", r#"{"days":0,"enabled":false}"#),
        ("/properties/format", r#"{"type":"JSON","version":2}"#),
    ],
    immutable: &[Immutable {
        pointer: "/properties/targetResourceId",
        status: 400,
        code: "FlowLogTargetResourceIdCannotBeChanged",
    }],
    references: &[
        Reference {
            pointer: "/properties/targetResourceId",
            to: &[VIRTUAL_NETWORK, SUBNET, security::GROUP],
            back: Some(Back {
                pointer: "/properties/flowLogs",
                many: true,
                on: &[VIRTUAL_NETWORK, security::GROUP],
            }),
            ends: Ends::Follows,
        },
        Reference {
            pointer: "/properties/storageId",
            to: &[crate::types::storage::ACCOUNT],
            back: None,
            ends: Ends::Dangles,
        },
        Reference {
            pointer: "/properties/flowAnalyticsConfiguration/networkWatcherFlowAnalyticsConfiguration/workspaceResourceId",
            to: &[crate::types::operational_insights::WORKSPACE],
            back: None,
            ends: Ends::Dangles,
        },
    ],
    check: flow_log,
    dress: target,
    ..NETWORK
};

/// One watcher for each region of a subscription.
///
/// Source: Azure Network Watcher, "Create an Azure Network Watcher instance".
fn watcher(objects: &Objects, object: &Object) -> Result<(), Refusal> {
    let mut others = objects.siblings(object);
    let same = |other: &&Object| {
        other.location() == object.location()
            && other.id.subscription().eq_ignore_ascii_case(object.id.subscription())
    };
    let Some(other) = others.find(same) else { return Ok(()) };
    let why = format!(
        "Cannot create more than 1 network watchers for this subscription in this region. [{}]",
        other.id
    );
    Err(Refusal::new(400, "NetworkWatcherCountLimitReached", why))
}

/// Flow logs of network security groups are not made any more.
///
/// Source: Azure Network Watcher, "Migrate from network security group flow logs to virtual network flow logs".
fn flow_log(objects: &Objects, object: &Object) -> Result<(), Refusal> {
    let target =
        object.document.pointer("/properties/targetResourceId").and_then(Value::as_str).unwrap_or_default();
    let of_group = objects.get(&Key::of(target)).is_some_and(|target| target.kind.name == security::GROUP);
    if of_group && object.version == 0 {
        let why = "Creation of NSG flow logs is blocked; use virtual network flow logs.";
        return Err(Refusal::new(400, "NsgFlowLogCreationBlocked", why));
    }
    Ok(())
}

/// The target by its own number.
fn target(objects: &Objects, object: &Object, shown: &mut Map<String, Value>) {
    let target =
        object.document.pointer("/properties/targetResourceId").and_then(Value::as_str).unwrap_or_default();
    let target = objects.get(&Key::of(target)).and_then(|target| {
        target
            .computed
            .iter()
            .find(|(pointer, _)| *pointer == "/properties/resourceGuid")
            .map(|(_, guid)| guid.clone())
    });
    if let Some(guid) = target {
        crate::pointer::set(shown, "/properties/targetResourceGuid", guid);
    }
}
