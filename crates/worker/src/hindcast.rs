//! The past that an archive tells of, as it would have been known: what the models in use would have forecast each Monday, and
//! what by the archive came of it. It goes into the hindcast ledger, which is none of the service's own record.
//!
//! Forecasts rest on what the archive says had been reported by then. What came of one is judged once, when it would have
//! fallen due, by what was known then; nothing that was corrected later changes it. Where the archive's reports come later than the
//! ledger's grace, outcomes wait for all but one in twenty of them: late reports are no peace. The archive is the record: a serious
//! incident that it lists happened, and where it lists none, none did. So a kind of which it tells nothing is left out.

mod alerts;
mod figures;

pub use alerts::{AlertLook, HindcastAlerts, StandingAlert};
pub use figures::{HindcastFigures, HindcastGap, HindcastPart};

use crate::replay::{FinishedReplay, Replay, ReplayStep};
use crate::report_history::ReportHistory;
use domain::evidence::CellId;
use domain::kind::{Horizon, Kind, Refused};
use domain::pipeline::Pipeline;
use domain::place::{Code, Places};
use domain::policy::{LedgerPolicy, Policy};
use domain::report::Report;
use domain::scorer::Scorer;
use domain::time::{Hour, Time};
use scoring::ModelScorer;
use scoring::events::Event;
use scoring::train::serving::TrainingUnit;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use store::{HindcastRow, MONDAY};

/// Weeks at the beginning of an archive that only fill the histories.
pub const FIRST_WEEKS: i64 = 13;
/// Weeks of forecasts with an outcome that an archive must leave; with fewer a season's swing would pass for the level.
pub const FEWEST_WEEKS: i64 = 26;

/// Records beyond this share that no report could be made of would teach a peace that there was not.
const MOST_LOST: f64 = 0.2;
/// Outcomes wait for late reports at most so many days.
const MOST_WAITED: i64 = 90;
/// What a person does after a hindcast was kept; its number stands before it.
pub const WHAT_NOW: &str = "forecasts are in the hindcast ledger; the pages show ranges by them from now on, and `kentongan train \
                            --calibrate` moves the models' lines by them";

/// What of an archive is of other places, to be remarked; `None` where nothing is.
///
/// # Errors
/// Where too much of the rest could not be read.
pub fn lost(finished: &FinishedReplay) -> Result<Option<String>, HindcastError> {
    let tally = &finished.tally;
    // A table's row of another regency is refused, and one that may be read in two ways asked about.
    let (elsewhere, lost) = match &finished.rows {
        Some(rows) => (rows.refused, rows.asked),
        None => {
            let elsewhere = tally.dead[Refused::District.index()];
            (elsewhere, tally.dead.iter().sum::<u64>() - elsewhere)
        }
    };
    let records = tally.reports + lost;
    if lost as f64 > MOST_LOST * records as f64 {
        return Err(HindcastError::Lost { lost, records, why: finished.refusals.words() });
    }
    Ok((elsewhere > 0).then(|| {
        format!(
            "{elsewhere} of {} records were refused, most of places that are not configured or whose names are not known; they \
             count for nothing. `kentongan import --dry-run --rejected FILE` lists those of a table",
            records + elsewhere
        )
    }))
}

/// A forecast of a cell that waits for its outcome.
#[derive(Clone, Copy)]
struct WaitingForecast {
    cell: CellId,
    day: i64,
    risks: [u32; Horizon::COUNT],
    baselines: [u32; Horizon::COUNT],
    stood: StandingAlert,
}

/// What is gathered while the archive runs through the pipeline.
struct Gathered {
    forecasts: Vec<WaitingForecast>,
    history: ReportHistory,
    /// Regencies of which anything was reported, and when the first and last report came.
    regencies: BTreeSet<Code>,
    began: Option<Time>,
    ended: Option<Time>,
    longest_gap: Option<(i64, i64)>,
    weeks: Box<dyn FnMut(i64)>,
}

impl Gathered {
    fn tick(&mut self, pipeline: &Pipeline, hour: Hour) {
        let (day, of_day) = (i64::from(hour.0).div_euclid(24), i64::from(hour.0).rem_euclid(24));
        let Some(began) = self.began.map(day_of) else { return };
        if of_day != 0 || day.rem_euclid(7) != MONDAY || day < began + 7 * FIRST_WEEKS {
            return;
        }
        (self.weeks)((day - began) / 7);
        let view = pipeline.view();
        for cell in view.cells() {
            if !self.regencies.contains(&view.places().code(cell.unit()).regency()) {
                continue;
            }
            let score = view.score_from_evidence(cell, hour);
            let baselines = [Horizon::Week, Horizon::Month].map(|horizon| score.baseline_ppm(horizon));
            let stood = alerts::standing(pipeline, cell);
            self.forecasts.push(WaitingForecast { cell, day, risks: score.risks, baselines, stood });
        }
    }

    fn report(&mut self, report: &Report, received: Time) {
        self.began.get_or_insert(received);
        let (before, now) = (self.ended.map_or(day_of(received), day_of), day_of(received));
        if now - before > self.longest_gap.map_or(7 * FEWEST_WEEKS, |(from, to)| to - from) {
            self.longest_gap = Some((before, now));
        }
        self.ended = self.ended.max(Some(received));
        self.regencies.insert(report.place.code.regency());
        self.history.take(report, received, false);
    }
}

fn day_of(time: Time) -> i64 {
    time.0.div_euclid(domain::time::DAY)
}

/// Listens to a replay. Give [`HindcastListener::listen`] to [`Replay::on_step`] before the archive is taken, and call
/// [`HindcastListener::finish`] after [`Replay::finish`].
pub struct HindcastListener(Rc<RefCell<Gathered>>);

impl HindcastListener {
    /// `weeks` hears how many weeks of the archive are done.
    pub fn new(places: Arc<Places>, policy: Arc<Policy>, weeks: Box<dyn FnMut(i64)>) -> HindcastListener {
        let history = ReportHistory::new(places, policy);
        let gathered = Gathered {
            forecasts: Vec::new(),
            history,
            regencies: BTreeSet::new(),
            began: None,
            ended: None,
            longest_gap: None,
            weeks,
        };
        HindcastListener(Rc::new(RefCell::new(gathered)))
    }

    /// Listens to `replay`.
    pub fn listen(&self, replay: &mut Replay) {
        let gathered = Rc::clone(&self.0);
        replay.on_step = Some(Box::new(move |step| match step {
            ReplayStep::Tick(pipeline, hour) => gathered.borrow_mut().tick(pipeline, hour),
            ReplayStep::Report(report, received) => gathered.borrow_mut().report(report, received),
        }));
    }

    /// The hindcast ledger of the archive, and what is to be noted of it.
    ///
    /// # Errors
    /// Where the archive is too short, or lists no serious incident.
    pub fn finish(
        &self,
        (places, scorer, policy): (&Places, &ModelScorer, &LedgerPolicy),
        made_at: Time,
    ) -> Result<Hindcast, HindcastError> {
        let gathered = self.0.borrow();
        let (Some(began), Some(ended)) = (gathered.began, gathered.ended) else {
            return Err(HindcastError::Nothing);
        };
        let weeks = (day_of(ended) - day_of(began)) / 7;
        let needed = FIRST_WEEKS + FEWEST_WEEKS + (policy.grace_days + 7).div_euclid(7);
        if weeks < needed {
            return Err(HindcastError::TooShort { weeks, needed });
        }
        let known = KnownOutcomes::of(&gathered.history, policy.min_severity);
        let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| known.tells_of(*kind)).collect();
        if kinds.is_empty() {
            return Err(HindcastError::NothingSerious { min_severity: policy.min_severity });
        }
        let waited = policy.grace_days.max(known.delay().min(MOST_WAITED));
        let (mut rows, mut looks) = (Vec::new(), Vec::new());
        for forecast in gathered.forecasts.iter().filter(|forecast| kinds.contains(&forecast.cell.kind())) {
            let (kind, code) = (forecast.cell.kind(), places.code(forecast.cell.unit()));
            for horizon in Horizon::ALL {
                let due = forecast.day + i64::from(horizon.days()) + waited;
                // What the last days of the archive brought was not all known when it ended.
                if due > day_of(ended) {
                    continue;
                }
                let model = scorer.model(scorer.line_for(code, kind, *horizon).calibration.model);
                let happened = known.happened((kind, code), (forecast.day, *horizon), due);
                if *horizon == Horizon::Week {
                    let before = known.before((kind, code), forecast.day);
                    looks.push(AlertLook { kind, code, stood: forecast.stood, happened, before });
                }
                rows.push(HindcastRow {
                    kind,
                    horizon: *horizon,
                    code,
                    day: forecast.day,
                    regency: code.regency(),
                    risk_ppm: forecast.risks[horizon.index()],
                    baseline_ppm: forecast.baselines[horizon.index()],
                    model: model.map(|model| model.served_name()).unwrap_or_default(),
                    happened,
                    made_at,
                });
            }
        }
        let (regencies, longest_gap) = (gathered.regencies.clone(), gathered.longest_gap);
        let late = (waited > policy.grace_days).then_some(waited);
        Ok(Hindcast { rows, looks, kinds, weeks, regencies, longest_gap, late })
    }
}

/// A hindcast ledger, not yet kept.
#[derive(Debug)]
pub struct Hindcast {
    pub rows: Vec<HindcastRow>,
    /// What stood at each of its weeks.
    pub looks: Vec<AlertLook>,
    /// Kinds of which the archive tells.
    pub kinds: Vec<Kind>,
    /// From the first report to the last.
    pub weeks: i64,
    pub regencies: BTreeSet<Code>,
    /// The longest time without a report, in days since 1970; `None` where it is shorter than half a year.
    pub longest_gap: Option<(i64, i64)>,
    /// So many days after a forecast's end its outcome was judged, where the archive's reports came later than the ledger's grace.
    pub late: Option<i64>,
}

/// Why an archive gives no hindcast.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum HindcastError {
    #[error("the archive holds no report of the configured places")]
    Nothing,
    #[error(
        "{lost} of {records} records could not be read ({why}): where so many are missing, the rest would pass for a peace \
         that there was not; mend them, or say with --dates how its days are written, and run it again"
    )]
    Lost { lost: u64, records: u64, why: String },
    #[error(
        "the archive spans {weeks} weeks; {needed} are needed at least: the first {FIRST_WEEKS} only fill the histories, \
         and {FEWEST_WEEKS} weeks of forecasts must have an outcome"
    )]
    TooShort { weeks: i64, needed: i64 },
    #[error(
        "the archive lists no incident of severity {min_severity} or more: there is nothing that could have been forecast; \
         does it name the severity of its incidents?"
    )]
    NothingSerious { min_severity: u8 },
}

/// Serious incidents by kind and place, with when each was known.
struct KnownOutcomes(BTreeMap<(Kind, Code), Vec<Event>>);

impl KnownOutcomes {
    fn of(history: &ReportHistory, min_severity: u8) -> KnownOutcomes {
        let mut known: BTreeMap<(Kind, Code), Vec<Event>> = BTreeMap::new();
        for kind in Kind::ALL {
            for unit in [TrainingUnit::District, TrainingUnit::Regency] {
                for event in history.training_events(*kind, unit).events {
                    if event.severity.is_some_and(|severity| severity >= min_severity)
                        && let Some(code) = Code::parse(&event.unit)
                    {
                        known.entry((*kind, code)).or_default().push(event);
                    }
                }
            }
        }
        KnownOutcomes(known)
    }

    fn tells_of(&self, kind: Kind) -> bool {
        self.0.keys().any(|(of, _)| *of == kind)
    }

    /// Days after which all but one in twenty were reported.
    fn delay(&self) -> i64 {
        let of = |event: &Event| i64::from(event.received) - i64::from(event.day);
        let mut delays: Vec<i64> = self.0.values().flatten().map(of).collect();
        delays.sort_unstable();
        delays.get((delays.len() * 19).div_ceil(20).saturating_sub(1)).copied().unwrap_or_default()
    }

    /// Serious incidents of the last 30 days that were known when a day began.
    fn before(&self, cell: (Kind, Code), day: i64) -> usize {
        let known = |event: &&Event| {
            let stands = event.gone.is_none_or(|gone| i64::from(gone) >= day);
            (day - alerts::RIVAL_DAYS..day).contains(&i64::from(event.day))
                && i64::from(event.received) < day
                && stands
        };
        self.0.get(&cell).into_iter().flatten().filter(known).count()
    }

    /// Whether something within the horizon was known on the day `due`.
    fn happened(&self, cell: (Kind, Code), (day, horizon): (i64, Horizon), due: i64) -> bool {
        let ahead = day..day + i64::from(horizon.days());
        self.0.get(&cell).into_iter().flatten().any(|event| {
            let stands = event.gone.is_none_or(|gone| i64::from(gone) >= due);
            ahead.contains(&i64::from(event.day)) && i64::from(event.received) < due && stands
        })
    }
}

#[cfg(test)]
mod tests;
