//! The engine: plan, apply, destroy.

use crate::{
    Catalogue, Error, Findings, Memory, Permissions, Raw, Result, Stack,
    apply::{self, Clients, Job, Ledger, Observer, Patience, Report, Stop},
    clock::Clock,
    driver::{Client, Pace},
    permission,
    plan::{self, Action, Desired, Mode, Plan, PlanData, Request, Step},
    state::{Loaded, RECORD_VERSION, Record, Recorded, StackRecord, Store, StoreError},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex},
};

/// Where objects live: what the credentials of a backend open, or the in-memory cloud.
pub trait Cloud {
    /// How the engine reaches it.
    fn backend(self) -> Backend;
}

/// How an engine reaches a cloud.
#[derive(Debug)]
pub struct Backend {
    pub(crate) catalogue: Catalogue,
    pub(crate) clock: Clock,
    memory: Option<Memory>,
}

impl Backend {
    /// A real cloud: a catalogue with drivers and connectors.
    pub fn real(catalogue: Catalogue) -> Self {
        Self { catalogue, clock: Clock::system(), memory: None }
    }

    pub(crate) fn memory(&self) -> Option<&Memory> {
        self.memory.as_ref()
    }

    pub(crate) async fn open(&self, provider: &str, config: &Raw) -> Result<(Client, Pace)> {
        if let Some(memory) = &self.memory {
            return Ok((Arc::new(memory.clone()), memory.pace()));
        }
        let (open, pace) = self.catalogue.connector(provider).ok_or_else(|| {
            Error::internal(format!("nothing opens connections to `{provider}`"))
                .hint("give the engine the credentials of that backend")
        })?;
        Ok((open(config.clone()).await?, pace))
    }
}

impl Cloud for Memory {
    fn backend(self) -> Backend {
        Backend { catalogue: self.catalogue().clone(), clock: self.clock().clone(), memory: Some(self) }
    }
}

impl Cloud for Catalogue {
    fn backend(self) -> Backend {
        Backend::real(self)
    }
}

impl Cloud for Backend {
    fn backend(self) -> Backend {
        self
    }
}

/// Plans, applies and destroys stacks, with a journal and a cloud.
#[derive(Clone)]
pub struct Engine {
    store: Arc<dyn Store>,
    backend: Arc<Backend>,
    patience: Patience,
    others: Vec<(Arc<str>, Arc<dyn Store>)>,
}

/// Exports of other stacks, by stack and name.
type Imports = std::collections::HashMap<(String, String), Raw>;

/// How a plan is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanOptions {
    /// Whether the cloud is looked at first.
    pub refresh: bool,
    /// Whether everything shall end.
    pub destroy: bool,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self { refresh: true, destroy: false }
    }
}

impl PlanOptions {
    /// Whether the cloud is looked at first.
    #[must_use]
    pub fn refresh(mut self, refresh: bool) -> Self {
        self.refresh = refresh;
        self
    }

    /// Whether everything shall end.
    #[must_use]
    pub fn destroy(mut self, destroy: bool) -> Self {
        self.destroy = destroy;
        self
    }
}

/// Why no plan was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The declaration has findings; nothing was called.
    #[error(transparent)]
    Findings(#[from] Findings),
    /// The journal cannot be used.
    #[error("the state cannot be read: {0}")]
    Store(#[from] StoreError),
    /// The journal belongs to another stack.
    #[error("the state belongs to stack `{recorded}`, and this is stack `{declared}`")]
    OtherStack {
        /// The stack that it belongs to.
        recorded: String,
        /// The stack that is declared.
        declared: String,
    },
    /// Looking at the cloud, or comparing, failed.
    #[error("{0}")]
    Cloud(Error),
}

impl From<Error> for PlanError {
    fn from(error: Error) -> Self {
        Self::Cloud(error)
    }
}

impl PlanError {
    /// What to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Findings(_) => None,
            Self::Store(error) => error.hint(),
            Self::OtherStack { .. } => Some("give each stack a state directory of its own".into()),
            Self::Cloud(error) => error.advice().map(str::to_owned),
        }
    }
}

/// Why a plan was not applied. Nothing was done then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// The journal cannot be used, or somebody else holds its lock.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The plan is not for this state or this stack any more.
    #[error("the plan is stale: {0}")]
    Stale(String),
    /// Something forbids the plan.
    #[error("the plan cannot be applied:{}", list(.0.iter().map(|b| format!("{}: {}", b.address, b.why))))]
    Blocked(Vec<plan::Blocker>),
    /// Something with stakes would end and nobody consented.
    #[error("the plan ends what holds something, without consent:{}", list(.0.iter().map(lost)))]
    NoConsent(Vec<Step>),
    /// The declaration has findings.
    #[error(transparent)]
    Findings(#[from] Findings),
    /// Writing the journal, or the proof after a destroy, failed.
    #[error("{0}")]
    Failed(Error),
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.fold(String::new(), |list, item| list + "\n  " + &item)
}

fn lost(step: &Step) -> String {
    format!("{} ({}) holds a {}", step.address, step.kind, step.stakes.name())
}

impl ApplyError {
    /// What to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.hint(),
            Self::Stale(_) => Some("plan again".into()),
            Self::Blocked(blockers) => blockers.first().map(|blocker| blocker.fix.clone()),
            Self::NoConsent(_) => Some("consent to these losses with `Plan::consent`".into()),
            Self::Findings(_) => None,
            Self::Failed(error) => error.advice().map(str::to_owned),
        }
    }
}

impl From<Error> for ApplyError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Engine {
    /// An engine with a journal, on a cloud.
    pub fn new(store: impl Store, cloud: impl Cloud) -> Self {
        Self {
            store: Arc::new(store),
            backend: Arc::new(cloud.backend()),
            patience: Patience::default(),
            others: vec![],
        }
    }

    /// Lets stacks read the exports of another stack ([`Output::import`](crate::Output::import)) from its journal, without its lock.
    #[must_use]
    pub fn reading(mut self, stack: &str, store: impl Store) -> Self {
        self.others.push((stack.into(), Arc::new(store)));
        self
    }

    /// Says how long the engine waits for what.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// The time of its cloud.
    pub fn clock(&self) -> &Clock {
        &self.backend.clock
    }

    /// Plans what brings the cloud to what is declared. All findings of the whole stack come before any call.
    ///
    /// # Errors
    /// With findings, or when the state or the cloud cannot be read.
    ///
    /// # Cancel safety
    /// Safe: planning changes nothing.
    pub async fn plan<'s>(&self, stack: &'s Stack) -> Result<Plan<'s>, PlanError> {
        self.plan_with(stack, PlanOptions::default()).await
    }

    /// Plans the end of everything that the stack has.
    ///
    /// # Errors
    /// As [`Engine::plan`].
    ///
    /// # Cancel safety
    /// Safe: planning changes nothing.
    pub async fn destroy<'s>(&self, stack: &'s Stack) -> Result<Plan<'s>, PlanError> {
        self.plan_with(stack, PlanOptions::default().destroy(true)).await
    }

    /// Plans in one of these ways.
    ///
    /// # Errors
    /// As [`Engine::plan`].
    ///
    /// # Cancel safety
    /// Safe: planning changes nothing.
    pub async fn plan_with<'s>(&self, stack: &'s Stack, options: PlanOptions) -> Result<Plan<'s>, PlanError> {
        let work = async {
            let desired = plan::check(stack, &self.backend.catalogue)?;
            let Loaded { recorded, notes } = self.store.read().await?;
            same_stack(&recorded, stack)?;
            let key = self.key(stack).await?;
            let clients = Clients::new(Arc::clone(&self.backend), stack);
            let imports = self.imports(&desired).await?;
            let mut observed =
                apply::observe(&clients, &desired, &recorded, self.patience, options.refresh).await?;
            observed.imports = imports;
            let mode = if options.destroy { Mode::Destroy } else { Mode::Apply };
            let request = Request {
                desired: &desired,
                recorded: &recorded,
                observed: &observed,
                catalogue: &self.backend.catalogue,
                secret_key: key,
                mode,
            };
            let mut data = plan::plan(&request)?;
            data.notes = notes;
            let mut plan = data.with(stack);
            let catalogue = self.backend.catalogue.clone();
            plan.made_from = Some(Arc::new(plan::MadeFrom { recorded, catalogue }));
            Ok(plan)
        };
        self.backend.clock.drive(work).await
    }

    /// The values of all exports that the stack reads from others.
    async fn imports(&self, desired: &Desired<'_>) -> Result<Imports, PlanError> {
        let mut values = Imports::new();
        let mut findings = vec![];
        let mut read: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        for (address, stack, export) in desired.imports() {
            if !read.contains_key(stack) {
                let Some((_, store)) = self.others.iter().find(|(name, _)| **name == *stack) else {
                    let why = format!(
                        "it reads `{export}` of stack `{stack}`, whose journal this engine does not know"
                    );
                    let fix = "tell the engine with `Engine::reading`";
                    findings.push(crate::Diagnostic::new("import.unknown-stack", why).on(address).fix(fix));
                    continue;
                };
                let loaded = store.read().await?;
                read.insert(stack.to_owned(), plan::exports(&loaded.recorded, &self.backend.catalogue));
            }
            if let Some(value) = read.get(stack).and_then(|exports| exports.get(export)) {
                let value = Raw::encode(value)
                    .map_err(|error| Error::internal("an export cannot be encoded").because(error))?;
                values.insert((stack.to_owned(), export.to_owned()), value);
            } else {
                let why = format!(
                    "it reads `{export}` of stack `{stack}`, which has no such export with a known value"
                );
                let fix = "export it there and apply that stack first";
                findings.push(crate::Diagnostic::new("import.unknown-export", why).on(address).fix(fix));
            }
        }
        if findings.is_empty() { Ok(values) } else { Err(Findings(findings).into()) }
    }

    async fn key(&self, stack: &Stack) -> Result<Option<[u8; 32]>, StoreError> {
        if stack.nodes.iter().all(|node| node.secrets.is_empty()) {
            return self.store.secret_key().await;
        }
        self.store.make_secret_key().await.map(Some)
    }

    /// Carries out a plan: what it says, or less.
    ///
    /// # Errors
    /// When the plan may not be carried out; nothing is done then. What fails on the way stands in the report.
    ///
    /// # Cancel safety
    /// Safe: dropping it loses nothing; the next run goes on.
    pub async fn apply(&self, plan: Plan<'_>, observer: impl Observer) -> Result<Report, ApplyError> {
        self.apply_until(plan, observer, &Stop::new()).await
    }

    /// Carries out a plan until it is done or stopped.
    ///
    /// # Errors
    /// As [`Engine::apply`].
    ///
    /// # Cancel safety
    /// Safe: dropping it loses nothing; the next run goes on.
    pub async fn apply_until(
        &self,
        plan: Plan<'_>,
        mut observer: impl Observer,
        stop: &Stop,
    ) -> Result<Report, ApplyError> {
        self.backend.clock.drive(self.carry_out(plan, &mut observer, stop)).await
    }

    async fn carry_out(
        &self,
        plan: Plan<'_>,
        observer: &mut dyn Observer,
        stop: &Stop,
    ) -> Result<Report, ApplyError> {
        if !plan.blockers.is_empty() {
            return Err(ApplyError::Blocked(plan.blockers.clone()));
        }
        let unheard: Vec<Step> = plan.without_consent().into_iter().cloned().collect();
        if !unheard.is_empty() {
            return Err(ApplyError::NoConsent(unheard));
        }
        let start = self.backend.clock.now();
        let stack = plan.stack;
        let desired = plan::check(stack, &self.backend.catalogue)?;
        let key = self.key(stack).await?;
        let (session, Loaded { recorded, notes }) = self.store.lock().await?;
        current(&plan, &recorded, &desired, key.as_ref())?;
        let families = families(&recorded);
        let connections = recorded.connections.clone();
        let ledger = Ledger::new(session, recorded);
        let first = prologue(&ledger, stack, &plan)?;
        for note in &notes {
            observer.event(&apply::Event::Note(note));
        }
        let clients = Clients::new(Arc::clone(&self.backend), stack);
        let steps = {
            let job = Job {
                desired: &desired,
                steps: &plan.steps,
                ledger: &ledger,
                clients: &clients,
                stop,
                patience: self.patience,
                secret_key: key,
                observer: Mutex::new(observer),
                lanes: apply::Lanes::default(),
                needless: Mutex::default(),
                first_halves: std::sync::OnceLock::new(),
            };
            connections_of(&job)?;
            apply::run(&job).await
        };
        let mut last = first;
        if plan.destroy && ledger.recorded().is_empty() {
            last = Some(ledger.write(vec![Record::Exports(BTreeMap::new())])?);
        }
        if let Some(last) = last.or_else(|| ledger.last()) {
            let _busy = self.backend.clock.busy();
            ledger.durable(last.max(ledger.last().unwrap_or(last))).await?;
        }
        let proof = if plan.destroy && steps.iter().all(|step| step.outcome.succeeded()) {
            let kept = steps.iter().filter(|step| step.step.action == Action::Forget);
            let retained = kept.map(|step| step.step.address.to_string()).collect();
            Some(apply::prove(&clients, &stack.name, &families, &connections, retained, self.patience).await?)
        } else {
            None
        };
        let (recorded, session) = ledger.into_parts();
        session.compact(&recorded, false)?;
        Ok(Report {
            stack: stack.name().to_owned(),
            steps,
            proof,
            stopped: stop.is_stopped(),
            notes,
            took: self.backend.clock.now().saturating_sub(start),
            recorded,
            catalogue: self.backend.catalogue.clone(),
        })
    }

    /// What has to be allowed for everything that can become of a stack: to make, change, replace and delete each object, to look at
    /// it and to find it again. It calls nothing but the journal, so it can be told before the first plan.
    ///
    /// [`Plan::permissions`] tells what one plan needs.
    ///
    /// # Errors
    /// With findings, or when the state cannot be read.
    pub async fn permissions(&self, stack: &Stack) -> Result<Permissions, PlanError> {
        plan::check(stack, &self.backend.catalogue)?;
        let Loaded { recorded, .. } = self.store.read().await?;
        same_stack(&recorded, stack)?;
        Ok(permission::of_life(stack, &recorded, &self.backend.catalogue)?)
    }

    /// The recorded state, read without the lock.
    ///
    /// # Errors
    /// When the journal cannot be used.
    pub async fn recorded(&self) -> Result<Loaded, StoreError> {
        self.store.read().await
    }

    /// The exports, from the state alone.
    ///
    /// # Errors
    /// When the journal cannot be used.
    pub async fn exports(&self) -> Result<BTreeMap<String, Value>, StoreError> {
        let loaded = self.store.read().await?;
        Ok(plan::exports(&loaded.recorded, &self.backend.catalogue))
    }
}

/// Which tagged families a state has, by connection.
fn families(recorded: &Recorded) -> BTreeSet<(u32, String)> {
    recorded.rows().map(|row| (row.connection, row.family.to_string())).collect()
}

fn same_stack(recorded: &Recorded, stack: &Stack) -> Result<(), PlanError> {
    match &recorded.stack {
        Some(other) if *other.name != *stack.name() => {
            Err(PlanError::OtherStack { recorded: other.name.to_string(), declared: stack.name().to_owned() })
        }
        _ => Ok(()),
    }
}

/// Refuses a plan that was made for another state or another declaration.
fn current(
    plan: &PlanData,
    recorded: &Recorded,
    desired: &Desired<'_>,
    key: Option<&[u8; 32]>,
) -> Result<(), ApplyError> {
    let stale = |why: String| Err(ApplyError::Stale(why));
    if plan.stack != desired.stack.name() {
        return stale(format!(
            "it is for stack `{}`, and this is stack `{}`",
            plan.stack,
            desired.stack.name()
        ));
    }
    let lineage = recorded.stack.as_ref().map_or("", |stack| &*stack.lineage);
    if plan.base.lineage != lineage {
        return stale("it was made from another state".into());
    }
    if plan.base.serial != recorded.serial || plan.base.digest != recorded.digest() {
        return stale(format!(
            "the state has changed since it was made (record {} then, {} now)",
            plan.base.serial, recorded.serial
        ));
    }
    if plan.graph != desired.digest(key) {
        return stale("the declaration, or a secret in it, has changed since it was made".into());
    }
    Ok(())
}

/// What is written before the first step.
fn prologue(
    ledger: &Ledger,
    stack: &Stack,
    plan: &PlanData,
) -> Result<Option<crate::state::Position>, ApplyError> {
    let mut records = vec![];
    if ledger.recorded().stack.is_none() {
        records.push(Record::Stack(StackRecord {
            version: RECORD_VERSION,
            name: stack.name().into(),
            lineage: ledger.lineage().into(),
            serial: 0,
            restated: 0,
            digest: "".into(),
            generations: 0,
        }));
    }
    if plan.exports && !plan.destroy {
        let exports = stack.exports.iter().map(|export| (export.name.clone(), export.expr.clone())).collect();
        records.push(Record::Exports(exports));
    }
    if records.is_empty() { Ok(None) } else { Ok(Some(ledger.write(records)?)) }
}

/// Records the declared connections whose configs are known, so that what was made through one is reached as it is declared now.
fn connections_of(job: &Job<'_>) -> Result<()> {
    let stack = job.desired.stack;
    let mut used = vec![false; stack.providers.len()];
    for node in &stack.nodes {
        let provider = node.provider as usize;
        if used.get(provider) == Some(&false) {
            used[provider] = true;
            let pending = !crate::graph::marks(stack.providers[provider].config.text()).is_empty();
            let only_deletes = job
                .steps
                .iter()
                .all(|step| matches!(step.action, Action::Delete | Action::Over | Action::Forget));
            if !pending && !only_deletes {
                job.connection_of(node)?;
            }
        }
    }
    Ok(())
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("store", &self.store).finish_non_exhaustive()
    }
}
