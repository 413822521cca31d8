//! What an object needs without naming it.

use super::pattern::places;
use super::reference::pod_spec;
use super::{Rank, Reference, Target};
use crate::kube::ObjectId;
use crate::kube::view::View;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Custom resources of which a controller makes a secret, and where they name it; of those that do not, it has their own name.
///
/// Sources: documentation of cert-manager, External Secrets and Sealed Secrets.
const SECRET_MAKERS: &[(&str, &str, &str)] = &[
    ("bitnami.com", "SealedSecret", "/spec/template/metadata/name"),
    ("cert-manager.io", "Certificate", "/spec/secretName"),
    ("external-secrets.io", "ExternalSecret", "/spec/target/name"),
];

/// Where webhooks, policies and services of the API say over which groups they have a say.
const GOVERNED: [&str; 3] =
    ["/webhooks/*/rules/*/apiGroups/*", "/spec/matchConstraints/resourceRules/*/apiGroups/*", "/spec/group"];

/// The objects of a set, as far as others need them without naming them.
pub(super) struct Surroundings<'a> {
    objects: &'a [Value],
    limits: HashMap<&'a str, Vec<usize>>,
    bindings: HashMap<(Option<&'a str>, &'a str), Vec<usize>>,
    workloads: HashMap<&'a str, Vec<usize>>,
    services: HashMap<(&'a str, &'a str), usize>,
    definitions: HashMap<(&'a str, &'a str), usize>,
    judges: HashMap<&'a str, Vec<usize>>,
    secrets: HashMap<(&'a str, &'a str), usize>,
    names: HashMap<(&'a str, &'a str), Vec<usize>>,
}

impl<'a> Surroundings<'a> {
    pub(super) fn of(objects: &'a [Value]) -> Self {
        let mut around = Self {
            objects,
            limits: HashMap::new(),
            bindings: HashMap::new(),
            workloads: HashMap::new(),
            services: HashMap::new(),
            definitions: HashMap::new(),
            judges: HashMap::new(),
            secrets: HashMap::new(),
            names: HashMap::new(),
        };
        for (index, object) in objects.iter().enumerate() {
            around.add(index, View(object));
        }
        around
    }

    fn add(&mut self, index: usize, object: View<'a>) {
        let (group, kind, name) = (object.group(), object.kind(), object.name());
        let namespace = object.namespace().unwrap_or_default();
        match Rank::of(group, kind) {
            Rank::Limit => self.limits.entry(namespace).or_default().push(index),
            Rank::Binding => {
                for subject in object.list("/subjects").filter(|subject| subject.kind() == "ServiceAccount") {
                    let place = subject.text("/namespace").or(object.namespace());
                    self.bindings.entry((place, subject.word("/name"))).or_default().push(index);
                }
            }
            Rank::Workload => self.workloads.entry(namespace).or_default().push(index),
            Rank::Service if kind == "Service" => {
                self.services.insert((namespace, name), index);
            }
            Rank::Definition => {
                self.definitions.insert((object.word("/spec/group"), object.word("/spec/names/kind")), index);
            }
            Rank::Admission => {
                for (_, group) in GOVERNED.iter().flat_map(|pattern| places(object, pattern)) {
                    self.judges.entry(group.0.as_str().unwrap_or_default()).or_default().push(index);
                }
            }
            _ => {}
        }
        if let Some((.., place)) = SECRET_MAKERS.iter().find(|(g, k, _)| (*g, *k) == (group, kind)) {
            self.secrets.insert((namespace, object.text(place).unwrap_or(name)), index);
        }
        if !namespace.is_empty() {
            self.names.entry((namespace, name)).or_default().push(index);
        }
    }

    /// The definition of a custom resource.
    pub(super) fn definition(&self, group: &str, kind: &str) -> Option<usize> {
        self.definitions.get(&(group, kind)).copied()
    }

    /// The custom resource of which a controller makes this object.
    pub(super) fn maker(&self, key: &ObjectId) -> Option<usize> {
        let place = key.namespace.as_deref().unwrap_or_default();
        let is_secret = key.group.is_empty() && key.kind == "Secret";
        self.secrets.get(&(place, key.name.as_str())).copied().filter(|_| is_secret)
    }

    /// What the object needs by its meaning.
    pub(super) fn needs(&self, object: &'a Value, references: &[Reference]) -> BTreeSet<usize> {
        let view = View(object);
        let namespace = view.namespace().unwrap_or_default();
        let rank = Rank::of(view.group(), view.kind());
        let mut needs = BTreeSet::new();
        let limits = self.limits.get(namespace).into_iter().flatten().copied();
        needs
            .extend(limits.filter(|limit| {
                self.objects.get(*limit).is_some_and(|limit| limits_rank(View(limit), rank))
            }));
        if let Some(spec) = pod_spec(view) {
            let account = view.text(&format!("{spec}/serviceAccountName")).unwrap_or("default");
            needs.extend(self.bindings.get(&(view.namespace(), account)).into_iter().flatten());
        }
        for Reference { to, .. } in references.iter().filter(|_| rank == Rank::Admission) {
            match to {
                Target::Object(key) if key.kind == "Service" => needs.extend(self.behind(key)),
                _ => {}
            }
        }
        if rank == Rank::Custom {
            needs.extend(self.judges.get(view.group()).into_iter().flatten());
            needs.extend(self.converters(view));
        }
        needs
    }

    /// The workloads whose pods a service selects.
    fn behind(&self, service: &ObjectId) -> Vec<usize> {
        let place = service.namespace.as_deref().unwrap_or_default();
        let service =
            self.services.get(&(place, service.name.as_str())).and_then(|index| self.objects.get(*index));
        let Some(selector) =
            service.and_then(|service| View(service).at("/spec/selector")).and_then(Value::as_object)
        else {
            return Vec::new();
        };
        let selected = |index: &usize| {
            let Some(workload) = self.objects.get(*index).map(View) else { return false };
            let labels = pod_spec(workload).and_then(|spec| spec.strip_suffix("spec"));
            let labels = labels.and_then(|template| workload.at(&format!("{template}metadata/labels")));
            labels.is_some_and(|labels| selector.iter().all(|(key, value)| labels.get(key) == Some(value)))
        };
        let workloads = self.workloads.get(place).into_iter().flatten().copied();
        if selector.is_empty() { Vec::new() } else { workloads.filter(selected).collect() }
    }

    /// The service, and what is behind it, that converts the versions of a custom resource.
    fn converters(&self, object: View<'_>) -> Vec<usize> {
        let definition =
            self.definition(object.group(), object.kind()).and_then(|index| self.objects.get(index));
        let service = definition
            .and_then(|definition| View(definition).at("/spec/conversion/webhook/clientConfig/service"));
        let Some(service) = service.map(View) else { return Vec::new() };
        let key = ObjectId::new("", "Service", service.text("/namespace"), service.word("/name"));
        let place = key.namespace.as_deref().unwrap_or_default();
        let own = self.services.get(&(place, key.name.as_str())).copied();
        own.into_iter().chain(self.behind(&key)).collect()
    }

    /// The objects of its namespace that a custom resource has the names of, in its specification.
    pub(super) fn mentions(&self, object: &'a Value) -> BTreeSet<usize> {
        let view = View(object);
        let (Some(namespace), Rank::Custom) = (view.namespace(), Rank::of(view.group(), view.kind())) else {
            return BTreeSet::new();
        };
        let mut texts = HashSet::new();
        collect(view.at("/spec").unwrap_or(&Value::Null), &mut texts);
        let named = texts.into_iter().filter_map(|text| self.names.get(&(namespace, text)));
        named.flatten().copied().collect()
    }
}

/// Whether a limit has a say over objects of a rank: a quota counts all that a namespace holds, a limit range speaks of
/// pods and claims, a network policy of pods. What custom resources make is not known: they wait for all of them.
fn limits_rank(limit: View<'_>, rank: Rank) -> bool {
    match limit.kind() {
        "NetworkPolicy" => matches!(rank, Rank::Workload | Rank::Custom),
        "LimitRange" => matches!(rank, Rank::Storage | Rank::Workload | Rank::Custom),
        _ => matches!(rank, Rank::Storage | Rank::Service | Rank::Workload | Rank::Around | Rank::Custom),
    }
}

fn collect<'a>(value: &'a Value, texts: &mut HashSet<&'a str>) {
    match value {
        Value::String(text) => {
            texts.insert(text);
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(entries) => entries.values().for_each(|value| collect(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
