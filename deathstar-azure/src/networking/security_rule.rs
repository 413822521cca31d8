//! A rule of a network security group.

use super::{API_VERSION, NetworkSecurityGroup, RulePeer, RulePorts, lane};
use crate::{
    Azure,
    arm::{self, ArmResource, ArmType, Document, Placement},
    choice::choices,
    id::{NetworkSecurityGroupId, ResourceId, SecurityRuleId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, fields,
    model::name::azure::SECURITY_RULE,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One rule of a network security group: what it allows or denies, and when it is looked at.
///
/// It carries no tags: it is ours by group and name, while its group is.
///
/// # Permissions
/// `Microsoft.Network/networkSecurityGroups/read`; `Microsoft.Network/networkSecurityGroups/securityRules/read`, `/write`, `/delete`;
/// and to name application security groups, `Microsoft.Network/applicationSecurityGroups/joinNetworkSecurityRule/action`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SecurityRule {
    /// Its group. Another one replaces it.
    pub network_security_group: Input<NetworkSecurityGroupId>,
    /// Its name, unique in the group. Another one replaces it.
    pub name: String,
    /// When it is looked at, from 100 (first) to 4096: the first rule that is about a packet decides. Only one rule of a group and
    /// direction has it.
    pub priority: u16,
    /// Which way the traffic goes that it is about.
    pub direction: Direction,
    /// What becomes of it.
    pub access: Access,
    /// Which protocol it is about.
    pub protocol: Protocol,
    /// From where.
    pub source: RulePeer,
    /// From which ports.
    pub source_ports: RulePorts,
    /// To where.
    pub destination: RulePeer,
    /// To which ports.
    pub destination_ports: RulePorts,
    /// What it is for.
    pub description: Option<String>,
}

choices! {
    /// Which way traffic goes, seen from what a group protects.
    pub enum Direction {
        /// In.
        Inbound = "Inbound",
        /// Out.
        Outbound = "Outbound",
    }

    /// What becomes of traffic.
    pub enum Access {
        /// It is let through.
        Allow = "Allow",
        /// It is dropped.
        Deny = "Deny",
    }

    /// The protocol that a rule is about.
    pub enum Protocol {
        /// All of them.
        Any = "*",
        /// TCP.
        Tcp = "Tcp",
        /// UDP.
        Udp = "Udp",
        /// ICMP, of both address families.
        Icmp = "Icmp",
        /// The encapsulating security payload of `IPsec`.
        Esp = "Esp",
        /// The authentication header of `IPsec`.
        Ah = "Ah",
    }
}

impl SecurityRule {
    /// A rule that lets everything in.
    pub fn inbound(
        group: impl Into<Input<NetworkSecurityGroupId>>,
        name: impl Into<String>,
        priority: u16,
    ) -> Self {
        Self {
            network_security_group: group.into(),
            name: name.into(),
            priority,
            direction: Direction::Inbound,
            access: Access::Allow,
            protocol: Protocol::Any,
            source: RulePeer::Any,
            source_ports: RulePorts::Any,
            destination: RulePeer::Any,
            destination_ports: RulePorts::Any,
            description: None,
        }
    }

    /// A rule that lets everything out.
    pub fn outbound(
        group: impl Into<Input<NetworkSecurityGroupId>>,
        name: impl Into<String>,
        priority: u16,
    ) -> Self {
        Self { direction: Direction::Outbound, ..Self::inbound(group, name, priority) }
    }

    /// Drops what it is about.
    #[must_use]
    pub fn deny(mut self) -> Self {
        self.access = Access::Deny;
        self
    }

    /// Which protocol it is about, and to which ports.
    #[must_use]
    pub fn on(mut self, protocol: Protocol, ports: impl Into<RulePorts>) -> Self {
        self.protocol = protocol;
        self.destination_ports = ports.into();
        self
    }

    /// From where.
    #[must_use]
    pub fn from(mut self, source: impl Into<RulePeer>) -> Self {
        self.source = source.into();
        self
    }

    /// From which ports.
    #[must_use]
    pub fn from_ports(mut self, ports: impl Into<RulePorts>) -> Self {
        self.source_ports = ports.into();
        self
    }

    /// To where.
    #[must_use]
    pub fn to(mut self, destination: impl Into<RulePeer>) -> Self {
        self.destination = destination.into();
        self
    }

    /// What it is for: up to 140 characters.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

impl Resource for SecurityRule {
    type Provider = Azure;
    type Id = SecurityRuleId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.network.security-rule";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Azure REST API, "Security Rules - Create Or Update": a rule is written whole, under its name.
    const FIELDS: Fields<Self> = fields!(SecurityRule {
        network_security_group: Replace,
        name: Replace,
        priority: Update,
        direction: Update,
        access: Update,
        protocol: Update,
        source: Update,
        source_ports: Update,
        destination: Update,
        destination_ports: Update,
        description: Update,
    });
    const SHOWN_BY: &'static str = NetworkSecurityGroup::FAMILY;

    fn shown_in(&self) -> Option<Key> {
        Some(Key::of(&self.network_security_group))
    }

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn holds(&self) -> Vec<Hold> {
        let of = (&self.network_security_group, &self.direction, self.priority);
        vec![lane(&self.network_security_group), Hold::life("priority-in-network-security-group", of)]
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&SECURITY_RULE, &self.name).into_iter().collect();
        findings.extend(self.direction.check("/direction"));
        findings.extend(self.access.check("/access"));
        findings.extend(self.protocol.check("/protocol"));
        findings.extend(self.source.check("/source"));
        findings.extend(self.source_ports.check("/source_ports"));
        findings.extend(self.destination.check("/destination"));
        findings.extend(self.destination_ports.check("/destination_ports"));
        let mut tell = |code: &str, at: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new(code, why).at(at).fix(fix));
        };
        // Source: Azure Virtual Network documentation, "Network security groups", security rules.
        if !(100..=4096).contains(&self.priority) {
            let why = format!("the priority of a rule is 100 to 4096, and {} is not", self.priority);
            tell(
                "security-rule.priority",
                "/priority",
                why,
                "choose 100 to 4096; the lowest is looked at first",
            );
        }
        let ports = [("/source_ports", &self.source_ports), ("/destination_ports", &self.destination_ports)];
        if matches!(self.protocol, Protocol::Icmp | Protocol::Esp | Protocol::Ah) {
            for (at, _) in ports.iter().filter(|(_, ports)| **ports != RulePorts::Any) {
                let why = format!("{} knows no ports", self.protocol);
                tell("security-rule.ports", at, why, "leave the ports out");
            }
        }
        if let (Some(from), Some(to)) = (self.source.families(), self.destination.families())
            && from != to
        {
            let why = "source and destination are of different address families, so that no packet matches";
            tell("security-rule.family", "/destination", why.into(), "write a rule for each family");
        }
        // Source: type description of `Microsoft.Network/networkSecurityGroups/securityRules`, `description`.
        if let Some(length) =
            self.description.as_ref().map(|text| text.chars().count()).filter(|length| *length > 140)
        {
            let why = format!("the description has {length} characters, and 140 are the most");
            tell("security-rule.description", "/description", why, "say it shorter");
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (SecurityRuleId, ()) {
        (arm::simulated(self), ())
    }
}

const SOURCE: &str = "/properties/source";
const DESTINATION: &str = "/properties/destination";

impl ArmResource for SecurityRule {
    const TYPE: ArmType = SecurityRuleId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PARENT: &'static str = "network_security_group";
    const PLACEMENT: Placement = Placement::Parent;

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.network_security_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    /// Each end stands in one of several members, and what stands in the others counts too.
    fn write(&self, document: &mut Document) -> Result<()> {
        arm::write(self, document)?;
        for field in ["source", "sourcePorts", "destination", "destinationPorts"] {
            arm::take(document, &format!("/properties/{field}"));
        }
        self.source.write(document, SOURCE)?;
        self.source_ports.write(document, SOURCE)?;
        self.destination.write(document, DESTINATION)?;
        self.destination_ports.write(document, DESTINATION)
    }

    fn read(id: &ResourceId, document: &Document) -> Result<Self> {
        let mut plain = document.clone();
        for end in [SOURCE, DESTINATION] {
            arm::put(
                &mut plain,
                end,
                serde_json::to_value(RulePeer::read(document, end)).unwrap_or_default(),
            )?;
            let ports = serde_json::to_value(RulePorts::read(document, end)).unwrap_or_default();
            arm::put(&mut plain, &format!("{end}Ports"), ports)?;
        }
        arm::read(id, &plain)
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }

    fn links(&self) -> Vec<Permission> {
        self.source.links().chain(self.destination.links()).collect()
    }
}

#[cfg(test)]
mod tests;
