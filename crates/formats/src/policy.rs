//! Reads `policy.toml`, the analysts' own file: the pipeline's policy, the rules' names, the ledger and the calibration.

mod levels;
mod signs;
#[cfg(test)]
mod tests;

use crate::taxonomy::Taxonomy;
use domain::kind::{Category, FeedClass, Kind, Level, Stage};
use domain::policy::{AwasPolicy, FusionPolicy, LedgerPolicy, OpeningPolicy, Policy, Rule, Silence, Voices};
use domain::time::{DAY, HOUR};
use levels::Levels;
use serde::Deserialize;
use signs::{ChainTable, HotspotTable, PileUpTable, SignTables, WarningTable};
use std::collections::{BTreeMap, BTreeSet};

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
            false_alarms_ppm: levels.false_alarms()?,
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

fn rules(rows: &[RuleRow], awas: AwasPolicy) -> Result<(Vec<Rule>, Vec<RuleName>), PolicyError> {
    let mut seen = BTreeSet::new();
    let (mut rules, mut names) = (Vec::new(), Vec::new());
    for row in rows {
        let wrong = |what: &str| PolicyError::Rule { rule: row.id.clone(), what: what.to_owned() };
        if row.name.id.trim().is_empty() || row.name.en.trim().is_empty() {
            return Err(wrong("needs a name in both languages; people read it on the alert"));
        }
        rules.push(row.check(awas).map_err(|what| wrong(&what))?);
        names.push(RuleName {
            rule: row.id.clone(),
            indonesian: row.name.id.clone(),
            english: row.name.en.clone(),
        });
        if !seen.insert(row.id.as_str()) {
            return Err(wrong("is there twice; give each its own id"));
        }
    }
    Ok((rules, names))
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
            if days <= 0 {
                return Err(PolicyError::Wrong("opening.window_days must be at least 1".to_owned()));
            }
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    id: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleRow {
    id: String,
    name: Name,
    kind: String,
    level: String,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    min_severity: u8,
    #[serde(default)]
    min_stage: Option<String>,
    count: u32,
    window_days: i64,
    #[serde(default)]
    by: Option<String>,
    /// Was asked for before there were speakers; refused with what to write now.
    #[serde(default)]
    min_sides: Option<toml::Value>,
    #[serde(default)]
    min_harmed: u32,
}

impl RuleRow {
    fn check(&self, awas: AwasPolicy) -> Result<Rule, String> {
        let kind = Kind::parse(&self.kind)
            .ok_or_else(|| format!("'{}' is no kind; use one of {:?}", self.kind, Kind::ALL))?;
        let level = Level::parse(&self.level).filter(|level| level.is_warning()).ok_or_else(|| {
            format!("'{}' is no level a rule may raise; use waspada, siaga or awas", self.level)
        })?;
        let mut categories = Vec::new();
        for code in &self.categories {
            let category = Category::parse(code).filter(|category| category.fits(kind));
            categories.push(category.ok_or_else(|| format!("'{code}' is no category of {kind}"))?);
        }
        let min_stage = match &self.min_stage {
            None => None,
            Some(word) => Some(Stage::parse(word).ok_or_else(|| format!("'{word}' is no stage"))?),
        };
        if self.count == 0 || self.window_days <= 0 {
            return Err("count and window_days must be at least 1".to_owned());
        }
        let by_pair = self.by_pair(level, awas.least(kind))?;
        Ok(Rule {
            id: self.id.clone(),
            kind,
            level,
            categories,
            min_severity: self.min_severity,
            min_stage,
            count: self.count,
            window: self.window_days * DAY,
            by_pair,
            min_harmed: self.min_harmed,
        })
    }
}

impl RuleRow {
    /// Whether the rule counts what a pair of speakers attests of which one is not involved. Awas has no other way, and not
    /// below `least`.
    fn by_pair(&self, level: Level, least: u8) -> Result<bool, String> {
        if self.min_sides.is_some() {
            return Err("min_sides is no more: sides became speakers. Take the line out; where two must speak, one of them \
                        not involved, write by = \"pair\""
                .to_owned());
        }
        let by_pair = match self.by.as_deref() {
            None => false,
            Some("pair") => true,
            Some(other) => return Err(format!("by is '{other}'; write by = \"pair\" or take the line out")),
        };
        if level == Level::Awas && !by_pair {
            return Err("would let a single speaker or the involved alone reach awas; write by = \"pair\", so that two \
                        speakers must attest it, one of them not involved"
                .to_owned());
        }
        if level == Level::Awas && self.min_severity < least {
            return Err(format!(
                "would reach awas at severity {}; write min_severity = {least} or more, as [awas] asks",
                self.min_severity
            ));
        }
        Ok(by_pair)
    }
}
