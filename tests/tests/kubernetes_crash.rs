//! Processes killed while they apply to a Kubernetes control plane: the short form of the crash harness. Pods are not among what is
//! applied, since no container runs.
#![allow(clippy::unwrap_used, reason = "a test")]

use deathstar_core::testing::Assets;
use deathstar_tests::crash::cluster;
use deathstar_tests::kubernetes::Fleet;
use std::io::Write as _;
use std::path::Path;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_in_a_cluster() {
    if Assets::from_env().is_err() {
        let why = "`KUBEBUILDER_ASSETS` is not set";
        writeln!(std::io::stderr(), "left out: {}: {why}", env!("CARGO_CRATE_NAME")).expect("it is read");
        return;
    }
    let program = Path::new(env!("CARGO_BIN_EXE_crash"));
    let fleet = Fleet { prefix: "short".into(), namespaces: 2, definitions: 2, changed: 0 };
    let tally = cluster::run(program, 2, 7, &fleet).await.unwrap();
    assert!(tally.words.is_empty(), "{tally}{}", tally.words.join("\n"));
    assert!(tally.row.killed_applying > 0 && tally.row.killed_ending > 0, "{tally}");
}
