//! What is known about the forecasts of one day and horizon, read once for all of them.

use super::freeze::Frozen;
use super::{MONDAY, OwnedRegencies};
use crate::error::StoreError;
use crate::sql::{self, Cell, Connection, SqlStatement, get};
use domain::effect::Verdict;
use domain::forecast::{CallAnswer, ForecastEvidence, VerifiedIncident};
use domain::kind::{Horizon, Kind, Level, Sides};
use domain::place::Code;
use domain::policy::LedgerPolicy;
use domain::time::DAY;
use std::collections::BTreeMap;

/// By kind and code; a regency has all of its districts'.
#[derive(Default)]
pub(super) struct LedgerEvidence {
    verified: BTreeMap<(Kind, Code), VerifiedIncident>,
    unverified: BTreeMap<(Kind, Code), String>,
    averted: BTreeMap<(Kind, Code), String>,
    checks: BTreeMap<Code, (String, String, bool)>,
    heard: BTreeMap<Code, u32>,
}

impl LedgerEvidence {
    pub(super) async fn load(
        tx: &mut Connection<'_>,
        (horizon, day): (Horizon, i64),
        policy: &LedgerPolicy,
        own: &OwnedRegencies,
    ) -> Result<LedgerEvidence, StoreError> {
        let end = day + i64::from(horizon.days());
        let mut evidence = LedgerEvidence::default();
        evidence.incidents(tx, (day, end), policy, own).await?;
        evidence.alerts(tx, (day, end), own).await?;
        evidence.silence(tx, (day, end), own).await?;
        if horizon == Horizon::Week && day.rem_euclid(7) == MONDAY {
            evidence.calls(tx, end).await?;
        }
        Ok(evidence)
    }

    /// What is known about one forecast.
    pub(super) fn of(&self, cell: &Frozen) -> ForecastEvidence {
        let at = (cell.kind, cell.code);
        let call = self.checks.get(&cell.code).and_then(|(result, kinds, saw)| {
            let happened = match result.as_str() {
                "none" => false,
                "happened" => kinds.split(' ').any(|kind| kind == cell.kind.as_str()),
                _ => return None,
            };
            Some(CallAnswer { happened, caller_saw: *saw })
        });
        ForecastEvidence {
            forecast: cell.level != Level::NoData,
            verified: self.verified.get(&at).cloned(),
            unverified: self.unverified.get(&at).cloned(),
            averted: self.averted.get(&at).cloned(),
            call,
            heard_ppm: self.heard.get(&cell.code).copied().unwrap_or(0),
        }
    }

    /// Serious ones that people reported: what patrols alone found counts for nobody's skill. The earliest speaks.
    async fn incidents(
        &mut self,
        tx: &mut Connection<'_>,
        (from, to): (i64, i64),
        policy: &LedgerPolicy,
        own: &OwnedRegencies,
    ) -> Result<(), StoreError> {
        const SAW: &str = "SELECT r.incident, v.saw FROM incidents i JOIN reports r ON r.incident = i.id \
             JOIN verifier_saw v ON v.report = r.id WHERE i.at >= ? AND i.at < ?";
        let range = [Cell::Int(from * DAY), Cell::Int(to * DAY)];
        let mut select = SqlStatement::new("");
        select.add(SAW, range.clone());
        own.regencies(&mut select, "i.regency");
        select.add(" ORDER BY v.at, v.report", []);
        let rows = select.fetch_all(&mut *tx).await?;
        let mut saw: BTreeMap<String, bool> = BTreeMap::new();
        for row in &rows {
            saw.insert(get(row, 0)?, sql::flag(row, 1)?);
        }
        const SERIOUS: &str = "SELECT id, kind, code, sides, verdict FROM incidents WHERE at >= ? AND at < ? \
             AND patrol = 0 AND verdict <> 'rejected' AND severity >= ?";
        let mut select = SqlStatement::new("");
        select.add(SERIOUS, range.into_iter().chain([Cell::Int(i64::from(policy.min_severity))]));
        own.regencies(&mut select, "regency");
        select.add(" ORDER BY at, id", []);
        let rows = select.fetch_all(&mut *tx).await?;
        for row in &rows {
            let id: String = get(row, 0)?;
            let (kind, code) = (sql::word(row, 1, Kind::parse)?, Code(sql::small(row, 2)?));
            let confirmed = get::<String>(row, 4)? == Verdict::Confirmed.as_str();
            let sure = confirmed || Sides(sql::small(row, 3)?).len() >= 2;
            for code in [code, code.regency()] {
                if sure {
                    let verified =
                        || VerifiedIncident { incident: id.clone(), verifier_saw: saw.get(&id).copied() };
                    self.verified.entry((kind, code)).or_insert_with(verified);
                } else {
                    self.unverified.entry((kind, code)).or_insert_with(|| id.clone());
                }
            }
        }
        Ok(())
    }

    async fn alerts(
        &mut self,
        tx: &mut Connection<'_>,
        (from, to): (i64, i64),
        own: &OwnedRegencies,
    ) -> Result<(), StoreError> {
        const AVERTED: &str = "SELECT id, kind, code FROM alerts WHERE outcome = 'averted' AND opened_at < ? AND changed_at >= ?";
        let mut select = SqlStatement::new("");
        select.add(AVERTED, [Cell::Int(to * DAY), Cell::Int(from * DAY)]);
        own.regencies(&mut select, "regency");
        select.add(" ORDER BY opened_at, id", []);
        let rows = select.fetch_all(&mut *tx).await?;
        for row in &rows {
            let at = (sql::word(row, 1, Kind::parse)?, Code(sql::small(row, 2)?));
            let id: String = get(row, 0)?;
            self.averted.entry(at).or_insert(id);
        }
        Ok(())
    }

    /// Feeds are the place's and not the kind's: one kind's frozen completeness tells it.
    async fn silence(
        &mut self,
        tx: &mut Connection<'_>,
        (from, to): (i64, i64),
        own: &OwnedRegencies,
    ) -> Result<(), StoreError> {
        const HEARD: &str = "SELECT code, CAST(SUM(completeness_ppm) AS BIGINT), COUNT(*) FROM ledger WHERE day >= ? \
             AND day < ? AND horizon = '7d' AND kind = 'disaster'";
        let mut select = SqlStatement::new("");
        select.add(HEARD, [Cell::Int(from), Cell::Int(to)]);
        own.regencies(&mut select, "regency");
        select.add(" GROUP BY code ORDER BY code", []);
        let rows = select.fetch_all(&mut *tx).await?;
        for row in &rows {
            let (sum, count): (i64, i64) = (get(row, 1)?, get(row, 2)?);
            self.heard.insert(Code(sql::small(row, 0)?), (sum / count.max(1)) as u32);
        }
        Ok(())
    }

    /// The last answer of each call of the week that ended at `week`.
    async fn calls(&mut self, tx: &mut Connection<'_>, week: i64) -> Result<(), StoreError> {
        const CALLS: &str =
            "SELECT code, result, kinds, saw FROM sample_checks WHERE week = $1 ORDER BY code, number";
        for row in &sql::query(CALLS).bind(week).fetch_all(&mut *tx).await? {
            self.checks.insert(Code(sql::small(row, 0)?), (get(row, 1)?, get(row, 2)?, sql::flag(row, 3)?));
        }
        Ok(())
    }
}
