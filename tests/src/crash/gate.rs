//! What makes a process tell where it is, and wait until it may go on: around its journal, with no change in the journal.

use super::moment::Told;
use anyhow::Context as _;
use async_trait::async_trait;
use deathstar_core::state::{
    Encoded, FileStore, Loaded, Position, Record, Recorded, Session, Store, StoreError,
    log::{Disk, DiskFile, DiskLock, SystemDisk},
};
use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Write},
    net::TcpStream,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// The line to the recorder. It blocks on purpose: nothing else of the process goes on while it is held.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Mutex<BufReader<TcpStream>>>);

impl Gate {
    /// Opens the line.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn open(control: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(control).context("the recorder does not listen")?;
        stream.set_nodelay(true)?;
        Ok(Self(Arc::new(Mutex::new(BufReader::new(stream)))))
    }

    /// Tells something, and waits until it is heard.
    ///
    /// # Errors
    /// When the recorder has gone.
    pub fn tell(&self, told: &Told) -> io::Result<()> {
        let mut line = serde_json::to_string(told)?;
        line.push('\n');
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stream.get_mut().write_all(line.as_bytes())?;
        match stream.read_line(&mut String::new())? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn failed(error: &io::Error) -> StoreError {
    StoreError::Other(format!("the recorder does not answer: {error}"))
}

/// A journal in a directory that tells of everything that it is about to write.
#[derive(Debug)]
pub struct GatedStore {
    store: FileStore,
    gate: Gate,
    /// Whether every apply ends with a compaction.
    compacts: bool,
    compacting: Arc<AtomicBool>,
}

impl GatedStore {
    /// The journal of a store.
    pub fn new(store: FileStore, gate: Gate, compacts: bool) -> Self {
        let compacting = Arc::new(AtomicBool::new(false));
        let disk = GatedDisk { gate: gate.clone(), compacting: Arc::clone(&compacting) };
        Self { store: store.on(Arc::new(disk)), gate, compacts, compacting }
    }
}

#[async_trait]
impl Store for GatedStore {
    async fn read(&self) -> Result<Loaded, StoreError> {
        self.store.read().await
    }

    async fn lock(&self, known: Option<Loaded>) -> Result<(Box<dyn Session>, Loaded), StoreError> {
        let (session, loaded) = self.store.lock(known).await?;
        let gated = GatedSession {
            session,
            gate: self.gate.clone(),
            appended: Mutex::default(),
            compacts: self.compacts,
            compacting: Arc::clone(&self.compacting),
        };
        let rows = loaded.recorded.rows().map(|row| Record::Row(Box::new(row.clone())));
        gated.tell(&Told::Holds(rows.collect()))?;
        Ok((Box::new(gated), loaded))
    }

    async fn secret_key(&self) -> Result<Option<[u8; 32]>, StoreError> {
        self.store.secret_key().await
    }

    async fn make_secret_key(&self) -> Result<[u8; 32], StoreError> {
        self.store.make_secret_key().await
    }
}

#[derive(Debug)]
struct GatedSession {
    session: Box<dyn Session>,
    gate: Gate,
    /// What was appended at which position.
    appended: Mutex<BTreeMap<Position, Vec<Record>>>,
    compacts: bool,
    compacting: Arc<AtomicBool>,
}

impl GatedSession {
    fn tell(&self, told: &Told) -> Result<(), StoreError> {
        self.gate.tell(told).map_err(|error| failed(&error))
    }

    /// What was appended up to a position, and not told of as durable.
    fn taken(&self, position: Position) -> Vec<Record> {
        let mut appended = self.appended.lock().unwrap_or_else(PoisonError::into_inner);
        let later = appended.split_off(&Position(position.0 + 1));
        std::mem::replace(&mut *appended, later).into_values().flatten().collect()
    }
}

#[async_trait]
impl Session for GatedSession {
    fn lineage(&self) -> String {
        self.session.lineage()
    }

    fn append(&self, records: &[Encoded]) -> Result<Position, StoreError> {
        let decoded: Result<Vec<Record>, _> =
            records.iter().map(|record| serde_json::from_slice(record.bytes())).collect();
        let decoded = decoded.map_err(|error| StoreError::Other(error.to_string()))?;
        self.tell(&Told::Appends(decoded.clone()))?;
        let position = self.session.append(records)?;
        self.appended.lock().unwrap_or_else(PoisonError::into_inner).insert(position, decoded);
        Ok(position)
    }

    async fn durable(&self, position: Position) -> Result<(), StoreError> {
        let records = self.taken(position);
        self.tell(&Told::Waits(records.clone()))?;
        self.session.durable(position).await?;
        self.tell(&Told::Durable(records))
    }

    fn durable_now(&self, position: Position) -> Option<Result<(), StoreError>> {
        let records = self.taken(position);
        let told = self.tell(&Told::Waits(records.clone()));
        if let Err(error) = told {
            return Some(Err(error));
        }
        let done = self.session.durable_now(position)?;
        Some(done.and_then(|()| self.tell(&Told::Durable(records))))
    }

    async fn lost(&self) -> StoreError {
        self.session.lost().await
    }

    fn compact(&self, recorded: &Recorded, always: bool) -> Result<bool, StoreError> {
        self.compacting.store(true, Ordering::SeqCst);
        let compacted = self.session.compact(recorded, always || self.compacts);
        self.compacting.store(false, Ordering::SeqCst);
        compacted
    }
}

/// The disk, telling of every change while the journal is compacted.
#[derive(Clone, Debug)]
struct GatedDisk {
    gate: Gate,
    compacting: Arc<AtomicBool>,
}

impl GatedDisk {
    fn pass(&self, operation: &str, path: &Path) -> io::Result<()> {
        if !self.compacting.load(Ordering::SeqCst) {
            return Ok(());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.gate.tell(&Told::Compacts(format!("{operation} {name}")))
    }

    fn file(&self, path: &Path, file: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        Box::new(GatedFile { disk: self.clone(), path: path.into(), file })
    }
}

impl Disk for GatedDisk {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        SystemDisk.create_directory(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        SystemDisk.list(directory)
    }

    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        SystemDisk.read(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.pass("create", path)?;
        Ok(self.file(path, SystemDisk.create(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.file(path, SystemDisk.open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.pass("rename", from)?;
        SystemDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.pass("remove", path)?;
        SystemDisk.remove(path)
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        self.pass("sync", path)?;
        SystemDisk.sync_directory(path)
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>> {
        SystemDisk.try_lock(path)
    }
}

#[derive(Debug)]
struct GatedFile {
    disk: GatedDisk,
    path: Box<Path>,
    file: Box<dyn DiskFile>,
}

impl DiskFile for GatedFile {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        self.disk.pass("append", &self.path)?;
        self.file.append(bytes)
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.disk.pass("truncate", &self.path)?;
        self.file.truncate(length)
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.pass("sync", &self.path)?;
        self.file.sync()
    }
}
