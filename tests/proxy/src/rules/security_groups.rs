//! Security groups and their rules.
//!
//! Source: Amazon EC2 API Reference, `CreateSecurityGroup`, `AuthorizeSecurityGroupIngress`.

use super::{Case, Judged};
use crate::wire::{Document, Element, Refusal};

impl Case<'_> {
    pub(super) fn group_has_a_legal_name(&self) -> Judged {
        let name = self.get("GroupName");
        if name.to_ascii_lowercase().starts_with("sg-") {
            let text = format!(
                "invalid value for parameter groupName ({name}): group names may not be in the format sg-*"
            );
            return Err(Refusal::new("InvalidParameterValue", text));
        }
        if self.get("GroupDescription").chars().count() > 255 || name.chars().count() > 255 {
            return Err(Refusal::new(
                "InvalidParameterValue",
                "names and descriptions have up to 255 characters",
            ));
        }
        Ok(())
    }

    pub(super) fn rules_are_legal(&self) -> Judged {
        for number in self.request.parameters.numbers("IpPermissions") {
            let of = |name: &str| self.get(&format!("IpPermissions.{number}.{name}"));
            let (from, to) = (of("FromPort").parse::<i32>(), of("ToPort").parse::<i32>());
            if let (Ok(from), Ok(to)) = (from, to)
                && matches!(of("IpProtocol"), "tcp" | "udp" | "6" | "17")
                && (from > to || !(0..=65_535).contains(&from) || to > 65_535)
            {
                let text = format!("Invalid TCP/UDP port range ({from}:{to})");
                return Err(Refusal::new("InvalidParameterValue", text));
            }
        }
        Ok(())
    }

    /// The emulator keeps no description of a rule for a group or a list of ranges: it has to be told once more.
    pub(super) async fn describe_rules(&self, document: &mut Document) {
        let Some(root) = document.xml_mut() else { return };
        let Some(rules) = root.child_mut("securityGroupRuleSet") else { return };
        for rule in &mut rules.children {
            let Some(said) = self.said_of(rule) else { continue };
            let text = |path| rule.text_at(path).unwrap_or_default().to_owned();
            let id = text("securityGroupRuleId");
            let peers =
                [("ReferencedGroupId", "referencedGroupInfo/groupId"), ("PrefixListId", "prefixListId")];
            let peers = peers.into_iter().map(|(name, path)| (name, text(path)));
            let values = [
                ("IpProtocol", text("ipProtocol")),
                ("FromPort", text("fromPort")),
                ("ToPort", text("toPort")),
                ("Description", said.clone()),
            ];
            let values = values.into_iter().chain(peers).filter(|(_, value)| !value.is_empty());
            let values: Vec<_> = values
                .map(|(name, value)| (format!("SecurityGroupRule.1.SecurityGroupRule.{name}"), value))
                .collect();
            let named = [("GroupId", self.get("GroupId")), ("SecurityGroupRule.1.SecurityGroupRuleId", &id)];
            let values = values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            self.mend("ModifySecurityGroupRules", &named.into_iter().chain(values).collect::<Vec<_>>()).await;
            rule.set("description", &said);
        }
    }

    /// What a call says of the rule for a group, or for a list of ranges, that it made.
    fn said_of(&self, rule: &Element) -> Option<String> {
        let group = rule.text_at("referencedGroupInfo/groupId").map(|id| ("Groups", "GroupId", id));
        let list = rule.text_at("prefixListId").map(|id| ("PrefixListIds", "PrefixListId", id));
        let (peers, named, id) = group.or(list)?;
        let text = |name: &str| self.request.get(name);
        for number in self.request.parameters.numbers("IpPermissions") {
            let permission = format!("IpPermissions.{number}");
            let same = [("IpProtocol", "ipProtocol"), ("FromPort", "fromPort"), ("ToPort", "toPort")];
            let same = same.iter().all(|(name, told)| {
                text(&format!("{permission}.{name}")).is_none_or(|asked| rule.text_at(told) == Some(asked))
            });
            let peers = format!("{permission}.{peers}");
            for peer in self.request.parameters.numbers(&peers).into_iter().filter(|_| same) {
                if text(&format!("{peers}.{peer}.{named}")) == Some(id) {
                    return text(&format!("{peers}.{peer}.Description")).map(str::to_owned);
                }
            }
        }
        None
    }
}
