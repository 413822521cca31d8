//! Asking what providers would say to the steps of a plan, before it is shown.

use super::{
    Clients, Connected, Known,
    observe::{Answers, complete, repeat},
    retry::Patience,
};
use crate::{
    Error, Meaning, Raw, Result, Verb,
    driver::{AnySeen, Cx, Foresight, Rehearsal, Standing, token},
    erase::AnyKind,
    graph::{Address, Marked, Node, ProviderNode, marks},
    plan::{Action, Request, Sight, Step, is_tried, reference_text, subject},
    state::Phase,
};
use foldhash::HashMap;
use futures_util::{StreamExt, future::BoxFuture, stream};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

/// What was said, by the address and generation of what is changed or made.
type Said = HashMap<(Address, u32), Rehearsal>;

/// How often a call is repeated that has no answer: a plan can be made without it.
const REPETITIONS: u32 = 2;

/// One step that is tried.
struct Trial<'r> {
    step: &'r Step,
    node: &'r Node,
    target: &'r Raw,
    subject: (&'r Address, u32),
}

/// How the steps of one connection can be tried.
enum Reach {
    Open(Arc<Connected>),
    /// Nobody can be asked, for this reason.
    Closed(String),
}

/// Asks about every step that makes or changes an object of a kind that can be tried; once for each, and for nothing else.
///
/// # Errors
/// When what is declared cannot be read. A provider that does not answer is an answer.
pub(crate) async fn rehearse(
    clients: &Clients,
    request: &Request<'_>,
    patience: Patience,
    steps: &[Step],
) -> Result<Said> {
    let mut groups: BTreeMap<(u32, &'static str), Vec<Trial<'_>>> = BTreeMap::new();
    for step in steps.iter().filter(|step| step.pass == 0 && is_tried(&step.action)) {
        let stack = request.desired.stack;
        let Some(node) = stack.index.get(&step.address).map(|at| &stack.nodes[*at as usize]) else {
            continue;
        };
        let (about, Some(target)) = (node.kind.about(), &step.target) else { continue };
        if about.rehearsed {
            let trial = Trial { step, node, target, subject: subject(steps, step) };
            groups.entry((node.provider, about.family)).or_default().push(trial);
        }
    }
    let mut said = Said::default();
    for ((provider, _), trials) in groups {
        let reach = reach(clients, request, provider, steps).await?;
        let foreseen = foresee(request, provider, &trials, steps)?;
        said.extend(of_group(clients, request, patience, &reach, trials, foreseen).await?);
    }
    Ok(said)
}

/// Opens the connection of a group, if its place is known and stays.
async fn reach(clients: &Clients, request: &Request<'_>, provider: u32, steps: &[Step]) -> Result<Reach> {
    if clients.is_in_memory() {
        return Ok(Reach::Closed("the in-memory cloud has nobody to ask".into()));
    }
    let Some(declared) = request.desired.stack.providers.get(provider as usize) else {
        return Ok(Reach::Closed("it stands on no connection".into()));
    };
    let unknown = || Ok(Reach::Closed(format!("{} does not exist yet", declared.name)));
    if is_made_anew(declared, steps) {
        return unknown();
    }
    let known = Known { recorded: request.recorded, catalogue: clients.catalogue() };
    let values = Answers { known, observed: request.observed };
    let found = marks(declared.config.text());
    let Some(config) = complete(declared.config.text(), &found, &values)? else { return unknown() };
    let mut recorded = request.recorded.connections.iter().filter(|row| row.config == config);
    if let Some(why) = recorded.find_map(|row| request.observed.unreachable.get(&row.number)) {
        return Ok(Reach::Closed(why.clone()));
    }
    match clients.connect(declared.provider, &config).await {
        Ok(connected) => Ok(Reach::Open(connected)),
        Err(error) => Ok(Reach::Closed(error.to_string())),
    }
}

/// Whether the plan makes what a connection leads to.
fn is_made_anew(declared: &ProviderNode, steps: &[Step]) -> bool {
    let mut named = BTreeSet::new();
    for mark in marks(declared.config.text()) {
        if let Marked::Expr(expr) = mark.what {
            expr.references(&mut |reference| {
                if !reference.import {
                    named.insert(reference.at.clone());
                }
            });
        }
    }
    steps.iter().any(|step| step.action == Action::Create && named.contains(&step.address))
}

/// What the kind itself can say.
fn foresee(
    request: &Request<'_>,
    provider: u32,
    trials: &[Trial<'_>],
    steps: &[Step],
) -> Result<Vec<Foresight>> {
    let Some(first) = trials.first() else { return Ok(vec![]) };
    let kind: &dyn AnyKind = first.node.kind;
    let acts: HashMap<&Address, &Step> =
        steps.iter().filter(|step| is_tried(&step.action)).map(|step| (&step.address, step)).collect();
    let same = |node: &&Node| node.provider == provider && node.kind.about().family == kind.about().family;
    let beside: Vec<(&str, Standing)> = request
        .desired
        .stack
        .nodes
        .iter()
        .filter(same)
        .map(|node| match acts.get(&node.address) {
            Some(step) => {
                let made = step.action == Action::Create;
                let standing = if made { Standing::Made } else { Standing::Changed };
                (step.target.as_ref().unwrap_or(&node.spec).text(), standing)
            }
            None => (node.spec.text(), Standing::Stays),
        })
        .collect();
    let specs: Vec<&str> = trials.iter().map(|trial| trial.target.text()).collect();
    kind.foresee(&specs, &beside)
}

async fn of_group(
    clients: &Clients,
    request: &Request<'_>,
    patience: Patience,
    reach: &Reach,
    trials: Vec<Trial<'_>>,
    foreseen: Vec<Foresight>,
) -> Result<Said> {
    let mut said = Said::default();
    // Once somebody waited in vain, nobody else does.
    let silent = OnceLock::new();
    let mut calls: Vec<BoxFuture<'_, ((Address, u32), Rehearsal)>> = vec![];
    let asking = Asking { clients, request, patience: patience.transient(REPETITIONS), silent: &silent };
    for (trial, foresight) in trials.into_iter().zip(foreseen) {
        let key = (trial.subject.0.clone(), trial.subject.1);
        let known = match foresight {
            Foresight::Known(known) => Err(known),
            Foresight::Ask(known) => match (unknown(&trial, request), reach) {
                (Some(why), _) => Err(known.unwrap_or_else(|| Rehearsal::not_checkable(why))),
                (None, Reach::Closed(why)) => Err(known.unwrap_or_else(|| Rehearsal::not_checkable(why))),
                (None, Reach::Open(connected)) => Ok((connected, known)),
            },
        };
        match known {
            Err(known) => _ = said.insert(key, known),
            Ok((connected, known)) => calls.push(Box::pin(async move {
                let answer = asking.ask(connected, &trial, known).await;
                (key, answer)
            })),
        }
    }
    let width = match reach {
        Reach::Open(connected) => connected.pace.width.max(1),
        Reach::Closed(_) => 1,
    };
    let answers: Vec<_> = stream::iter(calls).buffer_unordered(width).collect().await;
    said.extend(answers);
    Ok(said)
}

/// Why asking would tell nothing.
fn unknown(trial: &Trial<'_>, request: &Request<'_>) -> Option<String> {
    let mut names = BTreeSet::new();
    for mark in marks(trial.target.text()) {
        if let Marked::Expr(expr) = mark.what {
            expr.references(&mut |reference| {
                names.insert(reference_text(reference));
            });
        }
    }
    if !names.is_empty() {
        let names: Vec<_> = names.into_iter().collect();
        return Some(format!("it waits for {}", names.join(", ")));
    }
    let (address, generation) = trial.subject;
    let row = request.recorded.row(address.as_str(), generation);
    if row.is_some_and(|row| matches!(row.phase, Phase::Creating { .. })) {
        return Some("its create was interrupted".into());
    }
    let looked_at = request.observed.objects.contains_key(&(address.clone(), generation));
    (row.is_some() && !looked_at).then(|| "it was not looked at".into())
}

#[derive(Clone, Copy)]
struct Asking<'r> {
    clients: &'r Clients,
    request: &'r Request<'r>,
    patience: Patience,
    /// What the first call said that had no answer.
    silent: &'r OnceLock<String>,
}

impl Asking<'_> {
    async fn ask(self, connected: &Connected, trial: &Trial<'_>, known: Option<Rehearsal>) -> Rehearsal {
        let instead = |why: String| known.unwrap_or_else(|| Rehearsal::not_checkable(why));
        if let Some(why) = self.silent.get() {
            return instead(why.clone());
        }
        match self.call(connected, trial).await {
            Ok(said) => said,
            Err(error) => {
                if *error.meaning() == Meaning::Transient {
                    // Who was first told it; the others say the same.
                    let _ = self.silent.set(error.to_string());
                }
                instead(error.to_string())
            }
        }
    }

    async fn call(self, connected: &Connected, trial: &Trial<'_>) -> Result<Rehearsal> {
        let (node, (address, generation)) = (trial.node, trial.subject);
        let driver = self.clients.driver(connected, node.kind)?;
        let seen = self.seen(trial)?;
        let recorded = self.request.recorded;
        let token = match recorded.row(address.as_str(), generation) {
            Some(row) if seen.is_some() => row.token.to_string(),
            _ => {
                let lineage = recorded.stack.as_ref().map_or("", |stack| &*stack.lineage);
                token(lineage, trial.step.address.as_str(), trial.step.generation)
            }
        };
        let name = &self.request.desired.stack.name;
        let key = self.request.secret_key;
        let cx = Cx::of_object(name, trial.step.address.as_str(), &token, Some(&node.tags)).keyed(key);
        let digests = node.secrets.iter().map(|secret| (secret.digest(key.as_ref()), secret));
        let secrets: Vec<_> = digests.collect();
        let deed = (node.kind.about().family, Verb::Change);
        repeat(self.clients, self.patience, || {
            connected.call(deed, driver.rehearse(&cx, trial.target, seen, &secrets))
        })
        .await
    }

    /// What the step changes, where it stands in the place of what it leads to.
    fn seen(&self, trial: &Trial<'_>) -> Result<Option<&AnySeen>> {
        let key = (trial.subject.0.clone(), trial.subject.1);
        let Some(Sight::Seen(seen)) = self.request.observed.objects.get(&key) else { return Ok(None) };
        if trial.step.action != Action::Create {
            return Ok(Some(seen));
        }
        let kind = trial.node.kind;
        let wanted = kind.key(trial.target.text())?.ok_or_else(|| {
            Error::internal(format!("{} is tried beforehand and has no key", kind.about().family))
        })?;
        Ok((wanted.text() == seen.id.text()).then_some(&**seen))
    }
}
