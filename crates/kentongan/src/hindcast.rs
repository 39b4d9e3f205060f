//! `kentongan hindcast`: what the models in use would have forecast of the past that an archive tells of, into the hindcast
//! ledger.

use crate::catalog::{self, LoadedCatalog};
use crate::cli::{self, SiteArgs};
use crate::config::Config;
use crate::models;
use crate::output::{self, print_line};
use crate::serve::wall;
use crate::user_error::{self, OrUserError};
use anyhow::{Context, Result};
use clap::Args;
use domain::kind::FeedClass;
use formats::archive::{Format, Guide};
use formats::written_date::DateOrder;
use intake::archive_files as open;
use scoring::ModelScorer;
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;
use worker::hindcast::{Hindcast, HindcastFigures, HindcastListener};
use worker::replay::Replay;

/// A hindcast of an archive.
#[derive(Args)]
pub struct HindcastArgs {
    #[command(flatten)]
    pub site: SiteArgs,
    /// The regency's archive: one or more files that `import` and `replay` read
    #[arg(long = "archive", value_name = "FILE", required = true, num_args = 1..)]
    files: Vec<PathBuf>,
    #[arg(long, value_name = "FORMAT", default_value = "ndjson", value_parser = cli::format, help = cli::formats_help())]
    format: Format,
    /// How a table writes its dates, where they do not show it: dmy (day first) or mdy
    #[arg(long, value_name = "ORDER", value_parser = cli::date_order)]
    dates: Option<DateOrder>,
    /// Say what the hindcast would hold, and keep nothing
    #[arg(long = "dry-run")]
    is_dry: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Runs the archive through the pipeline and keeps what the models in use would have forecast.
///
/// # Errors
/// Where a file cannot be read, is of other places, is too short or too full of gaps, or the state cannot be written.
pub async fn run(config: &Config, args: &HindcastArgs) -> Result<()> {
    let catalog = LoadedCatalog::load(config, None)?;
    // Shifts rest on what was forecast without them.
    let scorer = models::load(config, catalog.own_positives)?.unshifted();
    let made = hindcast(&catalog, &scorer, args)?;
    let figures = HindcastFigures::of(&made, &scorer);
    if args.json {
        print_line!("{}", figures.line(!args.is_dry));
    } else {
        output::print(format_args!("{}", figures.summary(&catalog.places)));
    }
    if args.is_dry {
        output::remark(format_args!("a dry run: nothing was kept"));
        return Ok(());
    }
    crate::data_folder::create(config)?;
    let store = Store::open(&config.state_url()).await.context("opening the state")?;
    let kept = store.replace_hindcast(made.rows).await.context("keeping the hindcast");
    store.close().await;
    output::remark(format_args!("{} {}", kept?, worker::hindcast::WHAT_NOW));
    Ok(())
}

/// Takes the archive through the pipeline.
fn hindcast(catalog: &LoadedCatalog, scorer: &ModelScorer, args: &HindcastArgs) -> Result<Hindcast> {
    let HindcastArgs { files, format, dates, .. } = args;
    let crosswalk = catalog::crosswalk()?;
    let mut regencies = catalog.places.regency_ids().map(|unit| catalog.places.code(unit));
    let guide = Guide {
        places: &catalog.places,
        crosswalk: &crosswalk,
        class: FeedClass::Agency,
        dates: *dates,
        taxonomy: &catalog.taxonomy,
        regency: regencies.next().filter(|_| regencies.next().is_none()),
    };
    if open::are_exports(files)? {
        return Err(user_error::new(
            "the log of a service has its own ledger; give the archive of a regency",
        ));
    }
    let (places, taxonomy) = (catalog.places.clone(), catalog.taxonomy.clone());
    let mut replay = Replay::new(places.clone(), taxonomy, &catalog.policy, scorer, wall());
    let weeks = |weeks: i64| output::progress(format_args!("\r{weeks} weeks"));
    let listener = HindcastListener::new(places, Arc::new(catalog.policy.clone()), Box::new(weeks));
    listener.listen(&mut replay);
    let mut archives = Vec::new();
    for path in files {
        archives.push((path.display().to_string(), open::open(path, *format, guide)?));
    }
    replay.archives(&mut archives)?;
    let finished = replay.finish(None);
    output::progress(format_args!("\n"));
    finished.rows.iter().for_each(|rows| output::remark(format_args!("{rows}")));
    if finished.tally.reports == 0 && finished.tally.records > 0 {
        let words = open::nothing_useful(&finished.refusals, files, *format, guide);
        return Err(user_error::new(format!("making a hindcast of {words}")));
    }
    let lost = worker::hindcast::lost(&finished).or_user_error()?;
    let remarks = lost.into_iter().chain(finished.strange_dates());
    remarks.for_each(|remark| output::remark(format_args!("{remark}")));
    listener.finish((&catalog.places, scorer, &catalog.ledger), wall()).or_user_error()
}
