//! `kentongan replay`: archives read by `formats`.

use crate::catalog::{self, LoadedCatalog};
use crate::cli::ArchiveArgs;
use crate::config::Config;
use crate::models;
use crate::output::{self, print_line};
use crate::serve::wall;
use crate::user_error;
use anyhow::{Context, Result};
use domain::kind::FeedClass;
use domain::time::Time;
use formats::archive::{Archive, Guide};
use intake::archive_files as open;
use std::path::PathBuf;
use worker::replay::Replay;

pub struct ReplayCall {
    pub archives: ArchiveArgs,
    pub districts: Option<PathBuf>,
    pub until: Option<Time>,
    pub json: bool,
}

pub fn replay(config: &Config, call: &ReplayCall) -> Result<()> {
    let ArchiveArgs { files, format, dates } = &call.archives;
    let catalog = LoadedCatalog::load(config, call.districts.as_deref())?;
    let list = call.districts.as_ref().map(|path| path.display().to_string());
    if let (Some(list), Some(path)) = (&list, &call.districts) {
        let doubled = formats::places::doubled(list, &catalog::read(path)?);
        let nameless = formats::places::nameless(&catalog.places, list, *format);
        doubled.iter().chain(&nameless).for_each(|remark| output::remark(format_args!("{remark}")));
    }
    let scorer = models::load(config, catalog.own_positives)?;
    let crosswalk = catalog::crosswalk()?;
    let guide = Guide {
        places: &catalog.places,
        crosswalk: &crosswalk,
        class: FeedClass::Agency,
        dates: *dates,
        taxonomy: &catalog.taxonomy,
        regency: None,
    };
    let is_log = open::are_exports(files)?;
    let begin = if is_log { Replay::of_log } else { Replay::new };
    let mut run = begin(catalog.places.clone(), catalog.taxonomy.clone(), &catalog.policy, &scorer, wall());
    if !call.json {
        run.on_condition = Some(Box::new(|line| print_line!("{line}")));
    }
    let mut archives = Vec::new();
    if is_log {
        let exports: Result<Vec<_>, _> = files.iter().map(|path| open::export(path)).collect();
        run.logs(&mut exports?)?;
    } else {
        for path in files {
            let archive = open::open(path, *format, guide)?;
            archive.columns().iter().for_each(|columns| output::remark(format_args!("{columns}")));
            archives.push((path.display().to_string(), archive));
        }
        run.archives(&mut archives)?;
    }
    let finished = run.finish(call.until);
    finished.balance().map_err(anyhow::Error::msg).context("balancing the counts")?;
    if call.json {
        print_line!("{}", finished.line());
    } else {
        for (_, archive) in &archives {
            if let Archive::Bnpb(list) = archive {
                print_line!("{}", list.figures());
            }
        }
        finished.rows.iter().for_each(|rows| print_line!("{rows}"));
        output::print(format_args!("{}", finished.summary()));
    }
    let useful = finished.tally.reports > 0 && finished.rows.is_none();
    if let (true, count @ 1..) = (useful, finished.refusals.total()) {
        output::remark(format_args!("{count} records are dead letters ({})", finished.refusals.words()));
    }
    let unlisted = list.and_then(|list| finished.unlisted(&list));
    let remarks = unlisted.into_iter().chain(finished.strange_dates());
    remarks.for_each(|remark| output::remark(format_args!("{remark}")));
    if finished.tally.reports == 0 && finished.tally.records > 0 {
        let words = open::nothing_useful(&finished.refusals, files, *format, guide);
        return Err(user_error::new(format!("replaying {words}")));
    }
    Ok(())
}
