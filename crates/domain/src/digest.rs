//! Digests: one over the state, the same for any order of the same reports; one over the effects said.

use crate::assess::{self, Around, Basis};
use crate::effect::{Effect, Reason};
use crate::kind::{Horizon, Kind};
use crate::pipeline::Pipeline;
use crate::place::UnitId;
use crate::scorer::Scorer;
use crate::time::{Hour, Time};
use crate::window::{NONE, Slot};
use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// SHA-256 over reports, incidents, buckets and the assessments recomputed at `at` from all reports,
/// whenever received. Silence counts from `reported_at`; what lies around a slot counts up to one hour before.
pub fn state(pipeline: &Pipeline, scorer: &dyn Scorer, at: Time) -> [u8; 32] {
    let window = &pipeline.window;
    let mut hasher = Sha256::new();
    let mut order: Vec<u32> = (0..window.set.all.len() as u32).collect();
    order.sort_unstable_by_key(|index| window.set.all[*index as usize].id);
    for index in order {
        let stored = &window.set.all[index as usize];
        let anchor = if stored.anchor == NONE { 0 } else { window.set.all[stored.anchor as usize].id.0 };
        let mut line = [0u8; 49];
        line[..16].copy_from_slice(&stored.id.0.to_le_bytes());
        line[16..32].copy_from_slice(&stored.hash.to_le_bytes());
        line[32..48].copy_from_slice(&anchor.to_le_bytes());
        line[48] = stored.outcome as u8;
        hasher.update(line);
    }
    let basis = Basis { window, policy: &window.policy, scorer };
    let slots = (0..window.places.len() * Kind::COUNT).map(|index| Slot(index as u32));
    for slot in slots {
        hasher.update(window.places.code(slot.unit()).0.to_le_bytes());
        for bucket in window.series(slot).buckets() {
            hasher.update(bucket.hour.0.to_le_bytes());
            for number in [bucket.count, bucket.severity, bucket.serious, bucket.patrol] {
                hasher.update(number.to_le_bytes());
            }
        }
        let assessed = assess::assess(&basis, slot, at, surroundings(pipeline, slot, at.hour()));
        for index in 0..Horizon::COUNT {
            hasher.update(assessed.risks[index].to_le_bytes());
            hasher.update([assessed.levels[index] as u8]);
        }
        hasher.update(assessed.completeness.to_le_bytes());
    }
    hasher.finalize().into()
}

fn surroundings(pipeline: &Pipeline, slot: Slot, hour: Hour) -> Around {
    let window = &pipeline.window;
    let before = Hour(hour.0 - 1);
    let places = &window.places;
    let around: Vec<UnitId> =
        places.unit(slot.unit()).neighbours.iter().filter_map(|code| places.find(*code)).collect();
    let value = |unit: UnitId| assess::fortnight(window, Slot::new(unit, slot.kind()), before);
    Around { neighbours: assess::mean(&around, value), regency: value(places.regency(slot.unit())) }
}

/// SHA-256 over effects in the order they were said.
#[derive(Default)]
pub struct Effects(Sha256);

impl Effects {
    pub fn add(&mut self, effect: &Effect) {
        match effect {
            Effect::Outcome { report, outcome, incident } => {
                let mut line = [0u8; 34];
                line[0] = 1;
                line[1..17].copy_from_slice(&report.0.to_le_bytes());
                line[17] = *outcome as u8;
                line[18..].copy_from_slice(&incident.map_or(0, |id| id.0).to_le_bytes());
                self.0.update(line);
            }
            Effect::Incident(incident) => {
                let mut line = [0u8; 32];
                line[0] = 2;
                line[1..17].copy_from_slice(&incident.id.0.to_le_bytes());
                line[17] = incident.severity;
                line[18..20].copy_from_slice(&incident.reports.to_le_bytes());
                line[20..22].copy_from_slice(&incident.sides.0.to_le_bytes());
                line[22] = incident.verdict as u8;
                line[23..31].copy_from_slice(&incident.occurred_at.0.to_le_bytes());
                line[31] = u8::from(incident.patrol);
                self.0.update(line);
            }
            Effect::IncidentGone(id) => {
                self.0.update([3]);
                self.0.update(id.0.to_le_bytes());
            }
            Effect::Assessment(told) => {
                let mut line = [0u8; 25];
                (line[0], line[1], line[2], line[3]) =
                    (4, told.kind as u8, told.horizon as u8, told.level as u8);
                line[4..6].copy_from_slice(&told.unit.0.to_le_bytes());
                line[6..10].copy_from_slice(&told.risk_ppm.to_le_bytes());
                line[10..14].copy_from_slice(&told.completeness_ppm.to_le_bytes());
                line[14..22].copy_from_slice(&told.at.0.to_le_bytes());
                self.0.update(line);
            }
            Effect::Condition(told) => {
                self.0.update([
                    5,
                    told.kind as u8,
                    told.change as u8,
                    told.level as u8,
                    u8::from(told.unverified),
                ]);
                self.0.update(told.unit.0.to_le_bytes());
                self.0.update(told.at.0.to_le_bytes());
                told.evidence.iter().for_each(|id| self.0.update(id.0.to_le_bytes()));
                for reason in &told.reasons {
                    match reason {
                        Reason::Rule(id) => self.0.update(id.as_bytes()),
                        Reason::Model { risk_ppm, .. } => self.0.update(risk_ppm.to_le_bytes()),
                        Reason::Districts(count) => self.0.update(count.to_le_bytes()),
                    }
                }
            }
        }
    }

    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
