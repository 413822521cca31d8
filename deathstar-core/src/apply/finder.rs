//! Look-ups, gathered: who looks for one object shares a call with all who look for others of its family.

use super::Connected;
use crate::{
    Raw, Result, Verb,
    driver::{Admitted, AnySeen, AnyWant, Cx},
    erase::AnyDriver,
};
use foldhash::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// The look-ups of one family on one connection.
#[derive(Debug)]
pub(crate) struct Finder {
    family: &'static str,
    gathered: Mutex<Gathered>,
}

#[derive(Debug, Default)]
struct Gathered {
    waiting: Vec<Waiting>,
    /// Whether somebody is about to make the call.
    led: bool,
}

#[derive(Debug)]
struct Waiting {
    /// The id that the call names.
    key: Raw,
    family: &'static str,
    id: Raw,
    answer: oneshot::Sender<Result<Option<AnySeen>>>,
}

impl Finder {
    pub(crate) fn of(family: &'static str) -> Self {
        Self { family, gathered: Mutex::default() }
    }

    fn gathered(&self) -> std::sync::MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks for one object: `key` is the id that the call names (of the object, or of the one in which it is shown).
    pub(crate) async fn see(
        &self,
        connected: &Connected,
        driver: &Arc<dyn AnyDriver>,
        cx: &Cx,
        key: Raw,
        (family, id): (&'static str, Raw),
    ) -> Result<Option<AnySeen>> {
        loop {
            let (answer, receive) = oneshot::channel();
            let leads = {
                let mut gathered = self.gathered();
                gathered.waiting.push(Waiting { key: key.clone(), family, id: id.clone(), answer });
                !std::mem::replace(&mut gathered.led, true)
            };
            if leads {
                let lead = Lead(self);
                connected.gather().await;
                // Who comes while it is not our turn joins too.
                let admitted = connected.turn((self.family, Verb::Find)).await;
                self.call(connected, driver, cx, admitted, lead.take()).await;
            }
            // Whoever led may have been given up meanwhile: then it is somebody else's turn to lead.
            if let Ok(answer) = receive.await {
                return answer;
            }
        }
    }

    async fn call(
        &self,
        connected: &Connected,
        driver: &Arc<dyn AnyDriver>,
        cx: &Cx,
        admitted: Admitted,
        waiting: Vec<Waiting>,
    ) {
        let mut admitted = Some(admitted);
        for chunk in chunks(waiting, connected.pace.ids) {
            let mut keys: Vec<Raw> = chunk.iter().map(|waiting| waiting.key.clone()).collect();
            keys.sort_unstable_by(|a, b| a.text().cmp(b.text()));
            keys.dedup();
            let admitted = match admitted.take() {
                Some(admitted) => admitted,
                None => connected.turn((self.family, Verb::Find)).await,
            };
            let seen = connected.admitted(admitted, driver.find(cx, AnyWant::Ids(keys))).await;
            match seen {
                Err(error) => chunk.into_iter().for_each(|one| {
                    let _ = one.answer.send(Err(error.clone()));
                }),
                Ok(seen) => {
                    let by_id: HashMap<(&str, Raw), AnySeen> =
                        seen.into_iter().map(|one| ((one.family, one.id.clone()), one)).collect();
                    for one in chunk {
                        let found = by_id.get(&(one.family, one.id)).cloned();
                        // Nobody listens when the step was given up meanwhile.
                        let _ = one.answer.send(Ok(found));
                    }
                }
            }
        }
    }
}

/// Gives up the lead, also when whoever leads is dropped before the call: who waits is told so, and leads on.
struct Lead<'f>(&'f Finder);

impl Lead<'_> {
    /// Ends the gathering: everybody who waits for this call.
    fn take(self) -> Vec<Waiting> {
        std::mem::take(&mut self.0.gathered().waiting)
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let mut gathered = self.0.gathered();
        gathered.led = false;
        gathered.waiting.clear();
    }
}

fn chunks(mut waiting: Vec<Waiting>, size: usize) -> impl Iterator<Item = Vec<Waiting>> {
    let size = size.max(1);
    std::iter::from_fn(move || {
        if waiting.is_empty() {
            return None;
        }
        let rest = waiting.split_off(waiting.len().min(size));
        Some(std::mem::replace(&mut waiting, rest))
    })
}
