//! Reads `policy.toml`, the analysts' own file: the pipeline's policy, the rules' names, the ledger and the calibration.

mod levels;
mod ranges;
mod rules;
mod signs;
#[cfg(test)]
mod tests;

use crate::taxonomy::Taxonomy;
use domain::kind::{FeedClass, Kind, Level};
use domain::policy::{AwasPolicy, FusionPolicy, LedgerPolicy, OpeningPolicy, Policy, Silence, Voices};
use domain::time::{DAY, HOUR};
use levels::Levels;
use ranges::{NumberRange, check};
use rules::{RuleRow, rules};
use serde::Deserialize;
use signs::{ChainTable, HotspotTable, PileUpTable, SignTables, WarningTable};
use std::collections::BTreeMap;

/// Everything the file says.
#[derive(Clone, PartialEq, Debug)]
pub struct PolicyFile {
    /// The pipeline's part.
    pub policy: Policy,
    /// In the order of the policy's rules.
    pub rule_names: Vec<RuleName>,
    /// How the forecast ledger is kept.
    pub ledger: LedgerPolicy,
    /// Own positives a regency needs to count as calibrated; `None` where the file leaves it to the program.
    pub own_positives: Option<u32>,
}

/// What people read where a rule is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleName {
    pub rule: String,
    pub indonesian: String,
    pub english: String,
}

/// What is wrong with a policy, and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("reading the policy: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("reading the policy: {0}")]
    Wrong(String),
    #[error("reading the policy, rule '{rule}': {what}")]
    Rule { rule: String, what: String },
}

impl PolicyFile {
    /// Reads a policy's text; what lasts for days the taxonomy knows.
    ///
    /// # Errors
    /// Where the text is no TOML, has a key nobody reads or lacks one, or says what cannot be.
    pub fn parse(text: &str, taxonomy: &Taxonomy) -> Result<PolicyFile, PolicyError> {
        let file: File = toml::from_str(text)?;
        check(&file.ranges())?;
        let ledger = file.ledger.check(file.silence.low_completeness_ppm)?;
        let own_positives = file.calibration.own_positives;
        let awas = file.awas.check()?;
        let (rules, rule_names) = rules(&file.rule, awas)?;
        let steps = file.levels.steps()?;
        let levels = file.levels;
        let [transferred_raise, transferred_clear] = levels.transferred.hundredths()?;
        let signs = SignTables { pile_up: file.pile_up, hotspots: file.hotspots, warnings: file.warnings };
        let policy = Policy {
            version: file.version,
            fusion: file.fusion.check(taxonomy)?,
            repair_horizon: file.repair.horizon_days * DAY,
            silence: Silence {
                factor: (file.silence.factor * 100.0) as i64,
                at_least: file.silence.at_least_days * DAY,
                at_most: file.silence.at_most_days * DAY,
                low_ppm: file.silence.low_completeness_ppm,
                voices: file.silence.voices()?,
            },
            raise_ppm: steps.map(|step| step.raise_ppm),
            clear_ppm: steps.map(|step| step.clear_ppm),
            alarm_budget: levels.alarm_budget()?,
            transferred_raise,
            transferred_clear,
            dwell: levels.dwell_hours * HOUR,
            emit_ppm: file.assessment.emit_ppm,
            regency_districts: levels.regency_districts,
            awas,
            opening: file.opening.check(taxonomy)?,
            pile_up: signs.pile_up()?,
            sensors: signs.sensors(taxonomy)?,
            chain_window: file.chain.window()?,
            rules,
        };
        Ok(PolicyFile { policy, rule_names, ledger, own_positives })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    fusion: Fusion,
    repair: Repair,
    silence: SilenceRow,
    levels: Levels,
    assessment: Assessment,
    #[serde(default)]
    ledger: LedgerRow,
    #[serde(default)]
    awas: AwasRow,
    #[serde(default)]
    opening: OpeningTable,
    pile_up: Option<PileUpTable>,
    hotspots: Option<HotspotTable>,
    warnings: Option<WarningTable>,
    #[serde(default)]
    chain: ChainTable,
    #[serde(default)]
    calibration: CalibrationSettings,
    #[serde(default)]
    rule: Vec<RuleRow>,
}

impl File {
    /// The numbers that mean something only within a range, beside those that a table checks itself.
    fn ranges(&self) -> Vec<NumberRange> {
        let File { fusion, repair, silence, levels, assessment, ledger, calibration, opening, .. } = self;
        let ppm = 1_000_000.0;
        let mut ranges = vec![
            NumberRange::of("fusion.window_hours", fusion.window_hours, 1.0, 720.0),
            NumberRange::of("fusion.lasting_gap_hours", fusion.lasting_gap_hours, 1.0, 1_440.0),
            NumberRange::of("fusion.lasting_days", fusion.lasting_days, 1.0, MOST_DAYS as f64),
            NumberRange::of("repair.horizon_days", repair.horizon_days, 1.0, 36_500.0),
            NumberRange { key: "silence.factor", value: silence.factor, least: 1.0, most: 100.0 },
            NumberRange::of("silence.at_least_days", silence.at_least_days, 1.0, 366.0),
            NumberRange::of(
                "silence.at_most_days",
                silence.at_most_days,
                silence.at_least_days as f64,
                366.0,
            ),
            NumberRange::of("silence.low_completeness_ppm", silence.low_completeness_ppm, 0.0, ppm),
            NumberRange {
                key: "levels.transferred.raise_ratio",
                value: levels.transferred.raise_ratio,
                least: 1.0,
                most: 1_000.0,
            },
            NumberRange {
                key: "levels.transferred.clear_ratio",
                value: levels.transferred.clear_ratio,
                least: 0.0,
                most: levels.transferred.raise_ratio,
            },
            NumberRange::of("levels.dwell_hours", levels.dwell_hours, 0.0, 720.0),
            NumberRange::of("levels.regency_districts", levels.regency_districts, 1.0, 1_000.0),
            NumberRange::of("assessment.emit_ppm", assessment.emit_ppm, 0.0, ppm),
            NumberRange::of("ledger.sample_a_week", ledger.sample_a_week as i64, 0.0, 1_000.0),
            NumberRange::of("opening.window_days", opening.window_days.unwrap_or(1), 1.0, MOST_DAYS as f64),
            NumberRange::of(
                "calibration.own_positives",
                calibration.own_positives.unwrap_or(1),
                1.0,
                1_000_000.0,
            ),
        ];
        for step in [levels.waspada, levels.siaga, levels.awas] {
            ranges.push(NumberRange::of("levels.*.raise_ppm", step.raise_ppm, 1.0, ppm));
        }
        ranges
    }
}

/// A policy that says nothing of the ledger has the usual one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LedgerRow {
    min_severity: u8,
    grace_days: i64,
    unverified: String,
    sample_a_week: usize,
    seed: u64,
}

impl Default for LedgerRow {
    fn default() -> LedgerRow {
        LedgerRow {
            min_severity: 3,
            grace_days: 7,
            unverified: "void".into(),
            sample_a_week: 2,
            seed: 20_261_122,
        }
    }
}

impl LedgerRow {
    /// `low_ppm`: below which share of speaking feeds silence proves nothing.
    fn check(&self, low_ppm: u32) -> Result<LedgerPolicy, PolicyError> {
        if !(1..=5).contains(&self.min_severity) || !(0..=90).contains(&self.grace_days) {
            return Err(PolicyError::Wrong(
                "ledger.min_severity is 1 to 5 and ledger.grace_days 0 to 90".to_owned(),
            ));
        }
        let unverified_counts = match self.unverified.as_str() {
            "void" => false,
            "counts" => true,
            other => {
                return Err(PolicyError::Wrong(format!(
                    "ledger.unverified is '{other}'; use void or counts"
                )));
            }
        };
        Ok(LedgerPolicy {
            min_severity: self.min_severity,
            grace_days: self.grace_days,
            unverified_counts,
            low_ppm,
            sample: self.sample_a_week,
            seed: self.seed,
        })
    }
}

/// A policy that says nothing of awas asks for as little as any may.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AwasRow {
    conflict: u8,
    disaster: u8,
}

impl Default for AwasRow {
    fn default() -> AwasRow {
        let AwasPolicy { conflict, disaster } = AwasPolicy::LEAST;
        AwasRow { conflict, disaster }
    }
}

impl AwasRow {
    fn check(&self) -> Result<AwasPolicy, PolicyError> {
        let (least, awas) =
            (AwasPolicy::LEAST, AwasPolicy { conflict: self.conflict, disaster: self.disaster });
        if awas.conflict < least.conflict
            || awas.disaster < least.disaster
            || awas.conflict.max(awas.disaster) > 5
        {
            return Err(PolicyError::Wrong(format!(
                "awas.conflict is {} and awas.disaster {}; awas begins at severity {} of a conflict and {} of a disaster, \
                 or at a higher one up to 5",
                awas.conflict, awas.disaster, least.conflict, least.disaster
            )));
        }
        Ok(awas)
    }
}

/// What a single speaker opens; a policy that says nothing of it has the usual table.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct OpeningTable {
    window_days: Option<i64>,
    uninvolved: Option<OpeningRow>,
    one_party: Option<OpeningRow>,
    community: Option<OpeningRow>,
}

/// The level that one voice opens, by what its report tells.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpeningRow {
    death: String,
    life_threatening: String,
    grave: String,
}

impl OpeningTable {
    fn check(&self, taxonomy: &Taxonomy) -> Result<OpeningPolicy, PolicyError> {
        let threatens = taxonomy.entries().filter(|entry| entry.life_threatening).map(|entry| entry.code);
        let mut policy = OpeningPolicy { life_threatening: threatens.collect(), ..OpeningPolicy::default() };
        if let Some(days) = self.window_days {
            policy.window = days * DAY;
        }
        let rows = [&self.uninvolved, &self.one_party, &self.community];
        for ((row, name), levels) in
            rows.into_iter().zip(["uninvolved", "one_party", "community"]).zip(&mut policy.levels)
        {
            let Some(row) = row else { continue };
            for (word, level) in [&row.death, &row.life_threatening, &row.grave].into_iter().zip(levels) {
                *level = opening_level(word).ok_or_else(|| {
                    PolicyError::Wrong(format!(
                        "opening.{name} says '{word}'; use waspada or siaga: a single speaker opens nothing higher, and none \
                         of these may stay unseen"
                    ))
                })?;
            }
        }
        Ok(policy)
    }
}

fn opening_level(word: &str) -> Option<Level> {
    Level::parse(word).filter(|level| matches!(level, Level::Waspada | Level::Siaga))
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CalibrationSettings {
    own_positives: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fusion {
    window_hours: i64,
    #[serde(default = "usual_gap")]
    lasting_gap_hours: i64,
    #[serde(default = "usual_longest")]
    lasting_days: i64,
}

const fn usual_gap() -> i64 {
    36
}

const fn usual_longest() -> i64 {
    14
}

impl Fusion {
    fn check(&self, taxonomy: &Taxonomy) -> Result<FusionPolicy, PolicyError> {
        let (window, gap) = (self.window_hours * HOUR, self.lasting_gap_hours * HOUR);
        let longest = self.lasting_days * DAY;
        if !(window > 0 && gap > 0 && gap <= longest && longest <= MOST_DAYS * DAY) {
            let what = "[fusion] window_hours and lasting_gap_hours are 1 or more, lasting_days is no shorter than the gap and at most 60";
            return Err(PolicyError::Wrong(what.to_owned()));
        }
        let lasting = taxonomy.entries().filter(|entry| entry.lasting).map(|entry| entry.code).collect();
        Ok(FusionPolicy { window, lasting, gap, longest })
    }
}

/// An incident that lasts longer is another one: what is kept of it must end some day.
const MOST_DAYS: i64 = 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repair {
    horizon_days: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SilenceRow {
    factor: f64,
    at_least_days: i64,
    at_most_days: i64,
    low_completeness_ppm: u32,
    /// Classes by kind; what holds where it is left out: [`Voices::usual`].
    voices: Option<BTreeMap<String, Vec<String>>>,
}

impl SilenceRow {
    fn voices(&self) -> Result<Voices, PolicyError> {
        let Some(rows) = &self.voices else { return Ok(Voices::usual()) };
        let wrong = |what: String| PolicyError::Wrong(format!("silence.voices: {what}"));
        let mut voices = Voices::none();
        for kind in Kind::ALL {
            let Some(classes) = rows.get(kind.as_str()) else {
                return Err(wrong(format!("lacks {kind}; name the classes that make a place speak of it")));
            };
            for word in classes {
                let class = FeedClass::parse(word).ok_or_else(|| {
                    wrong(format!("'{word}' is no class of a feed; use some of {:?}", FeedClass::ALL))
                })?;
                if Voices::never(*kind, class) {
                    let never = format!("{class} never makes a place speak of {kind}; take it out");
                    return Err(wrong(never));
                }
                voices = voices.with(*kind, class);
            }
        }
        match rows.keys().find(|word| Kind::parse(word).is_none()) {
            Some(word) => Err(wrong(format!("'{word}' is no kind; use {:?}", Kind::ALL))),
            None => Ok(voices),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assessment {
    emit_ppm: u32,
}
