use super::{LINEAGE, options, options_on, payloads, read, wait};
use crate::state::log::{
    Damage, Disk, JOURNAL, Lineage, Log, LogError, PowerLossDisk, SNAPSHOT, Torn, VERSION, frame::FRAME,
    header::HEADER,
};
use proptest::prelude::*;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// Length of each of the records below.
const RECORD: usize = FRAME + 4;

/// A journal of five records, each durable before the next was written, and the snapshot of two that it follows.
static SAMPLE: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    let disk = PowerLossDisk::new();
    let (log, _) = Log::open(&options_on(&disk)).unwrap();
    let position = log.append(&["row1", "row2"]).unwrap();
    log.compact(position, ["one1", "two1"]).unwrap();
    for row in ["row3", "row4", "row5", "row6", "row7"] {
        wait(log.durable(log.append(&[row]).unwrap())).unwrap();
    }
    [JOURNAL, SNAPSHOT].map(|name| disk.read(&Path::new("/srv/state").join(name)).unwrap().unwrap())
});

/// A directory with the log above.
fn sample() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in [JOURNAL, SNAPSHOT].iter().zip(&*SAMPLE) {
        fs::write(directory.path().join(name), bytes).unwrap();
    }
    directory
}

fn edit(path: PathBuf, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    [JOURNAL, SNAPSHOT]
        .iter()
        .map(|name| directory.join(name))
        .filter_map(|path| Some((path.clone(), fs::read(path).ok()?)))
        .collect()
}

/// The error of opening, which must change nothing, and must be the reader's error too.
fn refusal(directory: &Path) -> LogError {
    let before = files(directory);
    let error = Log::open(&options(directory)).unwrap_err();
    assert_eq!(files(directory), before, "a refused log was changed");
    assert_eq!(read(&options(directory)).unwrap_err().to_string(), error.to_string());
    assert!(error.hint().is_some());
    error
}

#[track_caller]
fn assert_damage(error: &LogError, file: &str, (record, offset): (u64, usize), damage: Damage) {
    let LogError::Damaged { path, record: at, offset: byte, damage: found } = error else {
        panic!("{error}")
    };
    assert!(path.ends_with(file), "{error}");
    assert_eq!((*at, *byte, *found), (record, offset as u64, damage));
}

#[test]
fn a_broken_record_before_an_intact_one_is_damage() {
    for byte in [0, 4, 7, 8, 16, FRAME] {
        let directory = sample();
        let offset = HEADER + RECORD;
        edit(directory.path().join(JOURNAL), |journal| journal[offset + byte] ^= 0x41);
        let error = refusal(directory.path());
        let next = Damage::Record { next: 5, at: (offset + RECORD) as u64 };
        assert_damage(&error, JOURNAL, (4, offset), next);
    }
}

#[test]
fn a_zeroed_record_that_was_durable_before_the_next_one_was_written_is_damage() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(&options(&directory)).unwrap();
    for _ in 0..3 {
        wait(log.durable(log.append(&[[7; 2_000]]).unwrap())).unwrap();
    }
    drop(log);
    edit(directory.path().join(JOURNAL), |journal| journal[HEADER..HEADER + 2_000].fill(0));
    assert_damage(
        &refusal(directory.path()),
        JOURNAL,
        (1, HEADER),
        Damage::Record { next: 2, at: (HEADER + FRAME + 2_000) as u64 },
    );
}

#[test]
fn a_missing_sector_among_records_that_were_never_durable_is_torn() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(&options(&directory)).unwrap();
    wait(log.durable(log.append(&["kept"]).unwrap())).unwrap();
    log.append(&[[7; 2_000], [8; 2_000]]).unwrap();
    drop(log);
    edit(directory.path().join(JOURNAL), |journal| journal[512..1024].fill(0));
    let (_log, contents) = Log::open(&options(&directory)).unwrap();
    assert_eq!(payloads(&contents), [b"kept"]);
    let bytes = 2 * (FRAME + 2_000) as u64;
    assert_eq!(contents.torn(), Some(Torn { offset: (HEADER + RECORD) as u64, bytes }));
}

#[test]
fn a_changed_byte_among_records_that_were_never_durable_is_damage() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(&options(&directory)).unwrap();
    log.append(&[[7; 2_000], [8; 2_000]]).unwrap();
    drop(log);
    edit(directory.path().join(JOURNAL), |journal| journal[1_000] ^= 1);
    let next = Damage::Record { next: 2, at: (HEADER + FRAME + 2_000) as u64 };
    assert_damage(&refusal(directory.path()), JOURNAL, (1, HEADER), next);
}

#[test]
fn a_record_cut_out_of_the_middle_is_damage() {
    let directory = sample();
    let offset = HEADER + RECORD;
    edit(directory.path().join(JOURNAL), |journal| drop(journal.drain(offset..offset + RECORD)));
    assert_damage(&refusal(directory.path()), JOURNAL, (4, offset), Damage::Sequence { found: 5 });
}

#[test]
fn a_torn_tail_is_said_and_cut_off_before_the_next_record() {
    let tails: [fn(&mut Vec<u8>); 5] = [
        |journal| journal.truncate(journal.len() - 1),
        |journal| journal.truncate(journal.len() - RECORD + 1),
        |journal| *journal.last_mut().unwrap() ^= 1,
        |journal| {
            let end = journal.len();
            journal[end - RECORD..].fill(0);
        },
        |journal| {
            let end = journal.len();
            journal[end - RECORD / 2..].fill(0);
            journal.extend([0; 5_000]);
        },
    ];
    for (number, tear) in tails.into_iter().enumerate() {
        let directory = sample();
        let journal = directory.path().join(JOURNAL);
        edit(journal.clone(), tear);
        let (offset, torn_length) = (HEADER + 4 * RECORD, fs::read(&journal).unwrap().len());
        let kept = [b"one1", b"two1", b"row3", b"row4", b"row5", b"row6"];

        let before = files(directory.path());
        assert_eq!(read(&options(&directory)).unwrap(), kept, "tail {number}");
        assert_eq!(files(directory.path()), before, "a reader writes nothing");

        let (log, contents) = Log::open(&options(&directory)).unwrap();
        let torn = Torn { offset: offset as u64, bytes: (torn_length - offset) as u64 };
        assert_eq!(
            (payloads(&contents), contents.torn()),
            (kept.map(|row| row.to_vec()).to_vec(), Some(torn))
        );
        assert_eq!(fs::read(&journal).unwrap().len(), offset, "tail {number}");
        log.append(&["new7"]).unwrap();
        drop(log);
        let (_log, contents) = Log::open(&options(&directory)).unwrap();
        assert_eq!(contents.torn(), None);
        assert_eq!(payloads(&contents)[6], b"new7");
    }
}

#[test]
fn a_foreign_file_is_refused() {
    for name in [JOURNAL, SNAPSHOT] {
        let directory = sample();
        fs::write(directory.path().join(name), "{\"version\": 4}").unwrap();
        let error = refusal(directory.path());
        assert!(matches!(&error, LogError::Foreign { path } if path.ends_with(name)), "{error}");
    }
    let directory = sample();
    fs::copy(directory.path().join(SNAPSHOT), directory.path().join(JOURNAL)).unwrap();
    assert!(matches!(refusal(directory.path()), LogError::Foreign { .. }));
}

#[test]
fn a_newer_format_is_refused() {
    for name in [JOURNAL, SNAPSHOT] {
        let directory = sample();
        edit(directory.path().join(name), |file| file[8] += 1);
        let error = refusal(directory.path());
        let found = VERSION + 1;
        assert!(
            matches!(&error, LogError::Newer { path, found: version, .. } if path.ends_with(name) && *version == found),
            "{error}"
        );
    }
}

#[test]
fn a_broken_or_short_header_is_damage() {
    for name in [JOURNAL, SNAPSHOT] {
        for byte in 10..HEADER {
            let directory = sample();
            edit(directory.path().join(name), |file| file[byte] ^= 1);
            assert_damage(&refusal(directory.path()), name, (0, 0), Damage::Header);
        }
        for length in [0, 5, 9, HEADER - 1] {
            let directory = sample();
            edit(directory.path().join(name), |file| file.truncate(length));
            assert_damage(&refusal(directory.path()), name, (0, 0), Damage::Header);
        }
    }
}

#[test]
fn another_lineage_is_refused() {
    let other = Lineage([9; 16]);
    let directory = sample();
    let error = Log::open(&options(&directory).expecting(other)).unwrap_err();
    assert!(
        matches!(error, LogError::OtherLineage { found, expected, .. } if found == LINEAGE && expected == other)
    );
    drop(Log::open(&options(&directory).expecting(LINEAGE)).unwrap());

    let mixed = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(&options(&mixed).expecting(other)).unwrap();
    log.compact(log.last(), ["one1"]).unwrap();
    drop(log);
    fs::copy(mixed.path().join(SNAPSHOT), directory.path().join(SNAPSHOT)).unwrap();
    assert!(matches!(refusal(directory.path()), LogError::OtherLineage { .. }));
}

#[test]
fn a_snapshot_or_journal_that_is_missing_or_old_is_refused() {
    let directory = sample();
    let (old_journal, old_snapshot) = (directory.path().join("old"), directory.path().join("older"));
    fs::copy(directory.path().join(JOURNAL), &old_journal).unwrap();
    fs::copy(directory.path().join(SNAPSHOT), &old_snapshot).unwrap();
    let (log, _) = Log::open(&options(&directory)).unwrap();
    log.compact(log.last(), ["all1"]).unwrap();
    log.compact(log.last(), ["all2"]).unwrap();
    drop(log);
    let (journal, snapshot) = (directory.path().join(JOURNAL), directory.path().join(SNAPSHOT));
    let (new_journal, new_snapshot) = (fs::read(&journal).unwrap(), fs::read(&snapshot).unwrap());

    fs::remove_file(&snapshot).unwrap();
    assert!(matches!(refusal(directory.path()), LogError::MissingSnapshot { needed: 3, found: None, .. }));
    fs::copy(&old_snapshot, &snapshot).unwrap();
    assert!(matches!(refusal(directory.path()), LogError::MissingSnapshot { needed: 3, found: Some(1), .. }));
    fs::write(&snapshot, &new_snapshot).unwrap();
    fs::copy(&old_journal, &journal).unwrap();
    assert!(matches!(refusal(directory.path()), LogError::OldJournal { found: 1, snapshot: 3, .. }));
    fs::remove_file(&journal).unwrap();
    assert!(matches!(refusal(directory.path()), LogError::MissingJournal { epoch: 3, .. }));
    fs::write(&journal, &new_journal).unwrap();
    assert_eq!(read(&options(&directory)).unwrap(), [b"all2"]);
}

/// A log that was compacted after each of these numbers of records.
fn compacted_after(positions: &[u64]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(&options(&directory)).unwrap();
    for position in positions {
        while log.last().sequence() < *position {
            log.append(&["row1"]).unwrap();
        }
        log.compact(log.last(), ["all1"]).unwrap();
    }
    directory
}

#[test]
fn a_journal_that_does_not_begin_where_its_snapshot_ends_is_damage() {
    for (of_journal, of_snapshot) in [(&[2][..], &[1][..]), (&[1], &[2]), (&[2], &[1, 1])] {
        let (one, other) = (compacted_after(of_journal), compacted_after(of_snapshot));
        fs::copy(other.path().join(SNAPSHOT), one.path().join(SNAPSHOT)).unwrap();
        let (journal, snapshot) = (of_journal[0], of_snapshot[0]);
        let expected = (journal + 1, HEADER);
        assert_damage(&refusal(one.path()), JOURNAL, expected, Damage::Gap { snapshot, journal });
    }
}

#[test]
fn a_snapshot_is_never_torn() {
    let end = HEADER + 2 * RECORD;
    for length in [HEADER, HEADER + RECORD, end, end + FRAME - 1] {
        let directory = sample();
        edit(directory.path().join(SNAPSHOT), |snapshot| snapshot.truncate(length));
        let record = ((length - HEADER) / RECORD + 1) as u64;
        let offset = HEADER + (length - HEADER) / RECORD * RECORD;
        assert_damage(&refusal(directory.path()), SNAPSHOT, (record, offset), Damage::Snapshot);
    }
    let directory = sample();
    edit(directory.path().join(SNAPSHOT), |snapshot| snapshot.push(0));
    assert_damage(&refusal(directory.path()), SNAPSHOT, (3, end), Damage::Trailing);
    let directory = sample();
    edit(directory.path().join(SNAPSHOT), |snapshot| drop(snapshot.drain(HEADER..HEADER + RECORD)));
    assert_damage(&refusal(directory.path()), SNAPSHOT, (1, HEADER), Damage::Sequence { found: 2 });
    let directory = sample();
    edit(directory.path().join(SNAPSHOT), |snapshot| drop(snapshot.drain(end - RECORD..end)));
    assert_damage(&refusal(directory.path()), SNAPSHOT, (2, end - RECORD), Damage::Sequence { found: 2 });
}

#[test]
fn a_reader_that_does_not_accept_a_record_names_it() {
    let directory = sample();
    let contents = Log::read(&options(&directory)).unwrap();
    let error = contents.records().nth(3).unwrap().refuse("newer row");
    assert_eq!(
        error.to_string(),
        format!(
            "record 4 of the journal in `{}` (byte {}) cannot be read",
            directory.path().join(JOURNAL).display(),
            HEADER + RECORD
        )
    );
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "newer row");
}

#[test]
fn a_failing_disk_is_no_absent_journal() {
    let disk = PowerLossDisk::new();
    drop(Log::open(&options_on(&disk)).unwrap());
    disk.fail_after(0);
    let (first, second) = (Log::open(&options_on(&disk)).unwrap_err(), read(&options_on(&disk)).unwrap_err());
    assert!(matches!((first, second), (LogError::Io { .. }, LogError::Io { .. })));
}

#[test]
fn messages_say_what_and_where() {
    let directory = sample();
    edit(directory.path().join(JOURNAL), |journal| journal[HEADER + 3] ^= 1);
    let message =
        refusal(directory.path()).to_string().replace(&directory.path().display().to_string(), "state");
    assert_eq!(
        message,
        "`state/journal` is damaged at record 3 (byte 48): its length or checksum does not fit, \
         but record 4 after it (byte 76) is intact"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever happens to one byte: opening refuses, or drops the last record; it never shows another record.
    #[test]
    fn a_changed_byte_never_shows_a_wrong_record(in_snapshot: bool, at: prop::sample::Index, change in 1_u8..) {
        let directory = sample();
        let intact = read(&options(&directory)).unwrap();
        let name = if in_snapshot { SNAPSHOT } else { JOURNAL };
        edit(directory.path().join(name), |file| { let at = at.index(file.len()); file[at] ^= change; });
        match read(&options(&directory)) {
            Ok(found) => {
                prop_assert!(!in_snapshot);
                prop_assert_eq!(&found[..], &intact[..intact.len() - 1]);
            }
            Err(error) => prop_assert!(!matches!(error, LogError::Io { .. }), "{}", error),
        }
    }

    /// Wherever the journal is cut off: the records before the cut are there.
    #[test]
    fn a_cut_journal_keeps_what_is_before_the_cut(cut in 0..=5 * RECORD) {
        let directory = sample();
        let intact = read(&options(&directory)).unwrap();
        edit(directory.path().join(JOURNAL), |file| file.truncate(HEADER + cut));
        let (_log, contents) = Log::open(&options(&directory)).unwrap();
        prop_assert_eq!(&payloads(&contents)[..], &intact[..2 + cut / RECORD]);
        prop_assert_eq!(contents.torn().is_some(), cut % RECORD != 0);
    }

    /// Bytes of no meaning are refused or read as torn, and never panic.
    #[test]
    fn noise_never_panics(noise: Vec<u8>, keep in 0..HEADER + 3 * RECORD) {
        for name in [JOURNAL, SNAPSHOT] {
            let directory = sample();
            edit(directory.path().join(name), |file| { file.truncate(keep); file.extend(&noise); });
            let _ = read(&options(&directory));
        }
    }
}
