//! The calls of objects.

use super::{Ask, Client, discovery::Served};
use crate::{
    Cx, Driver, Error, Found, Made, Meaning, Op, Ready, Result, Seen, Sensitive, Tags, Want,
    driver::{Loss, Rehearsal, tags},
    kube::{
        MANAGER, Object, ObjectId, ObjectOutputs,
        object::{STACK_LABEL, Shown, group_of, label, shown},
        removal,
    },
};
use futures_util::{StreamExt as _, TryStreamExt as _, future::BoxFuture, stream};
use http::Method;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{PoisonError, atomic::Ordering},
};

/// What one kind shows.
type Look<'a> = BoxFuture<'a, Result<Vec<Shown>>>;

/// How many lists and reads go on at once.
const WIDTH: usize = 16;
/// How many objects a page of a list holds.
const PAGE: &str = "500";
/// How often an object that is adopted is looked at, while others change it between the look and the call.
const LOOKS: usize = 5;
/// A version that no object has: who applies with it changes nothing that exists.
const NO_VERSION: &str = "1";

impl Client {
    /// The version in which objects of a kind are read.
    fn version(&self, group: &str, kind: &str) -> Option<String> {
        let versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        versions.get(&(group.to_owned(), kind.to_owned())).cloned()
    }

    fn remember(&self, group: &str, kind: &str, version: &str) {
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        versions.insert((group.to_owned(), kind.to_owned()), version.to_owned());
    }

    /// A kind as it is to be read; nothing when the cluster does not serve it.
    async fn readable(&self, group: &str, kind: &str) -> Result<Option<Served>> {
        let version = self.version(group, kind);
        match self.served(group, kind, version.as_deref()).await? {
            Some(served) => Ok(Some(served)),
            None if version.is_some() => self.served(group, kind, None).await,
            None => Ok(None),
        }
    }

    /// A kind as a spec writes it.
    pub(super) async fn writable(&self, object: &Object) -> Result<Served> {
        let group = group_of(&object.api_version);
        let version = object.api_version.rsplit('/').next().unwrap_or_default();
        if let Some(served) = self.served(group, &object.kind, Some(version)).await? {
            return Ok(served);
        }
        let text = format!("the {} serves no {} of {}", self.called, object.kind, object.api_version);
        Err(Error::new(Meaning::NotReady, text).hint("what defines it has to be established before"))
    }

    /// All objects of a kind that carry a stack's label.
    async fn list(&self, served: &Served, namespace: Option<&str>, stack: &str) -> Result<Vec<Shown>> {
        let items = self.items(served, namespace, Some(format!("{STACK_LABEL}={}", label(stack)))).await?;
        let api_version = served.api_version();
        Ok(items.into_iter().map(|item| shown(item, &api_version, &served.kind, &self.rules)).collect())
    }

    /// All objects of a kind that a selector takes, as they are, page by page; none of a kind that is served no more.
    pub(super) async fn items(
        &self,
        served: &Served,
        namespace: Option<&str>,
        selector: Option<String>,
    ) -> Result<Vec<Value>> {
        self.items_as("application/json", served, namespace, selector).await
    }

    /// The same, in a form.
    pub(super) async fn items_as(
        &self,
        accept: &'static str,
        served: &Served,
        namespace: Option<&str>,
        selector: Option<String>,
    ) -> Result<Vec<Value>> {
        let known = self.discovery().await?;
        let path = served.path(namespace);
        let mut all = vec![];
        let mut next = String::new();
        loop {
            let mut ask = Ask::read(format!("list {}", served.resource()), &path).query("limit", PAGE);
            ask.accept = accept;
            if let Some(selector) = &selector {
                ask = ask.query("labelSelector", selector.clone());
            }
            if !next.is_empty() {
                ask = ask.query("continue", next.clone());
            }
            let answer = self.ask(&ask).await;
            let Some(mut answer) = self.unless_gone(&known, served, answer).await? else { return Ok(all) };
            if let Some(Value::Array(items)) = answer.get_mut("items").map(Value::take) {
                all.extend(items);
            }
            match answer.pointer("/metadata/continue").and_then(Value::as_str) {
                Some(more) if !more.is_empty() => more.clone_into(&mut next),
                _ => return Ok(all),
            }
        }
    }

    /// The stack's objects of a kind in these namespaces: one list, or where the caller may not list all namespaces, one for each.
    async fn list_in(
        &self,
        served: &Served,
        namespaces: &BTreeSet<Option<&str>>,
        stack: &str,
    ) -> Result<Vec<Shown>> {
        let names: Vec<&str> = namespaces.iter().copied().flatten().collect();
        if let ([only], 1) = (&names[..], namespaces.len()) {
            return self.list(served, Some(*only), stack).await;
        }
        if !self.narrow.load(Ordering::Relaxed) || names.len() < namespaces.len() {
            match self.list(served, None, stack).await {
                Err(error)
                    if matches!(error.meaning(), Meaning::Denied { .. })
                        && names.len() == namespaces.len() =>
                {
                    self.narrow.store(true, Ordering::Relaxed);
                }
                listed => return listed,
            }
        }
        let mut lists: Vec<Look<'_>> = Vec::with_capacity(names.len());
        for name in names {
            lists.push(Box::pin(self.list(served, Some(name), stack)));
        }
        let all: Vec<Vec<Shown>> = stream::iter(lists).buffered(WIDTH).try_collect().await?;
        Ok(all.into_iter().flatten().collect())
    }

    async fn read(&self, served: &Served, id: &ObjectId) -> Result<Option<Shown>> {
        let known = self.discovery().await?;
        let path = served.path_of(id)?;
        match self.ask(&Ask::read(format!("get {} {id}", served.resource()), &path)).await {
            Err(error) if *error.meaning() == Meaning::NotFound && error.api_code() == Some("NotFound") => {
                Ok(None)
            }
            answer => {
                let answer = self.unless_gone(&known, served, answer).await?;
                Ok(answer.map(|answer| shown(answer, &served.api_version(), &served.kind, &self.rules)))
            }
        }
    }

    /// Objects of one kind: one list of the stack's, and a read for each that is not among them.
    async fn of_kind(&self, stack: &str, group: &str, kind: &str, ids: Vec<ObjectId>) -> Result<Vec<Shown>> {
        let Some(served) = self.readable(group, kind).await? else { return Ok(vec![]) };
        let seen = self.in_version(&served, stack, &ids).await?;
        // What was written in another version is declared in that one too.
        let Some(applied) = seen.iter().find_map(|one| one.object.version_written()) else { return Ok(seen) };
        if group_of(&applied) != group || applied == served.api_version() {
            return Ok(seen);
        }
        let version = applied.rsplit('/').next().unwrap_or_default();
        let Some(served) = self.served(group, kind, Some(version)).await? else { return Ok(seen) };
        self.remember(group, kind, version);
        self.in_version(&served, stack, &ids).await
    }

    async fn in_version(&self, served: &Served, stack: &str, ids: &[ObjectId]) -> Result<Vec<Shown>> {
        let mut wanted: BTreeSet<&ObjectId> = ids.iter().collect();
        let mut seen = vec![];
        let (api_version, now) = (served.api_version(), self.opened.elapsed());
        wanted.retain(|id| {
            let answered = self.answers.take(id, &api_version, now);
            let is_known = answered.is_some();
            seen.extend(answered);
            !is_known
        });
        if wanted.len() > 1 {
            let namespaces: BTreeSet<_> = wanted.iter().map(|id| id.namespace.as_deref()).collect();
            let all = self.list_in(served, &namespaces, stack).await?;
            seen.extend(all.into_iter().filter(|one| wanted.remove(&one.object.id())));
        }
        let mut reads: Vec<BoxFuture<'_, Result<Option<Shown>>>> = Vec::with_capacity(wanted.len());
        for id in wanted {
            reads.push(Box::pin(self.read(served, id)));
        }
        let rest: Vec<_> = stream::iter(reads).buffered(WIDTH).try_collect().await?;
        seen.extend(rest.into_iter().flatten());
        Ok(seen)
    }

    /// Puts secret values back into what we have applied: they are kept nowhere, so the server is asked for them.
    async fn reveal(&self, id: &ObjectId, manifest: &mut Value, ours: &mut Object) -> Result<()> {
        let Some(served) = self.readable(&id.group, &id.kind).await? else { return Ok(()) };
        let path = served.path_of(id)?;
        let is = self.ask(&Ask::read(format!("get {} {id}", served.resource()), &path)).await?;
        for (at, secret) in ours.secrets.iter_mut().flatten() {
            if let (Some(slot), Some(value)) = (manifest.pointer_mut(at), is.pointer(at)) {
                slot.clone_from(value);
                *secret = Sensitive::new(value.clone());
            }
        }
        Ok(())
    }

    /// A manifest that makes what is missing, and changes nothing that exists; but for what is nobody's, where that is adopted.
    pub(super) async fn newly(&self, cx: &Cx, object: &Object) -> Result<Value> {
        let found = if object.adopt == Some(true) { self.unowned(cx, object).await? } else { None };
        Ok(of_version(object.manifest(&cx.tags)?, found.unwrap_or_else(|| NO_VERSION.into())))
    }

    /// The version of an object that exists and is nobody's.
    async fn unowned(&self, cx: &Cx, object: &Object) -> Result<Option<Value>> {
        let served = self.writable(object).await?;
        let id = object.id();
        let path = served.path_of(&id)?;
        let mut answer = match self.ask(&Ask::read(format!("get {} {id}", served.resource()), &path)).await {
            Ok(answer) => answer,
            Err(error) if *error.meaning() == Meaning::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let version = answer.pointer_mut("/metadata/resourceVersion").map(Value::take);
        let shown = shown(answer, &served.api_version(), &served.kind, &self.rules);
        match shown.tags.get(tags::TOKEN) {
            Some(token) if cx.tags.get(tags::TOKEN) != Some(token) => {
                let stack = shown.tags.get(tags::STACK).map_or("?", String::as_str);
                let text = format!("{id} belongs to stack `{stack}`");
                Err(Error::new(Meaning::AlreadyExists, text)
                    .hint("give another name, or let that stack release it"))
            }
            _ => Ok(version),
        }
    }

    /// Applies a manifest.
    async fn apply(&self, object: &Object, manifest: &Value, force: bool) -> Result<()> {
        let served = self.writable(object).await?;
        let id = object.id();
        let path = served.path_of(&id)?;
        self.answers.forget(&id);
        let answer = self.ask(&applying(&served, &path, object, manifest, force)).await?;
        self.remember(&served.group, &served.kind, &served.version);
        let shown = shown(answer, &served.api_version(), &served.kind, &self.rules);
        self.answers.keep(id, shown, self.opened.elapsed());
        Ok(())
    }
}

/// A manifest that is for an object as it is in one version, and in no other.
fn of_version(mut manifest: Value, version: Value) -> Value {
    if let Some(metadata) = manifest.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.insert("resourceVersion".into(), version);
    }
    manifest
}

/// The call that applies a manifest.
pub(super) fn applying<'a>(
    served: &Served,
    path: &'a str,
    object: &Object,
    manifest: &'a Value,
    force: bool,
) -> Ask<'a> {
    let what = format!("apply {} {}", served.resource(), object.id());
    let mut ask = Ask::write(what, Method::PATCH, path, manifest)
        .query("fieldManager", MANAGER)
        .query("fieldValidation", "Strict")
        .query("force", force.to_string());
    ask.content = "application/apply-patch+yaml";
    ask.secrets = object.secret_texts();
    ask
}

/// Whether what an apply finds of other managers becomes ours.
pub(super) fn takes_over(object: &Object, seen: Option<&Seen<Object>>) -> bool {
    object.take_over == Some(true) || seen.is_some_and(|seen| seen.spec.is_handed_over())
}

/// What the engine is shown.
fn seen(one: Shown) -> Seen<Object> {
    Seen {
        id: one.object.id(),
        tags: one.tags,
        outputs: ObjectOutputs { uid: one.uid, told: one.values },
        spec: one.object,
        state: one.state,
    }
}

impl Driver<Object> for Client {
    async fn find(&self, cx: &Cx, want: &Want<ObjectId>, found: &mut Found) -> Result<()> {
        let all: Vec<Vec<Shown>> = match want {
            Want::Ids(ids) => {
                let mut kinds: BTreeMap<(&str, &str), Vec<ObjectId>> = BTreeMap::new();
                for id in ids {
                    kinds.entry((&id.group, &id.kind)).or_default().push(id.clone());
                }
                let mut looks: Vec<Look<'_>> = Vec::with_capacity(kinds.len());
                for ((group, kind), ids) in kinds {
                    looks.push(Box::pin(self.of_kind(&cx.stack, group, kind, ids)));
                }
                stream::iter(looks).buffered(WIDTH).try_collect().await?
            }
            Want::All | Want::Owned { .. } => {
                // Kinds come and go with their definitions.
                let discovery = self.rediscover().await?;
                let mut lists: Vec<Look<'_>> = vec![];
                for served in discovery.listed() {
                    lists.push(Box::pin(self.list(served, None, &cx.stack)));
                }
                let mut all: Vec<Vec<Shown>> = stream::iter(lists).buffered(WIDTH).try_collect().await?;
                // Labels are copied onto what is made of an object; tokens are not, and neither is what a controller makes ours.
                let token = |one: &Shown| one.tags.get(tags::TOKEN).cloned();
                for list in &mut all {
                    list.retain(|one| {
                        !one.controlled
                            && match want {
                                Want::Owned { token: wanted } => token(one).as_ref() == Some(wanted),
                                _ => token(one).is_some(),
                            }
                    });
                }
                all
            }
        };
        let mut all: Vec<Shown> = all.into_iter().flatten().collect();
        self.judge(cx, &mut all).await;
        let mut uids: HashMap<String, ()> = HashMap::new();
        for one in all {
            // Some kinds are served by two groups.
            if uids.insert(one.uid.clone(), ()).is_none() {
                found.push(seen(one));
            }
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<Object>) -> Result<Made<ObjectId>> {
        let mut looks = 1;
        loop {
            let manifest = self.newly(cx, spec).await?;
            let error = match self.apply(spec, &manifest, false).await {
                Ok(()) => return Ok(spec.id().into()),
                Err(error) => error,
            };
            if *error.meaning() != Meaning::Conflict || error.api_code() != Some("Conflict") {
                return Err(error);
            }
            // Who adopts looks again: a controller has made or changed it between the look and the call, which had no effect.
            if spec.adopt == Some(true) && looks < LOOKS {
                looks += 1;
                continue;
            }
            let text = format!("{} exists already", spec.id());
            return Err(Error::new(Meaning::AlreadyExists, text)
                .hint("import it, or give another name")
                .because(error));
        }
    }

    async fn change(&self, cx: &Cx, seen: &Seen<Object>, to: &Ready<Object>) -> Result<Option<Op>> {
        let manifest = to.manifest(&cx.tags)?;
        self.apply(to, &manifest, takes_over(to, Some(seen))).await.map(|()| None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<Object>) -> Result<Option<Op>> {
        let Some(served) = self.readable(&seen.id.group, &seen.id.kind).await? else { return Ok(None) };
        let path = served.path_of(&seen.id)?;
        self.answers.forget(&seen.id);
        let options = json!({
            "kind": "DeleteOptions",
            "apiVersion": "v1",
            "propagationPolicy": removal::propagation(&seen.id.group, &seen.id.kind),
            "preconditions": {"uid": seen.outputs.uid},
        });
        let what = format!("delete {} {}", served.resource(), seen.id);
        self.ask(&Ask::write(what, Method::DELETE, &path, &options)).await.map(|_| None)
    }

    async fn losses(&self, _: &Cx, seen: &[Seen<Object>]) -> Result<Vec<Option<Loss>>> {
        self.losses_with(seen).await
    }

    async fn rehearse(
        &self,
        cx: &Cx,
        spec: &Ready<Object>,
        seen: Option<&Seen<Object>>,
    ) -> Result<Rehearsal> {
        self.rehearse_object(cx, spec, seen).await
    }

    async fn retag(&self, cx: &Cx, seen: &Seen<Object>, set: &Tags, unset: &[String]) -> Result<()> {
        let _ = cx;
        let mut tags = seen.tags.clone();
        tags.extend(set.iter().map(|(key, value)| (key.clone(), value.clone())));
        tags.retain(|key, _| !unset.contains(key));
        // An apply that leaves out what we applied before would remove it.
        let mut ours = seen.spec.clone();
        ours.body = seen.spec.ours();
        let mut manifest = ours.tagged(&tags);
        if ours.secrets.is_some() {
            self.reveal(&seen.id, &mut manifest, &mut ours).await?;
        }
        self.apply(&ours, &manifest, false).await
    }
}
