//! Proves the records of a file, and tells what a crash leaves behind from damage.

use super::{
    Damage, MAX_PAYLOAD,
    frame::{FRAME, Frame},
    header::HEADER,
};

/// The unit in which disks write: a part of a file that never reached the disk is at least one of these, all zero.
const SECTOR: usize = 512;

/// What was found in a journal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scan {
    /// Where the first record after the snapshot begins.
    pub(super) start: usize,
    /// Where the last intact record ends.
    pub(super) end: usize,
    /// The sequence number of the last intact record.
    pub(super) last: u64,
}

/// The first record that is damaged.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damaged {
    pub(super) record: u64,
    pub(super) offset: usize,
    pub(super) damage: Damage,
}

/// Proves the records of a journal that begin after `base`; `covered` is the last one that the snapshot stands for.
///
/// Bytes after [`Scan::end`] are a torn tail.
pub(super) fn scan_journal(file: &[u8], seed: u32, base: u64, covered: u64) -> Result<Scan, Damaged> {
    let mut scan = Scan { start: HEADER, end: HEADER, last: base };
    while scan.end < file.len() {
        let record = scan.last + 1;
        let damaged = |damage| Damaged { record, offset: scan.end, damage };
        match Frame::decode(seed, &file[scan.end..]) {
            Ok(Frame { sequence, payload: Some(payload), .. }) if sequence == record => {
                scan.end += FRAME + payload.len();
                scan.last = record;
                if record <= covered {
                    scan.start = scan.end;
                }
            }
            Ok(Frame { sequence, .. }) => return Err(damaged(Damage::Sequence { found: sequence })),
            Err(_) => match damage_after_break(file, seed, scan.end, record) {
                None => break,
                Some(damage) => return Err(damaged(damage)),
            },
        }
    }
    Ok(scan)
}

/// Judges a record that does not fit its checksum: nothing when a crash explains it.
///
/// A record that never became durable may be cut off or zero, and records after it that never became durable either may
/// have reached the disk before it. Each record tells how much was durable when it was written, so one that was written
/// after the broken one had become durable proves damage.
fn damage_after_break(file: &[u8], seed: u32, broken: usize, record: u64) -> Option<Damage> {
    let mut first = None;
    let mut at = broken + 1;
    while at < file.len() {
        let Some(frame) = later_record(file, seed, at, record) else {
            at += 1;
            continue;
        };
        let found = *first.get_or_insert((frame.sequence, at));
        if frame.durable > broken as u64 {
            return Some(intact_after(found));
        }
        at += frame.len();
    }
    first.filter(|&(_, at)| !sector_is_missing(file, broken, at)).map(intact_after)
}

fn intact_after((next, at): (u64, usize)) -> Damage {
    Damage::Record { next, at: at as u64 }
}

/// The record at `at`, if there is an intact one that was appended after `record`.
fn later_record(file: &[u8], seed: u32, at: usize, record: u64) -> Option<Frame<'_>> {
    let bytes = &file[at..];
    let plausible = Frame::decode_unproved(bytes).ok().filter(|frame| {
        let distance = frame.sequence.checked_sub(record);
        frame.payload.is_some_and(|payload| payload.len() <= MAX_PAYLOAD)
            && frame.durable <= at as u64
            && distance.is_some_and(|distance| distance > 0 && distance <= (at / FRAME) as u64)
    });
    plausible.and_then(|_| Frame::decode(seed, bytes).ok())
}

/// Whether a sector that ends within `broken..next` is zero as far as it belongs to that range.
fn sector_is_missing(file: &[u8], broken: usize, next: usize) -> bool {
    let first_end = (broken / SECTOR + 1) * SECTOR;
    (first_end..=next)
        .step_by(SECTOR)
        .any(|end| file[broken.max(end - SECTOR)..end].iter().all(|byte| *byte == 0))
}

/// Proves the records of a snapshot; the result is where they end.
pub(super) fn scan_snapshot(file: &[u8], seed: u32) -> Result<usize, Damaged> {
    let mut offset = HEADER;
    let mut last = 0;
    loop {
        let record = last + 1;
        let damaged = |damage| Damaged { record, offset, damage };
        let frame = Frame::decode(seed, &file[offset..]).map_err(|_| damaged(Damage::Snapshot))?;
        let expected = if frame.payload.is_some() { record } else { last };
        if frame.sequence != expected {
            return Err(damaged(Damage::Sequence { found: frame.sequence }));
        }
        match frame.payload {
            Some(payload) => offset += FRAME + payload.len(),
            None if offset + FRAME == file.len() => return Ok(offset),
            None => return Err(damaged(Damage::Trailing)),
        }
        last = record;
    }
}
