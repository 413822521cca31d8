//! Processes of the operating system that are ended.

use crate::{Step, subject::Processes};
use std::{
    path::Path,
    process::{Output, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

/// The process that runs; none while there is none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Running(Arc<Mutex<Option<u32>>>);

impl Running {
    /// Ends it with SIGKILL.
    pub(crate) fn end(&self) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.iter().for_each(|process| end_process(*process));
    }

    /// Carries a step out in a process, to whatever end.
    pub(crate) async fn carry_out(
        &self,
        processes: &Processes,
        step: Step,
        directory: &Path,
    ) -> Result<Output, String> {
        let mut command = (processes.command)(step, directory);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = {
            // Who ends it has to wait until it is known.
            let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let child = command.spawn().map_err(|error| format!("no process: {error}"))?;
            *running = Some(child.id());
            child
        };
        let waited = tokio::task::spawn_blocking(move || child.wait_with_output()).await;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
        waited
            .map_err(|error| format!("nobody waits for a process: {error}"))?
            .map_err(|error| format!("a process cannot be waited for: {error}"))
    }
}

/// Ends a process at once.
fn end_process(process: u32) {
    // A process that is gone already is what was asked for.
    let _ = std::process::Command::new("kill").args(["-9", &process.to_string()]).status();
}
