//! What looking has to keep.

use super::{Object, Rule, Run, Went, among, foreign_cx, text, unowned_cx};
use crate::{Driver, Meaning, Resource, Seen, SeenState, Want};

/// How many specs beside the sample tell own, gone and foreign objects apart.
const NEIGHBOURS: usize = 4;
/// How many ids one look-up names.
const IDS: usize = 100;

/// What stands beside the sample.
pub(super) struct Neighbours<R: Resource> {
    /// Of the same stack.
    sibling: Object<R>,
    /// Of another stack.
    foreign: Object<R>,
    /// Of nobody.
    unowned: Object<R>,
}

impl<R: Resource> Neighbours<R> {
    pub(super) fn all(&self) -> [(&'static str, &Object<R>); 3] {
        [
            ("another object of the stack", &self.sibling),
            ("an object of another stack", &self.foreign),
            ("an object without an owner", &self.unowned),
        ]
    }
}

impl<C: Driver<R>, R: Resource> Run<'_, C, R> {
    /// Looks for the sample in all ways, alone and among others.
    pub(super) async fn look_around(&mut self, sample: &Object<R>) -> Went<Option<Neighbours<R>>> {
        if self.trial.witness.is_none() {
            self.skip(Rule::ReadsOnly, "no witness tells which calls reached the API");
        }
        self.agree(sample).await?;
        let needs = format!("`many` gave fewer than {NEIGHBOURS} specs");
        let [sibling, gone, foreign, unowned, rest @ ..] = self.trial.many.as_slice() else {
            for rule in [Rule::GoneLeftOut, Rule::BatchSurvives, Rule::OnlyOurs, Rule::EveryPage] {
                self.skip(rule, &needs);
            }
            return Ok(None);
        };
        let other = format!("{}-other", self.stack);
        let gone = self.stand(self.cx("gone"), gone).await?;
        let sibling = self.stand(self.cx("sibling"), sibling).await?;
        let foreign = self.stand(foreign_cx(&other, "foreign", self.tagged()), foreign).await?;
        let unowned = self.stand(unowned_cx(&other, "unowned", self.tagged()), unowned).await?;
        let neighbours = Neighbours { sibling, foreign, unowned };
        self.only_ours(sample, &neighbours).await?;
        self.leave_out(sample, &gone, &neighbours.sibling).await?;
        self.turn_pages(sample, &neighbours.sibling, rest).await?;
        Ok(Some(neighbours))
    }

    /// Makes an object that just has to stand there.
    async fn stand(&mut self, cx: crate::Cx, spec: &R) -> Went<Object<R>> {
        let born = self.make(cx, spec.clone()).await?;
        self.settle(&born.object, born.op).await?;
        Ok(born.object)
    }

    /// All forms of looking have to show the same.
    async fn agree(&mut self, sample: &Object<R>) -> Went<()> {
        let by_id = self.settle(sample, None).await?;
        self.check(Rule::FindAgrees);
        if self.by_tag().is_err() {
            return Ok(());
        }
        let owned = Want::Owned { token: sample.cx.token.to_string() };
        for (want, name) in [(Want::All, "by owner tag"), (owned, "by token")] {
            let seen = match self.find(&sample.cx, &want).await? {
                Ok(seen) => seen,
                Err(failure) => return Err(failure.stop("`find` failed")),
            };
            let own = among(&seen, sample);
            let why = match own {
                None => Some("does not show it".to_owned()),
                Some(seen) => differing(seen, &by_id).map(|part| format!("shows other {part}")),
            };
            self.require(Rule::FindAgrees, why.is_none(), || {
                let (id, why) = (text(&sample.id), why.unwrap_or_default());
                format!("looking for {id} by its id shows it, and looking {name} {why}")
            });
        }
        Ok(())
    }

    async fn only_ours(&mut self, sample: &Object<R>, neighbours: &Neighbours<R>) -> Went<()> {
        if let Err(why) = self.by_tag() {
            self.skip(Rule::OnlyOurs, why);
            return Ok(());
        }
        let all = match self.find(&sample.cx, &Want::All).await? {
            Ok(all) => all,
            Err(failure) => return Err(failure.stop("`find` failed")),
        };
        for (what, object) in &neighbours.all()[1..] {
            let shown = among(&all, object).is_some();
            self.require(Rule::OnlyOurs, !shown, || {
                format!("`Want::All` shows {what}: {}", text(&object.id))
            });
        }
        let want = Want::Owned { token: sample.cx.token.to_string() };
        let Ok(owned) = self.find(&sample.cx, &want).await? else { return Ok(()) };
        let other = among(&owned, &neighbours.sibling).is_some();
        self.require(Rule::FindAgrees, !other, || {
            format!("looking by token shows an object with another one: {}", text(&neighbours.sibling.id))
        });
        Ok(())
    }

    /// What is gone has to be left out, and nothing with it.
    async fn leave_out(&mut self, sample: &Object<R>, gone: &Object<R>, sibling: &Object<R>) -> Went<()> {
        if !self.remove(gone).await? {
            self.skip(Rule::GoneLeftOut, "the object that should be gone could not be deleted");
            self.skip(Rule::BatchSurvives, "the object that should be gone could not be deleted");
            return Ok(());
        }
        self.check(Rule::GoneLeftOut);
        if self.by_tag().is_ok() {
            let want = Want::Owned { token: gone.cx.token.to_string() };
            if let Err(failure) = self.find(&gone.cx, &want).await? {
                let why = format!("looking for the token of a gone object fails: {}", failure.text());
                self.tell(Rule::GoneLeftOut, why);
            }
        }
        match self.find_each(&[sample, gone, sibling]).await? {
            Ok(seen) => {
                for object in [sample, sibling] {
                    self.require(Rule::BatchSurvives, among(&seen, object).is_some(), || {
                        let (id, gone) = (text(&object.id), text(&gone.id));
                        format!("{id} is not shown when the gone {gone} is asked for in the same call")
                    });
                }
            }
            Err(failure) if failure.means(&Meaning::NotFound) => {
                self.skip(Rule::BatchSurvives, "looking for a missing object fails");
                let why = format!("looking for objects of which one is gone fails: {}", failure.text());
                self.tell(Rule::GoneLeftOut, why);
            }
            Err(failure) => return Err(failure.stop("`find` failed")),
        }
        Ok(())
    }

    /// A list has to be read to its end.
    async fn turn_pages(&mut self, sample: &Object<R>, sibling: &Object<R>, rest: &[R]) -> Went<()> {
        let Some(page) = self.trial.page else {
            self.skip(Rule::EveryPage, "`page` does not say how many objects are in one");
            return Ok(());
        };
        let needed = (page + 1).saturating_sub(2);
        if rest.len() < needed {
            let needed = needed + NEIGHBOURS;
            self.skip(
                Rule::EveryPage,
                &format!("`many` gave fewer than the {needed} specs that fill a page"),
            );
            return Ok(());
        }
        let mut all = vec![sample.clone(), sibling.clone()];
        for (number, spec) in rest.iter().take(needed).enumerate() {
            all.push(self.stand(self.cx(&format!("page-{number}")), spec).await?);
        }
        if self.by_tag().is_ok() {
            let seen = self.find(&sample.cx, &Want::All).await?;
            self.shows_all(&all, seen, "by owner tag")?;
        }
        let mut seen = vec![];
        for chunk in all.iter().collect::<Vec<_>>().chunks(IDS) {
            match self.find_each(chunk).await? {
                Ok(part) => seen.extend(part),
                Err(failure) => return Err(failure.stop("`find` failed")),
            }
        }
        self.shows_all(&all, Ok(seen), "by id")?;
        for object in all.iter().skip(2) {
            self.remove(object).await?;
        }
        Ok(())
    }

    fn shows_all(
        &mut self,
        all: &[Object<R>],
        seen: Result<Vec<Seen<R>>, super::call::Failure>,
        how: &str,
    ) -> Went<()> {
        let seen = seen.map_err(|failure| failure.stop("`find` failed"))?;
        let shown = all.iter().filter(|object| among(&seen, object).is_some()).count();
        self.require(Rule::EveryPage, shown == all.len(), || {
            format!("of {} objects, looking {how} shows {shown}", all.len())
        });
        Ok(())
    }
}

/// What differs between two looks at one object.
fn differing<R: Resource>(one: &Seen<R>, other: &Seen<R>) -> Option<&'static str> {
    let ready = |seen: &Seen<R>| seen.state == SeenState::Ready;
    if text(&one.spec) != text(&other.spec) {
        Some("fields")
    } else if one.tags != other.tags {
        Some("tags")
    } else if ready(one) && ready(other) && text(&one.outputs) != text(&other.outputs) {
        Some("outputs")
    } else {
        None
    }
}
