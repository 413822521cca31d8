//! How an apply goes, told while it goes: as bars, as lines, or as JSON lines.

mod bars;
mod json;
mod plain;

pub use bars::Bars;
pub use json::JsonLines;
pub use plain::Plain;

use crate::apply::{Observer, Quiet};
use clap::ValueEnum;
use std::{io, time::Duration};

/// How progress is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum Format {
    /// Bars on a terminal, lines elsewhere
    #[default]
    Auto,
    /// One line per running step, and a bar for all
    Bars,
    /// One line per event
    Plain,
    /// One JSON object per event and line
    Json,
    /// Not at all
    None,
}

/// Says something while progress is told, without tearing its lines.
#[derive(Debug)]
pub(super) enum Voice {
    Direct,
    Above(indicatif::MultiProgress),
    Json,
}

impl Voice {
    pub(super) fn say(&self, text: &str, direct: impl FnOnce(&str)) {
        match self {
            Self::Direct => direct(text),
            Self::Above(bars) => bars.suspend(|| direct(text)),
            Self::Json => direct(&format!("{}\n", json::note(text.trim()))),
        }
    }
}

/// An observer that tells progress on standard error, and a voice beside it.
pub(super) fn observer(format: Format, live: bool, colour: bool) -> (Box<dyn Observer>, Voice) {
    match format {
        Format::Bars => bars(colour),
        Format::Auto if live => bars(colour),
        Format::Auto | Format::Plain => (Box::new(Plain::new(io::stderr())), Voice::Direct),
        Format::Json => (Box::new(JsonLines::new(io::stderr())), Voice::Json),
        Format::None => (Box::new(Quiet), Voice::Direct),
    }
}

fn bars(colour: bool) -> (Box<dyn Observer>, Voice) {
    let bars = Bars::stderr(colour);
    let voice = Voice::Above(bars.area());
    (Box::new(bars), voice)
}

/// A time as a person reads it: `0.4s`, `12s`, `3m 05s`, `1h 02m`.
fn human(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1}s", time.as_secs_f64()),
        10..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Error, Meaning,
        apply::{Event, Outcome},
        plan::Step,
    };

    fn step(id: u32) -> Step {
        let text = format!(
            r#"{{"id":{id},"address":"network/vpc-{id}","generation":1,"kind":"aws.vpc","action":"create"}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn tell(observer: &mut impl Observer) {
        let (one, two) = (step(1), step(2));
        let throttled = Error::new(Meaning::Throttled, "slow\ndown");
        let failed = Outcome::Failed(Error::new(Meaning::Quota, "no room").hint("ask for more"));
        let second = Duration::from_secs(1);
        for event in [
            Event::Started { total: 4 },
            Event::StepStarted { step: &one },
            Event::StepStarted { step: &two },
            Event::StepWaiting { step: &one, why: "pending" },
            Event::StepWaiting { step: &one, why: "pending" },
            Event::StepRetrying { step: &two, error: &throttled, after: second },
            Event::StepEnded { step: &one, outcome: &Outcome::Done, took: second * 90 },
            Event::StepEnded { step: &two, outcome: &failed, took: second },
            Event::StepEnded {
                step: &step(3),
                outcome: &Outcome::Skipped { because: 2 },
                took: Duration::ZERO,
            },
            Event::StepEnded {
                step: &step(4),
                outcome: &Outcome::InProgress("it settles".into()),
                took: second,
            },
            Event::Note("mind the gap"),
            Event::Ended,
        ] {
            observer.event(&event);
        }
    }

    #[test]
    fn lines_tell_each_event_once() {
        let mut told = vec![];
        tell(&mut Plain::new(&mut told));
        insta::assert_snapshot!(String::from_utf8(told).unwrap());
    }

    #[test]
    fn json_lines_are_one_object_each() {
        let mut told = vec![];
        tell(&mut JsonLines::new(&mut told));
        let told = String::from_utf8(told).unwrap();
        assert!(
            told.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).unwrap().is_object())
        );
        insta::assert_snapshot!(told);
    }

    #[test]
    fn steps_beyond_the_lines_of_the_screen_follow_when_others_end() {
        let mut bars = Bars::on(indicatif::ProgressDrawTarget::hidden(), false);
        let steps: Vec<_> = (0..20).map(step).collect();
        bars.event(&Event::Started { total: 20 });
        for step in &steps {
            bars.event(&Event::StepStarted { step });
        }
        assert_eq!(bars.shown(), ((0..12).collect(), 8));
        for step in &steps[..3] {
            bars.event(&Event::StepEnded { step, outcome: &Outcome::Done, took: Duration::ZERO });
        }
        // One that has no line yet may end as well.
        bars.event(&Event::StepEnded { step: &steps[19], outcome: &Outcome::Done, took: Duration::ZERO });
        assert_eq!(bars.shown(), ((3..15).collect(), 4));
        bars.event(&Event::Ended);
        assert_eq!(bars.shown(), (vec![], 4));
    }

    #[test]
    fn what_is_said_meanwhile_fits_the_format() {
        let said = |voice: Voice| {
            let mut said = String::new();
            voice.say("\nStopping.\n", |text| said = text.to_owned());
            said
        };
        assert_eq!(said(Voice::Direct), "\nStopping.\n");
        assert_eq!(said(Voice::Above(indicatif::MultiProgress::new())), "\nStopping.\n");
        assert_eq!(said(Voice::Json), "{\"event\":\"note\",\"text\":\"Stopping.\"}\n");
    }

    #[test]
    fn times_get_coarser_as_they_grow() {
        let text = |millis| human(Duration::from_millis(millis));
        assert_eq!([text(0), text(9_940), text(10_400), text(59_999)], ["0.0s", "9.9s", "10s", "59s"]);
        assert_eq!([text(60_000), text(185_000), text(3_725_000)], ["1m 00s", "3m 05s", "1h 02m"]);
    }
}
