//! A script of faults.

use super::Fault;
use crate::{Parameters, Place, wire::reads};
use deathstar_loopback::{Scripted, Turn};

/// A fault, and the calls that it befalls.
#[derive(Clone, Debug)]
#[must_use = "an injection does nothing before it is given to a proxy"]
pub struct Injection {
    call: String,
    account: Option<String>,
    parameter: Option<(String, String)>,
    mutating: bool,
    turn: Turn,
    pub(crate) fault: Fault,
    pub(crate) hides: Option<u32>,
}

impl Injection {
    /// Befalls the next call of this name (`ec2:CreateVpc`), or of this service (`ec2:*`), once.
    pub fn new(call: impl Into<String>, fault: Fault) -> Self {
        Self {
            call: call.into(),
            account: None,
            parameter: None,
            mutating: false,
            turn: Turn::default(),
            fault,
            hides: None,
        }
    }

    /// Lets calls go by first: the `number`th that fits is the first that fails.
    pub fn nth(mut self, number: usize) -> Self {
        self.turn = self.turn.nth(number);
        self
    }

    /// Befalls so many calls in a row.
    pub fn times(mut self, times: usize) -> Self {
        self.turn = self.turn.times(times);
        self
    }

    /// Befalls only calls of an account.
    pub fn in_account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Befalls only calls with this parameter.
    pub fn with(mut self, parameter: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameter = Some((parameter.into(), value.into()));
        self
    }

    /// Befalls only calls that change something.
    pub fn mutating(mut self) -> Self {
        self.mutating = true;
        self
    }

    /// Befalls all of them, for ever.
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    /// Whether a call fits.
    pub(crate) fn fits(&self, place: &Place, name: &str, parameters: &Parameters) -> bool {
        let here = self.account.as_ref().is_none_or(|account| *account == place.account);
        let given = |(name, value): &(String, String)| parameters.get(name) == Some(value);
        self.is_about(name) && here && self.parameter.as_ref().is_none_or(given)
    }

    fn is_about(&self, name: &str) -> bool {
        let named =
            self.call == name || self.call.strip_suffix('*').is_some_and(|service| name.starts_with(service));
        let changes = || name.split_once(':').is_some_and(|(service, action)| !reads(service, action));
        named && (!self.mutating || changes())
    }

    /// Hides what the call made for so many looks.
    pub fn hiding(mut self, looks: u32) -> Self {
        self.hides = Some(looks);
        self
    }
}

impl Scripted for Injection {
    fn turn(&self) -> Turn {
        self.turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deathstar_loopback::Script;

    #[test]
    fn calls_that_only_read_can_be_left_alone() {
        let mut script = Script::default();
        script.add(Injection::new("ec2:*", Fault::LostAnswer).mutating().always());
        let mut fails = |name| {
            script
                .befalls(|injection: &Injection| {
                    injection.fits(&Place::default(), name, &Parameters::default())
                })
                .is_some()
        };
        assert!(fails("ec2:CreateVpc") && !fails("ec2:DescribeVpcs") && !fails("iam:CreateRole"));
    }

    #[test]
    fn calls_are_counted_among_those_that_fit() {
        let mut script = Script::default();
        let fault = Injection::new("ec2:CreateVpc", Fault::Throttled);
        script.add(fault.nth(2).times(2).in_account("1").with("CidrBlock", "a"));
        let mut fails = |account: &str, name: &str, block: &str| {
            let place = Place { account: account.into(), region: "r".into() };
            let parameters = Parameters::of_form(format!("CidrBlock={block}").as_bytes());
            script.befalls(|injection| injection.fits(&place, name, &parameters)).is_some()
        };
        let calls = [
            (("1", "ec2:CreateVpc", "a"), false),
            (("2", "ec2:CreateVpc", "a"), false),
            (("1", "ec2:CreateSubnet", "a"), false),
            (("1", "ec2:CreateVpc", "b"), false),
            (("1", "ec2:CreateVpc", "a"), true),
            (("1", "ec2:CreateVpc", "a"), true),
            (("1", "ec2:CreateVpc", "a"), false),
        ];
        for (index, ((account, name, block), expected)) in calls.into_iter().enumerate() {
            assert_eq!(fails(account, name, block), expected, "{index}");
        }
    }
}
