use super::{options, options_on};
use crate::state::log::{LOCK, Log, LogError, PowerLossDisk};
use std::fs;

#[test]
fn a_second_writer_is_told_who_the_first_one_is() {
    let directory = tempfile::tempdir().unwrap();
    let first = Log::open(&options(&directory)).unwrap();
    let error = Log::open(&options(&directory)).unwrap_err();
    let LogError::Locked { holder, host, pid, since, path } = &error else { panic!("{error}") };
    assert_eq!(holder.as_deref(), Some("test"));
    assert_eq!(*pid, Some(std::process::id()));
    assert!(host.as_ref().is_some_and(|host| !host.is_empty()));
    assert_eq!(since.as_deref(), Some("1970-01-01T00:00:00Z"));
    assert_eq!(*path, directory.path().join(LOCK));
    drop(first);
    drop(Log::open(&options(&directory)).unwrap());
}

#[test]
fn a_lock_without_a_readable_text_locks_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let _first = Log::open(&options(&directory)).unwrap();
    for text in [&b""[..], b"pid=", b"pid=12\nho", b"\xff\xfe\x00garbage"] {
        fs::write(directory.path().join(LOCK), text).unwrap();
        let error = Log::open(&options(&directory)).unwrap_err();
        assert!(matches!(&error, LogError::Locked { holder: None, .. }), "{error}");
        assert!(error.to_string().contains("is locked by another process"), "{error}");
        assert!(error.hint().unwrap().contains("no file has to be deleted"));
    }
}

#[test]
fn a_lock_file_left_behind_is_no_obstacle_and_names_nobody() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(
        directory.path().join(LOCK),
        "pid=1\nhost=gone\nsince=then\nholder=a much longer name of somebody gone\n",
    )
    .unwrap();
    let log = Log::open(&options(&directory)).unwrap();
    let text = fs::read_to_string(directory.path().join(LOCK)).unwrap();
    assert!(text.ends_with("holder=test\n") && !text.contains("gone"), "{text}");
    drop(log);
    assert_eq!(fs::read_to_string(directory.path().join(LOCK)).unwrap(), "");
}

#[test]
fn a_refused_log_gives_the_lock_back() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("journal"), "not ours").unwrap();
    for _ in 0..2 {
        assert!(matches!(Log::open(&options(&directory)), Err(LogError::Foreign { .. })));
    }
}

#[test]
fn the_simulated_disk_locks_as_the_system_does() {
    let disk = PowerLossDisk::new();
    let first = Log::open(&options_on(&disk)).unwrap();
    let error = Log::open(&options_on(&disk)).unwrap_err();
    assert!(matches!(&error, LogError::Locked { holder: Some(holder), .. } if holder == "test"), "{error}");
    drop(first);
    drop(Log::open(&options_on(&disk)).unwrap());
}
