//! What the API answers, field by field: the shapes of the contract, from which `/openapi.json` is generated.
//!
//! Risks and shares are parts per million; times are RFC 3339 in the place's own zone.

mod alert;
mod from_views;
mod map;
mod words;

pub use alert::{
    ActDto, AlertDetailDto, AlertDto, AlertHistoryContentDto, AlertHistoryEntryDto, AssignmentDto,
    ResolutionDto, RetractedDto, WithdrawalRequestDto,
};
pub use map::{CellFeatureDto, CellPropertiesDto, HeatmapDto, MultiPolygonDto, RiskOfCellDto};
pub use words::{
    AlertOutcomeWord, AlertStateWord, ChangeWord, CheckReasonWord, FeedClassWord, HorizonWord, KindWord,
    LevelWord, OpeningGroundWord, OpeningVoiceWord, ResolutionWord, StageWord, VerdictWord,
};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A list that is whole in one answer.
#[derive(Serialize, ToSchema)]
#[schema(as = List)]
pub struct ListDto<T> {
    pub items: Vec<T>,
}

/// A stretch of a list.
#[derive(Serialize, ToSchema)]
#[schema(as = Page)]
pub struct PageDto<T> {
    pub items: Vec<T>,
    /// Send it back as `cursor` for the next stretch; null on the last.
    #[schema(required)]
    pub next: Option<String>,
}

/// The newest risk of one place, kind and horizon.
#[derive(Serialize, ToSchema)]
#[schema(as = Assessment)]
pub struct AssessmentDto {
    /// Kemendagri code of a kecamatan, or of a regency for what names no kecamatan.
    #[schema(examples("16.13.04"))]
    pub district: String,
    #[schema(required)]
    pub name: Option<String>,
    pub kind: KindWord,
    pub level: LevelWord,
    /// Where the level stands only by what was answered: the alert that answered it. Null where an alert as high runs or none was
    /// ended, where the risk is as high, and for the past.
    #[schema(required)]
    pub answered: Option<AnsweredDto>,
    #[serde(flatten)]
    pub risk: RiskDto,
}

/// The alert that was ended of what a level still shows: who ended it answered that, and no alert runs as high. Of a regency that its
/// kecamatan raise by their count, the alert of one of them.
#[derive(Serialize, ToSchema)]
#[schema(as = AnsweredBy)]
pub struct AnsweredDto {
    /// The number of the alert.
    #[schema(examples("16.13-2026-0007"))]
    pub alert: String,
    /// When it was ended.
    #[schema(format = DateTime)]
    pub ended_at: String,
}

/// A model's risk, and what it rests on.
#[derive(Serialize, ToSchema)]
#[schema(as = Risk)]
pub struct RiskDto {
    pub horizon: HorizonWord,
    /// When it was assessed.
    #[schema(format = DateTime)]
    pub at: String,
    /// Probability of at least one grave incident within the horizon.
    #[schema(maximum = 1_000_000)]
    pub risk_ppm: u32,
    /// What the same model says of this place's usual state.
    #[schema(maximum = 1_000_000)]
    pub base_ppm: u32,
    /// The local climatology's probability.
    #[schema(maximum = 1_000_000)]
    pub baseline_ppm: u32,
    /// How much of the usual word has come in.
    #[schema(maximum = 1_000_000)]
    pub completeness_ppm: u32,
    /// False where the model comes from elsewhere: its level is then compared with what is usual here.
    pub calibrated: bool,
    pub model: String,
    /// Between what the risk lies; null where the model is calibrated, nobody is heard, or the risk is one of the past, and
    /// where an account of more than fifty regencies asks for all of them at once.
    #[schema(required)]
    pub range: Option<RangeDto>,
    /// Why, in words of the place, and what would lower it, in the language asked for; where one place is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub explanation: Option<Vec<String>>,
    /// The inputs by name; for those who may read reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub features: Option<BTreeMap<String, f64>>,
    /// The `intercept` and each input's share of the logit; for those who may read reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub contributions: Option<BTreeMap<String, f64>>,
}

/// The ends between which a risk lies with nine chances of ten, and the record behind them.
#[derive(Serialize, ToSchema)]
#[schema(as = RiskRange)]
pub struct RangeDto {
    #[schema(maximum = 1_000_000)]
    pub low_ppm: u32,
    #[schema(maximum = 1_000_000)]
    pub high_ppm: u32,
    /// In words, as on the pages.
    #[schema(examples("antara 1 dan 4 dari 20 minggu seperti ini"))]
    pub words: String,
    /// Weeks of forecasts with an outcome: of the archive's hindcast, and of the service itself. Both 0: by other places alone.
    pub hindcast_weeks: usize,
    pub own_weeks: usize,
}

/// A kecamatan or regency as it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = District)]
pub struct DistrictDto {
    #[schema(examples("16.13.04"))]
    pub district: String,
    pub name: String,
    /// `kabupaten`, `kota` or `kecamatan`.
    pub rank: String,
    #[schema(examples("16.13"))]
    pub regency: String,
    #[schema(required)]
    pub centre: Option<CentreDto>,
    /// Codes of the districts that touch this one.
    pub neighbours: Vec<String>,
    pub assessments: Vec<AssessmentDto>,
    pub conditions: Vec<ConditionDto>,
}

/// Degrees north and east.
#[derive(Serialize, ToSchema)]
#[schema(as = Centre)]
pub struct CentreDto {
    pub lat: f64,
    pub lon: f64,
}

/// What stands in a place for one kind.
#[derive(Serialize, ToSchema)]
#[schema(as = Condition)]
pub struct ConditionDto {
    pub kind: KindWord,
    pub level: LevelWord,
    pub change: ChangeWord,
    #[schema(format = DateTime)]
    pub since: String,
    pub reasons: Vec<ReasonDto>,
    /// True where it rests on one source alone and nobody verified it.
    pub unverified: bool,
    /// Version of the policy that decided.
    pub policy: String,
    /// As of an assessment: the alert that answered what stands, where no alert as high runs.
    #[schema(required)]
    pub answered: Option<AnsweredDto>,
    /// What may be one chain with its alert (*satu rangkaian?*): open alerts of neighbouring districts, or of other kinds in this one,
    /// since about the same time. No level follows from it.
    pub chain: Vec<ChainMemberDto>,
}

/// Another alert of a chain.
#[derive(Serialize, ToSchema)]
#[schema(as = ChainMember)]
pub struct ChainMemberDto {
    #[schema(examples("16.13.04"))]
    pub district: String,
    pub kind: KindWord,
    pub level: LevelWord,
    /// The number of its alert.
    #[schema(required)]
    pub alert: Option<String>,
}

/// Why a condition stands: a rule of the policy, what a single report opens, a model's risk, several districts at once, signs
/// that pile up (so many in so many days, and how many are usual in as many), at least so many hotspots of high confidence, or
/// a sensor's warning of at least this severity; `agency` names the agency whose data they are, `bmkg` or `sipongi`.
#[derive(Serialize, Deserialize, Clone, ToSchema)]
#[serde(untagged)]
#[schema(as = Reason)]
pub enum ReasonDto {
    Rule {
        rule: String,
    },
    Opening {
        opening: OpeningVoiceWord,
        ground: OpeningGroundWord,
    },
    Model {
        horizon: HorizonWord,
        risk_ppm: u32,
        base_ppm: u32,
    },
    Districts {
        districts: u32,
    },
    PileUp {
        signs: u32,
        days: u32,
        usual: f64,
    },
    Hotspots {
        hotspots: u32,
        hours: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        agency: Option<String>,
    },
    Warning {
        warning: u32,
        hours: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        agency: Option<String>,
    },
}

/// What happened: one or more reports of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Incident)]
pub struct IncidentDto {
    /// The name of its earliest report: the `report_id` and, after a hyphen, its feed as 8 hexadecimal digits. Two feeds may
    /// give one `report_id`.
    #[schema(examples("01KDTNM8M0Y02FSFQYZGT4HPXA-0c41d2aa"))]
    pub id: String,
    /// Code of the village where it is known, else of the kecamatan.
    #[schema(examples("16.13.04.2003"))]
    pub place: String,
    pub name: String,
    pub kind: KindWord,
    /// A code of the taxonomy.
    #[schema(examples("WP-05"))]
    pub category: String,
    #[schema(format = DateTime)]
    pub occurred_at: String,
    /// As claimed, the highest that any report says; so are the people below.
    #[schema(minimum = 1, maximum = 5)]
    pub severity: u8,
    #[schema(required)]
    pub stage: Option<StageWord>,
    pub dead: u16,
    pub injured: u16,
    pub displaced: u32,
    /// What two independent speakers affirm or the desk confirmed.
    pub attested: ExtentDto,
    /// The severity that features, rules and the ledger count: attested, or said by one whose word counts alone.
    #[schema(minimum = 1, maximum = 5)]
    pub counted_severity: u8,
    /// The severity that two speakers affirm of whom one is not involved; 0 where there are none. Nothing else carries awas.
    #[schema(minimum = 0, maximum = 5)]
    pub carries_awas: u8,
    /// Independent speakers that affirm it.
    pub speakers: u8,
    pub reports: u16,
    pub verdict: VerdictWord,
    /// True where patrols alone found it; such incidents never feed a model.
    pub found_by_patrol: bool,
    /// Why somebody must look into it; null where nobody must.
    #[schema(required)]
    pub check: Option<CheckReasonWord>,
    /// When one person of the desk last asked for awas that no second person confirmed; null where nobody did.
    #[schema(required, format = DateTime)]
    pub awas_asked_at: Option<String>,
    /// Until when a second person may confirm it; after that the request has lapsed and siaga stays.
    #[schema(required, format = DateTime)]
    pub awas_lapses_at: Option<String>,
    /// When one person of the desk last took some of it back, of what stands at siaga or above, and no second person joined;
    /// null where nobody did.
    #[schema(required, format = DateTime)]
    pub take_back_asked_at: Option<String>,
    /// Until when a second person may join; after that the request has lapsed and the level stays.
    #[schema(required, format = DateTime)]
    pub take_back_lapses_at: Option<String>,
    /// Reports that deny it; it is disputed where there is any. They change no level.
    pub denials: u16,
    /// When it was over, by the latest report that says so; null where none does.
    #[schema(required, format = DateTime)]
    pub ended_at: Option<String>,
}

/// How grave an incident is, as somebody says.
#[derive(Serialize, ToSchema)]
#[schema(as = Extent)]
pub struct ExtentDto {
    /// 0 where nobody says.
    #[schema(minimum = 0, maximum = 5)]
    pub severity: u8,
    pub dead: u16,
    pub injured: u16,
    pub displaced: u32,
}

/// A source of reports and whether it still speaks.
#[derive(Serialize, ToSchema)]
#[schema(as = Feed)]
pub struct FeedDto {
    /// Null for those who see aggregates only.
    #[schema(required)]
    pub name: Option<String>,
    pub class: FeedClassWord,
    pub enabled: bool,
    pub silent: bool,
    #[schema(required, format = DateTime)]
    pub last_reported_at: Option<String>,
    /// Null for those who see aggregates only.
    #[schema(required)]
    pub reports: Option<u64>,
}

/// An event `alert` of the live stream: an alert was opened, moved or ended.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveAlert)]
pub struct LiveAlertDto {
    pub id: String,
    pub code: String,
}

/// An event `picture` of the live stream: risks, conditions or reports of a regency changed.
#[derive(Serialize, ToSchema)]
#[schema(as = LivePicture)]
pub struct LivePictureDto {
    pub regency: String,
}
