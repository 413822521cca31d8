//! The calls of a network ACL.

use super::NetworkAcl;
use crate::{
    client::Client,
    ec2::network_acl_entry,
    error::{incomplete, read, write},
    id::{NetworkAclId, VpcId},
    tags::{by_ids, created, filters, seen as seen_tags, specification},
};
use aws_sdk_ec2::types::{self, Filter, ResourceType};
use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};

impl Driver<NetworkAcl> for Client {
    /// One `DescribeNetworkAcls` shows ACLs and entries.
    async fn find(&self, cx: &Cx, want: &Want<NetworkAclId>, found: &mut Found) -> Result<()> {
        match want {
            Want::Ids(ids) => self.show_network_acls(ids, found).await,
            other => {
                for filter in filters(cx, "", other) {
                    self.show_network_acls_by(filter, found).await?;
                }
                Ok(())
            }
        }
    }

    async fn create(&self, cx: &Cx, spec: &Ready<NetworkAcl>) -> Result<Made<NetworkAclId>> {
        const OPERATION: &str = "ec2:CreateNetworkAcl";
        let call = self
            .ec2
            .create_network_acl()
            .vpc_id(spec.vpc.known()?.as_str())
            .client_token(&*cx.token)
            .tag_specifications(specification(cx, ResourceType::NetworkAcl));
        let made = write(OPERATION, call.send()).await?;
        let id = created(OPERATION, made.network_acl().and_then(types::NetworkAcl::network_acl_id))?;
        Ok(NetworkAclId::new(id).into())
    }

    async fn delete(&self, _: &Cx, seen: &Seen<NetworkAcl>) -> Result<Option<Op>> {
        let call = self.ec2.delete_network_acl().network_acl_id(seen.id.as_str());
        write("ec2:DeleteNetworkAcl", call.send()).await?;
        Ok(None)
    }

    async fn retag(&self, _: &Cx, seen: &Seen<NetworkAcl>, set: &Tags, unset: &[String]) -> Result<()> {
        self.retag_object(seen.id.as_str(), set, unset).await
    }
}

impl Client {
    pub(crate) async fn list_network_acls(
        &self,
        by: impl IntoIterator<Item = Filter>,
    ) -> Result<Vec<types::NetworkAcl>> {
        let by = by.into_iter().collect();
        let pages = self.ec2.describe_network_acls().set_filters(Some(by)).into_paginator();
        read("ec2:DescribeNetworkAcls", pages.items().send().collect::<Result<Vec<_>, _>>()).await
    }

    /// Shows ACLs that a filter lets through, with their entries.
    pub(crate) async fn show_network_acls_by(&self, by: Filter, found: &mut Found) -> Result<()> {
        show(&self.list_network_acls([by]).await?, found)
    }

    /// Shows ACLs with their entries.
    pub(crate) async fn show_network_acls(&self, ids: &[NetworkAclId], found: &mut Found) -> Result<()> {
        let acls = by_ids(ids, |ids| async {
            let pages = self.ec2.describe_network_acls().set_network_acl_ids(Some(ids)).into_paginator();
            read("ec2:DescribeNetworkAcls", pages.items().send().collect::<Result<Vec<_>, _>>()).await
        });
        show(&acls.await?, found)
    }
}

fn show(acls: &[types::NetworkAcl], found: &mut Found) -> Result<()> {
    for acl in acls {
        let missing = |what| incomplete("ec2:DescribeNetworkAcls", what);
        let id = NetworkAclId::new(acl.network_acl_id().ok_or_else(|| missing("id"))?);
        let vpc = VpcId::new(acl.vpc_id().ok_or_else(|| missing("VPC"))?);
        for seen in acl.entries().iter().filter_map(|entry| network_acl_entry::show(&id, entry)) {
            found.push(seen);
        }
        found.push(Seen {
            id,
            tags: seen_tags(acl.tags()),
            spec: NetworkAcl::of(vpc),
            outputs: (),
            state: SeenState::Ready,
        });
    }
    Ok(())
}
