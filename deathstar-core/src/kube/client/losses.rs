//! What is lost with objects: data on volumes, instances of definitions, and what others keep in a namespace.

use super::{Ask, Client, discovery::Served, encode};
use crate::{
    Result, Seen,
    driver::Loss,
    kube::{
        Object, ObjectId,
        removal::{Alongside, loss},
        view::View,
    },
};
use futures_util::{StreamExt as _, TryStreamExt as _, future::BoxFuture, stream};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What one list shows, with its kind.
type Look<'a> = BoxFuture<'a, Result<Vec<(&'a Served, Value)>>>;

/// How many lists go on at once.
const WIDTH: usize = 16;
/// How many namespaces are looked into one by one. For more, one list of each kind costs less.
const ONE_BY_ONE: usize = 3;
/// What the control plane itself makes, in every namespace or of what is there: no one loses it.
const MADE: [(&str, &str); 5] = [
    ("", "Endpoints"),
    ("", "Event"),
    ("discovery.k8s.io", "EndpointSlice"),
    ("events.k8s.io", "Event"),
    ("metrics.k8s.io", "PodMetrics"),
];
/// The same, by name.
const NAMED: [(&str, &str); 2] = [("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")];

impl Client {
    /// What is lost with each of these objects when all of them are deleted.
    pub(super) async fn losses_with(&self, seen: &[Seen<Object>]) -> Result<Vec<Option<Loss>>> {
        let going: BTreeSet<ObjectId> = seen.iter().map(|one| one.id.clone()).collect();
        let namespaces = seen.iter().filter(|one| is(one, "", "Namespace")).map(|one| one.id.name.as_str());
        let mut inside = self.inside(&namespaces.collect(), &going).await?;
        let mut all = Vec::with_capacity(seen.len());
        for one in seen {
            let whole = one.spec.whole();
            let mut alongside = Alongside::default();
            let (volume, objects);
            if is(one, "", "PersistentVolumeClaim") {
                volume = self.volume(View(&whole)).await?;
                alongside.volume = volume.as_ref();
            } else if is(one, "", "Namespace") {
                objects = inside.remove(&one.id.name).unwrap_or_default();
                alongside.objects = &objects;
            } else if is(one, "apiextensions.k8s.io", "CustomResourceDefinition") {
                objects = self.instances(View(&whole), &going).await?;
                alongside.objects = &objects;
            }
            all.push(loss(&whole, &alongside));
        }
        Ok(all)
    }

    /// The volume that a claim is bound to.
    async fn volume(&self, claim: View<'_>) -> Result<Option<Value>> {
        let Some(name) = claim.text("/spec/volumeName") else { return Ok(None) };
        let path = format!("/api/v1/persistentvolumes/{}", encode(name));
        match self.ask(&Ask::read(format!("get persistentvolumes {name}"), &path)).await {
            Ok(volume) => Ok(Some(volume)),
            Err(error) if *error.meaning() == crate::Meaning::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The custom resources of a definition that stay.
    async fn instances(&self, definition: View<'_>, going: &BTreeSet<ObjectId>) -> Result<Vec<Value>> {
        let (group, kind) = (definition.word("/spec/group"), definition.word("/spec/names/kind"));
        let Some(served) = self.served(group, kind, None).await? else { return Ok(vec![]) };
        let all = self.metadata(&served, None).await?;
        Ok(all.into_iter().filter(|one| !going.contains(&id(&served, one))).collect())
    }

    /// What is in namespaces and stays, by namespace.
    async fn inside(
        &self,
        namespaces: &BTreeSet<&str>,
        going: &BTreeSet<ObjectId>,
    ) -> Result<BTreeMap<String, Vec<Value>>> {
        let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        if namespaces.is_empty() {
            return Ok(found);
        }
        let discovery = self.rediscover().await?;
        let places: Vec<Option<&str>> = if namespaces.len() > ONE_BY_ONE {
            vec![None]
        } else {
            namespaces.iter().copied().map(Some).collect()
        };
        let mut lists: Vec<Look<'_>> = vec![];
        for served in discovery.listed().filter(|served| served.namespaced && !is_made(served)) {
            for place in &places {
                lists.push(Box::pin(async move {
                    let items = self.metadata(served, *place).await?;
                    Ok(items.into_iter().map(|item| (served, item)).collect())
                }));
            }
        }
        let mut uids = BTreeSet::new();
        let all: Vec<Vec<_>> = stream::iter(lists).buffered(WIDTH).try_collect().await?;
        for (served, item) in all.into_iter().flatten() {
            let view = View(&item);
            let namespace = view.namespace().unwrap_or_default();
            let own = NAMED.contains(&(view.kind(), view.name()))
                || view.list("/metadata/ownerReferences").next().is_some();
            // Some kinds are served by two groups.
            let is_new = uids.insert(view.word("/metadata/uid").to_owned());
            if is_new && !own && namespaces.contains(namespace) && !going.contains(&id(served, &item)) {
                found.entry(namespace.to_owned()).or_default().push(item);
            }
        }
        Ok(found)
    }

    /// The metadata of all objects of a kind.
    async fn metadata(&self, served: &Served, namespace: Option<&str>) -> Result<Vec<Value>> {
        let accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
        let mut items = self.items_as(accept, served, namespace, None).await?;
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            item.insert("kind".into(), served.kind.as_str().into());
            item.insert("apiVersion".into(), served.api_version().into());
        }
        Ok(items)
    }
}

fn is(seen: &Seen<Object>, group: &str, kind: &str) -> bool {
    seen.id.group == group && seen.id.kind == kind
}

fn is_made(served: &Served) -> bool {
    MADE.contains(&(served.group.as_str(), served.kind.as_str()))
}

fn id(served: &Served, object: &Value) -> ObjectId {
    let view = View(object);
    ObjectId {
        group: served.group.clone(),
        kind: served.kind.clone(),
        namespace: view.namespace().map(str::to_owned),
        name: view.name().to_owned(),
    }
}
