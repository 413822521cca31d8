//! Every call that arrived, and questions about them.

mod permission;

use crate::{Parameters, Place};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

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
    /// `ec2:CreateVpc`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.action)
    }

    /// The IAM actions that a caller needs for it, more than one where it also tags, or hands over a role.
    ///
    /// Source: Service Authorization Reference, the tables of actions and their dependent actions.
    pub fn permissions(&self) -> BTreeSet<String> {
        permission::of(self)
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

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.serial, self.place, self.name())?;
        for (name, value) in self.parameters.iter() {
            write!(f, " {name}={value}")?;
        }
        match (&self.status, &self.error) {
            (Some(status), Some(code)) => write!(f, " -> {status} {code}")?,
            (Some(status), None) => write!(f, " -> {status}")?,
            (None, _) => f.write_str(" -> no answer")?,
        }
        match &self.fault {
            Some(fault) => write!(f, " [{fault}]"),
            None => Ok(()),
        }
    }
}

/// Calls, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls(pub(crate) Vec<Call>);

impl Calls {
    /// Those of one action.
    #[must_use]
    pub fn of(&self, service: &str, action: &str) -> Self {
        self.filter(|call| call.service == service && call.action == action)
    }

    /// Those of one account.
    #[must_use]
    pub fn of_account(&self, account: &str) -> Self {
        self.filter(|call| call.place.account == account)
    }

    /// Those since a number of calls that was told by [`len`](Self::len) of all.
    #[must_use]
    pub fn since(&self, count: usize) -> Self {
        Self(self.0.iter().skip(count).cloned().collect())
    }

    /// Those that change something.
    #[must_use]
    pub fn mutating(&self) -> Self {
        self.filter(|call| !call.reads)
    }

    /// Those that fit.
    #[must_use]
    pub fn filter(&self, fits: impl Fn(&Call) -> bool) -> Self {
        Self(self.0.iter().filter(|call| fits(call)).cloned().collect())
    }

    /// All IAM actions that they needed: `ec2:CreateVpc`.
    pub fn actions(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(Call::permissions).collect()
    }

    /// How many there are of each call: `ec2:DescribeVpcs`.
    pub fn count_by_action(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in &self.0 {
            *counts.entry(call.name()).or_default() += 1;
        }
        counts
    }

    /// Their names, in order.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(Call::name).collect()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Call> {
        self.0.iter()
    }
}

impl<'c> IntoIterator for &'c Calls {
    type Item = &'c Call;
    type IntoIter = std::slice::Iter<'c, Call>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|call| writeln!(f, "{call}"))
    }
}

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
    fn calls_are_counted_and_asked_for() {
        let calls = Calls(vec![
            call("ec2", "CreateVpc", &[]),
            call("ec2", "DescribeVpcs", &[]),
            call("ec2", "DescribeVpcs", &[("VpcId.1", "vpc-1")]),
        ]);
        assert_eq!(calls.of("ec2", "DescribeVpcs").len(), 2);
        assert_eq!(calls.mutating().names(), ["ec2:CreateVpc"]);
        assert_eq!(calls.since(2).names(), ["ec2:DescribeVpcs"]);
        assert_eq!(calls.count_by_action()["ec2:DescribeVpcs"], 2);
        assert!(calls.of_account("2").is_empty());
        assert_eq!(calls.0[2].to_string(), "0 1/r ec2:DescribeVpcs VpcId.1=vpc-1 -> 200");
    }
}
