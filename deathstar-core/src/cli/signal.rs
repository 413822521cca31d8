//! Ctrl-C: once stops, twice abandons.

use super::Problem;
use crate::apply::Stop;
use async_trait::async_trait;
use std::future::Future;

/// What is said at the first request to stop.
pub(super) const STOPPING: &str =
    "\nStopping: calls that are under way are waited for, nothing new begins. Once more abandons them.\n";
/// What is said at the second.
pub(super) const ABANDONING: &str =
    "\nAbandoning: nothing is waited for. Nothing is lost; the next run goes on from what is recorded.\n";

/// Requests to stop.
#[async_trait(?Send)]
pub(super) trait Requests {
    /// Ends with the next one.
    async fn next(&mut self);
}

/// Requests to stop by the signals of the system: an interrupt from the keyboard, or a polite request to end.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Takes the signals over from now on.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn listen() -> Result<Self, Problem> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }
}

#[async_trait(?Send)]
impl Requests for Signals {
    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

/// Does work until it ends, and passes requests to stop on to it.
pub(super) async fn stopping<T>(
    work: impl Future<Output = T>,
    requests: &mut dyn Requests,
    stop: &Stop,
    mut say: impl FnMut(&str),
) -> T {
    tokio::pin!(work);
    let mut count = 0_u32;
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = requests.next() => {
                count += 1;
                match count {
                    1 => {
                        say(STOPPING);
                        stop.stop();
                    }
                    2 => {
                        say(ABANDONING);
                        stop.abandon();
                    }
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Times(u32);

    #[async_trait(?Send)]
    impl Requests for Times {
        async fn next(&mut self) {
            if self.0 == 0 {
                std::future::pending::<()>().await;
            }
            self.0 -= 1;
        }
    }

    async fn after(times: u32, until: impl Fn(&Stop) -> bool) -> Vec<String> {
        let (stop, mut said) = (Stop::new(), vec![]);
        let work = std::future::poll_fn(|context| {
            context.waker().wake_by_ref();
            if until(&stop) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        });
        stopping(work, &mut Times(times), &stop, |text| said.push(text.to_owned())).await;
        said
    }

    #[tokio::test]
    async fn the_first_request_stops_and_the_second_abandons() {
        assert!(after(0, |_| true).await.is_empty());
        assert_eq!(after(1, Stop::is_stopped).await, [STOPPING]);
        assert_eq!(after(5, Stop::is_abandoned).await, [STOPPING, ABANDONING]);
    }
}
