//! A record set.

use super::DomainName;
use crate::{Aws, id::HostedZoneId};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, fields,
    permission::{Call, Look, Permission, Which},
};
use serde::{Deserialize, Serialize};

mod data;
#[cfg(feature = "client")]
mod driver;
mod record_type;
mod routing;
#[cfg(test)]
mod tests;

pub use data::RecordData;
pub use record_type::RecordType;
pub use routing::{FailoverRole, Routing};

/// What is answered to one question: the records of one name and type.
///
/// It carries no tags: it is ours by zone, name, type and set identifier, while its values are those that were recorded. A step that makes
/// or changes one ends when all name servers answer so, which takes about a minute.
///
/// # Reads
/// `ListResourceRecordSets` is read from the first record that is looked for, 300 records to a page, and from the next one that was
/// not in it.
///
/// # Permissions
/// `route53:ListResourceRecordSets`, `route53:GetChange`; `route53:ChangeResourceRecordSets`.
///
/// # Cost
/// None; queries are paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Read")]
#[non_exhaustive]
pub struct RecordSet {
    /// The zone. Another one replaces it.
    pub zone: Input<HostedZoneId>,
    /// The name. Another one replaces it.
    pub name: DomainName,
    /// The type. Another one replaces it.
    pub record_type: RecordType,
    /// Which of several record sets of one name and type answers. The identifier replaces it, the rest changes in place.
    pub routing: Routing,
    /// What is answered.
    pub data: RecordData,
    /// The health check without which it does not answer.
    pub health_check: Option<Input<String>>,
}

/// A record set as it may be written.
#[derive(Deserialize)]
struct Read {
    zone: Input<HostedZoneId>,
    name: DomainName,
    record_type: RecordType,
    routing: Routing,
    data: RecordData,
    health_check: Option<Input<String>>,
}

impl From<Read> for RecordSet {
    fn from(read: Read) -> Self {
        let data = match read.data {
            RecordData::Values { ttl, values } => {
                let form = |value: &Input<String>| match value {
                    Input::Known(text) => Input::Known(read.record_type.canonical(text.clone())),
                    Input::Pending(expression) => Input::Pending(expression.clone()),
                };
                RecordData::Values { ttl, values: values.iter().map(form).collect() }
            }
            other => other,
        };
        Self {
            zone: read.zone,
            name: read.name,
            record_type: read.record_type,
            routing: read.routing,
            data,
            health_check: read.health_check,
        }
    }
}

impl RecordSet {
    /// Values that others may keep for five minutes.
    pub fn new(
        zone: impl Into<Input<HostedZoneId>>,
        name: impl Into<DomainName>,
        record_type: RecordType,
        values: impl IntoIterator<Item = impl Into<Input<String>>>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        let data = RecordData::Values { ttl: 300, values };
        Self::from(Read {
            zone: zone.into(),
            name: name.into(),
            record_type,
            routing: Routing::Simple,
            data,
            health_check: None,
        })
    }

    /// What an object of AWS answers, such as a load balancer: its name, and the zone that its service tells.
    pub fn alias(
        zone: impl Into<Input<HostedZoneId>>,
        name: impl Into<DomainName>,
        record_type: RecordType,
        (target, of_zone): (impl Into<Input<DomainName>>, impl Into<Input<HostedZoneId>>),
    ) -> Self {
        let none: [String; 0] = [];
        let data = RecordData::Alias { name: target.into(), zone: of_zone.into(), evaluate_health: false };
        Self { data, ..Self::new(zone, name, record_type, none) }
    }

    /// For how many seconds others may keep the answer; an alias keeps that of what it names.
    #[must_use]
    pub fn ttl(mut self, seconds: u32) -> Self {
        if let RecordData::Values { ttl, .. } = &mut self.data {
            *ttl = seconds;
        }
        self
    }

    /// Answers an alias only while what it names is healthy.
    #[must_use]
    pub fn while_healthy(mut self) -> Self {
        if let RecordData::Alias { evaluate_health, .. } = &mut self.data {
            *evaluate_health = true;
        }
        self
    }

    /// Which of several record sets of one name and type answers.
    #[must_use]
    pub fn routing(mut self, routing: Routing) -> Self {
        self.routing = routing;
        self
    }

    /// Answers in proportion to a weight of 0 to 255.
    #[must_use]
    pub fn weighted(self, identifier: impl Into<String>, weight: u8) -> Self {
        self.routing(Routing::Weighted { identifier: identifier.into(), weight })
    }

    /// Answers only while a health check says so.
    #[must_use]
    pub fn health_check(mut self, id: impl Into<Input<String>>) -> Self {
        self.health_check = Some(id.into());
        self
    }
}

/// The id of a record set: its zone, name, type and set identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordSetId(pub HostedZoneId, pub DomainName, pub RecordType, pub Option<String>);

fn of_routing(prior: &RecordSet, want: &RecordSet) -> deathstar_core::Verdict {
    if prior.routing.identifier() == want.routing.identifier() {
        deathstar_core::Verdict::Update
    } else {
        deathstar_core::Verdict::Replace
    }
}

impl Resource for RecordSet {
    type Provider = Aws;
    type Id = RecordSetId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.route53.record-set";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Amazon Route 53 API Reference, `ChangeResourceRecordSets` with `UPSERT`.
    const FIELDS: Fields<Self> = fields!(RecordSet {
        zone: Replace,
        name: Replace,
        record_type: Replace,
        routing: By(of_routing),
        data: Update,
        health_check: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(Key::of((&self.zone, &self.name, self.record_type, self.routing.identifier())))
    }

    /// Route 53 takes one change of a zone at a time.
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::call("change-of-zone", &self.zone)]
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = self.name.validate("/name").into_iter().collect();
        let mut find = |path: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new("record.form", why).at(path).fix(fix));
        };
        if matches!(self.name.as_str().rsplit_once('*'), Some((before, _)) if !before.is_empty()) {
            let why = format!("`{}` has an asterisk elsewhere than as its first part", self.name);
            find("/name", why, "write it like `*.example.com`");
        }
        match &self.routing {
            Routing::Other { identifier } => {
                let why = format!("how `{identifier}` answers is seen, and cannot be declared");
                find("/routing", why, "use one of the typed ways");
            }
            other if other.identifier().is_some_and(|text| text.is_empty() || text.chars().count() > 128) => {
                find(
                    "/routing",
                    "the identifier has to have 1 to 128 characters".into(),
                    "choose another one",
                );
            }
            _ => {}
        }
        for (why, fix) in self.data.problems(self.record_type) {
            find("/data", why, fix);
        }
        findings
    }

    /// Limited to the name, the type and the change: Route 53 has conditions for each.
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TEST: &str = "ForAllValues:StringEquals";
        let change = |spec: &Self, action: &str| {
            let one = Permission::new("route53:ChangeResourceRecordSets").on("hostedzone", &spec.zone);
            let one = one.without_tags();
            vec![
                one.when(
                    TEST,
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames",
                    [spec.name.normalized()],
                )
                .when(TEST, "route53:ChangeResourceRecordSetsRecordTypes", [spec.record_type.as_str()])
                .when(TEST, "route53:ChangeResourceRecordSetsActions", [action]),
                Permission::new("route53:GetChange").on("change", Which::Any),
            ]
        };
        match call {
            Call::Find(Look::One(id)) => {
                let zone = id.map(|RecordSetId(zone, ..)| zone);
                vec![Permission::new("route53:ListResourceRecordSets").on("hostedzone", zone)]
            }
            Call::Create(spec) => change(spec, "CREATE"),
            Call::Change { to, .. } => change(to, "UPSERT"),
            Call::Delete(object) => change(object.spec, "DELETE"),
            _ => vec![],
        }
    }

    fn simulate(&self, _: u64) -> (RecordSetId, ()) {
        let zone = self.zone.value().cloned().unwrap_or_else(|| HostedZoneId::new("Z"));
        let identifier = self.routing.identifier().map(str::to_owned);
        (RecordSetId(zone, self.name.clone(), self.record_type, identifier), ())
    }
}
