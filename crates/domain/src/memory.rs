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
    /// Risk and level last told, by horizon.
    pub said: [Option<(u32, Level)>; Horizon::COUNT],
    pub condition: Option<Box<Standing>>,
}

const FORMAT: u8 = 1;

impl Memory {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::from([FORMAT]);
        for said in self.said {
            let (risk, level) = said.map_or((0, u8::MAX), |(risk, level)| (risk, level as u8));
            out.extend(risk.to_le_bytes());
            out.push(level);
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
        if rest.byte()? != FORMAT {
            return None;
        }
        let mut memory = Memory::default();
        for said in &mut memory.said {
            let (risk, level) = (rest.u32()?, rest.byte()?);
            *said = Level::from_index(usize::from(level)).map(|level| (risk, level));
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
            let memory = Memory { said: [Some((340_000, Level::Siaga)), None], condition };
            let bytes = memory.to_bytes();
            assert_eq!(Memory::from_bytes(&bytes), Some(memory));
            let cut = Memory::from_bytes(&bytes[..bytes.len() - 1]);
            assert!(cut.is_none());
        }
    }
}
