//! A hosted zone.

use super::DomainName;
use crate::{
    Aws,
    id::{HostedZoneId, VpcId},
    permission::lists,
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Resource, Verdict, fields,
    model::Set,
    outputs,
    permission::{Call, Look, Permission, Which},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A hosted zone: the names below a name, answered to everybody, or inside some VPCs alone.
///
/// Its records are [`RecordSet`](super::RecordSet)s, or made by others (external-dns). AWS refuses to delete it while it has others than
/// its own `NS` and `SOA`. It may refuse two private zones of one name in a VPC, so that the planner does too.
///
/// `CreateHostedZone` writes no tags: the token stands in its caller reference, which nothing changes, and is shown as the tag that
/// it replaces. The other owner tags follow with the next call.
///
/// # Reads
/// `GetHostedZone` is made once for each zone, `ListTagsForResources` for each ten. To look for all zones of a stack, the tags of all
/// zones of the account are read; to look for one by its token, `ListHostedZones` alone.
///
/// # Permissions
/// `route53:GetHostedZone`, `route53:ListHostedZones`, `route53:ListTagsForResources`, `route53:GetChange`;
/// `route53:CreateHostedZone`, with VPCs `ec2:DescribeVpcs`; `route53:ChangeTagsForResource`,
/// `route53:UpdateHostedZoneComment`, `route53:AssociateVPCWithHostedZone`, `route53:DisassociateVPCFromHostedZone`;
/// `route53:DeleteHostedZone`.
///
/// # Cost
/// Paid by the month, not by parts of it, unless it is deleted within 12 hours; queries to public zones are paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HostedZone {
    /// The name whose names it answers. Another one replaces it.
    pub name: DomainName,
    /// Whom it answers. Public instead of private or the reverse replaces it; VPCs change in place.
    pub visibility: Visibility,
    /// What it is for.
    pub comment: Option<String>,
}

/// Whom a zone answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// What stands in these VPCs.
    Private(Set<ZoneVpc>),
}

/// A VPC in which a private zone is answered. It needs its resolver and public names switched on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ZoneVpc {
    /// The VPC.
    pub vpc: Input<VpcId>,
    /// Its region, where it is not that of the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl<V: Into<Input<VpcId>>> From<V> for ZoneVpc {
    fn from(vpc: V) -> Self {
        Self { vpc: vpc.into(), region: None }
    }
}

impl HostedZone {
    /// A zone that answers everybody.
    pub fn public(name: impl Into<DomainName>) -> Self {
        Self { name: name.into(), visibility: Visibility::Public, comment: None }
    }

    /// A zone that answers what stands in a VPC.
    pub fn private(name: impl Into<DomainName>, vpc: impl Into<ZoneVpc>) -> Self {
        let visibility = Visibility::Private(Set::from([vpc.into()]));
        Self { name: name.into(), visibility, comment: None }
    }

    /// One more VPC whose names it answers; a public zone becomes a private one.
    #[must_use]
    pub fn and_in(mut self, vpc: impl Into<ZoneVpc>) -> Self {
        let vpcs = match self.visibility {
            Visibility::Public => Set::default(),
            Visibility::Private(vpcs) => vpcs,
        };
        self.visibility = Visibility::Private(vpcs.iter().cloned().chain([vpc.into()]).collect());
        self
    }

    /// What it is for.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comment = Some(text.into());
        self
    }
}

/// What is known of a zone once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HostedZoneDetails {
    /// Who answers for a public zone: its parent zone or its registrar has to name them. A private zone has none.
    pub name_servers: Vec<String>,
}

outputs! {
    /// What a declared zone tells once it is made.
    pub trait HostedZoneOutputs for HostedZone {
        /// Who answers for a public zone: its parent zone or its registrar has to name them. A private zone has none.
        name_servers: Vec<String>,
    }
}

fn of_visibility(prior: &HostedZone, want: &HostedZone) -> Verdict {
    match (&prior.visibility, &want.visibility) {
        (Visibility::Private(_), Visibility::Private(_)) => Verdict::Update,
        _ => Verdict::Replace,
    }
}

impl Resource for HostedZone {
    type Provider = Aws;
    type Id = HostedZoneId;
    type Outputs = HostedZoneDetails;

    const FAMILY: &'static str = "aws.route53.hosted-zone";
    const IDENTITY: Identity = Identity::Token;
    /// Sources: Amazon Route 53 API Reference, `AssociateVPCWithHostedZone`, `DisassociateVPCFromHostedZone`,
    /// `UpdateHostedZoneComment`; a public zone cannot become a private one, nor the reverse.
    const FIELDS: Fields<Self> =
        fields!(HostedZone { name: Replace, visibility: By(of_visibility), comment: Update });

    fn holds(&self) -> Vec<Hold> {
        match &self.visibility {
            Visibility::Public => vec![],
            Visibility::Private(vpcs) => {
                vpcs.iter().map(|vpc| Hold::life("zone-in-vpc", (&self.name, &vpc.vpc))).collect()
            }
        }
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = self.name.validate("/name").into_iter().collect();
        if self.name.as_str().contains('*') {
            let why = format!("`{}` is a pattern, and a zone has a name", self.name);
            findings
                .push(Diagnostic::new("name.form", why).at("/name").fix("declare a record for the pattern"));
        }
        if matches!(&self.visibility, Visibility::Private(vpcs) if vpcs.is_empty()) {
            let why = "a private zone without a VPC answers nobody, and AWS makes none";
            findings.push(Diagnostic::new("zone.vpcs", why).at("/visibility").fix("name at least one VPC"));
        }
        if self.comment.as_ref().is_some_and(|text| text.chars().count() > 256) {
            let why = "the comment has more than 256 characters";
            findings.push(Diagnostic::new("zone.comment", why).at("/comment").fix("shorten it"));
        }
        findings
    }

    /// Route 53 knows no condition on tags: until its id is known, a zone is one of all.
    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "hostedzone";
        const LIST: &str = "route53:ListHostedZones";
        let on = |action: &'static str, id: Option<&HostedZoneId>| Permission::new(action).on(TYPE, id);
        // A change is followed until all name servers answer so; a VPC is looked at on the caller's behalf.
        let vpcs = |action: &'static str, id| {
            vec![
                on(action, id),
                Permission::new("route53:GetChange").on("change", Which::Any),
                Permission::new("ec2:DescribeVpcs"),
            ]
        };
        let (associate, disassociate) =
            ("route53:AssociateVPCWithHostedZone", "route53:DisassociateVPCFromHostedZone");
        match call {
            Call::Find(look) => {
                let id = if let Look::One(id) = look { *id } else { None };
                let mut all = vec![on("route53:ListTagsForResources", id), on("route53:GetHostedZone", id)];
                if !matches!(look, Look::One(_)) {
                    all.extend(lists([LIST]));
                }
                all
            }
            Call::Create(spec) => {
                let mut all = vec![
                    Permission::new("route53:CreateHostedZone"),
                    Permission::new(LIST).because("when an earlier answer was lost"),
                    on("route53:ChangeTagsForResource", None).because("the create call takes no tags"),
                    Permission::new("route53:GetChange").on("change", Which::Any),
                ];
                if let Visibility::Private(of) = &spec.visibility {
                    all.push(Permission::new("ec2:DescribeVpcs"));
                    if of.iter().count() > 1 {
                        all.extend(vpcs(associate, None));
                    }
                }
                all
            }
            Call::Change { object, fields, .. } => {
                let mut all = vec![];
                if fields.contains("visibility") {
                    all.extend(vpcs(associate, object.id));
                    all.extend(vpcs(disassociate, object.id));
                }
                if fields.contains("comment") {
                    all.push(on("route53:UpdateHostedZoneComment", object.id));
                }
                all
            }
            Call::Retag { object, .. } => vec![on("route53:ChangeTagsForResource", object.id)],
            Call::Delete(object) => vec![on("route53:DeleteHostedZone", object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (HostedZoneId, HostedZoneDetails) {
        let name_servers = match self.visibility {
            Visibility::Public => (1..=4).map(|n| format!("ns-{n}.memory-{serial}.example")).collect(),
            Visibility::Private(_) => vec![],
        };
        (HostedZoneId::new(format!("Z{serial:020X}")), HostedZoneDetails { name_servers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vpc(id: &str) -> VpcId {
        VpcId::new(id)
    }

    fn private() -> HostedZone {
        HostedZone::private("internal.example", vpc("vpc-1"))
    }

    #[test]
    fn the_order_of_vpcs_means_nothing() {
        let one = private().and_in(vpc("vpc-2"));
        let other =
            HostedZone::private("INTERNAL.example.", vpc("vpc-2")).and_in(vpc("vpc-1")).and_in(vpc("vpc-2"));
        assert_eq!(one, other);
        assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap());
        let elsewhere = ZoneVpc { vpc: vpc("vpc-1").into(), region: Some("us-east-1".into()) };
        assert_ne!(private(), HostedZone::private("internal.example", elsewhere));
    }

    #[test]
    fn only_the_vpcs_of_a_private_zone_change_in_place() {
        let public = HostedZone::public("internal.example");
        assert_eq!(of_visibility(&private(), &private().and_in(vpc("vpc-2"))), Verdict::Update);
        assert_eq!(of_visibility(&private(), &public), Verdict::Replace);
        assert_eq!(of_visibility(&public, &private()), Verdict::Replace);
        assert!(matches!(HostedZone::FIELDS[0].class, deathstar_core::Class::Replace));
    }

    #[test]
    fn a_name_is_private_once_in_a_vpc() {
        assert_eq!(private().holds(), private().comment("other").holds());
        assert_ne!(private().holds(), HostedZone::private("internal.example", vpc("vpc-2")).holds());
        assert_eq!(private().and_in(vpc("vpc-2")).holds().len(), 2);
        assert!(HostedZone::public("example.com").holds().is_empty());
    }

    #[test]
    fn what_aws_refuses_is_found() {
        let codes = |zone: &HostedZone| -> Vec<String> {
            zone.validate().into_iter().map(|finding| finding.code).collect()
        };
        assert!(codes(&private().comment("x".repeat(256))).is_empty());
        assert_eq!(codes(&private().comment("x".repeat(257))), ["zone.comment"]);
        assert_eq!(codes(&HostedZone::public("*.example.com")), ["name.form"]);
        assert_eq!(codes(&HostedZone::public("")), ["name.form"]);
        let nobody = HostedZone { visibility: Visibility::Private(Set::default()), ..private() };
        assert_eq!(codes(&nobody), ["zone.vpcs"]);
    }

    #[test]
    fn only_public_zones_have_name_servers() {
        assert_eq!(HostedZone::public("example.com").simulate(1).1.name_servers.len(), 4);
        assert!(private().simulate(1).1.name_servers.is_empty());
    }
}
