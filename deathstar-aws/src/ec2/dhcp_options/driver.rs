//! The calls of a set of DHCP options.

use super::{AMAZON, DhcpOption, DhcpOptions};
use crate::{
    client::Client,
    error::{incomplete, read, write},
    id::DhcpOptionsId,
    tags::{created, filters, seen as seen_tags, specification},
};
use aws_sdk_ec2::types::{self, AttributeValue, Filter, NewDhcpConfiguration, ResourceType};
use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};

impl Driver<DhcpOptions> for Client {
    async fn find(&self, cx: &Cx, want: &Want<DhcpOptionsId>, found: &mut Found) -> Result<()> {
        for filter in filters(cx, "dhcp-options-id", want) {
            for options in self.list_dhcp_options(filter).await? {
                found.push(show(&options)?);
            }
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<DhcpOptions>) -> Result<Made<DhcpOptionsId>> {
        const OPERATION: &str = "ec2:CreateDhcpOptions";
        let options = spec.options.iter().map(|(option, values)| {
            NewDhcpConfiguration::builder().key(option.as_str()).set_values(Some(values.clone())).build()
        });
        let call = self
            .ec2
            .create_dhcp_options()
            .set_dhcp_configurations(Some(options.collect()))
            .tag_specifications(specification(cx, ResourceType::DhcpOptions));
        let made = write(OPERATION, call.send()).await?;
        let id = created(OPERATION, made.dhcp_options().and_then(types::DhcpOptions::dhcp_options_id))?;
        Ok(DhcpOptionsId::new(id).into())
    }

    async fn delete(&self, _: &Cx, seen: &Seen<DhcpOptions>) -> Result<Option<Op>> {
        let call = self.ec2.delete_dhcp_options().dhcp_options_id(seen.id.as_str());
        write("ec2:DeleteDhcpOptions", call.send()).await?;
        Ok(None)
    }

    async fn retag(&self, _: &Cx, seen: &Seen<DhcpOptions>, set: &Tags, unset: &[String]) -> Result<()> {
        self.retag_object(seen.id.as_str(), set, unset).await
    }
}

impl Client {
    pub(crate) async fn list_dhcp_options(&self, by: Filter) -> Result<Vec<types::DhcpOptions>> {
        let pages = self.ec2.describe_dhcp_options().filters(by).into_paginator();
        read("ec2:DescribeDhcpOptions", pages.items().send().collect::<Result<Vec<_>, _>>()).await
    }
}

pub(in crate::ec2) fn show(options: &types::DhcpOptions) -> Result<Seen<DhcpOptions>> {
    let id = options.dhcp_options_id().ok_or_else(|| incomplete("ec2:DescribeDhcpOptions", "id"))?;
    let option = |one: &types::DhcpConfiguration| {
        let option = DhcpOption::ALL.into_iter().find(|option| Some(option.as_str()) == one.key())?;
        let values = one.values().iter().filter_map(AttributeValue::value).map(str::to_owned).collect();
        Some((option, values))
    };
    Ok(Seen {
        id: DhcpOptionsId::new(id),
        tags: seen_tags(options.tags()),
        spec: DhcpOptions { options: options.dhcp_configurations().iter().filter_map(option).collect() },
        outputs: (),
        state: SeenState::Ready,
    })
}

/// The options that AWS makes for a region, which nobody chose.
///
/// Source: Amazon VPC User Guide, "DHCP option sets in Amazon VPC", default DHCP option set.
pub(in crate::ec2) fn of_region(region: &str) -> DhcpOptions {
    let domain =
        if region == "us-east-1" { "ec2.internal".into() } else { format!("{region}.compute.internal") };
    DhcpOptions::new().domain_name(domain).name_servers([AMAZON])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_shown_in_the_shape_of_a_spec() {
        let one = |key: &str, values: &[&str]| {
            let values = values.iter().map(|value| AttributeValue::builder().value(*value).build()).collect();
            types::DhcpConfiguration::builder().key(key).set_values(Some(values)).build()
        };
        let told = types::DhcpOptions::builder()
            .dhcp_options_id("dopt-1")
            .dhcp_configurations(one("domain-name-servers", &["10.0.0.9", "10.0.0.2"]))
            .dhcp_configurations(one("domain-name", &["shop.internal"]))
            .build();
        let expected = DhcpOptions::new().domain_name("shop.internal").name_servers(["10.0.0.9", "10.0.0.2"]);
        assert_eq!(show(&told).unwrap().spec, expected);
    }

    #[test]
    fn the_first_region_has_a_domain_of_its_own() {
        let domain = |region| of_region(region).options[&DhcpOption::DomainName].clone();
        assert_eq!(domain("us-east-1"), ["ec2.internal"]);
        assert_eq!(domain("eu-west-1"), ["eu-west-1.compute.internal"]);
    }
}
