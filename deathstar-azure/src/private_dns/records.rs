//! What a record set answers.

use super::DomainName;
use deathstar_core::{Input, model::Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, Ipv6Addr};

/// What a record set answers, by its type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Records {
    /// IPv4 addresses.
    A(Set<Input<Ipv4Addr>>),
    /// IPv6 addresses.
    Aaaa(Set<Input<Ipv6Addr>>),
    /// Another name.
    Cname(Input<DomainName>),
    /// Who takes mail.
    Mx(Set<MailExchange>),
    /// The name of an address.
    Ptr(Set<DomainName>),
    /// Who offers a service.
    Srv(Set<ServiceRecord>),
    /// Texts.
    Txt(Set<String>),
    /// What Azure says of the zone itself. It is seen and cannot be declared.
    Soa(Value),
}

/// Who takes mail.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MailExchange {
    /// Lower ones are asked first.
    pub preference: u16,
    /// The name of the server.
    pub exchange: DomainName,
}

/// Who offers a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ServiceRecord {
    /// Lower ones are asked first.
    pub priority: u16,
    /// How often it is asked among those of its priority.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The name of the server.
    pub target: DomainName,
}

/// The most characters in a piece of a text; longer texts have several.
const TEXT: usize = 255;

impl Records {
    /// The type, as it stands in ids.
    pub const fn record_type(&self) -> &'static str {
        match self {
            Self::A(_) => "A",
            Self::Aaaa(_) => "AAAA",
            Self::Cname(_) => "CNAME",
            Self::Mx(_) => "MX",
            Self::Ptr(_) => "PTR",
            Self::Srv(_) => "SRV",
            Self::Txt(_) => "TXT",
            Self::Soa(_) => "SOA",
        }
    }

    /// How many records there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::A(all) => all.len(),
            Self::Aaaa(all) => all.len(),
            Self::Mx(all) => all.len(),
            Self::Ptr(all) => all.len(),
            Self::Srv(all) => all.len(),
            Self::Txt(all) => all.len(),
            Self::Cname(_) | Self::Soa(_) => 1,
        }
    }

    /// Texts that are too long.
    pub(super) fn long_text(&self) -> Option<&str> {
        match self {
            // Source: Azure DNS documentation, "Overview of DNS zones and records": a record set has 4096 characters in texts of 1024.
            Self::Txt(all) => all.iter().map(String::as_str).find(|text| text.len() > 1024),
            _ => None,
        }
    }

    /// The member of a document in which they stand, and what stands there.
    pub(super) fn written(&self) -> (&'static str, Value) {
        fn each<T: Serialize>(all: &Set<T>, name: &str) -> Value {
            all.iter().map(|one| json!({ name: one })).collect()
        }
        match self {
            Self::A(all) => ("aRecords", each(all, "ipv4Address")),
            Self::Aaaa(all) => ("aaaaRecords", each(all, "ipv6Address")),
            Self::Cname(name) => ("cnameRecord", json!({ "cname": name })),
            Self::Mx(all) => ("mxRecords", json!(all)),
            Self::Ptr(all) => ("ptrRecords", each(all, "ptrdname")),
            Self::Srv(all) => ("srvRecords", json!(all)),
            Self::Txt(all) => ("txtRecords", all.iter().map(|text| json!({ "value": cut(text) })).collect()),
            Self::Soa(all) => ("soaRecord", all.clone()),
        }
    }

    /// What stands in the properties of a record set of a type, in the encoding of records; nothing for another type.
    pub(super) fn read(record_type: &str, properties: &Value) -> Option<Value> {
        let list = |member: &str| properties[member].as_array().cloned().unwrap_or_default();
        let each = |member: &str, name: &str| -> Value {
            list(member).into_iter().filter_map(|record| record.get(name).cloned()).collect()
        };
        let one = record_type.to_ascii_uppercase();
        let all = match one.as_str() {
            "A" => each("aRecords", "ipv4Address"),
            "AAAA" => each("aaaaRecords", "ipv6Address"),
            "CNAME" => properties["cnameRecord"]["cname"].clone(),
            "MX" => list("mxRecords").into(),
            "PTR" => each("ptrRecords", "ptrdname"),
            "SRV" => list("srvRecords").into(),
            "TXT" => {
                let joined = |record: Value| {
                    let parts = record["value"].as_array().into_iter().flatten();
                    parts.filter_map(Value::as_str).collect::<String>()
                };
                list("txtRecords").into_iter().map(joined).collect()
            }
            "SOA" => properties["soaRecord"].clone(),
            _ => return None,
        };
        Some(json!({ one: all }))
    }
}

/// A text in the pieces in which records have it.
fn cut(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = vec![];
    for sign in text.chars() {
        match pieces.last_mut().filter(|piece| piece.len() + sign.len_utf8() <= TEXT) {
            Some(piece) => piece.push(sign),
            None => pieces.push(sign.into()),
        }
    }
    pieces
}
