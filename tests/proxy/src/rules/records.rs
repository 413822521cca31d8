//! Route 53: zones, and batches of changes that are made as a whole or not at all.
//!
//! Source: Amazon Route 53 API Reference, `CreateHostedZone`, `ChangeResourceRecordSets`, `GetChange`.

use super::{Case, Judged};
use crate::wire::{Document, Element, Refusal};

impl Case<'_> {
    pub(super) async fn judge_records(&mut self) -> Judged {
        match self.request.action.as_str() {
            "CreateHostedZone" if self.on().tokens => self.reference_is_new(),
            "ChangeResourceRecordSets" if self.on().codes => {
                self.batch_is_legal().await?;
                self.make_anew();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The emulator refuses a record that was made alike before, also when it is gone. Whether it is there was judged already.
    fn make_anew(&mut self) {
        let body = String::from_utf8_lossy(&self.request.body);
        let upsert = body.replace("<Action>CREATE</Action>", "<Action>UPSERT</Action>");
        self.request.body = upsert.into();
    }

    fn reference_is_new(&self) -> Judged {
        let key = reference(self.get("CallerReference"));
        if self.shared.known().looks.peek(self.place, &key).pending > 0 {
            let text = "A hosted zone has already been created with the specified caller reference.";
            return Err(Refusal::new("HostedZoneAlreadyExists", text).status(409));
        }
        Ok(())
    }

    /// All records of a zone, also where they are more than one page.
    async fn records(&self, zone: &str) -> Vec<Element> {
        let zone = zone.rsplit('/').next().unwrap_or_default();
        let path = format!("/2013-04-01/hostedzone/{zone}/rrset?maxitems=300");
        let answer = self.shared.upstream.ask_path(&self.request.scope, "route53", &path).await;
        answer.map(|root| root.items("ResourceRecordSets").to_vec()).unwrap_or_default()
    }

    async fn batch_is_legal(&self) -> Judged {
        let body = std::str::from_utf8(&self.request.body).ok().and_then(Element::parse);
        let Some(body) = body else { return Ok(()) };
        let there = self.records(self.get("HostedZoneId")).await;
        for change in body.items("ChangeBatch/Changes") {
            let Some(wanted) = change.child("ResourceRecordSet") else { continue };
            let same = there.iter().find(|record| identity(record) == identity(wanted));
            let (name, kind, _) = identity(wanted);
            let why = match (change.text_at("Action"), same) {
                (Some("CREATE"), Some(_)) => {
                    format!(
                        "Tried to create resource record set [name='{name}', type='{kind}'] but it already exists"
                    )
                }
                (Some("DELETE"), None) => {
                    format!(
                        "Tried to delete resource record set [name='{name}', type='{kind}'] but it was not found"
                    )
                }
                (Some("DELETE"), Some(same)) if content(same) != content(wanted) => format!(
                    "Tried to delete resource record set [name='{name}', type='{kind}'] but the values provided do not match the current values"
                ),
                _ => continue,
            };
            return Err(Refusal::new("InvalidChangeBatch", format!("[{why}]")));
        }
        Ok(())
    }

    /// Changes are pending for some looks.
    pub(super) fn finish_records(&self, document: &mut Document) {
        if self.request.action == "CreateHostedZone" {
            let key = reference(self.get("CallerReference"));
            self.shared.known().looks.at(self.place, &key).pending = u32::MAX;
        }
        let id = format!("/change/C{:012X}", self.serial);
        if document.text("ChangeInfo/Id").is_some() && self.on().pending > 0 {
            document.set("ChangeInfo/Id", Some(&id));
            document.set("ChangeInfo/Status", Some("PENDING"));
            self.shared.known().looks.at(self.place, &id).pending = self.on().pending;
        }
    }

    /// Shows whether a change is pending.
    pub(super) fn show_change(&self, document: &mut Document) {
        if self.request.action != "GetChange" {
            return;
        }
        let id = format!("/change/{}", self.get("Id").rsplit('/').next().unwrap_or_default());
        let pending = self.shared.known().looks.look(self.place, &id).pending > 0;
        document.set("ChangeInfo/Id", Some(&id));
        document.set("ChangeInfo/Status", Some(if pending { "PENDING" } else { "INSYNC" }));
    }
}

fn reference(reference: &str) -> String {
    format!("caller-reference/{reference}")
}

/// What there is once: name, type and the identifier within it.
pub(super) fn identity(record: &Element) -> (String, String, String) {
    let text = |name| record.text_at(name).unwrap_or_default().to_owned();
    let name = text("Name").trim_end_matches('.').to_ascii_lowercase().replace("\\052", "*");
    (name, text("Type"), text("SetIdentifier"))
}

/// What a record says.
fn content(record: &Element) -> Vec<String> {
    let mut all: Vec<String> = (record.items("ResourceRecords").iter())
        .filter_map(|value| value.text_at("Value").map(str::to_owned))
        .collect();
    all.sort_unstable();
    all.extend(record.text_at("TTL").map(str::to_owned));
    for part in ["HostedZoneId", "DNSName"] {
        let text = record.text_at(&format!("AliasTarget/{part}")).unwrap_or_default();
        all.push(text.trim_end_matches('.').to_owned());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_known_by_its_name_and_judged_by_what_it_says() {
        let record = |name: &str, ttl: &str, value: &str| {
            let text = format!(
                "<r><Name>{name}</Name><Type>A</Type><TTL>{ttl}</TTL><ResourceRecords><ResourceRecord><Value>{value}</Value></ResourceRecord></ResourceRecords></r>"
            );
            Element::parse(&text).unwrap()
        };
        let one = record("DB.internal.", "60", "10.0.0.1");
        assert_eq!(identity(&one), identity(&record("db.internal", "30", "10.0.0.2")));
        assert_eq!(content(&one), content(&record("x", "60", "10.0.0.1")));
        assert_ne!(content(&one), content(&record("x", "30", "10.0.0.1")));
    }
}
