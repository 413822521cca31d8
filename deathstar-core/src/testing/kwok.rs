//! What kwok plays: the stages through which nodes and pods go, and the nodes themselves.

use serde_json::{Value, json};

/// A node is ready at once and stays so; its lease is renewed by kwok itself.
const NODE: &str = r"{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
capacity: &room { cpu: 32, memory: 256Gi, pods: 1000 }
allocatable: *room
addresses:
- type: InternalIP
  address: {{ NodeIP | Quote }}
- type: Hostname
  address: {{ NodeName | Quote }}
";

/// A pod that is bound to a node runs, with all of its containers ready.
const RUNNING: &str = r#"{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
conditions:
{{ range $type := list "Initialized" "ContainersReady" "Ready" }}
- type: {{ $type | Quote }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  started: true
  restartCount: 0
  state: { running: { startedAt: {{ $now | Quote }} } }
{{ end }}
"#;

/// A pod that is told to wait does so, in each container, for the reason that it names.
const WAITING: &str = r#"phase: Pending
containerStatuses:
{{ $reason := index .metadata.annotations "deathstar-testing/waiting" }}
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: 0
  state: { waiting: { reason: {{ $reason | Quote }}, message: "told to wait" } }
{{ end }}
"#;

/// A pod of a job is done at once.
const DONE: &str = r"{{ $now := Now }}
phase: Succeeded
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: 0
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }
{{ end }}
";

/// An annotation that keeps a pod from running: kwok lets its containers wait, for the reason that the value names
/// (`ImagePullBackOff`, `CrashLoopBackOff`).
pub const WAITING_FOR: &str = "deathstar-testing/waiting";

/// The configuration file of kwok.
pub(super) fn configuration() -> String {
    let told_to_wait = |operator: &str| json!({ "key": format!(".metadata.annotations[\"{WAITING_FOR}\"]"), "operator": operator });
    let on_a_node = || json!({ "key": ".spec.nodeName", "operator": "Exists" });
    let ready = r#".status.conditions.[] | select( .type == "Ready" ) | .status"#;
    let alive = || json!({ "key": ".metadata.deletionTimestamp", "operator": "DoesNotExist" });
    let phase = |phase: &str| json!({ "key": ".status.phase", "operator": "In", "values": [phase] });
    let stages: [Value; 5] = [
        stage(
            "node-ready",
            "Node",
            &json!([{ "key": ready, "operator": "NotIn", "values": ["True"] }]),
            &json!({ "statusTemplate": NODE }),
        ),
        stage(
            "pod-running",
            "Pod",
            &json!([alive(), phase("Pending"), on_a_node(), told_to_wait("DoesNotExist")]),
            &json!({ "statusTemplate": RUNNING }),
        ),
        stage(
            "pod-waiting",
            "Pod",
            &json!([
                alive(),
                phase("Pending"),
                on_a_node(),
                told_to_wait("Exists"),
                { "key": ".status.containerStatuses.[].name", "operator": "DoesNotExist" },
            ]),
            &json!({ "statusTemplate": WAITING }),
        ),
        stage(
            "pod-done",
            "Pod",
            &json!([
                alive(),
                phase("Running"),
                { "key": ".metadata.ownerReferences.[].kind", "operator": "In", "values": ["Job"] },
            ]),
            &json!({ "statusTemplate": DONE }),
        ),
        stage(
            "pod-gone",
            "Pod",
            &json!([{ "key": ".metadata.deletionTimestamp", "operator": "Exists" }]),
            &json!({ "delete": true }),
        ),
    ];
    // JSON is YAML.
    stages.map(|stage| stage.to_string()).join("\n---\n")
}

/// A stage: objects that match the expressions become what `next` says.
fn stage(name: &str, kind: &str, expressions: &Value, next: &Value) -> Value {
    json!({
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "Stage",
        "metadata": { "name": name },
        "spec": {
            "resourceRef": { "apiGroup": "v1", "kind": kind },
            "selector": { "matchExpressions": expressions },
            "next": next,
        },
    })
}

/// A node that kwok plays.
pub(super) fn node(name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "topology.kubernetes.io/region": "region-1",
                "topology.kubernetes.io/zone": "zone-1",
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    #[test]
    fn each_document_is_a_stage() {
        let configuration = super::configuration();
        let documents: Vec<Value> =
            configuration.split("\n---\n").map(|text| serde_json::from_str(text).expect("JSON")).collect();
        assert_eq!(documents.len(), 5);
        assert!(documents.iter().all(|document| document["kind"] == "Stage"));
    }
}
