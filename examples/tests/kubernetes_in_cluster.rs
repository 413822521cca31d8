//! The guided tour of `in_cluster`, from nothing to the proof that nothing is left.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]
#![allow(clippy::print_stdout, reason = "the tour talks to people")]
#![allow(dead_code, reason = "the program begins elsewhere")]

#[path = "../in_cluster/cloud.rs"]
mod cloud;
#[path = "../in_cluster/cluster.rs"]
mod cluster;
#[cfg_attr(feature = "control-plane", path = "../in_cluster/launcher.rs")]
#[cfg_attr(not(feature = "control-plane"), path = "../in_cluster/launcher_left_out.rs")]
mod launcher;
#[path = "../in_cluster/platform.rs"]
mod platform;
#[path = "../in_cluster/shop.rs"]
mod shop;
#[path = "../in_cluster/tour.rs"]
mod tour;

#[tokio::test]
async fn the_tour_ends_on_the_in_memory_cloud() {
    let directory = tempfile::tempdir().unwrap();
    tour::tour(directory.path(), false).await.unwrap();
}

#[cfg(feature = "control-plane")]
#[tokio::test]
async fn the_tour_ends_on_a_real_control_plane() {
    use std::io::Write as _;
    if deathstar_core::testing::Assets::from_env().is_err() {
        let line = concat!("left out: ", env!("CARGO_CRATE_NAME"), ": `KUBEBUILDER_ASSETS` is not set\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    tour::tour(directory.path(), true).await.unwrap();
}
