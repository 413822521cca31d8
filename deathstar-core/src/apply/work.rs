//! One step at work: what every verb needs.

use super::{
    Clients, Connected, Event, Ledger, Observer, Outcome, Patience, Stop,
    lanes::{Lanes, Taken},
    ledger::Known,
    retry::Repeats,
};
use crate::{
    Error, Hold, Meaning, Raw, Result, Span, Verb,
    driver::{AnySeen, AnyWant, Cx, Tags},
    erase::{AnyDriver, AnyKind},
    graph::{Ignored, LeftTags, Node},
    plan::{Action, Desired, Step, resolve},
    state::{ConnectionRow, Phase, Row},
};
use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

/// What all steps of one apply share.
pub(crate) struct Job<'j> {
    pub(crate) desired: &'j Desired<'j>,
    pub(crate) steps: &'j [Step],
    /// The connections that rows of steps name.
    pub(crate) connections: &'j [ConnectionRow],
    pub(crate) ledger: &'j Ledger,
    pub(crate) clients: &'j Clients,
    pub(crate) stop: &'j Stop,
    pub(crate) patience: Patience,
    pub(crate) secret_key: Option<[u8; 32]>,
    pub(crate) observer: Mutex<&'j mut dyn Observer>,
    pub(crate) lanes: Lanes,
    /// For the deleting halves of conditional replacements: whether they turned out to be needless.
    pub(crate) needless: Mutex<HashMap<u32, bool>>,
    /// What each step waited for last.
    pub(crate) waits: Mutex<HashMap<u32, String>>,
    /// How often each step has waited to look again.
    pub(crate) looks: Mutex<HashMap<u32, u32>>,
    /// For nodes that are replaced by deleting first: the deleting half.
    pub(crate) first_halves: OnceLock<HashMap<u32, u32>>,
}

/// Why a step ended without being done.
#[derive(Debug)]
pub(crate) enum Halt {
    /// It failed.
    Failed(Error),
    /// It was stopped; the cloud still works on it.
    Stopped(String),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

pub(crate) type Worked<T> = std::result::Result<T, Halt>;

/// One object that a step works on.
pub(crate) struct Object {
    pub(crate) kind: &'static dyn AnyKind,
    pub(crate) connected: Arc<Connected>,
    pub(crate) driver: Arc<dyn AnyDriver>,
    pub(crate) shower: Arc<dyn AnyDriver>,
    pub(crate) cx: Cx,
    /// The user's tags that were written last.
    pub(crate) had: Arc<Tags>,
    pub(crate) holds: Vec<Hold>,
    pub(crate) ignore: Ignored,
    pub(crate) left: LeftTags,
    /// Secrets by the digest that stands for each.
    pub(crate) secrets: Vec<(String, usize)>,
    pub(crate) node: Option<u32>,
}

impl<'j> Job<'j> {
    pub(crate) fn event(&self, event: &Event<'_>) {
        self.observer.lock().unwrap_or_else(PoisonError::into_inner).event(event);
    }

    /// The deleting half of a node's replacement, where it comes before the creating one.
    pub(crate) fn deletes_first(&self, node: u32) -> Option<&'j Step> {
        let halves = self.first_halves.get_or_init(|| {
            let deletes = self.steps.iter().filter(|step| step.action == Action::Delete);
            let first = deletes.filter(|step| {
                step.other_half.is_some_and(|other| self.steps[other as usize].after.contains(&step.id))
            });
            let index = &self.desired.stack.index;
            first.filter_map(|step| Some((*index.get(&step.address)?, step.id))).collect()
        });
        self.steps.get(*halves.get(&node)? as usize)
    }

    /// The token of an object of this journal.
    pub(crate) fn token(&self, address: &crate::Address, generation: u32) -> Box<str> {
        let recorded = self.ledger.recorded();
        let lineage = recorded.stack.as_ref().map_or("", |stack| &*stack.lineage);
        crate::driver::token(lineage, address.as_str(), generation).into()
    }

    pub(crate) fn decided(&self, half: u32) -> Option<bool> {
        self.needless.lock().unwrap_or_else(PoisonError::into_inner).get(&half).copied()
    }

    pub(crate) fn decide(&self, half: u32, needless: bool) {
        self.needless.lock().unwrap_or_else(PoisonError::into_inner).insert(half, needless);
    }

    pub(crate) fn node(&self, step: &Step) -> Option<&'j Node> {
        let index = self.desired.stack.index.get(&step.address)?;
        self.desired.stack.nodes.get(*index as usize)
    }

    /// The row that a step is about, its spec in today's shape.
    pub(crate) fn row(&self, step: &Step) -> Result<Option<Row>> {
        let Some(mut row) = self.ledger.row(&step.address, step.generation) else { return Ok(None) };
        let kind = self.clients.kind(&row)?;
        if row.version != kind.about().version {
            let lifted = kind.migrate(row.version, row.phase.spec())?;
            row.version = kind.about().version;
            match &mut row.phase {
                Phase::Creating { spec }
                | Phase::Live { spec, .. }
                | Phase::Deleting { spec, .. }
                | Phase::Broken { spec, .. } => *spec = lifted,
                Phase::Settling { was, spec, .. } => {
                    *was = None;
                    *spec = lifted;
                }
            }
        }
        Ok(Some(row))
    }

    /// The spec that a step leads to, with every expression resolved.
    pub(crate) fn target(&self, step: &Step) -> Result<Raw> {
        let Some(target) = &step.target else {
            return Err(Error::internal(format!("the step at {} has no target", step.address)));
        };
        let marks = crate::graph::marks(target.text());
        if marks.is_empty() {
            return Ok(target.clone());
        }
        let recorded = self.ledger.recorded();
        let known = Known { recorded: &recorded, catalogue: self.clients.catalogue() };
        let resolved = resolve(target.text(), &marks, &known, str::to_owned)?;
        if !resolved.complete {
            let text = format!("{}: an input is still not known", step.address);
            return Err(Error::internal(text).hint("the object that it comes from is not recorded as live"));
        }
        Raw::parse(resolved.text.into_owned())
            .map_err(|error| Error::internal("a resolved spec is no JSON").because(error))
    }

    /// The number of the connection of a declared node, opened or known.
    pub(crate) fn connection_of(&self, node: &Node) -> Result<u32> {
        let stack = self.desired.stack;
        let declared = stack
            .providers
            .get(node.provider as usize)
            .ok_or_else(|| Error::internal(format!("{} stands on no connection", node.address)))?;
        let marks = crate::graph::marks(declared.config.text());
        let config = if marks.is_empty() {
            declared.config.clone()
        } else {
            let recorded = self.ledger.recorded();
            let known = Known { recorded: &recorded, catalogue: self.clients.catalogue() };
            let config = resolve(declared.config.text(), &marks, &known, str::to_owned)?;
            if !config.complete {
                return Err(Error::new(
                    Meaning::NotReady,
                    format!("the connection `{}` is not known yet", declared.name),
                ));
            }
            Raw::parse(config.text.into_owned())
                .map_err(|error| Error::internal("a resolved config is no JSON").because(error))?
        };
        let hosts = self.ledger.recorded().standing(&declared.hosts);
        let row = ConnectionRow {
            number: 0,
            name: (&*declared.name).into(),
            provider: declared.provider.into(),
            config,
            hosts,
        };
        self.ledger.connection(row, declared.place)
    }

    /// Everything that is needed to call for a row. `tags` are the user's that the object shall carry; none when it is to go.
    pub(crate) async fn object(&self, row: &Row, tags: Option<&Tags>, spec: &Raw) -> Result<Object> {
        let kind = self.clients.kind(row)?;
        let (provider, config, connection) = {
            let recorded = self.ledger.recorded();
            let connection = recorded.connection(row.connection).ok_or_else(|| {
                Error::internal(format!("the connection of {} is not recorded", row.address))
            })?;
            (connection.provider.clone(), connection.config.clone(), connection.name.clone())
        };
        let connected = self.clients.connect(&provider, &config).await?;
        let driver = self.clients.driver(&connected, kind)?;
        let shower = self.clients.shower(&connected, kind)?;
        let index = self.desired.stack.index.get(&row.address).copied();
        let node = index.map(|index| &self.desired.stack.nodes[index as usize]);
        let about = kind.about();
        let name = &self.desired.stack.name;
        let secrets = node.map_or_else(Vec::new, |node| {
            let digests = node.secrets.iter().map(|secret| secret.digest(self.secret_key.as_ref()));
            digests.enumerate().map(|(number, digest)| (digest, number)).collect()
        });
        Ok(Object {
            kind,
            connected,
            driver,
            shower,
            cx: Cx::of_object(
                name,
                row.address.as_str(),
                &row.token,
                tags.filter(|_| about.identity.tagged()),
            )
            .keyed(self.secret_key),
            had: Arc::clone(&row.tags),
            holds: kind.holds(spec.text())?,
            ignore: node.map_or(Ignored::NONE, |node| node.options().ignore.clone()),
            left: self.desired.stack.left_tags(&connection),
            secrets,
            node: index,
        })
    }

    /// Remembers what a step waits for, for its time-out to tell.
    fn waits_for(&self, step: &Step, why: &str) {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.insert(step.id, why.to_owned());
    }

    /// The error of a step that took longer than it may.
    pub(crate) fn timed_out(&self, step: &Step, limit: Duration) -> Error {
        let verb = match step.action {
            Action::Create => "creating it",
            Action::Update => "changing it",
            Action::Import => "importing it",
            Action::Delete => "deleting it",
            _ => "it",
        };
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let what = waits
            .get(&step.id)
            .map_or_else(String::new, |why| format!("; the last that it waited for: {why}"));
        let text = format!("{verb} took longer than {} s{what}", limit.as_secs_f64());
        Error::new(Meaning::NotReady, text)
            .hint("apply again: it goes on where it is; or give it more time with `time_out`")
    }

    /// Waits, unless somebody asks to stop.
    pub(crate) async fn pause(&self, time: Duration, why: &str) -> Worked<()> {
        tokio::select! {
            biased;
            () = self.stop.stopped() => Err(Halt::Stopped(why.to_owned())),
            () = self.clients.clock().sleep(time) => Ok(()),
        }
    }

    /// Waits for the next instant at which everybody polls.
    pub(crate) async fn tick(&self, object: &Object, step: &Step, why: &str) -> Worked<()> {
        self.waits_for(step, why);
        self.event(&Event::StepWaiting { step, why });
        let looks = {
            let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
            let looks = looks.entry(step.id).or_default();
            std::mem::replace(looks, looks.saturating_add(1))
        };
        tokio::select! {
            biased;
            () = self.stop.stopped() => Err(Halt::Stopped(why.to_owned())),
            () = self.clients.clock().tick(object.connected.pace.wait(looks)) => Ok(()),
        }
    }

    /// Repeats a call that has no effect while its failures allow it.
    pub(crate) async fn read<T, F: Future<Output = Result<T>>>(
        &self,
        step: &Step,
        object: &Object,
        mut call: impl FnMut() -> F,
    ) -> Worked<T> {
        let mut repeats = Repeats::new(self.patience, &object.cx.token);
        loop {
            match call().await {
                Ok(answer) => return Ok(answer),
                Err(error) => self.wait_out(step, &mut repeats, error).await?,
            }
        }
    }

    /// Waits before a repetition, or gives up.
    pub(crate) async fn wait_out(&self, step: &Step, repeats: &mut Repeats, error: Error) -> Worked<()> {
        let Some(after) = repeats.next(&error) else { return Err(Halt::Failed(error)) };
        self.waits_for(step, &error.to_string());
        self.event(&Event::StepRetrying { step, error: &error, after });
        tracing::debug!(address = %step.address, %error, ?after, "a call is repeated");
        self.pause(after, &format!("a repetition: {error}")).await
    }

    /// Looks for an object by its id.
    pub(crate) async fn see(
        &self,
        step: &Step,
        object: &Object,
        id: &Raw,
        spec: &Raw,
    ) -> Worked<Option<AnySeen>> {
        self.read(step, object, || object.connected.see(&object.shower, object.kind, &object.cx, id, spec))
            .await
    }

    /// Looks for an object whose create call has no recorded answer.
    pub(crate) async fn look(&self, step: &Step, object: &Object, spec: &Raw) -> Worked<Option<AnySeen>> {
        let about = object.kind.about();
        let family = about.family;
        if about.identity.tagged() && !matches!(about.identity, crate::Identity::Key { .. }) {
            let found = self
                .read(step, object, || {
                    let want = AnyWant::Owned(object.cx.token.to_string());
                    object.connected.call((family, Verb::Find), object.driver.find(&object.cx, want))
                })
                .await?;
            return Ok(found.into_iter().find(|seen| seen.family == family && object.owns_by_tag(seen)));
        }
        let Some(key) = object.kind.key(spec.text())? else {
            return Err(Error::internal(format!("{family} is identified by a key and has none")).into());
        };
        let id = Raw::parse(key.text().to_owned())
            .map_err(|error| Error::internal("the key of an object is no JSON").because(error))?;
        self.see(step, object, &id, spec).await
    }

    /// Takes tags off an object, which may have been done before.
    pub(crate) async fn untag(
        &self,
        step: &Step,
        object: &Object,
        seen: &AnySeen,
        tags: &[String],
    ) -> Worked<()> {
        let mut repeats = Repeats::new(self.patience, &object.cx.token);
        let none = Tags::new();
        loop {
            match self.mutate(object, Verb::Retag, object.driver.retag(&object.cx, seen, &none, tags)).await {
                Ok(()) => return Ok(()),
                Err(error) => self.wait_out(step, &mut repeats, error).await?,
            }
        }
    }

    /// Takes the lanes of the object's holds for one operation.
    pub(crate) async fn operation(&self, object: &Object) -> Taken {
        self.lanes.take(&object.holds, Span::Operation).await
    }

    /// Makes a mutating call, alone on what it writes whole.
    pub(crate) async fn mutate<T>(
        &self,
        object: &Object,
        verb: Verb,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let _lanes = self.lanes.take(&object.holds, Span::Call).await;
        object.connected.call((object.kind.about().family, verb), call).await
    }

    /// The secrets of an object, for a driver.
    pub(crate) fn supply(&self, object: &Object) -> Vec<(String, &'j crate::secret::Secret)> {
        let node = object.node.map(|index| &self.desired.stack.nodes[index as usize]);
        let of = |(digest, number): &(String, usize)| Some((digest.clone(), node?.secrets.get(*number)?));
        object.secrets.iter().filter_map(of).collect()
    }
}

impl Object {
    /// Whether an object carries our token.
    pub(crate) fn owns_by_tag(&self, seen: &AnySeen) -> bool {
        seen.tags.get(crate::driver::tags::TOKEN).is_some_and(|token| **token == *self.cx.token)
    }

    /// Whether an object is nobody's, and may become ours by what is declared.
    pub(crate) fn adopts(&self, seen: &AnySeen, spec: &Raw) -> Result<bool> {
        Ok(!seen.tags.contains_key(crate::driver::tags::TOKEN) && self.kind.adopts(spec.text())?)
    }

    /// Whether an object is provably ours: by its tag, or where it carries none by equal value. After an interrupted update from
    /// `was` each field may have either value.
    pub(crate) fn owns(&self, seen: &AnySeen, was: Option<&Raw>, recorded: &Raw) -> Result<bool> {
        if self.kind.about().identity.tagged() {
            return Ok(self.owns_by_tag(seen));
        }
        let mut differences = self.ignore.compare(self.kind, &seen.spec, recorded)?;
        differences.retain(|change| !change.write_only);
        if let Some(was) = was.filter(|_| !differences.is_empty()) {
            let others = self.kind.compare(seen.spec.text(), was.text())?;
            differences.retain(|change| others.iter().any(|other| other.field == change.field));
        }
        Ok(differences.is_empty())
    }
}

/// What a halted step reports.
pub(crate) fn outcome(worked: Worked<Outcome>) -> Outcome {
    match worked {
        Ok(outcome) => outcome,
        Err(Halt::Failed(error)) => Outcome::Failed(error),
        Err(Halt::Stopped(why)) => Outcome::InProgress(why),
    }
}
