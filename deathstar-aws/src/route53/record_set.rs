//! A record set.

use super::DomainName;
use crate::{Aws, id::HostedZoneId};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, fields,
    model::Set,
    permission::{Call, Look, Permission, Which},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;
mod record_type;
mod routing;

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

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RecordData {
    /// These values.
    Values {
        /// For how many seconds others may keep the answer.
        ttl: u32,
        /// The values, as zone files write them: texts in double quotes.
        values: Set<Input<String>>,
    },
    /// What an object of AWS answers, or another record of a zone.
    Alias {
        /// The name of that.
        name: Input<DomainName>,
        /// The zone of that, as its service tells it.
        zone: Input<HostedZoneId>,
        /// Whether it answers only while that is healthy.
        evaluate_health: bool,
    },
    /// Something else. It is seen and cannot be declared.
    Other(String),
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
        match &self.data {
            RecordData::Values { values, .. } => {
                let count = values.len();
                if count == 0 {
                    find("/data", "a record set without values answers nothing".into(), "name at least one");
                }
                if count > 1 && self.record_type == RecordType::Cname {
                    let why = "a name stands for one other name".into();
                    find("/data", why, "keep one value, or use weighted record sets");
                }
                let unquoted =
                    |text: &&String| !(text.len() >= 2 && text.starts_with('"') && text.ends_with('"'));
                if matches!(self.record_type, RecordType::Txt | RecordType::Spf)
                    && let Some(text) = values.iter().filter_map(Input::value).find(unquoted)
                {
                    find("/data", format!("`{text}` is not in double quotes"), "put double quotes around it");
                }
            }
            RecordData::Alias { .. } => {}
            RecordData::Other(what) => {
                find("/data", format!("{what} is seen, and cannot be declared"), "use values or an alias");
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use deathstar_core::Verdict;

    fn record(record_type: RecordType, values: &[&str]) -> RecordSet {
        RecordSet::new(HostedZoneId::new("Z1"), "api.example.com", record_type, values.iter().copied())
    }

    fn findings(record: &RecordSet) -> usize {
        record.validate().len()
    }

    #[test]
    fn zone_name_type_and_identifier_are_the_id() {
        let simple = record(RecordType::A, &["192.0.2.1"]);
        let (id, ()) = simple.simulate(1);
        assert_eq!(serde_json::to_string(&id).unwrap(), r#"["Z1","api.example.com","A",null]"#);
        assert_eq!(simple.key(), Some(Key::of(&id)));
        let weighted = simple.clone().weighted("blue", 1);
        assert_eq!(weighted.key(), Some(Key::of(weighted.simulate(1).0)));
        assert_ne!(weighted.key(), simple.key());
        for record_type in RecordType::ALL {
            assert_eq!(serde_json::to_value(record_type).unwrap(), record_type.as_str());
        }
    }

    #[test]
    fn values_that_mean_the_same_are_equal() {
        for (record_type, one, other) in [
            (RecordType::A, &["192.0.2.1", "192.0.2.2"][..], &["192.0.2.2", "192.0.2.1"][..]),
            (RecordType::Aaaa, &["2001:DB8:0::1"], &["2001:db8::1"]),
            (RecordType::Cname, &["Web.example.com."], &["web.example.com"]),
            (RecordType::Mx, &["10 Mail.example.com."], &["10 mail.example.com"]),
            (RecordType::Srv, &["1 2 443 A.example.com."], &["1 2 443 a.example.com"]),
        ] {
            assert_eq!(record(record_type, one), record(record_type, other));
            let text = serde_json::to_string(&record(record_type, one)).unwrap();
            assert_eq!(serde_json::from_str::<RecordSet>(&text).unwrap(), record(record_type, other));
        }
        assert_ne!(record(RecordType::Txt, &["\"A.\""]), record(RecordType::Txt, &["\"a\""]));
    }

    #[test]
    fn what_is_seen_or_resolved_takes_the_same_form() {
        let text = r#"{"zone":"Z1","name":"API.example.com.","record_type":"CNAME","routing":"simple",
            "data":{"values":{"ttl":300,"values":["Web.example.com."]}},"health_check":null}"#;
        assert_eq!(
            serde_json::from_str::<RecordSet>(text).unwrap(),
            record(RecordType::Cname, &["web.example.com"])
        );
    }

    #[test]
    fn another_identifier_replaces_it() {
        let blue = record(RecordType::A, &["192.0.2.1"]).weighted("blue", 1);
        assert_eq!(of_routing(&blue, &blue.clone().weighted("blue", 2)), Verdict::Update);
        assert_eq!(of_routing(&blue, &blue.clone().weighted("green", 1)), Verdict::Replace);
        assert_eq!(of_routing(&blue, &blue.clone().routing(Routing::Simple)), Verdict::Replace);
        let updated = RecordSet::FIELDS.iter().filter(|f| matches!(f.class, deathstar_core::Class::Update));
        assert_eq!(updated.map(|field| field.name).collect::<Vec<_>>(), ["data", "health_check"]);
    }

    #[test]
    fn what_route_53_refuses_is_found() {
        assert_eq!(findings(&record(RecordType::A, &["192.0.2.1"])), 0);
        assert_eq!(findings(&record(RecordType::A, &[])), 1);
        assert_eq!(findings(&record(RecordType::Cname, &["a", "b"])), 1);
        assert_eq!(findings(&record(RecordType::Txt, &["plain"])), 1);
        assert_eq!(findings(&record(RecordType::Txt, &["\""])), 1);
        assert_eq!(findings(&record(RecordType::Txt, &["\"quoted\""])), 0);
        assert_eq!(findings(&record(RecordType::A, &["192.0.2.1"]).weighted("", 1)), 1);
        assert_eq!(
            findings(
                &record(RecordType::A, &["192.0.2.1"]).routing(Routing::Other { identifier: "x".into() })
            ),
            1
        );
        let named = |name: &str| RecordSet { name: name.into(), ..record(RecordType::A, &["192.0.2.1"]) };
        assert_eq!(findings(&named("*.example.com")), 0);
        assert_eq!(findings(&named("a.*.example.com")), 1);
        assert_eq!(findings(&named("a..example.com")), 1);
        let other = RecordSet { data: RecordData::Other("a traffic policy".into()), ..named("x") };
        assert_eq!(findings(&other), 1);
    }

    #[test]
    fn an_alias_has_no_time_to_live() {
        let alias = RecordSet::alias(
            HostedZoneId::new("Z1"),
            "x",
            RecordType::A,
            (DomainName::new("Lb."), HostedZoneId::new("Z2")),
        );
        assert_eq!(alias.clone().ttl(1), alias);
        assert_ne!(alias.clone().while_healthy(), alias);
        assert_eq!(findings(&alias), 0);
    }
}
