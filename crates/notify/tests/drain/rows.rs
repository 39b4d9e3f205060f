//! Reports, incidents and conditions as a worker hands them to the store, with everything in them that must stay inside.

use crate::desk::{DISTRICT, NOW, PLANTED};
use domain::author::StampedAuthor;
use domain::effect::{Condition, ConditionChange, ConditionReason, Effect, Incident};
use domain::evidence::attestation::Extent;
use domain::kind::{Category, FeedClass, FoundBy, Handling, Kind, Level, Parties};
use domain::place::{Code, Place, Places};
use domain::report::{Body, FeedId, Report, ReportId, ReportName, Statement};
use store::ReportRow;

pub fn report(id: ReportId, kind: Kind, offset: i64) -> ReportRow {
    let statement = Statement {
        kind,
        category: Category::OTHER,
        severity: 3,
        occurred_at: NOW,
        stage: None,
        reliability: 0,
        credibility: 0,
        handling: Handling::Limited,
        parties: Parties::default(),
        found_by: FoundBy::Report,
        dead: 0,
        injured: 0,
        displaced: 0,
        supersedes: None,
        continues: false,
        ends: false,
        about: None,
        confidence: None,
        wording: None,
    };
    let report = Report {
        id,
        hash: id.0 << 64 | u128::from(!(id.0 as u64)),
        feed: FeedId::of(PLANTED[3]),
        class: FeedClass::Village,
        author: None,
        place: Place { code: DISTRICT, village: 2003 },
        reported_at: NOW,
        reconstructed: false,
        doubtful: None,
        body: Body::Statement(statement),
    };
    ReportRow {
        report,
        partition: 0,
        offset,
        feed_name: String::from(PLANTED[3]),
        author: StampedAuthor::default(),
        reporter: Some(String::from(PLANTED[0])),
        received_at: NOW,
        late: false,
        history: false,
        summary: Some(format!("{} di {}", PLANTED[2], PLANTED[1])),
        lat: None,
        lon: None,
        payload: PLANTED.join(" ").into_bytes(),
    }
}

pub fn name(id: ReportId) -> ReportName {
    ReportName { id, feed: FeedId::of(PLANTED[3]) }
}

pub fn incident(id: ReportId, kind: Kind, category: &str, severity: u8) -> Incident {
    let claimed = Extent { severity, dead: 0, injured: 0, displaced: 0 };
    let what = (kind, Category::parse(category).unwrap());
    Incident::of_one_report(name(id), Place { code: DISTRICT, village: 2003 }, what, NOW, claimed)
}

/// A condition of a place that rests on these reports.
pub fn raised_in(
    (places, code): (&Places, Code),
    (kind, level): (Kind, Level),
    evidence: Vec<ReportName>,
) -> Effect {
    Effect::Condition(Box::new(Condition {
        unit: places.find(code).unwrap(),
        kind,
        change: ConditionChange::Raised,
        at: NOW,
        level,
        since: NOW,
        reasons: vec![ConditionReason::Rule(String::from("aturan"))],
        evidence,
        unverified: true,
        completeness_ppm: 1_000_000,
        policy: String::from("1"),
    }))
}
