//! `kentongan replay` and `kentongan import`: archives read by the formats of `feed`.

use crate::append::{End, TOGETHER};
use crate::catalog::{self, Catalog};
use crate::config::Config;
use crate::models;
use crate::people;
use crate::replay::{Finished, Run};
use crate::serve::wall;
use anyhow::{Context, Result};
use domain::effect::Condition;
use domain::kind::FeedClass;
use domain::pipeline::Pipeline;
use domain::time::Time;
use feed::archive::{Archive, Format, Guide};
use std::path::PathBuf;
use store::{NewRecord, Store};

pub struct ReplayCall {
    pub files: Vec<PathBuf>,
    pub format: Format,
    pub districts: Option<PathBuf>,
    pub until: Option<Time>,
    pub json: bool,
}

pub fn replay(config: &Config, call: &ReplayCall) -> Result<()> {
    let catalog = Catalog::load(config, call.districts.as_deref())?;
    let scorer = models::load(crate::config::given(&config.files.models), catalog.own_positives)?;
    let crosswalk = catalog::crosswalk()?;
    let guide = Guide { places: &catalog.places, crosswalk: &crosswalk, class: FeedClass::Agency };
    let mut run = Run::new(&catalog, &catalog.policy, &scorer, wall());
    if !call.json {
        run.on_condition = Some(Box::new(told));
    }
    let mut figures = None;
    for path in &call.files {
        let mut archive = Archive::open(path, call.format, guide)?;
        while let Some(record) = archive.next_record()? {
            run.record(record.bytes, record.reconstructed);
        }
        if let Archive::Bnpb(list) = &archive {
            figures = Some(list.figures());
        }
    }
    let finished = run.finish(call.until);
    finished.balance()?;
    if call.json {
        println!("{}", finished.line());
        return Ok(());
    }
    if let Some(figures) = figures {
        println!(
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
    summary(&finished, &catalog);
    Ok(())
}

fn told(pipeline: &Pipeline, condition: &Condition) {
    let at = jiff::Timestamp::from_microsecond(condition.at.0).map(|at| at.to_string()).unwrap_or_default();
    let unit = condition.unit;
    let places = &pipeline.window.places;
    println!(
        "{at}  {:<9} {:<8} {} {}  {}",
        condition.change.as_str(),
        condition.level.as_str(),
        places.code(unit),
        places.name(unit),
        condition.kind
    );
}

/// The books in words, and the riskiest places where the archive ends.
fn summary(finished: &Finished, catalog: &Catalog) {
    use domain::kind::{Horizon, Kind};
    use domain::window::Slot;
    println!("{}", finished.line());
    let mut ranked = Vec::new();
    for unit in catalog.places.ids() {
        for kind in Kind::ALL {
            let said = finished.pipeline.memory(Slot::new(unit, *kind)).said[Horizon::Week.index()];
            ranked.extend(said.map(|said| (said.risk_ppm, said.level, unit, *kind)));
        }
    }
    ranked.sort_by_key(|(risk, _, unit, kind)| (std::cmp::Reverse(*risk), *unit, *kind));
    println!(
        "highest seven-day risks where the archive ends (a percentage only where calibrated on own data):"
    );
    for (place, (risk, level, unit, kind)) in ranked.into_iter().take(10).enumerate() {
        let lines = finished.pipeline.board.lines(Slot::new(unit, kind));
        let calibrated = lines.standings[Horizon::Week.index()].calibrated;
        let share =
            if calibrated { format!("{:.2} %", f64::from(risk) / 1e4) } else { "uncalibrated".into() };
        println!(
            "  {:>2}  {share:<12}  {:<8} {} {}  {kind}",
            place + 1,
            level.as_str(),
            catalog.places.code(unit),
            catalog.places.name(unit)
        );
    }
}

/// Appends an archive to the log, under a feed that is there; the running service takes it from there.
pub async fn import(config: &Config, feed: &str, format: Format, files: &[PathBuf]) -> Result<()> {
    let catalog = Catalog::load(config, None)?;
    let crosswalk = catalog::crosswalk()?;
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    let feed = people::find(&store, feed).await?;
    let log = End::open(config, &catalog).await?;
    let guide = Guide { places: &catalog.places, crosswalk: &crosswalk, class: feed.class };
    let mut count = 0u64;
    for path in files {
        let mut archive = Archive::open(path, format, guide)?;
        loop {
            let mut batch = Vec::new();
            while batch.len() < TOGETHER
                && let Some(record) = archive.next_record()?
            {
                batch.push(NewRecord {
                    feed: feed.name.clone(),
                    class: feed.class,
                    areas: feed.areas.clone(),
                    received_at: wall(),
                    bytes: record.bytes.to_vec(),
                    refused: None,
                });
            }
            if batch.is_empty() {
                break;
            }
            count += batch.len() as u64;
            log.append(batch)
                .await
                .with_context(|| format!("importing '{}' after {count} records", path.display()))?;
            eprint!("\r{count} records");
        }
    }
    eprintln!("\r{count} records of '{}' are in the log; the service takes them from there", feed.name);
    store.close().await;
    Ok(())
}
