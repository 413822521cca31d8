//! The `helm` program: where it is, which version, and what it is run with.

use super::{
    lock::{ChartLock, Locking},
    request::Request,
};
use deathstar_core::Diagnostic;
use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    fmt, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// The variable that names the program.
const VARIABLE: &str = "DEATHSTAR_HELM";
/// What of the caller's environment the program needs to reach registries: everything else is kept from it.
const NEEDED: [&str; 10] = [
    "PATH",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SystemRoot",
];
/// The oldest version of Helm 3 that keeps charts in registries without an experiment.
const OLDEST: (u32, u32) = (3, 8);
/// The newest major version that is known.
const NEWEST: u32 = 4;
const INSTALL: &str = "install it: `go install helm.sh/helm/v3/cmd/helm@latest`, or as https://helm.sh/docs/intro/install says; \
    a program elsewhere is named by `DEATHSTAR_HELM`, or with `Helm::at`";

/// The `helm` program (version 3 or 4), the lock file of charts, and what has been rendered so far. Clones are the same.
///
/// The program sees nothing of the caller's Helm: its caches, its settings and its plugins stand in a directory of their own, which
/// ends with the last clone unless [`Helm::home`] names one. It sees no kubeconfig, and asks no cluster: `lookup` answers nothing.
#[derive(Clone)]
pub struct Helm(Arc<Inner>);

struct Inner {
    settings: Settings,
    version: OnceLock<Result<Version, Diagnostic>>,
    own_home: OnceLock<Result<tempfile::TempDir, String>>,
    printed: Mutex<HashMap<String, Result<Arc<Printed>, Diagnostic>>>,
}

#[derive(Clone, Debug)]
struct Settings {
    program: Program,
    lock: ChartLock,
    home: Option<PathBuf>,
    registries: Option<PathBuf>,
    plain_http: bool,
    environment: Vec<(OsString, OsString)>,
}

#[derive(Clone, Debug)]
enum Program {
    At(PathBuf),
    Missing,
}

/// The version of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    major: u32,
    minor: u32,
}

/// What a rendering has printed.
#[derive(Debug)]
pub(super) struct Printed {
    /// The documents.
    pub(super) text: String,
    /// What it said beside them.
    pub(super) warnings: Vec<String>,
}

impl Helm {
    /// The program that `DEATHSTAR_HELM` names, or else the `helm` on the path; with it, the lock file of charts, such as
    /// `deathstar-charts.lock`, which is kept under version control.
    ///
    /// That there is none is told by the plan of a stack with a chart.
    #[expect(clippy::disallowed_methods, reason = "this is the configuration")]
    pub fn from_env(lock: impl Into<PathBuf>) -> Self {
        let named = std::env::var(VARIABLE).ok().filter(|path| !path.is_empty()).map(PathBuf::from);
        let program = named.or_else(|| on_path(&std::env::var_os("PATH").unwrap_or_default()));
        let needed = NEEDED.iter().filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)));
        let mut settings = Settings::new(program.map_or(Program::Missing, Program::At), lock.into());
        settings.environment = needed.collect();
        Self::of(settings)
    }

    /// The program at this path, with the lock file of charts. It gets nothing of the caller's environment.
    pub fn at(program: impl Into<PathBuf>, lock: impl Into<PathBuf>) -> Self {
        Self::of(Settings::new(Program::At(program.into()), lock.into()))
    }

    /// What becomes of charts that the lock file does not know, or knows otherwise.
    #[must_use]
    pub fn locking(self, locking: Locking) -> Self {
        self.with(|settings| settings.lock.locking = locking)
    }

    /// Where Helm's caches and settings stand, and the charts that were fetched: later runs find them there.
    #[must_use]
    pub fn home(self, directory: impl Into<PathBuf>) -> Self {
        self.with(|settings| settings.home = Some(directory.into()))
    }

    /// A file with the credentials of registries, as `helm registry login` and `docker login` write it.
    #[must_use]
    pub fn registries(self, file: impl Into<PathBuf>) -> Self {
        self.with(|settings| settings.registries = Some(file.into()))
    }

    /// Talks to registries without encryption: for one on this machine.
    #[must_use]
    pub fn plain_http(self) -> Self {
        self.with(|settings| settings.plain_http = true)
    }

    /// A variable in the environment of the program, such as a proxy.
    #[must_use]
    pub fn env(self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.with(|settings| settings.environment.push((name.into(), value.into())))
    }

    fn of(settings: Settings) -> Self {
        Self(Arc::new(Inner {
            settings,
            version: OnceLock::new(),
            own_home: OnceLock::new(),
            printed: Mutex::default(),
        }))
    }

    fn with(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.0.settings.clone();
        change(&mut settings);
        Self::of(settings)
    }

    pub(super) fn is_plain_http(&self) -> bool {
        self.0.settings.plain_http
    }

    pub(super) fn lock(&self) -> &ChartLock {
        &self.0.settings.lock
    }

    /// Finds out whether the program is one that can be used.
    ///
    /// # Errors
    /// When it is missing, does not run, or has a version that is not known.
    pub(super) fn check(&self) -> Result<(), Diagnostic> {
        self.0.version.get_or_init(|| self.find_version()).as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn find_version(&self) -> Result<Version, Diagnostic> {
        let wrong = |why: String| Diagnostic::new("chart.helm", why).fix(INSTALL);
        let answer = self.run(["version", "--template", "{{.Version}}"], None)?;
        let text = String::from_utf8_lossy(&answer.stdout).into_owned();
        let shown = self.program().map(|path| path.display().to_string()).unwrap_or_default();
        let Some(version) = version(&text).filter(|_| answer.status.success()) else {
            return Err(wrong(format!("`{shown}` does not tell its version: it is no `helm` that is known")));
        };
        if (version.major, version.minor) < OLDEST || version.major > NEWEST {
            let found = text.trim();
            let (major, minor) = OLDEST;
            return Err(wrong(format!(
                "`{shown}` is Helm {found}, and {major}.{minor} or newer is needed, up to {NEWEST}"
            )));
        }
        Ok(version)
    }

    fn program(&self) -> Option<&Path> {
        match &self.0.settings.program {
            Program::At(path) => Some(path),
            Program::Missing => None,
        }
    }

    /// The directory of what Helm keeps.
    pub(super) fn directory(&self) -> Result<PathBuf, Diagnostic> {
        let unusable = |error: &dyn fmt::Display| {
            Diagnostic::new("chart.helm", format!("there is no directory for what Helm keeps: {error}"))
                .fix("name one that can be written with `Helm::home`")
        };
        if let Some(home) = &self.0.settings.home {
            fs::create_dir_all(home).map_err(|error| unusable(&error))?;
            return Ok(home.clone());
        }
        let own = self.0.own_home.get_or_init(|| {
            tempfile::Builder::new().prefix("deathstar-helm-").tempdir().map_err(|error| error.to_string())
        });
        own.as_ref().map(|own| own.path().to_owned()).map_err(|error| unusable(error))
    }

    /// Runs the program to its end.
    ///
    /// # Errors
    /// When there is none, or it does not start.
    pub(super) fn run<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        input: Option<&str>,
    ) -> Result<Output, Diagnostic> {
        let missing = |why: String| Diagnostic::new("chart.helm", why).fix(INSTALL);
        let program = self.program().ok_or_else(|| missing("there is no `helm` on this machine".into()))?;
        let home = self.directory()?;
        let mut command = Command::new(program);
        command.args(arguments).env_clear();
        for (name, value) in &self.0.settings.environment {
            command.env(name, value);
        }
        let registries = self.0.settings.registries.clone();
        command
            .env("HOME", &home)
            .env("HELM_CACHE_HOME", home.join("cache"))
            .env("HELM_CONFIG_HOME", home.join("config"))
            .env("HELM_DATA_HOME", home.join("data"))
            .env("HELM_PLUGINS", home.join("plugins"))
            .env("HELM_REGISTRY_CONFIG", registries.unwrap_or_else(|| home.join("registries.json")))
            .env("HELM_REPOSITORY_CONFIG", home.join("repositories.yaml"))
            .env("KUBECONFIG", home.join("no-cluster"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut start = || -> io::Result<Output> {
            let mut child = command.spawn()?;
            // The program reads all of its input before it prints.
            let written = child.stdin.take().map(|mut pipe| pipe.write_all(input.unwrap_or("").as_bytes()));
            let output = child.wait_with_output()?;
            // Who ends early says why.
            if output.status.success() {
                written.transpose()?;
            }
            Ok(output)
        };
        start().map_err(|error| missing(format!("`{}` does not run: {error}", program.display())))
    }

    /// Renders a chart, or answers what an earlier rendering has printed. Renderings of another `attempt` are made anew.
    ///
    /// # Errors
    /// When the chart does not render.
    pub(super) fn template(&self, request: &Request, attempt: u8) -> Result<Arc<Printed>, Diagnostic> {
        self.check()?;
        let key = request.key(attempt);
        if let Some(printed) = self.printed().get(&key) {
            return printed.clone();
        }
        let printed = self.print(request);
        self.printed().insert(key, printed.clone());
        printed
    }

    fn print(&self, request: &Request) -> Result<Arc<Printed>, Diagnostic> {
        let output = self.run(request.arguments(), Some(&request.values))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(Diagnostic::new("chart.render", said.trim().to_owned()));
        }
        let text = String::from_utf8(output.stdout)
            .map_err(|_| Diagnostic::new("chart.render", "Helm has printed what is no text"))?;
        let warnings = said.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
        Ok(Arc::new(Printed { text, warnings: warnings.collect() }))
    }

    fn printed(&self) -> std::sync::MutexGuard<'_, HashMap<String, Result<Arc<Printed>, Diagnostic>>> {
        self.0.printed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Settings {
    fn new(program: Program, lock: PathBuf) -> Self {
        Self {
            program,
            lock: ChartLock { path: lock, locking: Locking::default() },
            home: None,
            registries: None,
            plain_http: false,
            environment: vec![],
        }
    }
}

impl fmt::Debug for Helm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Helm").field("program", &self.program()).finish_non_exhaustive()
    }
}

fn on_path(path: &OsStr) -> Option<PathBuf> {
    let name = Path::new("helm").with_extension(std::env::consts::EXE_EXTENSION);
    std::env::split_paths(path).map(|directory| directory.join(&name)).find(|program| program.is_file())
}

/// Reads `v3.22.0`, and `v3.22` as a build without a patch calls itself.
fn version(text: &str) -> Option<Version> {
    let mut numbers = text.trim().strip_prefix('v')?.split(['.', '-', '+']);
    let mut next = || numbers.next()?.parse().ok();
    Some(Version { major: next()?, minor: next()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_helm_tells_them() {
        for (text, major, minor) in [("v3.22\n", 3, 22), ("v3.18.4", 3, 18), ("v4.0.0-rc.1+g1a", 4, 0)] {
            assert_eq!(version(text), Some(Version { major, minor }), "{text}");
        }
        for text in ["", "3.1", "v", "vx.y", "<no value>"] {
            assert_eq!(version(text), None, "{text}");
        }
    }

    #[test]
    fn a_missing_program_is_told_with_what_to_do() {
        let finding = Helm::at("/nowhere/helm", "lock").check().unwrap_err();
        assert!(finding.why.contains("/nowhere/helm") && finding.fix.contains("go install"), "{finding}");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_is_too_old_or_too_new_or_no_helm_is_told() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        for (says, part) in [
            ("v2.17.0", "3.8 or newer"),
            ("v3.7.2", "3.8 or newer"),
            ("v5.0.0", "up to 4"),
            ("x", "no `helm`"),
        ] {
            let program = directory.path().join(says);
            fs::write(&program, format!("#!/bin/sh\necho {says}\n")).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
            let finding = Helm::at(&program, "lock").check().unwrap_err();
            assert!(finding.why.contains(part), "{finding}");
        }
    }
}
