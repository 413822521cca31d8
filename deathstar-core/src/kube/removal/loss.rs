//! What is lost with an object.

use super::named;
use crate::kube::view::View;
use crate::{Stakes, driver::Loss};
use serde_json::Value;

/// What goes with an object, as far as it was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alongside<'a> {
    /// Of a namespace, the objects in it that are not ours; of a definition, its instances that are not deleted by the
    /// same plan; of a `StatefulSet`, its claims.
    pub objects: &'a [Value],
    /// The volume that a claim is bound to.
    pub volume: Option<&'a Value>,
}

/// What goes along is told by kind, namespace and name.
fn data(why: impl Into<String>, along: &[Value]) -> Loss {
    Loss {
        stakes: Stakes::Data,
        why: why.into(),
        along: along.iter().map(|object| named(View(object))).collect(),
    }
}

/// What is lost with an object that cannot be made again; nothing for most.
///
/// - A claim that is bound: its data, unless its volume is known to be retained.
/// - A volume whose storage is deleted with it, once it was bound.
/// - A definition with instances, and a namespace with objects that are not ours.
/// - A `StatefulSet` that deletes its claims when it goes (`persistentVolumeClaimRetentionPolicy`).
pub fn loss(object: &Value, alongside: &Alongside<'_>) -> Option<Loss> {
    let view = View(object);
    let along = alongside.objects;
    match (view.group(), view.kind()) {
        ("", "PersistentVolumeClaim") => claim(view, alongside.volume.map(View)),
        ("", "PersistentVolume") => volume(view),
        ("", "Namespace") if !along.is_empty() => {
            Some(data("what is in the namespace and is not deleted by this plan goes with it", along))
        }
        ("apiextensions.k8s.io", "CustomResourceDefinition") if !along.is_empty() => {
            Some(data("the instances of the definition that are not deleted by this plan go with it", along))
        }
        ("apps", "StatefulSet") if deletes_claims(view) => Some(data(
            "its claims go with it (`persistentVolumeClaimRetentionPolicy.whenDeleted` is `Delete`)",
            along,
        )),
        _ => None,
    }
}

fn claim(claim: View<'_>, volume: Option<View<'_>>) -> Option<Loss> {
    let name = claim.text("/spec/volumeName")?;
    match volume.map(|volume| volume.word("/spec/persistentVolumeReclaimPolicy")) {
        Some("Retain") => None,
        Some(policy) => Some(data(
            format!("the data on volume `{name}` goes with the claim (reclaim policy `{policy}`)"),
            &[],
        )),
        None => Some(data(format!("the data on volume `{name}` may go with the claim"), &[])),
    }
}

fn volume(volume: View<'_>) -> Option<Loss> {
    let deletes = matches!(volume.word("/spec/persistentVolumeReclaimPolicy"), "Delete" | "Recycle");
    let used = matches!(volume.word("/status/phase"), "Bound" | "Released");
    (deletes && used).then(|| data("the storage behind the volume goes with it", &[]))
}

fn deletes_claims(set: View<'_>) -> bool {
    set.word("/spec/persistentVolumeClaimRetentionPolicy/whenDeleted") == "Delete"
        && set.list("/spec/volumeClaimTemplates").next().is_some()
}
