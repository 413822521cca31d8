//! A script of what befalls calls.

/// When something happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Before it has an effect.
    Before,
    /// After its effect, before its answer.
    After,
}

/// Which of the calls that fit are befallen: some in a row, by default the first alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    first: usize,
    times: usize,
}

impl Default for Turn {
    fn default() -> Self {
        Self { first: 1, times: 1 }
    }
}

impl Turn {
    /// Lets calls go by first: the `number`th that fits is the first that is befallen.
    #[must_use]
    pub fn nth(self, number: usize) -> Self {
        Self { first: number.max(1), ..self }
    }

    /// So many calls in a row.
    #[must_use]
    pub const fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// Whether it is the turn of the `number`th call that fits.
    fn is_of(self, number: usize) -> bool {
        (self.first..self.first.saturating_add(self.times)).contains(&number)
    }
}

/// What is given to a script.
pub trait Scripted: Clone {
    /// Which of the calls that fit it befalls.
    fn turn(&self) -> Turn;
}

/// All injections, with how many calls each has seen.
#[derive(Debug)]
pub struct Script<I>(Vec<(I, usize)>);

impl<I> Default for Script<I> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<I: Scripted> Script<I> {
    /// Adds one behind all others.
    pub fn add(&mut self, injection: I) {
        self.0.push((injection, 0));
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How many were given and did not befall a call yet.
    pub fn waiting(&self) -> usize {
        self.0.iter().filter(|(injection, seen)| *seen < injection.turn().first).count()
    }

    /// What befalls a call. Every injection that fits counts it; the first one whose turn it is wins.
    pub fn befalls(&mut self, fits: impl Fn(&I) -> bool) -> Option<I> {
        let mut chosen = None;
        for (injection, seen) in self.0.iter_mut().filter(|(injection, _)| fits(injection)) {
            *seen += 1;
            if chosen.is_none() && injection.turn().is_of(*seen) {
                chosen = Some(injection.clone());
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Injection(&'static str, Turn);

    impl Scripted for Injection {
        fn turn(&self) -> Turn {
            self.1
        }
    }

    fn script(injections: impl IntoIterator<Item = Injection>) -> Script<Injection> {
        let mut script = Script::default();
        injections.into_iter().for_each(|injection| script.add(injection));
        script
    }

    #[test]
    fn calls_are_counted_among_those_that_fit() {
        let mut script = script([Injection("a", Turn::default().nth(2).times(2))]);
        let mut told = |call| script.befalls(|injection| injection.0 == call).is_some();
        let told: Vec<_> = ["a", "b", "a", "a", "a"].into_iter().map(&mut told).collect();
        assert_eq!(told, [false, false, true, true, false]);
    }

    #[test]
    fn the_first_whose_turn_it_is_wins_and_all_that_fit_count() {
        let mut script = script([
            Injection("first", Turn::default().nth(2)),
            Injection("second", Turn::default().times(usize::MAX)),
            Injection("third", Turn::default().nth(3)),
        ]);
        let mut told = || script.befalls(|_| true).map(|injection| injection.0);
        assert_eq!([told(), told(), told()], [Some("second"), Some("first"), Some("second")]);
    }

    #[test]
    fn an_injection_waits_until_its_turn_has_come() {
        let mut script = script([Injection("a", Turn::default().nth(2)), Injection("b", Turn::default())]);
        let mut waiting = vec![script.waiting()];
        for call in ["a", "b", "a"] {
            let _ = script.befalls(|injection| injection.0 == call);
            waiting.push(script.waiting());
        }
        assert_eq!(waiting, [2, 2, 1, 0]);
        script.clear();
        assert_eq!(script.befalls(|_| true), None);
    }
}
