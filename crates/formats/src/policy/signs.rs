//! What slight signs and sensors open: `[pile_up]`, `[hotspots]` and `[warnings]`. A policy that leaves one out does without.
//! And what may be one chain: `[chain]`.

use super::PolicyError;
use crate::taxonomy::Taxonomy;
use domain::policy::{PileUpPolicy, SensorPolicy, SensorTrigger};
use domain::time::{DAY, HOUR};
use serde::Deserialize;

/// The three tables as they stand in the file.
pub(super) struct SignTables {
    pub pile_up: Option<PileUpTable>,
    pub hotspots: Option<HotspotTable>,
    pub warnings: Option<WarningTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PileUpTable {
    signs: u32,
    days: i64,
    on_days: u32,
    times_own_rate: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HotspotTable {
    count: u32,
    hours: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WarningTable {
    severity: u32,
    hours: i64,
}

/// Which conditions may be one chain; a policy that says nothing of it has the usual.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChainTable {
    hours: i64,
}

impl Default for ChainTable {
    fn default() -> ChainTable {
        ChainTable { hours: 24 }
    }
}

impl ChainTable {
    pub fn window(&self) -> Result<i64, PolicyError> {
        if (1..=720).contains(&self.hours) {
            return Ok(self.hours * HOUR);
        }
        Err(PolicyError::Wrong(format!("[chain] hours is {}; write 1 to 720", self.hours)))
    }
}

impl SignTables {
    pub fn pile_up(&self) -> Result<Option<PileUpPolicy>, PolicyError> {
        let Some(table) = &self.pile_up else { return Ok(None) };
        let reach = PileUpPolicy::REACH / DAY;
        let possible = table.signs >= 2
            && (1..reach).contains(&table.days)
            && (1..=table.signs).contains(&table.on_days)
            && i64::from(table.on_days) <= table.days
            && table.times_own_rate >= 1;
        if !possible {
            return Err(PolicyError::Wrong(format!(
                "[pile_up] asks for {} signs in {} days on {} of them, {} times the own rate; signs is 2 or more, days 1 to {}, \
                 on_days no more than either, times_own_rate 1 or more",
                table.signs,
                table.days,
                table.on_days,
                table.times_own_rate,
                reach - 1
            )));
        }
        let PileUpTable { signs, days, on_days, times_own_rate } = *table;
        Ok(Some(PileUpPolicy { signs, window: days * DAY, on_days, times_own_rate }))
    }

    pub fn sensors(&self, taxonomy: &Taxonomy) -> Result<SensorPolicy, PolicyError> {
        let hotspots = self.hotspots.as_ref().map(|table| (table.count, table.hours));
        let warnings = self.warnings.as_ref().map(|table| (table.severity, table.hours));
        Ok(SensorPolicy {
            seen_from_afar: taxonomy.entries().filter(|entry| entry.signal).map(|entry| entry.code).collect(),
            hotspots: trigger(hotspots, 100_000, "[hotspots] count is 1 to 100000 and hours 1 to 720")?,
            warnings: trigger(warnings, 5, "[warnings] severity is 1 to 5 and hours 1 to 720")?,
        })
    }
}

/// What sensors must report: `most` is the highest number that makes sense, `right` says what would.
fn trigger(table: Option<(u32, i64)>, most: u32, right: &str) -> Result<Option<SensorTrigger>, PolicyError> {
    let Some((at_least, hours)) = table else { return Ok(None) };
    if !(1..=most).contains(&at_least) || !(1..=720).contains(&hours) {
        return Err(PolicyError::Wrong(right.to_owned()));
    }
    Ok(Some(SensorTrigger { at_least, window: hours * HOUR }))
}
