//! Who holds the lock, as it is written into the lock file for others to read.

use super::{Disk, DiskLock, LogError, open::io_error};
use std::{path::Path, process, time::SystemTime};

/// The process that writes a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// A name that people recognise: the user, the program, the pipeline.
    pub name: String,
    /// The process id.
    pub pid: u32,
    /// The name of the host.
    pub host: String,
    /// When it started (RFC 3339, UTC).
    pub since: String,
}

impl Holder {
    /// The running process, under a name that people recognise; `now` is the time of the system's clock.
    pub fn this_process(name: impl Into<String>, now: SystemTime) -> Self {
        Self {
            name: name.into(),
            pid: process::id(),
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            since: humantime::format_rfc3339_seconds(now).to_string(),
        }
    }

    /// Takes the lock at `path` and writes the holder into it.
    pub(super) fn lock(&self, disk: &dyn Disk, path: &Path) -> Result<Box<dyn DiskLock>, LogError> {
        match disk.try_lock(path).map_err(io_error("lock", path))? {
            Some(lock) => {
                lock.write(self.encode().as_bytes()).map_err(io_error("write", path))?;
                Ok(lock)
            }
            // Without its text the lock is held all the same, so a text that cannot be read is no other error.
            None => Err(locked(path, &disk.read(path).ok().flatten().unwrap_or_default())),
        }
    }

    fn encode(&self) -> String {
        let line = |text: &str| text.replace(['\n', '\r'], " ");
        let Self { name, pid, host, since } = self;
        format!("pid={pid}\nhost={}\nsince={}\nholder={}\n", line(host), line(since), line(name))
    }
}

/// The error for a lock file with this text, of which any part may be missing.
fn locked(path: &Path, text: &[u8]) -> LogError {
    let text = String::from_utf8_lossy(text);
    // A line without its end may have been cut off while it was written.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let value = |name: &str| {
        let mut lines = whole.lines().filter_map(|line| line.split_once('='));
        lines
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
            .filter(|value| !value.is_empty())
    };
    LogError::Locked {
        holder: value("holder"),
        host: value("host"),
        pid: value("pid").and_then(|pid| pid.parse().ok()),
        since: value("since"),
        path: path.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Holder, locked};
    use std::{path::Path, time::UNIX_EPOCH};

    #[test]
    fn every_cut_of_the_text_gives_a_message_without_half_a_word() {
        let holder =
            Holder { pid: 42, host: "build-7".into(), ..Holder::this_process("alice\nops", UNIX_EPOCH) };
        let text = holder.encode();
        let messages: std::collections::BTreeSet<_> = (0..=text.len())
            .map(|cut| locked(Path::new("lock"), &text.as_bytes()[..cut]).to_string())
            .collect();
        let expected = [
            "`lock` is locked by `alice ops` (process 42 on host `build-7`) since 1970-01-01T00:00:00Z",
            "`lock` is locked by another process",
            "`lock` is locked by another process (process 42 on host `build-7`)",
            "`lock` is locked by another process (process 42 on host `build-7`) since 1970-01-01T00:00:00Z",
            "`lock` is locked by another process (process 42)",
        ];
        assert_eq!(messages.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }
}
