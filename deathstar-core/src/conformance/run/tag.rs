//! What writing tags has to keep.

use super::{Object, Rule, Run, Went};
use crate::{Driver, Resource, Seen, Tags};

impl<C: Driver<R>, R: Resource> Run<'_, C, R> {
    /// Writes tags, changes one, removes one.
    pub(super) async fn tag(&mut self, sample: &Object<R>) -> Went<()> {
        if !self.tagged() {
            self.skip(Rule::RetagExact, "objects of this kind carry no tags");
            self.skip(Rule::RetagCalls, "objects of this kind carry no tags");
            return Ok(());
        }
        let (kept, dropped) = ("conformance-kept".to_owned(), "conformance-dropped".to_owned());
        let one = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let first = Tags::from([one(&kept, "1"), one(&dropped, "1")]);
        if self.retag(sample, &first, &[]).await? {
            self.retag(sample, &Tags::from([one(&kept, "2")]), std::slice::from_ref(&dropped)).await?;
        }
        Ok(())
    }

    /// Writes tags; answers whether they are there and no others.
    async fn retag(&mut self, sample: &Object<R>, set: &Tags, unset: &[String]) -> Went<bool> {
        let seen = self.settle(sample, None).await?;
        let mut want = seen.tags.clone();
        want.extend(set.iter().map(|(key, value)| (key.clone(), value.clone())));
        want.retain(|key, _| !unset.contains(key));
        let client = &self.trial.client;
        let called = self.call(|| client.retag(&sample.cx, &seen, set, unset), true).await?;
        if let Err(failure) = called.answer {
            self.tell(Rule::RetagExact, format!("`retag` fails: {}", failure.text()));
            return Ok(false);
        }
        let sorts = usize::from(!set.is_empty()) + usize::from(!unset.is_empty());
        self.require_calls(
            Rule::RetagCalls,
            called.calls.as_deref(),
            |calls| calls.len() <= sorts,
            "`retag`",
        );
        self.check(Rule::RetagExact);
        let until = self.trial.clock.now() + R::IDENTITY.visible_within();
        loop {
            let Some(seen) = self.sight(sample).await? else { return Err(self.unseen(sample)) };
            if seen.tags == want {
                return Ok(true);
            }
            if self.trial.clock.now() >= until {
                let why = format!("after `retag` {}", deviation(&seen, &want));
                self.tell(Rule::RetagExact, why);
                return Ok(false);
            }
            self.tick().await;
        }
    }
}

/// Names the tags that are not as they should be.
fn deviation<R: Resource>(seen: &Seen<R>, want: &Tags) -> String {
    let keys: std::collections::BTreeSet<&String> = seen.tags.keys().chain(want.keys()).collect();
    let show = |value: Option<&String>| value.map_or_else(|| "absent".to_owned(), |text| format!("{text:?}"));
    let differing = keys
        .into_iter()
        .filter(|key| seen.tags.get(*key) != want.get(*key))
        .map(|key| format!("`{key}` is {} and should be {}", show(seen.tags.get(key)), show(want.get(key))));
    differing.collect::<Vec<_>>().join(", ")
}
