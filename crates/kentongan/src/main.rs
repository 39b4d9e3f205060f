//! The binary: reads the call, wires the crates, answers with an exit code.

// What a verb prints goes through `output`, which knows what to do when nobody reads it.
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

mod archive;
mod assets;
mod audit;
mod backup;
mod calibrate;
mod catalog;
mod cli;
mod config;
mod data_folder;
mod demo;
mod district;
mod export;
mod hindcast;
mod import;
mod log_access;
mod metrics;
mod models;
mod output;
mod people;
mod preflight;
mod pull;
mod reporters;
mod serve;
mod show;
mod sources;
mod train;
mod trial;
mod user_error;

use anyhow::{Context, Result};
use catalog::LoadedCatalog;
use clap::Parser;
use cli::{AuditVerb, Cli, DeadLetterVerb, DistrictVerb, FeedVerb, UserVerb, Verb};
use config::{Config, LogFormat, given};
use intake::dead_letters;
use intake::kafka::Topics;
use output::print_line;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use store::Store;
use trial::NotifyVerb;
use user_error::OrUserError;

fn main() -> ExitCode {
    match run(Cli::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::remark(format_args!("kentongan: {}", user_error::in_one_line(&error)));
            ExitCode::from(user_error::exit_code(&error))
        }
    }
}

fn run(verb: Verb) -> Result<()> {
    let (files, overrides) = verb.overrides();
    let loaded = config::load(&files, &overrides).or_user_error()?;
    let config = loaded.config.clone();
    match verb {
        Verb::Replay(replay) => {
            logging(&config)?;
            archive::replay(&config, &replay.read()?)
        }
        Verb::Check(_) => check(&loaded),
        Verb::Train { train, .. } if !train.calibrate => train.run(&config),
        Verb::Backtest(backtest) => backtest.run(),
        Verb::District { verb: DistrictVerb::Add { list, old_list, geojson, regency, out } } => {
            let (earlier, geojson) = (old_list.as_deref(), geojson.as_deref());
            let sources = district::DistrictSources { code_list: &list, earlier, geojson };
            print_line!("{}", district::add(&sources, &regency, &out)?);
            Ok(())
        }
        verb => {
            logging(&config)?;
            provide_crypto();
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(run_async(verb, config))
        }
    }
}

/// Verbs that need the runtime and, most of them, the data folder.
async fn run_async(verb: Verb, config: Config) -> Result<()> {
    match verb {
        Verb::Serve(_) => {
            let site = serve::Site::open(config, Arc::new(serve::wall), false).await?;
            let listener = serve::listen(&site.config.service.listen).await?;
            tracing::info!(address = %listener.local_addr()?, data = %site.config.service.data.display(), "kentongan serves");
            serve::run(site, listener).await
        }
        Verb::Demo { data, at, speed, .. } => demo::run(config, data.is_some(), at.as_deref(), speed).await,
        Verb::Import { feed, archives, args, .. } => import::import(&config, &feed, &archives, &args).await,
        Verb::Pull { args, .. } => pull::pull(&config, &args).await,
        Verb::Hindcast(args) => hindcast::run(&config, &args).await,
        Verb::Audit { verb: AuditVerb::Verify { until }, .. } => {
            audit::verify(&config, until.map(|text| cli::instant(&text)).transpose()?).await
        }
        Verb::Train { train, .. } => {
            let date = jiff::Zoned::now().date().to_string();
            let notes = calibrate::run(&config, &train.models, &date).await?;
            notes.iter().for_each(|line| print_line!("{line}"));
            Ok(())
        }
        Verb::Backup { file, .. } => {
            let (rows, records) = backup::backup(&config, &file).await?;
            print_line!("{rows} rows and {records} records not yet taken in are in '{}'", file.display());
            Ok(())
        }
        Verb::Export { file, .. } => export::export(&config, file.as_deref()).await,
        Verb::Restore { file, .. } => {
            let (rows, records) = backup::restore(&config, &file).await?;
            print_line!("{rows} rows are restored, and {records} records are in the log to be taken in");
            Ok(())
        }
        Verb::Notify { verb: NotifyVerb::Test { person, lang }, .. } => {
            trial::run(&config, &person, &lang).await
        }
        Verb::Migrate(_) => {
            let store = open(&config).await?;
            print_line!("the state's schema is up to date");
            if config.kafka.is_on() {
                let made = Topics::open(&config.kafka)?.make_missing(&store).await?;
                let colon = if made.is_empty() { "" } else { ": " };
                print_line!("{} topics made{colon}{}", made.len(), made.join(", "));
            }
            store.close().await;
            Ok(())
        }
        verb => with_store(verb, &config).await,
    }
}

/// The state, in a data folder that is there.
async fn open(config: &Config) -> Result<Store> {
    data_folder::create(config)?;
    Store::open(&config.state_url()).await.context("opening the state")
}

async fn with_store(verb: Verb, config: &Config) -> Result<()> {
    let adds = matches!(
        verb,
        Verb::Feed { verb: FeedVerb::Add { .. }, .. } | Verb::User { verb: UserVerb::Add { .. }, .. }
    );
    // Only what adds something may come before the service's first start; else a mistyped folder would look empty.
    if !adds && config.state.url.is_empty() && !std::path::Path::new(&config.state_url()).exists() {
        return Err(user_error::new(format_args!(
            "there is no state at '{}'; name the service's folder with --data or its file with --config",
            config.state_url()
        )));
    }
    let store = open(config).await?;
    match verb {
        Verb::Feed { verb, .. } => people::feed(verb, &store, config).await?,
        Verb::User { verb, .. } => people::user(verb, &store, config).await?,
        Verb::Show { verb, .. } => show::show(config, &store, verb).await?,
        Verb::Imports { verb, .. } => import::imports(config, &store, verb).await?,
        Verb::DeadLetters { verb, .. } => dead_letter(verb, &store, config).await?,
        _ => unreachable!("every other verb was taken before"),
    }
    store.close().await;
    Ok(())
}

async fn dead_letter(verb: DeadLetterVerb, store: &Store, config: &Config) -> Result<()> {
    match verb {
        DeadLetterVerb::List { reason } => {
            dead_letters::list(store, cli::refused(reason)?, &mut output::Stdout).await?;
        }
        DeadLetterVerb::Show { place } => {
            output::Stdout.write_all(&dead_letters::original(store, &place).await?)?;
        }
        DeadLetterVerb::Replay { reason } => {
            let reason = cli::refused(reason)?;
            let catalog = LoadedCatalog::load(config, None)?;
            let writer = log_access::writer(config, &catalog, store).await?;
            print_line!("{}", dead_letters::replay(store, &writer, reason).await?);
        }
    }
    Ok(())
}

/// Reads everything, says each key with its origin, starts nothing.
fn check(loaded: &config::LoadedConfig) -> Result<()> {
    let config = &loaded.config;
    for (key, value, origin) in loaded.layers.printed() {
        print_line!("{key:<34} {value:<40} {origin}");
    }
    let catalog = LoadedCatalog::load(config, None)?;
    let scorer = models::load(config, catalog.own_positives)?;
    let team = catalog::team(config)?;
    let warnings = catalog::team_warnings(config, &team, &catalog.places);
    warnings.iter().for_each(|warning| print_line!("team: {warning}"));
    team.audience().iter().for_each(|line| print_line!("{line}"));
    config.remarks().iter().for_each(|remark| print_line!("{remark}"));
    catalog::shapes(config, &catalog.places)?
        .remarks()
        .iter()
        .for_each(|remark| print_line!("map: {remark}"));
    let regencies = catalog.places.regency_ids().count();
    print_line!(
        "{} kecamatan in {regencies} regencies, {} rules in policy '{}', {} models",
        catalog.places.len() - regencies,
        catalog.policy.rules.len(),
        catalog.policy.version,
        scorer.models().len()
    );
    print_line!("{}", scoring::SpentBudget::of(catalog.policy.alarm_budget, scorer.models()).remark());
    if given(&config.files.team).is_some()
        && let Some(refusal) = team.refusal(&catalog.places, &config.notify.smtp)
    {
        return Err(user_error::new(refusal));
    }
    provide_crypto();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let warnings = runtime.block_on(preflight::register_warnings(config, &team.persons()))?;
    warnings.iter().for_each(|warning| print_line!("{warning}"));
    if config.kafka.is_on() || config.state.url.starts_with("postgres") {
        runtime.block_on(preflight::check(config))?;
    }
    Ok(())
}

fn logging(config: &Config) -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .or_else(|_| tracing_subscriber::EnvFilter::try_new(&config.logging.level))
        .context("reading logging.level")
        .or_user_error()?;
    // A log that cannot be written (its disk is full) must not take the service down: by default the failure
    // is itself printed, and printing to a full standard error panics.
    let base = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false);
    match config.logging.format {
        LogFormat::Json => base.json().init(),
        LogFormat::Text => base.with_target(false).init(),
    }
    Ok(())
}

/// One crypto provider for everything that speaks TLS.
fn provide_crypto() {
    // An error means that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
