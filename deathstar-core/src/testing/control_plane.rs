//! The control plane itself: its start, what it hands out, and its end.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use k8s_openapi::api::core::v1::{Namespace, Node, ServiceAccount};
use kube::api::{Api, ListParams, PostParams};
use kube::config::{
    AuthInfo, Cluster, Context, KubeConfigOptions, Kubeconfig, NamedAuthInfo, NamedCluster, NamedContext,
};
use serde_json::json;
use tempfile::TempDir;

use super::certificates::{ADMINISTRATORS, Authority, Identity};
use super::flags::{self, Ports, Setting};
use super::process::{self, Process};
use super::{Assets, ControlPlaneOptions, Program, kwok, port};
use crate::clock::Clock;
use crate::{Error, Meaning, Result};

/// How long the whole control plane may take until it is ready, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_mins(1);
/// The time between two looks at a program that is not ready.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// How often other ports are taken, when somebody else took one between the choice and the start.
const TRIES: usize = 3;
/// The most bytes of each log that a failed test shows.
const SHOWN: usize = 2000;
/// The caller of the kubeconfig that is handed out.
const ADMINISTRATOR: &str = "admin";
/// The cluster, the user and the context of each kubeconfig.
const NAME: &str = "deathstar-testing";

/// A running control plane.
///
/// Dropping it ends its programs and removes its directory. They end too when the process dies, by whatever signal; on
/// systems other than Unix, only by the handle. When it is dropped by a panic, the logs of all programs are written to
/// standard error.
#[derive(Debug)]
pub struct ControlPlane {
    // Dropped in this order: the programs before the directory that they write to.
    processes: Mutex<BTreeMap<Program, Process>>,
    assets: Assets,
    setting: Setting,
    namespaces: AtomicU64,
    directory: TempDir,
}

impl ControlPlane {
    /// Nothing but etcd and the API server, until more is added.
    pub fn options() -> ControlPlaneOptions {
        ControlPlaneOptions::default()
    }

    /// Starts etcd and the API server, and returns when they are ready.
    ///
    /// # Errors
    /// As of [`ControlPlaneOptions::start`].
    ///
    /// # Cancel safety
    /// Safe: dropping it ends all programs.
    pub async fn start() -> Result<Self> {
        Self::options().start().await
    }

    pub(super) async fn start_with(options: ControlPlaneOptions) -> Result<Self> {
        let mut tries = 1;
        loop {
            let control_plane = Self::prepare(&options)?;
            match control_plane.start_all(&options).await {
                Ok(()) => return Ok(control_plane),
                Err(_) if tries < TRIES && control_plane.lost_a_port() => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes the directory with everything that the programs read.
    fn prepare(options: &ControlPlaneOptions) -> Result<Self> {
        let assets = options.assets.clone().map_or_else(Assets::from_env, Ok)?;
        let directory =
            tempfile::Builder::new().prefix("deathstar-control-plane-").tempdir().map_err(|error| {
                Error::new(Meaning::Transient, "a temporary directory cannot be made").because(error)
            })?;
        let authority = Authority::new(directory.path())?;
        let [etcd, etcd_peers, api_server, controller_manager, scheduler] = port::free()?;
        let api_server = options.api_server_port.unwrap_or(api_server);
        let setting = Setting {
            directory: directory.path().to_owned(),
            ports: Ports { etcd, etcd_peers, api_server, controller_manager, scheduler },
            server: authority.server()?,
            token_keys: authority.token_keys()?,
            authority: authority.identity.clone(),
            service_accounts: options.programs.contains(&Program::ControllerManager),
            api_server_flags: options.api_server_flags.clone(),
        };
        for (caller, user, group) in [
            (ADMINISTRATOR, "admin", ADMINISTRATORS),
            ("controller-manager", "system:kube-controller-manager", ""),
            ("scheduler", "system:kube-scheduler", ""),
            ("kwok", "kwok", ADMINISTRATORS),
        ] {
            let kubeconfig = kubeconfig(&setting, &authority.caller(user, group)?);
            write(&setting.kubeconfig(caller), &json!(kubeconfig).to_string())?;
        }
        write(&setting.kwok_configuration(), &kwok::configuration())?;
        let (processes, namespaces) = (Mutex::default(), AtomicU64::new(1));
        Ok(Self { processes, assets, setting, namespaces, directory })
    }

    async fn start_all(&self, options: &ControlPlaneOptions) -> Result<()> {
        self.launch(Program::Etcd)?;
        self.start_again(Program::ApiServer).await?;
        let further = || options.programs.iter().copied();
        for program in further() {
            self.launch(program)?;
        }
        let client = self.client().await?;
        let nodes: Api<Node> = Api::all(client);
        for number in 1..=options.nodes {
            let node = serde_json::from_value(kwok::node(&format!("node-{number}")))
                .map_err(|error| Error::internal("the node is none").because(error))?;
            nodes.create(&PostParams::default(), &node).await.map_err(refused)?;
        }
        for program in further() {
            self.until_ready(program).await?;
        }
        Ok(())
    }

    /// Whether a program ended because somebody else listens on its port.
    fn lost_a_port(&self) -> bool {
        let mut processes = self.processes();
        let taken = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err();
        processes.iter_mut().any(|(program, process)| {
            process.ended().is_some() && self.setting.ports.of(*program).into_iter().any(taken)
        })
    }

    /// A client that may do everything, bound to the runtime that it is asked on.
    ///
    /// # Errors
    /// The kubeconfig cannot be used: a defect.
    pub async fn client(&self) -> Result<kube::Client> {
        self.client_of(None).await
    }

    /// The path of a kubeconfig file, for `kubectl` and others: it may do everything.
    pub fn kubeconfig(&self) -> PathBuf {
        self.setting.kubeconfig(ADMINISTRATOR)
    }

    /// The cluster as a stack declares it: by that kubeconfig.
    ///
    /// ```no_run
    /// # async fn example() -> deathstar_core::Result<()> {
    /// use deathstar_core::{Engine, Stack, kube::Access, state::MemoryStore, testing::ControlPlane};
    ///
    /// let control_plane = ControlPlane::start().await?;
    /// let mut stack = Stack::new("webshop");
    /// let cluster = stack.on(control_plane.cluster());
    /// let engine = Engine::new(MemoryStore::new(), Access::of_kubeconfigs());
    /// # Ok(())
    /// # }
    /// ```
    pub fn cluster(&self) -> crate::kube::Cluster {
        crate::kube::Cluster::of_kubeconfig(self.kubeconfig().display().to_string(), NAME)
    }

    /// Where the API server answers.
    pub fn endpoint(&self) -> String {
        endpoint(self.setting.ports.api_server)
    }

    /// The certificate of the authority that signed the server's, in PEM.
    ///
    /// # Errors
    /// Its file cannot be read.
    pub fn authority(&self) -> Result<String> {
        let path = &self.setting.authority.certificate;
        fs::read_to_string(path).map_err(|error| {
            Error::new(Meaning::Transient, format!("`{}` cannot be read", path.display())).because(error)
        })
    }

    /// The binaries that it was started from.
    pub fn assets(&self) -> &Assets {
        &self.assets
    }

    /// Makes a namespace that nobody else has, whose name begins with this word; where the controller manager runs, it
    /// has its service account. The namespace lives as long as the control plane.
    ///
    /// # Errors
    /// The API server refuses it.
    pub async fn namespace(&self, word: &str) -> Result<String> {
        let client = self.client().await?;
        let name = format!("{word}-{}", self.namespaces.fetch_add(1, Ordering::Relaxed));
        let mut namespace = Namespace::default();
        namespace.metadata.name = Some(name.clone());
        let namespaces: Api<Namespace> = Api::all(client.clone());
        namespaces.create(&PostParams::default(), &namespace).await.map_err(refused)?;
        if self.setting.service_accounts {
            let what = format!("the service account of `{name}`");
            self.until(&what, || has_service_account(client.clone(), name.clone()).boxed()).await?;
        }
        Ok(name)
    }

    /// The process ids of the programs that were started and not stopped.
    pub fn process_ids(&self) -> BTreeMap<Program, u32> {
        self.processes().iter().map(|(program, process)| (*program, process.id())).collect()
    }

    /// What a program has written so far, at most the last `bytes`.
    pub fn log(&self, program: Program, bytes: usize) -> String {
        process::tail(&flags::log(&self.setting.directory, program), bytes)
    }

    /// Kills a program, as the end of its machine would.
    pub fn stop(&self, program: Program) {
        // Dropped outside of the lock: it waits for the end.
        let process = self.processes().remove(&program);
        drop(process);
    }

    /// Starts a program again, with the same flags and on the same port, and returns when it is ready. One that runs is
    /// killed first.
    ///
    /// # Errors
    /// It ends, or does not become ready within a minute: the error quotes its log.
    pub async fn start_again(&self, program: Program) -> Result<()> {
        self.launch(program)?;
        self.until_ready(program).await
    }

    fn launch(&self, program: Program) -> Result<()> {
        self.stop(program);
        let (binary, arguments) = (self.assets.require(program)?, self.setting.arguments(program));
        let log = flags::log(&self.setting.directory, program);
        let process = Process::start(program, &binary, &arguments, self.directory.path(), log)?;
        self.processes().insert(program, process);
        Ok(())
    }

    async fn until_ready(&self, program: Program) -> Result<()> {
        let what = program.name();
        match program {
            // The API server is ready only with it.
            Program::Etcd => Ok(()),
            Program::ApiServer => self.until_answers(what, None, "/readyz").await,
            Program::Scheduler => {
                self.until_answers(what, Some(self.setting.ports.scheduler), "/readyz").await
            }
            Program::ControllerManager => {
                self.until_answers(what, Some(self.setting.ports.controller_manager), "/healthz").await?;
                let client = self.client().await?;
                self.until(what, || has_service_account(client.clone(), "default".into()).boxed()).await
            }
            Program::Kwok => {
                let nodes: Api<Node> = Api::all(self.client().await?);
                self.until(what, || are_ready(nodes.clone()).boxed()).await
            }
        }
    }

    async fn until_answers(&self, what: &str, port: Option<u16>, path: &str) -> Result<()> {
        let client = self.client_of(port).await?;
        self.until(what, || answers(client.clone(), path.to_owned()).boxed()).await
    }

    /// Looks until something holds, while every program runs. What is looked at borrows nothing, so that a control plane can be
    /// started on any thread.
    async fn until(&self, what: &str, holds: impl Fn() -> BoxFuture<'static, bool>) -> Result<()> {
        let clock = Clock::system();
        while !holds().await {
            self.all_run()?;
            if clock.now() > PATIENCE {
                let logs = self.logs(SHOWN);
                let message = format!("{what} is not ready after {} seconds\n{logs}", PATIENCE.as_secs());
                return Err(Error::new(Meaning::NotReady, message));
            }
            clock.sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    fn all_run(&self) -> Result<()> {
        for process in self.processes().values_mut() {
            if let Some(status) = process.ended() {
                return Err(process.failure(status));
            }
        }
        Ok(())
    }

    /// A client of the API server, or of what else answers on a port.
    async fn client_of(&self, port: Option<u16>) -> Result<kube::Client> {
        let defect = || Error::internal("the client of the control plane cannot be made");
        let kubeconfig = Kubeconfig::read_from(self.kubeconfig()).map_err(|error| defect().because(error))?;
        let options = KubeConfigOptions::default();
        let mut config = kube::Config::from_custom_kubeconfig(kubeconfig, &options)
            .await
            .map_err(|error| defect().because(error))?;
        if let Some(port) = port {
            config.cluster_url = endpoint(port).parse().map_err(|error| defect().because(error))?;
        }
        kube::Client::try_from(config).map_err(|error| defect().because(error))
    }

    /// The ends of the logs of all programs.
    fn logs(&self, bytes: usize) -> String {
        let log = |program: Program| format!("--- {program}\n{}\n", self.log(program, bytes));
        Program::ALL.map(log).concat()
    }

    #[expect(clippy::print_stderr, reason = "a failed test shows why, and has nothing else to show it by")]
    pub(super) fn show_logs_of_a_failure(&self) {
        if std::thread::panicking() {
            eprintln!("{}", self.logs(SHOWN));
        }
    }

    fn processes(&self) -> MutexGuard<'_, BTreeMap<Program, Process>> {
        self.processes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        self.show_logs_of_a_failure();
    }
}

fn endpoint(port: u16) -> String {
    format!("https://127.0.0.1:{port}")
}

fn kubeconfig(setting: &Setting, caller: &Identity) -> Kubeconfig {
    let path = |path: &Path| Some(path.display().to_string());
    let cluster = Cluster {
        server: Some(endpoint(setting.ports.api_server)),
        certificate_authority: path(&setting.authority.certificate),
        ..Cluster::default()
    };
    let user = AuthInfo {
        client_certificate: path(&caller.certificate),
        client_key: path(&caller.key),
        ..AuthInfo::default()
    };
    let context = Context { cluster: NAME.to_owned(), user: Some(NAME.to_owned()), ..Context::default() };
    let name = || NAME.to_owned();
    Kubeconfig {
        api_version: Some("v1".to_owned()),
        kind: Some("Config".to_owned()),
        clusters: vec![NamedCluster { name: name(), cluster: Some(cluster), ..NamedCluster::default() }],
        auth_infos: vec![NamedAuthInfo { name: name(), auth_info: Some(user), ..NamedAuthInfo::default() }],
        contexts: vec![NamedContext { name: name(), context: Some(context), ..NamedContext::default() }],
        current_context: Some(name()),
        ..Kubeconfig::default()
    }
}

async fn answers(client: kube::Client, path: String) -> bool {
    match http::Request::get(path).body(vec![]) {
        Ok(request) => client.request_text(request).await.is_ok(),
        Err(_) => false,
    }
}

async fn has_service_account(client: kube::Client, namespace: String) -> bool {
    let accounts: Api<ServiceAccount> = Api::namespaced(client, &namespace);
    accounts.get_opt("default").await.is_ok_and(|account| account.is_some())
}

async fn are_ready(nodes: Api<Node>) -> bool {
    let is_ready = |node: &Node| {
        let conditions = node.status.iter().flat_map(|status| status.conditions.iter().flatten());
        let taints = node.spec.iter().flat_map(|spec| spec.taints.iter().flatten());
        conditions.into_iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
            && taints.count() == 0
    };
    nodes.list(&ListParams::default()).await.is_ok_and(|nodes| nodes.items.iter().all(is_ready))
}

fn refused(error: kube::Error) -> Error {
    Error::new(Meaning::Invalid, "the API server refuses what a control plane needs").because(error)
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|error| {
        Error::new(Meaning::Transient, format!("`{}` cannot be written", path.display())).because(error)
    })
}
