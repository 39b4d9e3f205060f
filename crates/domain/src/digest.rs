//! Digests: one over the state, the same for any order of the same reports; one over the effects emitted.
//! Both end with the version of what they are taken over: digests of two versions say nothing of each other.

use crate::assess;
use crate::board::Board;
use crate::effect::{Assessment, ConditionReason, Effect, PileUp};
use crate::evidence::{CellId, Evidence, NONE};
use crate::kind::{Horizon, Kind};
use crate::report::ReportId;
use crate::time::Time;
use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// 2: decayed sums are whole numbers ([`crate::decay`]).
const VERSION: u8 = 2;

/// SHA-256 over reports, incidents, buckets and the assessments recomputed at `at` from all reports,
/// whenever received. Silence counts from `reported_at`; what lies around a cell counts up to one hour before.
pub fn state_digest(evidence: &Evidence, board: &Board, at: Time) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut order: Vec<u32> = evidence.reports.indices().collect();
    // What a feed is called differs between a service and a replay of its file: two feeds' equal ids stand by their contents.
    order.sort_unstable_by_key(|index| {
        let (regency, name) = evidence.reports.key(*index);
        (regency, name.id, evidence.reports.all[*index as usize].hash())
    });
    for index in order {
        let entry = &evidence.reports.all[index as usize];
        let anchor = (entry.anchor != NONE).then(|| evidence.reports.all[entry.anchor as usize].id());
        let mut line = [0u8; 53];
        line[..16].copy_from_slice(&entry.id().0.to_le_bytes());
        line[16..32].copy_from_slice(&entry.hash().to_le_bytes());
        line[32..48].copy_from_slice(&anchor.unwrap_or(ReportId(0)).0.to_le_bytes());
        line[48..52].copy_from_slice(&evidence.places.code(entry.unit).0.to_le_bytes());
        line[52] = entry.outcome as u8;
        hasher.update(line);
    }
    let cells = (0..evidence.places.len() * Kind::COUNT).map(|index| CellId(index as u32));
    for cell in cells {
        hasher.update(evidence.places.code(cell.unit()).0.to_le_bytes());
        for bucket in evidence.series(cell).buckets() {
            hasher.update(bucket.hour.0.to_le_bytes());
            for number in [bucket.count, bucket.severity, bucket.serious, bucket.patrol] {
                hasher.update(number.to_le_bytes());
            }
        }
        let assessed = assess::from_evidence(evidence, board.lines(cell), cell, at.hour());
        for index in 0..Horizon::COUNT {
            hasher.update(assessed.risks[index].to_le_bytes());
            hasher.update([assessed.levels[index] as u8]);
        }
        hasher.update(assessed.completeness.to_le_bytes());
    }
    hasher.update([VERSION]);
    hasher.finalize().into()
}

/// SHA-256 over effects in the order they were emitted.
#[derive(Default)]
pub struct EffectDigest {
    hasher: Sha256,
    /// Lines wait here, because a hash likes whole blocks.
    waiting: Vec<u8>,
    /// The instant of the last assessment; written only when it is another.
    at: Option<Time>,
}

impl EffectDigest {
    #[inline]
    pub fn add(&mut self, effect: &Effect) {
        if let Effect::Assessment(assessment) = effect {
            return self.assessment(assessment);
        }
        self.other(effect);
    }

    #[inline]
    fn assessment(&mut self, assessment: &Assessment) {
        if self.at != Some(assessment.at) {
            self.at = Some(assessment.at);
            self.waiting.push(6);
            self.waiting.extend(assessment.at.0.to_le_bytes());
        }
        let mut line = [0u8; 12];
        line[0] = 4;
        line[1] = assessment.kind as u8 | (assessment.horizon as u8) << 2 | (assessment.level as u8) << 4;
        line[2..4].copy_from_slice(&assessment.unit.0.to_le_bytes());
        line[4..8].copy_from_slice(&assessment.risk_ppm.to_le_bytes());
        line[8..].copy_from_slice(&assessment.completeness_ppm.to_le_bytes());
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
            Effect::Outcome { regency, report, outcome, incident } => {
                out.extend([1, *outcome as u8]);
                out.extend(regency.0.to_le_bytes());
                out.extend(report.id.0.to_le_bytes());
                out.extend(incident.map_or(0, |incident| incident.id.0).to_le_bytes());
            }
            Effect::Incident(incident) => {
                out.extend([2, incident.speakers, incident.verdict as u8, u8::from(incident.patrol)]);
                let check = incident.check.map_or(u8::MAX, |reason| reason as u8);
                out.extend([incident.attested.awas, incident.counted_severity, check]);
                for extent in [incident.claimed, incident.attested.extent] {
                    out.push(extent.severity);
                    out.extend(extent.dead.to_le_bytes());
                    out.extend(extent.injured.to_le_bytes());
                    out.extend(extent.displaced.to_le_bytes());
                }
                out.extend(incident.id.id.0.to_le_bytes());
                out.extend(incident.reports.to_le_bytes());
                out.extend(incident.occurred_at.0.to_le_bytes());
                for request in [incident.awas_request, incident.take_back_request] {
                    out.extend(request.map_or(i64::MIN, |request| request.at.0).to_le_bytes());
                }
                out.extend(incident.denials.to_le_bytes());
                out.extend(incident.ended_at.map_or(i64::MIN, |ended| ended.0).to_le_bytes());
            }
            Effect::IncidentGone { regency, id } => {
                out.push(3);
                out.extend(regency.0.to_le_bytes());
                out.extend(id.id.0.to_le_bytes());
            }
            // It follows from the verdicts, and the incident is digested.
            Effect::SetAside { .. } => {}
            Effect::Assessment(assessment) => self.assessment(assessment),
            Effect::Condition(condition) => {
                out.extend([
                    5,
                    condition.kind as u8,
                    condition.change as u8,
                    condition.level as u8,
                    u8::from(condition.unverified),
                ]);
                out.extend(condition.unit.0.to_le_bytes());
                out.extend(condition.at.0.to_le_bytes());
                condition.evidence.iter().for_each(|name| out.extend(name.id.0.to_le_bytes()));
                for reason in &condition.reasons {
                    match reason {
                        ConditionReason::Rule(id) => out.extend(id.as_bytes()),
                        ConditionReason::Model { risk_ppm, .. } => out.extend(risk_ppm.to_le_bytes()),
                        ConditionReason::Opening { voice, ground } => {
                            out.extend([*voice as u8, *ground as u8])
                        }
                        ConditionReason::Districts(districts) => {
                            out.extend(districts.count.to_le_bytes());
                            out.extend([districts.alone as u8, districts.with_model as u8]);
                        }
                        ConditionReason::PileUp(PileUp { signs, days, usual_tenths }) => {
                            [signs, days, usual_tenths]
                                .iter()
                                .for_each(|number| out.extend(number.to_le_bytes()));
                        }
                        ConditionReason::Hotspots { count: number, hours }
                        | ConditionReason::Warning { severity: number, hours } => {
                            [number, hours].iter().for_each(|number| out.extend(number.to_le_bytes()));
                        }
                    }
                }
            }
        }
    }

    pub fn finish(mut self) -> [u8; 32] {
        self.waiting.push(VERSION);
        self.flush();
        self.hasher.finalize().into()
    }
}
