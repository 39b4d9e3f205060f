//! A prior from many countries: one line over lists of deadly events by cells of a grid, for kinds of which no list of their
//! own is at hand.
//!
//! In order: `deadly_events` reads the list; `grid_list` makes a country's places and the pipeline's own vectors of them;
//! `countries` keeps those with enough events and fits lines without each; `pooled` fits; `left_out` judges a line in the
//! country it never saw, beside the simple forecasts tuned there. [`fit_prior`] does all of it and writes models.

pub mod countries;
pub mod deadly_events;
mod declared;
pub mod grid_list;
pub mod left_out;
pub mod pooled;

use crate::artefact::{self, AlertBars, Artefact, FittedOn, SCHEMA, Served, Use, UsedOn, coefficients};
use crate::error::Result;
use crate::period::Period;
use crate::pooling::record::PooledRecord;
use crate::train::bars::{BarJudgement, share_of, times_a_quarter};
use crate::train::card::{self, About};
use crate::train::choose::round;
use crate::train::{Believed, OWN_POSITIVES, baseline};
use countries::{Countries, DECADES};
use deadly_events::EventsByCountry;
use declared::UnitSize;
use domain::kind::{Horizon, Kind};
use left_out::{LeftOutCountry, LeftOutTest};
use pooled::{PooledLine, RIDGE, fit_pooled};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What to fit, and where it will be used.
pub struct PriorOptions {
    pub events: EventsByCountry,
    /// The kinds that take the line, each with what is believed of it.
    pub kinds: Vec<PriorUse>,
    /// The folder of models to write into, and the date in the models' names.
    pub folder: PathBuf,
    pub date: String,
    /// False alarms a district and quarter that the policy allows all kinds together, parts per million.
    pub false_alarms_ppm: u32,
}

/// A kind that takes the line.
#[derive(Clone)]
pub struct PriorUse {
    pub kind: Kind,
    pub about: About,
    pub regency_rate: Believed,
    pub district_rate: Believed,
}

/// A horizon's line and what was measured of it.
pub struct FittedPrior {
    pub horizon: Horizon,
    pub line: PooledLine,
    pub countries: usize,
    pub units: usize,
    pub left_out: Vec<LeftOutCountry>,
    /// The chance that is believed of a kecamatan, of the kind it is lowest for.
    believed: f64,
    sizes: [UnitSize; 2],
    shared: f64,
    bars: Option<AlertBars>,
    alerts: BarJudgement,
    result: Value,
    baseline: artefact::Baseline,
}

/// The name under which the standing-by line of the prior is kept.
const STANDS_BY: &str = "decayed";

/// The lists of a horizon: weeks for seven days, months for thirty.
fn period(horizon: Horizon) -> Period {
    if horizon == Horizon::Week { Period::Week } else { Period::Month }
}

/// Fits both horizons and writes a model for each kind; gives what was measured.
///
/// # Errors
/// Where too few countries had enough events, or a file cannot be written.
pub fn fit_prior(options: &PriorOptions) -> Result<Vec<FittedPrior>> {
    let mut all = Vec::new();
    for horizon in Horizon::ALL {
        let fitted = FittedPrior::new(options, *horizon)?;
        for own in &options.kinds {
            let artefact = fitted.artefact(options, own);
            let evaluation = fitted.evaluation(&artefact);
            let card = card::write(&artefact, &own.about, &evaluation);
            artefact::save(&options.folder, &artefact, &card, &evaluation)?;
        }
        all.push(fitted);
    }
    Ok(all)
}

impl FittedPrior {
    fn new(options: &PriorOptions, horizon: Horizon) -> Result<FittedPrior> {
        let period = period(horizon);
        let countries = Countries::new(&options.events, period);
        let lines = countries.lines_without()?;
        let tests = countries.judge(&lines)?;
        let rows = countries.rows_without(None);
        let line = fit_pooled(&rows, lines.values().next(), &format!("prior-{horizon}"))?;
        let weeks = f64::from(horizon.days()) / 7.0;
        let believed = options.kinds.iter().map(|own| chance(own.district_rate.a_week, weeks));
        let believed = believed.fold(f64::INFINITY, f64::min);
        let (share, times) = (share_of(options.false_alarms_ppm), times_a_quarter(horizon.days()));
        let sizes = declared::unit_sizes(&options.events, &lines, period);
        let mut shared: Vec<f64> = tests.iter().map(|test| test.shared).collect();
        shared.sort_by(f64::total_cmp);
        Ok(FittedPrior {
            horizon,
            believed,
            countries: countries.fitted(),
            units: countries.units,
            sizes,
            shared: shared[shared.len() / 2],
            bars: declared::rehearsal(&countries, &lines, believed, &DECADES, times).bars(share),
            alerts: declared::judge_alerts(&countries, &lines, believed, share, times),
            result: declared::together(&tests),
            baseline: baseline(&rows, STANDS_BY, "line that stands by")?,
            left_out: tests.into_iter().map(|test: LeftOutTest| test.figures).collect(),
            line,
        })
    }

    /// A place of a base rate and of the size at which the line was off by as much as is taken back.
    fn place(&self, believed: &Believed, size: &UnitSize) -> Use {
        let rate = chance(believed.a_week, f64::from(self.horizon.days()) / 7.0);
        Use {
            base_rate: round(rate),
            why: believed.why.clone(),
            shift: round(self.line.shift(rate) + size.correction),
            calibrated: false,
            transfer_sd: size.transfer_sd(&self.left_out, self.believed).map(round),
        }
    }

    fn unit(&self) -> &'static str {
        if period(self.horizon) == Period::Month { card::CELL_MONTH } else { card::CELL }
    }

    fn artefact(&self, options: &PriorOptions, own: &PriorUse) -> Artefact {
        let [district, regency] = &self.sizes;
        Artefact {
            schema: SCHEMA,
            name: format!("{}-{}-{}", own.kind, self.horizon, options.date),
            kind: own.kind.to_string(),
            horizon: self.horizon.to_string(),
            prior: true,
            fitted_on: FittedOn {
                source: own.about.source.clone(),
                source_id: own.about.source_id.clone(),
                licence: own.about.licence.clone(),
                unit: self.unit().to_string(),
                from: format!("{}-01-01", DECADES[0].years().0),
                to: format!("{}-12-31", DECADES[DECADES.len() - 1].years().1),
                units: self.units,
                rows: self.line.rows,
                positives: self.line.positives,
                base_rate: round(self.line.base_rate),
                ridge: RIDGE,
                slope: 1.0,
                shared: round(self.shared),
                own_positives_needed: OWN_POSITIVES,
            },
            used_on: UsedOn {
                regency: self.place(&own.regency_rate, regency),
                district: self.place(&own.district_rate, district),
            },
            intercept: self.line.fit.intercept,
            coefficients: coefficients(self.line.fit.coefficients.iter().copied()),
            baseline: self.baseline.clone(),
            local: Vec::new(),
            pooled: PooledRecord::default(),
            alert_bars: self.bars.clone(),
            served: Served::Model,
        }
    }

    fn evaluation(&self, artefact: &Artefact) -> Value {
        let (from, to) = declared::last_test();
        json!({
            "model": artefact.name,
            "unit": artefact.fitted_on.unit,
            "test_from": from,
            "test_to": to,
            "how": "each country judged by a line that was fitted without it, on the last three years of a decade, beside simple forecasts tuned on its own first seven; model.json is then fitted on all countries",
            "ridge": RIDGE,
            "slope": 1.0,
            "of_base_rate": self.line.of_base_rate,
            "weights": BTreeMap::from([("model", 1.0)]),
            "alerts": self.alerts,
            "result": self.result,
            "left_out": self.left_out,
            "unit_sizes": self.sizes,
        })
    }
}

/// The chance of at least one incident in so many weeks.
fn chance(a_week: f64, weeks: f64) -> f64 {
    -libm::expm1(-a_week * weeks)
}

#[cfg(test)]
mod tests;
