//! What makes clusters on this machine: a real control plane, without containers.

use crate::cluster::{Local, LocalCluster, LocalClusterValues, ThisMachine};
use deathstar_core::{
    Backend, Catalogue, Cloud, Connect, Cx, Driver, Error, Found, Made, Meaning, Op, Ready, Result, Seen,
    SeenState, Sensitive, Tags, Want,
    cli::Problem,
    driver::tags,
    kube::{Access, Cluster, TokenSource},
    testing::ControlPlane,
};
use std::{
    fs,
    hash::{BuildHasher, RandomState},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};
use tokio::sync::Mutex;

/// Makes clusters, and hands out the tokens that open them. Clones share the clusters.
#[derive(Clone, Debug)]
pub(crate) struct Launcher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    running: Mutex<Option<Running>>,
    token: String,
    /// Where the API server reads who has which token.
    tokens: PathBuf,
}

/// The cluster that runs: one is enough here.
#[derive(Debug)]
struct Running {
    spec: LocalCluster,
    tags: Tags,
    control_plane: ControlPlane,
}

impl Launcher {
    /// A launcher that keeps its file of tokens in a directory.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn new(directory: &Path) -> std::result::Result<Self, Problem> {
        let failed = |error: std::io::Error| {
            Problem::new("the file of tokens cannot be written").cause(error.to_string())
        };
        fs::create_dir_all(directory).map_err(failed)?;
        let random = || RandomState::new().hash_one(std::process::id());
        let token = format!("{:016x}{:016x}", random(), random());
        let tokens = directory.join("tokens.csv");
        fs::write(&tokens, format!("{token},deathstar,deathstar,system:masters\n")).map_err(failed)?;
        Ok(Self(Arc::new(Inner { running: Mutex::default(), token, tokens })))
    }

    /// Clusters on this machine, and all objects of Kubernetes in them.
    pub(crate) fn backend(&self) -> Backend {
        let clusters =
            Catalogue::new().driver::<Self, LocalCluster>().connect::<Self, Local>(&Arc::new(self.clone()));
        let access = Access::with_tokens(self.clone()).poll(Duration::from_millis(100));
        clusters.merge(access.catalogue()).backend()
    }

    /// What somebody else does to the cluster.
    pub(crate) async fn kubectl(&self, arguments: &[&str]) -> std::result::Result<String, String> {
        let running = self.0.running.lock().await;
        let Some(Running { control_plane, .. }) = &*running else { return Err("no cluster runs".into()) };
        let kubeconfig = control_plane.kubeconfig();
        let mut kubectl = Command::new(control_plane.assets().kubectl().ok_or("there is no kubectl")?);
        kubectl.env("HOME", kubeconfig.parent().unwrap_or(&kubeconfig));
        kubectl.args(arguments).arg("--kubeconfig").arg(&kubeconfig);
        let output = kubectl.output().map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            let said = [output.stdout, output.stderr].concat();
            Err(String::from_utf8_lossy(&said).into_owned())
        }
    }

    /// Whether a cluster runs.
    pub(crate) async fn runs(&self) -> bool {
        self.0.running.lock().await.is_some()
    }
}

impl Connect<Local> for Launcher {
    type Client = Self;

    async fn connect(&self, _: &ThisMachine) -> Result<Self> {
        Ok(self.clone())
    }
}

#[async_trait::async_trait]
impl TokenSource for Launcher {
    async fn token(&self, _: &Cluster) -> Result<Sensitive<String>> {
        Ok(Sensitive::new(self.0.token.clone()))
    }
}

impl Driver<LocalCluster> for Launcher {
    async fn find(&self, _: &Cx, want: &Want<String>, found: &mut Found) -> Result<()> {
        let running = self.0.running.lock().await;
        let Some(Running { spec, tags, control_plane }) = &*running else { return Ok(()) };
        let wanted = match want {
            Want::All => true,
            Want::Ids(ids) => ids.contains(&spec.name),
            Want::Owned { token } => tags.get(tags::TOKEN) == Some(token),
        };
        if wanted {
            found.push(Seen::<LocalCluster> {
                id: spec.name.clone(),
                tags: tags.clone(),
                spec: spec.clone(),
                outputs: LocalClusterValues {
                    endpoint: control_plane.endpoint(),
                    authority: control_plane.authority()?,
                },
                state: SeenState::Ready,
            });
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<LocalCluster>) -> Result<Made<String>> {
        let mut running = self.0.running.lock().await;
        if let Some(Running { spec, .. }) = &*running {
            let text = format!("the cluster `{}` runs on this machine", spec.name);
            return Err(Error::new(Meaning::AlreadyExists, text));
        }
        let flag = format!("--token-auth-file={}", self.0.tokens.display());
        let options = ControlPlane::options().controllers().nodes(spec.nodes).api_server_flag(flag);
        let control_plane = options.start().await?;
        let (spec, tags) = ((**spec).clone(), (*cx.tags).clone());
        let name = spec.name.clone();
        *running = Some(Running { spec, tags, control_plane });
        Ok(name.into())
    }

    async fn change(&self, _: &Cx, _: &Seen<LocalCluster>, _: &Ready<LocalCluster>) -> Result<Option<Op>> {
        Err(Error::internal("every field of a local cluster needs a replacement"))
    }

    async fn delete(&self, _: &Cx, _: &Seen<LocalCluster>) -> Result<Option<Op>> {
        // Its programs end with it.
        self.0.running.lock().await.take();
        Ok(None)
    }

    async fn retag(&self, _: &Cx, _: &Seen<LocalCluster>, set: &Tags, unset: &[String]) -> Result<()> {
        if let Some(Running { tags, .. }) = &mut *self.0.running.lock().await {
            tags.extend(set.iter().map(|(key, value)| (key.clone(), value.clone())));
            tags.retain(|key, _| !unset.contains(key));
        }
        Ok(())
    }
}
