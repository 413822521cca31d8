//! Random stacks, and what is done to them.

use super::{
    blueprint::{Blueprint, Part},
    window::Window,
};
use fastrand::Rng;

/// What a process does when it is killed.
#[derive(Clone, Debug)]
pub(super) struct Work {
    /// What stands before; nothing when it is empty.
    pub before: Blueprint,
    /// What is declared.
    pub after: Blueprint,
    /// Whether everything ends instead.
    pub destroy: bool,
}

/// Random work in which a window occurs.
pub(super) fn work(window: Window, rng: &mut Rng) -> Work {
    let size = rng.usize(5..=30);
    let before = blueprint(size, rng);
    let mut after = before.clone();
    match window {
        Window::BeforeIntent
        | Window::IntentToCall
        | Window::CallInFlight
        | Window::EffectBeforeAnswer
        | Window::AnswerToRecord
        | Window::BetweenCalls => {
            if rng.bool() {
                return Work { before: Blueprint::default(), after, destroy: false };
            }
            let more = rng.usize(2..=6);
            grow(&mut after, size + more, rng);
            update(&mut after, rng);
        }
        Window::Update => update(&mut after, rng),
        Window::Delete => {
            if rng.bool() {
                return Work { before, after, destroy: true };
            }
            let at = rng.usize(1..after.parts.len());
            let address = after.parts[at].0.clone();
            after.remove(&address);
            update(&mut after, rng);
        }
        Window::CreateFirst => another_range(&mut after, rng),
        Window::DeleteFirst => another_zone(&mut after, rng),
        Window::Compaction => match rng.u8(0..4) {
            0 => update(&mut after, rng),
            1 => another_range(&mut after, rng),
            2 => another_zone(&mut after, rng),
            _ => return Work { before: Blueprint::default(), after, destroy: false },
        },
    }
    Work { before, after, destroy: false }
}

/// A stack of so many parts: chains and fans, all kinds.
fn blueprint(size: usize, rng: &mut Rng) -> Blueprint {
    let mut all = Blueprint::default();
    all = all.with("net-0", Part::Net { range: "10.0.0.0/16".into(), label: "a".into() });
    all = all.with(
        "segment-1",
        Part::Segment { net: "net-0".into(), range: "10.0.1.0/24".into(), zone: "a".into(), public: true },
    );
    all = all.with(
        "machine-2",
        Part::Machine { segment: "segment-1".into(), size: 1, image: "a".into(), peer: None },
    );
    all = all.with("gateway-3", Part::Gateway { net: "net-0".into() });
    grow(&mut all, size, rng);
    all
}

fn grow(all: &mut Blueprint, size: usize, rng: &mut Rng) {
    let mut number = all.parts.len();
    while all.parts.len() < size {
        number += 1;
        let word =
            ["net", "segment", "gateway", "table", "route", "machine", "cluster", "pool"][rng.usize(0..8)];
        let address = format!("{word}-{number}");
        if all.parts.iter().all(|(at, _)| *at != address)
            && let Some(part) = part(all, word, number, rng)
        {
            all.parts.push((address, part));
        }
    }
}

/// The address of a part of this sort: the last one, for chains, or any, for fans.
fn choose(all: &Blueprint, word: &str, rng: &mut Rng) -> Option<String> {
    let prefix = format!("{word}-");
    let found: Vec<_> = all.parts.iter().filter(|(at, _)| at.starts_with(&prefix)).collect();
    let at = if rng.bool() { found.len().checked_sub(1)? } else { rng.usize(0..found.len().max(1)) };
    found.get(at).map(|(at, _)| at.clone())
}

fn part(all: &Blueprint, word: &str, number: usize, rng: &mut Rng) -> Option<Part> {
    Some(match word {
        "net" => Part::Net { range: format!("10.{number}.0.0/16"), label: "a".into() },
        "segment" => Part::Segment {
            net: choose(all, "net", rng)?,
            range: format!("10.0.{number}.0/24"),
            zone: "a".into(),
            public: rng.bool(),
        },
        "gateway" => {
            let net = choose(all, "net", rng)?;
            let taken = |part: &Part| matches!(part, Part::Gateway { net: other } if *other == net);
            if all.parts.iter().any(|(_, part)| taken(part)) {
                return None;
            }
            Part::Gateway { net }
        }
        "table" => Part::Table { net: choose(all, "net", rng)? },
        "route" => Part::Route {
            table: choose(all, "table", rng)?,
            destination: format!("192.168.{number}.0/24"),
            via: choose(all, "gateway", rng)?,
        },
        "machine" => Part::Machine {
            segment: choose(all, "segment", rng)?,
            size: 1,
            image: "a".into(),
            peer: choose(all, "machine", rng).filter(|_| rng.bool()),
        },
        "cluster" => {
            Part::Cluster { name: format!("cluster-{number}"), net: choose(all, "net", rng)?, version: 30 }
        }
        _ => Part::Pool { cluster: choose(all, "cluster", rng)?, nodes: 1 },
    })
}

/// Changes about half of all parts in place, the first one always.
fn update(all: &mut Blueprint, rng: &mut Rng) {
    // Those that are declared so far.
    let mut gateways: Vec<String> = vec![];
    for (number, (at, part)) in all.parts.iter_mut().enumerate() {
        if matches!(part, Part::Gateway { .. }) {
            gateways.push(at.clone());
        }
        if number > 0 && rng.bool() {
            continue;
        }
        match part {
            Part::Net { label, .. } => label.push('b'),
            Part::Segment { public, .. } => *public = !*public,
            Part::Route { via, .. } => {
                if let Some(other) = rng.choice(&gateways) {
                    via.clone_from(other);
                }
            }
            Part::Machine { size, image, .. } => {
                *size += 1;
                if rng.bool() {
                    image.push('b');
                }
            }
            Part::Cluster { version, .. } => *version += rng.u32(1..=2),
            Part::Pool { nodes, .. } => *nodes += 1,
            Part::Gateway { .. } | Part::Table { .. } => {}
        }
    }
}

/// Replaces a network, whose new range is free: the new one comes first.
fn another_range(all: &mut Blueprint, rng: &mut Rng) {
    let Some(at) = choose(all, "net", rng) else { return };
    if let Some(Part::Net { range, .. }) = all.part(&at) {
        *range = range.replacen("10.", "11.", 1);
    }
}

/// Replaces a segment, whose range is taken by itself: the old one goes first.
fn another_zone(all: &mut Blueprint, rng: &mut Rng) {
    let Some(at) = choose(all, "segment", rng) else { return };
    if let Some(Part::Segment { zone, .. }) = all.part(&at) {
        *zone = "b".into();
    }
}
