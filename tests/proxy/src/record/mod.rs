//! Every call that arrived, and questions about them.

mod permission;

use crate::{Parameters, Place};
use deathstar_loopback::{Recorded, write_outcome};
use std::{collections::BTreeSet, fmt};

/// One call that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// Its number, in the order of arrival.
    pub serial: u64,
    /// Whose call it is, and where.
    pub place: Place,
    /// The service: `ec2`.
    pub service: String,
    /// The action: `CreateVpc`.
    pub action: String,
    /// What it says.
    pub parameters: Parameters,
    /// Whether it only reads.
    pub reads: bool,
    /// Whether the emulator saw it, and so it may have had an effect.
    pub reached: bool,
    /// The status of the answer; none while there is none, and where it was lost.
    pub status: Option<u16>,
    /// The code of the error, if it was one.
    pub error: Option<String>,
    /// The request's id, as it was answered.
    pub request_id: Option<String>,
    /// The ids that it made.
    pub made: Vec<String>,
    /// The number of the page that it asked for; 1 for what has no pages.
    pub page: usize,
    /// The fault that was injected.
    pub fault: Option<String>,
}

impl Call {
    /// Whether it is one of an account.
    pub fn is_of(&self, account: &str) -> bool {
        self.place.account == account
    }

    /// Whether it was answered, and well.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether it may have changed something.
    pub fn had_effect(&self) -> bool {
        !self.reads && self.reached && self.error.is_none()
    }
}

impl Recorded for Call {
    /// `ec2:CreateVpc`.
    fn name(&self) -> String {
        format!("{}:{}", self.service, self.action)
    }

    fn is(&self, service: &str, action: &str) -> bool {
        self.service == service && self.action == action
    }

    fn reads(&self) -> bool {
        self.reads
    }

    /// The IAM actions that a caller needs for it, more than one where it also tags, or hands over a role.
    ///
    /// Source: Service Authorization Reference, the tables of actions and their dependent actions.
    fn permissions(&self) -> BTreeSet<String> {
        permission::of(self)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.serial, self.place, self.name())?;
        for (name, value) in self.parameters.iter() {
            write!(f, " {name}={value}")?;
        }
        write_outcome(f, self.status, self.error.as_deref(), self.fault.as_deref())
    }
}

/// Calls, the oldest first.
pub type Calls = deathstar_loopback::Calls<Call>;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn call(service: &str, action: &str, parameters: &[(&str, &str)]) -> Call {
        let parameters =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Call {
            serial: 0,
            place: Place { account: "1".into(), region: "r".into() },
            service: service.into(),
            action: action.into(),
            parameters: Parameters(parameters),
            reads: crate::wire::reads(service, action),
            reached: true,
            status: Some(200),
            error: None,
            request_id: None,
            made: vec![],
            page: 1,
            fault: None,
        }
    }

    #[test]
    fn calls_are_asked_for_by_service_and_account() {
        let calls: Calls = [
            call("ec2", "CreateVpc", &[]),
            call("ec2", "DescribeVpcs", &[]),
            call("ec2", "DescribeVpcs", &[("VpcId.1", "vpc-1")]),
        ]
        .into_iter()
        .collect();
        assert_eq!(calls.of("ec2", "DescribeVpcs").len(), 2);
        assert!(calls.of("iam", "DescribeVpcs").is_empty());
        assert_eq!(calls.mutating().names(), ["ec2:CreateVpc"]);
        assert_eq!(calls.filter(|call| call.is_of("1")).len(), 3);
        assert!(calls.filter(|call| call.is_of("2")).is_empty());
        assert_eq!(calls.since(2).to_string(), "0 1/r ec2:DescribeVpcs VpcId.1=vpc-1 -> 200\n");
    }
}
