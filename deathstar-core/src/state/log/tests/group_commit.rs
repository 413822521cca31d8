use super::{options, options_on, payloads, read, wait};
use crate::state::log::{
    Disk, DiskFile, DiskLock, Log, LogError, MAX_PAYLOAD, Position, PowerLossDisk, SystemDisk, commit::lock,
};
use futures_util::{FutureExt, future::join_all};
use std::{
    io,
    path::Path,
    sync::{Arc, Condvar, Mutex},
};

/// A system's disk whose syncs wait until they are let through; it counts what is done.
#[derive(Debug, Clone, Default)]
struct GatedDisk(Arc<Gate>);

#[derive(Debug, Default)]
struct Gate {
    state: Mutex<Counts>,
    changed: Condvar,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    is_closed: bool,
    waiting: usize,
    syncs: usize,
    writes: usize,
}

impl GatedDisk {
    fn close(&self) {
        *lock(&self.0.state) = Counts { is_closed: true, ..Counts::default() };
    }

    fn open_gate(&self) {
        lock(&self.0.state).is_closed = false;
        self.0.changed.notify_all();
    }

    fn until_a_sync_waits(&self) {
        let state = lock(&self.0.state);
        drop(self.0.changed.wait_while(state, |counts| counts.waiting == 0).unwrap());
    }

    fn counts(&self) -> Counts {
        *lock(&self.0.state)
    }
}

#[derive(Debug)]
struct GatedFile(Box<dyn DiskFile>, Arc<Gate>);

impl DiskFile for GatedFile {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        lock(&self.1.state).writes += 1;
        self.0.append(bytes)
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.0.truncate(length)
    }

    fn sync(&self) -> io::Result<()> {
        let mut counts = lock(&self.1.state);
        counts.syncs += 1;
        counts.waiting += 1;
        self.1.changed.notify_all();
        counts = self.1.changed.wait_while(counts, |counts| counts.is_closed).unwrap();
        counts.waiting -= 1;
        drop(counts);
        self.0.sync()
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
        Ok(Box::new(GatedFile(SystemDisk.create(path)?, Arc::clone(&self.0))))
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(GatedFile(SystemDisk.open(path)?, Arc::clone(&self.0))))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        SystemDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        SystemDisk.remove(path)
    }
    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        SystemDisk.sync_directory(path)
    }
    fn try_lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>> {
        SystemDisk.try_lock(path)
    }
}

#[test]
fn all_who_ask_during_a_sync_share_the_next_one() {
    let directory = tempfile::tempdir().unwrap();
    let disk = GatedDisk::default();
    let (log, _) = Log::open(&options(&directory).on(Arc::new(disk.clone()))).unwrap();
    disk.close();
    let first = log.append(&["first"]).unwrap();
    let mut first = Box::pin(log.durable(first));
    assert!(first.as_mut().now_or_never().is_none());
    disk.until_a_sync_waits();
    let positions: Vec<_> = (0..50).map(|_| log.append(&["next"]).unwrap()).collect();
    let mut all = Box::pin(join_all(positions.iter().map(|position| log.durable(*position))));
    assert!(all.as_mut().now_or_never().is_none());
    disk.open_gate();
    wait(first).unwrap();
    assert!(wait(all).into_iter().all(|durable| durable.is_ok()));
    assert_eq!(disk.counts().syncs, 2);
}

#[test]
fn a_sync_acknowledges_only_what_was_appended_before_it_began() {
    let directory = tempfile::tempdir().unwrap();
    let disk = GatedDisk::default();
    let (log, _) = Log::open(&options(&directory).on(Arc::new(disk.clone()))).unwrap();
    disk.close();
    let first = log.append(&["first"]).unwrap();
    assert!(log.durable(first).now_or_never().is_none());
    disk.until_a_sync_waits();
    let second = log.append(&["second"]).unwrap();
    disk.open_gate();
    wait(log.durable(first)).unwrap();
    disk.close();
    assert!(log.durable(second).now_or_never().is_none());
    disk.open_gate();
    wait(log.durable(second)).unwrap();
}

#[test]
fn a_batch_is_one_write() {
    let directory = tempfile::tempdir().unwrap();
    let disk = GatedDisk::default();
    let (log, _) = Log::open(&options(&directory).on(Arc::new(disk.clone()))).unwrap();
    let before = disk.counts().writes;
    log.append(&vec!["row"; 1_000]).unwrap();
    assert_eq!(disk.counts().writes, before + 1);
    assert_eq!(log.append::<&str>(&[]).unwrap(), Position(1_000));
    assert_eq!(disk.counts().writes, before + 1);
}

#[test]
fn what_is_durable_needs_no_sync() {
    let disk = PowerLossDisk::new();
    let (log, _) = Log::open(&options_on(&disk)).unwrap();
    let early = log.append(&["a"]).unwrap();
    let late = log.append(&["b"]).unwrap();
    wait(log.durable(late)).unwrap();
    let before = disk.operations();
    assert!(matches!(log.durable(early).now_or_never(), Some(Ok(()))));
    assert!(matches!(log.durable(late).now_or_never(), Some(Ok(()))));
    assert_eq!(disk.operations(), before);
}

#[test]
fn a_position_of_the_future_is_an_error_and_no_endless_wait() {
    let (log, _) = Log::open(&options_on(&PowerLossDisk::new())).unwrap();
    assert!(matches!(
        wait(log.durable(Position(1))),
        Err(LogError::UnknownPosition { position: 1, last: 0 })
    ));
}

#[test]
fn a_sync_on_the_own_thread_lets_others_know() {
    let disk = PowerLossDisk::new();
    let (log, _) = Log::open(&options_on(&disk)).unwrap();
    let first = log.append(&["a"]).unwrap();
    let position = log.append(&["b"]).unwrap();
    log.sync(first).unwrap();
    let syncs = disk.operations();
    assert!(matches!(log.durable(position).now_or_never(), Some(Ok(()))), "it covers all that is written");
    log.sync(position).unwrap();
    assert_eq!(disk.operations(), syncs, "what is durable is not synced again");
    assert!(matches!(log.sync(Position(3)), Err(LogError::UnknownPosition { position: 3, last: 2 })));
    let position = log.append(&["c"]).unwrap();
    disk.fail_once_after(0);
    assert!(matches!(log.sync(position), Err(LogError::Lost { operation: "sync", .. })));
    assert!(matches!(log.sync(position), Err(LogError::Lost { .. })), "a failed sync is never repeated");
    assert!(matches!(log.append(&["d"]), Err(LogError::Lost { .. })));
}

#[test]
fn a_dropped_wait_harms_nobody() {
    let disk = PowerLossDisk::new();
    let (log, _) = Log::open(&options_on(&disk)).unwrap();
    let position = log.append(&["a"]).unwrap();
    drop(log.durable(position).now_or_never());
    wait(log.durable(position)).unwrap();
}

#[test]
fn a_failed_sync_is_never_repeated_and_ends_the_log() {
    let disk = PowerLossDisk::new();
    let (log, _) = Log::open(&options_on(&disk)).unwrap();
    let good = log.append(&["a"]).unwrap();
    wait(log.durable(good)).unwrap();
    let bad = log.append(&["b"]).unwrap();
    assert!(log.lost().now_or_never().is_none());
    disk.fail_once_after(0);
    assert!(matches!(wait(log.durable(bad)), Err(LogError::Lost { operation: "sync", .. })));
    let before = disk.operations();
    assert!(matches!(wait(log.lost()), LogError::Lost { operation: "sync", .. }));
    assert!(matches!(log.check(), Err(LogError::Lost { .. })));
    assert!(matches!(wait(log.durable(bad)), Err(LogError::Lost { .. })));
    assert!(matches!(log.append(&["c"]), Err(LogError::Lost { .. })));
    assert!(matches!(log.compact(good, ["a"]), Err(LogError::Lost { .. })));
    wait(log.durable(good)).expect("what was durable before stays so");
    assert_eq!(disk.operations(), before, "nothing touches the disk any more");
}

#[test]
fn a_failed_write_ends_the_log_and_its_half_is_cut_off() {
    let disk = PowerLossDisk::new();
    let options = options_on(&disk);
    let (log, _) = Log::open(&options).unwrap();
    log.append(&["a"]).unwrap();
    disk.fail_once_after(0);
    assert!(matches!(log.append(&["half a record"]), Err(LogError::Lost { operation: "write", .. })));
    assert!(matches!(log.append(&["c"]), Err(LogError::Lost { operation: "write", .. })));
    drop(log);
    let (log, contents) = Log::open(&options).unwrap();
    assert_eq!(payloads(&contents), [b"a"]);
    assert!(contents.torn().is_some());
    log.append(&["b"]).unwrap();
    assert_eq!(read(&options).unwrap(), [b"a", b"b"]);
}

#[test]
fn a_payload_beyond_the_limit_is_refused_and_nothing_is_written() {
    let (log, _) = Log::open(&options_on(&PowerLossDisk::new())).unwrap();
    let payload = vec![0; MAX_PAYLOAD + 1];
    assert!(matches!(log.append(&[&b"short"[..], &payload]), Err(LogError::TooLong { .. })));
    assert!(matches!(log.compact(Position(0), [&payload]), Err(LogError::TooLong { .. })));
    assert_eq!(log.append(&["next"]).unwrap(), Position(1));
}

#[test]
fn waits_may_move_between_threads() {
    fn sent<T: Send>(_: T) {}
    let (log, _) = Log::open(&options_on(&PowerLossDisk::new())).unwrap();
    sent(log.durable(Position(0)));
    sent(log.lost());
    sent(log);
}
