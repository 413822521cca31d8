use super::{options, options_on, payloads, read, wait};
use crate::state::log::{
    Compaction, CrashOrder, Disk, JOURNAL, Log, LogError, Position, PowerLossDisk, SNAPSHOT, Source,
    header::HEADER,
};
use std::{fs, thread};

#[test]
fn a_snapshot_stands_for_the_records_before_it_and_later_ones_follow() {
    let directory = tempfile::tempdir().unwrap();
    let options = options(&directory);
    let (log, _) = Log::open(&options).unwrap();
    let through = log.append(&["a1", "b1", "a2"]).unwrap();
    log.append(&["c1"]).unwrap();
    assert_eq!(log.compact(through, ["a2", "b1"]).unwrap(), Compaction::Done);
    log.append(&["d1"]).unwrap();
    drop(log);
    let (log, contents) = Log::open(&options).unwrap();
    let records: Vec<_> =
        contents.records().map(|record| (record.source, record.sequence, record.payload)).collect();
    let expected: [(Source, u64, &[u8]); 4] = [
        (Source::Snapshot, 1, b"a2"),
        (Source::Snapshot, 2, b"b1"),
        (Source::Journal, 4, b"c1"),
        (Source::Journal, 5, b"d1"),
    ];
    assert_eq!(records, expected);
    assert_eq!(log.last(), Position(5));
    log.compact(log.last(), ["a2", "b1", "c1", "d1"]).unwrap();
    assert_eq!(log.append(&["e1"]).unwrap(), Position(6));
    assert_eq!(read(&options).unwrap(), [b"a2", b"b1", b"c1", b"d1", b"e1"]);
}

#[test]
fn a_compaction_makes_everything_durable() {
    for seed in 0..50 {
        let disk = PowerLossDisk::new();
        let options = options_on(&disk);
        let (log, _) = Log::open(&options).unwrap();
        let through = log.append(&["a"]).unwrap();
        let last = log.append(&["b"]).unwrap();
        log.compact(through, ["a"]).unwrap();
        let before = disk.operations();
        wait(log.durable(last)).unwrap();
        assert_eq!(disk.operations(), before);
        disk.crash(CrashOrder::Any, seed);
        assert_eq!(read(&options).unwrap(), [b"a", b"b"]);
    }
}

#[test]
fn an_older_compaction_does_not_undo_a_newer_one() {
    let disk = PowerLossDisk::new();
    let (log, _) = Log::open(&options_on(&disk)).unwrap();
    let early = log.append(&["a"]).unwrap();
    let late = log.append(&["b"]).unwrap();
    assert_eq!(log.compact(late, ["a", "b"]).unwrap(), Compaction::Done);
    assert_eq!(log.compact(early, ["a"]).unwrap(), Compaction::Superseded);
    assert_eq!(read(&options_on(&disk)).unwrap(), [b"a", b"b"]);
    assert!(matches!(
        log.compact(Position(3), ["c"]),
        Err(LogError::UnknownPosition { position: 3, last: 2 })
    ));
}

#[test]
fn a_snapshot_that_cannot_be_written_leaves_the_log_as_it_was() {
    let disk = PowerLossDisk::new();
    let options = options_on(&disk);
    let (log, _) = Log::open(&options).unwrap();
    let position = log.append(&["a"]).unwrap();
    // Create, write and sync of the snapshot, then of the journal.
    for operation in 0..6 {
        disk.fail_once_after(operation);
        let error = log.compact(position, ["a"]).unwrap_err();
        assert!(matches!(error, LogError::Io { .. }), "operation {operation}: {error}");
        log.check().unwrap();
        let mut names = disk.list(&options.directory).unwrap();
        names.sort();
        assert_eq!(names, ["journal", "lock"], "operation {operation}");
    }
    log.append(&["b"]).unwrap();
    assert_eq!(read(&options).unwrap(), [b"a", b"b"]);
    assert_eq!(log.compact(position, ["a"]).unwrap(), Compaction::Done);
    assert_eq!(read(&options).unwrap(), [b"a", b"b"]);
}

#[test]
fn a_failure_among_the_renames_loses_the_log_and_no_record() {
    for operation in 6..10 {
        let disk = PowerLossDisk::new();
        let options = options_on(&disk);
        let (log, _) = Log::open(&options).unwrap();
        let position = log.append(&["a", "b"]).unwrap();
        disk.fail_once_after(operation);
        let error = log.compact(position, ["ab"]).unwrap_err();
        assert!(matches!(error, LogError::Lost { .. }), "operation {operation}: {error}");
        assert!(matches!(log.append(&["c"]), Err(LogError::Lost { .. })));
        drop(log);
        let found = payloads(&Log::open(&options).unwrap().1);
        assert!(found == [b"a", b"b"] || found == [b"ab"], "operation {operation}: {found:?}");
    }
}

#[test]
fn leftovers_of_a_compaction_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    drop(Log::open(&options(&directory)).unwrap());
    for name in ["journal.tmp", "snapshot.tmp"] {
        fs::write(directory.path().join(name), "half").unwrap();
    }
    let _log = Log::open(&options(&directory)).unwrap();
    let mut names: Vec<_> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["journal", "lock"]);
}

#[test]
fn a_journal_is_worth_a_compaction_when_it_outgrows_both_limits() {
    let disk = PowerLossDisk::new();
    let (log, _) = Log::open(&options_on(&disk)).unwrap();
    let row = vec![1; 2 * 1024 * 1024];
    log.append(&[&row]).unwrap();
    assert!(!log.should_compact());
    let position = log.append(&[&row]).unwrap();
    assert!(log.should_compact(), "beyond 4 MiB");
    log.compact(position, [&row, &row]).unwrap();
    assert!(!log.should_compact(), "just compacted");
    log.append(&[&row; 7]).unwrap();
    assert!(!log.should_compact(), "less than four times the snapshot");
    drop(log);
    let (log, _) = Log::open(&options_on(&disk)).unwrap();
    assert!(!log.should_compact(), "the snapshot's size is known after opening");
    log.append(&[&row, &row]).unwrap();
    assert!(log.should_compact(), "more than four times the snapshot");
}

#[test]
fn a_snapshot_of_many_chunks_reads_back() {
    let disk = PowerLossDisk::new();
    let (log, _) = Log::open(&options_on(&disk)).unwrap();
    let rows: Vec<_> = (0..5_000_u32).map(|number| number.to_le_bytes().repeat(150)).collect();
    log.compact(log.last(), &rows).unwrap();
    assert_eq!(read(&options_on(&disk)).unwrap(), rows);
}

#[test]
fn an_empty_log_has_an_empty_snapshot() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(&options(&directory)).unwrap();
    log.compact(log.last(), [[0_u8; 0]; 0]).unwrap();
    assert!(directory.path().join(SNAPSHOT).exists());
    assert_eq!(read(&options(&directory)).unwrap(), [[0_u8; 0]; 0]);
}

#[test]
fn a_snapshot_holds_what_its_old_journal_has_lost() {
    let mut lost = 0;
    for seed in 0..50 {
        let disk = PowerLossDisk::new();
        let options = options_on(&disk);
        let (log, _) = Log::open(&options).unwrap();
        let position = log.append(&["a", "b"]).unwrap();
        // The snapshot has its name, the new journal has not.
        disk.fail_after(8);
        log.compact(position, ["ab"]).unwrap_err();
        disk.crash(CrashOrder::Any, seed);
        drop(log);
        let contents = Log::read(&options).unwrap();
        lost += u32::from(disk.read(&options.directory.join(JOURNAL)).unwrap().unwrap().len() == HEADER);
        assert_eq!((payloads(&contents), contents.last()), (vec![b"ab".to_vec()], position));
        let (log, contents) = Log::open(&options).unwrap();
        assert_eq!(
            (payloads(&contents), contents.last(), log.last()),
            (vec![b"ab".to_vec()], position, position)
        );
    }
    assert!(lost > 0, "no seed lost the old journal's records");
}

#[test]
fn compactions_from_many_threads_take_turns() {
    let disk = PowerLossDisk::new();
    let (log, _) = Log::open(&options_on(&disk)).unwrap();
    let rows = vec![[7; 1_000]; 300];
    log.append(&rows).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    assert_eq!(log.compact(log.last(), &rows).unwrap(), Compaction::Done);
                }
            });
        }
    });
    assert_eq!(read(&options_on(&disk)).unwrap(), rows);
}

#[test]
fn a_record_that_cannot_be_carried_over_is_not_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(&options(&directory)).unwrap();
    let through = log.append(&["a"]).unwrap();
    log.append(&["b"]).unwrap();
    let journal = directory.path().join(JOURNAL);
    let mut bytes = fs::read(&journal).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&journal, bytes).unwrap();
    assert!(matches!(log.compact(through, ["a"]), Err(LogError::Lost { operation: "read back", .. })));
    assert!(!directory.path().join(SNAPSHOT).exists());
}
