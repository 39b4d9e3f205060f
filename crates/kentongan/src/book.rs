//! The ledger judged: what the pages, `/metrics` and the daily drift watch say of it. The store keeps the rows, `scoring`
//! has the arithmetic, this is where they meet.

mod drift;

use crate::catalog::Catalog;
use anyhow::Result;
use desk::page::ledger::{Alerts, Bin, Drift, Figures, Part, Share, Told, View};
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::time::DAY;
use scoring::artefact::Served;
use scoring::ledger::{Entry, FEWEST, ForecastSkill, Outcome, alert_precision, forecast_skill};
use scoring::{Artefact, ModelScorer};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::{Fate, LedgerPolicy, LedgerRow, Store, StoreError};

/// Days the figures look back.
const BACK: i64 = 365;

/// The baseline that speaks for a model, where one does, and how far its units move together.
type Speaking = (Option<String>, f64);

/// Figures by codes, for one day of the book.
type Kept = (i64, BTreeMap<Vec<Code>, Vec<Part>>);

/// Cheap to clone.
#[derive(Clone)]
pub struct Book {
    store: Store,
    policy: Arc<LedgerPolicy>,
    /// By kind and horizon: the baseline that speaks, and how far units move together.
    models: Arc<BTreeMap<(Kind, Horizon), Speaking>>,
    /// Figures by codes, for the book's last day: they change once a day, and are asked for with every scrape.
    kept: Arc<Mutex<Kept>>,
    /// What the watch found for the last day it looked at.
    watched: Arc<Mutex<Option<(i64, Drift)>>>,
}

impl Book {
    pub fn new(store: Store, catalog: &Catalog, scorer: &ModelScorer) -> Book {
        let one = |model: &Artefact| {
            let baseline = (model.served == Served::Baseline).then(|| model.baseline.name.clone());
            Some(((model.kind()?, model.horizon()?), (baseline, model.fitted_on.shared)))
        };
        Book {
            store,
            policy: catalog.ledger.clone(),
            models: Arc::new(scorer.models().iter().filter_map(one).collect()),
            kept: Arc::default(),
            watched: Arc::default(),
        }
    }

    /// The figures of some codes (empty: all) over the last year of the book.
    pub async fn view(&self, codes: &[Code]) -> Result<View, StoreError> {
        let until = self.store.ledger_day().await?.unwrap_or(0);
        let record = self.store.alert_record(codes, (until - BACK) * DAY).await?;
        Ok(View {
            parts: self.parts(codes, until).await?,
            alerts: Alerts {
                confirmed: record.confirmed,
                false_alarms: record.false_alarms,
                averted: record.averted,
                other: record.other,
                precision: alert_precision(record.confirmed, record.false_alarms).map(share),
            },
            drift: self.drift().await?,
            fewest: FEWEST,
            grace_days: self.policy.grace_days,
            unverified_counts: self.policy.unverified_counts,
        })
    }

    async fn parts(&self, codes: &[Code], until: i64) -> Result<Vec<Part>, StoreError> {
        if let Ok(kept) = self.kept.lock()
            && kept.0 == until
            && let Some(parts) = kept.1.get(codes)
        {
            return Ok(parts.clone());
        }
        let rows = self.store.ledger(codes, until - BACK).await?;
        let pairs = Kind::ALL.iter().flat_map(|kind| Horizon::ALL.iter().map(|horizon| (*kind, *horizon)));
        let parts: Vec<Part> = pairs.map(|(kind, horizon)| self.part(&rows, kind, horizon)).collect();
        if let Ok(mut kept) = self.kept.lock() {
            if kept.0 != until {
                *kept = (until, BTreeMap::new());
            }
            kept.1.insert(codes.to_vec(), parts.clone());
        }
        Ok(parts)
    }

    /// The districts' forecasts of one kind and horizon; a regency's own are the same evidence again.
    fn part(&self, rows: &[LedgerRow], kind: Kind, horizon: Horizon) -> Part {
        let own = |row: &&LedgerRow| row.kind == kind && row.horizon == horizon && !row.code.is_regency();
        let rows: Vec<&LedgerRow> = rows.iter().filter(own).collect();
        let sample: Vec<&LedgerRow> = rows.iter().copied().filter(|row| row.checked).collect();
        Part {
            kind,
            horizon,
            all: figures(&rows),
            sample: figures(&sample),
            served: self.models.get(&(kind, horizon)).and_then(|(baseline, _)| baseline.clone()),
        }
    }
}

fn figures(rows: &[&LedgerRow]) -> Figures {
    let count = |fate: Option<Fate>| rows.iter().filter(|row| row.fate == fate).count();
    let entries: Vec<Entry> = rows.iter().filter_map(|row| entry(row)).collect();
    Figures {
        happened: count(Some(Fate::Happened)),
        did_not: count(Some(Fate::DidNot)),
        averted: count(Some(Fate::Averted)),
        void: count(Some(Fate::Void)),
        waiting: count(None),
        corrections: rows.iter().filter(|row| row.corrections > 0).count(),
        told: forecast_skill(&entries).map(told),
    }
}

/// A resolved row as the arithmetic wants it.
fn entry(row: &LedgerRow) -> Option<Entry> {
    Some(Entry {
        risk_ppm: row.risk_ppm,
        baseline_ppm: row.baseline_ppm,
        outcome: match row.fate? {
            Fate::Happened => Outcome::Happened,
            Fate::DidNot => Outcome::DidNot,
            Fate::Averted => Outcome::Averted,
            Fate::Void => Outcome::Void,
        },
        day: row.day,
        sampled: row.checked,
        verifier_saw: row.saw == Some(true),
    })
}

fn told(standing: ForecastSkill) -> Told {
    Told {
        brier: standing.brier,
        skill: standing.brier_skill,
        interval: standing.skill_interval,
        forecast: standing.forecast,
        observed: share(standing.observed),
        seen: standing.seen,
        bins: standing
            .bins
            .iter()
            .map(|bin| Bin {
                n: bin.n,
                forecast: bin.forecast,
                observed: bin.observed,
                low: bin.low,
                high: bin.high,
            })
            .collect(),
    }
}

fn share(share: scoring::ledger::Share) -> Share {
    Share { hits: share.hits, n: share.n, low: share.low, high: share.high }
}
