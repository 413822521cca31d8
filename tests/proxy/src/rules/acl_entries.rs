//! Entries of network ACLs: the types of ICMP, which the emulator drops, and the last ones, which it has in default ACLs alone.
//!
//! Source: Amazon EC2 API Reference, `CreateNetworkAclEntry`, `NetworkAclEntry`; Amazon VPC User Guide, "Network ACL basics".

use super::Case;
use crate::{Place, wire::Element};
use std::collections::HashMap;

/// The number of the entry that denies what no other entry of a network ACL is about.
const LAST: &str = "32767";

/// The types of ICMP that entries are about.
#[derive(Debug, Default)]
pub(crate) struct IcmpTypes(HashMap<Entry, IcmpType>);

/// An entry: where, in which ACL, its number, and whether it is about what goes out.
type Entry = (Place, String, String, String);

#[derive(Clone, Debug, PartialEq, Eq)]
struct IcmpType {
    kind: String,
    code: String,
}

impl IcmpTypes {
    fn show(&self, place: &Place, acl: &mut Element) {
        let Some(id) = acl.text_at("networkAclId").map(str::to_owned) else { return };
        for entry in acl.child_mut("entrySet").into_iter().flat_map(|set| &mut set.children) {
            let text = |name| entry.text_at(name).unwrap_or_default().to_owned();
            let key = (place.clone(), id.clone(), text("ruleNumber"), text("egress"));
            if let Some(IcmpType { kind, code }) = self.0.get(&key) {
                entry.children.retain(|child| child.name != "icmpTypeCode");
                let shown = Element::new("icmpTypeCode").and("code", code).and("type", kind);
                entry.children.push(shown);
            }
        }
    }
}

impl Case<'_> {
    /// Takes note of an entry that was made, replaced or deleted.
    pub(super) fn note_entry(&self) {
        let text = |name| self.get(name).to_owned();
        let key = (self.place.clone(), text("NetworkAclId"), text("RuleNumber"), text("Egress"));
        let mut known = self.shared.known();
        match (self.request.get("Icmp.Type"), self.request.get("Icmp.Code")) {
            (Some(kind), Some(code)) => {
                let about = IcmpType { kind: kind.to_owned(), code: code.to_owned() };
                known.icmp_types.0.insert(key, about);
            }
            _ => drop(known.icmp_types.0.remove(&key)),
        }
    }

    /// Shows ACLs with all their entries.
    pub(super) fn show_entries(&self, root: &mut Element) {
        for acl in root.child_mut("networkAclSet").into_iter().flat_map(|set| &mut set.children) {
            self.shared.known().icmp_types.show(self.place, acl);
            add_last(acl);
        }
    }
}

/// Every ACL ends with entries that deny all.
fn add_last(acl: &mut Element) {
    let Some(entries) = acl.child_mut("entrySet") else { return };
    for egress in ["false", "true"] {
        let there = entries.children.iter().any(|entry| {
            entry.text_at("ruleNumber") == Some(LAST) && entry.text_at("egress") == Some(egress)
        });
        if !there {
            let entry = Element::new("item")
                .and("ruleNumber", LAST)
                .and("protocol", "-1")
                .and("ruleAction", "deny")
                .and("egress", egress)
                .and("cidrBlock", "0.0.0.0/0");
            entries.children.push(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acl_ends_with_entries_that_deny_all() {
        let mut acl = Element::parse(
            "<item><entrySet><item><ruleNumber>32767</ruleNumber><egress>true</egress></item></entrySet></item>",
        )
        .unwrap();
        add_last(&mut acl);
        add_last(&mut acl);
        assert_eq!(acl.items("entrySet").len(), 2);
    }
}
