//! Whose life it is.

use crate::Step;
use deathstar_core::{Backend, Stack};
use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
};

/// A stack that lives a life: usually one object of one kind, on what it needs.
pub struct Subject {
    pub(crate) name: String,
    pub(crate) account: String,
    pub(crate) stack: Box<dyn Fn(Step) -> Stack + Send + Sync>,
    pub(crate) backend: Box<dyn Fn() -> Backend + Send + Sync>,
    pub(crate) processes: Option<Processes>,
    changes: bool,
}

/// How a step is carried out in a process of its own, and where journals are.
pub(crate) struct Processes {
    pub(crate) directory: PathBuf,
    pub(crate) command: Start,
}

/// The command that carries a step out, with its journal in a directory.
type Start = Box<dyn Fn(Step, &Path) -> Command + Send + Sync>;

impl Subject {
    /// A stack in an account: as it is declared at each step, and how an engine reaches its cloud. The engine's clock should be a
    /// virtual one.
    pub fn new(
        name: impl Into<String>,
        account: impl Into<String>,
        stack: impl Fn(Step) -> Stack + Send + Sync + 'static,
        backend: impl Fn() -> Backend + Send + Sync + 'static,
    ) -> Self {
        let (stack, backend) = (Box::new(stack), Box::new(backend));
        Self { name: name.into(), account: account.into(), stack, backend, processes: None, changes: true }
    }

    /// Says that nothing of it changes in place.
    #[must_use]
    pub fn unchanging(mut self) -> Self {
        self.changes = false;
        self
    }

    /// Says which command carries a step out in a process of its own, with a [`FileStore`](deathstar_core::state::FileStore) in the
    /// directory that it is given; journals are kept below `directory`. It ends with success when nothing is left to do.
    #[must_use]
    pub fn in_processes(
        mut self,
        directory: impl Into<PathBuf>,
        command: impl Fn(Step, &Path) -> Command + Send + Sync + 'static,
    ) -> Self {
        self.processes = Some(Processes { directory: directory.into(), command: Box::new(command) });
        self
    }

    pub(crate) fn steps(&self) -> Vec<Step> {
        let all = [Step::Create, Step::Change, Step::Destroy];
        all.into_iter().filter(|step| self.changes || *step != Step::Change).collect()
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("name", &self.name).finish_non_exhaustive()
    }
}
