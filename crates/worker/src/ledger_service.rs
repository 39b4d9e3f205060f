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
    counts_once,
};
use scoring::{Artefact, ModelScorer};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::{
    CheckResult, IncidentDay, LedgerPolicy, LedgerRow, QuietDistricts, SampleRow, Store, StoreError,
};

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
            alerts: AlertFigures::of(record.confirmed, record.false_alarms, record.averted, record.other),
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
        let from = until - BACK;
        let rows = self.store.ledger(codes, from).await?;
        let beside = Beside::new(
            &self.store.incident_days(codes, from - MONTH_DAYS).await?,
            self.store.samples(codes, from).await?,
            &self.store.quiet_districts(codes, from).await?,
        );
        let pairs = Kind::ALL.iter().flat_map(|kind| Horizon::ALL.iter().map(|horizon| (*kind, *horizon)));
        let parts: Vec<LedgerPart> = pairs.map(|cell| self.part(&rows, &beside, cell)).collect();
        if let Ok(mut cached) = self.cached.lock() {
            if cached.0 != until {
                *cached = (until, BTreeMap::new());
            }
            cached.1.insert(codes.to_vec(), parts.clone());
        }
        Ok(parts)
    }

    /// The districts' forecasts of one kind and horizon; a regency's own are the same evidence again, and so are those of
    /// which the time overlaps.
    fn part(&self, rows: &[LedgerRow], beside: &Beside, (kind, horizon): (Kind, Horizon)) -> LedgerPart {
        let own = |row: &&LedgerRow| (row.kind, row.horizon) == (kind, horizon) && !row.code.is_regency();
        let rows: Vec<&LedgerRow> =
            rows.iter().filter(own).filter(|row| counts_once(horizon, row.day)).collect();
        let corrections = rows.iter().filter(|row| row.corrections > 0).count();
        let resolved: Vec<ResolvedForecast> =
            rows.iter().filter_map(|row| Some(beside.resolved(row, row.outcome?, 1.0))).collect();
        // A call is of one week.
        let drawn: Vec<&LedgerRow> = match horizon {
            Horizon::Week => rows.iter().copied().filter(|row| beside.draw(row).is_some()).collect(),
            Horizon::Month => Vec::new(),
        };
        let sample: Vec<ResolvedForecast> = drawn.iter().filter_map(|row| beside.sampled(row)).collect();
        LedgerPart {
            kind,
            horizon,
            all: ForecastCounts::of(&resolved, rows.len() - resolved.len(), corrections),
            sample: ForecastCounts::of(
                &sample,
                drawn.len() - sample.len(),
                drawn.iter().filter(|row| row.corrections > 0).count(),
            ),
            served: self.models.get(&(kind, horizon)).and_then(|(baseline, _)| baseline.clone()),
        }
    }
}

/// Days of the count that a forecast is compared with.
const MONTH_DAYS: i64 = 30;

/// A district's draw to be called, and how many quiet ones it stands for.
#[derive(Clone, Copy)]
struct Draw {
    weight: f64,
    answered: bool,
}

/// What the figures need beside the forecasts: incidents, draws and answers.
struct Beside {
    /// By place and kind, the days on which something happened, oldest first.
    incidents: BTreeMap<(Kind, Code), Vec<(i64, u32)>>,
    draws: BTreeMap<(i64, Code), Draw>,
}

impl Beside {
    fn new(days: &[IncidentDay], samples: Vec<SampleRow>, quiet: &[QuietDistricts]) -> Beside {
        let mut incidents: BTreeMap<(Kind, Code), Vec<(i64, u32)>> = BTreeMap::new();
        for day in days {
            incidents.entry((day.kind, day.code)).or_default().push((day.day, day.count));
        }
        let mut drawn: BTreeMap<(i64, Code), usize> = BTreeMap::new();
        for sample in &samples {
            *drawn.entry((sample.week, sample.code.regency())).or_default() += 1;
        }
        let quiet: BTreeMap<(i64, Code), usize> =
            quiet.iter().map(|one| ((one.week, one.regency), one.districts)).collect();
        let draw = |sample: SampleRow| {
            let at = (sample.week, sample.code.regency());
            let (of, drawn) = (quiet.get(&at).copied().unwrap_or(0), drawn[&at]);
            let answered = sample.check.is_some_and(|check| check.result != CheckResult::Unreachable);
            ((sample.week, sample.code), Draw { weight: (of as f64 / drawn as f64).max(1.0), answered })
        };
        Beside { incidents, draws: samples.into_iter().map(draw).collect() }
    }

    /// The draw that a week's forecast was judged by.
    fn draw(&self, row: &LedgerRow) -> Option<Draw> {
        self.draws.get(&(row.day + 7, row.code)).copied()
    }

    /// A forecast of a district that was drawn. That nothing was reported says nothing where nobody answered the call.
    fn sampled(&self, row: &LedgerRow) -> Option<ResolvedForecast> {
        let draw = self.draw(row)?;
        let outcome = match row.outcome? {
            ForecastOutcome::DidNot if !draw.answered => ForecastOutcome::Void,
            outcome => outcome,
        };
        Some(self.resolved(row, outcome, draw.weight))
    }

    /// A resolved row as the arithmetic wants it.
    fn resolved(&self, row: &LedgerRow, outcome: ForecastOutcome, weight: f64) -> ResolvedForecast {
        let days = self.incidents.get(&(row.kind, row.code)).map_or(&[][..], Vec::as_slice);
        let month = row.day - MONTH_DAYS..row.day;
        ResolvedForecast {
            risk_ppm: row.risk_ppm,
            baseline_ppm: row.baseline_ppm,
            incidents_30d: days.iter().filter(|(day, _)| month.contains(day)).map(|(_, count)| count).sum(),
            outcome,
            code: row.code,
            day: row.day,
            weight,
            verifier_saw: row.saw == Some(true),
        }
    }
}

#[cfg(test)]
mod tests;
