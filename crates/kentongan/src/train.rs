//! `kentongan backtest` and `kentongan train`: judging and fitting models from event lists or from the service's own record.

use crate::catalog::LoadedCatalog;
use crate::cli::date_order;
use crate::config::Config;
use crate::models;
use crate::output::{self, print_line};
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use clap::Args;
use domain::kind::Kind;
use domain::policy::Policy;
use formats::written_date::DateOrder;
use scoring::events::{EventSource, match_units, read, read_units};
use scoring::panel::Window;
use scoring::period::{Day, Period, day_of, typed_day};
use scoring::train::card::About;
use scoring::train::serving::TrainingUnit;
use scoring::{BacktestOptions, TrainOptions};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;
use worker::report_history::fit_on_reports;

/// Which columns of which list.
#[derive(Args)]
pub struct List {
    /// Event list: CSV, one row an event (gzip is read too)
    #[arg(long, value_name = "FILE")]
    events: PathBuf,
    /// Column of the place
    #[arg(long, value_name = "COLUMN")]
    unit: String,
    /// Column of the day it happened
    #[arg(long, value_name = "COLUMN")]
    time: String,
    /// Column of the day it became known; without it, the day it happened
    #[arg(long, value_name = "COLUMN")]
    received: Option<String>,
    /// Column of the enclosing place; the other places in it stand in for neighbours
    #[arg(long, value_name = "COLUMN")]
    parent: Option<String>,
    /// How dates are written, where they do not show it: dmy (day first) or mdy
    #[arg(long, value_name = "ORDER", value_parser = date_order)]
    dates: Option<DateOrder>,
    /// All places, one a line, also those never hit
    #[arg(long, value_name = "FILE")]
    units: Option<PathBuf>,
    /// First and last day
    #[arg(long, value_name = "DAY")]
    from: String,
    #[arg(long, value_name = "DAY")]
    to: String,
}

impl List {
    fn source(&self) -> Result<EventSource> {
        Ok(EventSource {
            path: self.events.clone(),
            unit: self.unit.clone(),
            time: self.time.clone(),
            received: self.received.clone(),
            parent: self.parent.clone(),
            dates: self.dates,
            only: Vec::new(),
        })
    }

    /// First and last day.
    ///
    /// # Errors
    /// Where the last one is still to come: the days until then would count as peace.
    fn days(&self) -> Result<(Day, Day)> {
        let (from, to) = (typed_day(&self.from)?, typed_day(&self.to)?);
        let today = jiff::Zoned::now().date();
        if to > day_of(today) {
            return Err(user_error::new(format_args!(
                "--to {} is still to come, and nothing is known of the days until then; give the list's last day, {today} at most",
                self.to
            )));
        }
        Ok((from, to))
    }
}

#[derive(Args)]
pub struct Backtest {
    #[command(flatten)]
    list: List,
    /// Named in the report
    #[arg(long)]
    kind: Option<String>,
    /// What a place is: regency (the default) or district; its features are the service's for such a place,
    /// but that a list has no register: the other places of the same --parent stand in for neighbours, and without it
    /// there are none
    #[arg(long)]
    level: Option<String>,
    /// week or month
    #[arg(long)]
    period: String,
    /// First day of the test's periods
    #[arg(long, value_name = "DAY")]
    test_from: String,
    /// Write the report with pictures to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write all that the pictures show as JSON to this file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print one figure of the model (brier, brier_skill_lo, ece, …); an unknown one, or one that cannot be had, is an
    /// error. May be given more than once
    #[arg(long, value_name = "NAME")]
    metric: Vec<String>,
    /// Print only the closing line
    #[arg(long)]
    json: bool,
}

impl Backtest {
    pub fn run(&self) -> Result<()> {
        let (from, to) = self.list.days()?;
        let window =
            Window { period: Period::parse(&self.period)?, from, to, test_from: typed_day(&self.test_from)? };
        let options = BacktestOptions {
            events: self.list.source()?,
            units: self.list.units.clone(),
            level: self.level.as_deref().map_or(Ok(TrainingUnit::Regency), TrainingUnit::parse)?,
            window,
            kind: self.kind.clone(),
            seed: BacktestOptions::SEED,
            false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
        };
        let result = scoring::backtest(&options)?;
        if let Some(path) = &self.html {
            std::fs::write(path, scoring::backtest::html::page(&result))
                .with_context(|| format!("writing '{}'", path.display()))?;
        }
        if let Some(path) = &self.report {
            std::fs::write(path, result.report()).with_context(|| format!("writing '{}'", path.display()))?;
        }
        for name in &self.metric {
            print_line!("{name} {}", result.metric(name)?);
        }
        if !self.json {
            output::print(format_args!("{}", result.table()));
        }
        print_line!("{}", result.json());
        Ok(())
    }
}

#[derive(Args)]
#[group(id = "training")] // the verb's own group has the name of the type
pub struct Train {
    /// Fit nothing new: give each regency with enough forecasts that came true or not its own calibration of the models
    /// in use, from the ledger
    #[arg(long, conflicts_with_all = ["events", "unit", "time", "from", "to", "kind", "from_reports"])]
    pub calibrate: bool,
    /// Fit on the service's own reports, each as of when it was received
    #[arg(long, conflicts_with_all = ["events", "unit", "time", "from", "to"])]
    from_reports: bool,
    #[command(flatten)]
    list: Option<List>,
    /// resident_company, resident_resident or disaster
    #[arg(long, required_unless_present = "calibrate")]
    kind: Option<String>,
    /// What a place is: regency or district; a list's are regencies, the own reports' districts where nothing is said
    #[arg(long)]
    level: Option<String>,
    /// Folder of models to write into; current.toml there is pointed at the new ones
    #[arg(long, value_name = "DIR", default_value = "models")]
    pub models: PathBuf,
    /// Where the list comes from and what its licence allows; both stand on the card
    #[arg(long = "source", required_unless_present_any = ["from_reports", "calibrate"])]
    source_words: Option<String>,
    #[arg(long, required_unless_present_any = ["from_reports", "calibrate"])]
    licence: Option<String>,
    /// Limits that must stand on the card; may be given more than once
    #[arg(long)]
    limit: Vec<String>,
}

impl Train {
    pub fn run(&self, config: &Config) -> Result<()> {
        let word = self.kind.clone().unwrap_or_default();
        let kind = Kind::parse(&word)
            .with_context(|| {
                format!("'{word}' is no kind; use resident_company, resident_resident or disaster")
            })
            .or_user_error()?;
        let unit = match (self.level.as_deref(), self.from_reports) {
            (Some(word), _) => TrainingUnit::parse(word)?,
            (None, true) => TrainingUnit::District,
            (None, false) => TrainingUnit::Regency,
        };
        let options = match &self.list {
            Some(list) => self.listed(kind, unit, list)?,
            None if self.from_reports => {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(self.recorded(kind, unit, config))?
            }
            None => {
                return Err(user_error::new(
                    "give an event list with --events, or fit on the service's own reports with --from-reports",
                ));
            }
        };
        let false_alarms_ppm = LoadedCatalog::load(config, None)?.policy.alarm_budget.models_ppm();
        for artefact in scoring::train(&TrainOptions { false_alarms_ppm, ..options })? {
            let fitted = &artefact.fitted_on;
            print_line!(
                "{}: {} rows, {} positives, base rate {:.5}",
                artefact.name,
                fitted.rows,
                fitted.positives,
                fitted.base_rate
            );
        }
        models::files(config).complete(&self.models)?;
        print_line!(
            "read the cards in '{}' before you serve them; one line of current.toml rolls back",
            self.models.display()
        );
        Ok(())
    }

    fn listed(&self, kind: Kind, unit: TrainingUnit, list: &List) -> Result<TrainOptions> {
        let (from, to) = list.days()?;
        let mut events = read(&list.source()?)?;
        let units = list.units.as_deref().map(read_units).transpose()?;
        let units = units.map(|units| match_units(units, &mut events)).transpose()?.unwrap_or_default();
        events.note_window(from, to);
        events.notes.iter().for_each(|note| print_line!("note: {note}"));
        let mut options = self.options(kind, unit, (from, to));
        (options.events, options.units) = (events.rows, units);
        Ok(options)
    }

    async fn recorded(&self, kind: Kind, unit: TrainingUnit, config: &Config) -> Result<TrainOptions> {
        let catalog = LoadedCatalog::load(config, None)?;
        let url = config.state_url();
        let store = Store::open(&url).await.with_context(|| format!("opening the record at '{url}'"))?;
        let mut options = self.options(kind, unit, (0, 0));
        let policy = Arc::new(catalog.policy.clone());
        let notes = fit_on_reports(&store, &catalog.places, policy, &mut options).await?;
        store.close().await;
        let Some(notes) = notes else {
            return Err(user_error::new(format!(
                "the record at '{url}' holds no report to learn from; give a list with --events"
            )));
        };
        notes.iter().for_each(|note| print_line!("note: {note}"));
        Ok(options)
    }

    fn options(&self, kind: Kind, unit: TrainingUnit, (from, to): (Day, Day)) -> TrainOptions {
        TrainOptions {
            kind,
            events: Vec::new(),
            units: Vec::new(),
            parents: BTreeMap::new(),
            neighbours: None,
            unit,
            from,
            to,
            folder: self.models.clone(),
            date: jiff::Zoned::now().date().to_string(),
            about: About::of_a_regency(self.source_words.clone(), self.licence.clone(), &self.limit),
            regency_rate: None,
            districts: None,
            district_rate: None,
            prior: false,
            false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
        }
    }
}
