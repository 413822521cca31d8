//! Processes killed in every window: the short form of the crash harness. It shows nothing of power loss and of real clouds.
#![allow(clippy::unwrap_used, reason = "a test")]

use deathstar_tests::crash::{Counts, Tally, Window};
use std::path::Path;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_in_any_window() {
    let program = Path::new(env!("CARGO_BIN_EXE_crash"));
    let tally = Tally::run(program, &Window::ALL, 2 * Window::ALL.len(), 7, 6).await.unwrap();
    assert!(tally.is_clean(), "{tally}{}", tally.words.join("\n"));
    for window in Window::ALL {
        let row = tally.rows.get(&window).unwrap();
        assert!(row.trials >= 2, "{window}: a process was to die in it");
        assert_eq!(row.counts, Counts::default());
    }
    assert_eq!(tally.to_json().unwrap().lines().count(), Window::ALL.len());
}
