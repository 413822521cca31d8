use super::{options_on, payloads, trial::Trial, wait};
use crate::state::log::{CrashOrder, Log, PowerLossDisk, SkippedSync};
use proptest::prelude::*;

/// A skipped sync must break a promise in one of so many trials.
const TRIALS: u64 = 4_000;

#[test]
fn no_crash_loses_or_invents_a_record() {
    for seed in 0..600 {
        Trial::new(seed, None).run().unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_crash_of_any_seed_loses_or_invents_a_record(seed: u64) {
        prop_assert_eq!(Trial::new(seed, None).run(), Ok(()));
    }
}

#[test]
fn every_sync_is_needed() {
    for skipped in SkippedSync::ALL {
        let broken = (0..TRIALS).find_map(|seed| Some((seed, Trial::new(seed, Some(skipped)).run().err()?)));
        let (seed, broken) = broken.unwrap_or_else(|| panic!("without {skipped:?} nothing breaks"));
        println!("without {skipped:?}: seed {seed}: {broken}");
    }
}

#[test]
fn what_was_only_appended_survives_the_process_but_may_not_survive_power_loss() {
    let disk = PowerLossDisk::new();
    let options = options_on(&disk);
    let (log, _) = Log::open(&options).unwrap();
    log.append(&["row"]).unwrap();
    disk.kill();
    drop(log);
    let (log, contents) = Log::open(&options).unwrap();
    assert_eq!(payloads(&contents), [b"row"]);
    log.append(&["lost"]).unwrap();
    let lost = (0..100).any(|seed| {
        let disk = PowerLossDisk::new();
        let (log, _) = Log::open(&options_on(&disk)).unwrap();
        log.append(&["lost"]).unwrap();
        disk.crash(CrashOrder::Kept, seed);
        Log::open(&options_on(&disk)).unwrap().1.records().count() == 0
    });
    assert!(lost, "a disk that never loses anything proves nothing");
}

#[test]
fn an_open_log_is_durable_without_any_further_sync() {
    for order in [CrashOrder::Any, CrashOrder::Kept] {
        for seed in 0..50 {
            let disk = PowerLossDisk::new();
            let options = options_on(&disk);
            let (log, _) = Log::open(&options).unwrap();
            wait(log.durable(log.append(&["row"]).unwrap())).unwrap();
            log.compact(log.last(), ["row"]).unwrap();
            disk.crash(order, seed);
            drop(log);
            assert_eq!(payloads(&Log::open(&options).unwrap().1), [b"row"]);
        }
    }
}
