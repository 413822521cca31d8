//! What came of a trial: the cloud against the journal against the declaration.

use super::{
    blueprint::Blueprint,
    recorder::Records,
    world::{Thing, address},
};
use deathstar_core::state::{Phase, Recorded, Row};
use serde::Serialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::AddAssign,
};

/// What went wrong, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Objects that are declared or recorded and do not exist.
    pub lost: usize,
    /// Objects that were made more than once.
    pub doubled: usize,
    /// Objects that no row knows.
    pub unowned: usize,
    /// Trials that did not end as declared, with an empty plan and an empty cloud.
    pub not_converged: usize,
}

impl Counts {
    /// Whether nothing went wrong.
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.unowned += other.unowned;
        self.not_converged += other.not_converged;
    }
}

/// What went wrong in one trial, counted and in words.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The counts; `not_converged` is 0 or 1.
    pub counts: Counts,
    /// The words.
    pub words: Vec<String>,
}

impl Verdict {
    /// Notes that the trial did not end as it should.
    pub fn diverged(&mut self, why: impl Into<String>) {
        self.counts.not_converged = 1;
        self.words.push(why.into());
    }

    /// Notes something that should be there and is not.
    pub(super) fn lost(&mut self, what: String) {
        self.counts.lost += 1;
        self.words.push(what);
    }

    /// Notes something that was made more than once.
    pub(super) fn doubled(&mut self, what: String) {
        self.counts.doubled += 1;
        self.words.push(what);
    }

    /// Notes something that nobody knows of.
    pub(super) fn unowned(&mut self, what: String) {
        self.counts.unowned += 1;
        self.words.push(what);
    }

    /// Compares what exists with what is recorded and what is declared.
    pub fn compare(&mut self, records: &Records, recorded: &Recorded, declared: &Blueprint) {
        let mut owned: BTreeSet<(String, String)> = BTreeSet::new();
        for row in recorded.rows() {
            self.row(row, records, &mut owned);
        }
        for (at, _) in &declared.parts {
            match recorded.at(at).count() {
                0 => self.lost(format!("{at} is declared and not recorded")),
                1 => {}
                rows => self.diverged(format!("{at} has {rows} rows")),
            }
        }
        if recorded.len() > declared.parts.len() {
            self.diverged(format!("{} rows for {} parts", recorded.len(), declared.parts.len()));
        }
        for thing in records.world.things() {
            if !owned.contains(&key(thing)) {
                let at = address(&thing.tags);
                self.unowned(format!("{} {} of {at:?} is unowned", thing.family, thing.id));
            }
        }
        self.doubles(records);
    }

    fn row(&mut self, row: &Row, records: &Records, owned: &mut BTreeSet<(String, String)>) {
        let at = format!("{} ({})", row.address, row.generation);
        let Phase::Live { id, spec, outputs } = &row.phase else {
            self.diverged(format!("{at} is {}", row.phase.name()));
            if let Some(id) = row.phase.id() {
                owned.insert((row.family.to_string(), id.value().to_string()));
            }
            return;
        };
        let key_of_row = (row.family.to_string(), id.value().to_string());
        let Some(thing) = records.world.things().iter().find(|thing| key(thing) == key_of_row) else {
            self.lost(format!("{at} is recorded as {id} and does not exist"));
            return;
        };
        owned.insert(key_of_row);
        if spec.value() != Value::Object(thing.spec.clone()) {
            self.diverged(format!("{at} is recorded as {spec} and is {}", Value::Object(thing.spec.clone())));
        }
        if outputs.value() != thing.outputs() {
            self.diverged(format!("{at} is recorded to tell {outputs} and tells {}", thing.outputs()));
        }
    }

    /// Counts what was made more than once, also what was deleted since.
    pub fn doubles(&mut self, records: &Records) {
        for (token, made) in records.world.made.iter().filter(|(_, made)| **made > 1) {
            self.doubled(format!("{token} was made {made} times"));
        }
        let mut at: BTreeMap<&str, usize> = BTreeMap::new();
        for thing in records.world.things() {
            *at.entry(address(&thing.tags).unwrap_or_default()).or_default() += 1;
        }
        for (address, things) in at.into_iter().filter(|(address, things)| !address.is_empty() && *things > 1)
        {
            self.doubled(format!("{address} has {things} objects"));
        }
        for (id, user) in &records.world.misordered {
            self.diverged(format!("{id} was to be deleted while {user} named it"));
        }
    }

    /// Checks that nothing is left.
    pub fn empty(&mut self, records: &Records, recorded: &Recorded) {
        for thing in records.world.things() {
            self.unowned(format!("{} {} is left after the destroy", thing.family, thing.id));
        }
        if !recorded.is_empty() {
            self.diverged(format!("{} rows are left after the destroy", recorded.len()));
        }
        self.doubles(records);
    }
}

fn key(thing: &Thing) -> (String, String) {
    (thing.family.to_owned(), thing.id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crash::wire::{Answer, Call, Request};
    use deathstar_core::driver::tags;
    use serde_json::json;
    use std::time::Duration;

    fn create(records: &mut Records, family: &str, token: &str, spec: Value) -> Answer {
        let tags = [(tags::ADDRESS.to_owned(), token.to_owned())].into();
        let Value::Object(spec) = spec else { unreachable!("a spec is an object") };
        let call = Call::Create { tags, spec };
        let request = Request { family: family.to_owned(), token: token.to_owned(), call };
        records.world.effect(Duration::ZERO, &request)
    }

    fn judged(records: &Records, blueprint: &Blueprint) -> Counts {
        let mut verdict = Verdict::default();
        verdict.compare(records, &Recorded::default(), blueprint);
        assert_eq!(verdict.counts.is_clean(), verdict.words.is_empty());
        verdict.counts
    }

    #[test]
    fn what_no_row_knows_is_unowned() {
        let mut records = Records::default();
        create(&mut records, "imagined.net", "net", json!({}));
        let counts = judged(&records, &Blueprint::default());
        assert_eq!(counts, Counts { unowned: 1, ..Counts::default() });
    }

    #[test]
    fn what_is_declared_and_not_recorded_is_lost() {
        let net = crate::crash::Part::Net { range: "r".into(), label: "l".into() };
        let counts = judged(&Records::default(), &Blueprint::default().with("net", net));
        assert_eq!(counts, Counts { lost: 1, ..Counts::default() });
    }

    #[test]
    fn a_second_create_is_a_double_even_if_one_is_gone_or_refused() {
        for (family, twice) in
            [("imagined.net", true), ("imagined.cluster", false), ("imagined.table", false)]
        {
            let mut records = Records::default();
            create(&mut records, family, "one", json!({ "name": "a" }));
            create(&mut records, family, "one", json!({ "name": "a" }));
            assert_eq!(records.world.things().len(), if twice { 2 } else { 1 }, "{family}");
            let mut verdict = Verdict::default();
            verdict.doubles(&records);
            // A token makes the repetition harmless; nothing else does.
            assert_eq!(verdict.counts.doubled > 0, family != "imagined.table", "{family}");
            if !twice {
                continue;
            }
            let id = records.world.things()[0].id.clone();
            let request = Request { family: family.into(), token: String::new(), call: Call::Delete { id } };
            records.world.effect(Duration::ZERO, &request);
            let mut verdict = Verdict::default();
            verdict.doubles(&records);
            assert_eq!(verdict.counts.doubled, 1, "{family}: it was there");
        }
    }

    #[test]
    fn what_is_left_after_a_destroy_is_unowned() {
        let mut records = Records::default();
        create(&mut records, "imagined.net", "net", json!({}));
        let mut verdict = Verdict::default();
        verdict.empty(&records, &Recorded::default());
        assert_eq!(verdict.counts.unowned, 1);
    }

    #[test]
    fn a_deletion_before_that_of_a_user_is_noted() {
        let mut records = Records::default();
        create(&mut records, "imagined.net", "net", json!({}));
        let id = records.world.things()[0].id.clone();
        create(&mut records, "imagined.table", "table", json!({ "net": id }));
        let request =
            Request { family: "imagined.net".into(), token: String::new(), call: Call::Delete { id } };
        records.world.effect(Duration::ZERO, &request);
        let mut verdict = Verdict::default();
        verdict.doubles(&records);
        assert_eq!(verdict.counts.not_converged, 1);
    }
}
