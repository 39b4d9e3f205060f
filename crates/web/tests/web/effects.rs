//! What the pipeline of the small regency emitted.

use crate::world::{COMPANY, NOW, VILLAGE, name};
use domain::effect::{Assessment, Condition, ConditionChange, ConditionReason, Effect, Incident, Why};
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
    let what = (Kind::ResidentCompany, Category::parse("WP-05").unwrap());
    let place = Place { code: Code(161304), village: 2003 };
    Effect::Incident(Incident {
        attested,
        counted_severity: if id == COMPANY { 2 } else { 3 },
        speakers: if id == COMPANY { 1 } else { 2 },
        ..Incident::of_one_report(name(id), place, what, NOW.plus(-8 * HOUR), claimed)
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
