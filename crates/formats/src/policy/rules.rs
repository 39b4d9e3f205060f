//! The `[[rule]]` tables: what so many incidents of some sort raise.

use super::{PolicyError, RuleName};
use domain::kind::{Category, Kind, Level, Stage};
use domain::policy::{AwasPolicy, Rule};
use domain::time::DAY;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The rules and their names, in the order of the file.
pub(super) fn rules(rows: &[RuleRow], awas: AwasPolicy) -> Result<(Vec<Rule>, Vec<RuleName>), PolicyError> {
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
struct Name {
    id: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleRow {
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
        if self.min_severity > 5 {
            return Err(format!(
                "asks for severity {}, and none is above 5; write 0 to 5",
                self.min_severity
            ));
        }
        if !(1..=1_000).contains(&self.count) || !(1..=366).contains(&self.window_days) {
            return Err(format!(
                "asks for {} incidents in {} days; count is 1 to 1000 and window_days 1 to 366",
                self.count, self.window_days
            ));
        }
        if self.min_harmed > 100_000 {
            return Err(format!("asks for {} people harmed; min_harmed is 0 to 100000", self.min_harmed));
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
