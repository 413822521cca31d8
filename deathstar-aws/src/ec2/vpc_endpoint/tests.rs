use super::*;
use deathstar_core::Class;

fn table(id: &str) -> Input<RouteTableId> {
    RouteTableId::new(id).into()
}

fn gateway(tables: &[&str]) -> VpcEndpoint {
    VpcEndpoint::gateway(VpcId::new("vpc-1"), "s3", tables.iter().map(|id| table(id)))
}

fn interface(service: &str) -> VpcEndpoint {
    let subnets = [SubnetId::new("subnet-2").into(), SubnetId::new("subnet-1").into()];
    VpcEndpoint::interface(VpcId::new("vpc-1"), service, subnets, [SecurityGroupId::new("sg-1").into()])
}

fn codes(endpoint: &VpcEndpoint) -> Vec<(String, String)> {
    endpoint.validate().into_iter().map(|finding| (finding.code, finding.path)).collect()
}

fn code(code: &str, path: &str) -> (String, String) {
    (code.into(), path.into())
}

#[test]
fn a_route_table_has_one_gateway_to_a_service() {
    let holds = |tables: &[&str]| gateway(tables).holds();
    assert_eq!(holds(&["rtb-1", "rtb-2"]), holds(&["rtb-2", "rtb-1"]));
    assert_eq!(holds(&["rtb-1", "rtb-2"])[..1], holds(&["rtb-1"])[..]);
    let mut other = gateway(&["rtb-1"]);
    other.service = "dynamodb".into();
    assert_ne!(holds(&["rtb-1"]), other.holds());
}

#[test]
fn the_names_of_a_service_lead_to_one_place() {
    assert!(interface("sts").holds().is_empty() && interface("sts").private_dns(false).holds().is_empty());
    assert_eq!(interface("sts").private_dns(true).holds(), interface("sts").private_dns(true).holds());
    assert_ne!(interface("sts").private_dns(true).holds(), interface("ec2").private_dns(true).holds());
}

#[test]
fn what_belongs_to_another_kind_is_found() {
    assert!(codes(&gateway(&["rtb-1"])).is_empty() && codes(&interface("sts")).is_empty());
    assert!(codes(&gateway(&[])).is_empty(), "route tables may come later");
    let mut wrong = gateway(&["rtb-1"]).private_dns(true);
    wrong.subnets = Some(Set::default());
    wrong.security_groups = Some(Set::default());
    let expected = ["/subnets", "/security_groups", "/private_dns"].map(|at| code("vpc-endpoint.kind", at));
    assert_eq!(codes(&wrong), expected);
    let mut wrong = interface("sts");
    wrong.route_tables = Some(Set::from([table("rtb-1")]));
    assert_eq!(codes(&wrong), [code("vpc-endpoint.kind", "/route_tables")]);
    wrong = interface("sts");
    wrong.kind = EndpointKind::Other;
    assert_eq!(codes(&wrong), [code("vpc-endpoint.kind", "/kind")]);
}

#[test]
fn an_endpoint_that_nothing_reaches_is_found() {
    let closed = VpcEndpoint::interface(VpcId::new("vpc-1"), "sts", [], []);
    let expected = ["/subnets", "/security_groups"].map(|at| code("vpc-endpoint.empty", at));
    assert_eq!(codes(&closed), expected);
}

#[test]
fn what_an_endpoint_is_replaces_it_and_the_rest_changes_in_place() {
    let replacing: Vec<_> = VpcEndpoint::FIELDS
        .iter()
        .filter(|field| matches!(field.class, Class::Replace))
        .map(|field| field.name)
        .collect();
    assert_eq!(replacing, ["vpc", "service", "kind"]);
}

#[test]
fn the_order_of_subnets_is_not_in_the_text() {
    let text = serde_json::to_string(&interface("sts")).unwrap();
    assert!(text.contains(r#""subnets":["subnet-1","subnet-2"]"#), "{text}");
}

#[test]
fn only_a_gateway_has_a_prefix_list() {
    let (_, gateway) = gateway(&["rtb-1"]).simulate(1);
    assert!(gateway.prefix_list.is_some() && gateway.dns_names.is_empty());
    let (_, interface) = interface("sts").simulate(1);
    assert!(interface.prefix_list.is_none());
    assert_eq!((interface.dns_names.len(), interface.network_interfaces.len()), (1, 2));
}

#[test]
fn a_policy_says_who_may_ask_for_what() {
    use crate::iam::{Principal, Statement};
    let read = || Statement::allow("s3:GetObject").on("*");
    let right = gateway(&["rtb-1"]).policy(PolicyDocument::of([read().by(Principal::Everyone)]));
    assert!(codes(&right).is_empty(), "{:?}", codes(&right));
    let wrong = gateway(&["rtb-1"]).policy(PolicyDocument::of([read()]));
    assert_eq!(codes(&wrong).into_iter().map(|(_, path)| path).collect::<Vec<_>>(), ["/policy"]);
}
