//! Kubernetes itself: what holds of the API server, its controllers and our objects in it.
//!
//! The control plane is real, and has no containers: pods run because kwok says so. All tests of this binary share one
//! server, and each keeps to a namespace of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panic")]
#![allow(clippy::similar_names, reason = "a test speaks of the same thing before and after")]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

mod access;
mod bench;
mod catalogue;
mod conformance;
mod control_plane;
mod definitions;
mod drift;
mod end;
mod fake;
mod fixed;
mod front;
mod judge;
mod mutants;
mod objects;
mod order;
mod permissions;
mod properties;
mod races;
mod reach;
mod ready;
mod rehearsal;
mod removal;
mod samples;
mod secrets;
mod world;
