//! Looking for objects that no journal knows: to import them, or to rebuild a journal that is lost.

mod claim;
mod import;
mod recover;
mod untagged;

pub(crate) use import::Wanted;

use super::{
    Clients,
    ledger::Known,
    observe::{Answers, Looked, Sights, connect, facts, group},
    retry::Patience,
};
use crate::{
    Catalogue, Error, Raw, Result,
    erase::AnyKind,
    graph::{Address, Node, Reference},
    plan::{Desired, Observed, Values, fragment, resolve},
    state::{ConnectionRow, Record, Recorded},
};
use futures_util::{StreamExt, TryStreamExt, future::BoxFuture, stream};
use std::{borrow::Cow, collections::BTreeMap};

/// How many lists are read at once.
const WIDTH: usize = 16;

/// What is recorded, and what is found beside it.
pub(crate) struct Survey<'s> {
    pub(crate) clients: &'s Clients,
    pub(crate) desired: &'s Desired<'s>,
    pub(crate) patience: Patience,
    pub(crate) secret_key: Option<[u8; 32]>,
    /// The recorded state, and rows of what was found.
    pub(crate) recorded: Recorded,
    pub(crate) observed: Observed,
    /// For each declared connection its number, once it is known.
    numbers: Vec<Option<u32>>,
}

impl<'s> Survey<'s> {
    pub(crate) fn new(
        clients: &'s Clients,
        desired: &'s Desired<'s>,
        patience: Patience,
        secret_key: Option<[u8; 32]>,
        recorded: &Recorded,
        observed: Observed,
    ) -> Self {
        let numbers = vec![None; desired.stack.providers.len()];
        Self { clients, desired, patience, secret_key, recorded: recorded.clone(), observed, numbers }
    }

    /// Adds a record; the digest of what is really recorded lies elsewhere.
    fn put(&mut self, record: Record) {
        self.recorded.apply(record, b"");
    }

    /// Asks the facts whose questions are known by now.
    async fn ask(&mut self, refresh: bool) -> Result<()> {
        facts(self.clients, self.desired, &self.recorded, self.patience, &mut self.observed, refresh).await
    }

    fn node(&self, address: &str) -> Option<(u32, &'s Node)> {
        let index = self.desired.stack.index.get(address)?;
        Some((*index, &self.desired.stack.nodes[*index as usize]))
    }

    fn needs(&self, node: u32) -> Vec<Address> {
        let nodes = &self.desired.stack.nodes;
        self.desired.needs.of(node).iter().map(|need| nodes[*need as usize].address.clone()).collect()
    }

    /// The number of a declared connection; none while its config is not known.
    fn connection(&mut self, provider: u32) -> Result<Option<u32>> {
        let slot = provider as usize;
        if let Some(number) = self.numbers.get(slot).copied().flatten() {
            return Ok(Some(number));
        }
        let Some(declared) = self.desired.stack.providers.get(slot) else { return Ok(None) };
        let Some(config) = self.complete(&declared.config, str::to_owned)? else { return Ok(None) };
        let place = (declared.place)(config.text());
        let known = self.recorded.connections.iter().rev().find(|other| {
            *other.name == *declared.name
                && *other.provider == *declared.provider
                && (declared.place)(other.config.text()) == place
        });
        let number = if let Some(known) = known {
            known.number
        } else {
            let all = self.recorded.connections.iter();
            let number = all.map(|other| other.number + 1).max().unwrap_or(0);
            let (name, provider) = ((&*declared.name).into(), declared.provider.into());
            let hosts = self.recorded.standing(&declared.hosts);
            self.put(Record::Connection(ConnectionRow { number, name, provider, config, hosts }));
            number
        };
        self.numbers[slot] = Some(number);
        Ok(Some(number))
    }

    /// The resolved spec of a declared node; none while something in it is not known.
    fn target(&self, node: &Node) -> Result<Option<Raw>> {
        let key = self.secret_key.as_ref();
        self.complete(&node.spec, |name| {
            let number: usize = name.parse().unwrap_or(usize::MAX);
            node.secrets.get(number).map_or_else(|| name.to_owned(), |secret| secret.digest(key))
        })
    }

    fn complete(&self, text: &Raw, secret: impl Fn(&str) -> String) -> Result<Option<Raw>> {
        let marks = crate::graph::marks(text.text());
        if marks.is_empty() {
            return Ok(Some(text.clone()));
        }
        let known = Known { recorded: &self.recorded, catalogue: self.clients.catalogue() };
        let values = Found { answers: Answers { known, observed: &self.observed } };
        let resolved = resolve(text.text(), &marks, &values, secret)?;
        if !resolved.complete {
            return Ok(None);
        }
        Raw::parse(resolved.text.into_owned())
            .map(Some)
            .map_err(|error| Error::internal("a resolved spec is no JSON").because(error))
    }

    /// Looks for objects by their ids; the answer is in no order.
    async fn look<'r>(&self, wanted: Vec<Looked<'r>>) -> Result<Sights<'r>> {
        let mut groups: BTreeMap<(u32, &'static str), Vec<Looked<'r>>> = BTreeMap::new();
        for one in wanted {
            groups.entry((one.row.connection, one.kind.about().shown_by)).or_default().push(one);
        }
        let cx = self.clients.of_stack.clone();
        let mut looks: Vec<BoxFuture<'_, Result<Sights<'r>>>> = Vec::with_capacity(groups.len());
        for ((number, _), looked) in groups {
            let cx = &cx;
            looks.push(Box::pin(async move {
                let connected = connect(self.clients, &self.recorded, number).await?;
                let (sights, _) = group(self.clients, &connected, cx, looked, self.patience).await?;
                Ok(sights)
            }));
        }
        let found: Vec<Sights<'r>> = stream::iter(looks).buffered(WIDTH).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// Values of what is recorded or was found, also of what is not ready yet.
struct Found<'f> {
    answers: Answers<'f>,
}

impl Values for Found<'_> {
    fn value(&self, reference: &Reference) -> Option<Cow<'_, str>> {
        if let Some(value) = self.answers.value(reference) {
            return Some(value);
        }
        let row = self.answers.known.recorded.newest(reference.at.as_str()).filter(|_| !reference.import)?;
        match &*reference.path {
            "/id" => Some(row.phase.id()?.text().into()),
            path => fragment(row.phase.spec().text(), path.strip_prefix("/spec")?).map(Cow::Borrowed),
        }
    }

    fn catalogue(&self) -> &Catalogue {
        self.answers.catalogue()
    }
}

/// The name that a row keeps of a kind chosen by value.
fn kind_name(kind: &dyn AnyKind, spec: &Raw) -> Option<Box<str>> {
    let name = kind.name(spec.text());
    (*name != *kind.about().family).then(|| name.as_ref().into())
}
