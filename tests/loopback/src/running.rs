//! What all servers of tests have in common: where they are reached, what they recorded, what befalls their calls, how they end.

use crate::{Calls, Handler, Port, Script, Scripted, Server};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[error("the server does not start: {0}")]
pub struct StartError(#[from] std::io::Error);

/// What a server writes down, and what it is told: calls, violations, the script. Clones are the same records.
#[derive(Debug)]
pub struct Records<C, I>(Arc<Mutex<Known<C, I>>>);

#[derive(Debug)]
struct Known<C, I> {
    calls: Calls<C>,
    violations: Vec<String>,
    script: Script<I>,
}

impl<C, I> Default for Records<C, I> {
    fn default() -> Self {
        let known = Known { calls: Calls::default(), violations: vec![], script: Script::default() };
        Self(Arc::new(Mutex::new(known)))
    }
}

impl<C, I> Clone for Records<C, I> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C, I> Records<C, I> {
    fn known(&self) -> MutexGuard<'_, Known<C, I>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call that arrived; answers its number, which it is made with: 1 for the first.
    pub fn note(&self, call: impl FnOnce(u64) -> C) -> u64 {
        self.known().calls.note(call)
    }

    /// Changes what is noted of the call of a number.
    pub fn amend(&self, serial: u64, change: impl FnOnce(&mut C)) {
        self.known().calls.amend(serial, change);
    }

    /// Notes what must not happen.
    pub fn violate(&self, what: impl Into<String>) {
        self.known().violations.push(what.into());
    }
}

impl<C: Clone, I> Records<C, I> {
    /// Every call so far.
    pub fn calls(&self) -> Calls<C> {
        self.known().calls.clone()
    }
}

impl<C, I: Scripted> Records<C, I> {
    /// What befalls a call: see [`Script::befalls`].
    pub fn befalls(&self, fits: impl Fn(&I) -> bool) -> Option<I> {
        self.known().script.befalls(fits)
    }
}

/// A running server. It ends when it is dropped, and lets the test fail then if something was [violated](Self::violations) and nobody
/// [took notice](Self::take_violations).
#[derive(Debug)]
pub struct Running<C, I> {
    name: String,
    // The thread ends before the records are looked at.
    server: Option<Server>,
    records: Records<C, I>,
    url: String,
}

impl<C, I> Running<C, I> {
    /// Starts a server on a port, under the name that its thread and its complaints have.
    ///
    /// # Errors
    /// When the port or the thread cannot be had.
    pub fn start(
        name: &str,
        port: Port,
        records: Records<C, I>,
        handler: Arc<impl Handler>,
    ) -> Result<Self, StartError> {
        let url = port.url()?;
        let server = Server::start(name, port, handler)?;
        Ok(Self { name: name.to_owned(), server: Some(server), records, url })
    }

    /// Its endpoint: `http://127.0.0.1:40000`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The [violations](Self::violations), of which the test takes notice.
    pub fn take_violations(&self) -> Vec<String> {
        std::mem::take(&mut self.records.known().violations)
    }

    /// What must not happen, whatever the test is about. Each server says what that is.
    pub fn violations(&self) -> Vec<String> {
        self.records.known().violations.clone()
    }
}

impl<C: Clone, I> Running<C, I> {
    /// Every call so far.
    pub fn calls(&self) -> Calls<C> {
        self.records.calls()
    }
}

impl<C, I: Scripted> Running<C, I> {
    /// Lets calls fail.
    pub fn inject(&self, injection: I) {
        self.records.known().script.add(injection);
    }

    /// Forgets all injections.
    pub fn clear_injections(&self) {
        self.records.known().script.clear();
    }

    /// How many injections did not befall a call yet.
    pub fn waiting_injections(&self) -> usize {
        self.records.known().script.waiting()
    }
}

impl<C, I> Drop for Running<C, I> {
    /// A violation that nobody looked at has to fail the test.
    fn drop(&mut self) {
        drop(self.server.take());
        let violations = self.take_violations();
        assert!(
            violations.is_empty() || std::thread::panicking(),
            "the {} saw what must not happen:\n{}",
            self.name,
            violations.join("\n")
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ending, Turn};
    use bytes::Bytes;
    use hyper::{HeaderMap, Method};

    #[derive(Clone, Debug)]
    struct Once;

    impl Scripted for Once {
        fn turn(&self) -> Turn {
            Turn::default()
        }
    }

    struct Silent;

    impl Handler for Silent {
        async fn handle(&self, _: &Method, _: &str, _: &HeaderMap, _: Bytes) -> Ending {
            Ending::HangUp
        }
    }

    fn running(records: &Records<u64, Once>) -> Running<u64, Once> {
        Running::start("silent server", Port::free().unwrap(), records.clone(), Arc::new(Silent)).unwrap()
    }

    #[test]
    fn a_handle_tells_what_the_server_recorded() {
        let records = Records::default();
        let running = running(&records);
        assert!(running.url().starts_with("http://127.0.0.1:"));
        let serial = records.note(|serial| serial);
        records.amend(serial, |call| *call += 10);
        assert_eq!(running.calls().iter().copied().collect::<Vec<_>>(), [11]);
    }

    #[test]
    fn a_handle_is_told_what_befalls_calls() {
        let records = Records::default();
        let running = running(&records);
        running.inject(Once);
        running.inject(Once);
        assert!(records.befalls(|_| true).is_some());
        assert_eq!(running.waiting_injections(), 0);
        running.inject(Once);
        running.clear_injections();
        assert_eq!((running.waiting_injections(), records.befalls(|_| true).is_some()), (0, false));
    }

    #[test]
    fn what_a_test_takes_notice_of_does_not_fail_it() {
        let records = Records::default();
        let running = running(&records);
        records.violate("a web page");
        assert_eq!(running.violations(), ["a web page"]);
        assert_eq!(running.take_violations(), ["a web page"]);
        drop(running);
    }

    #[test]
    #[should_panic(expected = "the silent server saw what must not happen:\na web page")]
    fn what_nobody_takes_notice_of_fails_the_test() {
        let records = Records::default();
        let _running = running(&records);
        records.violate("a web page");
    }
}
