//! A record set of a private DNS zone.

use super::{API_VERSION, DomainName, Records};
use crate::{
    Azure,
    arm::{self, ArmResource, ArmType, Document, Placement},
    id::{PrivateDnsZoneId, RecordSetId, ResourceId},
    permission,
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, Result, Verdict, fields,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    borrow::Cow,
    net::{Ipv4Addr, Ipv6Addr},
};

/// What is answered to one question: the records of one name and type.
///
/// It carries no tags: it is ours by zone, type and name, while its values are those that were recorded.
///
/// # Reads
/// One list for a zone shows the record sets of all types in it.
///
/// # Permissions
/// `Microsoft.Network/privateDnsZones/ALL/read`; `/read`, `/write` and `/delete` of the type in
/// `Microsoft.Network/privateDnsZones`, such as `A`.
///
/// # Cost
/// None; queries are paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordSet {
    /// Its zone. Another one replaces it.
    pub zone: Input<PrivateDnsZoneId>,
    /// Its name in the zone, such as `api`, or `@` for the zone's own. Another one replaces it.
    pub name: DomainName,
    /// For how many seconds others may keep the answer.
    pub ttl: u32,
    /// What is answered. Records of another type replace it.
    pub records: Records,
}

impl RecordSet {
    /// Records that others may keep for five minutes.
    pub fn new(
        zone: impl Into<Input<PrivateDnsZoneId>>,
        name: impl Into<DomainName>,
        records: Records,
    ) -> Self {
        Self { zone: zone.into(), name: name.into(), ttl: 300, records }
    }

    /// IPv4 addresses.
    pub fn a<I: Into<Input<Ipv4Addr>>>(
        zone: impl Into<Input<PrivateDnsZoneId>>,
        name: impl Into<DomainName>,
        addresses: impl IntoIterator<Item = I>,
    ) -> Self {
        Self::new(zone, name, Records::A(addresses.into_iter().map(Into::into).collect()))
    }

    /// IPv6 addresses.
    pub fn aaaa<I: Into<Input<Ipv6Addr>>>(
        zone: impl Into<Input<PrivateDnsZoneId>>,
        name: impl Into<DomainName>,
        addresses: impl IntoIterator<Item = I>,
    ) -> Self {
        Self::new(zone, name, Records::Aaaa(addresses.into_iter().map(Into::into).collect()))
    }

    /// Another name.
    pub fn cname(
        zone: impl Into<Input<PrivateDnsZoneId>>,
        name: impl Into<DomainName>,
        target: impl Into<Input<DomainName>>,
    ) -> Self {
        Self::new(zone, name, Records::Cname(target.into()))
    }

    /// Texts, as they are: what has more than 255 characters is written in pieces, as resolvers expect it.
    pub fn txt(
        zone: impl Into<Input<PrivateDnsZoneId>>,
        name: impl Into<DomainName>,
        texts: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self::new(zone, name, Records::Txt(texts.into_iter().map(Into::into).collect()))
    }

    /// For how many seconds others may keep the answer.
    #[must_use]
    pub fn ttl(mut self, seconds: u32) -> Self {
        self.ttl = seconds;
        self
    }
}

/// The type is a part of the id.
fn of_the_same_type(prior: &RecordSet, want: &RecordSet) -> Verdict {
    if prior.records.record_type() == want.records.record_type() { Verdict::Update } else { Verdict::Replace }
}

impl Resource for RecordSet {
    type Provider = Azure;
    type Id = RecordSetId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.private-dns.record-set";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Azure REST API, "Record Sets - Create Or Update".
    const FIELDS: Fields<Self> =
        fields!(RecordSet { zone: Replace, name: Replace, ttl: Update, records: By(of_the_same_type) });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        let mut find = |path: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new("record.form", why).at(path).fix(fix));
        };
        let name = self.name.as_str();
        if name != "@"
            && let Some(problem) = self.name.problem()
        {
            find(
                "/name",
                format!("`{name}` is no name of records: {problem}"),
                "write it like `api`, or `@`",
            );
        } else if matches!(name.rsplit_once('*'), Some((before, _)) if !before.is_empty()) {
            let why = format!("`{name}` has an asterisk elsewhere than as its first label");
            find("/name", why, "write it like `*` or `*.api`");
        }
        // Source: Azure DNS documentation, "Overview of DNS zones and records".
        if !(1..=2_147_483_647).contains(&self.ttl) {
            let why = format!("an answer is kept for 1 to 2147483647 seconds, and not for {}", self.ttl);
            find("/ttl", why, "choose 300, unless you know better");
        }
        let count = self.records.len();
        // Source: Azure subscription limits, private DNS zones: records in a record set.
        if count == 0 || count > 20 {
            let why = format!("a record set has 1 to 20 records, and not {count}");
            find("/records", why, "name 1 to 20");
        }
        match &self.records {
            Records::Soa(_) => {
                let why = "what Azure says of the zone itself is seen, and cannot be declared".into();
                find("/records", why, "use another type");
            }
            Records::Cname(_) if name == "@" => {
                let why = "the zone's own name cannot stand for another name".into();
                find("/records", why, "use addresses, or a name in the zone");
            }
            records => {
                if let Some(text) = records.long_text() {
                    let why = format!("a text has up to 1024 characters, and one has {}", text.len());
                    find("/records", why, "cut it into several records");
                }
            }
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (RecordSetId, ()) {
        (arm::simulated(self), ())
    }
}

const RECORDS: &str = "/properties/records";

impl ArmResource for RecordSet {
    /// What lists the record sets of all types; each has its own.
    const TYPE: ArmType = RecordSetId::ALL;
    const API_VERSION: &'static str = API_VERSION;
    const PARENT: &'static str = "zone";
    const PLACEMENT: Placement = Placement::Parent;
    const READ_ONLY: &'static [&'static str] = &["/properties/fqdn", "/properties/isAutoRegistered"];

    fn type_of(&self) -> ArmType {
        RecordSetId::of_type(self.records.record_type())
    }

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.zone)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.name.as_str()))
    }

    fn write(&self, document: &mut Document) -> Result<()> {
        arm::write(self, document)?;
        arm::take(document, RECORDS);
        let (member, records) = self.records.written();
        arm::put(document, &format!("/properties/{member}"), records)
    }

    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        let mut parts = id.as_str().rsplit('/');
        let record_type = parts.nth(1).unwrap_or_default();
        let properties = document.get("properties").unwrap_or(&Value::Null);
        let mut plain = document.clone();
        arm::put(&mut plain, RECORDS, Records::read(record_type, properties).unwrap_or_default())?;
        if arm::look(document, "/properties/ttl").is_none() {
            arm::put(&mut plain, "/properties/ttl", json!(0))?;
        }
        arm::read(id, &plain)
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
