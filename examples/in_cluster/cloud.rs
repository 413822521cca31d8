//! The in-memory cloud of this program.

use crate::cluster::LocalCluster;
use deathstar_core::{Catalogue, cli::Problem, memory::Latency, prelude::*};
use std::{path::Path, time::Duration};

/// All kinds of this program.
fn kinds() -> Catalogue {
    Catalogue::new().kind::<LocalCluster>().merge(deathstar_core::kube::kinds())
}

/// The in-memory cloud of this program.
pub(crate) fn memory(state: &Path) -> Result<Memory, Problem> {
    deathstar_examples::memory(state, kinds(), Latency::between(2, 15), Duration::from_millis(20))
}
