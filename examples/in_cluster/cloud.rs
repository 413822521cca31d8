//! The in-memory cloud of this program.

use crate::cluster::LocalCluster;
use deathstar_core::{Catalogue, cli::Problem, memory::Latency, prelude::*};
use std::{path::Path, time::Duration};

/// All kinds of this program.
fn kinds() -> Catalogue {
    Catalogue::new().kind::<LocalCluster>().merge(deathstar_core::kube::kinds())
}

/// An in-memory cloud that is kept in a file beside the state: every run of this program sees the same one.
pub(crate) fn memory(state: &Path) -> Result<Memory, Problem> {
    let failed = |error: std::io::Error| {
        Problem::new(format!("the in-memory cloud in {} cannot be opened", state.display()))
            .cause(error.to_string())
    };
    std::fs::create_dir_all(state).map_err(failed)?;
    let cloud = Memory::seeded(7).with(kinds()).in_real_time().latency(Latency::between(2, 15));
    cloud.poll(Duration::from_millis(20)).in_file(state.join("cloud")).map_err(failed)
}
