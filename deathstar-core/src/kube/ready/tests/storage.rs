//! Claims and volumes.

use super::{alone, condition, event, object, told};
use crate::kube::ready::Around;
use serde_json::{Value, json};

#[test]
fn claims_and_volumes() {
    let spec = json!({"resources": {"requests": {"storage": "2Gi"}}});
    let claim = |status: &Value| object("v1", "PersistentVolumeClaim", &spec, status);
    let is = |status: &Value| told(&claim(status), &Around::default());
    assert_eq!(is(&json!({"phase": "Bound", "capacity": {"storage": "2Gi"}})), "ready");
    assert_eq!(is(&json!({"phase": "Bound", "capacity": {"storage": "1Gi"}})), "pending");
    let with = |r#type: &str| {
        is(
            &json!({"phase": "Bound", "capacity": {"storage": "1Gi"}, "conditions": [condition(r#type, "True", "")]}),
        )
    };
    assert_eq!(with("FileSystemResizePending"), "ready", "a pod has to mount it first");
    for failed in ["ControllerResizeError", "NodeResizeError", "ModifyVolumeError"] {
        assert_eq!(with(failed), failed);
    }
    for r#type in ["Resizing", "ModifyingVolume"] {
        let status = json!({"phase": "Bound", "capacity": {"storage": "2Gi"}, "conditions": [condition(r#type, "True", "")]});
        assert_eq!(is(&status), "pending");
    }
    assert_eq!(is(&json!({"phase": "Lost"})), "ClaimLost!");
    assert_eq!(is(&json!({"phase": "Pending"})), "pending");
    let waiting = claim(&json!({"phase": "Pending"}));
    let class = |mode: &str| json!({"volumeBindingMode": mode});
    let by = |class: &Value, pods: &[Value]| {
        told(&waiting, &Around { storage_class: Some(class), pods, ..Around::default() })
    };
    assert_eq!(by(&class("WaitForFirstConsumer"), &[]), "ready");
    assert_eq!(by(&class("Immediate"), &[]), "pending");
    let user = json!({"spec": {"volumes": [{"persistentVolumeClaim": {"claimName": "o"}}]}});
    assert_eq!(by(&class("WaitForFirstConsumer"), &[user]), "pending");
    let mut chosen = waiting.clone();
    chosen["metadata"]["annotations"] = json!({"volume.kubernetes.io/selected-node": "a"});
    assert_eq!(
        told(&chosen, &Around { storage_class: Some(&class("WaitForFirstConsumer")), ..Around::default() }),
        "pending"
    );
    let after = |reason: &str| {
        told(
            &waiting,
            &Around { events: &[event(reason, "PersistentVolumeClaim", "Normal", "1")], ..Around::default() },
        )
    };
    assert_eq!(after("WaitForFirstConsumer"), "ready");
    for reason in ["ProvisioningFailed", "FailedBinding", "VolumeResizeFailed"] {
        assert_eq!(after(reason), reason);
    }
    for (phase, expected) in [
        ("Available", "ready"),
        ("Bound", "ready"),
        ("Released", "ready"),
        ("Pending", "pending"),
        ("Failed", "VolumeFailed!"),
    ] {
        assert_eq!(alone("v1", "PersistentVolume", &json!({}), &json!({"phase": phase})), expected);
    }
}
