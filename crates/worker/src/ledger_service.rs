//! The forecast ledger's figures, for pages, `/metrics` and the daily drift watch: rows from the store, arithmetic from
//! `scoring`.

mod drift_watch;

use async_recursion::async_recursion as boxed;
use domain::forecast::ForecastOutcome;
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::time::DAY;
use scoring::artefact::Served;
use scoring::ledger::{
    AlertFigures, DriftFindings, FEWEST, ForecastCounts, LedgerFigures, LedgerPart, ResolvedForecast,
    alert_precision, forecast_skill,
};
use scoring::{Artefact, ModelScorer};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::{LedgerPolicy, LedgerRow, Store, StoreError};

/// Days the figures look back.
const BACK: i64 = 365;

/// The baseline that is served in a model's place, where one is, and how far the model's units move together.
type ServedModel = (Option<String>, f64);

/// Figures by codes, for one day of the ledger.
type CachedParts = (i64, BTreeMap<Vec<Code>, Vec<LedgerPart>>);

/// Cheap to clone.
#[derive(Clone)]
pub struct LedgerService {
    store: Store,
    policy: Arc<LedgerPolicy>,
    models: Arc<BTreeMap<(Kind, Horizon), ServedModel>>,
    /// Figures by codes, for the ledger's last day: they change once a day, and are asked for with every scrape.
    cached: Arc<Mutex<CachedParts>>,
    /// What the drift watch found for the last day it looked at.
    watched: Arc<Mutex<Option<(i64, DriftFindings)>>>,
}

impl LedgerService {
    pub fn new(store: Store, policy: Arc<LedgerPolicy>, scorer: &ModelScorer) -> LedgerService {
        let one = |model: &Artefact| {
            let baseline = (model.served == Served::Baseline).then(|| model.baseline.name.clone());
            Some(((model.kind()?, model.horizon()?), (baseline, model.fitted_on.shared)))
        };
        LedgerService {
            store,
            policy,
            models: Arc::new(scorer.models().iter().filter_map(one).collect()),
            cached: Arc::default(),
            watched: Arc::default(),
        }
    }

    /// The figures of some codes (empty: all) over the ledger's last year.
    #[boxed]
    pub async fn figures(&self, codes: &[Code]) -> Result<LedgerFigures, StoreError> {
        let until = self.store.ledger_day().await?.unwrap_or(0);
        let record = self.store.alert_record(codes, (until - BACK) * DAY).await?;
        Ok(LedgerFigures {
            parts: self.parts(codes, until).await?,
            alerts: AlertFigures {
                confirmed: record.confirmed,
                false_alarms: record.false_alarms,
                averted: record.averted,
                other: record.other,
                precision: alert_precision(record.confirmed, record.false_alarms),
            },
            drift: self.drift().await?,
            fewest: FEWEST,
            grace_days: self.policy.grace_days,
            unverified_counts: self.policy.unverified_counts,
        })
    }

    async fn parts(&self, codes: &[Code], until: i64) -> Result<Vec<LedgerPart>, StoreError> {
        if let Ok(cached) = self.cached.lock()
            && cached.0 == until
            && let Some(parts) = cached.1.get(codes)
        {
            return Ok(parts.clone());
        }
        let rows = self.store.ledger(codes, until - BACK).await?;
        let pairs = Kind::ALL.iter().flat_map(|kind| Horizon::ALL.iter().map(|horizon| (*kind, *horizon)));
        let parts: Vec<LedgerPart> = pairs.map(|(kind, horizon)| self.part(&rows, kind, horizon)).collect();
        if let Ok(mut cached) = self.cached.lock() {
            if cached.0 != until {
                *cached = (until, BTreeMap::new());
            }
            cached.1.insert(codes.to_vec(), parts.clone());
        }
        Ok(parts)
    }

    /// The districts' forecasts of one kind and horizon; a regency's own are the same evidence again.
    fn part(&self, rows: &[LedgerRow], kind: Kind, horizon: Horizon) -> LedgerPart {
        let own = |row: &&LedgerRow| row.kind == kind && row.horizon == horizon && !row.code.is_regency();
        let rows: Vec<&LedgerRow> = rows.iter().filter(own).collect();
        let sample: Vec<&LedgerRow> = rows.iter().copied().filter(|row| row.checked).collect();
        LedgerPart {
            kind,
            horizon,
            all: counts(&rows),
            sample: counts(&sample),
            served: self.models.get(&(kind, horizon)).and_then(|(baseline, _)| baseline.clone()),
        }
    }
}

fn counts(rows: &[&LedgerRow]) -> ForecastCounts {
    let count =
        |outcome: Option<store::ForecastOutcome>| rows.iter().filter(|row| row.outcome == outcome).count();
    let entries: Vec<ResolvedForecast> = rows.iter().filter_map(|row| entry(row)).collect();
    ForecastCounts {
        happened: count(Some(store::ForecastOutcome::Happened)),
        did_not: count(Some(store::ForecastOutcome::DidNot)),
        averted: count(Some(store::ForecastOutcome::Averted)),
        void: count(Some(store::ForecastOutcome::Void)),
        waiting: count(None),
        corrections: rows.iter().filter(|row| row.corrections > 0).count(),
        skill: forecast_skill(&entries),
    }
}

/// A resolved row as the arithmetic wants it.
fn entry(row: &LedgerRow) -> Option<ResolvedForecast> {
    Some(ResolvedForecast {
        risk_ppm: row.risk_ppm,
        baseline_ppm: row.baseline_ppm,
        outcome: match row.outcome? {
            store::ForecastOutcome::Happened => ForecastOutcome::Happened,
            store::ForecastOutcome::DidNot => ForecastOutcome::DidNot,
            store::ForecastOutcome::Averted => ForecastOutcome::Averted,
            store::ForecastOutcome::Void => ForecastOutcome::Void,
        },
        code: row.code,
        day: row.day,
        sampled: row.checked,
        verifier_saw: row.saw == Some(true),
    })
}
