//! One right resource of each project, and what makes it wrong.

use serde_json::{Value, json};

pub struct Sample {
    /// The file of its definition.
    pub file: &'static str,
    pub right: Value,
    /// Where the wrong one differs, and what stands there; `null` takes it out.
    wrong: (&'static str, Value),
    /// What is said of it.
    pub said: &'static [&'static str],
}

impl Sample {
    pub fn wrong(&self) -> Value {
        let mut object = self.right.clone();
        let (path, value) = &self.wrong;
        let (above, name) = path.rsplit_once('/').unwrap();
        let members = object.pointer_mut(above).unwrap().as_object_mut().unwrap();
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.to_owned(), value.clone());
        }
        object
    }
}

fn named(version: &str, kind: &str, namespace: Option<&str>, spec: &Value) -> Value {
    let mut object =
        json!({ "apiVersion": version, "kind": kind, "metadata": { "name": "sample" }, "spec": spec });
    if let Some(namespace) = namespace {
        object["metadata"]["namespace"] = json!(namespace);
    }
    object
}

pub fn all() -> Vec<Sample> {
    let team = Some("team");
    vec![
        Sample {
            file: "argo-cd/application-crd.yaml",
            right: named(
                "argoproj.io/v1alpha1",
                "Application",
                team,
                &json!({
                    "project": "default",
                    "destination": { "server": "https://kubernetes.default.svc", "namespace": "shop" },
                    "source": { "repoURL": "https://git.example/shop", "path": "deploy", "targetRevision": "main" },
                    "syncPolicy": { "automated": { "prune": true } },
                }),
            ),
            wrong: ("/spec/project", Value::Null),
            said: &["/spec/project: `project` is required (set `/spec/project`)"],
        },
        Sample {
            file: "cert-manager/cert-manager.io_certificates.yaml",
            right: named(
                "cert-manager.io/v1",
                "Certificate",
                team,
                &json!({
                    "secretName": "shop-tls", "dnsNames": ["shop.example"],
                    "issuerRef": { "name": "public", "kind": "ClusterIssuer" },
                    "privateKey": { "algorithm": "ECDSA", "rotationPolicy": "Always" },
                }),
            ),
            wrong: ("/spec/privateKey/rotationPolicy", json!("always")),
            said: &[
                "/spec/privateKey/rotationPolicy: must be string, one of `\"Never\"`, `\"Always\"`, and is `\"always\"` (did you mean `Always`?)",
            ],
        },
        Sample {
            file: "cloudnative-pg/postgresql.cnpg.io_clusters.yaml",
            right: named(
                "postgresql.cnpg.io/v1",
                "Cluster",
                team,
                &json!({ "instances": 3, "storage": { "size": "10Gi" } }),
            ),
            wrong: ("/spec/instances", json!(0)),
            said: &["/spec/instances: must be at least 1, and is 0"],
        },
        Sample {
            file: "external-secrets/external-secrets.io_externalsecrets.yaml",
            right: named(
                "external-secrets.io/v1",
                "ExternalSecret",
                team,
                &json!({
                    "refreshInterval": "1h", "secretStoreRef": { "name": "vault", "kind": "ClusterSecretStore" },
                    "target": { "name": "database" },
                    "data": [{ "secretKey": "password", "remoteRef": { "key": "shop/database", "property": "password" } }],
                }),
            ),
            wrong: ("/spec/data/0/remoteRef", json!({ "property": "password" })),
            said: &["/spec/data/0/remoteRef/key: `key` is required (set `/spec/data/0/remoteRef/key`)"],
        },
        Sample {
            file: "flux-source/source.toolkit.fluxcd.io_gitrepositories.yaml",
            right: named(
                "source.toolkit.fluxcd.io/v1",
                "GitRepository",
                team,
                &json!({
                    "url": "https://git.example/shop", "interval": "5m", "ref": { "branch": "main" },
                }),
            ),
            wrong: ("/spec/url", json!("git.example/shop")),
            said: &["/spec/url: must match `^(http|https|ssh)://.*$`, and is `\"git.example/shop\"`"],
        },
        Sample {
            file: "flux-kustomize/kustomize.toolkit.fluxcd.io_kustomizations.yaml",
            right: named(
                "kustomize.toolkit.fluxcd.io/v1",
                "Kustomization",
                team,
                &json!({
                    "interval": "10m", "prune": true, "path": "./deploy", "sourceRef": { "kind": "GitRepository", "name": "shop" },
                }),
            ),
            wrong: ("/spec/sourceRef/name", Value::Null),
            said: &["/spec/sourceRef/name: `name` is required (set `/spec/sourceRef/name`)"],
        },
        Sample {
            file: "gateway-api/gateway.networking.k8s.io_gateways.yaml",
            right: named(
                "gateway.networking.k8s.io/v1",
                "Gateway",
                team,
                &json!({
                    "gatewayClassName": "public",
                    "listeners": [{ "name": "http", "port": 80, "protocol": "HTTP", "hostname": "*.shop.example" }],
                }),
            ),
            wrong: ("/spec/listeners/0/port", json!(65536)),
            said: &["/spec/listeners/0/port: must be at most 65535, and is 65536"],
        },
        Sample {
            file: "karpenter/karpenter.sh_nodepools.yaml",
            right: named(
                "karpenter.sh/v1",
                "NodePool",
                None,
                &json!({
                    "template": { "spec": {
                        "nodeClassRef": { "group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default" },
                        "requirements": [{ "key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"] }],
                    } },
                    "limits": { "cpu": 100 },
                }),
            ),
            wrong: ("/spec/template/spec/requirement", json!([])),
            said: &[
                "/spec/template/spec/requirement: `requirement` is not a field here (did you mean `requirements`?)",
            ],
        },
        Sample {
            file: "karpenter/karpenter.k8s.aws_ec2nodeclasses.yaml",
            right: named(
                "karpenter.k8s.aws/v1",
                "EC2NodeClass",
                None,
                &json!({
                    "role": "nodes",
                    "amiSelectorTerms": [{ "alias": "al2023@latest" }],
                    "subnetSelectorTerms": [{ "tags": { "tier": "private" } }],
                    "securityGroupSelectorTerms": [{ "id": "sg-0123456789abcdef0" }],
                }),
            ),
            wrong: ("/spec/amiSelectorTerms", json!([])),
            said: &["/spec/amiSelectorTerms: must have at least 1 items, and has 0"],
        },
        Sample {
            file: "kyverno/kyverno.io_clusterpolicies.yaml",
            right: named(
                "kyverno.io/v1",
                "ClusterPolicy",
                None,
                &json!({
                    "validationFailureAction": "Enforce",
                    "rules": [{
                        "name": "labels",
                        "match": { "any": [{ "resources": { "kinds": ["Pod"] } }] },
                        "validate": { "message": "an owner", "pattern": { "metadata": { "labels": { "owner": "?*" } } } },
                    }],
                }),
            ),
            wrong: ("/spec/rules/0/name", json!("n".repeat(64))),
            said: &["/spec/rules/0/name: must have at most 63 characters, and has 64"],
        },
        Sample {
            file: "prometheus-operator/monitoring.coreos.com_servicemonitors.yaml",
            right: named(
                "monitoring.coreos.com/v1",
                "ServiceMonitor",
                team,
                &json!({
                    "selector": { "matchLabels": { "app": "shop" } },
                    "endpoints": [{ "port": "metrics", "interval": "30s", "targetPort": 9090 }],
                }),
            ),
            wrong: ("/spec/endpoints/0/targetPort", json!(true)),
            said: &["/spec/endpoints/0/targetPort: must be string or integer, and is `true`"],
        },
        Sample {
            file: "traefik/traefik.io_ingressroutes.yaml",
            right: named(
                "traefik.io/v1alpha1",
                "IngressRoute",
                team,
                &json!({
                    "entryPoints": ["websecure"],
                    "routes": [{ "kind": "Rule", "match": "Host(`shop.example`)", "services": [{ "name": "shop", "port": 80 }] }],
                }),
            ),
            wrong: ("/spec/routes/0/service", json!([])),
            said: &["/spec/routes/0/service: `service` is not a field here (did you mean `services`?)"],
        },
        Sample {
            file: "velero/velero.io_schedules.yaml",
            right: named(
                "velero.io/v1",
                "Schedule",
                Some("velero"),
                &json!({
                    "schedule": "0 3 * * *", "template": { "includedNamespaces": ["shop"], "ttl": "720h0m0s" },
                }),
            ),
            wrong: ("/spec/template/includedNamespaces", json!("shop")),
            said: &["/spec/template/includedNamespaces: must be array, and is `\"shop\"`"],
        },
    ]
}
