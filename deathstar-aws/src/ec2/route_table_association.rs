//! The association of a route table with a subnet.

use crate::{
    Aws,
    id::{AssociationId, RouteTableId, SubnetId},
    permission::lists,
};
use deathstar_core::{
    Fields, Identity, Input, Key, Resource, fields, outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

/// The route table of a subnet.
///
/// A subnet has one at most, so the subnet is its identity: the association's own id changes with the table. It is looked up by
/// subnet, so that one which others moved to another table is seen where it is now.
///
/// # Permissions
/// `ec2:DescribeRouteTables`; `ec2:AssociateRouteTable`; `ec2:ReplaceRouteTableAssociation`; `ec2:DisassociateRouteTable`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RouteTableAssociation {
    /// The subnet. Another one replaces it.
    pub subnet: Input<SubnetId>,
    /// The table. Changed in place, without a gap.
    pub table: Input<RouteTableId>,
}

impl RouteTableAssociation {
    /// What a subnet sends goes by this table.
    pub fn new(subnet: impl Into<Input<SubnetId>>, table: impl Into<Input<RouteTableId>>) -> Self {
        Self { subnet: subnet.into(), table: table.into() }
    }
}

/// What is known of an association once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RouteTableAssociationDetails {
    /// Its id, which changes with the table.
    pub association: AssociationId,
}

outputs! {
    /// What a declared association tells once it is made.
    pub trait RouteTableAssociationOutputs for RouteTableAssociation {
        /// Its id, which changes with the table.
        association: AssociationId,
    }
}

impl Resource for RouteTableAssociation {
    type Provider = Aws;
    type Id = SubnetId;
    type Outputs = RouteTableAssociationDetails;

    const FAMILY: &'static str = "aws.ec2.route-table-association";
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Amazon EC2 API Reference, `ReplaceRouteTableAssociation`, which answers a new id.
    const FIELDS: Fields<Self> =
        fields!(RouteTableAssociation { subnet: Replace, table: Moves(&["association"]) });

    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.subnet))
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        /// Authorised on the subnet and on each table that is named.
        fn on<'t>(
            action: &'static str,
            subnet: &Input<SubnetId>,
            tables: impl IntoIterator<Item = &'t Input<RouteTableId>>,
        ) -> Vec<Permission> {
            let tables = tables.into_iter().map(|table| Permission::new(action).on("route-table", table));
            [Permission::new(action).on("subnet", subnet)].into_iter().chain(tables).collect()
        }
        match call {
            Call::Find(_) => lists(["ec2:DescribeRouteTables"]),
            Call::Create(spec) => on("ec2:AssociateRouteTable", &spec.subnet, [&spec.table]),
            Call::Change { object, to, .. } => {
                on("ec2:ReplaceRouteTableAssociation", &to.subnet, [&object.spec.table, &to.table])
            }
            Call::Delete(object) => {
                on("ec2:DisassociateRouteTable", &object.spec.subnet, [&object.spec.table])
            }
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (SubnetId, RouteTableAssociationDetails) {
        let subnet = self.subnet.value().cloned().unwrap_or_else(|| SubnetId::simulated(0));
        (subnet, RouteTableAssociationDetails { association: AssociationId::simulated(serial) })
    }
}

#[cfg(feature = "client")]
mod driver {
    use super::{RouteTableAssociation, RouteTableAssociationDetails};
    use crate::{
        client::Client,
        error::write,
        id::{AssociationId, RouteTableId, SubnetId},
        tags::{each, filters},
    };
    use aws_sdk_ec2::types::{self, Filter, RouteTableAssociationStateCode};
    use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};
    use std::collections::BTreeSet;

    impl Driver<RouteTableAssociation> for Client {
        /// Looks into the tables of the stack first, and asks where the subnets are that none of them has: others may have moved
        /// them to a table that is not ours.
        async fn find(&self, cx: &Cx, want: &Want<SubnetId>, found: &mut Found) -> Result<()> {
            let ours = filters::<RouteTableId>(cx, "route-table-id", &Want::All);
            match want {
                Want::All => {
                    for seen in self.associations(ours).await? {
                        found.push(seen);
                    }
                }
                Want::Ids(ids) => {
                    let mut missing: BTreeSet<&str> = ids.iter().map(SubnetId::as_str).collect();
                    let mut all = self.associations(ours).await?;
                    all.retain(|seen| missing.remove(seen.id.as_str()));
                    let elsewhere = each("association.subnet-id", missing.iter().copied());
                    let mut moved = self.associations(elsewhere).await?;
                    moved.retain(|seen| missing.contains(seen.id.as_str()));
                    all.into_iter().chain(moved).for_each(|seen| found.push(seen));
                }
                // An association carries no token.
                Want::Owned { .. } => {}
            }
            Ok(())
        }

        async fn create(&self, _: &Cx, spec: &Ready<RouteTableAssociation>) -> Result<Made<SubnetId>> {
            let subnet = spec.subnet.known()?;
            let call = self
                .ec2
                .associate_route_table()
                .subnet_id(subnet.as_str())
                .route_table_id(spec.table.known()?.as_str());
            write("ec2:AssociateRouteTable", call.send()).await?;
            Ok(subnet.clone().into())
        }

        async fn change(
            &self,
            _: &Cx,
            seen: &Seen<RouteTableAssociation>,
            to: &Ready<RouteTableAssociation>,
        ) -> Result<Option<Op>> {
            let call = self
                .ec2
                .replace_route_table_association()
                .association_id(seen.outputs.association.as_str())
                .route_table_id(to.table.known()?.as_str());
            write("ec2:ReplaceRouteTableAssociation", call.send()).await?;
            Ok(None)
        }

        async fn delete(&self, _: &Cx, seen: &Seen<RouteTableAssociation>) -> Result<Option<Op>> {
            let call = self.ec2.disassociate_route_table().association_id(seen.outputs.association.as_str());
            write("ec2:DisassociateRouteTable", call.send()).await?;
            Ok(None)
        }
    }

    impl Client {
        async fn associations(&self, of: Vec<Filter>) -> Result<Vec<Seen<RouteTableAssociation>>> {
            let mut all = vec![];
            for filter in of {
                let tables = self.list_route_tables([filter]).await?;
                all.extend(tables.iter().flat_map(types::RouteTable::associations).filter_map(show));
            }
            Ok(all)
        }
    }

    /// An association with a subnet: neither that of a main table, nor that of a gateway, nor one that is gone.
    fn show(association: &types::RouteTableAssociation) -> Option<Seen<RouteTableAssociation>> {
        let subnet = SubnetId::new(association.subnet_id()?);
        let state = association.association_state();
        let state = match state.and_then(|state| state.state()) {
            Some(RouteTableAssociationStateCode::Disassociated) => return None,
            Some(RouteTableAssociationStateCode::Failed) => {
                let cause = state.and_then(|state| state.status_message()).unwrap_or("failed");
                SeenState::Failed(cause.into())
            }
            Some(
                code @ (RouteTableAssociationStateCode::Associating
                | RouteTableAssociationStateCode::Disassociating),
            ) => SeenState::Pending(code.as_str().into()),
            _ => SeenState::Ready,
        };
        let id = AssociationId::new(association.route_table_association_id()?);
        Some(Seen {
            id: subnet.clone(),
            tags: Tags::new(),
            spec: RouteTableAssociation::new(subnet, RouteTableId::new(association.route_table_id()?)),
            outputs: RouteTableAssociationDetails { association: id },
            state,
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use types::{RouteTableAssociationState, builders::RouteTableAssociationBuilder};

        fn association(code: RouteTableAssociationStateCode) -> RouteTableAssociationBuilder {
            types::RouteTableAssociation::builder()
                .route_table_association_id("rtbassoc-1")
                .route_table_id("rtb-1")
                .association_state(RouteTableAssociationState::builder().state(code).build())
        }

        #[test]
        fn only_subnets_have_associations_that_are_shown() {
            use RouteTableAssociationStateCode as Code;
            assert!(show(&association(Code::Associated).main(true).build()).is_none());
            assert!(show(&association(Code::Associated).gateway_id("igw-1").build()).is_none());
            assert!(show(&association(Code::Disassociated).subnet_id("subnet-1").build()).is_none());
            let state = |code| show(&association(code).subnet_id("subnet-1").build()).unwrap().state;
            assert_eq!(state(Code::Associated), SeenState::Ready);
            assert_eq!(state(Code::Associating), SeenState::Pending("associating".into()));
            assert_eq!(state(Code::Failed), SeenState::Failed("failed".into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subnet_is_the_id() {
        let association = RouteTableAssociation::new(SubnetId::new("subnet-1"), RouteTableId::new("rtb-1"));
        let (id, _) = association.simulate(1);
        assert_eq!(association.key(), Some(Key::of(&id)));
    }

    #[test]
    fn another_table_moves_the_id_of_the_association() {
        let class = &RouteTableAssociation::FIELDS[1].class;
        assert!(matches!(class, deathstar_core::Class::Moves(outputs) if **outputs == ["association"]));
    }
}
