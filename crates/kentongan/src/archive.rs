//! `kentongan replay`: archives read by `formats`.

pub mod open;

use crate::catalog::{self, Catalog};
use crate::config::Config;
use crate::models;
use crate::output::{self, print_line};
use crate::serve::wall;
use crate::user_error;
use anyhow::{Context, Result};
use domain::effect::Condition;
use domain::kind::{FeedClass, Refused};
use domain::pipeline::Pipeline;
use domain::time::Time;
use formats::archive::{Archive, BnpbFigures, Format, Guide, Refusals};
use std::path::{Path, PathBuf};
use worker::replay::{FinishedReplay, HighRisk, Replay};

pub struct ReplayCall {
    pub files: Vec<PathBuf>,
    pub format: Format,
    pub districts: Option<PathBuf>,
    pub until: Option<Time>,
    pub json: bool,
}

pub fn replay(config: &Config, call: &ReplayCall) -> Result<()> {
    let catalog = Catalog::load(config, call.districts.as_deref())?;
    if let Some(list) = &call.districts {
        nameless(&catalog, list, call.format);
    }
    let scorer = models::load(crate::config::given(&config.files.models), catalog.own_positives)?;
    let crosswalk = catalog::crosswalk()?;
    let guide = Guide { places: &catalog.places, crosswalk: &crosswalk, class: FeedClass::Agency };
    let mut run =
        Replay::new(catalog.places.clone(), catalog.taxonomy.clone(), &catalog.policy, &scorer, wall());
    let mut refusals = Refusals::default();
    if !call.json {
        run.on_condition = Some(Box::new(print_condition));
    }
    let mut figures = None;
    for path in &call.files {
        let mut archive = open::open(path, call.format, guide)?;
        while let Some(record) = archive.next_record()? {
            if let Some(refusal) = run.record(record.bytes, record.reconstructed) {
                refusals.note(run.tally.records, refusal);
            }
        }
        if let Archive::Bnpb(list) = &archive {
            figures = Some(list.figures());
        }
    }
    let finished = run.finish(call.until);
    finished.balance().map_err(anyhow::Error::msg).context("closing the books")?;
    if call.json {
        print_line!("{}", finished.line());
    } else {
        figures.iter().for_each(placed);
        summary(&finished, &catalog);
    }
    if let Some(list) = &call.districts {
        unlisted(&finished, list);
    }
    if finished.tally.reports == 0 && finished.tally.records > 0 {
        let words = open::nothing_useful(&refusals, &call.files, call.format, guide);
        return Err(user_error::new(format!("replaying {words}")));
    }
    Ok(())
}

/// How many of a list's places were found.
fn placed(figures: &BnpbFigures) {
    print_line!(
        "places: {} of {} marked kecamatan placed ({:.1} %): {} as written, {} shortened, {} misspelled, {} next door, {} by their villages; \
             {} more without a mark; {} of {} rows only at their regency, {} elsewhere",
        figures.placed(),
        figures.mentions,
        f64::from(figures.placed()) * 100.0 / f64::from(figures.mentions.max(1)),
        figures.exact,
        figures.short,
        figures.misspelled,
        figures.elsewhere,
        figures.by_villages,
        figures.unmarked,
        figures.rows_without_district,
        figures.rows,
        figures.rows_elsewhere,
    );
}

/// Prose is placed by name: a bare list of codes finds nothing in it.
fn nameless(catalog: &Catalog, list: &Path, format: Format) {
    let places = &catalog.places;
    let bare = places.ids().filter(|unit| places.unit(*unit).name.is_empty()).count();
    if format == Format::BnpbCsv && bare > 0 {
        output::remark(format_args!(
            "'{}' names {bare} of {} places by their code alone; this format is placed by names: write code,name",
            list.display(),
            places.len()
        ));
    }
}

/// Records about places the list does not have are refused; a list that is too short looks like an archive that is wrong.
fn unlisted(finished: &FinishedReplay, list: &Path) {
    let count = finished.tally.dead[Refused::District.index()];
    if count > 0 {
        output::remark(format_args!(
            "{count} of {} records name a place that '{}' does not list (dead letters, reason district)",
            finished.tally.records,
            list.display()
        ));
    }
}

fn print_condition(pipeline: &Pipeline, condition: &Condition) {
    let at = jiff::Timestamp::from_microsecond(condition.at.0).map(|at| at.to_string()).unwrap_or_default();
    let unit = condition.unit;
    let places = pipeline.view().places();
    print_line!(
        "{at}  {:<9} {:<8} {} {}  {}",
        condition.change.as_str(),
        condition.level.as_str(),
        places.code(unit),
        places.name(unit),
        condition.kind
    );
}

/// The books in words, and the riskiest places where the archive ends.
fn summary(finished: &FinishedReplay, catalog: &Catalog) {
    print_line!("{}", finished.line());
    print_line!(
        "highest seven-day risks where the archive ends (a percentage only where calibrated on own data):"
    );
    for (place, risk) in finished.highest_risks(10).into_iter().enumerate() {
        let HighRisk { unit, kind, level, .. } = risk;
        let share = match risk.is_calibrated {
            true => format!("{:.2} %", f64::from(risk.risk_ppm) / 1e4),
            false => "uncalibrated".into(),
        };
        print_line!(
            "  {:>2}  {share:<12}  {:<8} {} {}  {kind}",
            place + 1,
            level.as_str(),
            catalog.places.code(unit),
            catalog.places.name(unit)
        );
    }
}
