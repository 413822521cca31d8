//! Which permissions a call needs.

use super::Call;
use deathstar_loopback::Recorded;
use std::collections::BTreeSet;

/// The names of the parameters that begin tags in a create call.
const TAGS: [&str; 4] = ["TagSpecification.", "Tags.", "tags.", "TagSpecifications."];

/// Calls that read an object on the caller's behalf, and need the permission for it.
const DEPENDENT: &[(&str, &str, &[&str])] =
    &[("route53", "AssociateVPCWithHostedZone", &["ec2:DescribeVpcs"])];

/// What tagging in a create call needs beside it.
const TAGGING: &[(&str, &str)] = &[
    ("ec2", "ec2:CreateTags"),
    ("iam", "iam:TagRole"),
    ("kms", "kms:TagResource"),
    ("logs", "logs:TagResource"),
];

/// Parameters that hand over a role.
const ROLES: [&str; 3] = ["DeliverLogsPermissionArn", "roleArn", "DeliverCrossAccountRole"];

/// Calls that everybody may make, whatever policies say.
///
/// Source: AWS STS API Reference, `GetCallerIdentity`.
const FREE: [(&str, &str); 1] = [("sts", "GetCallerIdentity")];

pub(super) fn of(call: &Call) -> BTreeSet<String> {
    if FREE.contains(&(&call.service, &call.action)) {
        return BTreeSet::new();
    }
    let mut all = BTreeSet::from([call.name()]);
    let creates = call.action.starts_with("Create") || call.action.starts_with('A');
    let tags = call.parameters.iter().any(|(name, _)| TAGS.iter().any(|tags| name.starts_with(tags)));
    if creates && tags && !call.action.ends_with("Tags") {
        let of = TAGGING.iter().filter(|(service, _)| *service == call.service);
        all.extend(of.map(|(_, action)| match (call.service.as_str(), call.action.as_str()) {
            ("iam", "CreatePolicy") => "iam:TagPolicy".to_owned(),
            _ => (*action).to_owned(),
        }));
    }
    if !call.reads && ROLES.iter().any(|name| call.parameters.get(name).is_some()) {
        all.insert("iam:PassRole".to_owned());
    }
    let dependent =
        DEPENDENT.iter().filter(|(service, action, _)| *service == call.service && *action == call.action);
    all.extend(dependent.flat_map(|(_, _, needs)| needs.iter().map(|need| (*need).to_owned())));
    if call.service == "route53"
        && call.action == "CreateHostedZone"
        && call.parameters.get("VPC.VPCId").is_some()
    {
        all.insert("ec2:DescribeVpcs".to_owned());
    }
    // Source: Amazon VPC User Guide, "Publish flow logs to Amazon S3" and "to Amazon Data Firehose".
    if call.action == "CreateFlowLogs"
        && matches!(call.parameters.get("LogDestinationType"), Some("s3" | "kinesis-data-firehose"))
    {
        all.insert("logs:CreateLogDelivery".to_owned());
    }
    let private_names = call.parameters.get("PrivateDnsEnabled") != Some("false");
    if call.action == "CreateVpcEndpoint"
        && call.parameters.get("VpcEndpointType") == Some("Interface")
        && private_names
    {
        all.insert("route53:AssociateVPCWithHostedZone".to_owned());
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::record::tests::call;
    use deathstar_loopback::Recorded;

    #[test]
    fn tags_roles_and_dependents_are_counted() {
        let needs = |service, action, parameters: &[(&str, &str)]| {
            call(service, action, parameters).permissions().into_iter().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(needs("ec2", "CreateVpc", &[]), "ec2:CreateVpc");
        let tags = [("TagSpecification.1.Tag.1.Key", "a")];
        assert_eq!(needs("ec2", "CreateVpc", &tags), "ec2:CreateTags ec2:CreateVpc");
        assert_eq!(needs("ec2", "AllocateAddress", &tags), "ec2:AllocateAddress ec2:CreateTags");
        assert_eq!(needs("ec2", "DescribeVpcs", &[]), "ec2:DescribeVpcs");
        assert_eq!(needs("iam", "CreateRole", &[("Tags.member.1.Key", "a")]), "iam:CreateRole iam:TagRole");
        assert_eq!(
            needs("ec2", "CreateFlowLogs", &[("DeliverLogsPermissionArn", "arn")]),
            "ec2:CreateFlowLogs iam:PassRole"
        );
        assert_eq!(
            needs("ec2", "CreateFlowLogs", &[("LogDestinationType", "s3")]),
            "ec2:CreateFlowLogs logs:CreateLogDelivery"
        );
        assert_eq!(needs("sts", "GetCallerIdentity", &[]), "", "nobody is refused it");
        assert_eq!(
            needs("ec2", "CreateVpcEndpoint", &[("VpcEndpointType", "Interface")]),
            "ec2:CreateVpcEndpoint route53:AssociateVPCWithHostedZone"
        );
    }
}
