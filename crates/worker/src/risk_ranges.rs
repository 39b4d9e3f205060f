//! The ranges of a regency's risks, by the hindcast ledger and the service's own: worked out once for each day of the ledger
//! and each hindcast. They move no risk; `train --calibrate` does.

use async_recursion::async_recursion as boxed;
use domain::forecast::ForecastOutcome;
use domain::place::{Code, Places};
use domain::time::Time;
use scoring::pooling::range::{ForecastSource, RecordedForecast, RiskRanges};
use scoring::{Artefact, ModelScorer};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::{HindcastRow, LedgerRow, Store, StoreError};

/// Days of its own record that count: longer ago the place was another.
const BACK: i64 = 5 * 365;

/// The last day of the ledger and the last hindcast that ranges were worked out of.
type RangeKey = (Option<i64>, Option<Time>);

/// Ranges with what they were worked out of.
type CachedRanges = (RangeKey, Arc<RiskRanges>);

/// Cheap to clone.
#[derive(Clone)]
pub struct RiskRangeService {
    store: Store,
    places: Arc<Places>,
    models: Arc<Vec<Artefact>>,
    cached: Arc<Mutex<BTreeMap<Code, CachedRanges>>>,
}

impl RiskRangeService {
    pub fn new(store: Store, places: Arc<Places>, scorer: &ModelScorer) -> RiskRangeService {
        let models = Arc::new(scorer.models().to_vec());
        RiskRangeService { store, places, models, cached: Arc::default() }
    }

    /// The ranges of a regency and its districts.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn of(&self, regency: Code) -> Result<Arc<RiskRanges>, StoreError> {
        let key = (self.store.ledger_day().await?, self.store.hindcast_made_at(regency).await?);
        if let Ok(cached) = self.cached.lock()
            && let Some((_, ranges)) = cached.get(&regency).filter(|(known, _)| *known == key)
        {
            return Ok(ranges.clone());
        }
        // What the regencies of one province say of each other counts.
        let own = |code: &Code| code.province() == regency.province();
        let codes: Vec<Code> =
            self.places.regency_ids().map(|unit| self.places.code(unit)).filter(own).collect();
        let ledger = self.store.ledger(&codes, key.0.unwrap_or(0) - BACK).await?;
        let hindcast = self.store.hindcasts(&codes).await?;
        let mut ranges = RiskRanges::default();
        for model in self.models.iter() {
            let record = recorded(model, &ledger, &hindcast);
            for is_regency in [false, true] {
                ranges.add(model, regency, is_regency, &record);
            }
        }
        ranges.made_at(key.1);
        let ranges = Arc::new(ranges);
        if let Ok(mut cached) = self.cached.lock() {
            cached.insert(regency, (key, ranges.clone()));
        }
        Ok(ranges)
    }
}

/// The forecasts of a model's kind and horizon that have an outcome: of the hindcasts, and of the service's own ledger where
/// they were decided and had not gone through a regency's own calibration.
pub fn recorded<'a>(
    model: &Artefact,
    ledger: &'a [LedgerRow],
    hindcast: &'a [HindcastRow],
) -> Vec<RecordedForecast<'a>> {
    let (kind, horizon) = (model.kind(), model.horizon());
    let hindcast = hindcast.iter().filter(|row| (Some(row.kind), Some(row.horizon)) == (kind, horizon));
    let hindcast = hindcast.map(|row| RecordedForecast {
        source: ForecastSource::Hindcast,
        code: row.code,
        day: row.day,
        risk_ppm: row.risk_ppm,
        model: &row.model,
        happened: row.happened,
    });
    let ledger = ledger.iter().filter(|row| (Some(row.kind), Some(row.horizon)) == (kind, horizon));
    let own = ledger.filter_map(|row| {
        let happened = match row.outcome.filter(|_| !row.calibrated)? {
            ForecastOutcome::Happened => true,
            ForecastOutcome::DidNot => false,
            ForecastOutcome::Averted | ForecastOutcome::SingleSource | ForecastOutcome::Void => return None,
        };
        Some(RecordedForecast {
            source: ForecastSource::Own,
            code: row.code,
            day: row.day,
            risk_ppm: row.risk_ppm,
            model: &row.model,
            happened,
        })
    });
    hindcast.chain(own).collect()
}
