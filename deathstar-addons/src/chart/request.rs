//! One rendering that is asked for.

use deathstar_core::model::KubernetesVersion;
use std::path::PathBuf;

/// One rendering that is asked for.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// The directory or archive of the chart.
    pub(super) path: PathBuf,
    /// The digest of what is there.
    pub(super) digest: String,
    pub(super) release: String,
    pub(super) namespace: String,
    pub(super) kubernetes: KubernetesVersion,
    /// What the cluster serves: `apps/v1`, `apps/v1/Deployment`.
    pub(super) apis: Vec<String>,
    /// Whether the definitions in `crds/` are a part.
    pub(super) definitions: bool,
    /// The values, as JSON.
    pub(super) values: String,
}

impl Request {
    /// The arguments of the program, which reads the values from its input.
    pub(super) fn arguments(&self) -> Vec<String> {
        let version = format!("v{}.0", self.kubernetes);
        let path = self.path.to_string_lossy().into_owned();
        let mut all: Vec<String> = vec!["template".into(), self.release.clone(), path];
        let mut option = |name: &str, value: &str| all.extend([name.to_owned(), value.to_owned()]);
        option("--namespace", &self.namespace);
        option("--values", "-");
        option("--kube-version", &version);
        // A list in one argument: there are hundreds.
        option("--api-versions", &self.apis.join(","));
        all.push(if self.definitions { "--include-crds" } else { "--skip-crds" }.into());
        all
    }

    /// What tells it apart from all other requests.
    pub(super) fn key(&self, attempt: u8) -> String {
        let parts = (&self.digest, self.arguments(), &self.values, attempt);
        super::files::digest(serde_json::to_string(&parts).unwrap_or_default().as_bytes())
    }
}
