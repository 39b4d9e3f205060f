//! Memory: what was last said of a slot. Kept by the store as bytes, so that a restart says nothing twice.

use crate::condition::Standing;
use crate::effect::Reason;
use crate::kind::{Horizon, Level};
use crate::report::ReportId;
use crate::time::Time;
use alloc::{boxed::Box, string::String, vec::Vec};

/// What was last said of one slot.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Memory {
    /// The assessment last told, by horizon.
    pub said: [Option<Said>; Horizon::COUNT],
    pub condition: Option<Box<Standing>>,
}

/// An assessment as it was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Said {
    pub risk_ppm: u32,
    pub level: Level,
    pub completeness_ppm: u32,
}

impl Said {
    /// Whether this is news after `old`: another level, another completeness, or a risk moved by `emit_ppm` or more.
    #[inline]
    pub fn is_news(self, old: Option<Said>, emit_ppm: u32) -> bool {
        old.is_none_or(|old| {
            old.level != self.level
                || old.completeness_ppm != self.completeness_ppm
                || old.risk_ppm.abs_diff(self.risk_ppm) >= emit_ppm
        })
    }
}

const FORMAT: u8 = 2;
/// As it was before completeness was kept: read with none known, so that it is told anew.
const WITHOUT_COMPLETENESS: u8 = 1;

impl Memory {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::from([FORMAT]);
        for said in self.said {
            out.extend(said.map_or(0, |said| said.risk_ppm).to_le_bytes());
            out.push(said.map_or(u8::MAX, |said| said.level as u8));
            out.extend(said.map_or(0, |said| said.completeness_ppm).to_le_bytes());
        }
        let Some(held) = &self.condition else { return out };
        out.push(held.level as u8);
        out.push(u8::from(held.unverified) | u8::from(held.stale) << 1);
        for time in [held.since, held.reached, held.held[0], held.held[1], held.held[2]] {
            out.extend(time.0.to_le_bytes());
        }
        out.extend((held.evidence.len() as u16).to_le_bytes());
        held.evidence.iter().for_each(|id| out.extend(id.0.to_le_bytes()));
        out.extend((held.reasons.len() as u16).to_le_bytes());
        held.reasons.iter().for_each(|reason| put_reason(&mut out, reason));
        out
    }

    /// `None` where the bytes are not of this format; the pipeline then says everything anew.
    pub fn from_bytes(bytes: &[u8]) -> Option<Memory> {
        let mut rest = Reader(bytes);
        let format = rest.byte()?;
        if !(WITHOUT_COMPLETENESS..=FORMAT).contains(&format) {
            return None;
        }
        let mut memory = Memory::default();
        for said in &mut memory.said {
            let (risk_ppm, level) = (rest.u32()?, rest.byte()?);
            let completeness_ppm = if format == FORMAT { rest.u32()? } else { u32::MAX };
            let level = Level::from_index(usize::from(level));
            *said = level.map(|level| Said { risk_ppm, level, completeness_ppm });
        }
        if rest.0.is_empty() {
            return Some(memory);
        }
        let (level, flags) = (Level::from_index(usize::from(rest.byte()?))?, rest.byte()?);
        let mut times = [Time::MIN; 5];
        for time in &mut times {
            *time = Time(rest.u64()? as i64);
        }
        let mut evidence = Vec::new();
        for _ in 0..rest.u16()? {
            evidence.push(ReportId(u128::from(rest.u64()?) | u128::from(rest.u64()?) << 64));
        }
        let mut reasons = Vec::new();
        for _ in 0..rest.u16()? {
            reasons.push(take_reason(&mut rest)?);
        }
        memory.condition = Some(Box::new(Standing {
            level,
            since: times[0],
            reached: times[1],
            held: [times[2], times[3], times[4]],
            reasons,
            evidence,
            unverified: flags & 1 != 0,
            stale: flags & 2 != 0,
        }));
        Some(memory)
    }
}

fn put_reason(out: &mut Vec<u8>, reason: &Reason) {
    match reason {
        Reason::Rule(id) => {
            out.push(0);
            out.extend((id.len() as u16).to_le_bytes());
            out.extend(id.as_bytes());
        }
        Reason::Model { horizon, risk_ppm, base_ppm } => {
            out.extend([1, *horizon as u8]);
            out.extend(risk_ppm.to_le_bytes());
            out.extend(base_ppm.to_le_bytes());
        }
        Reason::Districts(count) => {
            out.push(2);
            out.extend(count.to_le_bytes());
        }
    }
}

fn take_reason(rest: &mut Reader<'_>) -> Option<Reason> {
    Some(match rest.byte()? {
        0 => {
            let length = usize::from(rest.u16()?);
            Reason::Rule(String::from_utf8(rest.take(length)?.to_vec()).ok()?)
        }
        1 => Reason::Model {
            horizon: Horizon::from_index(usize::from(rest.byte()?))?,
            risk_ppm: rest.u32()?,
            base_ppm: rest.u32()?,
        },
        2 => Reason::Districts(rest.u32()?),
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
        let condition = Standing {
            level: Level::Awas,
            since: Time(1),
            reached: Time(2),
            held: [Time(3), Time(4), Time::MIN],
            reasons: vec![
                Reason::Rule(String::from("R-1")),
                Reason::Districts(3),
                Reason::Model { horizon: Horizon::Week, risk_ppm: 5, base_ppm: 6 },
            ],
            evidence: vec![ReportId(u128::MAX - 9)],
            unverified: true,
            stale: true,
        };
        for condition in [None, Some(Box::new(condition))] {
            let said = Said { risk_ppm: 340_000, level: Level::Siaga, completeness_ppm: 500_000 };
            let memory = Memory { said: [Some(said), None], condition };
            let bytes = memory.to_bytes();
            assert_eq!(Memory::from_bytes(&bytes), Some(memory));
            let cut = Memory::from_bytes(&bytes[..bytes.len() - 1]);
            assert!(cut.is_none());
        }
    }

    #[test]
    fn what_an_earlier_release_kept_is_read_and_told_anew() {
        let old =
            [&[1u8][..], &340_000u32.to_le_bytes(), &[Level::Siaga as u8], &[0, 0, 0, 0, u8::MAX]].concat();
        let memory = Memory::from_bytes(&old).unwrap();
        let said = memory.said[0].unwrap();
        assert_eq!((said.risk_ppm, said.level, memory.said[1]), (340_000, Level::Siaga, None));
        assert!(Said { completeness_ppm: 1_000_000, ..said }.is_news(Some(said), 1_000));
    }
}
