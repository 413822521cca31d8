//! The guided tour of `portable`, on both clouds, from nothing to the proof that nothing is left.
#![allow(clippy::unwrap_used, reason = "a test fails by panic")]
#![allow(clippy::print_stdout, reason = "the tour talks to people")]
#![allow(dead_code, reason = "the program begins elsewhere")]

#[path = "../portable/clouds.rs"]
mod clouds;
#[path = "../portable/network.rs"]
mod network;
#[path = "../portable/tour.rs"]
mod tour;

#[tokio::test]
async fn the_tour_ends_on_both_clouds() {
    let directory = tempfile::tempdir().unwrap();
    tour::tour(directory.path()).await.unwrap();
}
