//! The calls behind the gate.

use super::NoForeignNetworkInterfaces;
use crate::{client::Client, error::read, id::VpcId, tags::filter};
use aws_sdk_ec2::types::{self, NetworkInterface, NetworkInterfaceStatus, NetworkInterfaceType, Tag};
use deathstar_core::{Result, driver::Ask, driver::tags::STACK, kind::Answered};
use futures_util::future::try_join3;
use std::collections::BTreeMap;

/// How many interfaces are named.
const NAMED: usize = 20;

impl Ask<NoForeignNetworkInterfaces> for Client {
    async fn holds(&self, _: &NoForeignNetworkInterfaces) -> Result<Answered<()>> {
        Ok(Answered::Yes(()))
    }

    async fn over(&self, fact: &NoForeignNetworkInterfaces) -> Result<Answered<()>> {
        let vpc = fact.vpc.known()?;
        let place = match &fact.subnet {
            Some(subnet) => filter("subnet-id", [subnet.known()?.as_str()]),
            None => of(vpc),
        };
        let pages = self.ec2.describe_network_interfaces().filters(place).into_paginator();
        let interfaces = pages.items().send().collect::<Result<Vec<_>, _>>();
        let interfaces = read("ec2:DescribeNetworkInterfaces", interfaces).await?;
        if interfaces.is_empty() {
            return Ok(Answered::Yes(()));
        }
        let (vpcs, gateways, endpoints) = try_join3(
            self.list_vpcs(of(vpc)),
            self.list_nat_gateways([of(vpc)]),
            self.list_vpc_endpoints([of(vpc)]),
        )
        .await?;
        let stack = vpcs.first().and_then(|vpc| stack_of(vpc.tags()));
        let parents = Parents::of(&gateways, &endpoints);
        Ok(judge(vpc, stack, &parents, &interfaces))
    }
}

fn of(vpc: &VpcId) -> types::Filter {
    filter("vpc-id", [vpc.as_str()])
}

fn stack_of(tags: &[Tag]) -> Option<&str> {
    tags.iter().find(|tag| tag.key() == Some(STACK)).and_then(Tag::value)
}

/// What stands behind interfaces that AWS made for something else: by interface the stack of that.
struct Parents<'p>(BTreeMap<&'p str, Option<&'p str>>);

impl<'p> Parents<'p> {
    fn of(gateways: &'p [types::NatGateway], endpoints: &'p [types::VpcEndpoint]) -> Self {
        let gateways = gateways.iter().flat_map(|gateway| {
            let stack = stack_of(gateway.tags());
            let addresses = gateway.nat_gateway_addresses().iter();
            addresses.filter_map(move |address| Some((address.network_interface_id()?, stack)))
        });
        let endpoints = endpoints.iter().flat_map(|endpoint| {
            let stack = stack_of(endpoint.tags());
            endpoint.network_interface_ids().iter().map(move |id| (id.as_str(), stack))
        });
        Self(gateways.chain(endpoints).collect())
    }
}

/// Whose an interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// The stack's own, or of something that is: it goes with that.
    Ours,
    /// On its way out.
    Leaving,
    /// Of others.
    Foreign,
}

fn whose(stack: Option<&str>, parents: &Parents<'_>, interface: &NetworkInterface) -> Whose {
    let ours = |owner: Option<&str>| owner.is_some() && owner == stack;
    let parent = interface.network_interface_id().and_then(|id| parents.0.get(id));
    let of_parents = matches!(
        interface.interface_type(),
        Some(NetworkInterfaceType::NatGateway | NetworkInterfaceType::VpcEndpoint)
    );
    match parent {
        _ if ours(stack_of(interface.tag_set())) => Whose::Ours,
        Some(owner) if ours(*owner) => Whose::Ours,
        // What it was made for is gone, and AWS takes it away.
        None if of_parents => Whose::Leaving,
        None if interface.status() == Some(&NetworkInterfaceStatus::Detaching) => Whose::Leaving,
        Some(_) | None => Whose::Foreign,
    }
}

fn judge(
    vpc: &VpcId,
    stack: Option<&str>,
    parents: &Parents<'_>,
    interfaces: &[NetworkInterface],
) -> Answered<()> {
    let of = |kind: Whose| {
        let named = interfaces.iter().filter(|interface| whose(stack, parents, interface) == kind);
        named.map(name).collect::<Vec<_>>()
    };
    let (foreign, leaving) = (of(Whose::Foreign), of(Whose::Leaving));
    if !foreign.is_empty() {
        Answered::No(format!("VPC `{vpc}` holds network interfaces of others: {}", list(foreign)))
    } else if !leaving.is_empty() {
        Answered::Waiting(format!(
            "network interfaces are on their way out of VPC `{vpc}`: {}",
            list(leaving)
        ))
    } else {
        Answered::Yes(())
    }
}

/// An interface as people look for it.
fn name(interface: &NetworkInterface) -> String {
    let mut parts = vec![];
    parts.extend(interface.subnet_id().map(|subnet| format!("in {subnet}")));
    let described = interface.description().filter(|text| !text.is_empty());
    parts.extend(described.map(|text| format!("`{text}`")));
    parts.extend(interface.requester_id().map(|requester| format!("requested by {requester}")));
    let instance = interface.attachment().and_then(|attachment| attachment.instance_id());
    parts.extend(instance.map(|instance| format!("attached to {instance}")));
    format!("{} ({})", interface.network_interface_id().unwrap_or("?"), parts.join(", "))
}

fn list(mut names: Vec<String>) -> String {
    names.sort_unstable();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let text = names.join("; ");
    if more == 0 { text } else { format!("{text}; and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::{NatGatewayAddress, NetworkInterfaceAttachment, builders::NetworkInterfaceBuilder};

    fn interface(id: &str) -> NetworkInterfaceBuilder {
        NetworkInterface::builder().network_interface_id(id).subnet_id("subnet-1")
    }

    fn tag(stack: &str) -> Tag {
        Tag::builder().key(STACK).value(stack).build()
    }

    fn gateway(interface: &str, stack: Option<&str>) -> types::NatGateway {
        let address = NatGatewayAddress::builder().network_interface_id(interface).build();
        types::NatGateway::builder()
            .nat_gateway_addresses(address)
            .set_tags(stack.map(|stack| vec![tag(stack)]))
            .build()
    }

    fn answer(interfaces: &[NetworkInterface]) -> Answered<()> {
        let gateways =
            [gateway("eni-1", Some("webshop")), gateway("eni-2", Some("other")), gateway("eni-3", None)];
        let endpoint =
            types::VpcEndpoint::builder().network_interface_ids("eni-4").tags(tag("webshop")).build();
        let endpoints = [endpoint];
        judge(&VpcId::new("vpc-1"), Some("webshop"), &Parents::of(&gateways, &endpoints), interfaces)
    }

    #[test]
    fn our_own_do_not_count() {
        let ours = [
            interface("eni-1").interface_type(NetworkInterfaceType::NatGateway).build(),
            interface("eni-4").interface_type(NetworkInterfaceType::VpcEndpoint).build(),
            interface("eni-5").tag_set(tag("webshop")).build(),
        ];
        assert_eq!(answer(&ours), Answered::Yes(()));
    }

    #[test]
    fn those_of_others_are_named() {
        let instance = NetworkInterfaceAttachment::builder().instance_id("i-1").build();
        let foreign = [
            interface("eni-9").description("aws-K8S-i-1").attachment(instance).build(),
            interface("eni-8").description("ELB app/shop/1").requester_id("amazon-elb").build(),
            interface("eni-2").interface_type(NetworkInterfaceType::NatGateway).build(),
            interface("eni-3").interface_type(NetworkInterfaceType::NatGateway).build(),
            interface("eni-7").tag_set(tag("other")).build(),
            interface("eni-1").build(),
        ];
        let expected = concat!(
            "VPC `vpc-1` holds network interfaces of others: eni-2 (in subnet-1); eni-3 (in subnet-1); ",
            "eni-7 (in subnet-1); eni-8 (in subnet-1, `ELB app/shop/1`, requested by amazon-elb); ",
            "eni-9 (in subnet-1, `aws-K8S-i-1`, attached to i-1)"
        );
        assert_eq!(answer(&foreign), Answered::No(expected.into()));
    }

    #[test]
    fn what_leaves_is_waited_for_unless_others_stay() {
        let leaving = [
            interface("eni-9").status(NetworkInterfaceStatus::Detaching).build(),
            interface("eni-8").interface_type(NetworkInterfaceType::VpcEndpoint).build(),
        ];
        assert!(
            matches!(answer(&leaving), Answered::Waiting(why) if why.contains("eni-8") && why.contains("eni-9"))
        );
        let [one, other] = leaving;
        let with_foreign = [one, other, interface("eni-7").build()];
        assert!(
            matches!(answer(&with_foreign), Answered::No(why) if why.contains("eni-7") && !why.contains("eni-9"))
        );
    }

    #[test]
    fn in_a_vpc_of_others_every_interface_is_of_others() {
        let parents = Parents::of(&[], &[]);
        let answer = judge(&VpcId::new("vpc-1"), None, &parents, &[interface("eni-1").build()]);
        assert!(matches!(answer, Answered::No(_)));
    }

    #[test]
    fn many_are_counted() {
        let many: Vec<_> = (100..125).map(|number| interface(&format!("eni-{number}")).build()).collect();
        let Answered::No(why) = answer(&many) else { panic!("they are of others") };
        assert!(why.ends_with("; eni-119 (in subnet-1); and 5 more"), "{why}");
    }
}
