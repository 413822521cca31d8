//! Whether what was seen is ready, with what stands around it: pods, events, classes, endpoints.
//!
//! Most objects are ready by themselves, and nothing is asked for them. What is not at the first look is asked about from the second
//! look on: what starts quickly costs no call. Nor is anything asked about what its controller has not seen yet: nobody has made
//! anything for it that could tell more.

use super::{Ask, Client, discovery::Served};
use crate::{
    Result, SeenState,
    driver::Cx,
    kube::{
        object::Shown,
        ready::{Around, Readiness, Rules, generation_behind, readiness},
        removal,
        selector::selects,
        view::View,
    },
};
use futures_util::{
    StreamExt as _,
    future::{self, BoxFuture},
    stream,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// How many lists go on at once.
const WIDTH: usize = 16;
/// How many objects that hold a namespace are named.
const NAMED: usize = 3;

/// What was seen before of objects that were not ready, by uid.
#[derive(Debug, Default)]
pub(super) struct Waits(Mutex<HashMap<String, Wait>>);

#[derive(Debug)]
struct Wait {
    /// What failed, and since when it is the same.
    trouble: Option<(String, Duration)>,
}

impl Waits {
    /// Whether it was seen before.
    fn knows(&self, uid: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(uid)
    }

    /// What the engine is told of what was found at a time.
    fn state(&self, uid: &str, found: Readiness, now: Duration, grace: Duration) -> SeenState {
        let mut waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let trouble = match &found {
            Readiness::Ready => {
                waits.remove(uid);
                return SeenState::Ready;
            }
            Readiness::Pending(_) => None,
            Readiness::Failed(cause) => Some(&cause.reason),
        };
        let wait = waits.entry(uid.to_owned()).or_insert(Wait { trouble: None });
        let since = match (trouble, wait.trouble.take()) {
            (None, _) => None,
            (Some(reason), Some((before, since))) if before == *reason => Some((before, since)),
            (Some(reason), _) => Some((reason.clone(), now)),
        };
        let unchanged_for = since.as_ref().map_or(Duration::ZERO, |(_, since)| now.saturating_sub(*since));
        wait.trouble = since;
        found.after(unchanged_for, grace)
    }
}

/// What was asked for.
#[derive(Debug, Default)]
struct Found {
    pods: BTreeMap<String, Vec<Value>>,
    events: BTreeMap<String, Vec<Value>>,
    classes: BTreeMap<String, Value>,
    slices: Vec<Value>,
}

/// What to ask for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wanted {
    pods: BTreeSet<String>,
    events: BTreeSet<String>,
    classes: BTreeSet<String>,
    /// Namespaces of services.
    slices: BTreeSet<String>,
}

impl Wanted {
    /// What tells more about an object that is not ready.
    fn about(&mut self, object: View<'_>) {
        let namespace = object.namespace().map(str::to_owned);
        if let Some(namespace) = &namespace {
            self.events.insert(namespace.clone());
        }
        let is_claim = (object.group(), object.kind()) == ("", "PersistentVolumeClaim");
        if is_claim || object.at("/spec/selector").is_some() {
            self.pods.extend(namespace);
        }
        if is_claim {
            self.classes.extend(object.text("/spec/storageClassName").map(str::to_owned));
        }
    }

    /// The services behind what extends the API.
    fn behind(&mut self, object: View<'_>) {
        let services =
            object.list("/webhooks").filter_map(|webhook| webhook.text("/clientConfig/service/namespace"));
        self.slices.extend(services.chain(object.text("/spec/service/namespace")).map(str::to_owned));
    }
}

/// Whether readiness is decided by who answers behind it.
fn is_answered_by_others(object: View<'_>) -> bool {
    matches!(object.group(), "admissionregistration.k8s.io" | "apiregistration.k8s.io")
}

/// Whether anything around an object could tell why it is not ready.
fn can_be_told_more_of(object: View<'_>) -> bool {
    generation_behind(object).is_none() && !object.is_being_deleted()
}

impl Client {
    /// Judges what was seen. Where nobody waits for it (`cx` is of no object), nothing more is asked for than was known before.
    pub(super) async fn judge(&self, cx: &Cx, shown: &mut [Shown]) {
        // A call about one object is made by whoever waits for it.
        let waits = !cx.token.is_empty();
        let mut open: Vec<&mut Shown> = shown.iter_mut().filter(|one| one.raw.is_some()).collect();
        let mut wanted = Wanted::default();
        for raw in open.iter().filter_map(|one| Some((&one.uid, one.raw.as_ref()?))).filter(|_| waits) {
            let (uid, object) = (raw.0, View(raw.1));
            if is_answered_by_others(object) {
                wanted.behind(object);
            }
            if self.waits.knows(uid) && can_be_told_more_of(object) {
                wanted.about(object);
            }
        }
        let found = self.surroundings(&wanted).await;
        for one in &mut open {
            let Some(raw) = &one.raw else { continue };
            let own = one.rule.clone().map(|rule| {
                let object = View(raw);
                Rules::default().kind(object.group(), object.kind(), rule)
            });
            let now = found.readiness(raw, own.as_ref().unwrap_or(&self.rules), waits);
            let deleting = matches!(now, Readiness::Pending(_)) && View(raw).is_being_deleted();
            let seen_before = self.waits.knows(&one.uid);
            let mut state = self.waits.state(&one.uid, now, self.opened.elapsed(), self.grace);
            if deleting && waits {
                state = SeenState::Pending(self.held(raw, seen_before).await);
            }
            one.judged(state);
        }
    }

    async fn surroundings(&self, wanted: &Wanted) -> Found {
        let mut found = Found::default();
        if *wanted == Wanted::default() {
            return found;
        }
        let (found_pods, found_events, slices, classes) = future::join4(
            self.in_namespaces("", "v1", "Pod", "pods", &wanted.pods),
            self.in_namespaces("", "v1", "Event", "events", &wanted.events),
            self.in_namespaces("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", &wanted.slices),
            self.classes(&wanted.classes),
        )
        .await;
        (found.pods, found.events, found.classes) = (found_pods, found_events, classes);
        found.slices = slices.into_values().flatten().collect();
        found
    }

    /// All objects of a kind in some namespaces. What cannot be listed is left out: it would only have told more.
    async fn in_namespaces(
        &self,
        group: &str,
        version: &str,
        kind: &str,
        plural: &str,
        namespaces: &BTreeSet<String>,
    ) -> BTreeMap<String, Vec<Value>> {
        let served = &Served {
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
            plural: plural.into(),
            namespaced: true,
            listed: true,
        };
        let mut lists: Vec<BoxFuture<'_, _>> = Vec::with_capacity(namespaces.len());
        for namespace in namespaces {
            lists.push(Box::pin(async move {
                let items = self.items(served, Some(namespace), None).await.unwrap_or_default();
                (namespace.clone(), items)
            }));
        }
        stream::iter(lists).buffer_unordered(WIDTH).collect().await
    }

    async fn classes(&self, names: &BTreeSet<String>) -> BTreeMap<String, Value> {
        let mut reads: Vec<BoxFuture<'_, _>> = Vec::with_capacity(names.len());
        for name in names {
            reads.push(Box::pin(async move {
                let path = format!("/apis/storage.k8s.io/v1/storageclasses/{}", super::encode(name));
                let class = self.ask(&Ask::read("get storageclasses.storage.k8s.io", &path)).await;
                class.ok().map(|class| (name.clone(), class))
            }));
        }
        let read: Vec<Option<_>> = stream::iter(reads).buffer_unordered(WIDTH).collect().await;
        read.into_iter().flatten().collect()
    }

    /// Why an object that is being deleted is still there: its finalizers, or what is left in a namespace.
    async fn held(&self, object: &Value, seen_before: bool) -> String {
        let mut blockers: Vec<String> = vec![];
        let view = View(object);
        if seen_before && (view.group(), view.kind()) == ("", "Namespace") {
            blockers = self.left_in(view).await.unwrap_or_default();
        }
        blockers.extend(removal::blockers(object).iter().map(ToString::to_string));
        match blockers.as_slice() {
            [] => "it is being deleted".into(),
            all => format!("it is being deleted, and waits: {}", all.join("; ")),
        }
    }

    /// The objects that hold a namespace, as far as its conditions name their kinds.
    async fn left_in(&self, namespace: View<'_>) -> Result<Vec<String>> {
        let remaining = namespace.condition("NamespaceContentRemaining").filter(|one| one.is_true());
        let Some(remaining) = remaining else { return Ok(vec![]) };
        let discovery = self.discovery().await?;
        let mut named = vec![];
        for served in discovery.listed().filter(|one| one.namespaced) {
            // `widgets.example.com has 1 resource instances`; those of the core group end in a point.
            let says = format!("{}.{} has ", served.plural, served.group);
            if !remaining.message().contains(&says) {
                continue;
            }
            for mut item in self.items(served, Some(namespace.name()), None).await? {
                if let Some(item) = item.as_object_mut() {
                    item.insert("kind".into(), served.kind.as_str().into());
                }
                named.extend(removal::blockers(&item).iter().map(ToString::to_string));
                if named.len() >= NAMED {
                    return Ok(named);
                }
            }
        }
        Ok(named)
    }
}

impl Found {
    fn readiness(&self, object: &Value, rules: &Rules, waits: bool) -> Readiness {
        let view = View(object);
        let namespace = view.namespace().unwrap_or_default();
        let none = vec![];
        let all = self.pods.get(namespace).unwrap_or(&none);
        let mine: Vec<Value>;
        let pods = match view.at("/spec/selector") {
            Some(selector) => {
                let empty = Value::Null;
                let labels =
                    |pod: &Value| selects(selector, View(pod).at("/metadata/labels").unwrap_or(&empty));
                mine = all.iter().filter(|pod| labels(pod)).cloned().collect();
                &mine
            }
            None => all,
        };
        let around = Around {
            pods,
            events: self.events.get(namespace).unwrap_or(&none),
            storage_class: self.classes.get(view.word("/spec/storageClassName")),
            endpoint_slices: (waits && is_answered_by_others(view)).then_some(&*self.slices),
        };
        readiness(object, &around, rules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::ready::{Cause, GRACE, Outlook};
    use serde_json::json;

    fn failed(reason: &str) -> Readiness {
        Readiness::Failed(Cause {
            reason: reason.into(),
            what: String::new(),
            fix: String::new(),
            outlook: Outlook::MayPass,
        })
    }

    #[test]
    fn a_failure_is_believed_when_it_has_been_the_same_for_its_grace() {
        let waits = Waits::default();
        let half = GRACE / 2;
        let pending = |state: &SeenState| matches!(state, SeenState::Pending(_));
        assert!(pending(&waits.state("a", failed("ImagePullBackOff"), half, GRACE)));
        assert!(
            pending(&waits.state("a", failed("CrashLoopBackOff"), half * 2, GRACE)),
            "another failure begins anew"
        );
        assert!(pending(&waits.state("a", failed("CrashLoopBackOff"), half * 3, GRACE)));
        assert!(matches!(
            waits.state("a", failed("CrashLoopBackOff"), half * 4, GRACE),
            SeenState::Failed(_)
        ));
        assert!(waits.knows("a"));
        assert_eq!(waits.state("a", Readiness::Ready, half * 5, GRACE), SeenState::Ready);
        assert!(!waits.knows("a"));
    }

    #[test]
    fn nothing_is_asked_about_what_its_controller_has_not_seen_or_what_goes() {
        let told = |metadata: Value, status: Value| {
            let object = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "status": status });
            can_be_told_more_of(View(&object))
        };
        assert!(!told(json!({ "generation": 1 }), json!({})));
        assert!(!told(json!({ "generation": 2 }), json!({ "observedGeneration": 1 })));
        assert!(told(json!({ "generation": 2 }), json!({ "observedGeneration": 2 })));
        let goes = json!({ "generation": 2, "deletionTimestamp": "2020-01-01T00:00:00Z" });
        assert!(!told(goes, json!({ "observedGeneration": 2 })));
    }

    #[test]
    fn what_is_pending_again_has_no_failure_behind_it() {
        let waits = Waits::default();
        waits.state("a", failed("Unschedulable"), Duration::ZERO, GRACE);
        waits.state("a", Readiness::Pending("1 of 2".into()), Duration::ZERO, GRACE);
        let later = GRACE;
        assert!(matches!(waits.state("a", failed("Unschedulable"), later, GRACE), SeenState::Pending(_)));
    }
}
