//! What policies allow, against what was called.

use deathstar_aws_proxy::Calls;
use deathstar_core::plan::Plan;
use std::collections::BTreeSet;

/// What the policies of plans allow: of the last one, and of all.
#[derive(Default)]
pub struct Allowed {
    now: BTreeSet<String>,
    ever: BTreeSet<String>,
}

/// What is allowed, and not called in this life, with the branch that calls it.
const BRANCHES: [(&str, &str); 2] = [
    ("ec2:DisassociateSubnetCidrBlock", "a subnet that has another range of IPv6 than is declared"),
    (
        "logs:AssociateKmsKey",
        "a group that is there without its key; AWS asks for it also where a key is named for a new one",
    ),
];

impl Allowed {
    /// A plan is carried out from here on.
    pub fn by(&mut self, plan: &Plan<'_>) {
        self.now = plan.permissions().unwrap().actions().into_iter().map(str::to_owned).collect();
        self.ever.extend(self.now.iter().cloned());
    }

    /// The actions of the last plan that make something new.
    pub fn creates(&self) -> Vec<&str> {
        let makes = |action: &&str| {
            let name = action.split_once(':').map_or("", |(_, name)| name);
            ["Create", "Allocate", "Authorize", "Put", "Attach"].iter().any(|word| name.starts_with(word))
        };
        self.now.iter().map(String::as_str).filter(makes).collect()
    }

    /// Expects that the plan's own policy allowed these calls.
    pub fn judge(&self, calls: &Calls, name: &str) {
        let more: Vec<_> =
            calls.permissions().into_iter().filter(|action| !self.now.contains(action)).collect();
        assert!(more.is_empty(), "{name}: {more:?} is called, and not allowed");
    }

    /// Expects that nothing is allowed that no branch calls.
    pub fn all_was_called(&self, calls: &Calls) {
        let called = calls.permissions();
        let never: Vec<&str> =
            self.ever.iter().map(String::as_str).filter(|action| !called.contains(*action)).collect();
        let expected = BRANCHES.map(|(action, _)| action);
        assert_eq!(never, expected, "allowed, and not called");
    }
}
