//! The calls of the association of a network ACL.

use super::{NetworkAclAssociation, NetworkAclAssociationDetails};
use crate::{
    client::Client,
    error::{incomplete, write},
    id::{NetworkAclAssociationId, NetworkAclId, SubnetId, VpcId},
    tags::{each, filter, filters},
};
use aws_sdk_ec2::types::{self, Filter};
use deathstar_core::{
    Cx, Driver, Error, Found, Made, Meaning, Op, Ready, Result, Seen, SeenState, Tags, Want,
};
use std::collections::BTreeSet;

const DESCRIBE: &str = "ec2:DescribeNetworkAcls";

impl Driver<NetworkAclAssociation> for Client {
    /// Looks into the stack's own ACLs first, and then by subnet for those that others moved elsewhere.
    async fn find(&self, cx: &Cx, want: &Want<SubnetId>, found: &mut Found) -> Result<()> {
        let ours = filters::<NetworkAclId>(cx, "", &Want::All);
        let all = match want {
            Want::All => self.network_acl_associations(ours).await?,
            Want::Ids(ids) => {
                let mut missing: BTreeSet<&str> = ids.iter().map(SubnetId::as_str).collect();
                let mut all = self.network_acl_associations(ours).await?;
                all.retain(|seen| missing.remove(seen.id.as_str()));
                let elsewhere = each("association.subnet-id", missing.iter().copied());
                let mut moved = self.network_acl_associations(elsewhere).await?;
                // An ACL is told with all its subnets.
                moved.retain(|seen| missing.contains(seen.id.as_str()));
                all.extend(moved);
                all
            }
            // An association carries no token.
            Want::Owned { .. } => vec![],
        };
        all.into_iter().for_each(|seen| found.push(seen));
        Ok(())
    }

    /// Takes the subnet from the default ACL of its VPC, and from no other.
    async fn create(&self, _: &Cx, spec: &Ready<NetworkAclAssociation>) -> Result<Made<SubnetId>> {
        let subnet = spec.subnet.known()?;
        let acls = self.list_network_acls([filter("association.subnet-id", [subnet.as_str()])]).await?;
        let current = acls.iter().find_map(|acl| {
            let association = acl.associations().iter().find(|a| a.subnet_id() == Some(subnet.as_str()))?;
            Some((acl, association.network_acl_association_id()?))
        });
        let Some((acl, association)) = current else {
            let text = format!("subnet `{subnet}` has no network ACL yet");
            return Err(Error::new(Meaning::NotReady, text).operation(DESCRIBE));
        };
        if acl.is_default() != Some(true) {
            let text = format!(
                "subnet `{subnet}` has the network ACL `{}` already",
                acl.network_acl_id().unwrap_or_default()
            );
            return Err(Error::new(Meaning::AlreadyExists, text).operation(DESCRIBE));
        }
        self.replace_network_acl(association, spec.acl.known()?.as_str()).await?;
        Ok(subnet.clone().into())
    }

    async fn change(
        &self,
        _: &Cx,
        seen: &Seen<NetworkAclAssociation>,
        to: &Ready<NetworkAclAssociation>,
    ) -> Result<Option<Op>> {
        self.replace_network_acl(seen.outputs.association.as_str(), to.acl.known()?.as_str()).await?;
        Ok(None)
    }

    /// Gives the subnet back to the default ACL of its VPC.
    async fn delete(&self, _: &Cx, seen: &Seen<NetworkAclAssociation>) -> Result<Option<Op>> {
        let vpc = seen.outputs.vpc.as_str();
        let acls = self.list_network_acls([filter("vpc-id", [vpc]), filter("default", ["true"])]).await?;
        let default = acls.first().and_then(types::NetworkAcl::network_acl_id);
        let Some(default) = default else {
            let text = format!("the default network ACL of VPC `{vpc}` is not to be seen");
            return Err(Error::new(Meaning::NotReady, text).operation(DESCRIBE));
        };
        self.replace_network_acl(seen.outputs.association.as_str(), default).await?;
        Ok(None)
    }
}

impl Client {
    async fn network_acl_associations(&self, by: Vec<Filter>) -> Result<Vec<Seen<NetworkAclAssociation>>> {
        let mut all = vec![];
        for filter in by {
            for acl in self.list_network_acls([filter]).await? {
                all.extend(show(&acl)?);
            }
        }
        Ok(all)
    }

    async fn replace_network_acl(&self, association: &str, acl: &str) -> Result<()> {
        let call = self.ec2.replace_network_acl_association().association_id(association).network_acl_id(acl);
        write("ec2:ReplaceNetworkAclAssociation", call.send()).await.map(|_| ())
    }
}

/// The associations of an ACL; those of a default ACL are none that someone made.
fn show(acl: &types::NetworkAcl) -> Result<Vec<Seen<NetworkAclAssociation>>> {
    if acl.is_default() == Some(true) {
        return Ok(vec![]);
    }
    let missing = |what| incomplete(DESCRIBE, what);
    let id = NetworkAclId::new(acl.network_acl_id().ok_or_else(|| missing("id"))?);
    let vpc = VpcId::new(acl.vpc_id().ok_or_else(|| missing("VPC"))?);
    let one = |association: &types::NetworkAclAssociation| {
        let subnet = SubnetId::new(association.subnet_id()?);
        let association = NetworkAclAssociationId::new(association.network_acl_association_id()?);
        Some(Seen {
            id: subnet.clone(),
            tags: Tags::new(),
            spec: NetworkAclAssociation::new(subnet, id.clone()),
            outputs: NetworkAclAssociationDetails { association, vpc: vpc.clone() },
            state: SeenState::Ready,
        })
    };
    Ok(acl.associations().iter().filter_map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acl(default: bool) -> types::NetworkAcl {
        let association = types::NetworkAclAssociation::builder()
            .network_acl_association_id("aclassoc-1")
            .network_acl_id("acl-1")
            .subnet_id("subnet-1");
        types::NetworkAcl::builder()
            .network_acl_id("acl-1")
            .vpc_id("vpc-1")
            .is_default(default)
            .associations(association.build())
            .build()
    }

    #[test]
    fn a_subnet_at_the_default_acl_has_no_association() {
        assert!(show(&acl(true)).unwrap().is_empty());
        let seen = show(&acl(false)).unwrap();
        assert_eq!(seen[0].id, SubnetId::new("subnet-1"));
        assert_eq!(seen[0].outputs.association, NetworkAclAssociationId::new("aclassoc-1"));
        assert_eq!(seen[0].outputs.vpc, VpcId::new("vpc-1"));
    }
}
