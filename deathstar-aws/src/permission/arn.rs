//! Which ARN the objects of a type have.

use crate::Account;
use deathstar_core::permission::Which;

/// The ARNs of objects of a type, as an action's service writes them.
///
/// Sources: Service Authorization Reference, "Resource types defined by" each service. `CloudWatch` Logs names a log group without
/// `:*` when it is about its tags, and with it for all else; both are there.
pub(super) fn arns(action: &str, of: &str, which: &Which, account: &Account) -> Vec<String> {
    let service = action.split(':').next().unwrap_or_default();
    let id = match which {
        Which::One(id) if id.starts_with("arn:") => {
            return whole(service, id);
        }
        Which::One(id) => id.as_str(),
        _ => "*",
    };
    let partition = partition(account.region_name());
    let owner = account.expected_account().unwrap_or("*");
    let region = account.region_name();
    match (service, of) {
        // An id that begins with a slash tells the whole path; a name alone may stand in any folder.
        ("iam", _) => {
            let arn = format!("arn:{partition}:iam::{owner}:{of}");
            match id.strip_prefix('/') {
                Some(path) => vec![format!("{arn}/{path}")],
                None if id == "*" => vec![format!("{arn}/*")],
                None => vec![format!("{arn}/{id}"), format!("{arn}/*/{id}")],
            }
        }
        ("route53", "vpc") => vec![format!("arn:{partition}:ec2:{region}:{owner}:vpc/{id}")],
        ("route53", _) => vec![format!("arn:{partition}:route53:::{of}/{id}")],
        // `*` at the end stands for any text, `:*` included.
        ("logs", "log-group") if id == "*" => {
            vec![format!("arn:{partition}:logs:{region}:{owner}:log-group:*")]
        }
        ("logs", "log-group") => {
            whole(service, &format!("arn:{partition}:logs:{region}:{owner}:log-group:{id}"))
        }
        // The name of an alias begins with the type.
        ("kms", "alias") => {
            let name = id.strip_prefix("alias/").unwrap_or(id);
            vec![format!("arn:{partition}:kms:{region}:{owner}:alias/{name}")]
        }
        // AWS's own lists belong to an account of its own.
        ("ec2", "prefix-list") => vec![format!("arn:{partition}:ec2:{region}:*:prefix-list/{id}")],
        (_, _) => vec![format!("arn:{partition}:{service}:{region}:{owner}:{of}/{id}")],
    }
}

/// A whole ARN, in each form that its service compares.
fn whole(service: &str, arn: &str) -> Vec<String> {
    match service {
        "logs" => {
            let plain = arn.strip_suffix(":*").unwrap_or(arn);
            vec![plain.to_owned(), format!("{plain}:*")]
        }
        _ => vec![arn.to_owned()],
    }
}

/// The partition of a region.
///
/// Source: AWS General Reference, "Amazon Resource Names"; the endpoints of the AWS SDKs.
pub(super) fn partition(region: &str) -> &'static str {
    const PREFIXES: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("us-iso-", "aws-iso"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    PREFIXES.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| *partition)
}

/// Whether a service is called in the region of the connection; calls of the others count as calls in one region of the partition.
pub(super) fn is_regional(action: &str) -> bool {
    !["iam:", "route53:", "sts:"].iter().any(|service| action.starts_with(service))
}
