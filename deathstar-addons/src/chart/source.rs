//! Where a chart comes from, and what is there.

use super::{Helm, files, files::ChartFiles, lock::Locking};
use deathstar_core::Diagnostic;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Where a chart comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChartSource {
    /// A directory with a `Chart.yaml`.
    Directory(PathBuf),
    /// An archive, as `helm package` writes it.
    Archive(PathBuf),
    /// A registry.
    Oci {
        /// `oci://registry/path/chart`.
        reference: String,
        /// The exact version.
        version: String,
    },
    /// A chart repository.
    Repository {
        /// Its URL, below which `index.yaml` stands.
        url: String,
        /// The name of the chart.
        chart: String,
        /// The exact version.
        version: String,
    },
}

/// A chart that is there.
#[derive(Clone, Debug)]
pub(super) struct Located {
    /// The directory or archive.
    pub(super) path: PathBuf,
    /// The digest of what is there.
    pub(super) digest: String,
    pub(super) files: ChartFiles,
}

impl ChartSource {
    /// A directory with a `Chart.yaml`, and the charts that it brings along in its `charts/`.
    pub fn directory(path: impl Into<PathBuf>) -> Self {
        Self::Directory(path.into())
    }

    /// An archive, as `helm package` writes it.
    pub fn archive(path: impl Into<PathBuf>) -> Self {
        Self::Archive(path.into())
    }

    /// A chart in a registry, such as `oci://registry.example.com/charts/web`, in an exact version.
    pub fn oci(reference: impl Into<String>, version: impl Into<String>) -> Self {
        Self::Oci { reference: reference.into(), version: version.into() }
    }

    /// A chart of a repository, such as `https://charts.example.com`, in an exact version.
    pub fn repository(url: impl Into<String>, chart: impl Into<String>, version: impl Into<String>) -> Self {
        Self::Repository { url: url.into(), chart: chart.into(), version: version.into() }
    }

    /// How the lock file names it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Directory(path) | Self::Archive(path) => path.to_string_lossy().replace('\\', "/"),
            Self::Oci { reference, .. } => reference.clone(),
            Self::Repository { url, chart, .. } => format!("{}#{chart}", url.trim_end_matches('/')),
        }
    }

    /// The version that is asked for; empty for what stands in files.
    pub(super) fn version(&self) -> &str {
        match self {
            Self::Directory(_) | Self::Archive(_) => "",
            Self::Oci { version, .. } | Self::Repository { version, .. } => version,
        }
    }

    /// Reads the chart, and fetches it before when it is elsewhere and not at hand.
    ///
    /// # Errors
    /// When it is not there, or is no chart.
    pub(super) fn locate(&self, helm: &Helm) -> Result<Located, Diagnostic> {
        let unreadable = |path: &Path, error: std::io::Error| {
            let why = format!("the chart `{}` cannot be read: {error}", path.display());
            Diagnostic::new("chart.source", why)
                .fix("name a directory with a `Chart.yaml`, or an archive of one")
        };
        let located = match self {
            Self::Directory(path) => {
                let files = ChartFiles::of_directory(path).map_err(|error| unreadable(path, error))?;
                Located { path: path.clone(), digest: files.digest(), files }
            }
            Self::Archive(path) => {
                let bytes = fs::read(path).map_err(|error| unreadable(path, error))?;
                of_archive(path.clone(), &bytes).map_err(|error| unreadable(path, error))?
            }
            Self::Oci { .. } | Self::Repository { .. } => match self.at_hand(helm)? {
                Some(located) => located,
                None => self.fetch(helm)?,
            },
        };
        self.accept(located)
    }

    fn accept(&self, located: Located) -> Result<Located, Diagnostic> {
        let name = self.name();
        let Some(metadata) = located.files.metadata().filter(|metadata| !metadata.name.is_empty()) else {
            let why = format!("`{name}` is no chart: it has no `Chart.yaml` with a name");
            return Err(
                Diagnostic::new("chart.source", why).fix("name the directory in which `Chart.yaml` stands")
            );
        };
        if metadata.sort == "library" {
            let why = format!("`{name}` is a library: it has templates for other charts, and no objects");
            return Err(Diagnostic::new("chart.source", why).fix("name a chart that uses it"));
        }
        let wanted = self.version();
        if !wanted.is_empty() && bare(wanted) != bare(&metadata.version) {
            let why = format!("`{wanted}` is no exact version of `{name}`: it leads to {}", metadata.version);
            let fix = format!("write `{}`, so that every run takes the same chart", metadata.version);
            return Err(Diagnostic::new("chart.source", why).fix(fix));
        }
        Ok(located)
    }

    /// What an earlier run has fetched, if it has the digest that is written down.
    fn at_hand(&self, helm: &Helm) -> Result<Option<Located>, Diagnostic> {
        if helm.lock().locking == Locking::Update {
            return Ok(None);
        }
        let Some(digest) = helm.lock().digest(&self.name(), self.version())? else { return Ok(None) };
        let path = kept(helm, &digest)?;
        let Ok(bytes) = fs::read(&path) else { return Ok(None) };
        Ok(of_archive(path, &bytes).ok().filter(|located| located.digest == digest))
    }

    fn fetch(&self, helm: &Helm) -> Result<Located, Diagnostic> {
        helm.check()?;
        let unusable = |error: std::io::Error| {
            Diagnostic::new("chart.helm", format!("a chart cannot be kept: {error}"))
                .fix("name a directory that can be written with `Helm::home`")
        };
        let new = tempfile::tempdir_in(helm.directory()?).map_err(unusable)?;
        let mut arguments = vec!["pull".to_owned()];
        if let Self::Repository { url, chart, .. } = self {
            arguments.extend([chart.clone(), "--repo".into(), url.clone()]);
        } else {
            arguments.push(self.name());
            arguments.extend(helm.is_plain_http().then(|| "--plain-http".to_owned()));
        }
        let into = new.path().to_string_lossy().into_owned();
        arguments.extend(["--version".into(), self.version().into(), "--destination".into(), into]);
        let output = helm.run(&arguments, None)?;
        let entries = fs::read_dir(new.path()).map_err(unusable)?.filter_map(Result::ok);
        let archive =
            entries.map(|entry| entry.path()).find(|path| path.extension().is_some_and(|end| end == "tgz"));
        let Some(archive) = archive.filter(|_| output.status.success()) else {
            let said = String::from_utf8_lossy(&output.stderr);
            let why = format!(
                "the chart `{}` {} cannot be fetched: {}",
                self.name(),
                self.version(),
                said.trim().trim_start_matches("Error: ")
            );
            let fix = "look at the name, the version and the network; credentials are given with `Helm::registries`";
            return Err(Diagnostic::new("chart.source", why).fix(fix));
        };
        let bytes = fs::read(&archive).map_err(unusable)?;
        let path = kept(helm, &files::digest(&bytes))?;
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).map_err(unusable)?;
        }
        fs::rename(&archive, &path).map_err(unusable)?;
        of_archive(path, &bytes).map_err(unusable)
    }
}

/// Where a fetched chart with this digest is kept.
fn kept(helm: &Helm, digest: &str) -> Result<PathBuf, Diagnostic> {
    let name = digest.trim_start_matches("sha256:");
    Ok(helm.directory()?.join("charts").join(format!("{name}.tgz")))
}

fn of_archive(path: PathBuf, bytes: &[u8]) -> std::io::Result<Located> {
    Ok(Located { path, digest: files::digest(bytes), files: ChartFiles::of_archive(bytes)? })
}

/// A version without the `v` that some charts write in front.
fn bare(version: &str) -> &str {
    version.strip_prefix('v').unwrap_or(version)
}
