//! The answers, made from what the views give.

use super::{
    AlertDto, AlertHistoryEntryDto, AnsweredDto, AssessmentDto, CellPropertiesDto, ChainMemberDto,
    ConditionDto, ExtentDto, FeedDto, IncidentDto, MultiPolygonDto, RangeDto, RetractedDto, RiskDto,
    WithdrawalRequestDto,
};
use domain::alert::{Alert, HistoryEntry};
use domain::effect::Incident;
use domain::evidence::attestation::Extent;
use domain::place::{Code, Zone};
use domain::time::Time;
use formats::boundaries::{Polygon, Ring};
use store::ConditionRow;
use views::alert::RetractedView;
use views::answered::AnsweredLevel;
use views::assessments::{AssessmentItem, MapCell};
use views::chains::{self, ChainMember, ChainView};
use views::feeds::FeedItem;
use views::format::machine;
use views::range;
use views::reports::place_name;
use views::{Context, Lang};

/// RFC 3339 in the place's own zone.
fn time(at: Time, code: Code) -> String {
    machine(at, Zone::of(code))
}

impl AssessmentDto {
    pub fn of(lang: Lang, item: AssessmentItem) -> AssessmentDto {
        AssessmentDto {
            district: item.code.to_string(),
            name: item.name.clone(),
            kind: item.kind.into(),
            level: item.level.into(),
            answered: item.answered.as_ref().map(AnsweredDto::of),
            risk: RiskDto::of(lang, item),
        }
    }
}

impl AnsweredDto {
    fn of(own: &AnsweredLevel) -> AnsweredDto {
        AnsweredDto { alert: own.alert.clone(), ended_at: time(own.ended_at, own.code) }
    }
}

impl RiskDto {
    pub fn of(lang: Lang, item: AssessmentItem) -> RiskDto {
        let [features, contributions] = item.why.map_or_else(Default::default, |why| why.map(Some));
        RiskDto {
            horizon: item.horizon.into(),
            at: time(item.at, item.code),
            risk_ppm: item.risk_ppm,
            base_ppm: item.base_ppm,
            baseline_ppm: item.baseline_ppm,
            completeness_ppm: item.completeness_ppm,
            calibrated: item.calibrated,
            model: item.model,
            range: item.range.map(|range| RangeDto {
                low_ppm: range.low_ppm,
                high_ppm: range.high_ppm,
                words: range::words(&range, item.horizon, lang),
                hindcast_weeks: range.hindcast_weeks,
                own_weeks: range.own_weeks,
            }),
            explanation: item.explanation,
            features,
            contributions,
        }
    }
}

impl CellPropertiesDto {
    pub fn of(lang: Lang, approximate: bool, cell: MapCell) -> CellPropertiesDto {
        CellPropertiesDto {
            district: cell.code.to_string(),
            name: cell.name,
            kind: cell.kind.into(),
            level: cell.level.into(),
            answered: cell.answered.as_ref().map(AnsweredDto::of),
            approximate,
            risk: cell.assessment.map(|item| RiskDto::of(lang, item).into()).unwrap_or_default(),
        }
    }
}

impl MultiPolygonDto {
    /// Outer rings with their holes, closed as GeoJSON wants it, to a tenth of a metre.
    pub fn of(polygons: &[Polygon]) -> MultiPolygonDto {
        let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
        let closed =
            |ring: &Ring| ring.iter().chain(ring.first()).map(|(x, y)| [round(*x), round(*y)]).collect();
        let coordinates = polygons.iter().map(|polygon| polygon.iter().map(closed).collect()).collect();
        MultiPolygonDto { r#type: "MultiPolygon", coordinates }
    }
}

impl ConditionDto {
    pub fn of(row: &ConditionRow, answered: &[AnsweredLevel], chains: &[ChainView]) -> ConditionDto {
        let chain = chains::others(chains, row.code, row.kind);
        let answered = answered.iter().find(|own| (own.code, own.kind) == (row.code, row.kind));
        ConditionDto {
            kind: row.kind.into(),
            level: row.level.into(),
            change: row.change.into(),
            since: time(row.since, row.code),
            reasons: serde_json::from_str(&row.reasons).unwrap_or_default(),
            unverified: row.unverified,
            policy: row.policy.clone(),
            answered: answered.map(AnsweredDto::of),
            chain: chain.into_iter().map(ChainMemberDto::of).collect(),
        }
    }
}

impl ChainMemberDto {
    fn of(member: ChainMember) -> ChainMemberDto {
        ChainMemberDto {
            district: member.code.to_string(),
            kind: member.kind.into(),
            level: member.level.into(),
            alert: Some(member.alert),
        }
    }
}

impl IncidentDto {
    pub fn of(context: &Context, incident: &Incident) -> IncidentDto {
        IncidentDto {
            id: incident.id.to_string(),
            place: incident.place.to_string(),
            name: place_name(context, incident.place),
            kind: incident.kind.into(),
            category: incident.category.to_string(),
            occurred_at: time(incident.occurred_at, incident.place.code),
            severity: incident.claimed.severity,
            stage: incident.stage.map(Into::into),
            dead: incident.claimed.dead,
            injured: incident.claimed.injured,
            displaced: incident.claimed.displaced,
            attested: incident.attested.extent.into(),
            counted_severity: incident.counted_severity,
            carries_awas: incident.attested.awas,
            speakers: incident.speakers,
            reports: incident.reports,
            verdict: incident.verdict.into(),
            found_by_patrol: incident.patrol,
            check: incident.to_check(context.now).map(Into::into),
            awas_asked_at: incident.awas_request.map(|asked| time(asked.at, incident.place.code)),
            awas_lapses_at: incident.awas_request.map(|asked| time(asked.lapses_at(), incident.place.code)),
            take_back_asked_at: incident.take_back_request.map(|asked| time(asked.at, incident.place.code)),
            take_back_lapses_at: incident
                .take_back_request
                .map(|asked| time(asked.lapses_at(), incident.place.code)),
            denials: incident.denials,
            ended_at: incident.ended_at.map(|at| time(at, incident.place.code)),
        }
    }
}

impl From<Extent> for ExtentDto {
    fn from(Extent { severity, dead, injured, displaced }: Extent) -> ExtentDto {
        ExtentDto { severity, dead, injured, displaced }
    }
}

impl FeedDto {
    /// `regency`: whose clock the time follows.
    pub fn of(regency: Code, feed: &FeedItem) -> FeedDto {
        FeedDto {
            name: feed.name.clone(),
            class: feed.class.into(),
            enabled: feed.enabled,
            silent: feed.silent,
            last_reported_at: feed.last.map(|at| time(at, regency)),
            reports: feed.reports,
        }
    }
}

impl AlertDto {
    pub fn of(context: &Context, alert: &Alert) -> AlertDto {
        AlertDto {
            id: alert.id.clone(),
            district: alert.code.to_string(),
            name: context.name(alert.code),
            kind: alert.kind.into(),
            level: alert.level.into(),
            peak: alert.peak.into(),
            state: alert.state.into(),
            version: alert.version,
            opened_at: time(alert.opened_at, alert.code),
            changed_at: time(alert.changed_at, alert.code),
            reached_at: time(alert.reached_at, alert.code),
            assignee: alert.assignee.clone(),
            outcome: alert.outcome.map(Into::into),
            stale: alert.stale,
            unverified: alert.unverified,
            one_party: alert.one_party,
            awaits_acceptance: alert.awaits_acceptance(),
            cleared_at: alert.cleared_at.map(|at| time(at, alert.code)),
            withdrawal_request: alert.withdrawal_waits(context.now).map(|request| WithdrawalRequestDto {
                asked_by: request.by.account.clone(),
                asked_at: time(request.at, alert.code),
                lapses_at: time(request.lapses_at(), alert.code),
                outcome: request.outcome.into(),
            }),
        }
    }
}

impl RetractedDto {
    pub fn of(code: Code, claim: &RetractedView) -> RetractedDto {
        let category = claim.category.map(|category| category.to_string());
        RetractedDto { category, occurred_at: time(claim.occurred_at, code) }
    }
}

impl AlertHistoryEntryDto {
    /// `words`: whether the viewer may read what people wrote.
    pub fn of(code: Code, entry: HistoryEntry, words: bool) -> AlertHistoryEntryDto {
        AlertHistoryEntryDto {
            version: entry.version,
            at: time(entry.at, code),
            actor: entry.actor,
            act: entry.act,
            content: words.then(|| serde_json::from_str(&entry.content).ok()).flatten(),
            reason: words.then_some(entry.reason),
        }
    }
}
