//! `kentongan backtest` and `kentongan train`: judging and fitting models from event lists.

use anyhow::{Context, Result, bail};
use clap::Args;
use domain::kind::Kind;
use scoring::events::{Source, read, read_units};
use scoring::panel::Window;
use scoring::period::{Day, Order, Period, parse};
use scoring::train::card::About;
use scoring::train::serving::Unit;
use scoring::{BacktestOptions, TrainOptions};
use std::path::PathBuf;

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
    /// Column of the enclosing place, for pooling
    #[arg(long, value_name = "COLUMN")]
    parent: Option<String>,
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
    fn source(&self) -> Source {
        Source {
            path: self.events.clone(),
            unit: self.unit.clone(),
            time: self.time.clone(),
            received: self.received.clone(),
            parent: self.parent.clone(),
            only: Vec::new(),
        }
    }
}

#[derive(Args)]
pub struct Backtest {
    #[command(flatten)]
    list: List,
    /// Named in the report
    #[arg(long)]
    kind: Option<String>,
    /// week or month
    #[arg(long)]
    period: String,
    /// First day of the test's periods
    #[arg(long, value_name = "DAY")]
    test_from: String,
    /// Write the report with pictures to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print only the closing line
    #[arg(long)]
    json: bool,
}

impl Backtest {
    pub fn run(&self) -> Result<()> {
        let window = Window {
            period: Period::parse(&self.period)?,
            from: day(&self.list.from)?,
            to: day(&self.list.to)?,
            test_from: day(&self.test_from)?,
        };
        let options = BacktestOptions {
            events: self.list.source(),
            units: self.list.units.clone(),
            window,
            kind: self.kind.clone(),
            seed: BacktestOptions::SEED,
        };
        let result = scoring::backtest(&options)?;
        if let Some(path) = &self.html {
            std::fs::write(path, scoring::backtest::html::page(&result))
                .with_context(|| format!("writing '{}'", path.display()))?;
        }
        if !self.json {
            result.detail.notes.iter().for_each(|note| println!("note: {note}"));
            println!("{:<14} {:>8} {:>8} {:>8} {:>8} {:>8}", "", "brier", "auroc", "onset", "within", "ece");
            let model = [("model", &result.model.measures)];
            let rows =
                model.into_iter().chain(result.baselines.0.iter().map(|(name, measures)| (*name, measures)));
            for (name, m) in rows {
                println!(
                    "{name:<14} {:>8.4} {:>8} {:>8} {:>8} {:>8.4}",
                    m.brier,
                    shown(m.auroc),
                    shown(m.auroc_onset),
                    shown(m.auroc_within),
                    m.ece
                );
            }
            println!("served: {}", result.served);
        }
        println!("{}", result.json());
        Ok(())
    }
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

#[derive(Args)]
pub struct Train {
    #[command(flatten)]
    list: List,
    /// resident_company, resident_resident or disaster
    #[arg(long)]
    kind: String,
    /// What a row's place is: regency or district
    #[arg(long, default_value = "regency")]
    level: String,
    /// Folder of models to write into; current.toml there is pointed at the new ones
    #[arg(long, value_name = "DIR", default_value = "models")]
    models: PathBuf,
    /// Where the list comes from and what its licence allows; both stand on the card
    #[arg(long = "source")]
    source_words: String,
    #[arg(long)]
    licence: String,
    /// Limits that must stand on the card; may be given more than once
    #[arg(long)]
    limit: Vec<String>,
}

impl Train {
    pub fn run(&self) -> Result<()> {
        let kind = Kind::parse(&self.kind).with_context(|| {
            format!("'{}' is no kind; use resident_company, resident_resident or disaster", self.kind)
        })?;
        let unit = match self.level.as_str() {
            "regency" => Unit::Regency,
            "district" => Unit::District,
            other => bail!("'{other}' is no level; use regency or district"),
        };
        let events = read(&self.list.source())?;
        events.notes.iter().for_each(|note| println!("note: {note}"));
        let units = match &self.list.units {
            Some(path) => read_units(path)?,
            None => Vec::new(),
        };
        let options = TrainOptions {
            kind,
            events: events.rows,
            units,
            unit,
            from: day(&self.list.from)?,
            to: day(&self.list.to)?,
            folder: self.models.clone(),
            date: jiff::Zoned::now().date().to_string(),
            about: About {
                source: self.source_words.clone(),
                licence: self.licence.clone(),
                intended_use: "A prior beside the reports; it ranks and does not warn alone.".into(),
                limits: self.limit.clone(),
                harm: vec!["Places that report little look safe: read completeness first.".into()],
            },
            regency_rate: None,
            district_rate: None,
            prior: false,
        };
        for artefact in scoring::train(&options)? {
            let fitted = &artefact.fitted_on;
            println!(
                "{}: {} rows, {} positives, base rate {:.5}",
                artefact.name, fitted.rows, fitted.positives, fitted.base_rate
            );
        }
        println!(
            "read the cards in '{}' before you serve them; one line of current.toml rolls back",
            self.models.display()
        );
        Ok(())
    }
}

fn day(text: &str) -> Result<Day> {
    let written = parse(text, Order::DayFirst)
        .with_context(|| format!("'{text}' is no day; write it like 2021-12-31"))?;
    Ok(written.first)
}
