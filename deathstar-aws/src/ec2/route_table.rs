//! A route table.

use crate::{
    Aws,
    id::{RouteTableId, VpcId},
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Fields, Identity, Input, Resource, fields,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

/// A route table of a VPC. Its [`Route`](super::Route)s and its
/// [associations](super::RouteTableAssociation) are objects of their own; what others put into it stays.
///
/// # Permissions
/// `ec2:DescribeRouteTables`; `ec2:CreateRouteTable` with `ec2:CreateTags`; `ec2:CreateTags`, `ec2:DeleteTags`;
/// `ec2:DeleteRouteTable`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RouteTable {
    /// Its VPC. Another one replaces it.
    pub vpc: Input<VpcId>,
}

impl RouteTable {
    /// A route table of a VPC.
    pub fn of(vpc: impl Into<Input<VpcId>>) -> Self {
        Self { vpc: vpc.into() }
    }
}

impl Resource for RouteTable {
    type Provider = Aws;
    type Id = RouteTableId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.ec2.route-table";
    const IDENTITY: Identity = Identity::Token;
    /// Source: Amazon EC2 API Reference, `CreateRouteTable`; no operation moves a table to another VPC.
    const FIELDS: Fields<Self> = fields!(RouteTable { vpc: Replace });

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "route-table";
        const CREATE: &str = "ec2:CreateRouteTable";
        match call {
            Call::Find(_) => lists(["ec2:DescribeRouteTables"]),
            Call::Create(spec) => {
                let mut all = creates(CREATE, TYPE);
                all.push(Permission::new(CREATE).on("vpc", &spec.vpc));
                all
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![on_own("ec2:DeleteRouteTable", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (RouteTableId, ()) {
        (RouteTableId::simulated(serial), ())
    }
}

#[cfg(feature = "client")]
mod driver {
    use super::RouteTable;
    use crate::{
        client::Client,
        ec2::route,
        error::{incomplete, read, write},
        id::{RouteTableId, VpcId},
        tags::{created, filters, seen as seen_tags, specification},
    };
    use aws_sdk_ec2::types::{self, Filter, ResourceType};
    use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};

    impl Driver<RouteTable> for Client {
        /// One `DescribeRouteTables` shows tables and routes.
        async fn find(&self, cx: &Cx, want: &Want<RouteTableId>, found: &mut Found) -> Result<()> {
            for filter in filters(cx, "route-table-id", want) {
                self.show_tables([filter], found).await?;
            }
            Ok(())
        }

        async fn create(&self, cx: &Cx, spec: &Ready<RouteTable>) -> Result<Made<RouteTableId>> {
            const OPERATION: &str = "ec2:CreateRouteTable";
            let call = self
                .ec2
                .create_route_table()
                .vpc_id(spec.vpc.known()?.as_str())
                .client_token(&*cx.token)
                .tag_specifications(specification(cx, ResourceType::RouteTable));
            let made = write(OPERATION, call.send()).await?;
            let id = created(OPERATION, made.route_table().and_then(types::RouteTable::route_table_id))?;
            Ok(RouteTableId::new(id).into())
        }

        async fn delete(&self, _: &Cx, seen: &Seen<RouteTable>) -> Result<Option<Op>> {
            let call = self.ec2.delete_route_table().route_table_id(seen.id.as_str());
            write("ec2:DeleteRouteTable", call.send()).await?;
            Ok(None)
        }

        async fn retag(&self, _: &Cx, seen: &Seen<RouteTable>, set: &Tags, unset: &[String]) -> Result<()> {
            self.retag_object(seen.id.as_str(), set, unset).await
        }
    }

    impl Client {
        pub(crate) async fn list_route_tables(
            &self,
            by: impl IntoIterator<Item = Filter>,
        ) -> Result<Vec<types::RouteTable>> {
            let by = by.into_iter().collect();
            let pages = self.ec2.describe_route_tables().set_filters(Some(by)).into_paginator();
            read("ec2:DescribeRouteTables", pages.items().send().collect::<Result<Vec<_>, _>>()).await
        }

        /// Shows tables with their routes.
        pub(crate) async fn show_tables(
            &self,
            by: impl IntoIterator<Item = Filter>,
            found: &mut Found,
        ) -> Result<()> {
            for table in self.list_route_tables(by).await? {
                let missing = |what| incomplete("ec2:DescribeRouteTables", what);
                let id = RouteTableId::new(table.route_table_id().ok_or_else(|| missing("id"))?);
                let vpc = VpcId::new(table.vpc_id().ok_or_else(|| missing("VPC"))?);
                for seen in table.routes().iter().filter_map(|route| route::show(&id, route)) {
                    found.push(seen);
                }
                found.push(Seen {
                    id,
                    tags: seen_tags(table.tags()),
                    spec: RouteTable::of(vpc),
                    outputs: (),
                    state: SeenState::Ready,
                });
            }
            Ok(())
        }
    }
}
