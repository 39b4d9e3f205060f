//! Digests: one over the state, the same for any order of the same reports; one over the effects said.

use crate::assess;
use crate::effect::{Assessment, Effect, Reason};
use crate::kind::{Horizon, Kind};
use crate::pipeline::Pipeline;
use crate::time::Time;
use crate::window::{NONE, Slot};
use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// SHA-256 over reports, incidents, buckets and the assessments recomputed at `at` from all reports,
/// whenever received. Silence counts from `reported_at`; what lies around a slot counts up to one hour before.
pub fn state(pipeline: &Pipeline, at: Time) -> [u8; 32] {
    let window = &pipeline.window;
    let mut hasher = Sha256::new();
    let mut order: Vec<u32> = (0..window.set.all.len() as u32).collect();
    order.sort_unstable_by_key(|index| window.set.all[*index as usize].id());
    for index in order {
        let stored = &window.set.all[index as usize];
        let anchor = if stored.anchor == NONE { 0 } else { window.set.all[stored.anchor as usize].id().0 };
        let mut line = [0u8; 41];
        line[..16].copy_from_slice(&stored.id().0.to_le_bytes());
        line[16..24].copy_from_slice(&stored.hash.to_le_bytes());
        line[24..40].copy_from_slice(&anchor.to_le_bytes());
        line[40] = stored.outcome as u8;
        hasher.update(line);
    }
    let slots = (0..window.places.len() * Kind::COUNT).map(|index| Slot(index as u32));
    for slot in slots {
        hasher.update(window.places.code(slot.unit()).0.to_le_bytes());
        for bucket in window.series(slot).buckets() {
            hasher.update(bucket.hour.0.to_le_bytes());
            for number in [bucket.count, bucket.severity, bucket.serious, bucket.patrol] {
                hasher.update(number.to_le_bytes());
            }
        }
        let assessed = assess::plain(window, pipeline.board.lines(slot), slot, at.hour());
        for index in 0..Horizon::COUNT {
            hasher.update(assessed.risks[index].to_le_bytes());
            hasher.update([assessed.levels[index] as u8]);
        }
        hasher.update(assessed.completeness.to_le_bytes());
    }
    hasher.finalize().into()
}

/// SHA-256 over effects in the order they were said.
#[derive(Default)]
pub struct Effects {
    hasher: Sha256,
    /// Lines wait here, because a hash likes whole blocks.
    waiting: Vec<u8>,
    /// The instant of the last assessment; said only when it is another.
    at: Option<Time>,
}

impl Effects {
    #[inline]
    pub fn add(&mut self, effect: &Effect) {
        if let Effect::Assessment(told) = effect {
            return self.assessment(told);
        }
        self.other(effect);
    }

    #[inline]
    fn assessment(&mut self, told: &Assessment) {
        if self.at != Some(told.at) {
            self.at = Some(told.at);
            self.waiting.push(6);
            self.waiting.extend(told.at.0.to_le_bytes());
        }
        let mut line = [0u8; 12];
        line[0] = 4;
        line[1] = told.kind as u8 | (told.horizon as u8) << 2 | (told.level as u8) << 4;
        line[2..4].copy_from_slice(&told.unit.0.to_le_bytes());
        line[4..8].copy_from_slice(&told.risk_ppm.to_le_bytes());
        line[8..].copy_from_slice(&told.completeness_ppm.to_le_bytes());
        self.waiting.extend_from_slice(&line);
        if self.waiting.len() >= 4096 {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.hasher.update(&self.waiting);
        self.waiting.clear();
    }

    fn other(&mut self, effect: &Effect) {
        let out = &mut self.waiting;
        match effect {
            Effect::Outcome { report, outcome, incident } => {
                out.extend([1, *outcome as u8]);
                out.extend(report.0.to_le_bytes());
                out.extend(incident.map_or(0, |id| id.0).to_le_bytes());
            }
            Effect::Incident(incident) => {
                out.extend([2, incident.severity, incident.verdict as u8, u8::from(incident.patrol)]);
                out.extend(incident.id.0.to_le_bytes());
                out.extend(incident.reports.to_le_bytes());
                out.extend(incident.sides.0.to_le_bytes());
                out.extend(incident.occurred_at.0.to_le_bytes());
            }
            Effect::IncidentGone(id) => {
                out.push(3);
                out.extend(id.0.to_le_bytes());
            }
            Effect::Assessment(told) => self.assessment(told),
            Effect::Condition(told) => {
                out.extend([
                    5,
                    told.kind as u8,
                    told.change as u8,
                    told.level as u8,
                    u8::from(told.unverified),
                ]);
                out.extend(told.unit.0.to_le_bytes());
                out.extend(told.at.0.to_le_bytes());
                told.evidence.iter().for_each(|id| out.extend(id.0.to_le_bytes()));
                for reason in &told.reasons {
                    match reason {
                        Reason::Rule(id) => out.extend(id.as_bytes()),
                        Reason::Model { risk_ppm, .. } => out.extend(risk_ppm.to_le_bytes()),
                        Reason::Districts(count) => out.extend(count.to_le_bytes()),
                    }
                }
            }
        }
    }

    pub fn finish(mut self) -> [u8; 32] {
        self.flush();
        self.hasher.finalize().into()
    }
}
