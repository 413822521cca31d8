//! The table of faults: each fault at each call of a driver, and what became of its objects.
//!
//! A [`Subject`] is a stack that is made, changed and destroyed. Its life is first lived without a fault, to learn which calls are made.
//! Then it is lived once for each of these calls and each [`Kind`] of fault, through the engine; where the fault ends the process, the
//! next one goes on with the same journal. After each step nothing may be lost and nothing doubled, and the next plan is empty; in the
//! end nothing is left.

mod entry;
mod life;

pub use entry::{Entry, Table};

use crate::{Fault, Injection, Moment, Proxy, wire::reads};
use deathstar_core::{Backend, Stack, clock::Clock};
use life::Life;
use std::{collections::BTreeMap, fmt, sync::Arc};
use tokio::sync::Notify;

/// A step in the life of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// It is made.
    Create,
    /// It is changed.
    Change,
    /// It is destroyed.
    Destroy,
}

/// What befalls a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It is throttled.
    Throttled,
    /// 503, and no effect.
    Unavailable,
    /// 500, and the effect.
    FailedAfter,
    /// A reset before the effect.
    ResetBefore,
    /// A reset after the effect.
    ResetAfter,
    /// The effect, and no answer.
    LostAnswer,
    /// The process ends before the effect.
    KilledBefore,
    /// The process ends after the effect.
    KilledAfter,
    /// The effect, no answer, what was made is hidden for two looks, and the process ends.
    KilledAndHidden,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Throttled,
        Self::Unavailable,
        Self::FailedAfter,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::LostAnswer,
        Self::KilledBefore,
        Self::KilledAfter,
        Self::KilledAndHidden,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Unavailable => "503",
            Self::FailedAfter => "500 after",
            Self::ResetBefore => "reset before",
            Self::ResetAfter => "reset after",
            Self::LostAnswer => "lost answer",
            Self::KilledBefore => "killed before",
            Self::KilledAfter => "killed after",
            Self::KilledAndHidden => "killed, hidden",
        }
    }

    fn injection(self, call: &str, killed: &Arc<Notify>) -> Injection {
        let kill = |moment| {
            let killed = Arc::clone(killed);
            Fault::kill(moment, move || killed.notify_one())
        };
        match self {
            Self::Throttled => Injection::new(call, Fault::Throttled),
            Self::Unavailable => Injection::new(call, Fault::Unavailable),
            Self::FailedAfter => Injection::new(call, Fault::FailedAfter),
            Self::ResetBefore => Injection::new(call, Fault::ResetBefore),
            Self::ResetAfter => Injection::new(call, Fault::ResetAfter),
            Self::LostAnswer => Injection::new(call, Fault::LostAnswer),
            Self::KilledBefore => Injection::new(call, kill(Moment::Before)),
            Self::KilledAfter => Injection::new(call, kill(Moment::After)),
            Self::KilledAndHidden => Injection::new(call, kill(Moment::After)).hiding(2),
        }
    }

    /// Whether it is worth trying at a call that only reads: before and after are the same there.
    const fn befalls_reads(self) -> bool {
        matches!(self, Self::Throttled | Self::LostAnswer | Self::KilledAfter)
    }

    /// Whether the process ends.
    pub const fn kills(self) -> bool {
        matches!(self, Self::KilledBefore | Self::KilledAfter | Self::KilledAndHidden)
    }
}

/// A stack that lives a life: usually one object of one kind, on what it needs.
pub struct Subject {
    name: String,
    account: String,
    stack: Box<dyn Fn(Step) -> Stack + Send + Sync>,
    backend: Box<dyn Fn() -> Backend + Send + Sync>,
    changes: bool,
}

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
        Self { name: name.into(), account: account.into(), stack, backend, changes: true }
    }

    /// Says that nothing of it changes in place.
    #[must_use]
    pub fn unchanging(mut self) -> Self {
        self.changes = false;
        self
    }

    fn steps(&self) -> Vec<Step> {
        let all = [Step::Create, Step::Change, Step::Destroy];
        all.into_iter().filter(|step| self.changes || *step != Step::Change).collect()
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Runs each kind of fault at each call that a subject makes.
///
/// # Errors
/// When the subject cannot live its life without a fault, or makes no calls.
pub async fn run(proxy: &Proxy, subject: &Subject, kinds: &[Kind]) -> Result<Table, String> {
    let mut calls: BTreeMap<(Step, String), usize> = BTreeMap::new();
    let mut life = Life::new(proxy, subject);
    for step in subject.steps() {
        let before = proxy.calls().len();
        life.step(step, &Arc::default()).await?;
        for call in &proxy.calls().since(before).of_account(&subject.account) {
            if call.service != "sts" {
                *calls.entry((step, call.name())).or_default() += 1;
            }
        }
    }
    if calls.is_empty() {
        return Err(format!("{} makes no calls", subject.name));
    }
    let expected = life.counted();
    let mut table = Table::default();
    for ((step, call), times) in &calls {
        // What reads is read alike each time; what changes may be another object's.
        let reads = call.split_once(':').is_some_and(|(service, action)| reads(service, action));
        for nth in 1..=if reads { 1 } else { *times } {
            for kind in kinds.iter().filter(|kind| !reads || kind.befalls_reads()) {
                let killed = Arc::new(Notify::new());
                let injection = kind.injection(call, &killed).in_account(&subject.account).nth(nth);
                let outcome = Life::new(proxy, subject).through(*step, injection, &killed, expected).await;
                proxy.clear_injections();
                table.entries.push(Entry {
                    subject: subject.name.clone(),
                    step: *step,
                    call: call.clone(),
                    nth,
                    kind: *kind,
                    outcome,
                });
            }
        }
    }
    Ok(table)
}

/// A virtual clock for engines and drivers of one subject.
pub fn clock() -> Clock {
    Clock::virtual_time()
}
