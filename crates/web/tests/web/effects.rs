//! What the pipeline of the small regency emitted.

use crate::world::{COMPANY, NOW, VILLAGE, name};
use domain::effect::{
    Assessment, Condition, ConditionChange, ConditionReason, Effect, Incident, Verdict, Why,
};
use domain::evidence::attestation::{Attested, Extent};
use domain::feature::COUNT;
use domain::kind::{Category, Horizon, Kind, Level};
use domain::place::{Code, Place, Places};
use domain::report::ReportId;
use domain::scorer::Contributions;
use domain::time::{DAY, HOUR};

/// The village's incident is attested by the police; the company's is claimed by the company alone.
pub fn incident(id: ReportId) -> Effect {
    let claimed = Extent { severity: 3, dead: 0, injured: 0, displaced: 0 };
    let attested = if id == COMPANY { Attested::default() } else { Attested { extent: claimed, awas: 3 } };
    Effect::Incident(Incident {
        id: name(id),
        place: Place { code: Code(161304), village: 2003 },
        kind: Kind::ResidentCompany,
        category: Category::parse("WP-05").unwrap(),
        occurred_at: NOW.plus(-8 * HOUR),
        doubtful: None,
        stage: None,
        claimed,
        attested,
        counted_severity: if id == COMPANY { 2 } else { 3 },
        speakers: if id == COMPANY { 1 } else { 2 },
        reports: 1,
        verdict: Verdict::Unverified,
        patrol: false,
        check: None,
        changed: None,
        awas_request: None,
        take_back_request: None,
        denials: 0,
        ended_at: None,
        opens_until: None,
        raises: None,
    })
}

pub fn assessment(places: &Places, code: Code, kind: Kind, horizon: Horizon) -> Effect {
    let mut features = [0.0; COUNT];
    features[0] = 1.2;
    Effect::Assessment(Assessment {
        unit: places.find(code).unwrap(),
        kind,
        horizon,
        at: NOW.plus(-DAY),
        risk_ppm: 340_000,
        base_ppm: 60_000,
        level: Level::Low,
        completeness_ppm: 900_000,
        model: 0,
        calibrated: false,
        why: Some(Box::new(Why {
            baseline_ppm: 70_000,
            features,
            contributions: Contributions { intercept: -2.0, features },
        })),
    })
}

pub fn condition(places: &Places) -> Effect {
    Effect::Condition(Box::new(Condition {
        unit: places.find(Code(161304)).unwrap(),
        kind: Kind::ResidentCompany,
        change: ConditionChange::Raised,
        at: NOW.plus(-2 * HOUR),
        level: Level::Siaga,
        since: NOW.plus(-2 * HOUR),
        reasons: vec![ConditionReason::Rule("WP-A".into())],
        evidence: vec![name(VILLAGE), name(COMPANY)],
        unverified: true,
        completeness_ppm: 900_000,
        policy: "uji".into(),
    }))
}
