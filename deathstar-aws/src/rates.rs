//! How often AWS takes which calls.
//!
//! Only what AWS documents stands here. IAM, KMS and `CloudWatch` Logs throttle too, by limits that are not documented for each call
//! or far above ours: there the engine finds out.

use crate::{
    ec2::{NatGateway, Vpc, VpcEndpoint},
    route53::HostedZone,
};
use deathstar_core::{Rate, Resource, Verb};

/// What EC2 takes of each call that reads.
const READING: Rate = Rate::new(100.0, 20.0);
/// What EC2 takes of each call that changes something.
const CHANGING: Rate = Rate::new(50.0, 5.0);
/// What EC2 takes of `CreateTags` and `DeleteTags`.
const TAGGING: Rate = Rate::new(100.0, 10.0);
/// What Route 53 takes of all calls together.
const ROUTE_53: Rate = Rate::new(50.0, 10.0);

/// How often AWS takes a verb of a family, in one region of an account.
///
/// Sources: Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2 API", the categories and the uncategorized actions;
/// Amazon Route 53 Developer Guide, "Throttling for Amazon Route 53 API requests".
pub(crate) fn rate(family: &str, verb: Verb) -> Option<Rate> {
    let rate = match (family, verb) {
        (VpcEndpoint::FAMILY, Verb::Create | Verb::Change | Verb::Delete) => Rate::new(4.0, 0.3),
        (NatGateway::FAMILY, Verb::Create | Verb::Delete) => Rate::new(10.0, 1.0),
        // It asks for the attributes of a VPC one by one: two calls of one API.
        (Vpc::FAMILY, Verb::Find) => Rate::new(50.0, 10.0),
        (HostedZone::FAMILY, Verb::Create) => Rate::new(40.0, 2.0),
        (HostedZone::FAMILY, Verb::Delete) => Rate::new(40.0, 5.0),
        (other, _) if other.starts_with("aws.route53.") => ROUTE_53,
        (other, verb) if other.starts_with("aws.ec2.") => match verb {
            Verb::Find | Verb::Ask | Verb::Over => READING,
            Verb::Retag => TAGGING,
            Verb::Create | Verb::Change | Verb::Delete => CHANGING,
        },
        _ => return None,
    };
    Some(rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ec2::Subnet, iam::IamRole, route53::RecordSet};

    #[test]
    fn what_is_documented_for_a_call_comes_before_its_category() {
        for (family, verb, expected) in [
            (Vpc::FAMILY, Verb::Find, Some(Rate::new(50.0, 10.0))),
            (Subnet::FAMILY, Verb::Find, Some(READING)),
            (Subnet::FAMILY, Verb::Create, Some(CHANGING)),
            (Subnet::FAMILY, Verb::Retag, Some(TAGGING)),
            (VpcEndpoint::FAMILY, Verb::Create, Some(Rate::new(4.0, 0.3))),
            (VpcEndpoint::FAMILY, Verb::Find, Some(READING)),
            (NatGateway::FAMILY, Verb::Delete, Some(Rate::new(10.0, 1.0))),
            (HostedZone::FAMILY, Verb::Create, Some(Rate::new(40.0, 2.0))),
            (RecordSet::FAMILY, Verb::Create, Some(ROUTE_53)),
            (IamRole::FAMILY, Verb::Create, None),
        ] {
            assert_eq!(rate(family, verb), expected, "{family} {verb:?}");
        }
    }
}
