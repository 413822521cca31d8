//! The calls of the association of DHCP options.

use super::DhcpOptionsAssociation;
use crate::{
    client::Client,
    ec2::dhcp_options,
    error::write,
    id::{DhcpOptionsId, VpcId},
    tags::{each, filters},
};
use aws_sdk_ec2::types;
use deathstar_core::{
    Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want, driver::tags::TOKEN,
};
use std::collections::BTreeSet;

/// What a VPC without options has.
const DEFAULT: &str = "default";

impl Driver<DhcpOptionsAssociation> for Client {
    /// `DescribeVpcs`, and one `DescribeDhcpOptions` to tell options that someone chose from those of the region.
    async fn find(&self, cx: &Cx, want: &Want<VpcId>, found: &mut Found) -> Result<()> {
        let by = match want {
            Want::All | Want::Ids(_) => filters(cx, "vpc-id", want),
            // An association carries no token.
            Want::Owned { .. } => vec![],
        };
        for filter in by {
            let vpcs = self.list_vpcs(filter).await?;
            let associations: Vec<_> = vpcs.iter().filter_map(association).collect();
            let options: BTreeSet<&str> = associations.iter().map(|(_, options)| *options).collect();
            let mut unchosen = BTreeSet::new();
            for of_options in each("dhcp-options-id", options) {
                for options in self.list_dhcp_options(of_options).await? {
                    if self.is_of_region(&options)? {
                        unchosen.extend(options.dhcp_options_id);
                    }
                }
            }
            for (vpc, options) in associations.iter().filter(|(_, options)| !unchosen.contains(*options)) {
                found.push(Seen {
                    id: VpcId::new(*vpc),
                    tags: Tags::new(),
                    spec: DhcpOptionsAssociation::new(VpcId::new(*vpc), DhcpOptionsId::new(*options)),
                    outputs: (),
                    state: SeenState::Ready,
                });
            }
        }
        Ok(())
    }

    async fn create(&self, _: &Cx, spec: &Ready<DhcpOptionsAssociation>) -> Result<Made<VpcId>> {
        let vpc = spec.vpc.known()?;
        self.associate_dhcp_options(vpc, spec.options.known()?.as_str()).await?;
        Ok(vpc.clone().into())
    }

    async fn change(
        &self,
        _: &Cx,
        seen: &Seen<DhcpOptionsAssociation>,
        to: &Ready<DhcpOptionsAssociation>,
    ) -> Result<Option<Op>> {
        self.associate_dhcp_options(&seen.id, to.options.known()?.as_str()).await?;
        Ok(None)
    }

    /// Lets the VPC go back to `default`.
    async fn delete(&self, _: &Cx, seen: &Seen<DhcpOptionsAssociation>) -> Result<Option<Op>> {
        self.associate_dhcp_options(&seen.id, DEFAULT).await?;
        Ok(None)
    }
}

fn association(vpc: &types::Vpc) -> Option<(&str, &str)> {
    Some((vpc.vpc_id()?, vpc.dhcp_options_id().filter(|options| *options != DEFAULT)?))
}

impl Client {
    async fn associate_dhcp_options(&self, vpc: &VpcId, options: &str) -> Result<()> {
        let call = self.ec2.associate_dhcp_options().vpc_id(vpc.as_str()).dhcp_options_id(options);
        write("ec2:AssociateDhcpOptions", call.send()).await.map(|_| ())
    }

    /// Whether nobody chose these options: they are those that AWS makes for the region, and no stack's.
    fn is_of_region(&self, options: &types::DhcpOptions) -> Result<bool> {
        let seen = dhcp_options::show(options)?;
        Ok(!seen.tags.contains_key(TOKEN) && seen.spec == dhcp_options::of_region(&self.region))
    }
}
