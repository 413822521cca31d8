//! The command lines of the programs.

use std::path::{Path, PathBuf};

use super::Program;
use super::certificates::{Identity, TokenKeys};

/// What all command lines are made from.
#[derive(Debug)]
pub(super) struct Setting {
    /// The directory of the control plane.
    pub(super) directory: PathBuf,
    pub(super) ports: Ports,
    /// The authority, whose certificate everybody trusts.
    pub(super) authority: Identity,
    /// The identity of all servers.
    pub(super) server: Identity,
    /// The keys of the tokens of service accounts.
    pub(super) token_keys: TokenKeys,
    /// Whether the controller manager runs, which makes the service accounts that pods need.
    pub(super) service_accounts: bool,
    /// Flags of the API server that the user adds, after all others.
    pub(super) api_server_flags: Vec<String>,
}

/// Where the programs listen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ports {
    pub(super) etcd: u16,
    pub(super) etcd_peers: u16,
    pub(super) api_server: u16,
    pub(super) controller_manager: u16,
    pub(super) scheduler: u16,
}

impl Ports {
    /// The ports of one program.
    pub(super) fn of(&self, program: Program) -> Vec<u16> {
        match program {
            Program::Etcd => vec![self.etcd, self.etcd_peers],
            Program::ApiServer => vec![self.api_server],
            Program::ControllerManager => vec![self.controller_manager],
            Program::Scheduler => vec![self.scheduler],
            Program::Kwok => vec![],
        }
    }
}

impl Setting {
    /// The arguments of a program.
    pub(super) fn arguments(&self, program: Program) -> Vec<String> {
        match program {
            Program::Etcd => self.etcd(),
            Program::ApiServer => self.api_server(),
            Program::ControllerManager => self.controller_manager(),
            Program::Scheduler => self.scheduler(),
            Program::Kwok => self.kwok(),
        }
    }

    /// The kubeconfig file of a caller.
    pub(super) fn kubeconfig(&self, caller: &str) -> PathBuf {
        self.directory.join(format!("{caller}.kubeconfig"))
    }

    /// The configuration file of kwok.
    pub(super) fn kwok_configuration(&self) -> PathBuf {
        self.directory.join("kwok.yaml")
    }

    fn etcd(&self) -> Vec<String> {
        let Ports { etcd, etcd_peers, .. } = self.ports;
        vec![
            flag("data-dir", self.directory.join("etcd").display()),
            flag("listen-client-urls", format_args!("http://127.0.0.1:{etcd}")),
            flag("advertise-client-urls", format_args!("http://127.0.0.1:{etcd}")),
            flag("listen-peer-urls", format_args!("http://127.0.0.1:{etcd_peers}")),
            flag("initial-advertise-peer-urls", format_args!("http://127.0.0.1:{etcd_peers}")),
            flag("initial-cluster", format_args!("default=http://127.0.0.1:{etcd_peers}")),
            flag("unsafe-no-fsync", true),
            flag("log-level", "warn"),
        ]
    }

    fn api_server(&self) -> Vec<String> {
        let mut flags = vec![
            flag("etcd-servers", format_args!("http://127.0.0.1:{}", self.ports.etcd)),
            flag("advertise-address", "127.0.0.1"),
            // Nothing inside the cluster calls it by its service, and a loopback address cannot stand there.
            flag("endpoint-reconciler-type", "none"),
            flag("client-ca-file", self.authority.certificate.display()),
            flag("authorization-mode", "RBAC"),
            flag("service-cluster-ip-range", "10.96.0.0/16"),
            flag("service-account-issuer", "https://kubernetes.default.svc"),
            flag("service-account-key-file", self.token_keys.public.display()),
            flag("service-account-signing-key-file", self.token_keys.private.display()),
            flag("allow-privileged", true),
        ];
        flags.extend(self.served(self.ports.api_server));
        if !self.service_accounts {
            flags.push(flag("disable-admission-plugins", "ServiceAccount"));
        }
        flags.extend_from_slice(&self.api_server_flags);
        flags
    }

    fn controller_manager(&self) -> Vec<String> {
        let mut flags = vec![
            flag("root-ca-file", self.authority.certificate.display()),
            flag("service-account-private-key-file", self.token_keys.private.display()),
            flag("cluster-signing-cert-file", self.authority.certificate.display()),
            flag("cluster-signing-key-file", self.authority.key.display()),
            flag("use-service-account-credentials", true),
        ];
        flags.extend(self.calls("controller-manager"));
        flags.extend(self.served(self.ports.controller_manager));
        flags
    }

    fn scheduler(&self) -> Vec<String> {
        let mut flags = self.calls("scheduler").to_vec();
        flags.extend(self.served(self.ports.scheduler));
        flags
    }

    fn kwok(&self) -> Vec<String> {
        vec![
            flag("kubeconfig", self.kubeconfig("kwok").display()),
            flag("config", self.kwok_configuration().display()),
            flag("manage-all-nodes", true),
            flag("node-lease-duration-seconds", 40),
        ]
    }

    /// For a program that serves HTTPS.
    fn served(&self, port: u16) -> [String; 4] {
        [
            flag("bind-address", "127.0.0.1"),
            flag("secure-port", port),
            flag("tls-cert-file", self.server.certificate.display()),
            flag("tls-private-key-file", self.server.key.display()),
        ]
    }

    /// For a program that calls the API server, alone in its role: it goes on when the API server was away.
    fn calls(&self, caller: &str) -> [String; 4] {
        [
            flag("kubeconfig", self.kubeconfig(caller).display()),
            flag("leader-elect", false),
            flag("kube-api-qps", 500),
            flag("kube-api-burst", 1000),
        ]
    }
}

/// Where the log of a program is.
pub(super) fn log(directory: &Path, program: Program) -> PathBuf {
    directory.join(format!("{program}.log"))
}

fn flag(name: &str, value: impl std::fmt::Display) -> String {
    format!("--{name}={value}")
}
