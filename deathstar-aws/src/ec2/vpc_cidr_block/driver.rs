//! The calls of a further range of a VPC.

use super::{Block, VpcCidrBlock, VpcCidrBlockDetails, VpcCidrBlockId};
use crate::{
    client::Client,
    error::{incomplete, write},
    id::{VpcCidrAssociationId, VpcId},
    tags::{each, filters},
};
use aws_sdk_ec2::types::{self, VpcCidrBlockState, VpcCidrBlockStateCode, VpcIpv6CidrBlockAssociation};
use deathstar_core::{
    Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want,
    model::{Ipv4Cidr, Ipv6Cidr},
};
use std::collections::BTreeSet;

impl Driver<VpcCidrBlock> for Client {
    /// Shows all further ranges of the VPCs.
    async fn find(&self, cx: &Cx, want: &Want<VpcCidrBlockId>, found: &mut Found) -> Result<()> {
        let by = match want {
            Want::All => filters::<VpcId>(cx, "vpc-id", &Want::All),
            Want::Ids(ids) => {
                let vpcs: BTreeSet<&str> = ids.iter().map(|VpcCidrBlockId(vpc, _)| vpc.as_str()).collect();
                each("vpc-id", vpcs)
            }
            // An association carries no token.
            Want::Owned { .. } => vec![],
        };
        for filter in by {
            for vpc in self.list_vpcs(filter).await? {
                let id = vpc.vpc_id().ok_or_else(|| incomplete("ec2:DescribeVpcs", "id"))?;
                for seen in show(&VpcId::new(id), &vpc) {
                    found.push(seen);
                }
            }
        }
        Ok(())
    }

    async fn create(&self, _: &Cx, spec: &Ready<VpcCidrBlock>) -> Result<Made<VpcCidrBlockId>> {
        let vpc = spec.vpc.known()?;
        let call = self.ec2.associate_vpc_cidr_block().vpc_id(vpc.as_str());
        let call = match spec.block {
            Block::Ipv4(range) => call.cidr_block(range.to_string()),
            Block::AmazonIpv6 => call.amazon_provided_ipv6_cidr_block(true),
        };
        write("ec2:AssociateVpcCidrBlock", call.send()).await?;
        Ok(VpcCidrBlockId(vpc.clone(), spec.block).into())
    }

    async fn delete(&self, _: &Cx, seen: &Seen<VpcCidrBlock>) -> Result<Option<Op>> {
        let call = self.ec2.disassociate_vpc_cidr_block().association_id(seen.outputs.association.as_str());
        write("ec2:DisassociateVpcCidrBlock", call.send()).await?;
        Ok(None)
    }
}

/// How a range is associated; none when it is so no longer.
fn state(state: Option<&VpcCidrBlockState>) -> Option<SeenState> {
    let code = state.and_then(VpcCidrBlockState::state);
    Some(match code {
        Some(VpcCidrBlockStateCode::Disassociated) => return None,
        Some(code @ (VpcCidrBlockStateCode::Associating | VpcCidrBlockStateCode::Disassociating)) => {
            SeenState::Pending(code.as_str().into())
        }
        Some(code @ (VpcCidrBlockStateCode::Failing | VpcCidrBlockStateCode::Failed)) => {
            let message = state.and_then(VpcCidrBlockState::status_message);
            SeenState::Failed(message.unwrap_or(code.as_str()).into())
        }
        _ => SeenState::Ready,
    })
}

/// The ranges of a VPC beside its first one. Of the IPv6 ranges that Amazon chose the one with the first id is shown.
fn show(id: &VpcId, vpc: &types::Vpc) -> Vec<Seen<VpcCidrBlock>> {
    let seen = |block, association: &str, ipv4, ipv6, state| Seen {
        id: VpcCidrBlockId(id.clone(), block),
        tags: Tags::new(),
        spec: VpcCidrBlock { vpc: id.clone().into(), block },
        outputs: VpcCidrBlockDetails { association: VpcCidrAssociationId::new(association), ipv4, ipv6 },
        state,
    };
    let four = vpc.cidr_block_association_set().iter().filter_map(|one| {
        let text = one.cidr_block().filter(|range| Some(*range) != vpc.cidr_block())?;
        let range = Ipv4Cidr::truncated(text.parse().ok()?);
        let state = state(one.cidr_block_state())?;
        Some(seen(Block::Ipv4(range), one.association_id()?, Some(range), None, state))
    });
    let of_amazon = |one: &&VpcIpv6CidrBlockAssociation| {
        one.ipv6_pool().is_none_or(|pool| pool.eq_ignore_ascii_case("amazon"))
    };
    let six = vpc.ipv6_cidr_block_association_set().iter().filter(of_amazon).filter_map(|one| {
        let range = one.ipv6_cidr_block().and_then(|range| range.parse::<Ipv6Cidr>().ok());
        let state = state(one.ipv6_cidr_block_state())?;
        Some((one.association_id()?, range, state))
    });
    let six = six.min_by(|(one, ..), (other, ..)| one.cmp(other));
    let six = six.map(|(association, range, state)| seen(Block::AmazonIpv6, association, None, range, state));
    four.chain(six).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::{VpcCidrBlockAssociation, builders::VpcIpv6CidrBlockAssociationBuilder};

    fn code(code: VpcCidrBlockStateCode) -> VpcCidrBlockState {
        VpcCidrBlockState::builder().state(code).build()
    }

    fn four(id: &str, range: &str, state: VpcCidrBlockStateCode) -> VpcCidrBlockAssociation {
        VpcCidrBlockAssociation::builder()
            .association_id(id)
            .cidr_block(range)
            .cidr_block_state(code(state))
            .build()
    }

    fn six(id: &str, range: &str, state: VpcCidrBlockStateCode) -> VpcIpv6CidrBlockAssociationBuilder {
        VpcIpv6CidrBlockAssociation::builder()
            .association_id(id)
            .ipv6_cidr_block(range)
            .ipv6_cidr_block_state(code(state))
    }

    #[test]
    fn the_first_range_is_no_further_one() {
        use VpcCidrBlockStateCode as Code;
        let vpc = types::Vpc::builder()
            .cidr_block("10.0.0.0/16")
            .cidr_block_association_set(four("a-1", "10.0.0.0/16", Code::Associated))
            .cidr_block_association_set(four("a-2", "100.64.0.0/16", Code::Associating))
            .cidr_block_association_set(four("a-3", "100.65.0.0/16", Code::Disassociated))
            .cidr_block_association_set(four("a-4", "100.66.0.0/16", Code::Failed))
            .build();
        let seen = show(&VpcId::new("vpc-1"), &vpc);
        let told: Vec<_> = seen.iter().map(|seen| (seen.outputs.association.as_str(), &seen.state)).collect();
        let expected = [
            ("a-2", &SeenState::Pending("associating".into())),
            ("a-4", &SeenState::Failed("failed".into())),
        ];
        assert_eq!(told, expected);
        assert_eq!(seen[0].outputs.ipv4, Some("100.64.0.0/16".parse().unwrap()));
    }

    #[test]
    fn only_a_range_that_amazon_chose_is_shown() {
        use VpcCidrBlockStateCode as Code;
        let vpc = types::Vpc::builder()
            .cidr_block("10.0.0.0/16")
            .ipv6_cidr_block_association_set(
                six("a-1", "2001:db8:1::/56", Code::Associated).ipv6_pool("ipv6pool-ec2-1").build(),
            )
            .ipv6_cidr_block_association_set(
                six("a-2", "2001:db8:2::/56", Code::Disassociated).ipv6_pool("Amazon").build(),
            )
            .ipv6_cidr_block_association_set(
                six("a-4", "2001:db8:4::/56", Code::Associated).ipv6_pool("Amazon").build(),
            )
            .ipv6_cidr_block_association_set(
                six("a-3", "2001:db8:3::/56", Code::Associated).ipv6_pool("Amazon").build(),
            )
            .build();
        let seen = show(&VpcId::new("vpc-1"), &vpc);
        let [seen] = &seen[..] else { panic!("one range: {seen:?}") };
        assert_eq!(seen.outputs.association.as_str(), "a-3");
        assert_eq!(seen.outputs.ipv6, Some("2001:db8:3::/56".parse().unwrap()));
        assert_eq!(seen.id, VpcCidrBlockId(VpcId::new("vpc-1"), Block::AmazonIpv6));
    }
}
