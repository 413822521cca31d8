//! What is in a cluster, as kubectl tells it.

use super::Fleet;
use anyhow::{Context as _, ensure};
use deathstar_core::testing::ControlPlane;
use serde_json::Value;
use std::process::Command;

/// The kinds of a fleet, beside those that it defines.
const KINDS: &str = "namespaces,configmaps,secrets,serviceaccounts,roles,rolebindings,services,deployments,networkpolicies,\
    poddisruptionbudgets,cronjobs,customresourcedefinitions";
/// What a controller makes in every namespace.
const OF_EVERY_NAMESPACE: [(&str, &str); 2] =
    [("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")];

/// The objects of a fleet that there are.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    /// All of them.
    pub objects: Vec<Witnessed>,
}

/// One object.
#[derive(Clone, Debug)]
pub struct Witnessed {
    /// Its id, which no other object ever has.
    pub uid: String,
    /// Its address in a stack, where it tells one.
    pub address: Option<String>,
    /// Whether it carries a token.
    pub has_token: bool,
    kind: String,
    namespace: String,
    name: String,
}

impl Witnessed {
    /// How people call it.
    pub fn name(&self) -> String {
        format!("{} {}/{}", self.kind, self.namespace, self.name)
    }

    fn read(value: &Value) -> Self {
        let text =
            |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let annotation = |name: &str| value["metadata"]["annotations"][name].as_str().map(str::to_owned);
        Self {
            uid: text("/metadata/uid"),
            address: annotation("deathstar.dev/address"),
            has_token: annotation("deathstar.dev/token").is_some(),
            kind: text("/kind"),
            namespace: text("/metadata/namespace"),
            name: text("/metadata/name"),
        }
    }

    fn is_of(&self, fleet: &Fleet) -> bool {
        let own = (&*self.kind, &*self.name);
        let of_fleet = |name: &str| name.starts_with(&format!("{}-", fleet.prefix));
        let defined = self.kind == "CustomResourceDefinition" && self.name.ends_with(&fleet.group());
        (of_fleet(&self.namespace) || (self.kind == "Namespace" && of_fleet(&self.name)) || defined)
            && !OF_EVERY_NAMESPACE.contains(&own)
    }
}

impl Witness {
    /// Looks for everything that carries a fleet's names, whoever made it.
    ///
    /// # Errors
    /// When kubectl fails.
    pub fn look(control_plane: &ControlPlane, fleet: &Fleet) -> anyhow::Result<Self> {
        let mut objects = get(control_plane, KINDS)?;
        objects.retain(|object| object.is_of(fleet));
        // Only kinds that are defined can be asked for.
        let defined = objects.iter().filter(|object| object.kind == "CustomResourceDefinition");
        let defined: Vec<_> = defined.map(|definition| definition.name.clone()).collect();
        if !defined.is_empty() {
            objects.extend(get(control_plane, &defined.join(","))?);
        }
        Ok(Self { objects })
    }
}

fn get(control_plane: &ControlPlane, kinds: &str) -> anyhow::Result<Vec<Witnessed>> {
    let mut kubectl = Command::new(control_plane.assets().kubectl().context("there is no `kubectl`")?);
    let kubeconfig = control_plane.kubeconfig();
    kubectl.env("HOME", kubeconfig.parent().context("a file stands in a directory")?);
    kubectl.args(["get", kinds, "--all-namespaces", "--ignore-not-found", "--output=json", "--kubeconfig"]);
    let output = kubectl.arg(&kubeconfig).output().context("kubectl cannot be started")?;
    ensure!(output.status.success(), "kubectl: {}", String::from_utf8_lossy(&output.stderr));
    if output.stdout.is_empty() {
        return Ok(vec![]);
    }
    let told: Value = serde_json::from_slice(&output.stdout).context("kubectl does not tell JSON")?;
    Ok(told["items"].as_array().into_iter().flatten().map(Witnessed::read).collect())
}
