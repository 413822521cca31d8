//! Names, and the tags by which Kubernetes and its controllers find parts of a network.

/// Where Kubernetes finds subnets for load balancers that face the internet.
pub(in crate::network) const PUBLIC_ROLE: &str = "kubernetes.io/role/elb";
/// Where Kubernetes finds subnets for load balancers that do not.
pub(in crate::network) const PRIVATE_ROLE: &str = "kubernetes.io/role/internal-elb";
/// Where Karpenter finds subnets and security groups for nodes.
pub(super) const DISCOVERY: &str = "karpenter.sh/discovery";

/// By which the load balancer controller finds the one group of a node's network interface that it writes rules into.
pub(super) fn of_cluster(name: &str) -> String {
    format!("kubernetes.io/cluster/{name}")
}

/// A text as the description of a rule or a group: what EC2 takes, and no longer than it takes.
///
/// Source: Amazon EC2 API Reference, `CreateSecurityGroup` and `AuthorizeSecurityGroupIngress`.
pub(super) fn description(text: &str) -> String {
    const LONGEST: usize = 255;
    let legal = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
    text.chars().map(|c| if legal(c) { c } else { ' ' }).take(LONGEST).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::description;

    #[test]
    fn a_description_has_what_ec2_takes() {
        assert_eq!(
            description("nodes to \"db\", tcp 1: the shop's <orders>"),
            "nodes to  db , tcp 1: the shop s  orders"
        );
        assert_eq!(description(&"a".repeat(300)).len(), 255);
    }
}
