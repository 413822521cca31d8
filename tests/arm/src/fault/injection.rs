//! A script of faults.

use super::Fault;
use deathstar_loopback::{Scripted, Turn};
use hyper::Method;

/// A fault, and the calls that it befalls.
#[derive(Clone, Debug)]
#[must_use = "an injection does nothing before it is given to a server"]
pub struct Injection {
    method: Option<Method>,
    path: String,
    turn: Turn,
    pub(crate) fault: Fault,
}

impl Injection {
    /// Befalls the next call of a method (`PUT`) on a path (`*/virtualNetworks/*`) once. A `*` stands for any text; the case does not
    /// matter, and neither does the query.
    pub fn new(method: &str, path: impl Into<String>, fault: Fault) -> Self {
        let method = Method::from_bytes(method.as_bytes()).ok();
        Self { method, path: path.into(), turn: Turn::default(), fault }
    }

    /// Befalls the next call on a path that changes something.
    pub fn write(path: impl Into<String>, fault: Fault) -> Self {
        Self { method: None, path: path.into(), turn: Turn::default(), fault }
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

    /// Befalls all of them, for ever.
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    /// Whether a call fits.
    pub(crate) fn fits(&self, method: &Method, path: &str) -> bool {
        let reads = *method == Method::GET || *method == Method::HEAD;
        let fits = self.method.as_ref().map_or(!reads, |own| own == method);
        fits && matches(&self.path.to_ascii_lowercase(), &path.to_ascii_lowercase())
    }
}

/// Whether a text fits a pattern, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let pieces: Vec<_> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else { return rest.is_empty() };
    for piece in middle {
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    rest.ends_with(last)
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
    fn a_star_is_any_text() {
        for (pattern, text, expected) in [
            ("*/virtualnetworks/*", "/s/virtualnetworks/n", true),
            ("*/virtualnetworks/*", "/s/virtualnetworks", false),
            ("*/n", "/s/virtualnetworks/n", true),
            ("*/n", "/s/virtualnetworks/nn/x", false),
            ("/s/*/n/*", "/s/a/n/b", true),
            ("/s", "/s", true),
            ("/s", "/s/t", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn calls_are_counted_among_those_that_fit() {
        let mut script = Script::default();
        script.add(Injection::new("PUT", "*/Subnets/*", Fault::Unavailable).nth(2).times(2));
        let calls = [
            (Method::PUT, "/n/subnets/a", false),
            (Method::GET, "/n/subnets/a", false),
            (Method::PUT, "/n/rules/a", false),
            (Method::PUT, "/n/subnets/b", true),
            (Method::PUT, "/n/subnets/b", true),
            (Method::PUT, "/n/subnets/b", false),
        ];
        for (index, (method, path, expected)) in calls.into_iter().enumerate() {
            assert_eq!(
                script.befalls(|injection| injection.fits(&method, path)).is_some(),
                expected,
                "{index}"
            );
        }
    }

    #[test]
    fn calls_that_only_read_can_be_left_alone() {
        let mut script = Script::default();
        script.add(Injection::write("*", Fault::LostAnswer).always());
        let mut fails =
            |method| script.befalls(|injection: &Injection| injection.fits(&method, "/x")).is_some();
        assert!(fails(Method::PUT) && fails(Method::DELETE) && !fails(Method::GET) && !fails(Method::HEAD));
    }
}
