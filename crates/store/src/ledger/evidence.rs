//! What is known about the forecasts of one day and horizon, read once for all of them.

use super::{Check, CheckResult, MONDAY, OwnedRegencies};
use crate::error::StoreError;
use crate::sql::Connection;
use crate::table::ledger::{self as table, FrozenForecastRow};
use crate::table::{alerts, incidents, samples};
use domain::forecast::{CallAnswer, ForecastEvidence, VerifiedIncident, is_verified};
use domain::kind::{Horizon, Kind, Level};
use domain::place::Code;
use domain::policy::LedgerPolicy;
use domain::time::{DAY, Time};
use std::collections::BTreeMap;

/// By kind and code; a regency has all of its districts'.
#[derive(Default)]
pub(super) struct LedgerEvidence {
    verified: BTreeMap<(Kind, Code), VerifiedIncident>,
    unverified: BTreeMap<(Kind, Code), String>,
    averted: BTreeMap<(Kind, Code), String>,
    checks: BTreeMap<Code, Check>,
    heard: BTreeMap<(Kind, Code), u32>,
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
        evidence.heard.extend(table::mean_completeness(tx, (day, end), own).await?);
        if horizon == Horizon::Week && day.rem_euclid(7) == MONDAY {
            evidence.calls(tx, end).await?;
        }
        Ok(evidence)
    }

    /// What is known about one forecast.
    pub(super) fn of(&self, cell: &FrozenForecastRow) -> ForecastEvidence {
        let at = (cell.kind, cell.code);
        let call = self.checks.get(&cell.code).and_then(|check| {
            let happened = match check.result {
                CheckResult::None => false,
                CheckResult::Happened => check.kinds.contains(&cell.kind),
                CheckResult::Unreachable => return None,
            };
            Some(CallAnswer { happened, caller_saw: check.saw })
        });
        ForecastEvidence {
            forecast: cell.level != Level::NoData,
            verified: self.verified.get(&at).cloned(),
            unverified: self.unverified.get(&at).cloned(),
            averted: self.averted.get(&at).cloned(),
            call,
            heard_ppm: self.heard.get(&at).copied().unwrap_or(0),
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
        let range = (Time(from * DAY), Time(to * DAY));
        let saw: BTreeMap<String, bool> =
            samples::verifiers_of_incidents(tx, range, own).await?.into_iter().collect();
        for row in incidents::serious(tx, range, policy.min_severity, own).await? {
            let id = row.id.to_string();
            let sure = is_verified(row.attested(), row.verdict, policy.min_severity);
            for code in [row.code, row.code.regency()] {
                if sure {
                    let verified =
                        || VerifiedIncident { incident: id.clone(), verifier_saw: saw.get(&id).copied() };
                    self.verified.entry((row.kind, code)).or_insert_with(verified);
                } else {
                    self.unverified.entry((row.kind, code)).or_insert_with(|| id.clone());
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
        let range = (Time(from * DAY), Time(to * DAY));
        for row in alerts::averted(tx, range, own).await? {
            self.averted.entry((row.kind, row.code)).or_insert(row.id);
        }
        Ok(())
    }

    /// The last answer of each call of the week that ended at `week`.
    async fn calls(&mut self, tx: &mut Connection<'_>, week: i64) -> Result<(), StoreError> {
        let checks = samples::checks_of_week(tx, week).await?;
        self.checks.extend(checks.into_iter().map(|check| (check.code, check)));
        Ok(())
    }
}
