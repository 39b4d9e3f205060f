//! What was last emitted of a cell. The store keeps it as bytes, so that a restart emits nothing twice.

use crate::condition::ActiveCondition;
use crate::effect::{ConditionReason, DistrictCount, PileUp};
use crate::evidence::CellId;
use crate::kind::{Horizon, Level, OpeningGround, OpeningVoice};
use crate::report::{FeedId, ReportId, ReportName};
use crate::time::Time;
use alloc::{boxed::Box, collections::BTreeSet, string::String, vec::Vec};

/// What was last emitted of one cell.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CellMemory {
    /// The assessment last emitted, by horizon.
    pub emitted: [Option<EmittedAssessment>; Horizon::COUNT],
    pub condition: Option<Box<ActiveCondition>>,
    /// The model raises nothing there until something is reported.
    pub model_waits: bool,
}

/// An assessment as it was emitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EmittedAssessment {
    pub risk_ppm: u32,
    pub level: Level,
    pub completeness_ppm: u32,
}

impl EmittedAssessment {
    /// Whether this is news after `old`: another level, another completeness, or a risk that moved by `emit_ppm` or more and by a
    /// tenth of itself. In the last hour of a day a twentieth is enough: the day's end is what the ledger keeps as its forecast.
    #[inline]
    pub fn is_news(self, old: Option<EmittedAssessment>, emit_ppm: u32, ends_day: bool) -> bool {
        old.is_none_or(|old| {
            let moved = old.risk_ppm.abs_diff(self.risk_ppm);
            let part = if ends_day { 20 } else { 10 };
            let far = u64::from(moved) * part >= u64::from(old.risk_ppm);
            old.level != self.level
                || old.completeness_ppm != self.completeness_ppm
                || moved >= emit_ppm && far
        })
    }
}

/// The cells whose memory changed since it was last taken.
pub struct ChangedCells {
    /// Memories are kept at all; a replay keeps none.
    kept: bool,
    cells: BTreeSet<CellId>,
}

impl ChangedCells {
    pub fn new(kept: bool) -> ChangedCells {
        ChangedCells { kept, cells: BTreeSet::new() }
    }

    /// Notes that a cell's memory may have changed.
    pub fn note(&mut self, cell: CellId) {
        if self.kept {
            self.cells.insert(cell);
        }
    }

    /// The cells noted since the last call.
    pub fn take(&mut self) -> BTreeSet<CellId> {
        core::mem::take(&mut self.cells)
    }
}

const FORMAT: u8 = 3;
const EARLIER_FORMAT: u8 = 2;
/// Stands for the level where no condition stands and the model waits.
const MODEL_WAITS: u8 = u8::MAX;

impl CellMemory {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::from([FORMAT]);
        for emitted in self.emitted {
            out.extend(emitted.map_or(0, |emitted| emitted.risk_ppm).to_le_bytes());
            out.push(emitted.map_or(u8::MAX, |emitted| emitted.level as u8));
            out.extend(emitted.map_or(0, |emitted| emitted.completeness_ppm).to_le_bytes());
        }
        let Some(active) = &self.condition else {
            out.extend(self.model_waits.then_some(MODEL_WAITS));
            return out;
        };
        out.push(active.level as u8);
        let flags = [active.unverified, active.stale, self.model_waits];
        out.push(flags.iter().rev().fold(0, |bits, flag| bits << 1 | u8::from(*flag)));
        for time in [
            active.since,
            active.reached,
            active.reason_lost_at[0],
            active.reason_lost_at[1],
            active.reason_lost_at[2],
        ] {
            out.extend(time.0.to_le_bytes());
        }
        out.extend((active.evidence.len() as u16).to_le_bytes());
        active.evidence.iter().for_each(|id| out.extend(id.to_bytes()));
        out.extend((active.reasons.len() as u16).to_le_bytes());
        active.reasons.iter().for_each(|reason| put_reason(&mut out, reason));
        out
    }

    /// Reads what [`CellMemory::to_bytes`] wrote; `None` where the bytes are of another format.
    pub fn from_bytes(bytes: &[u8]) -> Option<CellMemory> {
        let (format, rest) = bytes.split_first()?;
        if *format != FORMAT {
            return None;
        }
        read(&mut Reader(rest), |rest| ReportName::from_bytes(rest.take(ReportName::BYTES)?))
    }

    /// The same of bytes of the format before, where an incident had an id only; `feed_of` says whose it was.
    pub fn from_earlier_bytes(bytes: &[u8], feed_of: impl Fn(ReportId) -> FeedId) -> Option<CellMemory> {
        let (format, rest) = bytes.split_first()?;
        if *format != EARLIER_FORMAT {
            return None;
        }
        read(&mut Reader(rest), |rest| {
            let id = ReportId(u128::from(rest.u64()?) | u128::from(rest.u64()?) << 64);
            Some(ReportName { id, feed: feed_of(id) })
        })
    }
}

fn read(rest: &mut Reader<'_>, name: impl Fn(&mut Reader<'_>) -> Option<ReportName>) -> Option<CellMemory> {
    let mut memory = CellMemory::default();
    for emitted in &mut memory.emitted {
        let (risk_ppm, level, completeness_ppm) = (rest.u32()?, rest.byte()?, rest.u32()?);
        let level = Level::from_index(usize::from(level));
        *emitted = level.map(|level| EmittedAssessment { risk_ppm, level, completeness_ppm });
    }
    memory.model_waits = rest.0 == [MODEL_WAITS];
    if rest.0.is_empty() || memory.model_waits {
        return Some(memory);
    }
    let (level, flags) = (Level::from_index(usize::from(rest.byte()?))?, rest.byte()?);
    let mut times = [Time::MIN; 5];
    for time in &mut times {
        *time = Time(rest.u64()? as i64);
    }
    let mut evidence = Vec::new();
    for _ in 0..rest.u16()? {
        evidence.push(name(rest)?);
    }
    let mut reasons = Vec::new();
    for _ in 0..rest.u16()? {
        reasons.push(take_reason(rest)?);
    }
    memory.condition = Some(Box::new(ActiveCondition {
        level,
        since: times[0],
        reached: times[1],
        reason_lost_at: [times[2], times[3], times[4]],
        reasons,
        evidence,
        unverified: flags & 1 != 0,
        stale: flags & 2 != 0,
    }));
    memory.model_waits = flags & 4 != 0;
    Some(memory)
}

fn put_reason(out: &mut Vec<u8>, reason: &ConditionReason) {
    match reason {
        ConditionReason::Rule(id) => {
            out.push(0);
            out.extend((id.len() as u16).to_le_bytes());
            out.extend(id.as_bytes());
        }
        ConditionReason::Model { horizon, risk_ppm, base_ppm } => {
            out.extend([1, *horizon as u8]);
            out.extend(risk_ppm.to_le_bytes());
            out.extend(base_ppm.to_le_bytes());
        }
        ConditionReason::Districts(DistrictCount { count, needed, alone, with_model }) => {
            put_numbers(out, 7, &[*count, *needed]);
            out.extend([*alone as u8, *with_model as u8]);
        }
        ConditionReason::Opening { voice, ground } => out.extend([3, *voice as u8, *ground as u8]),
        ConditionReason::PileUp(PileUp { signs, days, usual_tenths }) => {
            put_numbers(out, 4, &[*signs, *days, *usual_tenths]);
        }
        ConditionReason::Hotspots { count, hours } => put_numbers(out, 5, &[*count, *hours]),
        ConditionReason::Warning { severity, hours } => put_numbers(out, 6, &[*severity, *hours]),
    }
}

fn put_numbers(out: &mut Vec<u8>, tag: u8, numbers: &[u32]) {
    out.push(tag);
    numbers.iter().for_each(|number| out.extend(number.to_le_bytes()));
}

fn take_reason(rest: &mut Reader<'_>) -> Option<ConditionReason> {
    Some(match rest.byte()? {
        0 => {
            let length = usize::from(rest.u16()?);
            ConditionReason::Rule(String::from_utf8(rest.take(length)?.to_vec()).ok()?)
        }
        1 => ConditionReason::Model {
            horizon: Horizon::from_index(usize::from(rest.byte()?))?,
            risk_ppm: rest.u32()?,
            base_ppm: rest.u32()?,
        },
        2 => ConditionReason::Districts(DistrictCount::of_earlier_build(rest.u32()?)),
        3 => ConditionReason::Opening {
            voice: OpeningVoice::from_index(usize::from(rest.byte()?))?,
            ground: OpeningGround::from_index(usize::from(rest.byte()?))?,
        },
        4 => ConditionReason::PileUp(PileUp {
            signs: rest.u32()?,
            days: rest.u32()?,
            usual_tenths: rest.u32()?,
        }),
        5 => ConditionReason::Hotspots { count: rest.u32()?, hours: rest.u32()? },
        6 => ConditionReason::Warning { severity: rest.u32()?, hours: rest.u32()? },
        7 => ConditionReason::Districts(DistrictCount {
            count: rest.u32()?,
            needed: rest.u32()?,
            alone: Level::from_index(usize::from(rest.byte()?))?,
            with_model: Level::from_index(usize::from(rest.byte()?))?,
        }),
        _ => return None,
    })
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }
    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }
    fn u16(&mut self) -> Option<u16> {
        self.take(2).and_then(|bytes| bytes.try_into().ok()).map(u16::from_le_bytes)
    }
    fn u32(&mut self) -> Option<u32> {
        self.take(4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes)
    }
    fn u64(&mut self) -> Option<u64> {
        self.take(8).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn memory_survives_the_store_and_refuses_cut_bytes() {
        let condition = ActiveCondition {
            level: Level::Awas,
            since: Time(1),
            reached: Time(2),
            reason_lost_at: [Time(3), Time(4), Time::MIN],
            reasons: vec![
                ConditionReason::Rule(String::from("R-1")),
                ConditionReason::Opening { voice: OpeningVoice::OneParty, ground: OpeningGround::Death },
                ConditionReason::Districts(DistrictCount {
                    count: 3,
                    needed: 2,
                    alone: Level::Waspada,
                    with_model: Level::Siaga,
                }),
                ConditionReason::PileUp(PileUp { signs: u32::MAX, days: 10, usual_tenths: 7 }),
                ConditionReason::Hotspots { count: 3, hours: 24 },
                ConditionReason::Warning { severity: 4, hours: u32::MAX - 2 },
                ConditionReason::Model { horizon: Horizon::Week, risk_ppm: 5, base_ppm: 6 },
            ],
            evidence: vec![ReportName { id: ReportId(u128::MAX - 9), feed: FeedId(u32::MAX - 1) }],
            unverified: true,
            stale: true,
        };
        for condition in [None, Some(Box::new(condition))] {
            let emitted =
                EmittedAssessment { risk_ppm: 340_000, level: Level::Siaga, completeness_ppm: 500_000 };
            let memory = CellMemory { emitted: [Some(emitted), None], condition, model_waits: false };
            let waits = CellMemory { model_waits: true, ..memory.clone() };
            for memory in [memory, waits] {
                let bytes = memory.to_bytes();
                let alone = memory.condition.is_none() && memory.model_waits;
                assert_eq!(CellMemory::from_bytes(&bytes), Some(memory));
                let cut = CellMemory::from_bytes(&bytes[..bytes.len() - 1]);
                assert!(cut.is_none_or(|cut| alone && !cut.model_waits));
            }
        }
    }
}
