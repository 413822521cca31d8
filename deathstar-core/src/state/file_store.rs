//! A journal in a directory.

use super::{
    Encoded, Loaded, Position, Recorded, Session, Store, StoreError,
    log::{self, Contents, Disk, Holder, Lineage, Log, LogError, LogOptions},
};
use async_trait::async_trait;
use std::{
    fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The file with the key for the digests of secrets.
const KEY: &str = "secret.key";
/// The environment variable that holds the key instead: 64 hexadecimal digits.
const KEY_VARIABLE: &str = "DEATHSTAR_SECRET_KEY";

/// A journal in a directory: an append-only log, a snapshot, a lock, and beside them the key for the digests of secrets.
///
/// The key comes from `DEATHSTAR_SECRET_KEY` (64 hexadecimal digits) where that is set, and else from the file `secret.key`, which is
/// made when it is needed. Whoever has the key can guess short secrets from their digests; keep it out of version control.
#[derive(Clone)]
pub struct FileStore {
    directory: PathBuf,
    holder: String,
    disk: Option<Arc<dyn Disk>>,
}

impl FileStore {
    /// The journal in a directory; it is made when something is written.
    ///
    /// # Errors
    /// When the path is there and is no directory.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, StoreError> {
        let directory = directory.as_ref().to_owned();
        if directory.exists() && !directory.is_dir() {
            let path = directory.display().to_string();
            return Err(StoreError::File { path, source: io::Error::from(io::ErrorKind::NotADirectory) });
        }
        let user = std::env::var_os("USER").map(|user| user.to_string_lossy().into_owned());
        let program = std::env::args_os().next().map(PathBuf::from);
        let program =
            program.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let holder = [user, program].into_iter().flatten().collect::<Vec<_>>().join(" ");
        Ok(Self { directory, holder, disk: None })
    }

    /// Who others see when they find the journal locked: by default the user and the program.
    #[must_use]
    pub fn holder(mut self, name: impl Into<String>) -> Self {
        self.holder = name.into();
        self
    }

    /// The journal on another file layer, for tests.
    #[must_use]
    pub fn on(mut self, disk: Arc<dyn Disk>) -> Self {
        self.disk = Some(disk);
        self
    }

    /// Its directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "people who find the lock want to know since when it is held"
    )]
    fn options(&self) -> Result<LogOptions, StoreError> {
        let holder = Holder::this_process(&self.holder, std::time::SystemTime::now());
        let options = LogOptions::new(&self.directory, Lineage(super::random()?), holder);
        Ok(match &self.disk {
            Some(disk) => options.on(Arc::clone(disk)),
            None => options,
        })
    }

    fn load(contents: &Contents) -> Result<Loaded, StoreError> {
        let mut recorded = Recorded::default();
        for record in contents.records() {
            recorded.replay(record.payload).map_err(|error| match error {
                StoreError::Record { source, version, .. } => match version {
                    Some(found) if found > super::RECORD_VERSION => {
                        StoreError::Newer { found, known: super::RECORD_VERSION }
                    }
                    _ => StoreError::Log(record.refuse(source)),
                },
                other => other,
            })?;
        }
        let torn = contents.torn().map(|torn| {
            format!(
                "the last record of the journal was cut off ({} bytes at {}); it was never acknowledged and is dropped",
                torn.bytes, torn.offset
            )
        });
        let fingerprint = Some(contents.fingerprint());
        Ok(Loaded { recorded, notes: torn.into_iter().collect(), fingerprint })
    }

    /// What was read before, when it was read from the same bytes.
    fn reload(contents: &Contents, known: Option<Loaded>) -> Result<Loaded, StoreError> {
        match known {
            Some(known) if known.fingerprint.is_some_and(|known| known == contents.fingerprint()) => {
                Ok(known)
            }
            _ => Self::load(contents),
        }
    }

    fn key_file(&self) -> Result<Option<[u8; 32]>, StoreError> {
        let path = self.directory.join(KEY);
        match fs::read_to_string(&path) {
            Ok(text) => parse_key(text.trim(), &path.display().to_string()).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::File { path: path.display().to_string(), source }),
        }
    }

    fn write_key(&self) -> Result<(), StoreError> {
        let path = self.directory.join(KEY);
        let shown = path.display().to_string();
        let failed = |source| StoreError::File { path: shown.clone(), source };
        log::create_private_directory(&self.directory).map_err(failed)?;
        let key: [u8; 32] = super::random()?;
        let text = super::hex(&key);
        // Written aside and linked into place, so that of two processes one wins and both read a whole key.
        let aside = self.directory.join(format!("{KEY}.{}.tmp", std::process::id()));
        let written = (|| {
            let mut file = new_private_file(&aside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            match fs::hard_link(&aside, &path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                Ok(()) | Err(_) => {}
            }
            fs::remove_file(&aside)?;
            fs::File::open(&self.directory)?.sync_all()
        })();
        written.map_err(failed)
    }
}

#[cfg(unix)]
fn new_private_file(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn new_private_file(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().write(true).create(true).truncate(true).open(path)
}

fn parse_key(text: &str, whence: &str) -> Result<[u8; 32], StoreError> {
    let wrong = || StoreError::Other(format!("{whence} holds no key: 64 hexadecimal digits are expected"));
    let hash = blake3::Hash::from_hex(text).map_err(|_| wrong())?;
    Ok(*hash.as_bytes())
}

#[expect(clippy::disallowed_methods, reason = "the key is configured by the environment")]
fn key_from_environment() -> Result<Option<[u8; 32]>, StoreError> {
    match std::env::var(KEY_VARIABLE) {
        Ok(text) => parse_key(text.trim(), KEY_VARIABLE).map(Some),
        Err(_) => Ok(None),
    }
}

#[async_trait]
impl Store for FileStore {
    async fn read(&self) -> Result<Loaded, StoreError> {
        match Log::read(&self.options()?) {
            Ok(contents) => Self::load(&contents),
            Err(LogError::Absent { .. }) => Ok(Loaded::default()),
            Err(error) => Err(error.into()),
        }
    }

    async fn lock(&self, known: Option<Loaded>) -> Result<(Box<dyn Session>, Loaded), StoreError> {
        let (log, contents) = Log::open(&self.options()?)?;
        let loaded = Self::reload(&contents, known)?;
        Ok((Box::new(FileSession { log }), loaded))
    }

    async fn secret_key(&self) -> Result<Option<[u8; 32]>, StoreError> {
        match key_from_environment()? {
            Some(key) => Ok(Some(key)),
            None => self.key_file(),
        }
    }

    async fn make_secret_key(&self) -> Result<[u8; 32], StoreError> {
        if let Some(key) = self.secret_key().await? {
            return Ok(key);
        }
        self.write_key()?;
        self.key_file()?
            .ok_or_else(|| StoreError::Other("the key for secrets is gone right after it was written".into()))
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").field("directory", &self.directory).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct FileSession {
    log: Log,
}

#[async_trait]
impl Session for FileSession {
    fn lineage(&self) -> String {
        self.log.lineage().to_string()
    }

    fn append(&self, records: &[Encoded]) -> Result<Position, StoreError> {
        let payloads: Vec<&[u8]> = records.iter().map(Encoded::bytes).collect();
        Ok(Position(self.log.append(&payloads)?.sequence()))
    }

    async fn durable(&self, position: Position) -> Result<(), StoreError> {
        Ok(self.log.durable(log::Position::at(position.0)).await?)
    }

    fn durable_now(&self, position: Position) -> Option<Result<(), StoreError>> {
        Some(self.log.sync(log::Position::at(position.0)).map_err(StoreError::from))
    }

    async fn lost(&self) -> StoreError {
        self.log.lost().await.into()
    }

    fn compact(&self, recorded: &Recorded, always: bool) -> Result<bool, StoreError> {
        if !always && !self.log.should_compact() {
            return Ok(false);
        }
        let through = self.log.last();
        let encoded: Result<Vec<Encoded>, StoreError> = recorded.compacted().map(Encoded::new).collect();
        self.log.compact(through, encoded?.iter().map(Encoded::bytes))?;
        Ok(true)
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_new_directory_is_its_owners_alone_and_one_that_was_there_keeps_its_mode() {
        let root = tempfile::tempdir().unwrap();
        for (name, by_key) in [("a/state", false), ("b/state", true)] {
            let store = FileStore::open(root.path().join(name)).unwrap();
            if by_key {
                store.make_secret_key().await.unwrap();
            } else {
                store.lock(None).await.unwrap();
            }
            assert_eq!(mode(store.directory()), 0o700, "{name}");
        }
        let theirs = root.path().join("theirs");
        fs::create_dir(&theirs).unwrap();
        fs::set_permissions(&theirs, fs::Permissions::from_mode(0o750)).unwrap();
        FileStore::open(&theirs).unwrap().lock(None).await.unwrap();
        assert_eq!(mode(&theirs), 0o750);
    }
}
