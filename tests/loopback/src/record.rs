//! Every call that arrived, and questions about them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// A call, as a server records it.
pub trait Recorded: Clone {
    /// Its name, which tells it from other calls.
    fn name(&self) -> String;

    /// Whether it is a call of this name, which has two parts: `ec2` and `CreateVpc`, or `PUT` and `Microsoft.Network/virtualNetworks`.
    fn is(&self, first: &str, second: &str) -> bool;

    /// Whether it only reads.
    fn reads(&self) -> bool;

    /// The permissions that it needs.
    fn permissions(&self) -> BTreeSet<String>;
}

/// Calls, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls<C>(Vec<C>);

impl<C> Calls<C> {
    /// Notes one that arrives; answers its number, which it is made with: 1 for the first.
    pub fn note(&mut self, call: impl FnOnce(u64) -> C) -> u64 {
        let serial = self.0.len() as u64 + 1;
        self.0.push(call(serial));
        serial
    }

    /// Changes what is noted of the call of a number.
    pub fn amend(&mut self, serial: u64, change: impl FnOnce(&mut C)) {
        let index = usize::try_from(serial).ok().and_then(|serial| serial.checked_sub(1));
        if let Some(call) = index.and_then(|index| self.0.get_mut(index)) {
            change(call);
        }
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
    pub fn iter(&self) -> std::slice::Iter<'_, C> {
        self.0.iter()
    }
}

impl<C: Recorded> Calls<C> {
    /// Those of one name, which has two parts: `ec2` and `CreateVpc`, or `PUT` and `Microsoft.Network/virtualNetworks`.
    #[must_use]
    pub fn of(&self, first: &str, second: &str) -> Self {
        self.filter(|call| call.is(first, second))
    }

    /// Those since a number of calls that was told by [`len`](Self::len) of all.
    #[must_use]
    pub fn since(&self, count: usize) -> Self {
        Self(self.0.iter().skip(count).cloned().collect())
    }

    /// Those that change something.
    #[must_use]
    pub fn mutating(&self) -> Self {
        self.filter(|call| !call.reads())
    }

    /// Those that fit.
    #[must_use]
    pub fn filter(&self, fits: impl Fn(&C) -> bool) -> Self {
        Self(self.0.iter().filter(|call| fits(call)).cloned().collect())
    }

    /// All permissions that they needed.
    pub fn permissions(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(Recorded::permissions).collect()
    }

    /// How many there are of each name.
    pub fn count_by_name(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in &self.0 {
            *counts.entry(call.name()).or_default() += 1;
        }
        counts
    }

    /// Their names, in order.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(Recorded::name).collect()
    }
}

impl<C: Serialize> Calls<C> {
    /// All of them as JSON, for judges that are other programs.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl<C> Default for Calls<C> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<C> FromIterator<C> for Calls<C> {
    fn from_iter<I: IntoIterator<Item = C>>(calls: I) -> Self {
        Self(calls.into_iter().collect())
    }
}

impl<'c, C> IntoIterator for &'c Calls<C> {
    type Item = &'c C;
    type IntoIter = std::slice::Iter<'c, C>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<C: fmt::Display> fmt::Display for Calls<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|call| writeln!(f, "{call}"))
    }
}

/// Writes how a call ended, behind what it was: ` -> 409 InUse [lost answer]`.
///
/// # Errors
/// When the text cannot be written.
pub fn write_outcome(
    f: &mut fmt::Formatter<'_>,
    status: Option<u16>,
    error: Option<&str>,
    fault: Option<&str>,
) -> fmt::Result {
    match (status, error) {
        (Some(status), Some(code)) => write!(f, " -> {status} {code}")?,
        (Some(status), None) => write!(f, " -> {status}")?,
        (None, _) => f.write_str(" -> no answer")?,
    }
    fault.map_or(Ok(()), |fault| write!(f, " [{fault}]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize)]
    struct Call(&'static str, &'static str, u16);

    impl Recorded for Call {
        fn name(&self) -> String {
            format!("{} {}", self.0, self.1)
        }

        fn is(&self, first: &str, second: &str) -> bool {
            (self.0, self.1) == (first, second)
        }

        fn reads(&self) -> bool {
            self.0 == "GET"
        }

        fn permissions(&self) -> BTreeSet<String> {
            BTreeSet::from([self.1.to_owned()])
        }
    }

    impl fmt::Display for Call {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.name())?;
            let code = (self.2 >= 300).then_some("InUse");
            write_outcome(f, Some(self.2).filter(|status| *status > 0), code, code.map(|_| "lost"))
        }
    }

    #[test]
    fn calls_are_counted_and_asked_for() {
        let calls: Calls<_> =
            [Call("PUT", "net", 200), Call("GET", "net", 0), Call("GET", "net", 409)].into_iter().collect();
        assert_eq!(calls.of("GET", "net").len(), 2);
        assert!(calls.of("PUT", "nets").is_empty() && calls.of("POST", "net").is_empty());
        assert_eq!(calls.mutating().names(), ["PUT net"]);
        assert_eq!(calls.since(2).names(), ["GET net"]);
        assert_eq!(calls.count_by_name(), BTreeMap::from([("GET net".into(), 2), ("PUT net".into(), 1)]));
        assert_eq!(calls.permissions(), BTreeSet::from(["net".to_owned()]));
        assert_eq!(calls.to_json()[0], serde_json::json!(["PUT", "net", 200]));
        assert_eq!(calls.to_string(), "PUT net -> 200\nGET net -> no answer\nGET net -> 409 InUse [lost]\n");
    }

    #[test]
    fn a_call_is_found_by_the_number_that_it_was_given() {
        let mut calls = Calls::default();
        let given = ["a", "b"].map(|kind| calls.note(|_| Call("PUT", kind, 0)));
        assert_eq!(given, [1, 2]);
        for serial in [0, 2, 3] {
            calls.amend(serial, |call| call.2 = 201);
        }
        assert_eq!(calls.iter().map(|call| (call.1, call.2)).collect::<Vec<_>>(), [("a", 0), ("b", 201)]);
    }
}
