#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod compaction;
mod damage;
mod group_commit;
mod locking;
mod power_loss;
mod processes;
mod reading;
mod trial;

use super::{Contents, Holder, Lineage, Log, LogError, LogOptions, PowerLossDisk};
use std::{future::Future, path::Path, sync::Arc, time::UNIX_EPOCH};

const LINEAGE: Lineage = Lineage(*b"sixteen bytes...");

fn options(directory: impl AsRef<Path>) -> LogOptions {
    LogOptions::new(directory.as_ref(), LINEAGE, Holder::this_process("test", UNIX_EPOCH))
}

fn options_on(disk: &PowerLossDisk) -> LogOptions {
    options("/srv/state").on(Arc::new(disk.clone()))
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn payloads(contents: &Contents) -> Vec<Vec<u8>> {
    contents.records().map(|record| record.payload.to_vec()).collect()
}

/// What a log holds, as a reader sees it.
fn read(options: &LogOptions) -> Result<Vec<Vec<u8>>, LogError> {
    Log::read(options).map(|contents| payloads(&contents))
}
