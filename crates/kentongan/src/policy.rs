//! Reads `policy.toml`, the analysts' own file, into the domain's policy and the rules' names.

use anyhow::{Context, Result, bail};
use domain::kind::{Category, Kind, Level, Stage};
use domain::policy::{Policy, Rule, Silence};
use domain::time::{DAY, HOUR};
use serde::Deserialize;
use std::collections::BTreeSet;
use store::LedgerPolicy;

/// How the ledger is kept and when a regency counts as calibrated: what the policy says beyond the pipeline's part.
#[derive(Clone, PartialEq, Debug)]
pub struct Judging {
    pub ledger: LedgerPolicy,
    pub own_positives: u32,
}

pub fn judging(text: &str) -> Result<Judging> {
    let file: File = toml::from_str(text).context("reading the policy")?;
    let ledger = file.ledger;
    if !(1..=5).contains(&ledger.min_severity) || !(0..=90).contains(&ledger.grace_days) {
        bail!("reading the policy: ledger.min_severity is 1 to 5 and ledger.grace_days 0 to 90");
    }
    let unverified_counts = match ledger.unverified.as_str() {
        "void" => false,
        "counts" => true,
        other => bail!("reading the policy: ledger.unverified is '{other}'; use void or counts"),
    };
    Ok(Judging {
        ledger: LedgerPolicy {
            min_severity: ledger.min_severity,
            grace_days: ledger.grace_days,
            unverified_counts,
            low_ppm: file.silence.low_completeness_ppm,
            sample: ledger.sample_a_week,
            seed: ledger.seed,
        },
        own_positives: file.calibration.own_positives,
    })
}

pub fn parse(text: &str) -> Result<Policy> {
    let file: File = toml::from_str(text).context("reading the policy")?;
    let mut seen = BTreeSet::new();
    let mut rules = Vec::new();
    for row in file.rule {
        let id = row.id.clone();
        if row.name.id.trim().is_empty() || row.name.en.trim().is_empty() {
            bail!(
                "reading the policy: rule '{id}' needs a name in both languages; people read it on the alert"
            );
        }
        rules.push(row.check().with_context(|| format!("reading the policy, rule '{id}'"))?);
        if !seen.insert(id.clone()) {
            bail!("reading the policy: rule '{id}' is there twice; give each its own id");
        }
    }
    let levels = file.levels;
    let steps = [&levels.waspada, &levels.siaga, &levels.awas];
    for pair in steps.windows(2) {
        if pair[0].raise_ppm >= pair[1].raise_ppm {
            bail!("reading the policy: raise_ppm must grow from waspada to siaga to awas");
        }
    }
    if let Some(step) = steps.iter().find(|step| step.clear_ppm > step.raise_ppm) {
        bail!(
            "reading the policy: clear_ppm {} is above raise_ppm {}; a level must clear below where it is raised",
            step.clear_ppm,
            step.raise_ppm
        );
    }
    Ok(Policy {
        version: file.version,
        fusion_window: file.fusion.window_hours * HOUR,
        repair_horizon: file.repair.horizon_days * DAY,
        silence: Silence {
            factor: (file.silence.factor * 100.0) as i64,
            at_least: file.silence.at_least_days * DAY,
            at_most: file.silence.at_most_days * DAY,
            low_ppm: file.silence.low_completeness_ppm,
        },
        raise_ppm: steps.map(|step| step.raise_ppm),
        clear_ppm: steps.map(|step| step.clear_ppm),
        transferred_raise: (levels.transferred.raise_ratio * 100.0) as u32,
        transferred_clear: (levels.transferred.clear_ratio * 100.0) as u32,
        dwell: levels.dwell_hours * HOUR,
        emit_ppm: file.assessment.emit_ppm,
        regency_districts: levels.regency_districts,
        rules,
    })
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
    calibration: Calibration,
    #[serde(default)]
    rule: Vec<RuleRow>,
}

/// A policy written before there was a ledger is kept by the usual rules.
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Calibration {
    own_positives: u32,
}

impl Default for Calibration {
    fn default() -> Calibration {
        Calibration { own_positives: scoring::train::OWN_POSITIVES }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fusion {
    window_hours: i64,
}

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
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Levels {
    waspada: Step,
    siaga: Step,
    awas: Step,
    transferred: Transferred,
    dwell_hours: i64,
    regency_districts: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    raise_ppm: u32,
    clear_ppm: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Transferred {
    raise_ratio: f64,
    clear_ratio: f64,
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
    min_sides: u32,
    #[serde(default)]
    min_harmed: u32,
}

impl RuleRow {
    fn check(self) -> Result<Rule> {
        let kind = Kind::parse(&self.kind)
            .with_context(|| format!("'{}' is no kind; use one of {:?}", self.kind, Kind::ALL))?;
        let level = Level::parse(&self.level).filter(|level| *level >= Level::Waspada);
        let level = level.with_context(|| {
            format!("'{}' is no level a rule may raise; use waspada, siaga or awas", self.level)
        })?;
        let mut categories = Vec::new();
        for code in &self.categories {
            let category = Category::parse(code).filter(|category| category.fits(kind));
            categories.push(category.with_context(|| format!("'{code}' is no category of {kind}"))?);
        }
        let min_stage = match &self.min_stage {
            None => None,
            Some(word) => Some(Stage::parse(word).with_context(|| format!("'{word}' is no stage"))?),
        };
        if self.count == 0 || self.window_days <= 0 {
            bail!("count and window_days must be at least 1");
        }
        Ok(Rule {
            id: self.id,
            kind,
            level,
            categories,
            min_severity: self.min_severity,
            min_stage,
            count: self.count,
            window: self.window_days * DAY,
            min_sides: self.min_sides,
            min_harmed: self.min_harmed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_in_policy_reads_and_names_its_rules() {
        let policy = parse(crate::assets::POLICY).unwrap();
        assert!(policy.rules.iter().any(|rule| rule.level == Level::Awas));
    }

    #[test]
    fn a_policy_without_a_ledger_is_kept_by_the_usual_rules() {
        let text = crate::assets::POLICY;
        let (from, to) = (text.find("[ledger]").unwrap(), text.find("# Rules open siaga").unwrap());
        let older = format!("{}{}", &text[..from], &text[to..]);
        assert_eq!(judging(&older).unwrap(), judging(text).unwrap());
    }

    #[test]
    fn a_wrong_policy_says_what_to_do() {
        let cases = [
            (("kind = \"disaster\"", "kind = \"alam\""), "is no kind"),
            (("window_hours = 24", "window_hours = 24\nwindow = 3"), "unknown field"),
            (("unverified = \"void\"", "unverified = \"maybe\""), "use void or counts"),
            (("clear_ppm = 100000", "clear_ppm = 190000"), "must clear below"),
        ];
        for ((from, to), says) in cases {
            let text = crate::assets::POLICY.replacen(from, to, 1);
            let error = parse(&text).err().or_else(|| judging(&text).err()).unwrap();
            assert!(format!("{error:#}").contains(says), "{error:#}");
        }
    }
}
