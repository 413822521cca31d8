//! What there is: objects, operations, and what goes on.

mod objects;
mod operation;
mod write;

pub(crate) use objects::{Object, Objects, State};
pub(crate) use operation::{Operation, Outcome};
pub(crate) use write::{Change, Draft};

use crate::{
    Call, Injection, Settings,
    answer::Refusal,
    fault::Twist,
    id::{Key, ResourceId},
    settings::Pace,
    types::{Computed, Style, Type},
};
use deathstar_loopback::Records;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

/// What a server knows.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    /// Where the server is reached.
    pub(crate) base: String,
    pub(crate) objects: Objects,
    pub(crate) operations: Vec<Operation>,
    pub(crate) records: Records<Call, Injection>,
    /// Providers of subscriptions that are not registered: how many looks it takes, once somebody has asked for it.
    pub(crate) unregistered: HashMap<(String, String), Option<u32>>,
    /// Principals that are not known everywhere yet, and for how many tries.
    pub(crate) unknown_principals: BTreeMap<String, u32>,
    /// What a script has in store for the operation of the call that is answered.
    pub(crate) twist: Twist,
    /// The number of the call that is answered.
    pub(crate) serial: u64,
    now: Duration,
    count: u64,
}

impl World {
    pub(crate) fn new(settings: Settings, base: String, records: Records<Call, Injection>) -> Self {
        let mut unregistered = HashMap::new();
        for (subscription, _) in &settings.subscriptions {
            for namespace in &settings.unregistered {
                let _ = unregistered.insert((subscription.clone(), namespace.to_ascii_lowercase()), None);
            }
        }
        Self {
            settings,
            base,
            objects: Objects::default(),
            operations: vec![],
            records,
            unregistered,
            unknown_principals: BTreeMap::new(),
            twist: Twist::default(),
            serial: 0,
            now: Duration::ZERO,
            count: 0,
        }
    }

    /// The tenant of a subscription, if there is such a subscription.
    pub(crate) fn tenant(&self, subscription: &str) -> Option<&str> {
        let mut known = self.settings.subscriptions.iter();
        known.find(|(own, _)| own.eq_ignore_ascii_case(subscription)).map(|(_, tenant)| tenant.as_str())
    }

    /// An identifier that no other object has, the same in every run.
    pub(crate) fn guid(&mut self, of: &str) -> String {
        self.count += 1;
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (of, self.count, salt).hash(&mut hasher);
            hasher.finish()
        };
        let (high, low) = (half(0), half(1));
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            (low >> 48) & 0xfff,
            low & 0xffff_ffff_ffff
        )
    }

    /// What the service decides of a new object.
    pub(crate) fn compute(
        &mut self,
        id: &ResourceId,
        location: &str,
        computed: Computed,
        document: &Value,
    ) -> Value {
        match computed {
            Computed::Call(of) => of(id),
            Computed::Guid => json!(self.guid(&id.to_string())),
            Computed::Tenant => json!(self.tenant(id.subscription())),
            Computed::Text(text) => {
                let text = text
                    .replace("{name}", id.name())
                    .replace("{location}", location)
                    .replace("{id}", &id.to_string())
                    .replace("{subscription}", id.subscription());
                // The table is tried by a test.
                serde_json::from_str(&text).unwrap_or_default()
            }
            Computed::Address | Computed::Range => {
                self.count += 1;
                let six = document
                    .pointer("/properties/publicIPAddressVersion")
                    .is_some_and(|version| version == "IPv6");
                let length = document.pointer("/properties/prefixLength").and_then(Value::as_u64);
                let address = if six {
                    format!("2001:db8:{:x}::", self.count)
                } else {
                    format!("203.0.{}.{}", 113 + self.count / 16, (self.count % 16) * 16)
                };
                match computed {
                    Computed::Range => json!(format!("{address}/{}", length.unwrap_or(28))),
                    _ => json!(address),
                }
            }
        }
    }

    /// Lets time go by.
    pub(crate) fn advance(&mut self, time: Duration) {
        self.now += time;
        let due = |operation: &Operation| {
            operation.due.is_some_and(|due| due <= self.now) && operation.is_running()
        };
        let due: Vec<_> =
            self.operations.iter().filter(|operation| due(operation)).map(|own| own.id.clone()).collect();
        for operation in due {
            self.finish(&operation);
        }
    }

    /// Begins an operation on an object that stands.
    pub(crate) fn begin(
        &mut self,
        id: &ResourceId,
        kind: &'static Type,
        location: &str,
        change: Change,
    ) -> String {
        let operation = self.guid(&format!("operation on {id}"));
        let at = |template: &str| {
            let location = if location.is_empty() { "global" } else { location };
            template
                .replace("{subscription}", id.subscription())
                .replace("{group}", id.group_name().unwrap_or_default())
                .replace("{location}", location)
                .replace("{operation}", &operation)
        };
        let twist = std::mem::take(&mut self.twist);
        let (left, due) = match (twist.looks, self.settings.pace) {
            (Some(looks), _) | (None, Pace::Looks(looks)) => (Some(looks), None),
            (None, Pace::Time(time)) => (None, Some(self.now + time)),
        };
        let begun = Operation {
            id: operation.clone(),
            key: id.key(),
            change,
            left: left.filter(|_| !twist.stuck),
            due: due.filter(|_| !twist.stuck),
            outcome: twist.outcome,
            done: None,
            status: at(kind.operations.status),
            result: at(kind.operations.result),
            gone: kind.operations.gone,
            forgotten: twist.forgotten,
        };
        self.operations.push(begun);
        if let Some(object) = self.objects.get_mut(&id.key()) {
            object.operation = Some(operation.clone());
            object.hidden = twist.hidden.unwrap_or(object.hidden);
        }
        operation
    }

    /// Looks at an operation once: counts the look, and ends it when that was the last.
    pub(crate) fn look(&mut self, operation: &str) {
        let Some(running) = self.operations.iter_mut().find(|own| own.id == operation && own.is_running())
        else {
            return;
        };
        match &mut running.left {
            Some(0) => self.finish(operation),
            Some(left) => *left -= 1,
            None => {}
        }
    }

    /// Looks at an object: at the operation on it, and at those on its parts, which its document shows.
    pub(crate) fn look_at(&mut self, key: &Key) {
        let shown =
            |id: &ResourceId| id.key() == *key || id.parent().is_some_and(|parent| parent.key() == *key);
        let of = self.objects.iter().filter(|object| shown(&object.id));
        let operations: BTreeSet<String> = of.filter_map(|object| object.operation.clone()).collect();
        for operation in operations {
            self.look(&operation);
        }
    }

    /// The operation on an object that goes on.
    pub(crate) fn running_on(&self, key: &Key) -> Option<&Operation> {
        let operation = self.objects.get(key)?.operation.as_ref()?;
        self.operations.iter().find(|own| own.id == *operation && own.is_running())
    }

    /// The address of an operation, as headers tell it.
    pub(crate) fn address(&self, path: &str, version: &str) -> String {
        format!("{}{path}?api-version={version}", self.base)
    }

    /// The headers that tell how a call goes on.
    pub(crate) fn headers(&self, operation: &str, style: Style, version: &str) -> Vec<(String, String)> {
        let Some(operation) = self.operations.iter().find(|own| own.id == operation) else { return vec![] };
        let mut headers = vec![];
        if matches!(style, Style::Operation | Style::Both) {
            headers.push(("Azure-AsyncOperation".to_owned(), self.address(&operation.status, version)));
        }
        if matches!(style, Style::Location | Style::Both) {
            headers.push(("Location".to_owned(), self.address(&operation.result, version)));
        }
        if !headers.is_empty() {
            headers.extend(self.retry_after());
        }
        headers
    }

    /// `Retry-After`, where it is told.
    pub(crate) fn retry_after(&self) -> Option<(String, String)> {
        self.settings.retry_after.map(|seconds| ("Retry-After".to_owned(), seconds.to_string()))
    }

    /// Refuses a write while another goes on.
    pub(crate) fn refuse_while(&mut self, key: &Key, version: &str) -> Result<(), Refusal> {
        let Some(operation) = self.running_on(key) else { return Ok(()) };
        let (id, status) = (operation.id.clone(), self.address(&operation.status, version));
        self.look(&id);
        let why = format!(
            "Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: \
             {status}."
        );
        Err(Refusal::new(409, "AnotherOperationInProgress", why))
    }
}
