//! A cluster and what it needs on its first day, in one plan: namespaces, network policies, quotas, roles, storage and a workload.
//!
//! ```text
//! cargo run --example in_cluster            a guided tour on the in-memory cloud
//! cargo run --example in_cluster -- plan    the same program as a command line
//! cargo run --example in_cluster --features control-plane -- --control-plane
//!                                           the tour against a real Kubernetes control plane on this machine
//! ```
//!
//! The last one starts etcd and the API server from the directory that `KUBEBUILDER_ASSETS` names, with the controller manager,
//! the scheduler and kwok: no containers, no root.
#![allow(clippy::print_stdout, reason = "a program that talks to people")]

mod cloud;
mod cluster;
#[cfg_attr(not(feature = "control-plane"), path = "launcher_left_out.rs")]
mod launcher;
mod platform;
mod shop;
mod tour;

use clap::Args;
use deathstar_core::{
    cli::{self, Problem, Program, Setup},
    prelude::*,
};
use platform::{Day, platform};
use shop::Care;
use std::{path::PathBuf, process::ExitCode};

/// What a user of this program can choose.
#[derive(Clone, Debug, Args)]
struct Options {
    /// Take the tour against a real Kubernetes control plane, which ends with it
    #[arg(long, global = true)]
    control_plane: bool,
    /// Let the shop take payments
    #[arg(long, global = true)]
    payments: bool,
}

struct InCluster;

impl Program for InCluster {
    type Options = Options;

    fn stack(&self, options: &Options) -> Result<Stack, Problem> {
        let day = Day { release: "1.4.0", payments: options.payments, take_back: false, care: Care::All };
        platform(day).map_err(|error| Problem::new(error.to_string()))
    }

    async fn engine(&self, options: &Options, setup: &Setup) -> Result<Engine, Problem> {
        if options.control_plane {
            return Err(Problem::new("the control plane ends with the process that started it")
                .hint("take the tour with it: leave the command out"));
        }
        Ok(Engine::new(FileStore::open(setup.state())?, cloud::memory(setup.state())?))
    }

    async fn without_command(&self, options: &Options, _: &Setup) -> Option<ExitCode> {
        let tour = async |directory: PathBuf| tour::tour(&directory, options.control_plane).await;
        Some(deathstar_examples::run("in-cluster", tour).await)
    }
}

fn main() -> ExitCode {
    cli::run(&InCluster)
}
