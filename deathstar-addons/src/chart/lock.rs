//! The lock file: which content each chart had when it was first taken.

use deathstar_core::Diagnostic;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// The version of the file's form.
const VERSION: u32 = 1;
const HEADING: &str =
    "# The digests of charts, written by DeathStar. Keep this file under version control.\n";

/// What becomes of charts that the lock file does not know, or knows otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locking {
    /// A chart that is new is written down, one that has changed is refused.
    #[default]
    Record,
    /// What is not written down is refused too: for builds that shall take nothing new.
    Frozen,
    /// What is there now is written down: to accept charts that have changed.
    Update,
}

/// A lock file, and how it is used.
#[derive(Clone, Debug)]
pub(super) struct ChartLock {
    pub(super) path: PathBuf,
    pub(super) locking: Locking,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Document {
    version: u32,
    #[serde(default, rename = "chart")]
    charts: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    source: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    version: String,
    digest: String,
}

/// What a lock file names: a source and a version of it.
type Key = (String, String);

impl ChartLock {
    /// The digest that is written down for a source, if there is one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn digest(&self, source: &str, version: &str) -> Result<Option<String>, Diagnostic> {
        Ok(self.read()?.remove(&(source.to_owned(), version.to_owned())))
    }

    /// Compares the digest of a source with the one that is written down, and writes it down where that is to be done.
    ///
    /// # Errors
    /// When it is another one, is missing in a frozen file, or the file cannot be used.
    pub(super) fn check(&self, source: &str, version: &str, digest: &str) -> Result<(), Diagnostic> {
        let known = self.digest(source, version)?;
        let named = if version.is_empty() { format!("`{source}`") } else { format!("`{source}` {version}") };
        match (known, self.locking) {
            (Some(known), _) if known == digest => Ok(()),
            (Some(known), Locking::Record | Locking::Frozen) => {
                let why = format!(
                    "the chart {named} has changed: its digest is `{digest}`, and `{}` says `{known}`",
                    self.path.display()
                );
                let fix = "find out who changed it; if it was meant, take it with `Locking::Update`, or delete its entry";
                Err(Diagnostic::new("chart.lock", why).fix(fix))
            }
            (None, Locking::Frozen) => {
                let why = format!("the chart {named} is not in `{}`, which is frozen", self.path.display());
                let fix = "run once with `Locking::Record`, and keep the file under version control";
                Err(Diagnostic::new("chart.lock", why).fix(fix))
            }
            (None, Locking::Record) | (_, Locking::Update) => self.write_down(source, version, digest),
        }
    }

    fn read(&self) -> Result<BTreeMap<Key, String>, Diagnostic> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(self.unusable(&error)),
        };
        let document: Document = toml::from_str(&text).map_err(|error| {
            let why = format!("`{}` is no lock file of charts: {}", self.path.display(), error.message());
            Diagnostic::new("chart.lock", why)
                .fix("restore it from version control, or delete it and let it be written")
        })?;
        if document.version != VERSION {
            let why = format!(
                "`{}` has the form {}, and this version reads {VERSION}",
                self.path.display(),
                document.version
            );
            return Err(Diagnostic::new("chart.lock", why).fix("use the version of DeathStar that wrote it"));
        }
        Ok(document.charts.into_iter().map(|one| ((one.source, one.version), one.digest)).collect())
    }

    /// Adds one line. Two programs at once write one after the other, and a reader sees the file before or after.
    fn write_down(&self, source: &str, version: &str, digest: &str) -> Result<(), Diagnostic> {
        let directory = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new("."));
        let write = || -> Result<(), Diagnostic> {
            let io = |error: io::Error| self.unusable(&error);
            let guard = fs::File::open(directory).map_err(io)?;
            guard.lock().map_err(io)?;
            let mut all = self.read()?;
            all.insert((source.to_owned(), version.to_owned()), digest.to_owned());
            let charts = all
                .into_iter()
                .map(|((source, version), digest)| Entry { source, version, digest })
                .collect();
            let text = toml::to_string(&Document { version: VERSION, charts })
                .map_err(|error| io(io::Error::other(error)))?;
            let file = tempfile::NamedTempFile::new_in(directory).map_err(io)?;
            fs::write(file.path(), format!("{HEADING}{text}")).map_err(io)?;
            file.persist(&self.path).map_err(|error| io(error.error))?;
            Ok(())
        };
        write()
    }

    fn unusable(&self, error: &io::Error) -> Diagnostic {
        let why = format!("the lock file `{}` cannot be used: {error}", self.path.display());
        Diagnostic::new("chart.lock", why).fix("name a file in a directory that can be written")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(directory: &tempfile::TempDir, locking: Locking) -> ChartLock {
        ChartLock { path: directory.path().join("deathstar-charts.lock"), locking }
    }

    #[test]
    fn a_new_chart_is_written_down_and_a_changed_one_refused() {
        let directory = tempfile::tempdir().unwrap();
        let record = lock(&directory, Locking::Record);
        record.check("oci://example.com/web", "1.0.0", "sha256:a").unwrap();
        record.check("charts/web", "", "sha256:b").unwrap();
        record.check("oci://example.com/web", "1.0.0", "sha256:a").unwrap();
        record.check("oci://example.com/web", "1.1.0", "sha256:c").unwrap();
        let refused = record.check("oci://example.com/web", "1.0.0", "sha256:d").unwrap_err();
        for part in ["`oci://example.com/web` 1.0.0", "sha256:d", "sha256:a", "deathstar-charts.lock"] {
            assert!(refused.why.contains(part), "{part}: {refused}");
        }
        let text = fs::read_to_string(&record.path).unwrap();
        assert!(text.starts_with(HEADING) && !text.contains("sha256:d"), "{text}");
        assert_eq!(record.digest("charts/web", "").unwrap().as_deref(), Some("sha256:b"));
    }

    #[test]
    fn a_frozen_file_takes_nothing_new_and_an_update_takes_all() {
        let directory = tempfile::tempdir().unwrap();
        let refused = lock(&directory, Locking::Frozen).check("charts/web", "", "sha256:a").unwrap_err();
        assert!(refused.why.contains("frozen"), "{refused}");
        assert!(!directory.path().join("deathstar-charts.lock").exists());
        lock(&directory, Locking::Record).check("charts/web", "", "sha256:a").unwrap();
        lock(&directory, Locking::Update).check("charts/web", "", "sha256:b").unwrap();
        lock(&directory, Locking::Frozen).check("charts/web", "", "sha256:b").unwrap();
    }

    #[test]
    fn what_is_no_lock_file_is_not_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let lock = lock(&directory, Locking::Update);
        for text in ["dependencies: []", "version = 2\n"] {
            fs::write(&lock.path, text).unwrap();
            lock.check("charts/web", "", "sha256:a").unwrap_err();
            assert_eq!(fs::read_to_string(&lock.path).unwrap(), text);
        }
    }
}
