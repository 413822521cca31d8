//! The network ACLs of a VPC and their entries.

use super::{Parts, groups::packets};
use crate::ec2::{self, NetworkAcl, NetworkAclAssociation, NetworkAclEntry};
use deathstar_core::{
    component::network::{explained, place},
    model::traffic::{Direction, Peer, Rules},
};

impl Parts<'_, '_> {
    /// Declares the ACL of each tier. Nothing passes that no entry lets pass.
    pub(super) fn filters(&mut self, rules: &Rules) {
        for tier in &self.choice.choices.tiers {
            let acl = self.named(&place(*tier, None, "acl/acl"), NetworkAcl::of(self.vpc.id()));
            for (entry, direction) in
                [(Direction::In, ec2::Direction::Ingress), (Direction::Out, ec2::Direction::Egress)]
                    .into_iter()
                    .flat_map(|(way, direction)| {
                        rules.filter(*tier, way).into_iter().map(move |entry| (entry, direction))
                    })
            {
                let Peer::Range(range) = entry.opening.peer else { continue };
                let Some(range) = self.range(range) else { continue };
                let traffic = packets(entry.opening.packets);
                let spec = NetworkAclEntry::allow(acl.id(), direction, entry.number, traffic, range);
                let path = format!("acl/{}/{}", entry.direction.as_str(), entry.opening.slug());
                self.plain(place(*tier, None, &path), explained(spec, &entry.opening));
            }
            let subnets: Vec<_> =
                self.subnets.iter().filter(|(of, _)| of == tier).map(|(_, subnet)| subnet.id()).collect();
            for (zone, subnet) in (0..).zip(subnets) {
                let association = NetworkAclAssociation::new(subnet, acl.id());
                self.plain(place(*tier, Some(zone), "acl"), association);
            }
        }
    }
}
