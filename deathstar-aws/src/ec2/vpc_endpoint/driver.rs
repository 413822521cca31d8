//! The calls of a VPC endpoint.

use super::{AddressFamilies, EndpointKind, EndpointService, VpcEndpoint, VpcEndpointDetails};
use crate::{
    client::Client,
    error::{incomplete, of_part, read, write},
    iam::PolicyDocument,
    id::{NetworkInterfaceId, PrefixListId, RouteTableId, SecurityGroupId, SubnetId, VpcEndpointId, VpcId},
    tags::{by_ids, created, each, filters, seen as seen_tags, specification},
};
use aws_sdk_ec2::types::{self, Filter, IpAddressType, ResourceType, State, VpcEndpointType};
use deathstar_core::{
    Cx, Driver, Error, Found, Input, Made, Op, Ready, Result, Seen, SeenState, Tags, Want, model::Set,
};
use std::collections::{BTreeSet, HashMap};

impl Driver<VpcEndpoint> for Client {
    /// `DescribeVpcEndpoints`; and where there are gateways `DescribeManagedPrefixLists` for all of them together.
    async fn find(&self, cx: &Cx, want: &Want<VpcEndpointId>, found: &mut Found) -> Result<()> {
        let endpoints = match want {
            Want::Ids(ids) => {
                by_ids(ids, |ids| async {
                    let pages =
                        self.ec2.describe_vpc_endpoints().set_vpc_endpoint_ids(Some(ids)).into_paginator();
                    read("ec2:DescribeVpcEndpoints", pages.items().send().collect::<Result<Vec<_>, _>>())
                        .await
                })
                .await?
            }
            other => self.list_vpc_endpoints(filters(cx, "", other)).await?,
        };
        let alive: Vec<_> = endpoints.iter().filter_map(|one| Some((one, state(one)?))).collect();
        let gateways = alive.iter().filter(|(one, _)| kind(one) == EndpointKind::Gateway);
        let lists = self.prefix_lists(gateways.filter_map(|(one, _)| one.service_name())).await?;
        for (endpoint, state) in alive {
            found.push(show(endpoint, state, &self.region, &lists)?);
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<VpcEndpoint>) -> Result<Made<VpcEndpointId>> {
        const OPERATION: &str = "ec2:CreateVpcEndpoint";
        let call = self
            .ec2
            .create_vpc_endpoint()
            .vpc_id(spec.vpc.known()?.as_str())
            .service_name(spec.service.in_region(&self.region))
            .vpc_endpoint_type(match spec.kind {
                EndpointKind::Gateway => VpcEndpointType::Gateway,
                EndpointKind::Interface => VpcEndpointType::Interface,
                EndpointKind::Other => {
                    return Err(Error::internal("this kind of endpoint cannot be declared"));
                }
            })
            .set_route_table_ids(known(spec.route_tables.as_ref())?)
            .set_subnet_ids(known(spec.subnets.as_ref())?)
            .set_security_group_ids(known(spec.security_groups.as_ref())?)
            .set_private_dns_enabled(spec.private_dns)
            .set_ip_address_type(spec.ip_address_type.map(told_families))
            .set_policy_document(spec.policy.as_ref().map(PolicyDocument::to_json))
            .client_token(&*cx.token)
            .tag_specifications(specification(cx, ResourceType::VpcEndpoint));
        let made = write(OPERATION, call.send()).await?;
        let id = created(OPERATION, made.vpc_endpoint().and_then(types::VpcEndpoint::vpc_endpoint_id))?;
        Ok(VpcEndpointId::new(id).into())
    }

    /// One call for all that differs.
    async fn change(&self, _: &Cx, seen: &Seen<VpcEndpoint>, to: &Ready<VpcEndpoint>) -> Result<Option<Op>> {
        let (tables, subnets, groups) = (
            Difference::of(seen.spec.route_tables.as_ref(), to.route_tables.as_ref())?,
            Difference::of(seen.spec.subnets.as_ref(), to.subnets.as_ref())?,
            Difference::of(seen.spec.security_groups.as_ref(), to.security_groups.as_ref())?,
        );
        let call = self
            .ec2
            .modify_vpc_endpoint()
            .vpc_endpoint_id(seen.id.as_str())
            .set_add_route_table_ids(tables.added)
            .set_remove_route_table_ids(tables.removed)
            .set_add_subnet_ids(subnets.added)
            .set_remove_subnet_ids(subnets.removed)
            .set_add_security_group_ids(groups.added)
            .set_remove_security_group_ids(groups.removed)
            .set_private_dns_enabled(to.private_dns.filter(|_| to.private_dns != seen.spec.private_dns))
            .set_ip_address_type(
                to.ip_address_type
                    .filter(|_| to.ip_address_type != seen.spec.ip_address_type)
                    .map(told_families),
            )
            .set_policy_document(
                to.policy.as_ref().filter(|_| to.policy != seen.spec.policy).map(PolicyDocument::to_json),
            );
        write("ec2:ModifyVpcEndpoint", call.send()).await?;
        Ok(None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<VpcEndpoint>) -> Result<Option<Op>> {
        const OPERATION: &str = "ec2:DeleteVpcEndpoints";
        let call = self.ec2.delete_vpc_endpoints().vpc_endpoint_ids(seen.id.as_str());
        let answer = write(OPERATION, call.send()).await?;
        match answer.unsuccessful().first().and_then(types::UnsuccessfulItem::error) {
            Some(error) => Err(of_part(OPERATION, error.code(), error.message())),
            None => Ok(None),
        }
    }

    async fn retag(&self, _: &Cx, seen: &Seen<VpcEndpoint>, set: &Tags, unset: &[String]) -> Result<()> {
        self.retag_object(seen.id.as_str(), set, unset).await
    }
}

/// The members of a set, as a call takes them.
fn known<T: AsRef<str>>(set: Option<&Set<Input<T>>>) -> Result<Option<Vec<String>>> {
    let Some(set) = set else { return Ok(None) };
    set.iter().map(|id| id.known().map(|id| id.as_ref().to_owned())).collect::<Result<_>>().map(Some)
}

/// What has to be added to a set and removed from it; none where nothing has to.
struct Difference {
    added: Option<Vec<String>>,
    removed: Option<Vec<String>>,
}

impl Difference {
    fn of<T: AsRef<str>>(is: Option<&Set<Input<T>>>, want: Option<&Set<Input<T>>>) -> Result<Self> {
        let Some(want) = known(want)? else { return Ok(Self { added: None, removed: None }) };
        let is = known(is)?.unwrap_or_default();
        let without = |these: &[String], others: &[String]| {
            let rest: Vec<_> = these.iter().filter(|id| !others.contains(id)).cloned().collect();
            (!rest.is_empty()).then_some(rest)
        };
        Ok(Self { added: without(&want, &is), removed: without(&is, &want) })
    }
}

impl Client {
    pub(crate) async fn list_vpc_endpoints(
        &self,
        by: impl IntoIterator<Item = Filter>,
    ) -> Result<Vec<types::VpcEndpoint>> {
        let by = by.into_iter().collect();
        let pages = self.ec2.describe_vpc_endpoints().set_filters(Some(by)).into_paginator();
        read("ec2:DescribeVpcEndpoints", pages.items().send().collect::<Result<Vec<_>, _>>()).await
    }

    /// The lists of ranges of services, by name.
    async fn prefix_lists<'s>(
        &self,
        services: impl Iterator<Item = &'s str>,
    ) -> Result<HashMap<String, PrefixListId>> {
        let services: BTreeSet<&str> = services.collect();
        let mut lists = HashMap::new();
        for named in each("prefix-list-name", services) {
            let pages = self.ec2.describe_managed_prefix_lists().filters(named).into_paginator();
            let page = pages.items().send().collect::<Result<Vec<_>, _>>();
            let page = read("ec2:DescribeManagedPrefixLists", page).await?;
            lists.extend(
                page.into_iter().filter_map(|list| {
                    Some((list.prefix_list_name?, PrefixListId::new(list.prefix_list_id?)))
                }),
            );
        }
        Ok(lists)
    }
}

fn told_families(families: AddressFamilies) -> IpAddressType {
    match families {
        AddressFamilies::Ipv4 => IpAddressType::Ipv4,
        AddressFamilies::Dualstack => IpAddressType::Dualstack,
        AddressFamilies::Ipv6 => IpAddressType::Ipv6,
    }
}

fn kind(endpoint: &types::VpcEndpoint) -> EndpointKind {
    match endpoint.vpc_endpoint_type() {
        Some(VpcEndpointType::Gateway) | None => EndpointKind::Gateway,
        Some(VpcEndpointType::Interface) => EndpointKind::Interface,
        Some(_) => EndpointKind::Other,
    }
}

/// The state of an endpoint that is there.
///
/// States are told in other cases than the API's reference writes them in.
fn state(endpoint: &types::VpcEndpoint) -> Option<SeenState> {
    let told = endpoint.state().map_or("", State::as_str);
    Some(match &*told.to_ascii_lowercase() {
        "deleted" => return None,
        "pending" | "deleting" | "partial" => SeenState::Pending(told.into()),
        "pendingacceptance" => {
            SeenState::Pending("it waits to be accepted by the owner of the service".into())
        }
        "failed" | "rejected" | "expired" => {
            let cause = endpoint.last_error().and_then(|error| error.message()).or(endpoint.failure_reason());
            SeenState::Failed(cause.map_or_else(|| told.into(), |cause| format!("{told}: {cause}")))
        }
        _ => SeenState::Ready,
    })
}

fn show(
    endpoint: &types::VpcEndpoint,
    state: SeenState,
    region: &str,
    lists: &HashMap<String, PrefixListId>,
) -> Result<Seen<VpcEndpoint>> {
    let missing = |what| incomplete("ec2:DescribeVpcEndpoints", what);
    let kind = kind(endpoint);
    let (gateway, interface) = (kind == EndpointKind::Gateway, kind == EndpointKind::Interface);
    let service = endpoint.service_name();
    // Others than gateways and interfaces may lead to no service.
    let told = EndpointService::told(service.unwrap_or_default(), region);
    let tables = || endpoint.route_table_ids().iter().map(|id| RouteTableId::new(id).into()).collect();
    let subnets = || endpoint.subnet_ids().iter().map(|id| SubnetId::new(id).into()).collect();
    let groups = || {
        let ids = endpoint.groups().iter().filter_map(types::SecurityGroupIdentifier::group_id);
        ids.map(|id| SecurityGroupId::new(id).into()).collect()
    };
    Ok(Seen {
        id: VpcEndpointId::new(endpoint.vpc_endpoint_id().ok_or_else(|| missing("id"))?),
        tags: seen_tags(endpoint.tags()),
        spec: VpcEndpoint {
            vpc: VpcId::new(endpoint.vpc_id().ok_or_else(|| missing("VPC"))?).into(),
            service: told,
            kind,
            route_tables: gateway.then(tables),
            subnets: interface.then(subnets),
            security_groups: interface.then(groups),
            private_dns: interface.then(|| endpoint.private_dns_enabled().unwrap_or(false)),
            ip_address_type: endpoint.ip_address_type().filter(|_| interface).and_then(|families| {
                Some(match families {
                    IpAddressType::Ipv4 => AddressFamilies::Ipv4,
                    IpAddressType::Dualstack => AddressFamilies::Dualstack,
                    IpAddressType::Ipv6 => AddressFamilies::Ipv6,
                    _ => return None,
                })
            }),
            policy: endpoint.policy_document().map(PolicyDocument::seen),
        },
        outputs: VpcEndpointDetails {
            dns_names: endpoint.dns_entries().iter().filter_map(|entry| entry.dns_name.clone()).collect(),
            network_interfaces: endpoint
                .network_interface_ids()
                .iter()
                .map(NetworkInterfaceId::new)
                .collect(),
            prefix_list: service.filter(|_| gateway).and_then(|service| lists.get(service).cloned()),
        },
        state,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::{LastError, SecurityGroupIdentifier, builders::VpcEndpointBuilder};

    fn endpoint(kind: VpcEndpointType, service: &str) -> VpcEndpointBuilder {
        types::VpcEndpoint::builder()
            .vpc_endpoint_id("vpce-1")
            .vpc_id("vpc-1")
            .vpc_endpoint_type(kind)
            .service_name(service)
            .state(State::Available)
    }

    fn shown(endpoint: VpcEndpointBuilder) -> Seen<VpcEndpoint> {
        let lists = HashMap::from([("com.amazonaws.eu-west-1.s3".to_owned(), PrefixListId::new("pl-1"))]);
        show(&endpoint.build(), SeenState::Ready, "eu-west-1", &lists).unwrap()
    }

    #[test]
    fn endpoints_are_shown_in_the_shape_of_a_spec() {
        let seen = shown(
            endpoint(VpcEndpointType::Gateway, "com.amazonaws.eu-west-1.s3")
                .route_table_ids("rtb-2")
                .route_table_ids("rtb-1"),
        );
        let tables = ["rtb-1", "rtb-2"].map(|id| RouteTableId::new(id).into());
        assert_eq!(seen.spec, VpcEndpoint::gateway(VpcId::new("vpc-1"), "s3", tables));
        assert_eq!(seen.outputs.prefix_list, Some(PrefixListId::new("pl-1")));
        let seen = shown(
            endpoint(VpcEndpointType::Interface, "com.amazonaws.eu-west-1.ecr.api")
                .subnet_ids("subnet-1")
                .groups(SecurityGroupIdentifier::builder().group_id("sg-1").build())
                .private_dns_enabled(true)
                .ip_address_type(IpAddressType::Dualstack),
        );
        let expected = VpcEndpoint::interface(
            VpcId::new("vpc-1"),
            "ecr.api",
            [SubnetId::new("subnet-1").into()],
            [SecurityGroupId::new("sg-1").into()],
        );
        let expected = expected.private_dns(true).ip_address_type(AddressFamilies::Dualstack);
        assert_eq!((seen.spec, seen.outputs.prefix_list), (expected, None));
    }

    #[test]
    fn states_are_told_apart_in_any_case() {
        let of = |text: &str| {
            let endpoint = endpoint(VpcEndpointType::Interface, "x").state(State::from(text));
            state(&endpoint.last_error(LastError::builder().message("no room").build()).build())
        };
        assert_eq!(of("Deleted"), None);
        assert_eq!(of("deleted"), None);
        assert_eq!(of("available"), Some(SeenState::Ready));
        assert_eq!(of("pending"), Some(SeenState::Pending("pending".into())));
        assert_eq!(of("Deleting"), Some(SeenState::Pending("Deleting".into())));
        assert!(matches!(of("pendingAcceptance"), Some(SeenState::Pending(why)) if why.contains("accepted")));
        assert_eq!(of("failed"), Some(SeenState::Failed("failed: no room".into())));
        assert_eq!(of("Rejected"), Some(SeenState::Failed("Rejected: no room".into())));
    }

    #[test]
    fn only_differences_are_called() {
        let set = |ids: &[&str]| Set::of(ids.iter().map(|id| Input::Known(SubnetId::new(*id))));
        let (is, want) = (set(&["subnet-1", "subnet-2"]), set(&["subnet-2", "subnet-3"]));
        let difference = Difference::of(Some(&is), Some(&want)).unwrap();
        assert_eq!(difference.added, Some(vec!["subnet-3".to_owned()]));
        assert_eq!(difference.removed, Some(vec!["subnet-1".to_owned()]));
        for want in [Some(&is), None] {
            let difference = Difference::of(Some(&is), want).unwrap();
            assert!(difference.added.is_none() && difference.removed.is_none());
        }
    }
}
